from odoo import fields, models


class ConnectorBillingPolicy(models.Model):
    """How what one account bills is booked: one policy a connection."""

    _name = "connector.billing.policy"
    _description = "Billing Policy"
    _inherit = ["mail.thread"]
    _rec_name = "connection_id"
    _check_company_auto = True

    connection_id = fields.Many2one(
        "connector.connection", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="connection_id.company_id", store=True, index=True
    )

    _connection_unique = models.Constraint(
        "UNIQUE (connection_id)", "This connection has a billing policy already."
    )
