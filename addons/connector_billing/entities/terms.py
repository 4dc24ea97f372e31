from odoo import models

from odoo.addons.connector_base.engine.fields import EntityField
from odoo.addons.connector_base.engine.records import Problem
from odoo.addons.connector_base.entities.entity import OPTIONS_MODEL


class ConnectorEntityBillingTerms(models.AbstractModel):
    """What prices, coupons, subscriptions and usage share: each is of one account."""

    _name = "connector.entity.billing.terms"
    _inherit = "connector.entity"
    _description = "Connector Entity: Billing Terms"

    _entity_domain = "billing"
    _entity_area = "billing"

    # -- declaration ----------------------------------------------------------

    def _choice_field(self, name, label, odoo_field, **options):
        """A field of kind choice, with the value map of any such field of Odoo."""
        return EntityField(
            name,
            "choice",
            label,
            odoo_field,
            value_map=f"odoo.{self._entity_model}.{odoo_field}",
            relation=OPTIONS_MODEL,
            **options,
        )

    def _outgoing_context_fields(self):
        return [*super()._outgoing_context_fields(), "currency_id"]

    # -- into Odoo ------------------------------------------------------------

    def _owners(self, owner_by_field):
        owners = super()._owners(owner_by_field)
        if "currency" in owner_by_field:
            owners.setdefault("currency_id", owner_by_field["currency"])
        return owners

    def _derive(self, run, lookups, mapped):
        super()._derive(run, lookups, mapped)
        mapped.on_create["connection_id"] = run.connection.id
        if mapped.canonical.get("currency") or not mapped.binding:
            currency_id = self._currency_id(run, mapped)
            if currency_id:
                mapped.values["currency_id"] = currency_id

    def _currency_id(self, run, mapped):
        """The currency of a record; without one of its own that of the account.

        :return: Odoo id, or ``None`` where Odoo doesn't use it; notes the problem: an
            amount is never counted in another currency
        """
        connection = run.connection
        code = (mapped.canonical.get("currency") or "").upper()
        own = connection.currency_id or connection.company_id.currency_id
        currency = self._currency_table(run).get(code) if code else own
        if currency and currency.active:
            return currency.id
        mapped.problems.append(
            Problem(
                "mapping",
                "inactive_currency" if currency else "unknown_currency",
                field="currency",
                cause=code,
                params={"currency": code},
                shared=True,
            )
        )
        return None

    # -- out of Odoo ----------------------------------------------------------

    def _sources(self, field, targets):
        if field.name == "currency":
            return ("currency_id",)
        return super()._sources(field, targets)

    def _derive_outgoing(self, run, lookups, out):
        super()._derive_outgoing(run, lookups, out)
        if "currency" in out.wanted:
            codes = {one.id: code for code, one in self._currency_table(run).items()}
            out.canonical["currency"] = codes.get(out.row["currency_id"])
