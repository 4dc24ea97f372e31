from odoo import models

from .connector_record_trail import TRAIL_LENGTH


class ConnectorRecordPanel(models.TransientModel):
    """The processes that a record set off, in its trail and in what is pending."""

    _inherit = "connector.record.panel"

    def _processes(self):
        return self.env["connector.process"].search(
            [("res_model", "=", self.res_model), ("res_id", "in", self.res_ids)],
            limit=TRAIL_LENGTH,
        )

    def _pending_rows(self):
        yield from super()._pending_rows()
        over = ("done", "compensated", "cancelled")
        for process in self._processes().filtered(lambda p: p.state not in over):
            yield self._row(
                process,
                "process",
                process.message or process.step_id.label or process.display_name,
                process.started_at,
                process,
            )

    def _trail_events(self, trails):
        """The steps of the processes stand among the events and jobs."""
        rows = super()._trail_events(trails)
        steps = self._processes().step_ids.filtered("started_at")
        states = dict(steps._fields["state"]._description_selection(self.env))
        return rows + [
            {
                "kind": "process",
                "title": f"{step.process_id.display_name}: {step.label}",
                "detail": step.message or states[step.state],
                "moment": step.finished_at or step.started_at,
                "correlation_id": step.process_id.correlation_id,
                "target_model": "connector.process",
                "target_id": step.process_id.id,
            }
            for step in steps
        ]
