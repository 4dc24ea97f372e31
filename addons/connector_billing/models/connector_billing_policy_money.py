import dataclasses

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

#: Accounts that a policy needs for money -> (type of account, code of a company's
#: account that the new one's code follows, whether its items are reconciled).
ACCOUNTS = {
    "clearing_account_id": ("asset_current", "transfer_account_id", True),
    "disputed_account_id": ("asset_current", "transfer_account_id", True),
    "fee_account_id": ("expense", "expense_currency_exchange_account_id", False),
    "dispute_loss_account_id": (
        "expense",
        "expense_currency_exchange_account_id",
        False,
    ),
}
#: Fields without which something is held.
MONEY_FIELDS = frozenset(
    {
        *("clearing_journal_id", "fee_account_id", "adjustment_account_id"),
        *("bank_journal_id", "transit_account_id", "disputed_account_id"),
        *("dispute_loss_account_id", "unnamed_partner_id", "payout_date"),
    }
)
#: Records that are booked, those first that others refer to.
MIRRORS = (
    "connector.payment",
    "connector.refund",
    "connector.dispute",
    "connector.payout",
    "connector.balance.transaction",
)
#: Characters that the short code of a journal may have.
JOURNAL_CODE_LENGTH = 5


class ConnectorBillingPolicy(models.Model):
    """How the money is booked: what is in transit, fees, disputes, and payouts.

    What is taken in goes to the clearing account until it is paid out. Its balance is
    what the payment system owes.
    """

    _inherit = "connector.billing.policy"

    clearing_journal_id = fields.Many2one(
        "account.journal",
        domain="[('type', '=', 'bank')]",
        check_company=True,
        tracking=True,
        help="Payments, refunds, fees and payouts are booked here. Its account holds"
        " what was taken in and has not been paid out yet.",
    )
    clearing_account_id = fields.Many2one(
        related="clearing_journal_id.default_account_id", string="Clearing Account"
    )
    fee_account_id = fields.Many2one(
        "account.account",
        string="Fees",
        check_company=True,
        tracking=True,
        help="What the payment system keeps for itself.",
    )
    adjustment_account_id = fields.Many2one(
        "account.account",
        string="Adjustments",
        check_company=True,
        tracking=True,
        help="What changes the balance for another reason, as a correction by the"
        " payment system. Empty: it is held for a person.",
    )
    bank_journal_id = fields.Many2one(
        "account.journal",
        string="Bank",
        domain="[('type', '=', 'bank'), ('id', '!=', clearing_journal_id)]",
        check_company=True,
        tracking=True,
        help="Where payouts arrive.",
    )
    transit_account_id = fields.Many2one(
        "account.account",
        string="On the Way to the Bank",
        compute="_compute_transit_account",
        store=True,
        readonly=False,
        check_company=True,
        tracking=True,
        help="Payouts are booked to this account until the bank statement has them.",
    )
    payout_date = fields.Selection(
        [
            ("created", "When They Are Sent"),
            ("arrival", "When They Have Arrived"),
        ],
        string="Book Payouts",
        default="created",
        required=True,
        tracking=True,
        help="When they are sent, the clearing account is what the payment system"
        " still has. When they have arrived, it is what the bank does not have yet.",
    )
    statement_days = fields.Integer(
        string="Days Around the Arrival",
        default=5,
        help="How far the date of a bank statement line may be from the day on which a"
        " payout is to arrive.",
    )
    disputed_account_id = fields.Many2one(
        "account.account",
        string="Disputed Receivables",
        check_company=True,
        tracking=True,
        help="What was taken back because of a dispute, until it is decided.",
    )
    dispute_loss_account_id = fields.Many2one(
        "account.account",
        string="Lost Disputes",
        check_company=True,
        tracking=True,
        help="The loss of a dispute that is lost. Its invoice stays paid.",
    )
    dispute_user_id = fields.Many2one(
        "res.users",
        string="Disputes Are For",
        domain=[("share", "=", False)],
        tracking=True,
        help="Gets an activity for each dispute that wants an answer.",
    )
    unnamed_partner_id = fields.Many2one(
        "res.partner",
        string="Payments Without Customer",
        check_company=True,
        tracking=True,
        help="For whom payments are booked that name no customer. Empty: they are held"
        " for a person.",
    )

    @api.depends("bank_journal_id")
    def _compute_transit_account(self):
        for policy in self:
            lines = policy.bank_journal_id.inbound_payment_method_line_ids
            if not policy.bank_journal_id:
                policy.transit_account_id = False
                continue
            policy.transit_account_id = lines.payment_account_id[:1] or (
                policy._outstanding_account()
            )

    def _outstanding_account(self):
        """The account that Odoo takes for receipts that no statement has yet."""
        company = self.company_id
        template = self.env["account.chart.template"].with_context(
            allowed_company_ids=company.root_id.ids
        )
        return (
            template.ref(
                "account_journal_payment_debit_account_id", raise_if_not_found=False
            )
            or company.transfer_account_id
        )

    @api.constrains("clearing_journal_id")
    def _check_clearing(self):
        for policy in self:
            account = policy.clearing_account_id
            if policy.clearing_journal_id and not account.reconcile:
                raise ValidationError(
                    self.env._(
                        "The account of %s must allow reconciliation, so that what was"
                        " paid out can be matched: one of the type Current Assets.",
                        policy.clearing_journal_id.display_name,
                    )
                )

    # -- set-up ---------------------------------------------------------------

    def action_set_up_money(self):
        """Make the journal and the accounts that are missing; what is there stays."""
        self.ensure_one()
        self.check_access("write")
        accounts = self.env["account.account"].sudo()
        if not accounts.search(
            accounts._check_company_domain(self.company_id), limit=1
        ):
            raise UserError(
                self.env._(
                    "%s has no chart of accounts yet. Install one first.",
                    self.company_id.name,
                )
            )
        names = {
            "disputed_account_id": self.env._("Disputed Receivables"),
            "fee_account_id": self.env._("Payment Fees"),
            "dispute_loss_account_id": self.env._("Lost Disputes"),
        }
        policy = self.sudo()
        for name, label in names.items():
            if not policy[name]:
                policy[name] = policy._new_account(name, label)
        if not policy.clearing_journal_id:
            policy.clearing_journal_id = policy._new_clearing_journal()
        if not policy.bank_journal_id:
            policy.bank_journal_id = policy._only_bank_journal()
        return True

    def _new_account(self, name, label):
        account_type, follows, reconcile = ACCOUNTS[name]
        company = self.company_id
        accounts = self.env["account.account"].with_company(company)
        like = company[follows] or accounts.search(
            [
                *accounts._check_company_domain(company),
                ("account_type", "=", account_type),
            ],
            limit=1,
        )
        return accounts.create(
            {
                "name": label,
                "code": accounts._search_new_account_code(like.code or "100000"),
                "account_type": account_type,
                "reconcile": reconcile,
            }
        )

    def _new_clearing_journal(self):
        label = self.env._("%s Clearing", self.connection_id.name)
        account = self._new_account("clearing_account_id", label)
        journal = self.env["account.journal"].create(
            {
                "name": label,
                "type": "bank",
                "code": self._free_journal_code(),
                "company_id": self.company_id.id,
                "default_account_id": account.id,
            }
        )
        # What is taken in goes straight to the clearing account.
        lines = (
            journal.inbound_payment_method_line_ids
            | journal.outbound_payment_method_line_ids
        )
        lines.payment_account_id = account
        return journal

    def _free_journal_code(self):
        prefix = "".join(filter(str.isalnum, self.connection_id.name)).upper()
        taken = set(
            self.env["account.journal"]
            .with_context(active_test=False)
            .search([("company_id", "=", self.company_id.id)])
            .mapped("code")
        )
        candidates = (
            f"{prefix[: JOURNAL_CODE_LENGTH - len(number)]}{number}"
            for number in ("", *map(str, range(2, 1000)))
        )
        return next(code for code in candidates if code and code not in taken)

    def _only_bank_journal(self):
        """The company's bank, where there is no other that it could be."""
        journals = self.env["account.journal"].search(
            [
                ("type", "=", "bank"),
                ("company_id", "=", self.company_id.id),
                ("id", "!=", self.clearing_journal_id.id),
                ("id", "not in", self._clearing_journals().ids),
            ],
            limit=2,
        )
        return journals if len(journals) == 1 else journals.browse()

    def _clearing_journals(self):
        """Those of all connections of the company."""
        policies = self.search([("company_id", "=", self.company_id.id)])
        return policies.clearing_journal_id

    def write(self, vals):
        """What was held because something was missing is booked now."""
        result = super().write(vals)
        if MONEY_FIELDS & vals.keys():
            for policy in self:
                policy._book_held()
        return result

    def _book_held(self):
        for name in MIRRORS:
            self.env[name].sudo()._enqueue_booking(self.connection_id.sudo())

    @api.model
    def _cron_book_held(self):
        """Try again what is held or waits: a period may be open now, a rate entered."""
        for name in MIRRORS:
            groups = self.env[name]._read_group(
                [("booking", "in", ["held", "waiting"])], ["connection_id"]
            )
            for (connection,) in groups:
                if connection.state == "connected":
                    self.env[name]._enqueue_booking(connection)

    # -- what bookings ask ----------------------------------------------------

    @api.model
    def _money_policy_of(self, connection):
        """The policy of a connection, with the rights of the engine."""
        return self.sudo()._for(connection).with_company(connection.company_id)

    def _money_date(self, date):
        """On which date money of a day is booked.

        :return: ``(date or None, Problem or None)``
        """
        booked, problem = self._booking_date(date, False, self.clearing_journal_id)
        if problem:
            return None, dataclasses.replace(problem, blocking=False)
        return booked, None
