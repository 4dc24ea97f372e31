import collections
import contextlib

from odoo import api, models

from .connector_pull import Run


class ConnectorMatcher(models.AbstractModel):
    """What matching would do with remote records, without doing it."""

    _name = "connector.matcher"
    _description = "Connector Matcher"

    @api.model
    def _report(self, flow, records):
        """Count what matching would make of records; nothing of it is kept.

        :param flow: ``connector.flow``
        :param records: list of ``records.RemoteRecord``
        :return: ``{"exact": n, "review": n, "new": n, "bound": n}``: linked to one Odoo
            record, asked, made anew, and known already
        """
        counts = collections.Counter({"exact": 0, "review": 0, "new": 0, "bound": 0})
        with contextlib.closing(self.env.cr.savepoint()):
            run = self._run(flow)
            known = self.env["connector.binding"]._res_ids(
                flow.connection_id, flow.entity, {r.remote_id for r in records}
            )
            counts["bound"] = sum(r.remote_id in known for r in records)
            mapper = self.env["connector.mapper"]
            batch = [
                mapper._map(run.compiled, record, "")
                for record in records
                if record.remote_id not in known
            ]
            run.entity._to_odoo(run, [m for m in batch if not m.held])
            for mapped in batch:
                # Parents come before their children when it is for real.
                mapped.problems = [
                    problem
                    for problem in mapped.problems
                    if problem.error_class != "missing_dependency"
                ]
            run.entity._match(run, [m for m in batch if not m.held])
            for mapped in batch:
                outcome = "exact" if mapped.record_id else "new"
                counts["review" if mapped.held else outcome] += 1
        return dict(counts)

    def _run(self, flow):
        return Run(
            flow=flow,
            entity_name=flow.entity,
            on_archive=flow.on_archive,
            connection=flow.connection_id,
            provider=flow.connection_id._provider(),
            entity=flow._entity_model(),
            client=None,
            compiled=self.env["connector.mapper"]._compile(flow.active_map_id),
            reader=None,
            job=self.env["connector.job"],
            stats=collections.Counter(),
        )
