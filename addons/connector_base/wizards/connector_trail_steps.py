from odoo import models
from odoo.fields import Domain

from .connector_trail import STEPS


class ConnectorTrail(models.TransientModel):
    """Where each kind of step of a trail is found.

    The rank of a step says what comes first of what happens in one second.
    """

    _inherit = "connector.trail"

    def _step(self, rank, kind, record, moment, title, detail, **more):
        return {
            "rank": rank,
            "kind": kind,
            "moment": moment,
            "title": title,
            "detail": detail,
            "target_model": record._name,
            "target_id": record.id,
            **more,
        }

    def _labels(self, records, name):
        return dict(records._fields[name]._description_selection(self.env))

    def _jobs(self, logs):
        """Jobs of the trail, and those that wrote the rows of the log."""
        jobs = self.env["connector.job"]
        numbers = [number for number in set(logs.mapped("job_number")) if number]
        return jobs.search(
            Domain("correlation_id", "in", self.correlation_ids)
            | Domain("id", "in", numbers),
            limit=STEPS,
        )

    def _event_steps(self, jobs):
        events = self.env["connector.event"]
        domain = Domain("correlation_id", "in", self.correlation_ids) | Domain(
            "job_id", "in", jobs.ids
        )
        if self._of_record() is not None:
            domain &= Domain("remote_id", "in", self.remote_ids or [])
        found = events.search(domain, limit=STEPS)
        states = self._labels(events, "state")
        for event in found:
            yield self._step(
                *(0, "event", event, event.received_at),
                self.env._("%s told of it", event.connection_id.name),
                " · ".join(filter(None, [event.kind, event.error or event.note])),
                system=event.connection_id.name,
                direction="pull",
                remote_id=event.remote_id,
            )
            if event.processed_at:
                yield self._step(
                    *(5, "event", event, event.processed_at),
                    self.env._("The event was dealt with"),
                    states[event.state],
                    system=event.connection_id.name,
                    direction="pull",
                    remote_id=event.remote_id,
                )

    def _job_steps(self, jobs):
        states = self._labels(jobs, "state")
        for job in jobs:
            common = {
                "system": job.connection_id.name,
                "request_id": (job.sudo().error_detail or {}).get("request_id"),
            }
            yield self._step(
                *(1, "job", job, job.create_date),
                self.env._("Put into the queue: %s", job.name),
                False,
                **common,
            )
            if job.started_at:
                yield self._step(
                    *(2, "job", job, job.started_at),
                    self.env._("Begun: %s", job.name),
                    self.env._("Try %s", job.attempt),
                    **common,
                )
            if job.finished_at:
                yield self._step(
                    *(6, "job", job, job.finished_at),
                    f"{states[job.state]}: {job.name}",
                    job.error or job.result_text,
                    **common,
                )

    def _log_steps(self, logs):
        actions = self._labels(logs, "action")
        for log in logs:
            yield self._step(
                *(3, "change", log, log.create_date),
                f"{actions[log.action]}: {log.record_name or log.remote_id or ''}",
                log.changes_line,
                system=log.connection_id.name,
                direction=log.direction,
                map_version=log.map_version,
                request_id=log.request_id,
                remote_id=log.remote_id,
                user_id=log.user_id.id,
            )

    def _change_steps(self):
        """What still waits to go out."""
        changes = self.env["connector.change"]
        domain = Domain("correlation_id", "in", self.correlation_ids)
        if self._of_record() is not None and self.res_ids:
            domain &= Domain("res_model", "=", self.res_model) & Domain(
                "res_id", "in", self.res_ids
            )
        states = self._labels(changes, "state")
        for change in changes.search(domain, limit=STEPS):
            yield self._step(
                *(4, "change", change, change.create_date),
                self.env._("Waits to go out: %s", change.flow_id.name),
                " · ".join(filter(None, [states[change.state], change.fields_line])),
                system=change.flow_id.connection_id.name,
                direction="push",
            )

    def _exception_steps(self, logs):
        """What held the record up; causes don't name trails, records do."""
        items = self.env["connector.exception.item"]
        remote_ids = self.remote_ids or []
        domain = Domain("remote_id", "in", remote_ids)
        if self.connection_id:
            domain &= Domain("connection_id", "=", self.connection_id.id)
        if self.res_ids:
            domain |= (
                Domain("direction", "=", "push")
                & Domain("res_model", "=", self.res_model)
                & Domain("res_id", "in", self.res_ids)
            )
        if not self.of_record:
            return
        states = self._labels(items, "state")
        for item in items.search(domain, limit=STEPS):
            cause = item.exception_id
            common = {
                "system": item.connection_id.name,
                "direction": item.direction,
                "remote_id": item.remote_id,
            }
            yield self._step(
                *(4, "exception", cause, item.create_date),
                self.env._("Held: %s", cause.name),
                item.message,
                **common,
            )
            yield self._step(
                *(4, "exception", cause, item.write_date),
                f"{states[item.state]}: {cause.name}",
                item.ignore_reason or cause.ignore_reason,
                **common,
            )

    def _process_steps(self, logs):
        """Steps of processes that the record or the trail set off."""
        processes = self.env["connector.process"]
        domain = Domain("correlation_id", "in", self.correlation_ids)
        named = {(self.res_model, res_id) for res_id in self.res_ids or []}
        if self.of_record:
            named |= {(log.res_model, log.res_id) for log in logs if log.res_id}
        for model in {model for model, _id in named}:
            ids = [res_id for one, res_id in named if one == model]
            domain |= Domain("res_model", "=", model) & Domain("res_id", "in", ids)
        steps = processes.search(domain, limit=STEPS).step_ids.filtered("started_at")
        states = self._labels(steps, "state")
        for step in steps:
            yield self._step(
                *(4, "process", step.process_id, step.finished_at or step.started_at),
                f"{step.process_id.display_name}: {step.label}",
                step.message or states[step.state],
            )

    def _audit_steps(self, jobs):
        audit = self.env["connector.audit"]
        domain = Domain("correlation_id", "in", self.correlation_ids)
        domain |= Domain("res_model", "=", jobs._name) & Domain(
            "res_id", "in", jobs.ids
        )
        for row in audit.search(domain, limit=STEPS):
            yield self._step(
                *(4, "audit", row, row.create_date),
                row.summary,
                row.changes_line,
                system=row.connection_id.name,
                map_version=row.map_version,
                request_id=row.request_id,
                user_id=row.user_id.id,
            )
