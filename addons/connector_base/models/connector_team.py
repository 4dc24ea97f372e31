from odoo import fields, models


class ConnectorTeam(models.Model):
    """People who decide about exceptions together."""

    _name = "connector.team"
    _description = "Connector Team"
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", help="Empty for exceptions of all companies."
    )
    lead_id = fields.Many2one(
        "res.users",
        string="Team Lead",
        domain=[("share", "=", False)],
        help="Is told when an exception of the team is late.",
    )
    member_ids = fields.Many2many(
        "res.users", string="Members", domain=[("share", "=", False)]
    )

    def _serves(self, company):
        """Whether the team is there and decides what is of the company."""
        self.ensure_one()
        return self.active and (not self.company_id or self.company_id == company)

    def _people(self):
        """All who belong to these teams."""
        return self.lead_id | self.member_ids
