from odoo import api, fields, models


class ConnectorTicket(models.Model):
    """What Odoo did about a ticket, and what it told the desk."""

    _name = "connector.ticket"
    _inherit = ["connector.ticket", "mail.thread", "mail.activity.mixin"]
    # Whoever sees a ticket may do the activities on it.
    _mail_post_access = "read"

    work_ids = fields.One2many("connector.support.work", "ticket_id", readonly=True)
    work_count = fields.Integer(compute="_compute_work_count")
    comment_ids = fields.One2many(
        "connector.ticket.comment", "ticket_id", readonly=True
    )

    @api.depends("work_ids")
    def _compute_work_count(self):
        counts = dict(
            self.env["connector.support.work"]._read_group(
                [("ticket_id", "in", self.ids)], ["ticket_id"], ["__count"]
            )
        )
        for ticket in self:
            ticket.work_count = counts.get(ticket, 0)

    def _assign_partner(self, partner_id):
        """Rules that ask for the customer mean a ticket as soon as it has one."""
        result = super()._assign_partner(partner_id)
        rules = self.env["connector.support.rule"]
        for connection, tickets in self.grouped("connection_id").items():
            rules._noticed(connection, tickets, tickets)
        return result

    def action_open_work(self):
        """The record, where there is one work; else the list."""
        self.ensure_one()
        if len(self.work_ids) == 1 and self.work_ids.res_id:
            return self.work_ids.action_open_record()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "connector_support.connector_support_work_action"
        )
        action["domain"] = [("ticket_id", "=", self.id)]
        action["context"] = {}
        return action

    def action_write_comment(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Comment at the Desk"),
            "res_model": "connector.ticket.comment.write",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_ticket_id": self.id},
        }
