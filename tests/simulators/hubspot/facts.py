"""What is known of the HubSpot CRM API, as data, each fact with its source.

Marks: [S] vendor page or vendor OpenAPI, [SDK] official SDK source, [3P] observed by
third parties, [M] from memory: likely, not certain. Vendor pages are below
developers.hubspot.com/docs/api-reference unless said otherwise; "OpenAPI" is the
repository HubSpot/HubSpot-public-api-spec-collection, folder PublicApiSpecs.
"""

from dataclasses import dataclass

#: Date versions served. Others answer 404. [S latest/overview, 2026-03/overview]
DATE_VERSIONS = ("2026-03", "2026-09")

#: Where each resource lives: the date-versioned family and the legacy one.
#: [S OpenAPI CRM/*/2026-09, CRM/*/v3, CRM/Associations/130902/v4, Account Info v3]
PREFIXES = {
    "objects": ("/crm/objects/{version}", "/crm/v3/objects"),
    "record_associations": ("/crm/objects/{version}", "/crm/v4/objects"),
    "associations": ("/crm/associations/{version}", "/crm/v4/associations"),
    "properties": ("/crm/properties/{version}", "/crm/v3/properties"),
    "pipelines": ("/crm/pipelines/{version}", "/crm/v3/pipelines"),
    "owners": ("/crm/owners/{version}", "/crm/v3/owners"),
    "schemas": ("/crm-object-schemas/{version}", "/crm-object-schemas/v3"),
    "account": ("/account-info/{version}", "/account-info/v3"),
    "oauth": ("/oauth/{version}", "/oauth/v1"),
}


@dataclass(frozen=True)
class ObjectFacts:
    """One CRM object type.

    ``modified`` is the name of its last-modified property: `lastmodifieddate` on
    contacts, `hs_lastmodifieddate` elsewhere [3P amp-labs/connectors PR 45; S
    latest/crm/search-the-crm]. In the product a contact has the other name as well,
    and a search by it finds nothing without a word [3P the same, PR 39]: here it is
    refused, so that the mistake is loud. ``defaults`` come back when no property is
    asked for [S search-the-crm, table of default properties; M for products and line
    items]. ``required``: what a new record can't be without [S quotes guide].
    """

    name: str
    singular: str
    type_id: str
    modified: str
    defaults: tuple
    unique: tuple = ()
    searched: tuple = ()
    required: tuple = ()


#: objectTypeId: contacts 0-1, companies 0-2, deals 0-3, tickets 0-5, products 0-7,
#: line items 0-8, quotes 0-14 [S latest/crm/understanding-the-crm; deals also OpenAPI].
OBJECTS = {
    facts.name: facts
    for facts in (
        ObjectFacts(
            "companies",
            "company",
            "0-2",
            "hs_lastmodifieddate",
            ("name", "domain"),
            searched=("name", "domain", "phone", "website"),
        ),
        ObjectFacts(
            "contacts",
            "contact",
            "0-1",
            "lastmodifieddate",
            ("email", "firstname", "lastname"),
            unique=("email",),
            searched=("firstname", "lastname", "email", "phone", "company"),
        ),
        ObjectFacts(
            "deals",
            "deal",
            "0-3",
            "hs_lastmodifieddate",
            ("dealname", "amount", "closedate", "pipeline", "dealstage"),
            searched=("dealname", "description"),
        ),
        ObjectFacts(
            "products",
            "product",
            "0-7",
            "hs_lastmodifieddate",
            ("name", "description", "price"),
            searched=("name", "description", "hs_sku"),
        ),
        ObjectFacts(
            "line_items",
            "line_item",
            "0-8",
            "hs_lastmodifieddate",
            ("quantity", "amount", "price"),
            searched=("name",),
        ),
        ObjectFacts(
            "quotes",
            "quote",
            "0-14",
            "hs_lastmodifieddate",
            ("hs_title", "hs_expiration_date", "hs_status"),
            searched=("hs_title", "hs_quote_number"),
            required=("hs_title", "hs_expiration_date"),
        ),
        ObjectFacts(
            "tickets",
            "ticket",
            "0-5",
            "hs_lastmodifieddate",
            ("subject", "content", "hs_pipeline", "hs_pipeline_stage"),
            searched=("subject", "content"),
        ),
    )
}

#: Ids of the types of an account's own objects; here they count up from the first.
#: [S custom objects guide: `objectTypeId` begins with 2-]
CUSTOM_PREFIX = "2-"
FIRST_CUSTOM = 4_200_001


def kind(name):
    """The :class:`ObjectFacts` of an object; one of an account's own is called by its
    type's id, and what else is known of it its schema says."""
    if name.startswith(CUSTOM_PREFIX):
        return ObjectFacts(name, name, name, "hs_lastmodifieddate", ())
    return OBJECTS[name]


#: Every spelling of an object type that is accepted in a path.
OBJECT_NAMES = {
    spelling: facts.name
    for facts in OBJECTS.values()
    for spelling in (facts.name, facts.singular, facts.type_id)
}

#: Scopes, any one of which opens an object: (reading, writing). The account endpoint
#: needs no more than `oauth`. Properties and pipelines open with the object's or the
#: schema's scope. [S OpenAPI `security` of each path]
SCOPES = {
    name: (f"crm.objects.{name}.read", f"crm.objects.{name}.write") for name in OBJECTS
}
SCOPES["owners"] = ("crm.objects.owners.read", None)
SCHEMA_SCOPE = "crm.schemas.{name}.read"


def scope_name(name):
    """What scopes call an object: an account's own share theirs. [S OpenAPI schemas]"""
    return "custom" if name.startswith(CUSTOM_PREFIX) else name


SCOPES["custom"] = ("crm.objects.custom.read", "crm.objects.custom.write")
#: What the one app may be given. [S working-with-oauth, "scopes"]
APP_SCOPES = frozenset(
    {
        "oauth",
        *filter(None, (scope for pair in SCOPES.values() for scope in pair)),
        *(f"crm.schemas.{name}.{way}" for name in OBJECTS for way in ("read", "write")),
    }
)

#: Returned with every record, asked for or not, with the object's last-modified
#: property. [3P observed on contacts, 2026-08]
ALWAYS = ("createdate", "hs_object_id")

LIST_LIMIT = 100  # and 10 by default [S OpenAPI objects; M for the maximum]
LIST_DEFAULT = 10
SEARCH_LIMIT = 200  # [S OpenAPI PublicObjectSearchRequest.limit]
SEARCH_DEFAULT = 10
SEARCH_WINDOW = 10_000  # beyond it 400 [S search-the-crm; activepieces PR 10160]
#: The guide says 5 groups of 6 filters, 18 in all, and one sort; the OpenAPI text says
#: 6 groups. The stricter number is held. [S search-the-crm, quoted 2026-10]
SEARCH_GROUPS = 5
SEARCH_FILTERS_PER_GROUP = 6
SEARCH_FILTERS = 18
SEARCH_SORTS = 1
SEARCH_QUERY = 3_000  # characters [S OpenAPI PublicObjectSearchRequest.query]
OPERATORS = frozenset(
    """EQ NEQ LT LTE GT GTE BETWEEN IN NOT_IN HAS_PROPERTY NOT_HAS_PROPERTY
    CONTAINS_TOKEN NOT_CONTAINS_TOKEN""".split()
)  # [S OpenAPI Filter.operator]
BATCH_LIMIT = 100  # create, read, update, upsert, archive [M]
#: [S changelog/bug-fix-batch-read-limit-for-hubspot-associations-api, 2025-02-10]
ASSOCIATION_READ_LIMIT = 1_000
ASSOCIATION_WRITE_LIMIT = 2_000  # [3P docs.workato.com associate-records-batch]
ASSOCIATION_PAGE = 500  # partners of one record a page [S OpenAPI v4, "Limit 500"]
OWNER_LIMIT = 500  # and 100 by default [S changelog v2 owners sunset; OpenAPI]
OWNER_DEFAULT = 100
URL_LIMIT = 16_000  # 414 beyond [S error-handling for 414; M for the number]

#: Rate limits of a privately distributed app, Professional and up.
#: [S changelog/increasing-our-api-limits] Search: 5 a second an account, and its
#: answers carry no rate headers [S search-the-crm; 4 a second by the older changelog].
TEN_SECONDLY = 190
DAILY = 650_000
SEARCH_SECONDLY = 5
SECONDLY_HEADER = 19  # the deprecated per-second header: a tenth of the window [M]

#: From, to: (unlabelled type id, primary type id or None). 341/5 with the labels null
#: and "Primary" are observed [3P]; the others: [S associations guide, type id values].
ASSOCIATION_TYPES = {
    ("contacts", "companies"): (279, 1),
    ("companies", "contacts"): (280, 2),
    ("deals", "companies"): (341, 5),
    ("companies", "deals"): (342, 6),
    ("deals", "contacts"): (3, None),
    ("contacts", "deals"): (4, None),
    ("deals", "line_items"): (19, None),
    ("line_items", "deals"): (20, None),
    ("deals", "deals"): (451, None),
    ("deals", "quotes"): (63, None),
    ("quotes", "deals"): (64, None),
    ("quotes", "line_items"): (67, None),
    ("line_items", "quotes"): (68, None),
    ("quotes", "contacts"): (69, None),
    ("contacts", "quotes"): (70, None),
    ("quotes", "companies"): (71, None),
    ("companies", "quotes"): (72, None),
    ("tickets", "contacts"): (16, None),
    ("contacts", "tickets"): (15, None),
    ("tickets", "companies"): (339, 26),
    ("companies", "tickets"): (340, 25),
    ("tickets", "deals"): (28, None),
    ("deals", "tickets"): (27, None),
    ("companies", "companies"): (450, None),
    ("contacts", "contacts"): (449, None),
}
#: Parent and child companies: 14 child to parent, 13 parent to child.
#: [S associations guide, type id values]
LABELLED_TYPES = {
    ("companies", "companies"): {13: "Child Company", 14: "Parent Company"},
}
MIRRORED_TYPES = {13: 14, 14: 13}
#: Labels that an account adds itself are USER_DEFINED; their ids are the account's own,
#: here beyond all of HubSpot's. [S associations schema guide; M for the numbers]
FIRST_LABEL = 1001

#: Error categories. [S error-handling, OpenAPI Error; 3P for the association one]
INVALID_AUTHENTICATION = "INVALID_AUTHENTICATION"
MISSING_SCOPES = "MISSING_SCOPES"
VALIDATION_ERROR = "VALIDATION_ERROR"
OBJECT_NOT_FOUND = "OBJECT_NOT_FOUND"
CONFLICT = "CONFLICT"
NO_ASSOCIATIONS = "crm.associations.NO_ASSOCIATIONS_FOUND"

#: Texts of the errors. 401: [3P]; 403: [3P HubSpot/hubspot-api-nodejs issue 268];
#: 409: [3P, many integrations parse it]; 207 of a batch read: [3P]; 429: [S quoted in
#: community.hubspot.com 511719; SDK RetryDecorator for the second text].
TEXT_401 = (
    "Authentication credentials not found. This API supports OAuth 2.0 authentication "
    "and you can find more details at "
    "https://developers.hubspot.com/docs/methods/auth/oauth-overview"
)
TEXT_401_EXPIRED = (
    "The OAuth token used to make this call expired {seconds} seconds ago."
)
#: [S manage OAuth tokens guide: lifetime by expires_in, 30 minutes; 3P for the errors]
TOKEN_SECONDS = 1_800
BAD_REFRESH = "BAD_REFRESH_TOKEN"
TEXT_BAD_REFRESH = "missing or invalid refresh token"
BAD_CODE = "BAD_AUTH_CODE"
#: [M]
CODE_SECONDS = 60
BAD_CLIENT = "BAD_CLIENT_ID"
TEXT_BAD_CLIENT = "missing or unknown client id"
EXPIRED_AUTHENTICATION = "EXPIRED_AUTHENTICATION"
TEXT_403 = (
    "This app hasn't been granted all required scopes to make this call. Read more "
    "about required scopes here: https://developers.hubspot.com/scopes."
)
TEXT_403_DETAIL = "One or more of the following scopes are required."
TEXT_409 = "Contact already exists. Existing ID: {id}"
TEXT_BATCH_MISSING = (
    "Could not get some {singular} objects, they may be deleted or not exist. Check "
    "that ids are valid."
)
TEXT_RATE = {
    "DAILY": "You have reached your daily limit.",
    "TEN_SECONDLY_ROLLING": "You have reached your ten_secondly_rolling limit.",
    "SECONDLY": "You have reached your secondly limit.",
}

#: The account, as `/account-info/.../details` tells it. [S OpenAPI accountInfo]
ACCOUNT = {
    "portalId": 4711220,
    "accountType": "SANDBOX",
    "timeZone": "Europe/Berlin",
    "companyCurrency": "EUR",
    "additionalCurrencies": ["USD", "GBP", "JPY", "CHF", "PLN", "SEK", "BRL", "INR"],
    "utcOffset": "+01:00",
    "utcOffsetMilliseconds": 3_600_000,
    "uiDomain": "app-eu1.hubspot.com",
    "dataHostingLocation": "eu1",
}

#: The default sales pipeline: id, label, closed, probability.
#: [M; ids also in many public integrations]
SALES_STAGES = (
    ("appointmentscheduled", "Appointment scheduled", False, "0.2"),
    ("qualifiedtobuy", "Qualified to buy", False, "0.4"),
    ("presentationscheduled", "Presentation scheduled", False, "0.6"),
    ("decisionmakerboughtin", "Decision maker bought-in", False, "0.8"),
    ("contractsent", "Contract sent", False, "0.9"),
    ("closedwon", "Closed won", True, "1.0"),
    ("closedlost", "Closed lost", True, "0.0"),
)
#: States in which buyers see a quote: it needs a deal then. [S quotes guide]
PUBLISHED = frozenset({"APPROVAL_NOT_NEEDED", "APPROVED"})
TICKET_STAGES = (
    ("1", "New", False),
    ("2", "Waiting on contact", False),
    ("3", "Waiting on us", False),
    ("4", "Closed", True),
)
