from odoo import api, fields, models
from odoo.exceptions import ValidationError

PLANS = [
    ("none", "No Invoices"),
    ("full", "One Invoice When the Order Is Confirmed"),
    ("milestones", "By Milestones"),
]


class ConnectorHandoffPolicy(models.Model):
    """What becomes of a deal that is won: which are handed over, and how far.

    One for each connection of a company, and one without a connection for deals that
    only Odoo knows. Without a policy nothing is handed over. Who may change it may not
    be who sells: finance approvers and administrators.
    """

    _name = "connector.handoff.policy"
    _description = "Closed-Won Policy"
    _inherit = ["mail.thread", "analytic.mixin"]
    _order = "company_id, connection_id, id"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    connection_id = fields.Many2one(
        "connector.connection",
        string="Deals Of",
        check_company=True,
        index="btree_not_null",
        ondelete="cascade",
        tracking=True,
        help="Empty for deals that no other system has.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        domain=[("share", "=", False)],
        tracking=True,
        help="Who is asked where a handoff stops.",
    )

    since = fields.Date(
        string="Deals Won From",
        required=True,
        default=fields.Date.context_today,
        help="Deals that come in won already count by their closing date: those of"
        " before, as a first load brings them, are left alone.",
    )

    # What must be right before anything is made.
    required_field_ids = fields.Many2many(
        "ir.model.fields",
        string="Required Fields",
        domain="[('model', '=', 'crm.lead'), ('store', '=', True)]",
        help="Fields of the deal that must be filled.",
    )
    require_taxes = fields.Boolean(
        default=True, help="A product without any tax of the company stops the handoff."
    )
    check_credit = fields.Boolean(
        default=True,
        tracking=True,
        help="A customer over the credit limit needs the approval of finance.",
    )
    most_overdue_days = fields.Integer(
        string="Most Days Overdue",
        default=30,
        tracking=True,
        help="A customer overdue for longer needs the approval of finance; 0 for any"
        " number of days.",
    )

    # The order.
    create_customer = fields.Boolean(
        default=True,
        help="Where the deal names a customer that Odoo doesn't have; otherwise the"
        " handoff stops.",
    )
    use_quote = fields.Boolean(
        string="Take the Deal's Quotation",
        default=True,
        help="Where the deal has just one quotation already, it becomes the order.",
    )
    fallback_product_id = fields.Many2one(
        "product.product",
        string="Product of Deals Without Lines",
        domain="[('sale_ok', '=', True)]",
        check_company=True,
        help="For the whole amount of the deal, and for lines that name no product.",
    )
    payment_term_id = fields.Many2one(
        "account.payment.term",
        string="Payment Terms",
        check_company=True,
        help="For customers that have none of their own.",
    )
    compare_with = fields.Selection(
        [("untaxed", "Without Taxes"), ("total", "With Taxes")],
        string="The Deal's Amount Is",
        default="untaxed",
        required=True,
    )
    tolerance_percent = fields.Float(
        string="Tolerance (%)",
        default=0.1,
        tracking=True,
        help="How far the order's total may be from the deal's amount.",
    )
    tolerance_amount = fields.Monetary(
        string="Or an Amount Of",
        default=0.05,
        tracking=True,
        help="In the company's currency; the larger one of both holds.",
    )
    confirm = fields.Selection(
        [
            ("never", "Never: It Stays a Quotation"),
            ("always", "Always"),
            ("below", "Below an Amount, Above It After Approval"),
            ("approval", "After Approval"),
        ],
        string="Confirm the Order",
        default="approval",
        required=True,
        tracking=True,
    )
    confirm_limit = fields.Monetary(
        string="Up To",
        tracking=True,
        help="With taxes, in the company's currency.",
    )

    # What follows.
    keep_agreement = fields.Selection(
        [
            ("never", "Never"),
            ("recurring", "For Deals With Recurring Charges or a Term"),
            ("always", "Always"),
        ],
        string="Keep a Contract",
        default="recurring",
        required=True,
    )
    invoice_plan = fields.Selection(PLANS, default="none", required=True, tracking=True)
    milestone_ids = fields.One2many(
        "connector.handoff.milestone", "policy_id", copy=True
    )
    on_failure = fields.Selection(
        [
            ("park", "Wait for a Decision"),
            ("compensate", "Cancel the Quotation and Ask"),
        ],
        string="If a Later Step Fails",
        default="park",
        required=True,
        tracking=True,
        help="A confirmed order is never cancelled by itself.",
    )

    _connection_uniq = models.UniqueIndex(
        "(company_id, connection_id) NULLS NOT DISTINCT WHERE active",
        "There is such a policy already.",
    )

    @api.constrains("confirm", "confirm_limit")
    def _check_confirm_limit(self):
        for policy in self:
            if policy.confirm == "below" and policy.confirm_limit <= 0:
                raise ValidationError(
                    self.env._("Say up to which amount orders are confirmed.")
                )

    @api.constrains("tolerance_percent", "tolerance_amount", "most_overdue_days")
    def _check_positive(self):
        for policy in self:
            if min(policy.tolerance_percent, policy.tolerance_amount) < 0:
                raise ValidationError(self.env._("A tolerance can't be negative."))
            if policy.most_overdue_days < 0:
                raise ValidationError(self.env._("Days are a positive number."))

    @api.constrains("invoice_plan", "milestone_ids")
    def _check_milestones(self):
        for policy in self:
            if policy.invoice_plan != "milestones":
                continue
            percents = policy.milestone_ids.mapped("percent")
            if not percents or round(sum(percents), 2) != 100:
                raise ValidationError(
                    self.env._(
                        "The milestones of “%(policy)s” come to %(sum)s %%. Make them"
                        " 100 %%.",
                        policy=policy.name,
                        sum=round(sum(percents), 2),
                    )
                )

    @api.model
    def _for(self, company, connection):
        """The policy that holds for the deals of a connection, or of none."""
        return self.search(
            [
                ("company_id", "=", company.id),
                ("connection_id", "=", connection.id if connection else False),
            ],
            limit=1,
        )


class ConnectorHandoffMilestone(models.Model):
    """An invoice of a plan: which part of the order, and when."""

    _name = "connector.handoff.milestone"
    _description = "Closed-Won Milestone"
    _order = "policy_id, sequence, id"

    policy_id = fields.Many2one(
        "connector.handoff.policy", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="policy_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    name = fields.Char(string="Milestone", required=True, translate=True)
    percent = fields.Float(string="Part (%)", required=True)
    days = fields.Integer(
        string="Days After the Order", help="When the draft invoice is made."
    )

    _percent_range = models.Constraint(
        "CHECK(percent > 0 AND percent <= 100)", "A part lies between 0 and 100 %."
    )
