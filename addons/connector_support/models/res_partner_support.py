from odoo import fields, models

from .connector_ticket import OPEN_STATUSES, READERS


class ResPartner(models.Model):
    """What a desk says of a customer, and the customer's tickets."""

    _inherit = "res.partner"

    support_tags = fields.Char(
        string="Tags of the Desk", readonly=True, copy=False, groups=READERS
    )
    support_details = fields.Text(
        string="Details of the Desk", readonly=True, copy=False, groups=READERS
    )
    support_notes = fields.Text(
        string="Notes of the Desk", readonly=True, copy=False, groups=READERS
    )
    support_suspended = fields.Boolean(
        string="Suspended at the Desk", readonly=True, copy=False, groups=READERS
    )
    support_alias_ids = fields.One2many(
        "connector.partner.alias",
        "partner_id",
        string="Also Known By",
        domain=[("kind", "in", ("email", "domain"))],
        groups=READERS,
    )
    support_ticket_count = fields.Integer(
        compute="_compute_support_ticket_count", groups=READERS
    )
    support_ticket_open_count = fields.Integer(
        compute="_compute_support_ticket_count", groups=READERS
    )

    def _compute_support_ticket_count(self):
        """Counts those of the people and branches of a company, too."""
        counts = {}
        for customer, status, count in self.env["connector.ticket"]._read_group(
            [("commercial_partner_id", "in", self.commercial_partner_id.ids)],
            ["commercial_partner_id", "status"],
            ["__count"],
        ):
            known = counts.setdefault(customer, [0, 0])
            known[0] += count
            known[1] += count if status in OPEN_STATUSES else 0
        for partner in self:
            known = counts.get(partner.commercial_partner_id, (0, 0))
            partner.support_ticket_count, partner.support_ticket_open_count = known

    def action_open_tickets(self):
        self.ensure_one()
        return self.env["connector.ticket"]._action_of(
            [("commercial_partner_id", "=", self.commercial_partner_id.id)]
        )
