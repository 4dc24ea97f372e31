from odoo import fields, models


class ConnectorRefund(models.Model):
    """Money that was given back, and the payment out that it makes in Odoo.

    It settles the credit notes that it pays out; what no credit note asks for is taken
    from what its payment leaves with the customer.
    """

    _name = "connector.refund"
    _description = "Refund of a Billing System"
    _inherit = ["connector.billing.mirror.money"]
    _mirrored_entity = "billing.refund"
    _order = "refunded_at desc, id desc"
    _moment_field = "refunded_at"
    _payment_type = "outbound"
    _balance_kind = "refund"
    _balance_link = "refund_id"
    _failure_kinds = ("refund_failure",)

    refunded_at = fields.Datetime(readonly=True)
    reason = fields.Char(readonly=True)
    payment_ref = fields.Char(string="Payment's ID", readonly=True, index=True)
    payment_id = fields.Many2one(
        "connector.payment", readonly=True, index="btree_not_null", ondelete="set null"
    )
    application_ids = fields.One2many(
        "connector.payment.application", "refund_id", string="Applied To"
    )

    def _memo(self):
        return " ".join(filter(None, [self.remote_id, self.payment_ref]))

    def _booked_partner(self, booking):
        partner = self.partner_id or self.payment_id.partner_id
        partner = partner or booking.policy.unnamed_partner_id
        return partner.commercial_partner_id

    def _chosen_method_line(self):
        """It goes back the way that the payment came."""
        return self.payment_id.payment_method_line_id

    def _after_booking(self, booking):
        super()._after_booking(booking)
        payments = self.env["connector.payment"]
        self.env["connector.payment.application"]._settle_sources(payments, self)
        self.env["connector.payout"]._settle_of("refund_id", self)

    def _booking_state(self):
        state, note = super()._booking_state()
        if state == "booked" and not note:
            waiting = self.application_ids.filtered(lambda li: li.state == "waiting")
            names = ", ".join(sorted(set(waiting.mapped("target_remote_id"))))
            note = self.env._("Waits for %s.", names) if waiting else None
        return state, note
