from odoo import fields, models

from odoo.addons.connector_support.models.connector_ticket import STATUSES

#: Status at the desk -> the stage of OCA's own that means it.
STAGE_OF_STATUS = {
    "new": "helpdesk_mgmt.helpdesk_ticket_stage_new",
    "open": "helpdesk_mgmt.helpdesk_ticket_stage_in_progress",
    "pending": "helpdesk_mgmt.helpdesk_ticket_stage_awaiting",
    "on_hold": "helpdesk_mgmt.helpdesk_ticket_stage_awaiting",
    "solved": "helpdesk_mgmt.helpdesk_ticket_stage_done",
    "closed": "helpdesk_mgmt.helpdesk_ticket_stage_done",
    "deleted": "helpdesk_mgmt.helpdesk_ticket_stage_cancelled",
}


class ConnectorSupportHelpdeskStage(models.Model):
    """Which stage of the helpdesk stands for a status at the desk."""

    _name = "connector.support.helpdesk.stage"
    _description = "Stage of a Mirrored Ticket"
    _order = "policy_id, id"

    policy_id = fields.Many2one(
        "connector.support.policy", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="policy_id.company_id", store=True)
    status = fields.Selection(STATUSES, string="Status at the Desk", required=True)
    stage_id = fields.Many2one(
        "helpdesk.ticket.stage",
        domain="[('company_id', 'in', [False, company_id])]",
        ondelete="restrict",
        help="Empty: tickets stay in the stage that they are in.",
    )

    _status_uniq = models.UniqueIndex(
        "(policy_id, status)", "A status stands for one stage."
    )
