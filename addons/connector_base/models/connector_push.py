import collections
import dataclasses

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine import errors
from ..engine.queue import Again
from .bulk_insert import bulk_insert
from .connector_mapper_outgoing import Outgoing

#: Seconds that must be left of the worker's time for one more round.
ROUND_SECONDS = 5
#: Batches of the vendor's size that are read from Odoo together.
ROUND_BATCHES = 10
#: States of bindings that a push leaves alone.
EXCLUDED_STATES = ("archived", "missing", "merged", "erased")


@dataclasses.dataclass(slots=True)
class PushRun:
    """What stays the same while one flow is pushed, looked up once.

    A commit clears Odoo's cache: what each batch asks for is held as plain values.
    """

    flow: object
    entity_name: str
    connection: object
    provider: object
    entity: object
    client: object
    writer: object
    compiled: object
    job: object
    stats: collections.Counter
    may_create: bool
    may_update: bool
    archives: bool
    both_ways: bool
    #: Domain of what may go out, archived or not
    domain: object
    correlation_id: str | None = None
    #: whether the vendor keeps our key, as far as we know
    prepared: bool = False
    #: entity -> PushRun of the flow that sends it, or None
    siblings: dict = dataclasses.field(default_factory=dict)
    #: (entity, Odoo id) of parents that were tried already
    tried: set = dataclasses.field(default_factory=set)
    #: (entity, Odoo id) -> remote id of what the records of this round refer to
    references: dict = dataclasses.field(default_factory=dict)
    #: plain look-up tables that hardly ever change, as countries by code
    tables: dict = dataclasses.field(default_factory=dict)
    #: errors of single rows that pass by themselves: raised when all is noted
    passing: list = dataclasses.field(default_factory=list)
    #: the run of the pull that looks at records before they are sent
    looking: object = None


class ConnectorPush(models.AbstractModel):
    """Send what changed: the outbox in rounds, each in batches of the vendor's size.

    The latest state of a record is read from the record, not from its changes; of that
    goes what differs from what both sides agreed on last. No transaction waits for the
    vendor, and what was done is committed with each batch::

        changes, records ─ parents first ─ intents ─┬─ commit ─ request ─┬─ commit
           one query each                 new ones  └─ bindings, log, outbox ┘
    """

    _name = "connector.push"
    _description = "Connector Push"

    # -- jobs -----------------------------------------------------------------

    @api.model
    def _job_push(self, job, flow_id):
        """Send a flow's changes until none waits, or time is over."""
        flow = self.env["connector.flow"].browse(flow_id)
        if not flow.active or flow.direction == "pull" or not flow.active_map_id:
            return {"skipped": 1}
        run = self._start(flow, job)
        while True:
            found = self._take_changes(run)
            if not found:
                break
            self._push(run, found)
            left = job._checkpoint()
            if run.passing:
                raise run.passing[0]
            if left < ROUND_SECONDS:
                return Again(result=+run.stats)
        self._finish(run)
        return +run.stats

    @api.model
    def _start(self, flow, job):
        connection = flow.connection_id
        client = connection._provider()._client(connection)
        stats = collections.Counter(job.result or {})
        run = self._build(flow, job, client, stats)
        run.siblings[flow.entity] = run
        if run.writer is None:
            provider = connection._provider()
            raise errors.InvalidRecord(
                f"{provider._provider_label} can't be written to.",
                code="no_writer",
                params={"vendor": provider._provider_label, "stream": flow.name},
            )
        return run

    def _build(self, flow, job, client, stats):
        connection = flow.connection_id
        provider = connection._provider()
        entity = flow._entity_model()
        domain = entity._eligible_domain() & flow._push_domain()
        return PushRun(
            flow=flow,
            entity_name=flow.entity,
            connection=connection,
            provider=provider,
            entity=entity,
            client=client,
            writer=provider._careful_writer(connection, flow.stream, client),
            compiled=self.env["connector.mapper"]._compile_outgoing(flow.active_map_id),
            job=job,
            stats=stats,
            may_create=flow.push_create,
            may_update=flow.push_update,
            archives=flow.on_unlink == "archive",
            both_ways=flow.direction == "both",
            # Whether a record is archived is looked at apart: a lost deal is not.
            domain=domain.map_conditions(
                lambda condition: (
                    Domain.TRUE if condition.field_expr == "active" else condition
                )
            ),
            correlation_id=job.correlation_id if job else None,
        )

    def _finish(self, run):
        """Note that the outbox of the flow was empty."""
        result = ", ".join(
            f"{count} {name}" for name, count in sorted(run.stats.items()) if count
        )
        run.flow.write(
            {"last_push_at": fields.Datetime.now(), "last_push_result": result}
        )
        self.env["connector.exception"]._settle_flow(run.flow, "push")

    # -- changes --------------------------------------------------------------

    def _take_changes(self, run):
        """The oldest records that wait, each with all of its changes.

        What a later change of a held record brings is tried together with what is held.

        :return: list of ``connector_mapper_outgoing.Outgoing``
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT res_id FROM connector_change
                 WHERE flow_id = %s AND state = 'pending'
                 ORDER BY id LIMIT %s
                """,
                run.flow.id,
                self._round_size(run),
            )
        )
        return self._gather(run, dict.fromkeys(res_id for (res_id,) in rows))

    def _round_size(self, run):
        """Most records that are read from Odoo together."""
        return ROUND_BATCHES * run.writer.batch_size

    def _gather(self, run, res_ids):
        """Records with their changes, if any, in order."""
        found = {res_id: Outgoing(res_id) for res_id in res_ids}
        if found:
            rows = self.env.execute_query_dict(
                SQL(
                    """
                    SELECT id, res_id, operation, remote_id, correlation_id,
                           user_id
                      FROM connector_change
                     WHERE res_model = %s AND res_id IN %s AND flow_id = %s
                     ORDER BY id
                    """,
                    run.entity._entity_model,
                    tuple(found),
                    run.flow.id,
                )
            )
            for row in rows:
                found[row["res_id"]].changes.append(row)
        return list(found.values())

    # -- a round --------------------------------------------------------------

    def _push(self, run, batch, level=0):
        """Send records; all of them are done, held, or still wait afterwards."""
        self._read(run, batch)
        live, archived = self._sort_out(run, batch)
        mapper = self.env["connector.mapper"]
        for out in live:
            mapper._choose(run, out)
        if self._look_first(run, live):
            # Merged with what was there; some of them may be archived by now.
            self._read(run, live)
            live, more = self._sort_out(run, live)
            archived += more
            for out in live:
                mapper._choose(run, out)
        self._send_archived(run, archived)
        run.entity._referred(run, live, run.compiled.references)
        changed, same = [], []
        for out in live:
            (changed if out.lines or not out.remote_id else same).append(out)
        self._drop(run, same, "unchanged")
        changed = self._send_parents(run, changed, level)
        run.entity._from_odoo(
            run, changed, {name for out in changed for name in out.wanted}
        )
        for out in changed:
            mapper._render(run, out)
        self._hold(run, [out for out in changed if out.held])
        self._send(run, [out for out in changed if not out.held])

    def _read(self, run, batch):
        """Read bindings and records, one query each, whatever became of them."""
        ids = [out.res_id for out in batch]
        bindings = self._binding_rows(run, ids)
        model = self.env[run.entity._entity_model].with_context(active_test=False)
        records = model.browse(ids).exists()
        rows = {
            row["id"]: row for row in records.read(run.compiled.odoo_names, load=None)
        }
        eligible = set(model.search(Domain("id", "in", records.ids) & run.domain).ids)
        contested = self._contested(run, rows)
        for out in batch:
            out.lines, out.wanted, out.agreed = [], set(), {}
            out.contested = frozenset(contested.get(out.res_id, ()))
            out.binding = bindings.get(out.res_id)
            out.row = rows.get(out.res_id)
            out.agreed_before = (out.binding or {}).get("agreed") or {}
            out.eligible = out.res_id in eligible

    def _binding_rows(self, run, res_ids):
        """``{Odoo id: row of its binding}``"""
        return self.env["connector.binding"]._rows(
            run.connection, run.entity_name, "res_id", res_ids
        )

    def _sort_out(self, run, batch):
        """Drop what doesn't go out, by the rules of the flow.

        :return: ``(records to create or update, records to archive)``
        """
        live, archived, dropped, locked, forbidden = [], [], [], [], []
        for out in batch:
            if out.locked:
                locked.append(out)
                continue
            action = self._action(run, out)
            if action == "archive":
                archived.append(out)
            elif action == "forbidden":
                forbidden.append(out)
            elif action:
                live.append(out)
            else:
                dropped.append(out)
        self._keep_locked(run, locked)
        self._log_forbidden(run, forbidden)
        self._drop(run, dropped + forbidden, "excluded")
        return live, archived

    def _action(self, run, out):
        """What is to be done with a record; ``None`` where it is none of ours.

        :return: ``create``, ``update``, ``archive``, ``forbidden`` where the flow may
            not do it, or ``None``
        """
        if out.binding and out.binding["state"] in EXCLUDED_STATES:
            return None
        if out.row is None or run.entity._is_archived(out.row):
            # One that the vendor never had is made and removed again: nothing.
            return "archive" if run.archives and out.remote_id else None
        if not out.eligible:
            return None
        if out.remote_id:
            return "update" if run.may_update else "forbidden"
        if not run.entity._may_be_made(out.row):
            return None
        return "create" if run.may_create else "forbidden"

    def _keep_locked(self, run, batch):
        """Leave changes of locked records where they are until they are unlocked."""
        self._hold_changes(batch)
        run.stats["locked"] += len(batch)

    def _log_forbidden(self, run, batch):
        """Say in the log of a record why its change did not go out."""
        reasons = {
            True: self.env._("%s may not update records remotely.", run.flow.name),
            False: self.env._("%s may not create records remotely.", run.flow.name),
        }
        bulk_insert(
            self.env["connector.log"],
            [
                self._log_row(
                    run,
                    "exclude",
                    out,
                    out.remote_id,
                    note=reasons[bool(out.remote_id)],
                )
                for out in batch
            ],
        )

    def _drop(self, run, batch, stat):
        """These need nothing: their changes are done."""
        if not batch:
            return
        self._forget_changes(batch)
        self.env["connector.exception"]._settle_outgoing(
            run.flow, [out.res_id for out in batch]
        )
        run.stats[stat] += len(batch)

    def _forget_changes(self, batch):
        """Delete the changes that were answered; later ones stay."""
        ids = [change["id"] for out in batch for change in out.changes]
        if ids:
            self.env.cr.execute(
                SQL("DELETE FROM connector_change WHERE id IN %s", tuple(ids))
            )
            self.env["connector.change"].invalidate_model(flush=False)
        self._finish_making(batch)

    def _hold(self, run, batch):
        """Leave these to a person: their changes wait, with what hinders them."""
        if not batch:
            return
        self._hold_changes(batch)
        self._report(run, batch)
        run.stats["held"] += len(batch)

    def _hold_changes(self, batch):
        ids = [change["id"] for out in batch for change in out.changes]
        if ids:
            self.env.cr.execute(
                SQL(
                    "UPDATE connector_change SET state = 'held' WHERE id IN %s",
                    tuple(ids),
                )
            )
            self.env["connector.change"].invalidate_model(flush=False)

    def _report(self, run, batch):
        """Open, renew and close exceptions as this try came out."""
        if not batch:
            return
        exceptions = self.env["connector.exception"]
        cases = [(out, problem) for out in batch for problem in out.problems]
        exceptions._settle_outgoing(run.flow, [out.res_id for out in batch], cases)
        exceptions._report_outgoing(run.flow, cases)
