"""The standard objects and their fields. [M: lengths and picklists as in a
new org]

Only what a CRM connector reads or writes is listed; a field that is not here does not
exist in this org.
"""

import re

from .fields import address

INDUSTRIES = """Agriculture|Apparel|Banking|Biotechnology|Chemicals|Communications|
Construction|Consulting|Education|Electronics|Energy|Engineering|Entertainment|
Environmental|Finance|Food & Beverage|Government|Healthcare|Hospitality|Insurance|
Machinery|Manufacturing|Media|Not For Profit|Recreation|Retail|Shipping|Technology|
Telecommunications|Transportation|Utilities|Other"""
SOURCES = "Web|Phone Inquiry|Partner Referral|Purchased List|Other"
SALUTATIONS = "Mr.|Ms.|Mrs.|Dr.|Prof.|Mx."

#: On every record; IsDeleted only where records can be deleted by the API.
SYSTEM = """
    Id id(18) readonly
    CreatedDate datetime readonly
    CreatedById reference(User) readonly
    LastModifiedDate datetime readonly
    LastModifiedById reference(User) readonly
    SystemModstamp datetime readonly
"""
DELETABLE = "IsDeleted boolean readonly"
CURRENCY = "CurrencyIsoCode picklist() restricted"
CURRENCY_READONLY = "CurrencyIsoCode picklist() restricted readonly"

OBJECTS = {
    "Account": f"""
        Name string(255) required
        Type picklist(Prospect|Customer - Direct|Customer - Channel|Partner|Other)
        RecordTypeId reference(RecordType)
        ParentId reference(Account) indexed
        MasterRecordId reference(Account) readonly
        {address("Billing")}
        {address("Shipping")}
        Phone phone(40)
        Fax phone(40)
        AccountNumber string(40)
        Website url(255)
        Sic string(20)
        Industry picklist({INDUSTRIES})
        AnnualRevenue currency(18,0)
        NumberOfEmployees int(8)
        Ownership picklist(Public|Private|Subsidiary|Other)
        TickerSymbol string(20)
        Description textarea(32000)
        Rating picklist(Hot|Warm|Cold)
        Site string(80)
        OwnerId reference(User) defaulted
        AccountSource picklist({SOURCES})
        LastActivityDate date readonly""",
    "Contact": f"""
        MasterRecordId reference(Contact) readonly
        AccountId reference(Account) indexed
        LastName string(80) required
        FirstName string(40)
        Salutation picklist({SALUTATIONS})
        Name string(121) readonly
        RecordTypeId reference(RecordType)
        {address("Mailing")}
        {address("Other")}
        Phone phone(40)
        Fax phone(40)
        MobilePhone phone(40)
        HomePhone phone(40)
        Email email(80)
        Title string(128)
        Department string(80)
        ReportsToId reference(Contact)
        Birthdate date
        LeadSource picklist({SOURCES})
        Description textarea(32000)
        HasOptedOutOfEmail boolean
        DoNotCall boolean
        OwnerId reference(User) defaulted""",
    "Lead": f"""
        MasterRecordId reference(Lead) readonly
        LastName string(80) required
        FirstName string(40)
        Salutation picklist({SALUTATIONS})
        Name string(121) readonly
        RecordTypeId reference(RecordType)
        Title string(128)
        Company string(255) required
        {address()}
        Phone phone(40)
        MobilePhone phone(40)
        Fax phone(40)
        Email email(80)
        Website url(255)
        Description textarea(32000)
        LeadSource picklist({SOURCES})
        Status picklist(Open - Not Contacted|Working - Contacted|Closed - Converted|
        Closed - Not Converted) defaulted
        Industry picklist({INDUSTRIES})
        Rating picklist(Hot|Warm|Cold)
        AnnualRevenue currency(18,0)
        NumberOfEmployees int(8)
        OwnerId reference(User) defaulted
        IsConverted boolean readonly
        ConvertedDate date readonly
        ConvertedAccountId reference(Account) readonly
        ConvertedContactId reference(Contact) readonly
        ConvertedOpportunityId reference(Opportunity) readonly""",
    "Opportunity": f"""
        AccountId reference(Account) indexed
        RecordTypeId reference(RecordType)
        Name string(120) required
        Description textarea(32000)
        StageName picklist() required
        Amount currency(18,2)
        Probability percent(3,0)
        ExpectedRevenue currency(18,2) readonly calculated
        TotalOpportunityQuantity double(18,2)
        CloseDate date required
        Type picklist(Existing Customer - Upgrade|Existing Customer - Replacement|
        Existing Customer - Downgrade|New Customer)
        NextStep string(255)
        LeadSource picklist({SOURCES})
        IsClosed boolean readonly
        IsWon boolean readonly
        ForecastCategory picklist(Omitted|Pipeline|BestCase|Forecast|Closed) readonly
        ForecastCategoryName picklist(Omitted|Pipeline|Best Case|Commit|Closed)
        CampaignId string(18)
        HasOpportunityLineItem boolean readonly
        Pricebook2Id reference(Pricebook2)
        OwnerId reference(User) defaulted
        ContractId reference(Contract)
        SyncedQuoteId reference(Quote)
        LastActivityDate date readonly""",
    "OpportunityLineItem": """
        OpportunityId reference(Opportunity) required createonly indexed
        SortOrder int(9)
        PricebookEntryId reference(PricebookEntry) createonly
        Product2Id reference(Product2) createonly
        ProductCode string(255) readonly
        Name string(376) readonly
        Quantity double(12,2) required
        TotalPrice currency(18,2)
        UnitPrice currency(18,2)
        ListPrice currency(18,2) readonly
        Discount percent(5,2)
        Subtotal currency(18,2) readonly
        ServiceDate date
        Description string(255)""",
    "OpportunityStage": """
        MasterLabel string(255) readonly
        ApiName string(255) readonly
        IsActive boolean readonly
        SortOrder int(9) readonly
        IsClosed boolean readonly
        IsWon boolean readonly
        ForecastCategory picklist() readonly
        ForecastCategoryName picklist() readonly
        DefaultProbability percent(3,0) readonly
        Description string(255) readonly""",
    "Product2": """
        Name string(255) required
        ProductCode string(255)
        Description textarea(4000)
        IsActive boolean
        Family picklist(None)
        QuantityUnitOfMeasure picklist(Each)
        StockKeepingUnit string(180)
        ExternalId string(255)
        DisplayUrl url(1000)
        IsArchived boolean readonly""",
    "Pricebook2": """
        Name string(255) required
        IsActive boolean
        IsStandard boolean readonly
        IsArchived boolean readonly
        Description string(255)""",
    "PricebookEntry": """
        Name string(255) readonly
        Pricebook2Id reference(Pricebook2) required createonly indexed
        Product2Id reference(Product2) required createonly indexed
        UnitPrice currency(18,2) required
        IsActive boolean
        UseStandardPrice boolean
        ProductCode string(255) readonly
        IsArchived boolean readonly""",
    "Quote": f"""
        OpportunityId reference(Opportunity) required createonly indexed
        QuoteNumber string(30) auto
        Name string(255) required
        RecordTypeId reference(RecordType)
        AccountId reference(Account) readonly
        ContactId reference(Contact)
        Pricebook2Id reference(Pricebook2)
        ContractId reference(Contract)
        Status picklist(Draft|Needs Review|In Review|Approved|Rejected|Presented|
        Accepted|Denied) defaulted
        ExpirationDate date
        Description textarea(32000)
        Email email(80)
        Phone phone(40)
        {address("Billing")}
        {address("Shipping")}
        Tax currency(18,2)
        ShippingHandling currency(18,2)
        Subtotal currency(18,2) readonly
        Discount percent(5,2) readonly
        TotalPrice currency(18,2) readonly
        GrandTotal currency(18,2) readonly calculated
        LineItemCount int(9) readonly
        IsSyncing boolean readonly
        OwnerId reference(User) defaulted""",
    "QuoteLineItem": """
        QuoteId reference(Quote) required createonly indexed
        LineNumber string(30) auto
        PricebookEntryId reference(PricebookEntry) required createonly
        Product2Id reference(Product2) createonly
        OpportunityLineItemId reference(OpportunityLineItem)
        Quantity double(12,2) required
        UnitPrice currency(18,2) required
        ListPrice currency(18,2) readonly
        Discount percent(5,2)
        Subtotal currency(18,2) readonly
        TotalPrice currency(18,2) readonly
        SortOrder int(9)
        ServiceDate date
        Description string(255)""",
    "Contract": f"""
        AccountId reference(Account) required createonly indexed
        ContractNumber string(30) auto
        Name string(80)
        RecordTypeId reference(RecordType)
        Pricebook2Id reference(Pricebook2)
        StartDate date
        EndDate date readonly
        ContractTerm int(4)
        Status picklist(Draft|In Approval Process|Activated) restricted defaulted
        StatusCode picklist(Draft|InApproval|Activated|Expired) readonly
        OwnerExpirationNotice picklist(15|30|45|60|90|120)
        SpecialTerms textarea(4000)
        Description textarea(32000)
        {address("Billing")}
        ActivatedDate datetime
        OwnerId reference(User) defaulted""",
    "Order": f"""
        OwnerId reference(User) defaulted
        ContractId reference(Contract)
        AccountId reference(Account) required indexed
        Pricebook2Id reference(Pricebook2)
        OpportunityId reference(Opportunity)
        QuoteId reference(Quote)
        RecordTypeId reference(RecordType)
        OrderNumber string(30) auto
        Name string(80)
        EffectiveDate date required
        EndDate date
        IsReductionOrder boolean
        Status picklist(Draft|Activated) restricted required
        StatusCode picklist(Draft|Activated) readonly
        Type picklist()
        Description textarea(32000)
        PoNumber string(80)
        OrderReferenceNumber string(80)
        BillToContactId reference(Contact)
        ShipToContactId reference(Contact)
        {address("Billing")}
        {address("Shipping")}
        ActivatedDate datetime readonly
        TotalAmount currency(18,2) readonly""",
    "OrderItem": """
        OrderId reference(Order) required createonly indexed
        OrderItemNumber string(30) auto
        Product2Id reference(Product2) createonly
        PricebookEntryId reference(PricebookEntry) required createonly
        Quantity double(18,2) required
        UnitPrice currency(18,2) required
        ListPrice currency(18,2) readonly
        TotalPrice currency(18,2) readonly
        ServiceDate date
        EndDate date
        Description string(255)""",
    "User": """
        Username string(80) required
        LastName string(80) required
        FirstName string(40)
        Name string(121) readonly
        Email email(128) required
        Alias string(8)
        Title string(80)
        Department string(80)
        IsActive boolean
        UserType picklist(Standard|PowerPartner|Guest|AutomatedProcess) readonly
        ManagerId reference(User)
        TimeZoneSidKey picklist()
        LocaleSidKey picklist()
        FederationIdentifier string(512)""",
    "RecordType": """
        Name string(80) required
        DeveloperName string(80) required
        SobjectType picklist() required createonly
        IsActive boolean
        Description string(255)""",
    "CurrencyType": """
        IsoCode picklist() required
        ConversionRate double(18,6) required
        DecimalPlaces int(1)
        IsActive boolean
        IsCorporate boolean""",
    "Organization": """
        Name string(80) readonly
        OrganizationType picklist() readonly
        InstanceName string(5) readonly
        IsSandbox boolean readonly
        DefaultLocaleSidKey picklist() readonly
        TimeZoneSidKey picklist() readonly
        LanguageLocaleKey picklist() readonly
        Country string(80) readonly
        NamespacePrefix string(15) readonly""",
}

#: Objects without IsDeleted.
KEPT = frozenset("User RecordType OpportunityStage CurrencyType Organization".split())
#: Objects that no API write touches.
READONLY = frozenset("OpportunityStage Organization".split())
#: In multi-currency orgs these have CurrencyIsoCode, and lines take their document's.
WITH_CURRENCY = frozenset(
    """Account Contact Lead Opportunity Product2 Pricebook2 PricebookEntry Contract
    Order""".split()
)
WITH_TAKEN_CURRENCY = frozenset(
    "OpportunityLineItem Quote QuoteLineItem OrderItem".split()
)
#: Where an integration keeps the id that a record has in its own system.
WITH_EXTERNAL_ID = (
    "Account Contact Lead Opportunity OpportunityLineItem Product2 Pricebook2 "
    "PricebookEntry Quote QuoteLineItem Contract Order OrderItem"
).split()
#: What an empty field becomes on create. [M]
DEFAULTS = {
    "Lead": {"Status": "Open - Not Contacted"},
    "Quote": {"Status": "Draft"},
    "Contract": {"Status": "Draft"},
    "User": {"IsActive": True, "UserType": "Standard"},
}
#: How auto-numbers are written.
AUTO_NUMBERS = {
    "QuoteNumber": "{:08d}",
    "LineNumber": "{:08d}",
    "ContractNumber": "{:08d}",
    "OrderNumber": "{:08d}",
    "OrderItemNumber": "{:010d}",
}


def text_of(name):
    """The block of one object, lines that were broken joined again."""
    return re.sub(r"\|\s*\n\s*", "|", OBJECTS[name])
