from odoo import api, fields, models

from .bulk_insert import bulk_insert

#: Codes of what is held with candidates.
CODES = ("several_matches", "uncertain_match", "claimed_twice")


class ConnectorMatchCandidate(models.Model):
    """An Odoo record that a held one may be, how likely, and why."""

    _name = "connector.match.candidate"
    _description = "Connector Match Candidate"
    _inherit = ["connector.record.mixin"]
    _order = "item_id, score desc, id"
    _log_access = False

    item_id = fields.Many2one(
        "connector.exception.item", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", index=True, ondelete="cascade")
    res_model = fields.Char(string="Model", required=True)
    res_id = fields.Many2oneReference(
        string="Record ID", model_field="res_model", required=True
    )
    score = fields.Integer(string="Likely (%)", aggregator=None)
    reasons = fields.Char(string="Why")
    email = fields.Char(string="E-mail", compute="_compute_values")
    phone = fields.Char(compute="_compute_values")
    place = fields.Char(string="Address", compute="_compute_values")
    tax_id = fields.Char(string="Tax ID", compute="_compute_values")

    _record_uniq = models.Constraint(
        "UNIQUE(item_id, res_id)", "A record is a candidate once."
    )
    _record_idx = models.Index("(res_model, res_id)")

    @api.depends("res_model", "res_id")
    def _compute_values(self):
        """What the user may see of the records, one query a model."""
        self.email = self.phone = self.place = self.tax_id = False
        for model, rows in self.grouped("res_model").items():
            if model != "res.partner" or not self.env[model].has_access("read"):
                continue
            partners = (
                self.env[model]
                .with_context(active_test=False)
                .search([("id", "in", rows.mapped("res_id"))])
            )
            known = {partner.id: partner for partner in partners}
            for row in rows:
                partner = known.get(row.res_id)
                if partner:
                    row.email, row.phone = partner.email, partner.phone
                    row.tax_id = partner.vat
                    row.place = _place(
                        partner.zip, partner.city, partner.country_id.name
                    )

    @api.model
    def _note(self, run, batch):
        """Keep the candidates of what is held now; earlier ones go.

        :param batch: list of ``connector_mapper.Mapped``
        """
        held = {m.record.remote_id: m for m in batch if m.candidates}
        if not held:
            return
        items = self.env["connector.exception.item"].search(
            [
                ("flow_id", "=", run.flow.id),
                ("direction", "=", "pull"),
                ("remote_id", "in", list(held)),
                ("state", "=", "open"),
                ("exception_id.code", "in", CODES),
            ]
        )
        self.search([("item_id", "in", items.ids)]).unlink()
        rows = []
        for item in items:
            mapped = held[item.remote_id]
            rows += [
                {
                    "item_id": item.id,
                    "company_id": run.connection.company_id.id,
                    "res_model": run.entity._entity_model,
                    "res_id": candidate.res_id,
                    "score": candidate.score,
                    "reasons": ", ".join(candidate.reasons),
                }
                for candidate in mapped.candidates
            ]
            item.write(
                {
                    "best_score": mapped.candidates[0].score,
                    "match_values": _shown(mapped.canonical),
                }
            )
        items.flush_recordset()
        bulk_insert(self, rows)
        self.invalidate_model()
        items.invalidate_recordset(["candidate_ids"])

    def action_link(self):
        """The held record is this one."""
        self.ensure_one()
        self.item_id._link_to(self.env[self.res_model].browse(self.res_id))
        return self.item_id._next_match()


def _place(*parts):
    return " ".join(part for part in parts if part) or False


def _shown(canonical):
    """What a person compares candidates with."""
    get = canonical.get
    return {
        "email": ", ".join(filter(None, (get("email"), get("other_emails")))) or None,
        "phone": get("phone") or None,
        "place": _place(get("zip"), get("city"), get("country")) or None,
        "tax_id": get("tax_id") or None,
        "website": get("website") or get("domain") or None,
    }
