import collections

from odoo import api, fields, models
from odoo.tools import SQL

from ..engine.queue import Again
from .connector_pull import FETCH_BATCH, PAGE_SECONDS

#: Events that are looked at together: what they say of one record is one request.
TAKE_BATCH = 1000


class ConnectorEvent(models.Model):
    """From the inbox to Odoo's records.

    An event says that a record changed, not how it is now: the record is read again,
    once for all events of it, and goes the way of a pulled one. What a newer version
    was taken of is not even asked for::

        pending events ─ claim ─ per stream, parents first ─ ids in batches
                         commit                              commit ─ fetch ─ take, done
                                                                      one transaction
    """

    _inherit = "connector.event"

    @api.model
    def _job_take_events(self, job, connection_id):
        """Take what waits in the inbox of a connection, until nothing does.

        Runs beside the pulls of the same flows: where both write one record at the same
        time, one of them is rolled back by PostgreSQL and tried again, and the older
        version never overwrites the newer one. Waiting for a pull instead would let a
        first load of hours hold up every event.
        """
        connection = self.env["connector.connection"].browse(connection_id)
        stats = collections.Counter(job.result or {})
        client = None
        while True:
            events = self._claim_events(job, connection_id)
            if not events:
                return +stats
            if client is None:
                client = connection._provider()._client(connection)
            for flow, stream_events in self._by_flow(connection, events):
                if not self._take_stream(job, flow, client, stream_events, stats):
                    return Again(result=+stats)

    def _claim_events(self, job, connection_id):
        """The next pending events in the order of their arrival, noted as the job's.

        Should the job fail for good, these are the ones that go with it; what arrives
        meanwhile is the next job's.
        """
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE connector_event SET job_id = %s, correlation_id = %s
                 WHERE id IN (
                    SELECT id FROM connector_event
                     WHERE connection_id = %s AND state = 'pending'
                     ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED)
                RETURNING id, stream, remote_id, occurred_at
                """,
                job.id or None,
                job.correlation_id or None,
                connection_id,
                TAKE_BATCH,
            )
        )
        self.invalidate_model(flush=False)
        return sorted(rows)

    def _by_flow(self, connection, events):
        """Sort events by the flows that take them; those of none are ignored.

        :param events: list of ``(id, stream, remote id, occurred at)``
        :return: list of ``(flow, events)``, parents before children
        """
        by_stream = collections.defaultdict(list)
        for event in events:
            by_stream[event[1]].append(event)
        todo = []
        for stream, stream_events in by_stream.items():
            flow = self._flow_of(stream, connection)
            reason = self._reason_to_ignore(flow)
            if reason:
                self._finish_events(stream_events, "ignored", reason)
            else:
                todo.append((flow, stream_events))
        return sorted(todo, key=lambda pair: (pair[0].sequence, pair[0].id))

    @api.model
    def _flow_of(self, stream, connection):
        flows = connection.with_context(active_test=False).flow_ids
        return flows.filtered(lambda flow: flow.stream == stream)[:1]

    def _reason_to_ignore(self, flow):
        if not flow:
            return self.env._("No flow of this connection takes such records.")
        if not flow.active:
            return self.env._("The flow %s is archived.", flow.name)
        if not flow.active_map_id:
            return self.env._("The flow %s has no active field map yet.", flow.name)
        if flow.direction == "push":
            return self.env._("The flow %s takes nothing into Odoo.", flow.name)
        return None

    def _take_stream(self, job, flow, client, events, stats):
        """Take the records that the events of one flow tell of.

        :return: whether there was time for all of them
        """
        run = None
        groups = self._coalesce(events)
        wanted = self._drop_known(flow, groups, stats)
        for start in range(0, len(wanted), FETCH_BATCH):
            run = run or self.env["connector.pull"]._build(flow, job, client, stats)
            # The commit: no transaction is open while the vendor is asked.
            if job._checkpoint() < PAGE_SECONDS:
                return False
            self._take_batch(run, wanted[start : start + FETCH_BATCH], groups)
        return True

    def _coalesce(self, events):
        """``{remote id: its events}``, in order of arrival."""
        groups = collections.defaultdict(list)
        for event in events:
            groups[event[2]].append(event)
        return dict(groups)

    def _drop_known(self, flow, groups, stats):
        """The ids to ask for; of the others something newer was taken already."""
        nameless = groups.pop(None, [])
        self._finish_events(
            nameless, "ignored", self.env._("The event names no record.")
        )
        known = self._known_until(flow.connection_id, flow, groups)
        wanted, passed = [], []
        for remote_id, events in groups.items():
            until = known.get(remote_id)
            moments = [moment for _id, _stream, _remote, moment in events]
            if until and all(moment and moment < until for moment in moments):
                passed += events
            else:
                wanted.append(remote_id)
        self._finish_events(
            passed, "done", self.env._("Odoo has a newer version already.")
        )
        stats["known"] += len(groups) - len(wanted)
        return wanted

    def _known_until(self, connection, flow, remote_ids=None):
        """``{remote id: when the version that Odoo has was made}``."""
        ids = list(self.mapped("remote_id") if remote_ids is None else remote_ids)
        if not ids or not flow:
            return {}
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT remote_id, remote_updated_at FROM connector_binding
                     WHERE connection_id = %s AND entity = %s AND remote_id = ANY(%s)
                       AND state = 'synced' AND remote_updated_at IS NOT NULL
                    """,
                    connection.id,
                    flow.entity,
                    ids,
                )
            )
        )

    def _take_batch(self, run, remote_ids, groups):
        """Fetch records and take them, and their events with them."""
        records = run.reader.fetch_by_ids(remote_ids)
        self.env["connector.pull"]._take(run, records)
        gone = set(remote_ids) - {record.remote_id for record in records}
        if gone:
            self.env["connector.import"]._take_gone(run, gone)
        events = [event for remote_id in remote_ids for event in groups[remote_id]]
        self._finish_events(events, "done")

    def _finish_events(self, events, state, note=None):
        if not events:
            return
        self.env.execute_query(
            SQL(
                """
                UPDATE connector_event
                   SET state = %s, note = %s, error = NULL, processed_at = %s
                 WHERE id = ANY(%s) RETURNING id
                """,
                state,
                note,
                fields.Datetime.now(),
                [event[0] for event in events],
            )
        )
        self.invalidate_model(flush=False)
