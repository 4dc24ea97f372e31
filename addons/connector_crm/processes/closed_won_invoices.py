from odoo import Command, fields, models

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.process import Done, Skipped


class ConnectorProcessKindClosedWon(models.AbstractModel):
    """The invoice plan: what is charged once, when; what recurs is left to billing."""

    _inherit = "connector.process.kind.closed_won"

    def _plan(self, process):
        return (
            self.env["connector.invoice.plan"]
            .sudo()
            .search([("order_id", "=", self._order_of(process).id)], limit=1)
        )

    def _run_invoices(self, process, step):
        policy, order = self._policy(process), self._order_of(process)
        if policy.invoice_plan == "none" or not order:
            return Skipped(self.env._("No invoices are planned."))
        if not order._one_off_lines():
            return Skipped(self.env._("All of it recurs, which billing charges."))
        plan = self._plan(process)
        if not plan:
            plan = (
                self.env["connector.invoice.plan"]
                .sudo()
                .create(self._plan_values(process, policy, order))
            )
        return Done(
            self.env._("%s draft invoices are planned.", len(plan.line_ids)), plan
        )

    def _plan_values(self, process, policy, order):
        begun = fields.Datetime.context_timestamp(self, order.date_order).date()
        if policy.invoice_plan == "full":
            lines = [{"name": self.env._("Whole Order"), "percent": 100, "date": begun}]
        else:
            lines = [
                {
                    "name": milestone.name,
                    "percent": milestone.percent,
                    "date": fields.Date.add(begun, days=milestone.days),
                }
                for milestone in policy.milestone_ids
            ]
        lines.sort(key=lambda line: line["date"])
        return {
            "order_id": order.id,
            "process_id": process.id,
            "line_ids": [
                Command.create({**line, "sequence": number})
                for number, line in enumerate(lines, 1)
            ],
        }

    def _undo_invoices(self, process, step):
        """:raises ConflictError: where an invoice was made already"""
        plan = self._plan(process)
        if plan.line_ids.invoice_id.filtered(lambda move: move.state != "cancel"):
            raise errors.ConflictError(
                self.env._(
                    "Invoices of %s were made. Cancel or credit them, then resume.",
                    plan.order_id.name,
                ),
                code="handoff_invoiced",
            )
        plan.state = "cancelled"
        return self.env._("No invoice will be made.")

    def _look_again(self, process):
        """Planned invoices that could not be made are tried again."""
        super()._look_again(process)
        lines = self._plan(process).line_ids.filtered("retry_at")
        lines.retry_at = False
        cron = self.env.ref("connector_crm.invoice_plan_cron", raise_if_not_found=False)
        if lines and cron:
            cron.sudo()._trigger()
