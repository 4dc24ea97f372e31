"""Where HubSpot's API lives, by version.

Dated versions put the version behind the area (``/crm/objects/2026-09``), the older
ones before it (``/crm/v3/objects``). Sources: HubSpot's OpenAPI documents of CRM
objects, properties, pipelines, owners, associations (2026-09, v3, v4) and account
information; https://developers.hubspot.com/docs/api-reference/legacy/migration-guide
"""

import re
import urllib.parse

#: Offered in the form; every dated version works as well.
VERSIONS = ("2026-09", "v3")

#: Area -> (path of a dated version, path of v3). Associations never had a v3 that
#: names their types: v4 goes with it.
PATHS = {
    "objects": ("crm/objects/{version}", "crm/v3/objects"),
    "associations": ("crm/associations/{version}", "crm/v4/associations"),
    "properties": ("crm/properties/{version}", "crm/v3/properties"),
    "pipelines": ("crm/pipelines/{version}", "crm/v3/pipelines"),
    "owners": ("crm/owners/{version}", "crm/v3/owners"),
    "schemas": (
        "crm-object-schemas/{version}/schemas",
        "crm-object-schemas/v3/schemas",
    ),
    "account": ("account-info/{version}/details", "account-info/v3/details"),
    "oauth": ("oauth/{version}/token", "oauth/v1/token"),
}
#: Where a person lets an app in; of the API's address only where that is none of
#: HubSpot's. [S working-with-oauth]
AUTHORIZE_URL = "https://app.hubspot.com"
API_DOMAIN = "hubapi.com"
#: Versions of the address of tokens that are known, tried where that of the rest of the
#: API isn't there: v1 ends on 2027-02-16. [S changelog v1-oauth-api-deprecation]
OAUTH_VERSIONS = ("2026-03", "v1")

#: Most records of one request. [S] OpenAPI CRM objects: list <= 100, search <= 200,
#: batch <= 100; associations batch read <= 1000; owners <= 500.
LIST_LIMIT = 100
SEARCH_LIMIT = 200
BATCH_LIMIT = 100
OWNERS_LIMIT = 500

#: Stream -> object that it reads, and what its records must be linked with to be of
#: it; of other streams the name is the object. A line item belongs to one deal,
#: quote, invoice or subscription: a quote has copies of its deal's. [S line items]
OBJECTS = {
    "line_items": ("line_items", "deals"),
    "quote_line_items": ("line_items", "quotes"),
    "price_books": ("products", None),
    "prices": ("products", None),
}

#: Beginnings of the remote paths of a record's properties; of the ids that it is linked
#: with; and of those links with their labels, as ``links.contacts[label=Billing].id``.
PROPERTIES = "properties."
ASSOCIATIONS = "associations."
LINKS = "links."
#: What the reader works out itself, see ``derived.py``.
DERIVED = "derived."

#: Our own property, with unique values: the key of the record in Odoo.
KEY_PROPERTY = "odoo_id"

#: Properties that HubSpot fills itself.
READ_ONLY = frozenset(
    {
        *("hs_is_closed", "hs_is_closed_won", "hs_object_id", "createdate"),
        *("hs_lastmodifieddate", "lastmodifieddate", "hs_additional_emails"),
        *("hs_merged_object_ids", "hs_parent_company_id", "associatedcompanyid"),
        *("hs_deal_stage_probability", "hs_quote_amount", "hs_quote_number"),
    }
)
#: Object -> further properties that are not ours to set: a quote has the owner of its
#: deal [S reference quotes], and is published in HubSpot, by who chooses its template.
NOT_OURS = {"quotes": frozenset({"hubspot_owner_id", "hs_status"})}

#: Name of the property that holds the time of the last change. Contacts have an older
#: one of their own.
LAST_MODIFIED = {"contacts": "lastmodifieddate"}
LAST_MODIFIED_DEFAULT = "hs_lastmodifieddate"

#: Names the records that were merged into one, whose own ids lead to it from then on:
#: ids with semicolons between them.
#: https://knowledge.hubspot.com/records/merge-records
MERGED_PROPERTY = "hs_merged_object_ids"

#: Type of the association that HubSpot calls primary: contact -> company 1,
#: deal -> company 5. https://developers.hubspot.com/docs/api-reference/crm-associations-v4
PRIMARY_TYPES = {("contacts", "companies"): 1, ("deals", "companies"): 5}

#: Stream -> (scopes to read it, scopes to write it). [S] OpenAPI CRM objects,
#: ``security`` of each path.
SCOPES = {
    name: ((f"crm.objects.{name}.read",), (f"crm.objects.{name}.write",))
    for name in ("contacts", "companies", "deals", "products", "line_items", "quotes")
}
SCOPES["quote_line_items"] = (
    ("crm.objects.line_items.read", "crm.objects.quotes.read"),
    SCOPES["line_items"][1],
)
SCOPES["prices"] = SCOPES["products"]
SCOPES["price_books"] = (SCOPES["products"][0], ())

#: Streams that are only read.
READ_ONLY_STREAMS = frozenset(
    name for name, (_reading, writing) in SCOPES.items() if not writing
)

#: Streams whose records are parts of others and can't have a key of their own.
KEYLESS_STREAMS = READ_ONLY_STREAMS | {"prices"}

#: Object -> id of its type in the addresses of HubSpot's own pages.
OBJECT_TYPE_IDS = {
    "contacts": "0-1",
    "companies": "0-2",
    "deals": "0-3",
    "products": "0-7",
    "line_items": "0-8",
    "quotes": "0-14",
}


#: Ids of the types of an account's own objects. Their streams are called by it: it is
#: what webhooks name, too, and a renamed object keeps it. [S object schemas]
CUSTOM_TYPE_ID = re.compile(r"2-\d+")
#: Scopes of an account's own objects, whichever. [S OpenAPI schemas, CRM objects]
CUSTOM_SCOPES = (
    ("crm.objects.custom.read", "crm.schemas.custom.read"),
    ("crm.objects.custom.write", "crm.schemas.custom.write"),
)


def scopes_of(stream):
    """``(scopes to read it, scopes to write it)`` of a stream."""
    return SCOPES.get(stream, CUSTOM_SCOPES)


#: Scopes of each app that signs in by OAuth, and of the people that records belong to.
ALWAYS_SCOPES = ("oauth", "crm.objects.owners.read")


def sign_in_scopes(uses):
    """The least that an app needs for these streams, sorted.

    :param uses: ``{stream: whether it is sent, too}``
    :return: tuple
    """
    wanted = set()
    for stream, writes in uses.items():
        reading, writing = scopes_of(stream)
        wanted.update(reading)
        if object_of(stream)[0] == "deals":
            # The stages of pipelines. [S OpenAPI pipelines]
            wanted.add("crm.schemas.deals.read")
        if writes and writing:
            wanted.update(writing)
            # Our own property is made where it isn't there yet. [S OpenAPI properties]
            wanted.update(name.replace("objects", "schemas") for name in writing)
    return (*ALWAYS_SCOPES, *sorted(wanted - set(ALWAYS_SCOPES)))


def type_id_of(object_type):
    """The id of an object's type; ``None`` where it isn't known."""
    if CUSTOM_TYPE_ID.fullmatch(object_type):
        return object_type
    return OBJECT_TYPE_IDS.get(object_type)


def object_of(stream):
    """``(object, what its records must be linked with or None)`` of a stream."""
    return OBJECTS.get(stream, (stream, None))


def is_read_only(object_type, name):
    """Whether a property is none that we may set."""
    return name in READ_ONLY or name in NOT_OURS.get(object_type, ())


def path(area, version, *rest):
    """Path of an area of the API, relative to the base address.

    >>> path("objects", "2026-09", "companies")
    'crm/objects/2026-09/companies'
    """
    dated, older = PATHS[area]
    base = older if version.startswith("v") else dated.format(version=version)
    return "/".join([base, *(urllib.parse.quote(part, safe="") for part in rest)])
