import collections
import contextlib
import dataclasses

from odoo import api, models

from .connector_mapper import Mapped
from .connector_mapper_outgoing import Outgoing
from .connector_outbox import ORIGIN
from .connector_pull import Run
from .connector_push import PushRun

#: Records that are tried together: as many as a pull writes at once.
TRIAL_BATCH = 500


@dataclasses.dataclass(slots=True)
class Trial:
    """What a map would make of a record.

    :param mapped: ``connector_mapper.Mapped`` after the merge: ``values`` are what
        would be written
    :param theirs: ``{Odoo field: value}`` before the merge
    """

    mapped: Mapped
    theirs: dict


class ConnectorTrial(models.AbstractModel):
    """Tries a map on records without writing anything.

    It is the engine's own mapping, matching and merging, up to where it would write,
    in a savepoint that is always rolled back: what these steps note on their way, as
    values that nobody has mapped yet, is undone as well.
    """

    _name = "connector.trial"
    _description = "Connector Trial"

    @api.model
    def _run_of(self, field_map, tables=None):
        """A run of a version of a map that can't ask the vendor anything.

        :param tables: look-up tables of another run of the same flow
        """
        flow = field_map.flow_id
        connection = flow.connection_id
        lines = field_map.line_ids.filtered(lambda line: line.direction != "push")
        lines = lines._in_force()
        pull = self.env["connector.pull"]
        run = Run(
            flow=flow,
            entity_name=flow.entity,
            on_archive=flow.on_archive,
            connection=connection,
            provider=connection._provider(),
            entity=flow._entity_model().with_context(**{ORIGIN: connection.id}),
            client=None,
            compiled=self.env["connector.mapper"]._compile(field_map),
            reader=None,
            job=None,
            stats=collections.Counter(),
            paths=lines._targets_by_path(),
            tables={} if tables is None else tables,
        )
        pull._let_rest(run, pull._idle_paths(field_map))
        return run

    @api.model
    def _try(self, run, records):
        """Take records as a pull would, and undo it.

        Those that are locked or were deleted in Odoo are left out: nothing of them
        would be taken.

        :param records: list of ``records.RemoteRecord``
        :return: list of :class:`Trial`, in the same order
        """
        trials = []
        for start in range(0, len(records), TRIAL_BATCH):
            with contextlib.closing(self.env.cr.savepoint()):
                trials += self._try_batch(run, records[start : start + TRIAL_BATCH])
        return trials

    def _try_batch(self, run, records):
        importer = self.env["connector.import"]
        rows = importer._binding_rows(run, [r.remote_id for r in records] or [""])
        batch = []
        for record in records:
            row = rows.get(record.remote_id)
            if row and row["state"] in ("locked", "missing"):
                continue
            mapped = self.env["connector.mapper"]._map(run.compiled, record, "")
            mapped.binding = row
            mapped.record_id = row and row["res_id"]
            batch.append(mapped)
        importer._drop_deleted(run, batch)
        run.entity._to_odoo(run, [m for m in batch if not m.held])
        run.entity._match(run, [m for m in batch if not m.held and not m.record_id])
        ready = [m for m in batch if not m.held]
        importer._forbid_creation(run, ready)
        trials = [Trial(m, {**m.values, **m.deferred}) for m in batch]
        importer._merge(run, [m for m in ready if m.record_id])
        run.entity._check_changes(run, [m for m in ready if m.record_id])
        return trials

    # -- out of Odoo ------------------------------------------------------------

    @api.model
    def _try_push(self, field_map, res_id):
        """What would be sent of an Odoo record, by a version of a map.

        :return: ``(connector_mapper_outgoing.Outgoing, CompiledOutgoing)``; its
            ``row`` is ``None`` where the record is gone, ``lines`` are those that go
        """
        run = self._push_run_of(field_map)
        out = Outgoing(res_id)
        with contextlib.closing(self.env.cr.savepoint()):
            push = self.env["connector.push"]
            push._read(run, [out])
            if out.row is None:
                return out, run.compiled
            run.entity._referred(run, [out], run.compiled.references)
            self.env["connector.mapper"]._choose(run, out)
            _wanted, known = push._wanted_references(run, [out])
            run.references = self.env["connector.binding"]._remote_ids(
                run.connection, known
            )
            run.entity._from_odoo(run, [out], set(out.wanted))
            self.env["connector.mapper"]._render(run, out)
        return out, run.compiled

    def _push_run_of(self, field_map):
        flow = field_map.flow_id
        connection = flow.connection_id
        entity = flow._entity_model()
        return PushRun(
            flow=flow,
            entity_name=flow.entity,
            connection=connection,
            provider=connection._provider(),
            entity=entity,
            client=None,
            writer=None,
            compiled=self.env["connector.mapper"]._compile_outgoing(field_map),
            job=None,
            stats=collections.Counter(),
            may_create=flow.push_create,
            may_update=flow.push_update,
            archives=False,
            both_ways=flow.direction == "both",
            domain=entity._eligible_domain() & flow._push_domain(),
        )
