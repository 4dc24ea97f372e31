"""What HubSpot says about the fields of its objects: properties, and what we read
beside them.

Source: OpenAPI CRM properties (``GET /crm/properties/{version}/{objectType}``: all
properties that are not archived, no paging; ``Property``: ``type``, ``fieldType``,
``options``, ``hasUniqueValue``, ``calculated``, ``hubspotDefined``,
``modificationMetadata.readOnlyValue``, ``referencedObjectType``) and
https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide for the types.

HubSpot has no required properties over its API: what is required is a matter of its
forms. An unknown property that is asked for is left out of the answer; a known one
without a value is null.
"""

from odoo.addons.connector_base.engine.records import RemoteField

from .endpoints import ASSOCIATIONS, KEY_PROPERTY, PROPERTIES, READ_ONLY, path

#: ``type`` -> kind, where ``fieldType`` says no more; see ``FIELD_TYPES``.
TYPES = {
    "string": "text",
    "number": "number",
    "bool": "boolean",
    "enumeration": "option",
    "date": "date",
    "datetime": "datetime",
    "phone_number": "phone",
    "object_coordinates": "text",
    "json": "text",
}
#: ``(type, fieldType)`` -> kind. Several options come as one text, ``a;b``: whoever
#: wants them apart splits it.
FIELD_TYPES = {
    ("string", "textarea"): "long_text",
    ("string", "html"): "long_text",
    ("string", "phonenumber"): "phone",
    ("enumeration", "booleancheckbox"): "boolean",
    ("enumeration", "checkbox"): "text",
}
#: Properties whose type says less than is known of them.
KINDS = {
    ("contacts", "email"): "email",
    ("deals", "amount"): "money",
    ("products", "price"): "money",
    ("products", "hs_cost_of_goods_sold"): "money",
}
#: ``referencedObjectType`` -> our name of the object. An owner is an option of a list.
REFERENCED = {"COMPANY": "companies", "CONTACT": "contacts", "DEAL": "deals"}
#: Links that the reader offers, by object. [S] associations guide, default types
LINKS = {
    "companies": ("contacts", "deals", "companies"),
    "contacts": ("companies", "deals"),
    "deals": ("companies", "contacts"),
    "products": (),
}


def remote_fields(client, object_type):
    """:return: list of ``RemoteField`` of an object"""
    reply = client.get(path("properties", client.api_version, object_type))
    found = [
        _property(object_type, item)
        for item in reply.data.get("results") or []
        if not item.get("archived") and item.get("name") != KEY_PROPERTY
    ]
    return [*found, *_beside(object_type)]


def _property(object_type, item):
    name = item["name"]
    of_value = item.get("modificationMetadata") or {}
    fixed = of_value.get("readOnlyValue") or item.get("calculated") or name in READ_ONLY
    return RemoteField(
        path=f"{PROPERTIES}{name}",
        label=item.get("label") or name,
        kind=_kind(object_type, item),
        vendor_type=f"{item.get('type') or ''}/{item.get('fieldType') or ''}",
        writable=not fixed,
        unique=bool(item.get("hasUniqueValue")),
        options=tuple(
            (str(option["value"]), option.get("label") or str(option["value"]))
            # Hidden ones aren't offered to people any more, and records hold them.
            for option in item.get("options") or []
        ),
        references=REFERENCED.get(item.get("referencedObjectType")),
        custom=item.get("hubspotDefined") is False,
        description=item.get("description") or "",
    )


def _kind(object_type, item):
    known = KINDS.get((object_type, item["name"]))
    if known:
        return known
    if item.get("referencedObjectType") in REFERENCED:
        return "reference"
    kinds = (item.get("type"), item.get("fieldType"))
    return FIELD_TYPES.get(kinds) or TYPES.get(item.get("type"), "any")


def _beside(object_type):
    """What a record has beside its properties, as the reader gives it."""
    yield RemoteField("id", "Record ID", "text", "id", writable=False, unique=True)
    for name, label in (("createdAt", "Created At"), ("updatedAt", "Updated At")):
        yield RemoteField(name, label, "datetime", "datetime", writable=False)
    for to_type in LINKS.get(object_type, ()):
        yield RemoteField(
            f"{ASSOCIATIONS}{to_type}",
            f"Associated {to_type.capitalize()}",
            "references",
            "association",
            references=to_type,
        )
