from odoo import fields, models

READERS = "connector_base.group_viewer,sales_team.group_sale_salesman"


class HelpdeskTicket(models.Model):
    """One that mirrors a ticket of a desk; what people add to it stays."""

    _inherit = "helpdesk.ticket"

    connector_ticket_id = fields.Many2one(
        "connector.ticket",
        string="Ticket at the Desk",
        readonly=True,
        copy=False,
        ondelete="set null",
        groups=READERS,
    )
    desk_number = fields.Char(
        string="Number at the Desk", readonly=True, copy=False, index="btree_not_null"
    )

    _connector_ticket_uniq = models.UniqueIndex(
        "(connector_ticket_id) WHERE connector_ticket_id IS NOT NULL",
        "A ticket of a desk is mirrored once.",
    )

    def _mirror_diff(self, values):
        """Those of the values that are not so yet."""
        return {
            name: value
            for name, value in values.items()
            if (self._fields[name].convert_to_write(self[name], self) or False)
            != (value or False)
        }

    def action_open_connector_ticket(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "connector.ticket",
            "res_id": self.connector_ticket_id.id,
            "views": [(False, "form")],
        }
