from odoo import models

from odoo.addons.connector_base.engine.fields import EntityField


class ConnectorEntityContract(models.AbstractModel):
    """A contract with a customer, with its term."""

    _name = "connector.entity.contract"
    _inherit = "connector.entity.trade"
    _description = "Connector Entity: Contract"

    _entity_model = "connector.agreement"
    _entity_takes_objects = True
    _partner_field = "partner_id"
    _computed_anew = ("date_end",)
    _match_column = "number"
    _match_target = "number"

    def _entity_fields(self):
        _ = self.env._
        return [
            *super()._entity_fields(),
            EntityField("number", "char", _("Contract Number"), "number"),
            EntityField(
                "company",
                "reference",
                _("Company"),
                "partner_id",
                required=True,
                reference="customer.company",
            ),
            EntityField(
                "opportunity",
                "reference",
                _("Opportunity"),
                "opportunity_id",
                reference="opportunity",
            ),
            EntityField("start_date", "date", _("Starts On"), "date_start"),
            EntityField("end_date", "date", _("Ends On"), "date_end"),
            EntityField("term", "integer", _("Term (Months)"), "term_months"),
            self._choice_field("status", _("Status"), "state"),
            self._owner_field(),
            EntityField("description", "text", _("Description"), "description"),
        ]

    def _owners(self, owner_by_field):
        owners = super()._owners(owner_by_field)
        for name, odoo_field in (("start_date", "date_end"), ("term", "term_months")):
            if name in owner_by_field:
                owners.setdefault(odoo_field, owner_by_field[name])
        return owners

    def _label_of(self, mapped):
        return mapped.canonical.get("number")

    def _derive(self, run, lookups, mapped):
        """Of start, term and end, two make the third."""
        super()._derive(run, lookups, mapped)
        canonical, vals = mapped.canonical, mapped.values
        start, end = canonical.get("start_date"), canonical.get("end_date")
        term = canonical.get("term")
        agreements = self.env["connector.agreement"]
        if start and term and not end:
            vals["date_end"] = agreements._end_of(start, term)
        elif start and end and not term:
            vals["term_months"] = agreements._months_of(start, end) or 0
        if not vals.get("state"):
            # A contract always has one: as long as nothing is told, it is a draft.
            vals.pop("state", None)

    def _referred(self, run, batch, references):
        """A contract with a person is one with the company that the person is of."""
        super()._referred(run, batch, references)
        found = [ids for out in batch for ids in (out.referred, out.referred_before)]
        partners = {i for ids in found for i in ids.get("company", ())}
        companies = self._companies_of(partners)
        for ids in found:
            if "company" in ids:
                ids["company"] = list(filter(None, map(companies.get, ids["company"])))
