import collections
import dataclasses
import time

from odoo import api, fields, models
from odoo.tools import SQL

from ..engine.errors import ConnectorError
from ..engine.hashing import fingerprint
from ..engine.queue import Again
from ..engine.read_ahead import ReadAhead
from .connector_outbox import ORIGIN

#: Seconds that must be left of the worker's time for one more page.
PAGE_SECONDS = 2
#: Seconds after which the cursor is saved although nothing was written.
SAVE_SECONDS = 5
#: How far up parents of parents are fetched.
PARENT_LEVELS = 5
#: Ids asked for at once.
FETCH_BATCH = 100


@dataclasses.dataclass(slots=True)
class Run:
    """What stays the same while one flow is pulled, looked up once.

    A commit between pages clears Odoo's cache: what each page asks for is held here as
    plain values.
    """

    flow: object
    entity_name: str
    on_archive: str
    connection: object
    provider: object
    entity: object
    client: object
    compiled: object
    reader: object
    job: object
    stats: collections.Counter
    correlation_id: str | None = None
    request_id: str | None = None
    #: (entity, remote id) of parents that the vendor doesn't have
    absent: set = dataclasses.field(default_factory=set)
    #: entity -> Run of the flow that feeds it, or None
    siblings: dict = dataclasses.field(default_factory=dict)
    #: plain look-up tables that hardly ever change, as countries by code
    tables: dict = dataclasses.field(default_factory=dict)
    #: remote paths that the map reads, with the entity fields that each fills; those
    #: that the vendor has no more; Odoo fields that known records keep, and entity
    #: fields left out, because of them
    paths: dict = dataclasses.field(default_factory=dict)
    idle: frozenset = frozenset()
    resting: frozenset = frozenset()
    unsure: frozenset = frozenset()
    #: how many of its records are kept as they came
    keep_payloads: int = 0
    #: whether a push reads the records, before it sends them
    sending: bool = False


class ConnectorPull(models.AbstractModel):
    """Pull in pages: a page is fetched, taken and committed together with the cursor.

    No write and no lock waits for the vendor::

        page ─ what changed? ─┬─ import, cursor ─ checkpoint ─ page ─ …
                  one query   │  one transaction    commit
                 missing parents: commit ─ fetch them

    The vendor's pages are gathered to batches of a size that suits Odoo; the next one
    is fetched by a thread of its own, which knows no database, while one is written.
    """

    _name = "connector.pull"
    _description = "Connector Pull"

    # -- jobs -----------------------------------------------------------------

    @api.model
    def _enqueue_ids(self, flow, remote_ids):
        """Enqueue reading these records again, whatever cursor and hash say.

        :return: the job, or none
        """
        if not flow or not remote_ids:
            return self.env["connector.job"]
        ids = sorted(set(remote_ids))
        return flow._enqueue_work(
            self._name,
            "_job_pull_ids",
            kwargs={"remote_ids": ids},
            name=self.env._(
                "Pull %(count)s of %(flow)s", count=len(ids), flow=flow.name
            ),
            order_key=f"flow:{flow.id}",
            identity_key=f"pull:{flow.id}:{','.join(ids)}" if len(ids) == 1 else None,
        )

    @api.model
    def _job_pull(self, job, flow_id):
        """Pull a flow from its cursor on, until nothing is left or time is over."""
        flow = self.env["connector.flow"].browse(flow_id)
        if not flow.active or flow.direction == "push" or not flow.active_map_id:
            return {"skipped": 1}
        started_at = fields.Datetime.now()
        if flow._takes_nothing():
            # As orders, which are only told to the vendor: what it has of them is not
            # asked for, and nobody is asked about it.
            flow.last_success_at = started_at
            return {"skipped": 1}
        run = self._start(flow, job)
        saved = reached = flow.cursor or None
        cursor = saved or flow._first_cursor()
        job._checkpoint()
        saved_at = time.monotonic()
        with ReadAhead(run.reader.fetch_page, cursor) as ahead:
            while True:
                try:
                    page = ahead.next_page()
                except ConnectorError:
                    self._keep_reached(flow, job, saved, reached)
                    raise
                run.request_id = page.request_id
                written = self._take(run, page.records)
                reached = page.next_cursor
                late = page.wait or time.monotonic() > saved_at + SAVE_SECONDS
                if written or page.done or late:
                    if (flow.cursor or None) != saved:
                        # Somebody wants all of it read again: begin anew.
                        return Again(result=+run.stats)
                    saved = page.next_cursor
                    flow.write({"cursor": saved, "last_run_at": started_at})
                if page.gap:
                    self._enqueue_compare(flow)
                if page.done:
                    run.entity._after_pull(run)
                    self._finish(run, started_at)
                    return +run.stats
                if not written and not late:
                    # Nothing to commit, and nothing to wait for the disk for.
                    self.env.cr.rollback()
                    continue
                if page.wait:
                    return Again(after=page.wait, result=+run.stats)
                saved_at = time.monotonic()
                if job._checkpoint() < PAGE_SECONDS:
                    return Again(result=+run.stats)

    @api.model
    def _keep_reached(self, flow, job, saved, reached):
        """Keep how far pages came that nothing had to be written of.

        Where a vendor lets us read a few pages at a time, these would be read again and
        again, and none behind them.
        """
        if reached != saved and (flow.cursor or None) == saved:
            flow.cursor = reached
            job._checkpoint()

    @api.model
    def _job_pull_ids(self, job, flow_id, remote_ids):
        """Read some records again and take them whatever their hash says."""
        flow = self.env["connector.flow"].browse(flow_id)
        if not flow.active or flow.direction == "push" or flow._takes_nothing():
            # Whatever it was enqueued for: the flow takes nothing into Odoo.
            return {"skipped": len(remote_ids)}
        run = self._start(flow, job)
        for start in range(0, len(remote_ids), FETCH_BATCH):
            self._take_ids(run, remote_ids[start : start + FETCH_BATCH])
        run.entity._after_pull(run)
        return +run.stats

    def _take_ids(self, run, remote_ids):
        """Read records by their ids, then take them whatever their hash says.

        What was done before is committed first: no write waits for the vendor.
        """
        records = []
        for start in range(0, len(remote_ids), FETCH_BATCH):
            run.job._checkpoint()
            records += run.reader.fetch_by_ids(remote_ids[start : start + FETCH_BATCH])
        self._take(run, records, force=True)
        gone = set(remote_ids) - {record.remote_id for record in records}
        if gone:
            self.env["connector.import"]._take_gone(run, gone)

    @api.model
    def _start(self, flow, job):
        connection = flow.connection_id
        provider = connection._provider()
        return self._build(
            flow,
            job,
            provider._client(connection),
            collections.Counter(job.result or {}),
        )

    def _build(self, flow, job, client, stats):
        connection = flow.connection_id
        provider = connection._provider()
        field_map = flow.active_map_id
        lines = field_map.line_ids.filtered(lambda line: line.direction != "push")
        lines = lines._in_force()
        paths = lines.mapped("remote_path")
        if flow.direction != "pull" and provider._key_path(flow.stream):
            paths.append(provider._key_path(flow.stream))
        compiled = self.env["connector.mapper"]._compile(field_map)
        return Run(
            flow=flow,
            paths=lines._targets_by_path(),
            keep_payloads=flow.keep_payloads,
            entity_name=flow.entity,
            on_archive=flow.on_archive,
            connection=connection,
            provider=provider,
            # What it writes doesn't go back to where it came from.
            entity=flow._entity_model().with_context(**{ORIGIN: connection.id}),
            client=client,
            compiled=compiled,
            reader=provider._careful_reader(connection, flow.stream, paths, client),
            job=job,
            stats=stats,
            correlation_id=job.correlation_id if job else None,
        )

    def _finish(self, run, started_at):
        """Note a completed pass: the flow is up to date as of when it began."""
        result = ", ".join(
            f"{count} {name}" for name, count in sorted(run.stats.items()) if count
        )
        run.flow.write({"last_success_at": started_at, "last_result": result})
        changed = set(run.stats) - {"unchanged"}
        if any(run.stats[name] for name in changed):
            self.env["connector.log"].create(
                {
                    "connection_id": run.connection.id,
                    "company_id": run.connection.company_id.id,
                    "flow_id": run.flow.id,
                    "job_number": run.job.id,
                    "correlation_id": run.correlation_id,
                    "direction": "pull",
                    "action": "run",
                    "map_version": run.compiled.version,
                    "note": result,
                    "duration_ms": (fields.Datetime.now() - started_at).total_seconds()
                    * 1000,
                }
            )
        self.env["connector.exception"]._settle_flow(run.flow)

    # -- a page ---------------------------------------------------------------

    def _take(self, run, records, force=False):
        """Take the records of a page into Odoo; what can't be taken is reported.

        Writes nothing before the last request to the vendor.

        :return: whether anything was written
        """
        todo = self._changed(run, records, force)
        if not todo:
            return False
        layers = self._fetch_parents(run, [record for record, _digest in todo])
        importer = self.env["connector.import"]
        # Of two that this record refers to, one may refer to the other.
        layers = sorted(reversed(layers), key=lambda layer: layer[0].flow.sequence)
        for sibling, parents in layers:
            importer._import(sibling, self._changed(sibling, parents, force=False))
        importer._import(run, todo)
        return True

    def _changed(self, run, records, force):
        """Drop what is as we know it already: one query and a hash per record.

        :return: list of ``(record, digest)``
        """
        if not records:
            return []
        known = dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT remote_id, content_hash FROM connector_binding
                     WHERE connection_id = %s AND entity = %s AND remote_id IN %s
                    """,
                    run.connection.id,
                    run.entity_name,
                    tuple(record.remote_id for record in records),
                )
            )
        )
        digest = self.env["connector.mapper"]._digest
        todo = []
        # The later of two versions in one page is the newer one.
        for record in {record.remote_id: record for record in records}.values():
            current = (
                f"archived:{run.on_archive}"
                if record.archived
                else digest(run.compiled, record)
            )
            if record.merged_ids:
                # Something new, although no value of its own has changed.
                current = fingerprint(current, *record.merged_ids)
            if force or known.get(record.remote_id) != current:
                todo.append((record, current))
        run.stats["unchanged"] += len(records) - len(todo)
        return todo

    # -- parents --------------------------------------------------------------

    def _fetch_parents(self, run, records):
        """Fetch the records that these refer to and that Odoo doesn't know yet.

        :return: list of ``(run, records)``, nearest parents first
        """
        layers = []
        level = [(run, records)]
        # In a batch once is enough, even where records refer to each other in a ring.
        asked = {(run.entity_name, record.remote_id) for record in records}
        for _level in range(PARENT_LEVELS):
            wanted = collections.defaultdict(set)
            for level_run, level_records in level:
                self._collect_references(level_run, level_records, wanted)
            level = []
            for entity, remote_ids in wanted.items():
                todo = {
                    remote_id
                    for remote_id in remote_ids
                    if (entity, remote_id) not in asked
                    and (entity, remote_id) not in run.absent
                }
                todo -= (
                    self.env["connector.binding"]
                    ._res_ids(run.connection, entity, todo)
                    .keys()
                )
                sibling = self._sibling(run, entity) if todo else None
                if sibling is None:
                    continue
                asked |= {(entity, remote_id) for remote_id in todo}
                level.append((sibling, self._fetch_missing(run, sibling, todo)))
            if not level:
                break
            layers.extend(level)
        return layers

    def _fetch_missing(self, run, sibling, remote_ids):
        found = []
        ids = sorted(remote_ids)
        for start in range(0, len(ids), FETCH_BATCH):
            run.job._checkpoint()
            found += sibling.reader.fetch_by_ids(ids[start : start + FETCH_BATCH])
        present = {record.remote_id for record in found if not record.archived}
        run.absent |= {
            (sibling.entity_name, remote_id) for remote_id in remote_ids - present
        }
        return [record for record in found if not record.archived]

    def _collect_references(self, run, records, wanted):
        lines = [line for line in run.compiled.lines if line.field.reference]
        referred = self.env["connector.mapper"]._referred_ids
        for record in records:
            if record.archived:
                continue
            for line in lines:
                wanted[line.field.reference].update(
                    referred(run.compiled, line, record.values)
                )

    def _sibling(self, run, entity):
        """The run of the flow of the same connection that feeds ``entity``."""
        if entity == run.entity_name:
            return run
        if entity not in run.siblings:
            flow = run.connection.flow_ids.filtered(
                lambda flow: (
                    flow.entity == entity
                    and flow.active
                    and flow.direction != "push"
                    and flow.active_map_id
                )
            )[:1]
            run.siblings[entity] = (
                self._build(flow, run.job, run.client, run.stats) if flow else None
            )
            if flow:
                run.siblings[entity].siblings = run.siblings
                run.siblings[entity].absent = run.absent
        return run.siblings[entity]
