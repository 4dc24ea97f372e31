from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ConnectorSupportRule(models.Model):
    _inherit = "connector.support.rule"

    action = fields.Selection(
        selection_add=[("task", "A task")],
        # What has opened tasks can't open them any more.
        ondelete={"task": lambda rules: rules.write({"active": False})},
    )
    project_id = fields.Many2one(
        "project.project",
        check_company=True,
        domain="[('is_template', '=', False)]",
        help="Where the tasks are made.",
    )
    stage_id = fields.Many2one(
        "project.task.type",
        domain="[('project_ids', '=', project_id)]",
        help="Empty: the first one of the project.",
    )

    @api.constrains("action", "project_id")
    def _check_project(self):
        for rule in self:
            if rule.action == "task" and not rule.project_id:
                raise ValidationError(
                    self.env._("Say in which project “%s” makes its tasks.", rule.name)
                )
