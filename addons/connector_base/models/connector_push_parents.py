import collections

from odoo import models

from .connector_push import ROUND_BATCHES

#: How far up parents of parents are sent first.
PARENT_LEVELS = 5


class ConnectorPush(models.AbstractModel):
    """The push, part three: what others refer to goes before them."""

    _inherit = "connector.push"

    def _send_parents(self, run, batch, level):
        """Send first what these refer to and the vendor doesn't have yet.

        Fills ``run.references`` with what it has then.

        :return: those of the batch that were not among what was sent
        """
        wanted, known = self._wanted_references(run, batch)
        bindings = self.env["connector.binding"]
        found = bindings._remote_ids(run.connection, known)
        before = set(run.tried)
        for entity, ids in wanted.items():
            missing = {
                record_id
                for record_id in ids
                if (entity, record_id) not in found
                and (entity, record_id) not in run.tried
            }
            sibling = self._sibling(run, entity) if missing else None
            if sibling and level < PARENT_LEVELS:
                run.tried |= {(entity, record_id) for record_id in missing}
                self._push_parents(sibling, sorted(missing), level + 1)
        sent = run.tried - before
        run.references = bindings._remote_ids(run.connection, known) if sent else found
        return [out for out in batch if (run.entity_name, out.res_id) not in sent]

    def _wanted_references(self, run, batch):
        """``{entity: Odoo ids}`` of what has to go, and of that and what went before"""
        wanted = collections.defaultdict(set)
        known = collections.defaultdict(set)
        for field in run.compiled.references:
            for out in batch:
                if field.name in out.wanted:
                    now = out.referred.get(field.name, ())
                    wanted[field.reference].update(now)
                    known[field.reference].update(now)
                    before = out.referred_before.get(field.name, ())
                    known[field.reference].update(before)
        return wanted, known

    def _push_parents(self, sibling, res_ids, level):
        """Send parents in batches; those that may not go stay where they are."""
        size = ROUND_BATCHES * sibling.writer.batch_size
        for start in range(0, len(res_ids), size):
            found = self._gather(sibling, res_ids[start : start + size])
            self._push(sibling, found, level)

    def _sibling(self, run, entity):
        """The run of the flow of the same connection that sends ``entity``."""
        if entity not in run.siblings:
            flow = run.connection.flow_ids.filtered(
                lambda flow: (
                    flow.entity == entity
                    and flow.active
                    and flow.direction != "pull"
                    and flow.push_create
                )
            )[:1]
            sibling = (
                self._build(flow, run.job, run.client, run.stats) if flow else None
            )
            if sibling and sibling.writer is None:
                sibling = None
            run.siblings[entity] = sibling
            if sibling:
                sibling.siblings = run.siblings
                sibling.tried = run.tried
                sibling.passing = run.passing
                sibling.tables = run.tables
        return run.siblings[entity]
