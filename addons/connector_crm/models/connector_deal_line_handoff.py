from odoo import api, models

#: Fields that say what a line sells, for how much and for how long.
AGREED = (
    *("product_id", "name", "quantity", "price_unit", "discount", "price_subtotal"),
    *("recurring_period", "term_months", "date_start", "date_end", "currency_id"),
)
WATCHED = frozenset({*AGREED, "discount_amount", "lead_id", "active"})


class ConnectorDealLine(models.Model):
    """Lines of deals that may have been handed over: who changes them is noticed.

    Noted where the ORM flushes them, and looked at once before the commit, as their
    deals are (``connector_handoff``).
    """

    _inherit = "connector.deal.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.lead_id._note_handoff("changed")
        return lines

    def write(self, vals):
        if "lead_id" in vals:
            # The deal that they leave changes, too.
            self.lead_id._note_handoff("changed")
        return super().write(vals)

    def _write_multi(self, vals_list):
        if any(not WATCHED.isdisjoint(vals) for vals in vals_list):
            # Their deals are read later: nothing is read while a flush goes on.
            notes = self.env["crm.lead"]._handoff_notes()
            notes["lines"].update(dict.fromkeys(self._ids))
        return super()._write_multi(vals_list)

    @api.ondelete(at_uninstall=False)
    def _unlink_handed_over(self):
        self.lead_id._note_handoff("changed")
