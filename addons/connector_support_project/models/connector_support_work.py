from odoo import Command, models
from odoo.tools import plaintext2html

from odoo.addons.connector_base.entities.entity import CREATE_CONTEXT
from odoo.addons.connector_base.service_user import as_service


class ConnectorSupportWork(models.Model):
    """Tasks: made once for each ticket that a rule means, all of a batch together."""

    _inherit = "connector.support.work"

    def _open_task(self, rule):
        """Nobody is mailed for a batch: who is assigned finds them in the project.

        Of the ticket goes what Odoo keeps of it: its text only where the desk's policy
        keeps that.
        """
        context = {**CREATE_CONTEXT, "mail_auto_subscribe_no_notify": True}
        tasks = as_service(self.env["project.task"].with_context(**context)).create(
            [work._task_values(rule) for work in self]
        )
        for work, task in zip(self, tasks, strict=True):
            work.write(
                {
                    "res_model": task._name,
                    "res_id": task.id,
                    "name": task.name,
                    "user_id": rule.user_id.id,
                }
            )

    def _task_values(self, rule):
        ticket = self.ticket_id
        words = rule._words_of(ticket)
        title = rule._fill(rule.summary or "{number} {subject}", words)
        return {
            "name": title.strip() or ticket.display_name,
            "description": ticket.description and plaintext2html(ticket.description),
            "project_id": rule.project_id.id,
            "partner_id": ticket.commercial_partner_id.id,
            "company_id": rule.project_id.company_id.id,
            "user_ids": [Command.set(rule.user_id.ids)],
            **({"stage_id": rule.stage_id.id} if rule.stage_id else {}),
        }
