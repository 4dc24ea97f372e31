"""Properties of our own in a HubSpot account, made when a line first sends one.

Only properties of this table are ever made, all of them named ``odoo_…`` and in a group
**Odoo**, so that an account never gets a property that nobody asked for and none of its
own is touched. The key ``odoo_id``, which every object that is written needs, is made
by ``writer.prepare``.

Source: OpenAPI CRM properties (``batch/read``, ``batch/create``, ``groups``): 409, or a
conflict in a 207, where a name is there already.
"""

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.records import RemoteField

from . import ask
from .endpoints import PROPERTIES, path
from .errors import row_error

GROUP = {"name": "odoo", "label": "Odoo", "displayOrder": -1}

TEXT = ("string", "text")
NUMBER = ("number", "number")
DATE = ("date", "date")
BOOLEAN = ("bool", "booleancheckbox")
#: Kind of what a type holds, for those who map it.
KINDS = {TEXT: "text", NUMBER: "number", DATE: "date", BOOLEAN: "boolean"}
OPTIONS = [
    {"label": label, "value": value, "displayOrder": order, "hidden": False}
    for order, (value, label) in enumerate((("true", "Yes"), ("false", "No")))
]

#: Object -> ``{name: (label, type)}``.
PROPERTIES_MADE = {
    "deals": {
        "odoo_order_number": ("Odoo Order", TEXT),
        "odoo_order_status": ("Odoo Order Status", TEXT),
    },
    "companies": {
        "odoo_customer_number": ("Odoo Customer Number", TEXT),
        "odoo_payment_terms": ("Odoo Payment Terms", TEXT),
        "odoo_open_balance": ("Odoo Open Balance", NUMBER),
        "odoo_overdue_balance": ("Odoo Overdue Balance", NUMBER),
        "odoo_overdue_days": ("Odoo Days Overdue", NUMBER),
        "odoo_is_overdue": ("Odoo Overdue", BOOLEAN),
        "odoo_payment_status": ("Odoo Payment Status", TEXT),
        "odoo_last_payment_date": ("Odoo Last Payment", DATE),
        "odoo_last_payment_amount": ("Odoo Last Payment Amount", NUMBER),
        "odoo_last_order_number": ("Odoo Last Order", TEXT),
        "odoo_last_order_status": ("Odoo Last Order Status", TEXT),
        "odoo_delivery_status": ("Odoo Delivery Status", TEXT),
        "odoo_invoice_status": ("Odoo Invoice Status", TEXT),
        "odoo_standing_currency": ("Odoo Currency of Balances", TEXT),
        "odoo_subscription_state": ("Odoo Subscription", TEXT),
        "odoo_renewal_date": ("Odoo Renewal Date", DATE),
    },
}


def own_names(object_type, names):
    """Those of some properties that we would make, sorted."""
    return sorted(set(names) & PROPERTIES_MADE.get(object_type, {}).keys())


def missing_fields(object_type, known):
    """What there is to map although the account doesn't have it yet.

    :param known: names of the properties that the account has
    :return: iterator of ``RemoteField``
    """
    for name, (label, kind) in PROPERTIES_MADE.get(object_type, {}).items():
        if name not in known:
            yield RemoteField(
                path=f"{PROPERTIES}{name}",
                label=label,
                kind=KINDS[kind],
                vendor_type="/".join(kind),
                description="Not there yet: made when a field map first sends it.",
            )


def ensure(client, object_type, names):
    """Make sure that an object has some of our properties.

    :param names: all of them in :data:`PROPERTIES_MADE`
    :raises errors.ConnectorError: where one is missing and can't be made, as for want
        of the scope ``crm.schemas.<object>.write``
    """
    where = path("properties", client.api_version, object_type)
    reply = client.post(
        f"{where}/batch/read",
        {"archived": False, "inputs": [{"name": name} for name in names]},
        reads=True,
    )
    there = {item["name"] for item in ask.results(reply.data)}
    missing = [name for name in names if name not in there]
    if not missing:
        return
    ensure_group(client, object_type)
    reply = client.post(
        f"{where}/batch/create",
        {"inputs": [_definition(object_type, name) for name in missing]},
    )
    for item in reply.data.get("errors") or []:
        # Another worker may have made it in between.
        if item.get("category") != "CONFLICT":
            raise row_error(item)


def ensure_group(client, object_type):
    """Make sure that an object has our group of properties."""
    where = path("properties", client.api_version, object_type)
    try:
        client.post(f"{where}/groups", GROUP)
    except errors.InvalidRecord as error:
        # It is there, or another worker has made it in between.
        if error.params.get("status") != 409:
            raise


def _definition(object_type, name):
    label, (kind, field_type) = PROPERTIES_MADE[object_type][name]
    made = {
        "name": name,
        "label": label,
        "description": "Kept by Odoo: what is entered here is overwritten.",
        "groupName": GROUP["name"],
        "type": kind,
        "fieldType": field_type,
        "formField": False,
    }
    return made | ({"options": OPTIONS} if kind == "bool" else {})
