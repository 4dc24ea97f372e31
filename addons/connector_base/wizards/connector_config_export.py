from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..engine import config_file


class ConnectorConfigExport(models.TransientModel):
    """Choose connections, and take their configuration along as a ZIP of files."""

    _name = "connector.config.export"
    _description = "Export of Configuration"

    connection_ids = fields.Many2many(
        "connector.connection",
        string="Connections",
        default=lambda self: self._default_connections(),
        context={"active_test": False},
    )
    with_rules = fields.Boolean(
        string="Rules and Teams of Their Companies",
        default=True,
        help="What belongs to no single connection: teams, exception rules, policies,"
        " service levels, and what else installed addons have.",
    )

    @api.model
    def _default_connections(self):
        context = self.env.context
        connections = self.env["connector.connection"]
        if context.get("active_model") == connections._name:
            return [Command.set(context.get("active_ids") or [])]
        return [Command.set(connections.search([("state", "!=", "draft")]).ids)]

    def action_export(self):
        """Download the files."""
        self.ensure_one()
        self.env["connector.config"]._check_may_move()
        if not self.connection_ids:
            raise UserError(self.env._("Choose a connection."))
        return {
            "type": "ir.actions.act_url",
            "url": f"/connector/config/export/{self.id}",
            "target": "download",
        }

    def _file_name(self):
        return f"connectors-{config_file.slug(self.env.cr.dbname)}.zip"

    def _content(self):
        """The ZIP as bytes; that it was taken along is noted."""
        self.ensure_one()
        config = self.env["connector.config"]
        tree = config._export(self.connection_ids, rules=self.with_rules)
        config._note_export(self.connection_ids, tree)
        return config_file.pack(tree)
