from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ConnectorAgreement(models.Model):
    """A contract with a customer: its term, its state, and what was agreed when."""

    _name = "connector.agreement"
    _inherit = ["mail.thread", "connector.bound.mixin"]
    _description = "Contract"
    _order = "date_start desc, id desc"
    _rec_names_search = ["number", "partner_id.name"]
    _check_company_auto = True

    number = fields.Char(string="Contract Number", index="btree_not_null", copy=False)
    active = fields.Boolean(default=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        check_company=True,
        tracking=True,
    )
    opportunity_id = fields.Many2one(
        "crm.lead", index="btree_not_null", check_company=True
    )
    sale_order_id = fields.Many2one(
        "sale.order", string="First Order", index="btree_not_null", check_company=True
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    user_id = fields.Many2one(
        "res.users", string="Salesperson", domain=[("share", "=", False)]
    )
    date_start = fields.Date(string="Starts On", tracking=True)
    term_months = fields.Integer(string="Term (Months)", tracking=True)
    date_end = fields.Date(
        string="Ends On",
        compute="_compute_date_end",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        help="The last day. Without one of its own it follows from start and term.",
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("active", "Active"),
            ("expired", "Expired"),
            ("cancelled", "Cancelled"),
        ],
        string="Status",
        default="draft",
        required=True,
        index=True,
        tracking=True,
    )
    description = fields.Text()
    version_ids = fields.One2many(
        "connector.agreement.version", "agreement_id", string="Versions"
    )
    version_count = fields.Integer(compute="_compute_version_count")
    current_version_id = fields.Many2one(
        "connector.agreement.version", compute="_compute_current_version"
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_current_version")
    amount = fields.Monetary(
        compute="_compute_current_version",
        help="What the latest version that is in effect comes to.",
    )

    @api.depends("date_start", "term_months")
    def _compute_date_end(self):
        for agreement in self:
            end = self._end_of(agreement.date_start, agreement.term_months)
            agreement.date_end = end or agreement.date_end

    @api.model
    def _end_of(self, start, months):
        """The last day of a term: a year from 1 March ends on 28 or 29 February.

        :return: ``date``, or ``None`` where start or term are missing
        """
        if not start or not months:
            return None
        return start + relativedelta(months=months, days=-1)

    @api.model
    def _months_of(self, start, end):
        """The whole months that lie between two days, or ``None`` if it isn't whole."""
        if not start or not end:
            return None
        span = relativedelta(end + relativedelta(days=1), start)
        months = span.years * 12 + span.months
        return months if months > 0 and self._end_of(start, months) == end else None

    @api.depends("number", "partner_id.display_name")
    def _compute_display_name(self):
        for agreement in self:
            name = agreement.number or self.env._("Contract")
            partner = agreement.partner_id.display_name
            agreement.display_name = f"{name} - {partner}" if partner else name

    @api.depends("version_ids")
    def _compute_version_count(self):
        for agreement in self:
            agreement.version_count = len(agreement.version_ids)

    @api.depends(
        "version_ids.effective_date", "version_ids.amount", "version_ids.currency_id"
    )
    @api.depends_context("tz")
    def _compute_current_version(self):
        today = fields.Date.context_today(self)
        for agreement in self:
            versions = agreement.version_ids.sorted(
                lambda version: (version.effective_date, version.id)
            )
            begun = versions.filtered(lambda v: v.effective_date <= today)
            current = begun[-1:] if begun else versions[:1]
            agreement.current_version_id = current
            agreement.currency_id = current.currency_id
            agreement.amount = current.amount

    @api.constrains("date_start", "date_end")
    def _check_dates(self):
        for agreement in self:
            start, end = agreement.date_start, agreement.date_end
            if start and end and end < start:
                raise ValidationError(
                    self.env._(
                        "The contract %(name)s ends on %(end)s, before it starts on"
                        " %(start)s. Correct one of both dates.",
                        name=agreement.display_name,
                        start=start,
                        end=end,
                    )
                )

    @api.model
    def _cron_expire(self):
        """End the contracts whose last day is over."""
        today = fields.Date.context_today(self)
        over = self.search([("state", "=", "active"), ("date_end", "<", today)])
        over.state = "expired"
