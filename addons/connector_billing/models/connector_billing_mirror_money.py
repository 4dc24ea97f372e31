from odoo import fields, models

from odoo.addons.connector_base.engine.records import Problem
from odoo.addons.connector_base.service_user import as_worker

STATUSES = [
    ("pending", "Pending"),
    ("succeeded", "Succeeded"),
    ("failed", "Failed"),
    ("cancelled", "Cancelled"),
]
#: What never brought, or took, any money; or doesn't any more.
FAILED = ("failed", "cancelled")


class ConnectorBillingMirrorMoney(models.AbstractModel):
    """What payments and refunds share: an ``account.payment``, and what takes it back.

    Only money that has moved makes a document. One that fails after it had succeeded,
    as a bank debit that is returned, is reversed by an entry of its own.
    """

    _name = "connector.billing.mirror.money"
    _description = "Payment or Refund of a Billing System"
    _inherit = ["connector.billing.mirror"]
    _document_fields = ("account_payment_id", "reversal_move_id")
    #: Field with the moment of the money, type of the ``account.payment``, and kind of
    #: the balance transaction that tells that the money had moved.
    _moment_field = None
    _payment_type = None
    _balance_kind = None
    #: Kinds of those that tell that it has failed.
    _failure_kinds = ()

    partner_id = fields.Many2one(
        "res.partner", string="Customer", readonly=True, index=True
    )
    status = fields.Selection(STATUSES, required=True, readonly=True, index=True)
    failed_at = fields.Datetime(readonly=True)
    gateway_id = fields.Char(
        string="Gateway's ID",
        readonly=True,
        index="btree_not_null",
        help="The ID by which settlement files name it.",
    )
    account_payment_id = fields.Many2one(
        "account.payment",
        string="Payment in Odoo",
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

    # One document, one record: what is booked twice is refused by the database.
    _document_uniq = models.UniqueIndex(
        "(account_payment_id) WHERE account_payment_id IS NOT NULL",
        "A payment is made by one record of a billing system.",
    )

    # -- the payment ----------------------------------------------------------

    def _vals_account_payment_id(self, booking):
        # What has failed had moved before, where the balance had it.
        moved = (self.id, self._balance_kind) in booking.told
        if self.status != "succeeded" and not moved:
            return None, None
        if self.currency_id.is_zero(self.amount):
            return None, None
        problem = self._money_problem(booking)
        if problem:
            return None, problem
        date, problem = booking.date_of(self[self._moment_field])
        if problem:
            return None, problem
        return self._account_payment_vals(booking, date), None

    def _money_problem(self, booking):
        """Why it can't be booked, or ``None``."""
        problem = booking.missing("clearing_journal_id")
        problem = problem or booking.no_rate(self.currency_id)
        if problem:
            return problem
        if not self._booked_partner(booking):
            return Problem("validation", "money_no_customer", blocking=False)
        if not self[self._moment_field]:
            return Problem("validation", "money_no_date", blocking=False)
        if self.amount < 0:
            return Problem("validation", "money_negative", blocking=False)
        return None

    def _booked_partner(self, booking):
        partner = self.partner_id or booking.policy.unnamed_partner_id
        return partner.commercial_partner_id

    def _account_payment_vals(self, booking, date):
        clearing = booking.policy.clearing_journal_id
        line = self._method_line(clearing)
        journal = line.journal_id or clearing
        return {
            # Whatever account the method names: clearing is what is paid out.
            **(
                {"outstanding_account_id": booking.clearing.id}
                if journal == clearing
                else {}
            ),
            "payment_type": self._payment_type,
            "partner_type": "customer",
            "partner_id": self._booked_partner(booking).id,
            "amount": self.amount,
            "currency_id": self.currency_id.id,
            "date": date,
            "journal_id": journal.id,
            "company_id": booking.company.id,
            "payment_method_line_id": line.id,
            "memo": self._memo(),
            "payment_reference": self.remote_id,
        }

    def _memo(self):
        return self.remote_id

    def _chosen_method_line(self):
        """The method that the value map names, or none."""
        return self.env["account.payment.method.line"]

    def _method_line(self, clearing):
        """How it was paid, as the value map says, else as the clearing journal has it.

        A method of another journal, as a bank transfer, is booked there: what it
        brought never was with the payment system.
        """
        line = self._chosen_method_line()
        if line.payment_type == self._payment_type:
            return line
        journal = line.journal_id or clearing
        return journal[f"{self._payment_type}_payment_method_line_ids"][:1]

    def _make(self, name, vals_list):
        if name == "account_payment_id":
            payments = as_worker(self.env["account.payment"]).create(vals_list)
            payments.action_post()
            return payments.with_env(self.env)
        reversed_ids = [vals.pop("reversed_entry_id") for vals in vals_list]
        moves = super()._make(name, vals_list)
        # Not before: Odoo would match both sides at once, and what is in the clearing
        # account is matched by payout.
        for move, reversed_id in zip(as_worker(moves), reversed_ids, strict=True):
            move.reversed_entry_id = reversed_id
        return moves

    # -- what takes it back ---------------------------------------------------

    def _vals_reversal_move_id(self, booking):
        if self.status not in FAILED or not self.account_payment_id:
            return None, None
        move = self.account_payment_id.move_id
        label = self.env._("%s failed", self.remote_id)

        def lines(_date):
            return [
                self._line_vals(
                    line.account_id,
                    label,
                    line.currency_id,
                    -line.amount_currency,
                    -line.balance,
                    line.partner_id,
                )
                for line in move.line_ids
            ]

        moment = self._ended_at(
            booking, self.failed_at, self._failure_kinds, self[self._moment_field]
        )
        if not moment:
            return None, None
        vals, problem = self._entry_vals(booking, moment, label, lines)
        if vals:
            vals["journal_id"] = move.journal_id.id
            vals["reversed_entry_id"] = move.id
        return vals, problem

    # -- how far it is --------------------------------------------------------

    def _booking_state(self):
        if self.reversal_move_id:
            return "booked", self.env._("Reversed: it failed after it had succeeded.")
        if self.account_payment_id and self.status in FAILED:
            return "waiting", self.env._("Failed: waits for the day in the balance.")
        if self.account_payment_id:
            return "booked", None
        if self.status == "pending":
            return "waiting", self.env._("Waits for the money.")
        return "nothing", None

    def _receivable_lines(self):
        """``{record: posted line of its payment at the customer, or none}``"""
        found = {}
        for mirror in self:
            lines = mirror.account_payment_id.move_id.line_ids
            found[mirror] = lines.filtered(
                lambda line: (
                    line.account_id
                    == line.move_id.origin_payment_id.destination_account_id
                    and line.parent_state == "posted"
                )
            )[:1]
        return found
