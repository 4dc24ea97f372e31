from odoo import models

#: Entity field -> Odoo fields that it is made of on its way out.
SOURCES = {
    "amount": ("expected_revenue", "deal_amount", "deal_currency_id"),
    "currency": ("deal_currency_id",),
    "stage": ("stage_id", "active"),
    "lost_reason": ("lost_reason_id",),
    "company": ("partner_id",),
    "contacts": ("deal_contact_ids", "partner_id"),
}


class ConnectorEntityOpportunity(models.AbstractModel):
    """A deal on its way out: its amount, its stage, who takes part."""

    _inherit = "connector.entity.opportunity"

    def _sources(self, field, targets):
        if field.name in SOURCES:
            return SOURCES[field.name]
        return super()._sources(field, targets)

    def _outgoing_context_fields(self):
        return [
            *super()._outgoing_context_fields(),
            *("won_status", "expected_revenue", "deal_amount", "deal_currency_id"),
            *("partner_id", "lost_reason_id", "team_id", "stage_id"),
        ]

    def _is_archived(self, row):
        # A lost deal is archived in Odoo, too, and goes out as lost.
        return super()._is_archived(row) and row["won_status"] != "lost"

    # -- references -----------------------------------------------------------

    def _referred(self, run, batch, references):
        """The customer of a deal is a contact, a company, or a contact of one."""
        super()._referred(run, batch, references)
        partner_ids = {
            partner_id
            for out in batch
            for row in (out.row, out.agreed_before)
            for partner_id in [row.get("partner_id")]
            if partner_id
        }
        companies = self._companies_of(partner_ids)
        for out in batch:
            for row, found in (
                (out.row, out.referred),
                (out.agreed_before, out.referred_before),
            ):
                partner_id = row.get("partner_id")
                company_id = companies.get(partner_id)
                if "company" in found:
                    found["company"] = [company_id] if company_id else []
                if "contacts" in found:
                    contacts = list(row.get("deal_contact_ids") or ())
                    if partner_id and partner_id != company_id:
                        contacts = [
                            partner_id,
                            *(one for one in contacts if one != partner_id),
                        ]
                    found["contacts"] = contacts

    # -- values ---------------------------------------------------------------

    def _choose_value(self, run, lookups, out, field, found):
        """Of stages of several pipelines, that of the deal's own."""
        if field.name != "stage":
            return found
        if out.row["won_status"] == "lost":
            found = [
                pair
                for pair in lookups.values.get((field.value_map, False), ())
                if pair[1].get("is_lost")
            ]
        if len(found) > 1:
            labels = self._pipeline_labels(run).get(out.row["team_id"], ())
            found = [pair for pair in found if pair[1].get("pipeline") in labels]
        return found

    def _pipeline_labels(self, run):
        """``{team: labels of the pipelines that it stands for}``"""
        if "pipelines" not in run.tables:
            lines = self.env["connector.value.map.line"].search_fetch(
                [
                    ("map_id.connection_id", "=", run.connection.id),
                    ("map_id.name", "=", "pipeline"),
                    ("state", "=", "mapped"),
                ],
                ["remote_label", "res_id"],
            )
            run.tables["pipelines"] = {
                team_id: set(group.mapped("remote_label"))
                for team_id, group in lines.grouped("res_id").items()
            }
        return run.tables["pipelines"]

    def _derive_outgoing(self, run, lookups, out):
        row = out.row
        if out.wanted & {"amount", "currency"}:
            self._derive_outgoing_amount(run, out)
        if "lost_reason" in out.wanted:
            reason = self.env["crm.lost.reason"].browse(row["lost_reason_id"] or [])
            out.canonical["lost_reason"] = reason.name or None

    def _derive_outgoing_amount(self, run, out):
        """The amount in the deal's currency, whichever of both a person changed."""
        row, agreed = out.row, out.agreed_before
        own = run.connection.company_id.currency_id
        of_deal = self.env["res.currency"].browse(row["deal_currency_id"] or [])
        comparable = self.env["connector.import"]._comparable

        def changed(name):
            return comparable(row[name]) != agreed.get(name, False)

        by_revenue = not of_deal or (
            changed("expected_revenue") and not changed("deal_amount")
        )
        amount = row["expected_revenue"] if by_revenue else row["deal_amount"]
        currency = own if by_revenue else of_deal
        wanted = of_deal or own
        if "currency" not in run.compiled.targets:
            wanted = run.connection.currency_id or own
        elif not out.remote_id or "currency" in out.wanted:
            out.canonical["currency"] = wanted.name
        if "amount" in out.wanted:
            out.canonical["amount"] = self._outgoing_amount(
                run, out, "amount", amount, currency, wanted
            )
