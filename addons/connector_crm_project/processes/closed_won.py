from odoo import models

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.process import Done, Skipped, Step
from odoo.addons.connector_base.service_user import as_service


class ConnectorProcessKindClosedWon(models.AbstractModel):
    """The onboarding project: copied from a template, before the number is told."""

    _inherit = "connector.process.kind.closed_won"

    def _steps(self):
        steps = super()._steps()
        project = Step("project", self.env._("Start the onboarding project"))
        return [*steps[:-1], project, steps[-1]]

    def _run_project(self, process, step):
        """One project for each deal that sells something new and is confirmed."""
        lead, policy = self._lead(process), self._policy(process)
        order, template = self._order_of(process), policy.project_template_id
        if not template:
            return Skipped(self.env._("The policy names no template."))
        if order.state != "sale":
            return Skipped(self.env._("No order is confirmed."))
        if lead.deal_kind not in (False, "new", "upsell"):
            return Skipped(self.env._("Nothing new is to be set up."))
        project = as_service(template).action_create_from_template(
            {
                "name": lead.name,
                "partner_id": lead.partner_id.commercial_partner_id.id,
                "company_id": process.company_id.id,
                "user_id": template.user_id.id or lead.user_id.id,
            }
        )
        project = project.with_env(self.env)
        return Done(self.env._("%s tasks.", len(project.task_ids)), project)

    def _undo_project(self, process, step):
        """:raises ConflictError: where somebody has worked on it"""
        project = step.record().exists().sudo()
        # One that a person has archived is that person's decision.
        if project.active and project.task_ids.filtered("is_closed"):
            raise errors.ConflictError(
                self.env._(
                    "Tasks of the project are done already. Archive it in Odoo, if that"
                    " is right, then resume."
                ),
                code="handoff_project",
            )
        as_service(project).active = False
        return self.env._("The project is archived.")
