from odoo import api, fields, models

from ..engine.queue import Again


class VendorAtWork(Exception):
    """The vendor works on what was sent; nobody waits for it.

    :param after: seconds until it is worth looking
    :param result: what was done so far
    """

    def __init__(self, after, result):
        super().__init__(after)
        self.after = after
        self.result = result


class ConnectorFlow(models.Model):
    _inherit = "connector.flow"

    push_tickets = fields.Json(
        readonly=True,
        copy=False,
        help="Jobs at the vendor that work on what was sent, by what they do.",
    )


class ConnectorPush(models.AbstractModel):
    """The push, part five: many records by a job of the vendor.

    Some vendors take thousands of records at once and work on them by and by. The
    ticket of such a job is committed with the flow, the changes stay in the outbox.
    Once the job is over, the records are read again; those that are as they were sent
    get the job's results, the others are sent as usual::

        changes ─ records ─ intents ─ submit ─┬─ …  ready? ─ records ─ collect ─ commit
                                     commit ticket

    Who dies before the ticket is committed sends all again: the same keys make and
    change nothing more.
    """

    _inherit = "connector.push"

    @api.model
    def _job_push(self, job, flow_id):
        try:
            return super()._job_push(job, flow_id)
        except VendorAtWork as work:
            return Again(after=work.after, result=work.result)

    def _round_size(self, run):
        return max(super()._round_size(run), getattr(run.writer, "bulk_size", 0))

    def _take_changes(self, run):
        tickets = run.flow.push_tickets or {}
        if tickets:
            # No record is read for nothing, and no transaction waits for the vendor.
            run.job._checkpoint()
            for ticket in tickets.values():
                after = run.writer.seconds_left(ticket)
                if after:
                    raise VendorAtWork(after, +run.stats)
        return super()._take_changes(run)

    def _send_parts(self, run, action, batch):
        tickets = run.flow.push_tickets or {}
        if action in tickets:
            batch = self._collect(run, action, tickets, batch)
        elif self._is_many(run, batch):
            self._submit(run, action, tickets, batch)
        return super()._send_parts(run, action, batch)

    def _is_many(self, run, batch):
        size = getattr(run.writer, "bulk_size", 0)
        return bool(size) and len(batch) >= run.writer.bulk_from

    def _submit(self, run, action, tickets, batch):
        """Hand records to a job of the vendor, where it takes them."""
        batch = batch[: run.writer.bulk_size]
        locked = self._locked_now(batch)
        rows = [self._row(out) for out in batch if out.binding["id"] not in locked]
        run.job._checkpoint()
        submitted = run.writer.submit(action, rows)
        if submitted is None:
            return
        ticket, after = submitted
        run.flow.push_tickets = {**tickets, action: ticket}
        run.job._checkpoint()
        raise VendorAtWork(after, +run.stats)

    def _collect(self, run, action, tickets, batch):
        """Write down what became of a job; :return: records that it says nothing of"""
        run.job._checkpoint()
        rows = [self._row(out) for out in batch]
        found = run.writer.collect(action, tickets[action], rows)
        run.flow.push_tickets = {k: v for k, v in tickets.items() if k != action}
        answered, left = [], []
        for out, row in zip(batch, rows, strict=True):
            (answered if row.key in found else left).append((out, row))
        if answered:
            self._record(
                run,
                action,
                [out for out, _row in answered],
                [found[row.key] for _out, row in answered],
            )
        return [out for out, _row in left]
