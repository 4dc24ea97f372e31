from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..models.connector_ticket_comment import CLOSED_STATUSES, COMMENT_STATUSES


class ConnectorTicketCommentWrite(models.TransientModel):
    """Write a comment into a ticket at the desk by hand."""

    _name = "connector.ticket.comment.write"
    _description = "Comment at the Desk"

    ticket_id = fields.Many2one(
        "connector.ticket", required=True, readonly=True, ondelete="cascade"
    )
    body = fields.Text(string="Comment", required=True)
    is_internal = fields.Boolean(
        string="Internal",
        default=True,
        help="Seen by agents only; otherwise the desk sends it to the requester.",
    )
    status = fields.Selection(COMMENT_STATUSES, string="Set Status")
    warning = fields.Char(compute="_compute_warning")

    @api.depends("ticket_id")
    def _compute_warning(self):
        comments = self.env["connector.ticket.comment"]
        for wizard in self:
            draft = comments.new({"ticket_id": wizard.ticket_id.id})
            sends = wizard.ticket_id and draft._flows()
            wizard.warning = not sends and self.env._(
                "Comments of %s don't go out yet: it is sent as soon as a flow that"
                " sends them is on.",
                wizard.ticket_id.connection_id.display_name,
            )

    def action_write(self):
        """:raises UserError: where the desk takes no comment any more"""
        self.ensure_one()
        if not self.env.user.has_group("connector_base.group_operator"):
            raise AccessError(self.env._("Comments at the desk are for operators."))
        ticket = self.ticket_id
        ticket.check_access("read")
        if ticket.status in CLOSED_STATUSES:
            raise UserError(
                self.env._(
                    "%s is closed or deleted at the desk, which takes no comment for it"
                    " any more.",
                    ticket.display_name,
                )
            )
        self.env["connector.ticket.comment"].sudo().create(
            {
                "ticket_id": ticket.id,
                "body": self.body,
                "is_internal": self.is_internal,
                "status": self.status,
                "user_id": self.env.uid,
            }
        )
        return {"type": "ir.actions.act_window_close"}
