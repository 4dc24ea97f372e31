from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine.masking import mask_text


class ConnectorFix(models.TransientModel):
    """Settle what holds records up on their way out, and show what would go."""

    _inherit = "connector.fix"

    # -- say which remote value means a record ----------------------------------

    remote_value_ids = fields.Many2many(
        "connector.value.map.line", compute="_compute_remote_value_ids"
    )
    remote_value_id = fields.Many2one(
        "connector.value.map.line", string="Is There", ondelete="cascade"
    )

    @api.depends("exception_id")
    def _compute_remote_value_ids(self):
        for fix in self:
            name, _record_id = fix.exception_id._unmapped_record()
            fix.remote_value_ids = name and fix.remote_value_id.search(
                [
                    ("map_id.connection_id", "=", fix.connection_id.id),
                    ("map_id.name", "=", name),
                    ("state", "in", ("open", "suggested")),
                ]
            )

    def _explain_map_record(self):
        if not self.remote_value_ids:
            return self.env._(
                "Every value of %s means another record already: let one of them mean"
                " this one in the value map, or create a value there.",
                self.connection_id.name,
            )
        return self.env._(
            "Holds for every record that has it, now and later, in both directions."
        )

    def _check_map_record(self):
        if self.remote_value_id not in self.remote_value_ids:
            raise UserError(
                self.env._("Choose what it is called at %s.", self.connection_id.name)
            )
        self.remote_value_id.check_access("write")

    def _decide_map_record(self):
        _name, record_id = self.exception_id._unmapped_record()
        line = self.remote_value_id.with_context(connector_release_later=True)
        line.write({"res_id": record_id, "skip": False})

    def _go_on_map_record(self):
        self.remote_value_id._release_held()

    # -- preview --------------------------------------------------------------

    def _preview_outgoing_here(self, item_ids):
        """Decide, then push to nobody; the caller takes it back."""
        items = self.env["connector.exception.item"].browse(item_ids)
        flow = items[0].flow_id
        fix, last_log = self._for_looking(flow)
        fix._decide()
        fix.env.flush_all()
        res_ids = items.mapped("res_id")
        fix.env["connector.push"]._tell(flow.with_env(fix.env), res_ids)
        return [fix._outgoing_line(item.with_env(fix.env), last_log) for item in items]

    def _outgoing_line(self, item, last_log):
        """What would become of one sample."""
        held = self.env["connector.exception.item"].search(
            [
                ("flow_id", "=", item.flow_id.id),
                ("direction", "=", "push"),
                ("res_id", "=", item.res_id),
                ("state", "=", "open"),
                ("blocking", "=", True),
            ],
            limit=1,
        )
        log = self.env["connector.log"].search(
            [
                ("id", ">", last_log),
                ("flow_id", "=", item.flow_id.id),
                ("direction", "=", "push"),
                ("res_id", "=", item.res_id),
            ],
            limit=1,
        )
        outcomes = {
            "create": self.env._("Would be created there"),
            "update": self.env._("Would be updated there"),
            "archive": self.env._("Would be archived there"),
            "exclude": self.env._("Stays out: not allowed"),
        }
        line = {"record": item.label or item.res_id, "good": not held}
        if held:
            message = mask_text(held.message or held.exception_id.name, 500)
            return {**line, "outcome": self.env._("Still held"), "changes": message}
        if log:
            return {
                **line,
                "good": log.action != "exclude",
                "outcome": outcomes.get(log.action, log.action),
                "changes": log.changes_text or log.note,
            }
        settled = self.env._("Settled, nothing to send")
        return {**line, "outcome": settled, "changes": False}
