from odoo import api, fields, models

from odoo.addons.connector_base.engine.records import Problem

STATUSES = [
    ("pending", "Pending"),
    ("in_transit", "On the Way"),
    ("paid", "Paid"),
    ("failed", "Failed"),
    ("cancelled", "Cancelled"),
]
FAILED = ("failed", "cancelled")


class ConnectorPayout(models.Model):
    """Money on its way from the payment system to the bank.

    It is a transfer from the clearing account to the account of what is on its way to
    the bank. When all balance transactions that it pays out are in and booked, their
    items in the clearing account are matched with its own. One that fails is
    reversed, and its money is paid out with a later one.
    """

    _name = "connector.payout"
    _description = "Payout of a Billing System"
    _inherit = ["connector.billing.mirror", "mail.thread"]
    _mirrored_entity = "billing.payout"
    _order = "created_at desc, id desc"
    _document_fields = ("move_id", "reversal_move_id")
    _balance_link = "failed_payout_id"

    status = fields.Selection(STATUSES, required=True, readonly=True, index=True)
    created_at = fields.Datetime(string="Sent", readonly=True)
    arrival_date = fields.Date(string="Arrives", readonly=True)
    failed_at = fields.Datetime(readonly=True)
    reference = fields.Char(
        string="Bank Reference",
        readonly=True,
        help="By which the bank statement names it.",
    )
    description = fields.Char(readonly=True)
    automatic = fields.Boolean(
        default=True,
        readonly=True,
        help="The payment system says what it pays out only of those that it sends by"
        " itself.",
    )
    settlement_file = fields.Char(readonly=True)
    transaction_ids = fields.One2many(
        "connector.balance.transaction",
        "payout_id",
        string="Pays Out",
        domain=[("kind", "!=", "payout")],
    )
    is_settled = fields.Boolean(
        string="Matched",
        readonly=True,
        copy=False,
        help="Its item in the clearing account is matched with all that it pays out.",
    )
    move_id = fields.Many2one(
        "account.move",
        string="Journal Entry",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    reversal_move_id = fields.Many2one(
        "account.move",
        string="Reversal",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    gross = fields.Monetary(compute="_compute_sums", string="Payments")
    fees = fields.Monetary(compute="_compute_sums")
    refunds = fields.Monetary(compute="_compute_sums")
    disputes = fields.Monetary(compute="_compute_sums")
    others = fields.Monetary(compute="_compute_sums", string="Other")
    net = fields.Monetary(compute="_compute_sums")
    difference = fields.Monetary(
        compute="_compute_sums",
        help="What the payout is more than all that it pays out.",
    )

    _move_uniq = models.UniqueIndex(
        "(move_id) WHERE move_id IS NOT NULL",
        "An entry is made by one record of a billing system.",
    )

    #: Kinds of transactions that a sum of the payout is made of; what is in none of
    #: them is other.
    _sums = {
        "gross": ("charge",),
        "refunds": ("refund", "refund_failure"),
        "disputes": ("dispute", "dispute_reversal"),
    }

    @api.depends("transaction_ids.amount", "transaction_ids.fee", "amount")
    def _compute_sums(self):
        for payout in self:
            transactions = payout.transaction_ids
            named = set()
            for name, kinds in self._sums.items():
                named |= set(kinds)
                part = transactions.filtered(lambda tx, k=kinds: tx.kind in k)
                payout[name] = sum(part.mapped("amount"))
            rest = transactions.filtered(lambda tx, k=named: tx.kind not in k)
            payout.others = sum(rest.mapped("amount"))
            payout.fees = -sum(transactions.mapped("fee"))
            payout.net = sum(transactions.mapped("net"))
            payout.difference = payout.amount - payout.net if transactions else 0.0

    # -- what is due ----------------------------------------------------------

    def _vals_move_id(self, booking):
        if self.currency_id.is_zero(self.amount):
            return None, None
        # A failed one had been sent before: it is booked, too, and taken back.
        late = booking.policy.payout_date == "arrival"
        if late and self.status in ("pending", "in_transit"):
            return None, None
        problem = booking.missing("clearing_journal_id", "transit_account_id")
        problem = problem or booking.no_rate(self.currency_id)
        moment = self._moment(booking)
        if not problem and not moment:
            problem = Problem("validation", "money_no_date", blocking=False)
        if problem:
            return None, problem
        label = self.env._("Payout %s", self.reference or self.remote_id)
        policy = booking.policy
        return self._entry_vals(
            booking,
            moment,
            " ".join(filter(None, [self.remote_id, self.reference, self.description])),
            self._transfer(booking, label, policy.transit_account_id, booking.clearing),
        )

    def _moment(self, booking):
        if booking.policy.payout_date == "arrival":
            return self.arrival_date or self.created_at
        return self.created_at or self.arrival_date

    def _vals_reversal_move_id(self, booking):
        if self.status not in FAILED or not self.move_id:
            return None, None
        label = self.env._("Payout %s failed", self.reference or self.remote_id)
        lines = self.move_id.line_ids

        def back(_date):
            return [
                self._line_vals(
                    line.account_id,
                    label,
                    line.currency_id,
                    -line.amount_currency,
                    -line.balance,
                )
                for line in lines
            ]

        moment = self._ended_at(
            booking,
            self.failed_at,
            ("payout_failure",),
            self.arrival_date or self.created_at,
        )
        if not moment:
            return None, None
        return self._entry_vals(booking, moment, f"{self.remote_id} {label}", back)

    # -- how far it is --------------------------------------------------------

    def _after_booking(self, booking):
        super()._after_booking(booking)
        self._match_failed()
        self._settle(booking)
        self._match_statements(booking)

    def _match_failed(self):
        """On the way to the bank is nothing any more of those that have failed."""
        for payout in self.filtered("reversal_move_id"):
            lines = (payout.move_id | payout.reversal_move_id).line_ids.filtered(
                lambda line: (
                    line.account_id.reconcile
                    and not line.reconciled
                    and line.account_id != line.journal_id.default_account_id
                )
            )
            if len(lines) == 2:
                self.env["connector.reconcile"]._match([lines])

    def _booking_state(self):
        if self.reversal_move_id:
            return "booked", self.env._("Failed: it was taken back.")
        if self.move_id and self.status in FAILED:
            return "waiting", self.env._("Failed: waits for the day in the balance.")
        if not self.move_id:
            if self.currency_id.is_zero(self.amount):
                return "nothing", None
            return "waiting", self.env._("Waits until it has arrived.")
        if self.is_settled:
            return "booked", None
        return "booked", self._why_unsettled()

    def _why_unsettled(self):
        if not self.automatic and not self.transaction_ids:
            return self.env._(
                "The payment system doesn't say what a payout by hand pays out."
            )
        if not self.transaction_ids:
            return self.env._("Waits for what it pays out.")
        if not self.currency_id.is_zero(self.difference):
            return self.env._(
                "What it pays out comes to %(net)s, the payout is %(amount)s.",
                net=self.currency_id.format(self.net),
                amount=self.currency_id.format(self.amount),
            )
        return self.env._("Waits until all that it pays out is booked.")

    @api.depends("reference")
    def _compute_display_name(self):
        for payout in self:
            payout.display_name = payout.reference or payout.remote_id
