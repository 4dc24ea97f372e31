from odoo import api, fields, models

from ..models.connector_lock import LOCKABLE


class ConnectorLock(models.TransientModel):
    """Ask why records are locked, and for which connections."""

    _name = "connector.lock"
    _description = "Lock Records"

    binding_ids = fields.Many2many("connector.binding", required=True, readonly=True)
    panel_id = fields.Many2one(
        "connector.record.panel", ondelete="cascade", help="To come back to."
    )
    reason = fields.Char(required=True)
    all_connections = fields.Boolean(
        string="For All Connections",
        help="Also where the same records are linked with those of other systems.",
    )
    has_others = fields.Boolean(compute="_compute_summary")
    summary = fields.Char(string="Records", compute="_compute_summary")

    @api.depends("binding_ids")
    def _compute_summary(self):
        for wizard in self:
            names = sorted(
                {b.record_name or b.remote_id for b in wizard.binding_ids._origin}
            )
            shown = ", ".join(filter(None, names[:5]))
            wizard.summary = f"{shown}, …" if len(names) > 5 else shown
            wizard.has_others = bool(wizard._others())

    def _others(self):
        """Bindings of the same Odoo records for other connections."""
        found = self.env["connector.binding"]
        for model, bindings in self.binding_ids._origin.grouped("res_model").items():
            found |= found.search(
                [
                    ("res_model", "=", model),
                    ("res_id", "in", bindings.mapped("res_id")),
                    ("id", "not in", bindings.ids),
                    ("state", "in", LOCKABLE),
                ]
            )
        return found

    def action_lock(self):
        self.ensure_one()
        bindings = self.binding_ids
        if self.all_connections:
            bindings |= self._others()
        bindings.action_lock(self.reason or "")
        if self.panel_id:
            return self.panel_id._again()
        return {"type": "ir.actions.act_window_close"}
