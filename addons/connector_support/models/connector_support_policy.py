from odoo import fields, models


class ConnectorSupportPolicy(models.Model):
    """How what one desk tells is kept: one policy a connection, made with it."""

    _name = "connector.support.policy"
    _description = "Support Policy"
    _inherit = ["mail.thread"]
    _rec_name = "connection_id"
    _check_company_auto = True

    connection_id = fields.Many2one(
        "connector.connection", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="connection_id.company_id", store=True, index=True
    )

    _connection_uniq = models.UniqueIndex(
        "(connection_id)", "A connection has one support policy."
    )

    def _make(self, connections):
        """Policies of new connections."""
        return self.create([{"connection_id": each.id} for each in connections])

    def _for(self, connection):
        """The policy of a connection; made where it has none yet."""
        policy = self.search([("connection_id", "=", connection.id)], limit=1)
        return policy or self._make(connection)
