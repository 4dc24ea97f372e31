from odoo import fields, models


class ResCompany(models.Model):
    """When and how customers are suspended."""

    _inherit = "res.company"

    suspension_grace_days = fields.Integer(
        string="Grace Period (Days)",
        default=7,
        help="So many days a customer has left once a suspension is decided.",
    )
    suspension_approval_amount = fields.Monetary(
        string="Approval Above",
        help="Overdue amounts above it need the approval of a finance approver. So does"
        " every suspension of a customer who owes nothing.",
    )
    suspension_approver_id = fields.Many2one(
        "res.users",
        string="Approver",
        domain=[("share", "=", False)],
        help="Who is asked first. Empty: any finance approver of the company.",
    )
    suspension_lift_paid = fields.Boolean(
        string="Lift When Paid",
        default=True,
        help="A suspension for what is overdue ends by itself as soon as nothing is.",
    )
    suspension_propose = fields.Boolean(
        string="Propose Suspensions",
        help="Of customers who are overdue for long enough and with enough."
        " A person decides on each.",
    )
    suspension_overdue_days = fields.Integer(string="Days Overdue", default=30)
    suspension_overdue_amount = fields.Monetary(string="Amount Overdue")

    _suspension_days_positive = models.Constraint(
        "CHECK(suspension_grace_days >= 0 AND suspension_overdue_days >= 0)",
        "Days are a positive number.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    suspension_grace_days = fields.Integer(
        related="company_id.suspension_grace_days", readonly=False
    )
    suspension_approval_amount = fields.Monetary(
        related="company_id.suspension_approval_amount", readonly=False
    )
    suspension_approver_id = fields.Many2one(
        related="company_id.suspension_approver_id", readonly=False
    )
    suspension_lift_paid = fields.Boolean(
        related="company_id.suspension_lift_paid", readonly=False
    )
    suspension_propose = fields.Boolean(
        related="company_id.suspension_propose", readonly=False
    )
    suspension_overdue_days = fields.Integer(
        related="company_id.suspension_overdue_days", readonly=False
    )
    suspension_overdue_amount = fields.Monetary(
        related="company_id.suspension_overdue_amount", readonly=False
    )
