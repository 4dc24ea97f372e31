"""Where Salesforce's REST and Bulk APIs live, and what its objects are called.

Sources: REST API Developer Guide, https://developer.salesforce.com/docs/platform/api-rest/guide/resources-list
(paths below ``/services/data/vXX.0``); Bulk API 2.0, https://developer.salesforce.com/docs/platform/api-asynch/guide/asynch_api_intro;
object reference, https://developer.salesforce.com/docs/platform/object-reference/guide.
Marks: [S] read there, [M] from memory.
"""

import urllib.parse

#: Offered in the form; every version that the org serves works as well. There are
#: three releases a year, each is served for three years at least [M].
VERSIONS = ("67.0", "66.0", "65.0")
#: Before anybody has entered an own one: My Domain, since external client apps are
#: known to no other host. [S; 3P for login.salesforce.com answering app_not_found]
BASE_URL = "https://your-domain.my.salesforce.com"
TOKEN_PATH = "services/oauth2/token"
AUTHORIZE_PATH = "services/oauth2/authorize"
REVOKE_PATH = "services/oauth2/revoke"

#: Most records of one request. [S] query: 2,000 a page; collections: 200;
#: URI: 16,384 bytes, of which a list of ids takes 24 each.
QUERY_PAGE = 2000
COLLECTION_LIMIT = 200
IDS_LIMIT = 200

#: Our own field, an external id with unique values: the key of the record in Odoo.
KEY_FIELD = "Odoo_Id__c"
#: When a record was last changed, by whomever; indexed, unlike LastModifiedDate. [S]
CHANGED = "SystemModstamp"
DELETED = "IsDeleted"
#: Names the record that one was merged into, once it is deleted by that.
MASTER = "MasterRecordId"
#: Objects that can be merged and so have it. [S] merge()
MERGEABLE = frozenset({"Account", "Contact", "Lead"})

#: Fields that Salesforce fills itself, whatever its description says.
READ_ONLY = frozenset(
    {
        *("Id", CHANGED, DELETED, MASTER, "CreatedDate", "LastModifiedDate"),
        *("CreatedById", "LastModifiedById", "IsWon", "IsClosed", "IsConverted"),
        *("ConvertedAccountId", "ConvertedContactId", "ConvertedOpportunityId"),
        *("OrderNumber", "ContractNumber", "QuoteNumber", "GrandTotal", "TotalAmount"),
    }
)
#: Object -> fields that are set when a record is made and never again. [S] object
#: reference, fields without the property Update
CREATE_ONLY = {
    "OpportunityLineItem": {"OpportunityId", "PricebookEntryId", "Product2Id"},
    "QuoteLineItem": {"QuoteId", "PricebookEntryId", "Product2Id"},
    "OrderItem": {"OrderId", "PricebookEntryId", "Product2Id"},
    "PricebookEntry": {"Pricebook2Id", "Product2Id", "CurrencyIsoCode"},
    "Quote": {"OpportunityId"},
}
#: Object -> the field that switches a record off: it stays where it is named. All
#: others go to the recycle bin.
SWITCHES = {
    "Product2": "IsActive",
    "Pricebook2": "IsActive",
    "PricebookEntry": "IsActive",
}
#: Object -> the switch that means what archived means in Odoo. A price book or price
#: that is switched off is read as such.
ARCHIVED_BY = {"Product2": "IsActive"}
#: Object -> its parents, in the order in which rows are sorted: rows of one parent in
#: one request don't wait for its lock in several. [S] "UNABLE_TO_LOCK_ROW", [3P]
PARENTS = {
    "Account": ("ParentId",),
    "Contact": ("AccountId",),
    "Opportunity": ("AccountId",),
    "OpportunityLineItem": ("OpportunityId",),
    "PricebookEntry": ("Product2Id",),
    "Quote": ("OpportunityId",),
    "QuoteLineItem": ("QuoteId",),
    "Contract": ("AccountId",),
    "Order": ("AccountId",),
    "OrderItem": ("OrderId",),
}


def path(version, *rest):
    """Path of a resource, relative to the base address.

    >>> path("67.0", "sobjects", "Account")
    'services/data/v67.0/sobjects/Account'
    """
    parts = (urllib.parse.quote(part, safe="") for part in rest)
    return "/".join([f"services/data/v{version}", *parts])
