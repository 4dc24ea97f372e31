from odoo import api, models
from odoo.tools import SQL

from .connector_pull import FETCH_BATCH, PAGE_SECONDS
from .correlation import correlation_of

#: Bindings that one look at the database names.
COMPARE_BATCH = 10 * FETCH_BATCH


class ConnectorPull(models.AbstractModel):
    """Looks at all known records, where the vendor can't tell what it has deleted.

    Vendors tell of deletions for some days only. After a longer pause each record that
    is bound is asked for; one that isn't there any more counts as archived.
    """

    _inherit = "connector.pull"

    @api.model
    def _enqueue_compare(self, flow, after_id=0):
        """Enqueue looking at all records of a flow, from a binding on."""
        if not after_id:
            self.env["connector.log"].create(
                {
                    "connection_id": flow.connection_id.id,
                    "company_id": flow.company_id.id,
                    "flow_id": flow.id,
                    "direction": "pull",
                    "action": "run",
                    "correlation_id": correlation_of(self.env),
                    "note": self.env._(
                        "%(vendor)s can't tell any more what was deleted since the last"
                        " run: all records are compared.",
                        vendor=flow.connection_id._provider()._provider_label,
                    ),
                }
            )
        return flow._enqueue_work(
            self._name,
            "_job_compare",
            kwargs={"after_id": after_id},
            name=self.env._("Compare all of %s", flow.name),
            order_key=f"flow:{flow.id}",
            identity_key=f"compare:{flow.id}:{after_id}",
        )

    @api.model
    def _job_compare(self, job, flow_id, after_id):
        """Read records by their ids and see which of them are gone.

        Goes on in another job where time is over: what was looked at is committed.
        """
        flow = self.env["connector.flow"].browse(flow_id)
        if not flow.active or flow.direction == "push":
            return {"skipped": 1}
        run = self._start(flow, job)
        size = getattr(run.reader, "ids_limit", FETCH_BATCH)
        while rows := self._bound_after(run, after_id):
            for start in range(0, len(rows), size):
                batch = rows[start : start + size]
                self._look_at(run, [remote_id for _id, remote_id in batch])
                after_id = batch[-1][0]
                if job._checkpoint() < PAGE_SECONDS:
                    self._enqueue_compare(flow, after_id)
                    return +run.stats
        return +run.stats

    def _bound_after(self, run, after_id):
        return self.env.execute_query(
            SQL(
                """
                SELECT id, remote_id FROM connector_binding
                 WHERE connection_id = %s AND entity = %s AND id > %s
                   AND state = 'synced' AND remote_id IS NOT NULL
                 ORDER BY id LIMIT %s
                """,
                run.connection.id,
                run.entity_name,
                after_id,
                COMPARE_BATCH,
            )
        )

    def _look_at(self, run, remote_ids):
        """Take what changed of these records, and those that are gone as archived."""
        run.job._checkpoint()
        records = run.reader.fetch_by_ids(remote_ids)
        self._take(run, records)
        gone = set(remote_ids) - {
            remote_id
            for record in records
            for remote_id in (record.remote_id, *record.merged_ids)
        }
        if gone:
            self.env["connector.import"]._take_gone(run, gone)
