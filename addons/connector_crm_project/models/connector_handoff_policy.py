from odoo import fields, models


class ConnectorHandoffPolicy(models.Model):
    _inherit = "connector.handoff.policy"

    project_template_id = fields.Many2one(
        "project.project",
        string="Onboarding Project",
        domain=[("is_template", "=", True)],
        check_company=True,
        help="Its tasks are copied for each deal whose order is confirmed; empty for"
        " none.",
    )
