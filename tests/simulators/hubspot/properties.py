"""The standard properties of each object: a table, and the shape the API gives them.

Types and field types: [S latest/crm/properties/guide; OpenAPI Property], their use on
each object [3P inventory of a live account; M for labels]. `hubspot_owner_id` is an
enumeration without options, `associatedcompanyid` a number that refers to a company
[3P observed]. Options of `industry` and `hs_language` are a selection.
"""

from dataclasses import dataclass, replace

LIFECYCLE = (
    ("subscriber", "Subscriber"),
    ("lead", "Lead"),
    ("marketingqualifiedlead", "Marketing Qualified Lead"),
    ("salesqualifiedlead", "Sales Qualified Lead"),
    ("opportunity", "Opportunity"),
    ("customer", "Customer"),
    ("evangelist", "Evangelist"),
    ("other", "Other"),
)
INDUSTRIES = tuple(
    (value, value.replace("_", " ").title())
    for value in """ACCOUNTING AUTOMOTIVE BANKING BIOTECHNOLOGY CHEMICALS
    COMPUTER_SOFTWARE CONSTRUCTION CONSUMER_GOODS EDUCATION_MANAGEMENT
    ELECTRICAL_ELECTRONIC_MANUFACTURING FINANCIAL_SERVICES FOOD_BEVERAGES
    HEALTH_WELLNESS_AND_FITNESS HOSPITAL_HEALTH_CARE HOSPITALITY
    INFORMATION_TECHNOLOGY_AND_SERVICES INSURANCE INTERNET LOGISTICS_AND_SUPPLY_CHAIN
    MACHINERY MARKETING_AND_ADVERTISING MEDICAL_DEVICES OIL_ENERGY PHARMACEUTICALS
    REAL_ESTATE RENEWABLES_ENVIRONMENT RETAIL TELECOMMUNICATIONS TEXTILES
    TRANSPORTATION_TRUCKING_RAILROAD UTILITIES WHOLESALE""".split()
)
LANGUAGES = tuple(
    (code, code)
    for code in """da de en en-gb en-in en-us es fi fr it ja nl no pl pt pt-br sv
    zh-cn""".split()
)
DEAL_TYPES = (
    ("newbusiness", "New Business"),
    ("existingbusiness", "Existing Business"),
)
FREQUENCIES = tuple(
    (value, value.replace("_", " ").capitalize())
    for value in """weekly biweekly monthly quarterly per_six_months annually
    per_two_years per_three_years""".split()
)
QUOTE_STATUS = tuple(
    (value, value.replace("_", " ").capitalize())
    for value in """DRAFT PENDING_APPROVAL APPROVAL_NOT_NEEDED APPROVED REJECTED
    ACCEPTED EXPIRED""".split()
)  # [S quotes guide, quote states; ACCEPTED, EXPIRED M]
PRIORITIES = (("LOW", "Low"), ("MEDIUM", "Medium"), ("HIGH", "High"))
BOOLEAN = (("true", "Yes"), ("false", "No"))
CURRENCIES = tuple(
    (code, code)
    for code in "AUD BRL CAD CHF DKK EUR GBP INR JPY NOK PLN SEK USD".split()
)


@dataclass(frozen=True)
class Property:
    """One property definition. ``options`` are (value, label) pairs."""

    name: str
    label: str
    type: str = "string"
    field_type: str = "text"
    options: tuple = ()
    read_only: bool = False
    unique: bool = False
    calculated: bool = False
    external_options: bool = False
    refers_to: str | None = None
    currency_property: str | None = None
    custom: bool = False
    group: str = ""
    archived: bool = False

    def described(self, stamp):
        """The definition as the API gives it; ``stamp`` is an ISO text."""
        shape = {
            "name": self.name,
            "label": self.label,
            "type": self.type,
            "fieldType": self.field_type,
            "description": "",
            "groupName": self.group,
            "options": [
                {
                    "label": label,
                    "value": value,
                    "displayOrder": order,
                    "hidden": False,
                }
                for order, (value, label) in enumerate(self.options)
            ],
            "displayOrder": -1,
            "calculated": self.calculated,
            "externalOptions": self.external_options,
            "hasUniqueValue": self.unique,
            "hidden": False,
            "hubspotDefined": not self.custom,
            "formField": not self.read_only,
            "archived": self.archived,
            "dataSensitivity": "non_sensitive",
            "modificationMetadata": {
                "archivable": self.custom,
                "readOnlyDefinition": not self.custom,
                "readOnlyOptions": not self.custom,
                "readOnlyValue": self.read_only,
            },
            "createdAt": stamp,
            "updatedAt": stamp,
        }
        if self.refers_to:
            shape["referencedObjectType"] = self.refers_to
        if self.currency_property:
            shape["showCurrencySymbol"] = True
            shape["currencyPropertyName"] = self.currency_property
        return shape


def _text(names):
    return tuple(Property(name, label) for name, label in names)


def own(modified):
    """What every object has."""
    return (
        Property("hs_object_id", "Record ID", "number", "number", read_only=True),
        Property("createdate", "Create Date", "datetime", "date"),
        Property(modified, "Last Modified Date", "datetime", "date", read_only=True),
        Property(
            "hs_merged_object_ids",
            "Merged Record IDs",
            "enumeration",
            "checkbox",
            external_options=True,
            read_only=True,
        ),
        OWNER,
    )


OWNER = Property(
    "hubspot_owner_id",
    "Owner",
    "enumeration",
    "select",
    external_options=True,
    refers_to="OWNER",
)
ADDRESS = _text(
    (
        ("address", "Street Address"),
        ("city", "City"),
        ("state", "State/Region"),
        ("zip", "Postal Code"),
        ("country", "Country/Region"),
        ("website", "Website URL"),
    )
)
STAGE = Property("lifecyclestage", "Lifecycle Stage", "enumeration", "radio", LIFECYCLE)


def _amount(name, label, **more):
    return Property(name, label, "number", "number", **more)


def _long(name, label):
    return Property(name, label, "string", "textarea")


_TABLE = {
    "companies": (
        *own("hs_lastmodifieddate"),
        *_text((("name", "Company name"), ("domain", "Company Domain Name"))),
        Property("phone", "Phone Number", "string", "phonenumber"),
        *ADDRESS,
        Property("address2", "Street Address 2"),
        Property("industry", "Industry", "enumeration", "select", INDUSTRIES),
        _long("description", "Description"),
        _amount("numberofemployees", "Number of Employees"),
        _amount("annualrevenue", "Annual Revenue"),
        STAGE,
        _amount("hs_parent_company_id", "Parent Company", refers_to="COMPANY"),
    ),
    "contacts": (
        *own("lastmodifieddate"),
        Property("email", "Email", unique=True),
        *_text((("firstname", "First Name"), ("lastname", "Last Name"))),
        Property("phone", "Phone Number", "string", "phonenumber"),
        Property("mobilephone", "Mobile Phone Number", "string", "phonenumber"),
        *_text((("jobtitle", "Job Title"), ("salutation", "Salutation"))),
        *ADDRESS,
        Property("company", "Company Name"),
        STAGE,
        _amount("associatedcompanyid", "Primary Company", refers_to="COMPANY"),
        Property(
            "hs_language", "Preferred language", "enumeration", "select", LANGUAGES
        ),
        Property("hs_additional_emails", "Additional emails", read_only=True),
    ),
    "deals": (
        *own("hs_lastmodifieddate"),
        Property("dealname", "Deal Name"),
        _amount("amount", "Amount", currency_property="deal_currency_code"),
        Property("deal_currency_code", "Currency", "enumeration", "select", CURRENCIES),
        Property(
            "dealstage", "Deal Stage", "enumeration", "radio", external_options=True
        ),
        Property(
            "pipeline", "Pipeline", "enumeration", "select", external_options=True
        ),
        Property("closedate", "Close Date", "datetime", "date"),
        _long("description", "Deal Description"),
        _long("closed_lost_reason", "Closed Lost Reason"),
        _long("closed_won_reason", "Closed Won Reason"),
        Property("dealtype", "Deal Type", "enumeration", "radio", DEAL_TYPES),
        _amount(
            "hs_deal_stage_probability",
            "Deal probability",
            read_only=True,
            calculated=True,
        ),
        Property(
            "hs_is_closed",
            "Is Deal Closed?",
            "bool",
            "booleancheckbox",
            BOOLEAN,
            read_only=True,
            calculated=True,
        ),
        Property(
            "hs_is_closed_won",
            "Is Closed Won",
            "bool",
            "booleancheckbox",
            BOOLEAN,
            read_only=True,
            calculated=True,
        ),
    ),
    "products": (
        *own("hs_lastmodifieddate"),
        *_text((("name", "Name"), ("hs_sku", "SKU"))),
        _amount("price", "Unit price"),
        _amount("hs_cost_of_goods_sold", "Unit cost"),
        _long("description", "Product description"),
        Property("hs_recurring_billing_period", "Term"),
        Property(
            "recurringbillingfrequency",
            "Billing frequency",
            "enumeration",
            "select",
            FREQUENCIES,
        ),
    ),
    "line_items": (
        *own("hs_lastmodifieddate"),
        *_text((("name", "Name"), ("hs_sku", "SKU"))),
        _amount("hs_product_id", "Product ID"),
        _amount("quantity", "Quantity"),
        _amount("price", "Unit price"),
        _amount("amount", "Net price", read_only=True, calculated=True),
        _amount("discount", "Unit discount"),
        _amount("hs_discount_percentage", "Discount Percentage"),
        _long("description", "Description"),
        Property(
            "hs_line_item_currency_code",
            "Currency",
            "enumeration",
            "select",
            CURRENCIES,
        ),
        Property("hs_recurring_billing_period", "Term"),
        Property(
            "hs_recurring_billing_start_date", "Billing start date", "date", "date"
        ),
        _amount("hs_position_on_quote", "Position on quote"),
        Property(
            "recurringbillingfrequency",
            "Billing frequency",
            "enumeration",
            "select",
            FREQUENCIES,
        ),
    ),
    "quotes": (
        *own("hs_lastmodifieddate"),
        Property("hs_title", "Quote Name"),
        Property("hs_status", "Quote Status", "enumeration", "select", QUOTE_STATUS),
        Property("hs_expiration_date", "Expiration Date", "date", "date"),
        Property("hs_quote_number", "Quote Number", read_only=True),
        Property("hs_currency", "Currency", "enumeration", "select", CURRENCIES),
        _amount(
            "hs_quote_amount",
            "Quote Amount",
            read_only=True,
            calculated=True,
            currency_property="hs_currency",
        ),
        # Follows the owner of the deal. [S quotes guide, quote owner]
        replace(OWNER, read_only=True, calculated=True),
        _long("hs_comments", "Comments to buyer"),
        _long("hs_terms", "Purchase terms"),
        Property("hs_sender_email", "Sender email"),
    ),
    "tickets": (
        *own("hs_lastmodifieddate"),
        Property("subject", "Ticket name"),
        _long("content", "Ticket description"),
        Property(
            "hs_pipeline", "Pipeline", "enumeration", "select", external_options=True
        ),
        Property(
            "hs_pipeline_stage",
            "Ticket status",
            "enumeration",
            "select",
            external_options=True,
        ),
        Property("hs_ticket_priority", "Priority", "enumeration", "select", PRIORITIES),
        Property("closed_date", "Close date", "datetime", "date"),
    ),
}


def standard(object_type):
    """Name to :class:`Property` of an object's standard properties."""
    group = {
        "companies": "companyinformation",
        "contacts": "contactinformation",
        "deals": "dealinformation",
        "products": "productinformation",
        "line_items": "lineiteminformation",
        "quotes": "quoteinformation",
        "tickets": "ticketinformation",
    }[object_type]
    return {item.name: replace(item, group=group) for item in _TABLE[object_type]}


def spelled(value):
    """A value as the vendor keeps it: text, or None. True is ``true``."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
