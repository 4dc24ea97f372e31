from odoo import fields, models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    _inherit = "sale.order"

    handoff_process_id = fields.Many2one(
        "connector.process",
        string="Closed-Won Handoff",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups="connector_base.group_viewer",
    )

    _handoff_process_uniq = models.UniqueIndex(
        "(handoff_process_id) WHERE handoff_process_id IS NOT NULL",
        "A handoff makes one order.",
    )

    def action_open_handoff(self):
        self.ensure_one()
        return self.sudo().handoff_process_id._open()

    def action_confirm(self):
        """What waits for an approval is confirmed by the approval only.

        :raises UserError: where it waits
        """
        if not self.env.context.get("connector_handoff"):
            self._check_not_waiting()
        return super().action_confirm()

    def _check_not_waiting(self):
        waiting = self.sudo().filtered("handoff_process_id.needs_approval")
        if waiting:
            raise UserError(
                self.env._(
                    "%s waits for the approval of finance: approve its handoff.",
                    ", ".join(waiting.mapped("name")),
                )
            )
