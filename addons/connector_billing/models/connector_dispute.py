from odoo import fields, models

from odoo.addons.connector_base.engine.records import Problem

STATUSES = [
    ("warning", "Inquiry"),
    ("needs_response", "Wants an Answer"),
    ("under_review", "Under Review"),
    ("won", "Won"),
    ("lost", "Lost"),
]


class ConnectorDispute(models.Model):
    """A payment that a customer disputes at the bank.

    The money is taken back at once: it goes from the clearing account to the disputed
    receivables. It comes back when the dispute is won, and is a loss when it is lost.
    The invoice stays paid: what is lost is the dispute's loss, not an open receivable.
    An inquiry takes no money. Fees come with balance transactions.
    """

    _name = "connector.dispute"
    _description = "Dispute of a Billing System"
    _inherit = [
        *("connector.guard", "connector.billing.mirror"),
        *("mail.activity.mixin", "mail.thread"),
    ]
    _mirrored_entity = "billing.dispute"
    _order = "due_by, opened_at desc, id desc"
    _document_fields = ("opened_move_id", "closed_move_id")
    _balance_link = "dispute_id"

    status = fields.Selection(STATUSES, required=True, readonly=True, index=True)
    reason = fields.Char(readonly=True)
    opened_at = fields.Datetime(readonly=True)
    closed_at = fields.Datetime(readonly=True)
    due_by = fields.Datetime(string="Answer Until", readonly=True)
    payment_ref = fields.Char(string="Payment's ID", readonly=True, index=True)
    payment_id = fields.Many2one(
        "connector.payment", readonly=True, index="btree_not_null", ondelete="set null"
    )
    partner_id = fields.Many2one(
        related="payment_id.partner_id", string="Customer", store=True
    )
    opened_move_id = fields.Many2one(
        "account.move",
        string="Taken Back",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    closed_move_id = fields.Many2one(
        "account.move",
        string="Decided",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )

    # -- what is due ----------------------------------------------------------

    def _vals_opened_move_id(self, booking):
        if self.status == "warning" or self.currency_id.is_zero(self.amount):
            return None, None
        if self.status == "won" and not self._won_at(booking):
            # An inquiry that came to nothing may be called won, too.
            return None, None
        problem = booking.missing("clearing_journal_id", "disputed_account_id")
        problem = problem or booking.no_rate(self.currency_id)
        if not problem and not self.opened_at:
            problem = Problem("validation", "money_no_date", blocking=False)
        if problem:
            return None, problem
        policy = booking.policy
        label = self.env._("%s disputed", self.payment_ref or self.remote_id)
        return self._entry_vals(
            booking,
            self.opened_at,
            f"{self.remote_id} {label}",
            self._transfer(
                booking, label, policy.disputed_account_id, booking.clearing
            ),
        )

    def _vals_closed_move_id(self, booking):
        if self.status not in ("won", "lost") or not self.opened_move_id:
            return None, None
        moment = self.closed_at or self.opened_at
        if self.status == "won":
            moment = self._won_at(booking)
            if not moment:
                return None, None
        if self.status == "lost":
            problem = booking.missing("dispute_loss_account_id")
            if problem:
                return None, problem
            label = self.env._("%s: dispute lost", self.payment_ref or self.remote_id)
            account = booking.policy.dispute_loss_account_id
        else:
            label = self.env._("%s: dispute won", self.payment_ref or self.remote_id)
            account = booking.clearing
        lines = self.opened_move_id.line_ids
        disputed = lines.filtered(lambda line: line.amount_currency > 0)

        def close(_date):
            # Out of the disputed receivables goes what went in, at the rate of then.
            currency = disputed.currency_id
            amount, balance = disputed.amount_currency, disputed.balance
            return [
                self._line_vals(account, label, currency, amount, balance),
                self._line_vals(
                    disputed.account_id, label, currency, -amount, -balance
                ),
            ]

        return self._entry_vals(
            booking,
            moment,
            f"{self.remote_id} {label}",
            close,
        )

    def _won_at(self, booking):
        kinds = ("dispute_reversal",)
        return self._ended_at(booking, self.closed_at, kinds, self.opened_at)

    def _after_booking(self, booking):
        super()._after_booking(booking)
        for mirror in self.filtered("closed_move_id"):
            lines = (mirror.opened_move_id | mirror.closed_move_id).line_ids.filtered(
                lambda line: (
                    line.account_id != booking.clearing
                    and line.account_id.reconcile
                    and not line.reconciled
                )
            )
            if len(lines) == 2:
                self.env["connector.reconcile"]._match([lines])
        self._ask_for_answers(booking.policy)
        self.env["connector.payout"]._settle_of("dispute_id", self)

    def _booking_state(self):
        if self.status == "warning":
            return "nothing", self.env._("An inquiry: no money was taken back.")
        if self.status == "won" and not self.closed_move_id:
            return "waiting", self.env._("Won: waits until the balance has it.")
        if self.status == "won":
            return "booked", self.env._("Won: the money came back.")
        if self.status == "lost":
            return "booked", self.env._(
                "Lost: booked as a loss, the invoice stays paid."
            )
        return super()._booking_state()

    # -- who must answer ------------------------------------------------------

    def _ask_for_answers(self, policy):
        """An activity for each dispute that wants an answer, until it has one."""
        if not policy.dispute_user_id:
            return
        asking = self.filtered(lambda mirror: mirror.status == "needs_response")
        (self - asking).activity_unlink(["mail.mail_activity_data_todo"])
        for mirror in asking.filtered(lambda mirror: not mirror.activity_ids):
            mirror.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=mirror.due_by and mirror.due_by.date(),
                summary=self.env._("Answer the dispute of %s", mirror._disputed_name()),
                user_id=policy.dispute_user_id.id,
            )

    def _disputed_name(self):
        amount = self.currency_id.format(self.amount)
        partner = self.partner_id.display_name
        return f"{partner}, {amount}" if partner else f"{self.remote_id}, {amount}"
