from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.connector_base.engine.records import Problem


class ConnectorBillingPolicy(models.Model):
    """How what one account bills is booked: one policy a connection.

    Made with the connection, so that nothing waits for it; accounts and journals are
    chosen by finance approvers. What is missing holds the documents that need it.
    """

    _name = "connector.billing.policy"
    _description = "Billing Policy"
    _inherit = ["mail.thread", "analytic.mixin"]
    _rec_name = "connection_id"
    _check_company_auto = True

    connection_id = fields.Many2one(
        "connector.connection", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="connection_id.company_id", store=True, index=True
    )

    # What is booked where.
    journal_id = fields.Many2one(
        "account.journal",
        string="Sales Journal",
        domain="[('type', '=', 'sale')]",
        check_company=True,
        tracking=True,
        help="Best one of its own: the numbers of the billing system are kept.",
    )
    account_id = fields.Many2one(
        "account.account",
        string="Default Income Account",
        domain="[('internal_group', '=', 'income')]",
        check_company=True,
        tracking=True,
        help="For what neither the account map nor the product has an account for."
        " The journal's default account if empty.",
    )
    discount_account_id = fields.Many2one(
        "account.account",
        check_company=True,
        tracking=True,
        help="With an account, each discount is an entry line of its own. Without one"
        " it lowers the income of its line.",
    )
    account_map_ids = fields.One2many(
        "connector.billing.account", "policy_id", copy=True
    )
    tolerance = fields.Float(
        string="Rounding Tolerance",
        digits=(16, 3),
        tracking=True,
        help="In units of the document's currency: how far the sum of a document's"
        " lines and taxes may be from its total. The difference is a line of its own."
        " With 0, such a document is held.",
    )
    rounding_account_id = fields.Many2one(
        "account.account",
        check_company=True,
        tracking=True,
        help="For differences within the tolerance, and for what the billing system"
        " rounds off itself.",
    )
    rate_source = fields.Selection(
        [
            ("odoo", "Odoo's Rate on the Day of the Document"),
            ("vendor", "The Billing System's Rate, Where It Tells One"),
        ],
        string="Currency Rate",
        default="odoo",
        required=True,
        tracking=True,
    )

    # When it is posted.
    posting = fields.Selection(
        [
            ("immediate", "Right Away"),
            ("window", "In a Window of Hours"),
            ("approval", "After Approval"),
        ],
        default="immediate",
        required=True,
        tracking=True,
    )
    window_start = fields.Float(
        string="From", default=1.0, help="In the time zone of the connection."
    )
    window_end = fields.Float(string="To", default=5.0)
    take_drafts = fields.Boolean(
        string="Take Drafts of the Billing System",
        tracking=True,
        help="They are drafts in Odoo, too, until the billing system finalizes them.",
    )
    closed_period = fields.Selection(
        [
            ("next_open", "Book on the First Open Day"),
            ("ask", "Ask for a Date"),
            ("hold", "Hold Until the Period Is Open"),
        ],
        string="If the Period Is Closed",
        default="next_open",
        required=True,
        tracking=True,
        help="Dates of documents stay as billed: only the accounting date moves.",
    )

    # What happens later.
    correction = fields.Selection(
        [
            ("ask", "Ask"),
            ("reverse", "Reverse the Document and Book It Anew"),
        ],
        string="If a Posted Document Changes",
        default="ask",
        required=True,
        tracking=True,
        help="What is posted is never edited.",
    )
    void_date = fields.Selection(
        [
            ("voided", "The Day It Was Voided"),
            ("invoiced", "The Day of the Document"),
        ],
        string="Voided Documents Are Reversed On",
        default="voided",
        required=True,
        tracking=True,
    )
    uncollectible = fields.Selection(
        [("open", "Leave It Open"), ("write_off", "Write It Off")],
        string="If an Invoice Is Uncollectible",
        default="open",
        required=True,
        tracking=True,
    )
    write_off_account_id = fields.Many2one(
        "account.account", check_company=True, tracking=True
    )
    entry_journal_id = fields.Many2one(
        "account.journal",
        string="Journal of Entries",
        domain="[('type', '=', 'general')]",
        check_company=True,
        tracking=True,
        help="For write-offs, and for whatever is no invoice and no payment.",
    )
    unknown_customer = fields.Selection(
        [
            ("hold", "Hold the Document"),
            ("default", "Book It on Another Customer"),
        ],
        string="If the Customer Is Gone",
        default="hold",
        required=True,
        tracking=True,
        help="Where the billing system has deleted the customer of a document.",
    )
    unknown_customer_id = fields.Many2one(
        "res.partner", string="Booked On", check_company=True, tracking=True
    )

    _connection_unique = models.Constraint(
        "UNIQUE (connection_id)", "This connection has a billing policy already."
    )
    _tolerance_positive = models.Constraint(
        "CHECK (tolerance >= 0)", "A tolerance can't be negative."
    )
    _window_hours = models.Constraint(
        "CHECK (window_start >= 0 AND window_start < 24"
        " AND window_end >= 0 AND window_end <= 24)",
        "Hours of a day lie between 0 and 24.",
    )

    @api.constrains("tolerance", "rounding_account_id")
    def _check_rounding_account(self):
        for policy in self:
            if policy.tolerance and not policy.rounding_account_id:
                raise ValidationError(
                    self.env._("Say to which account rounding differences go.")
                )

    @api.constrains("uncollectible", "write_off_account_id")
    def _check_write_off_account(self):
        for policy in self:
            if policy.uncollectible == "write_off" and not policy.write_off_account_id:
                raise ValidationError(
                    self.env._("Say to which account invoices are written off.")
                )

    @api.constrains("unknown_customer", "unknown_customer_id")
    def _check_unknown_customer(self):
        for policy in self:
            if policy.unknown_customer == "default" and not policy.unknown_customer_id:
                raise ValidationError(
                    self.env._("Say which customer stands for those that are gone.")
                )

    # -- the policy of a connection -------------------------------------------

    @api.model
    def _for(self, connection):
        """The policy of a connection; made where it has none yet."""
        policy = self.search([("connection_id", "=", connection.id)], limit=1)
        return policy or self._make(connection)

    @api.model
    def _make(self, connections):
        """Make the policies of connections, with what their companies have anyway."""
        journals = self.env["account.journal"].search(
            [
                ("company_id", "in", connections.company_id.ids),
                ("type", "in", ("sale", "general")),
            ],
            order="sequence, id",
        )
        return self.create(
            [
                {"connection_id": connection.id, **self._defaults(connection, journals)}
                for connection in connections
            ]
        )

    @api.model
    def _defaults(self, connection, journals):
        """Values of a new policy; extend it.

        :param journals: sales and general journals of the companies, the first first
        """
        own = journals.filtered(lambda j: j.company_id == connection.company_id)
        sale = own.filtered(lambda journal: journal.type == "sale")[:1]
        general = own.filtered(lambda journal: journal.type == "general")[:1]
        return {"journal_id": sale.id, "entry_journal_id": general.id}

    # -- dates ----------------------------------------------------------------

    def _booking_date(self, date, has_tax, journal, chosen=None):
        """On which day something is booked that happened on a date.

        :param has_tax: whether taxes are in it, so that the tax lock date counts
        :param chosen: the day that a person chose for it, if any
        :return: ``(date, Problem or None)``; of the date alone where its period is open
        """
        self.ensure_one()
        company = self.company_id
        wanted = chosen or date
        locks = company._get_violated_lock_dates(wanted, has_tax, journal)
        if not locks:
            return wanted, None
        if self.closed_period == "next_open":
            return self._first_open_day(wanted, has_tax, journal), None
        return wanted, Problem(
            "closed_period",
            "period_held" if self.closed_period == "hold" else "period_closed",
            cause=fields.Date.to_string(max(lock for lock, _field in locks)),
            params={"locks": company._format_lock_dates(locks)},
            details={"date": fields.Date.to_string(wanted)},
        )

    def _first_open_day(self, date, has_tax, journal):
        """The first day from a date on that no lock date covers."""
        company = self.company_id
        while locks := company._get_violated_lock_dates(date, has_tax, journal):
            date = fields.Date.add(locks[-1][0], days=1)
        return date
