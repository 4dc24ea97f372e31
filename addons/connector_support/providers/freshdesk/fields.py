"""Fields of our own at Freshdesk: made when a line first sends one, and spelt by type.

Only fields of this table are ever made, so that an account never gets one that nobody
asked for. Their labels make their names: what people label “Odoo Account Tier” is
called ``odoo_account_tier`` from then on, whatever it is labelled later. [S "Create and
update contacts with custom fields using APIs": label Department, name department]

That fields are made by ``POST`` to the list that names them is known of third parties
only, and needs an administrator's key [3P]. Where Freshdesk doesn't let us, the record
is held with what is to be made by hand. Amounts are texts: not every account has fields
with decimals for companies [M].
"""

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.records import RemoteField

from . import ask
from .endpoints import CUSTOM, FIELD_LISTS, KEY, path

TEXT, PARAGRAPH = "custom_text", "custom_paragraph"
NUMBER, DATE, URL = "custom_number", "custom_date", "custom_url"
#: Type -> what administrators choose, and what it holds.
TYPES = {
    TEXT: ("Single-line text", "text"),
    PARAGRAPH: ("Multi-line text", "long_text"),
    NUMBER: ("Number", "integer"),
    "custom_decimal": ("Decimal", "number"),
    "custom_checkbox": ("Checkbox", "boolean"),
    "custom_dropdown": ("Dropdown", "option"),
    DATE: ("Date", "date"),
    URL: ("URL", "url"),
    "custom_phone_number": ("Phone number", "phone"),
}
_BOTH = {
    "odoo_account_tier": ("Odoo Account Tier", TEXT),
    "odoo_account_status": ("Odoo Account Status", TEXT),
    "odoo_payment_standing": ("Odoo Payment Standing", PARAGRAPH),
    "odoo_service_level": ("Odoo Service Level", TEXT),
    "odoo_url": ("Odoo URL", URL),
}
#: Stream -> ``{name: (label, type)}``.
MADE = {
    "companies": {
        KEY: ("Odoo Key", TEXT),
        **_BOTH,
        "odoo_overdue_amount": ("Odoo Overdue Amount", TEXT),
        "odoo_currency": ("Odoo Currency", TEXT),
        "odoo_overdue_days": ("Odoo Overdue Days", NUMBER),
        "odoo_agreements": ("Odoo Agreements", PARAGRAPH),
        "odoo_subscriptions": ("Odoo Subscriptions", PARAGRAPH),
        "odoo_renewal_date": ("Odoo Renewal Date", DATE),
        "odoo_products": ("Odoo Products", PARAGRAPH),
        "odoo_sla_targets": ("Odoo SLA Targets", PARAGRAPH),
        "odoo_account_manager": ("Odoo Account Manager", TEXT),
    },
    "contacts": _BOTH,
}
#: Characters of a single line. [S custom fields]
LINE_LENGTH = 255


def missing_fields(stream, known):
    """What there is to map although the account doesn't have it yet.

    :param known: names of the fields that the account has
    :return: iterator of ``RemoteField``
    """
    for name, (label, kind) in MADE.get(stream, {}).items():
        if name not in known:
            yield RemoteField(
                path=f"{CUSTOM}{name}",
                label=label,
                kind=TYPES[kind][1],
                vendor_type=kind,
                description="Not there yet: made when a field map first sends it.",
            )


class CustomFields:
    """The custom fields of one stream, as long as a writer lives.

    :param client: ``HttpClient``
    """

    def __init__(self, client, stream):
        self.client = client
        self.stream = stream
        self._types = None
        self._refused = {}

    def spelt(self, values):
        """Custom values of a record as their fields take them.

        :param values: ``{name: JSON value}``
        :return: the same, fit for ``custom_fields``
        :raises errors.InvalidRecord: where a field of ours is missing and can't be made
        """
        self.ensure(values)
        return {name: _spelt(self.types.get(name), v) for name, v in values.items()}

    def ensure(self, names):
        """Make sure that those of some fields that are ours are there.

        :raises errors.InvalidRecord: where one is missing and can't be made
        """
        for name in sorted(set(names) & MADE.get(self.stream, {}).keys()):
            if name in self._refused:
                raise self._refused[name]
            if name not in self.types:
                self._make(name)

    @property
    def types(self):
        """``{name: type}`` of the custom fields that there are."""
        if self._types is None:
            told = self.client.get(path(FIELD_LISTS[self.stream])).data
            self._types = {
                item["name"]: item.get("type")
                for item in ask.checked(told)
                if not item.get("default")
            }
        return self._types

    def _make(self, name):
        label, kind = MADE[self.stream][name]
        definition = {
            "label": label,
            "label_for_customers": label,
            "type": kind,
            "customers_can_edit": False,
            "displayed_for_customers": False,
        }
        try:
            made = self.client.post(path(FIELD_LISTS[self.stream]), definition).data
        except errors.AmbiguousMatch:
            # Another worker has made it in between, or the label is another field's.
            made, self._types = None, None
        except (
            errors.PermissionDenied,
            errors.RemoteNotFound,
            errors.InvalidRecord,
        ) as error:
            raise self._by_hand(name, error) from error
        if made:
            self.types[made.get("name")] = kind
        if name not in self.types:
            raise self._by_hand(name, None)

    def _by_hand(self, name, error):
        """What an administrator has to do, once for all records of a writer."""
        label, kind = MADE[self.stream][name]
        refusal = errors.InvalidRecord(
            f"The field {name} of {self.stream} isn't there, and Freshdesk doesn't let"
            f" this key make it. Make it at Freshdesk: label “{label}”, type"
            f" {TYPES[kind][0]}.",
            code="field_missing",
            params={"property": name},
            request=error and error.request,
            response=error and error.response,
        )
        self._refused[name] = refusal
        return refusal


def _spelt(kind, value):
    """A JSON value as a field of some type takes it; ``None`` empties any."""
    if value is None:
        return None
    if kind == NUMBER:
        # A number without decimals: what it means is left to who chose the type.
        return round(float(value))
    if kind == "custom_decimal":
        return float(value)
    if kind == "custom_checkbox":
        return value in (True, "true", "True", 1)
    if isinstance(value, list):
        value = ", ".join(map(str, value))
    if kind in (TEXT, URL) and len(str(value)) > LINE_LENGTH:
        return str(value)[: LINE_LENGTH - 1] + "…"
    return str(value)
