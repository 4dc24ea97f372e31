import collections
import contextlib

from odoo import api, models

from .connector_pull import Run


class ConnectorMatcher(models.AbstractModel):
    """Says what matching would find, and writes nothing."""

    _name = "connector.matcher"
    _description = "Connector Matcher"

    @api.model
    def _report(self, flow, records):
        """Count what taking remote records would do; for a page of a dry run.

        Call it once a page and add up. All that it does is rolled back.

        :param records: list of ``records.RemoteRecord``; those that are archived at the
            vendor are left out
        :return: ``{"exact": n, "review": n, "new": n, "bound": n}``: linked by itself,
            held for a person, created, and linked before
        """
        counts = {"exact": 0, "review": 0, "new": 0, "bound": 0}
        records = {r.remote_id: r for r in records if not r.archived}
        if not records:
            return counts
        run = self._run(flow)
        bound = self.env["connector.binding"]._res_ids(
            run.connection, run.entity_name, list(records)
        )
        counts["bound"] = len(bound)
        for mapped in self._judge(
            run, [r for i, r in records.items() if i not in bound]
        ):
            if mapped.record_id:
                counts["exact"] += 1
            else:
                counts["review" if mapped.candidates else "new"] += 1
        return counts

    @api.model
    def _judge(self, run, records):
        """Match unbound records, without a trace.

        :return: list of ``connector_mapper.Mapped``: what was found is its
            ``record_id``, what a person would be asked about its ``candidates``
        """
        mapper = self.env["connector.mapper"]
        batch = [mapper._map(run.compiled, record, "") for record in records]
        with contextlib.closing(self.env.cr.savepoint()):
            run.entity._to_odoo(run, batch)
            for mapped in batch:
                # Whatever else holds a record up is not the question here.
                mapped.problems = []
            run.entity._match(run, batch)
        self.env.invalidate_all(flush=False)
        return batch

    def _run(self, flow):
        """A run that can map and match, and can neither fetch nor commit."""
        connection = flow.connection_id
        return Run(
            flow=flow,
            entity_name=flow.entity,
            on_archive=flow.on_archive,
            connection=connection,
            provider=connection._provider(),
            entity=flow._entity_model(),
            client=None,
            compiled=self.env["connector.mapper"]._compile(flow.active_map_id),
            reader=None,
            job=None,
            stats=collections.Counter(),
        )
