from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.connector_base.engine.records import Problem

from .connector_billing_mirror import ENDED

KINDS = [
    ("charge", "Payment"),
    ("refund", "Refund"),
    ("refund_failure", "Failed Refund"),
    ("dispute", "Dispute"),
    ("dispute_reversal", "Dispute Won"),
    ("fee", "Fee"),
    ("payout", "Payout"),
    ("payout_failure", "Failed Payout"),
    ("adjustment", "Adjustment"),
    ("conversion", "Currency Conversion"),
    ("other", "Other"),
]
#: Kinds whose gross amount another record books: the payment, refund, dispute, payout.
BOOKED_ELSEWHERE = frozenset(
    {
        *("charge", "refund", "refund_failure", "dispute", "dispute_reversal"),
        *("payout", "payout_failure"),
    }
)
#: Kind -> (link to the record that books it, links to its documents). The first
#: document that is there has the line in the clearing account.
BOOKED_BY = {
    "charge": (("payment_id", "account_payment_id"),),
    # A bank debit that was returned is a refund of which there is no refund.
    "refund": (("refund_id", "account_payment_id"), ("payment_id", "reversal_move_id")),
    "refund_failure": (("refund_id", "reversal_move_id"),),
    "dispute": (("dispute_id", "opened_move_id"),),
    "dispute_reversal": (("dispute_id", "closed_move_id"),),
    "payout_failure": (("failed_payout_id", "reversal_move_id"),),
}
#: Kind -> field of the policy with the account that it is booked to.
ACCOUNT_OF = {
    "fee": "fee_account_id",
    "adjustment": "adjustment_account_id",
    "other": "adjustment_account_id",
}


class ConnectorBalanceTransaction(models.Model):
    """A movement of the balance at the payment system.

    It books what nothing else does: its fee, the conversion into the currency in which
    is paid out, and what is neither payment, refund, dispute nor payout.
    """

    _name = "connector.balance.transaction"
    _description = "Balance Transaction of a Billing System"
    _inherit = ["connector.billing.mirror"]
    _mirrored_entity = "billing.balance"
    _order = "occurred_at desc, id desc"
    _document_fields = ("move_id",)

    kind = fields.Selection(KINDS, required=True, readonly=True, index=True)
    amount = fields.Monetary(
        string="Gross", help="How the balance changes, without the fee."
    )
    fee = fields.Monetary(readonly=True)
    net = fields.Monetary(readonly=True)
    source_amount = fields.Monetary(
        string="Before Conversion", currency_field="source_currency_id", readonly=True
    )
    source_currency_id = fields.Many2one("res.currency", readonly=True)
    exchange_rate = fields.Float(digits=0, readonly=True)
    occurred_at = fields.Datetime(string="On", readonly=True)
    available_at = fields.Datetime(readonly=True)
    description = fields.Char(readonly=True)
    fees = fields.Json(readonly=True)
    settlement_file = fields.Char(
        readonly=True, help="The file that it came with, where it came with one."
    )
    payment_ref = fields.Char(readonly=True, index="btree_not_null")
    refund_ref = fields.Char(readonly=True, index="btree_not_null")
    dispute_ref = fields.Char(readonly=True, index="btree_not_null")
    payout_ref = fields.Char(readonly=True, index="btree_not_null")
    payment_id = fields.Many2one(
        "connector.payment", readonly=True, index="btree_not_null", ondelete="set null"
    )
    refund_id = fields.Many2one(
        "connector.refund", readonly=True, index="btree_not_null", ondelete="set null"
    )
    dispute_id = fields.Many2one(
        "connector.dispute", readonly=True, index="btree_not_null", ondelete="set null"
    )
    payout_id = fields.Many2one(
        "connector.payout", readonly=True, index="btree_not_null", ondelete="set null"
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", compute="_compute_partner"
    )
    in_transit = fields.Boolean(
        compute="_compute_in_transit",
        search="_search_in_transit",
        help="It has not been paid out yet.",
    )
    failed_payout_ref = fields.Char(readonly=True)
    failed_payout_id = fields.Many2one(
        "connector.payout",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Whose money came back with this.",
    )
    move_id = fields.Many2one(
        "account.move",
        string="Journal Entry",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )

    _move_uniq = models.UniqueIndex(
        "(move_id) WHERE move_id IS NOT NULL",
        "An entry is made by one record of a billing system.",
    )

    @api.depends("payment_id", "refund_id", "dispute_id")
    def _compute_partner(self):
        for mirror in self:
            mirror.partner_id = (
                mirror.payment_id.partner_id
                or mirror.refund_id.partner_id
                or mirror.dispute_id.partner_id
            )

    @api.depends("payout_ref", "kind")
    def _compute_in_transit(self):
        for mirror in self:
            mirror.in_transit = not mirror.payout_ref and mirror.kind != "payout"

    def _search_in_transit(self, operator, value):
        if operator not in ("in", "="):
            return NotImplemented
        wanted = True in value if operator == "in" else bool(value)
        domain = Domain("payout_ref", "=", False) & Domain("kind", "!=", "payout")
        return domain if wanted else ~domain

    # -- what is due ----------------------------------------------------------

    def _vals_move_id(self, booking):
        if not self._books_something():
            return None, None
        problem = self._balance_problem(booking)
        if problem:
            return None, problem
        ref = " ".join(filter(None, [self.remote_id, self.description]))
        return self._entry_vals(
            booking, self.occurred_at, ref, lambda date: self._lines(booking, date)
        )

    def _books_something(self):
        return bool(
            self._converted()
            or not self.currency_id.is_zero(self.fee)
            or (
                self.kind not in BOOKED_ELSEWHERE
                and not self.currency_id.is_zero(self.amount)
            )
        )

    def _converted(self):
        """Whether what was paid is in another currency than the balance."""
        return bool(
            self.source_currency_id
            and self.source_currency_id != self.currency_id
            and self.kind in BOOKED_ELSEWHERE
        )

    def _balance_problem(self, booking):
        names = ["clearing_journal_id"]
        if not self.currency_id.is_zero(self.fee):
            names.append("fee_account_id")
        if self.kind in ACCOUNT_OF and not self.currency_id.is_zero(self.amount):
            names.append(ACCOUNT_OF[self.kind])
        problem = booking.missing(*names) or booking.no_rate(
            self.currency_id, *self.source_currency_id
        )
        if problem:
            return problem
        if not self.occurred_at:
            return Problem("validation", "money_no_date", blocking=False)
        expected = self.amount - self.fee
        if self.currency_id.compare_amounts(expected, self.net):
            return Problem(
                "validation",
                "balance_net_differs",
                details={
                    "expected": self.currency_id.format(expected),
                    "net": self.currency_id.format(self.net),
                },
                blocking=False,
            )
        if (self._converted() or self.kind == "conversion") and not all(
            self._exchange_accounts(booking)
        ):
            return Problem(
                "mapping",
                "money_no_exchange_account",
                params={"company": booking.company.name},
                blocking=False,
                shared=True,
            )
        return None

    def _exchange_accounts(self, booking):
        company = booking.company
        return (
            company.income_currency_exchange_account_id,
            company.expense_currency_exchange_account_id,
        )

    def _lines(self, booking, date):
        lines = []
        if self._converted():
            lines += self._conversion_lines(booking, date)
        elif self.kind not in BOOKED_ELSEWHERE:
            lines += self._gross_lines(booking, date)
        if not self.currency_id.is_zero(self.fee):
            fee = booking.policy.fee_account_id
            lines += self._two_lines(booking, date, self.env._("Fee"), fee, self.fee)
        return lines

    def _two_lines(self, booking, date, label, account, amount):
        """``amount`` from the clearing account to another."""
        balance = booking.in_company_currency(self.currency_id, amount, date)
        label = f"{label} {self.remote_id}"
        return [
            self._line_vals(account, label, self.currency_id, amount, balance),
            self._line_vals(
                booking.clearing, label, self.currency_id, -amount, -balance
            ),
        ]

    def _gross_lines(self, booking, date):
        label = self.description or dict(KINDS)[self.kind]
        if self.kind == "conversion":
            # Both halves, which are two transactions, go to one account: what they
            # differ by is what stays there.
            account = booking.company.expense_currency_exchange_account_id
        else:
            account = booking.policy[ACCOUNT_OF[self.kind]]
        return self._two_lines(booking, date, label, account, -self.amount)

    def _conversion_lines(self, booking, date):
        """Out of the currency that was paid, into that of the balance."""
        label = self.env._("Conversion %s", self.remote_id)
        source, currency = self.source_currency_id, self.currency_id
        out = booking.in_company_currency(source, self.source_amount, date)
        into = booking.in_company_currency(currency, self.amount, date)
        lines = [
            self._line_vals(booking.clearing, label, source, -self.source_amount, -out),
            self._line_vals(booking.clearing, label, currency, self.amount, into),
        ]
        difference = booking.company.currency_id.round(out - into)
        if difference:
            gain, loss = self._exchange_accounts(booking)
            account = loss if difference > 0 else gain
            own = booking.company.currency_id
            lines.append(self._line_vals(account, label, own, difference, difference))
        return lines

    # -- what becomes of it ---------------------------------------------------

    def _after_booking(self, booking):
        super()._after_booking(booking)
        self._book_settled()

    def _book_settled(self):
        """What has come to an end is booked now that the balance tells it."""
        for name in ("payment_id", "refund_id", "dispute_id", "failed_payout_id"):
            mirrors = self[name].filtered(lambda mirror: mirror.status in ENDED)
            mirrors.filtered(
                lambda mirror: not all(mirror[n] for n in mirror._document_fields)
            )._book_and_report()

    def _booking_state(self):
        if self.move_id:
            return "booked", None
        if self.kind in BOOKED_ELSEWHERE:
            return "nothing", self.env._("Without fee: booked with what it is for.")
        return "nothing", None
