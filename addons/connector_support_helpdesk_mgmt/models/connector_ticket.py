from odoo import api, fields, models
from odoo.tools import plaintext2html

from odoo.addons.connector_base.entities.entity import CREATE_CONTEXT, WRITE_CONTEXT
from odoo.addons.connector_base.service_user import as_service

#: Tickets that one job mirrors.
BATCH = 500
PRIORITIES = {"low": "0", "normal": "1", "high": "2", "urgent": "3"}
#: The helpdesk tells nobody: neither a stage's mail nor its followers.
SILENT = {**CREATE_CONTEXT, **WRITE_CONTEXT, "mail_notrack": True}


class ConnectorTicket(models.Model):
    """A ticket of the desk, and the one in the helpdesk that follows it.

    It is made once: one that somebody deletes there isn't made again.
    """

    _inherit = "connector.ticket"

    helpdesk_ticket_id = fields.Many2one(
        "helpdesk.ticket", readonly=True, index="btree_not_null", ondelete="set null"
    )
    is_mirrored = fields.Boolean(
        string="Was Mirrored", readonly=True, help="Into the helpdesk, once."
    )

    def _enqueue_mirror(self):
        """Mirror these in jobs, one after the other for each desk."""
        policies = self.env["connector.support.policy"].sudo()
        mirroring = policies.search(
            [
                ("connection_id", "in", self.connection_id.ids),
                ("mirrors_helpdesk", "=", True),
            ]
        ).connection_id
        jobs = self.env["connector.job"]
        calls = []
        for connection, tickets in self.grouped("connection_id").items():
            for start in range(
                0, len(tickets) if connection in mirroring else 0, BATCH
            ):
                calls.append(
                    jobs.call(
                        self.browse(),
                        "_job_mirror",
                        name=self.env._("Mirror tickets into the helpdesk"),
                        kwargs={"ticket_ids": tickets[start : start + BATCH].ids},
                        connection=connection,
                        order_key=f"mirror:{connection.id}",
                    )
                )
        jobs.enqueue_group(calls)

    @api.model
    def _job_mirror(self, job, ticket_ids):
        """Let the helpdesk's tickets be as the desk's are now."""
        tickets = self.browse(ticket_ids).exists()
        policy = tickets.connection_id.support_policy_ids[:1]
        if not policy.mirrors_helpdesk:
            return {"skipped": len(tickets)}
        stages = {one.status: one.stage_id for one in policy.helpdesk_stage_ids}
        mirrors = (
            self.env["helpdesk.ticket"]
            .with_company(policy.company_id)
            .with_context(**SILENT)
        )
        new = tickets.filtered(
            lambda ticket: not ticket.is_mirrored and ticket.status != "deleted"
        )
        made = as_service(mirrors).create(
            [
                {
                    **ticket._mirror_values(stages),
                    "connector_ticket_id": ticket.id,
                    "company_id": policy.company_id.id,
                    "team_id": policy.helpdesk_team_id.id,
                }
                for ticket in new
            ]
        )
        for ticket, mirror in zip(new, made, strict=True):
            ticket.write({"helpdesk_ticket_id": mirror.id, "is_mirrored": True})
        changed = 0
        for ticket in (tickets - new).filtered("helpdesk_ticket_id"):
            mirror = mirrors.browse(ticket.helpdesk_ticket_id.id)
            diff = mirror._mirror_diff(ticket._mirror_values(stages))
            if diff:
                as_service(mirror).write(diff)
                changed += 1
        return {"created": len(new), "updated": changed}

    def _mirror_values(self, stages):
        """What the helpdesk is told of a ticket.

        :param stages: ``{status: stage}``
        """
        text = self.description or self.env._("The text is kept at the desk.")
        values = {
            "name": self.name,
            "description": plaintext2html(text),
            "partner_id": (self.partner_id or self.commercial_partner_id).id,
            "priority": PRIORITIES.get(self.priority, "1"),
            "desk_number": self.number,
            "active": self.status != "deleted",
        }
        stage = stages.get(self.status)
        return {**values, "stage_id": stage.id} if stage else values

    def action_open_helpdesk_ticket(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "helpdesk.ticket",
            "res_id": self.helpdesk_ticket_id.id,
            "views": [(False, "form")],
        }
