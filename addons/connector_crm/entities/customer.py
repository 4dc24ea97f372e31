from odoo import models

from odoo.addons.connector_base.engine.fields import EntityField
from odoo.addons.connector_base.engine.records import Problem

CURRENCY = "deal_currency_id"


class ConnectorEntityCompany(models.AbstractModel):
    """A company and the currency in which deals with it are made."""

    _inherit = "connector.entity.customer.company"

    def _entity_fields(self):
        return [
            *super()._entity_fields(),
            EntityField("currency", "currency", self.env._("Trading Currency")),
        ]

    def _owners(self, owner_by_field):
        owners = super()._owners(owner_by_field)
        if "currency" in owner_by_field:
            owners[CURRENCY] = owner_by_field["currency"]
        return owners

    def _sources(self, field, targets):
        if field.name == "currency":
            return (CURRENCY,)
        return super()._sources(field, targets)

    def _derive(self, run, lookups, mapped):
        super()._derive(run, lookups, mapped)
        if "currency" not in mapped.canonical:
            return
        code = (mapped.canonical["currency"] or "").upper()
        currency = self._currency_table(run).get(code)
        if code and not currency:
            mapped.problems.append(
                Problem(
                    "mapping",
                    "unknown_currency",
                    field="currency",
                    cause=code,
                    params={"currency": code},
                    blocking=False,
                    shared=True,
                )
            )
            return
        mapped.values[CURRENCY] = currency.id if currency else False

    def _derive_outgoing(self, run, lookups, out):
        super()._derive_outgoing(run, lookups, out)
        if "currency" in out.wanted:
            codes = {one.id: code for code, one in self._currency_table(run).items()}
            out.canonical["currency"] = codes.get(out.row[CURRENCY])
