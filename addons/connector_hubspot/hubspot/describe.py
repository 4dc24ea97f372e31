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

from odoo.addons.connector_base.engine.errors import PermissionDenied
from odoo.addons.connector_base.engine.records import RemoteField, RemoteObject

from . import ask, prices
from .derived import FIELDS as derived
from .endpoints import (
    ASSOCIATIONS,
    CUSTOM_TYPE_ID,
    DERIVED,
    KEY_PROPERTY,
    OBJECT_TYPE_IDS,
    PROPERTIES,
    is_read_only,
    object_of,
    path,
)
from .links import LABELLED, label_paths, labels
from .own import missing_fields

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
    ("line_items", "price"): "money",
    ("line_items", "amount"): "money",
    ("line_items", "discount"): "money",
    ("line_items", "hs_product_id"): "reference",
    ("line_items", "hs_position_on_quote"): "integer",
    ("quotes", "hs_quote_amount"): "money",
}
#: ``referencedObjectType`` -> our name of the object. An owner is an option of a list.
REFERENCED = {"COMPANY": "companies", "CONTACT": "contacts", "DEAL": "deals"}
#: Links that the reader offers, by object. [S] associations guide, default types
LINKED = {
    "companies": ("contacts", "deals", "companies", "quotes", "tickets"),
    "contacts": ("companies", "deals", "contacts", "quotes", "tickets"),
    "deals": ("companies", "contacts", "deals", "line_items", "quotes", "tickets"),
    "line_items": ("deals", "quotes"),
    "quotes": ("deals", "companies", "contacts", "line_items"),
}


def objects(client):
    """The account's own objects: :return: list of ``RemoteObject``

    Source: ``GET /crm-object-schemas/{version}/schemas`` (``ObjectSchema``:
    ``objectTypeId``, ``fullyQualifiedName``, ``labels``, ``archived``; no paging).
    """
    reply = client.get(path("schemas", client.api_version))
    return [
        RemoteObject(
            item["objectTypeId"],
            (item.get("labels") or {}).get("plural") or item["name"],
            custom=True,
        )
        for item in ask.results(reply.data)
        if not item.get("archived")
    ]


def remote_fields(client, stream):
    """:return: list of ``RemoteField`` of a stream"""
    if stream in prices.FIELDS:
        return list(prices.FIELDS[stream])
    object_type, _of = object_of(stream)
    reply = client.get(path("properties", client.api_version, object_type))
    items = [
        item
        for item in ask.results(reply.data)
        if not item.get("archived") and item.get("name") != KEY_PROPERTY
    ]
    return [
        *(_property(object_type, item) for item in items),
        *missing_fields(object_type, {item["name"] for item in items}),
        *_beside(object_type),
        *_linked(object_type, _partners(client, object_type)),
        *_labelled(client, object_type),
    ]


def _property(object_type, item):
    name = item["name"]
    of_value = item.get("modificationMetadata") or {}
    fixed = (
        of_value.get("readOnlyValue")
        or item.get("calculated")
        or is_read_only(object_type, name)
    )
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
    for name, (label, kind, _function, sources) in derived.get(object_type, {}).items():
        made_of = ", ".join(sources)
        yield RemoteField(f"{DERIVED}{name}", label, kind, made_of, writable=False)


def _partners(client, object_type):
    """Objects that one is linked with; those of an account's own its schema names."""
    if not CUSTOM_TYPE_ID.fullmatch(object_type):
        return LINKED.get(object_type, ())
    schema = client.get(path("schemas", client.api_version, object_type)).data
    ids = {
        end
        for link in schema.get("associations") or []
        for end in (link.get("fromObjectTypeId"), link.get("toObjectTypeId"))
    }
    names = {type_id: name for name, type_id in OBJECT_TYPE_IDS.items()}
    return sorted(names.get(end, end) for end in ids - {object_type, None})


def _linked(object_type, partners):
    for to_type in partners:
        yield RemoteField(
            f"{ASSOCIATIONS}{to_type}",
            f"Associated {_title(to_type)}",
            "references",
            "association",
            references=to_type,
        )


def _labelled(client, object_type):
    """Links with labels, each label of the account by its own path."""
    if object_type not in LABELLED:
        return
    for to_type in LINKED[object_type]:
        if to_type not in LABELLED:
            continue
        title = _title(to_type)
        try:
            found = labels(client, object_type, to_type)
        except PermissionDenied:
            # An object that we may not read: nothing of it can be mapped.
            continue
        for label in dict.fromkeys(each.get("label") for each in found):
            for number, remote_path in enumerate(label_paths(to_type, label)):
                yield RemoteField(
                    remote_path,
                    f"{title}: {label}" + (" (all)" if number else ""),
                    "references" if number else "reference",
                    "association",
                    references=to_type,
                )


def _title(object_type):
    return object_type.replace("_", " ").title()
