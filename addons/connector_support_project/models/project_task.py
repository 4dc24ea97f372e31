from odoo import api, fields, models

#: State of a task that is over -> what becomes of the work.
OUTCOMES = {"1_done": "done", "1_canceled": "cancelled"}


class ProjectTask(models.Model):
    """What becomes of a task that a ticket has opened is the ticket's outcome."""

    _inherit = "project.task"

    connector_ticket_id = fields.Many2one(
        "connector.ticket",
        string="Ticket",
        compute="_compute_connector_ticket_id",
        groups="connector_base.group_viewer,sales_team.group_sale_salesman",
    )

    def _compute_connector_ticket_id(self):
        works = self.env["connector.support.work"].search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        )
        tickets = {work.res_id: work.ticket_id for work in works}
        for task in self:
            task.connector_ticket_id = tickets.get(task.id, False)

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state") in OUTCOMES:
            self._support_works()._close(OUTCOMES[vals["state"]])
        return result

    @api.ondelete(at_uninstall=False)
    def _call_off_support_work(self):
        self._support_works()._close("cancelled")

    def _support_works(self):
        return (
            self.env["connector.support.work"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("state", "=", "open"),
                ]
            )
        )

    def action_open_connector_ticket(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "connector.ticket",
            "res_id": self.connector_ticket_id.id,
            "views": [(False, "form")],
        }
