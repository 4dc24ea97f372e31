import contextlib

from odoo import api, models

#: What becomes of a remote record: linked by itself, held for a person, created, and
#: linked before.
OUTCOMES = ("exact", "review", "new", "bound")


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
        :return: ``{outcome: number of records}``, see ``OUTCOMES``
        """
        found = list(self._outcomes(self._run(flow), records).values())
        return {outcome: found.count(outcome) for outcome in OUTCOMES}

    @api.model
    def _outcomes(self, run, records):
        """``{remote id: outcome}``, without a trace; see :meth:`_report`"""
        records = {r.remote_id: r for r in records if not r.archived}
        bound = self.env["connector.binding"]._res_ids(
            run.connection, run.entity_name, list(records)
        )
        found = dict.fromkeys(bound, "bound")
        unbound = [r for i, r in records.items() if i not in bound]
        for mapped in self._judge(run, unbound) if unbound else ():
            asked = "review" if mapped.candidates else "new"
            found[mapped.record.remote_id] = "exact" if mapped.record_id else asked
        return found

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
        return batch

    def _run(self, flow):
        """A run that can map and match, and can neither fetch nor commit."""
        return self.env["connector.trial"]._run_of(flow.active_map_id)
