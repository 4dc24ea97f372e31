"""Fields of our own on organizations and users, made when a line first sends one.

Only fields of this table are ever made, all of them named ``odoo_…``, so that an
account never gets one that nobody asked for and none of its own is touched. Zendesk
passes over fields that it doesn't know without a word: they are looked for before
anything is sent.

Source: organization_fields, user_fields below
https://developer.zendesk.com/api-reference/ticketing/ [S]: ``GET`` and ``POST``; only
administrators make them; the key is settled for good.
"""

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.records import RemoteField

from . import ask
from .endpoints import LISTINGS, SINGULAR, path

TEXT, AREA, NUMBER, WHOLE, DATE = "text", "textarea", "decimal", "integer", "date"
#: Kind of what a type holds, for those who map it.
KINDS = {
    TEXT: "text",
    AREA: "long_text",
    NUMBER: "number",
    WHOLE: "integer",
    DATE: "date",
}
_OF_BOTH = {
    "odoo_account_tier": ("Odoo Account Tier", TEXT),
    "odoo_account_status": ("Odoo Account Status", TEXT),
    "odoo_payment_standing": ("Odoo Payment Standing", TEXT),
    "odoo_service_level": ("Odoo Service Level", TEXT),
    "odoo_url": ("Odoo Link", TEXT),
}
#: Stream -> ``{key: (title, type)}``.
FIELDS_MADE = {
    "users": _OF_BOTH,
    "organizations": _OF_BOTH
    | {
        "odoo_overdue_amount": ("Odoo Overdue Amount", NUMBER),
        "odoo_currency": ("Odoo Currency", TEXT),
        "odoo_overdue_days": ("Odoo Days Overdue", WHOLE),
        "odoo_agreements": ("Odoo Agreements", AREA),
        "odoo_subscriptions": ("Odoo Subscriptions", AREA),
        "odoo_renewal_date": ("Odoo Renewal Date", DATE),
        "odoo_products": ("Odoo Products", AREA),
        "odoo_sla_targets": ("Odoo Service Targets", AREA),
        "odoo_account_manager": ("Odoo Account Manager", TEXT),
    },
}


def missing_fields(stream, known):
    """What there is to map although the account doesn't have it yet.

    :param known: keys that the account has
    :return: iterator of ``RemoteField``
    """
    for key, (title, kind) in FIELDS_MADE.get(stream, {}).items():
        if key not in known:
            yield RemoteField(
                path=f"{LISTINGS[stream].kept}.{key}",
                label=title,
                kind=KINDS[kind],
                vendor_type=kind,
                description="Not there yet: made when a field map first sends it.",
            )


def ensure(client, stream, keys):
    """Make sure that an account keeps some fields.

    :param keys: of fields that are about to be sent, ours and the account's own
    :raises errors.InvalidRecord: where one is not there, and can't be made
    """
    fields = LISTINGS[stream].fields
    known = {
        each.get("key"): each.get("active", True)
        for each in ask.pages(client, (fields,), fields)
    }
    for key in sorted(keys):
        if known.get(key):
            continue
        definition = FIELDS_MADE.get(stream, {}).get(key)
        if key in known or not definition:
            code = "zendesk_field_off" if key in known else "zendesk_field_missing"
            raise _refusal(code, stream, key, definition)
        _make(client, stream, key, definition)


def _make(client, stream, key, definition):
    fields = LISTINGS[stream].fields
    title, kind = definition
    made = {
        "key": key,
        "title": title,
        "type": kind,
        "description": "Kept by Odoo: what is entered here is overwritten.",
        "active": True,
    }
    try:
        client.post(path(fields), {f"{SINGULAR[stream]}_field": made})
    except errors.PermissionDenied as error:
        raise _refusal("zendesk_field_missing", stream, key, definition) from error
    except errors.InvalidRecord as error:
        # Another worker may have made it in between.
        if not error.params.get("duplicate"):
            raise


def _refusal(code, stream, key, definition):
    title, kind = definition or (key, TEXT)
    return errors.InvalidRecord(
        f"Zendesk has no active field {key} of {stream}.",
        code=code,
        params={"property": key, "object": stream, "title": title, "type": kind},
    )
