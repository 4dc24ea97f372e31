from odoo import api, fields, models

from odoo.addons.connector_support.models.connector_ticket import (
    OPEN_STATUSES,
    STATUSES,
)

from .connector_support_helpdesk_stage import STAGE_OF_STATUS


class ConnectorSupportPolicy(models.Model):
    _inherit = "connector.support.policy"

    mirrors_helpdesk = fields.Boolean(
        string="Mirror into the Helpdesk",
        help="Each ticket of the desk gets one in Odoo's helpdesk that follows it. Of"
        " those that are there when it is switched on, the open ones.",
    )
    helpdesk_team_id = fields.Many2one("helpdesk.ticket.team", check_company=True)
    helpdesk_stage_ids = fields.One2many(
        "connector.support.helpdesk.stage", "policy_id", string="Stages"
    )

    @api.model_create_multi
    def create(self, vals_list):
        policies = super().create(vals_list)
        policies.filtered("mirrors_helpdesk")._begin_mirror()
        return policies

    def write(self, vals):
        before = self.filtered("mirrors_helpdesk")
        result = super().write(vals)
        (self.filtered("mirrors_helpdesk") - before)._begin_mirror()
        return result

    def _begin_mirror(self):
        """Say which stages mean what, where nobody has; mirror what is open."""
        for policy in self:
            known = policy.helpdesk_stage_ids.mapped("status")
            policy.helpdesk_stage_ids.create(
                [
                    {
                        "policy_id": policy.id,
                        "status": status,
                        "stage_id": policy._usual_stage(status).id,
                    }
                    for status, _label in STATUSES
                    if status not in known
                ]
            )
            self.env["connector.ticket"].sudo().search(
                [
                    ("connection_id", "=", policy.connection_id.id),
                    ("status", "in", OPEN_STATUSES),
                ],
                order="id",
            )._enqueue_mirror()

    def _usual_stage(self, status):
        """The stage that OCA ships for it, where it is there and of the company."""
        stage = self.env.ref(STAGE_OF_STATUS[status], raise_if_not_found=False)
        stage = stage or self.env["helpdesk.ticket.stage"]
        return stage.filtered(
            lambda one: one.active and one.company_id <= self.company_id
        )
