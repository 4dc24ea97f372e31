from odoo import api, fields, models


class ConnectorPayment(models.Model):
    """A payment as the billing system has it, and the payment that it makes in Odoo.

    A try that failed is shown, with the next one, and makes nothing.
    """

    _name = "connector.payment"
    _description = "Payment of a Billing System"
    _inherit = ["connector.billing.mirror.money"]
    _mirrored_entity = "billing.payment"
    _order = "paid_at desc, id desc"
    _moment_field = "paid_at"
    _payment_type = "inbound"
    _balance_kind = "charge"
    _balance_link = "payment_id"
    _failure_kinds = ("refund",)

    paid_at = fields.Datetime(readonly=True)
    payment_method_line_id = fields.Many2one(
        "account.payment.method.line", string="Method", readonly=True
    )
    reference = fields.Char(readonly=True)
    failure_code = fields.Char(readonly=True)
    failure_message = fields.Char(string="Why It Failed", readonly=True)
    attempts = fields.Integer(string="Tries", readonly=True)
    next_attempt_at = fields.Datetime(string="Next Try", readonly=True)
    application_ids = fields.One2many(
        "connector.payment.application", "payment_id", string="Applied To"
    )
    refund_ids = fields.One2many("connector.refund", "payment_id", string="Refunds")

    @api.depends("reference")
    def _compute_display_name(self):
        for mirror in self:
            mirror.display_name = mirror.reference or mirror.remote_id

    def _memo(self):
        return " ".join(filter(None, [self.remote_id, self.reference]))

    def _chosen_method_line(self):
        return self.payment_method_line_id

    def _after_booking(self, booking):
        super()._after_booking(booking)
        refunds = self.refund_ids
        self.env["connector.payment.application"]._settle_sources(self, refunds)
        # A refund that came first had no customer, and nothing to be taken from.
        refunds.filtered(
            lambda refund: refund.booking in ("waiting", "held")
        )._book_and_report()
        self.env["connector.payout"]._settle_of("payment_id", self)

    def _booking_state(self):
        if self.status == "failed" and not self.account_payment_id:
            if self.next_attempt_at:
                return "nothing", self.env._("Failed: it is tried again.")
            return "nothing", self.env._("Failed: nothing was paid.")
        state, note = super()._booking_state()
        return state, note or self._applied_note()

    def _applied_note(self):
        """Which invoices it waits for, or that a part of it stays with the customer."""
        waiting = self.application_ids.filtered(lambda line: line.state == "waiting")
        if waiting:
            return self.env._(
                "Waits for invoice %s.",
                ", ".join(sorted(set(waiting.mapped("target_remote_id")))),
            )
        return None
