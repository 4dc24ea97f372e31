import json
import logging

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL

from ..engine import merge, values
from ..engine.masking import mask_personal, mask_text
from ..engine.paths import MISSING
from ..engine.records import Problem
from .bulk_insert import bulk_insert
from .connector_job import is_concurrency_error

_logger = logging.getLogger(__name__)

#: What Odoo says when a record breaks its rules; everything else is our bug.
REFUSALS = (
    UserError,
    ValidationError,
    AccessError,
    psycopg2.IntegrityError,
    psycopg2.DataError,
)


class ConnectorImport(models.AbstractModel):
    """Take a batch of remote records into Odoo: map, match, merge, write, bind, log.

    Works on the whole batch at each step. A record that fails is found by halving, in
    savepoints, and becomes an exception; the others go on.
    """

    _name = "connector.import"
    _description = "Connector Import"

    @api.model
    def _import(self, run, todo):
        """Take changed records.

        :param run: ``connector_pull.Run``
        :param todo: list of ``(RemoteRecord, digest)``
        """
        if not todo:
            return
        rows = self._binding_rows(run, [record.remote_id for record, _digest in todo])
        batch, archived, vanished = [], [], []
        for record, digest in todo:
            row = rows.get(record.remote_id)
            if record.archived and row is None:
                # Was never taken and is gone: what held it holds nothing any more.
                vanished.append(record.remote_id)
                continue
            if row and self._leave_alone(run, record, row):
                continue
            if record.archived:
                archived.append((record, row, digest))
                continue
            mapped = self.env["connector.mapper"]._map(run.compiled, record, digest)
            mapped.binding = row
            mapped.record_id = row["res_id"] if row else None
            batch.append(mapped)
        self._archive(run, archived)
        if vanished:
            self.env["connector.exception"]._settle_items(run.flow, vanished)
        if batch:
            self._import_mapped(run, batch)

    def _import_mapped(self, run, batch):
        entity = run.entity
        self._drop_deleted(run, batch)
        entity._to_odoo(run, [mapped for mapped in batch if not mapped.held])
        entity._match(run, [m for m in batch if not m.held and not m.record_id])
        ready = [mapped for mapped in batch if not mapped.held]
        self._forbid_creation(run, ready)
        self._merge(run, [mapped for mapped in ready if mapped.record_id])
        self._write_isolated(run, [mapped for mapped in ready if not mapped.held])
        done = [mapped for mapped in batch if not mapped.held]
        self._link_deferred(run, done)
        self._report(run, batch)
        self._log(run, done)

    # -- before ---------------------------------------------------------------

    def _binding_rows(self, run, remote_ids):
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT id, remote_id, res_id, state, remote_updated_at, agreed
                  FROM connector_binding
                 WHERE connection_id = %s AND entity = %s AND remote_id IN %s
                """,
                run.connection.id,
                run.flow.entity,
                tuple(remote_ids),
            )
        )
        return {row["remote_id"]: row for row in rows}

    def _leave_alone(self, run, record, row):
        """Whether a known record is locked, deleted in Odoo, or newer than this one."""
        if row["state"] in ("locked", "missing"):
            run.stats["excluded"] += 1
            return True
        known = row["remote_updated_at"]
        seen = record.updated_at and record.updated_at.replace(
            tzinfo=None, microsecond=0
        )
        if known and seen and seen < known:
            # Events and pages may come out of order: newer data is never overwritten.
            run.stats["out_of_date"] += 1
            return True
        return False

    def _drop_deleted(self, run, batch):
        """Don't bring back what a person deleted in Odoo: exclude it and say so."""
        bound = [mapped for mapped in batch if mapped.record_id]
        if not bound:
            return
        model = self.env[run.entity._entity_model]
        existing = set(model.browse([m.record_id for m in bound]).exists().ids)
        gone = [mapped for mapped in bound if mapped.record_id not in existing]
        if gone:
            self.env["connector.binding"].browse(
                [mapped.binding["id"] for mapped in gone]
            ).state = "missing"
            run.stats["excluded"] += len(gone)
            batch[:] = [mapped for mapped in batch if mapped not in gone]

    def _forbid_creation(self, run, ready):
        if run.flow.may_create:
            return
        for mapped in ready:
            if not mapped.record_id:
                mapped.problems.append(Problem("validation", "create_not_allowed"))

    # -- merge ----------------------------------------------------------------

    def _merge(self, run, batch):
        """Reduce the values of known records to what really has to be written."""
        if not batch:
            return
        entity = run.entity
        owners = {}
        for line in run.compiled.lines:
            owners.setdefault(line.field.name, line.owner)
        owner_of = entity._owners(owners)
        fields_by_odoo = entity._fields_by_odoo_name()
        names = sorted({name for mapped in batch for name in mapped.values})
        model = self.env[entity._entity_model].with_context(active_test=False)
        records = model.browse([mapped.record_id for mapped in batch])
        ours_by_id = {
            row["id"]: row for row in records.read(["write_date", *names], load=None)
        }
        for mapped in batch:
            ours = ours_by_id[mapped.record_id]
            agreed = (mapped.binding or {}).get("agreed") or {}
            seen = mapped.record.updated_at
            newer = (
                "ours"
                if seen and ours["write_date"] > seen.replace(tzinfo=None)
                else "theirs"
            )
            mapped.action = "update" if mapped.binding else "link"
            theirs, mapped.values = mapped.values, {}
            for name, value in theirs.items():
                outcome = merge.merge(
                    agreed.get(name, MISSING),
                    self._comparable(ours[name]),
                    self._comparable(value),
                    owner_of.get(name, "remote"),
                    newer,
                )
                if outcome is merge.Outcome.CONFLICT:
                    self._note_conflict(mapped, fields_by_odoo.get(name), name)
                elif outcome is merge.Outcome.TAKE and run.flow.may_update:
                    mapped.values[name] = value
                    mapped.changes[name] = (ours[name], value)
            if mapped.binding and mapped.binding["state"] == "archived":
                mapped.action = "restore"
                mapped.values.update(entity._restored_values())

    def _comparable(self, value):
        """A value as it is stored with a binding, for comparing it with that."""
        if isinstance(value, float):
            value = round(value, 6)
            return int(value) if value == int(value) else value
        if value is None or value == "":
            return False
        return values.to_json(value)

    def _note_conflict(self, mapped, field, name):
        mapped.problems.append(
            Problem(
                "conflict",
                "conflict",
                field=name,
                params={"label": field.label if field else name},
                blocking=False,
            )
        )

    # -- write ----------------------------------------------------------------

    def _write_isolated(self, run, batch):
        """Write a batch; halve it until what fails stands alone."""
        if not batch:
            return
        try:
            with self.env.cr.savepoint():
                self._write(run, batch)
        except psycopg2.OperationalError:
            # Serialization, deadlock, lost server: the whole page, in a new transaction.
            raise
        except Exception as error:
            if is_concurrency_error(error):
                raise
            self.env.invalidate_all(flush=False)
            for mapped in batch:
                if not mapped.binding and mapped.action == "create":
                    mapped.record_id, mapped.action = None, None
            if len(batch) > 1:
                middle = len(batch) // 2
                self._write_isolated(run, batch[:middle])
                self._write_isolated(run, batch[middle:])
            else:
                batch[0].problems.append(self._problem_of(error))

    def _problem_of(self, error):
        if isinstance(error, REFUSALS):
            text = str(error.args[0] if error.args else error).strip().splitlines()
            detail = mask_text(text[0] if text else type(error).__name__, 200)
            return Problem(
                "validation", "refused_by_odoo", cause=detail, params={"detail": detail}
            )
        _logger.error("A record could not be imported", exc_info=error)
        detail = mask_text(f"{type(error).__name__}: {error}", 200)
        return Problem(
            "bug",
            "import_failed",
            cause=type(error).__name__,
            params={"detail": detail},
        )

    def _write(self, run, batch):
        entity = run.entity
        new = [mapped for mapped in batch if not mapped.record_id]
        if new:
            records = entity._create_records([dict(mapped.values) for mapped in new])
            for mapped, record in zip(new, records, strict=True):
                mapped.record_id, mapped.action = record.id, "create"
        groups = {}
        for mapped in batch:
            if mapped.action != "create" and mapped.values:
                key = json.dumps(mapped.values, sort_keys=True, default=str)
                groups.setdefault(key, []).append(mapped)
        for group in groups.values():
            entity._write_records([m.record_id for m in group], dict(group[0].values))
        self._bind(run, batch)
        self.env.flush_all()

    def _bind(self, run, batch):
        """Create the bindings of new records, renew those of known ones."""
        now = fields.Datetime.now()
        connection, flow = run.connection, run.flow
        create, update = [], []
        for mapped in batch:
            seen = mapped.record.updated_at
            seen = seen and seen.replace(tzinfo=None, microsecond=0)
            agreed = (mapped.binding or {}).get("agreed") or {}
            agreed.update(
                {name: self._comparable(value) for name, value in mapped.values.items()}
            )
            if mapped.binding:
                update.append(
                    (mapped.binding["id"], mapped.digest, json.dumps(agreed), seen)
                )
            else:
                create.append(
                    {
                        "connection_id": connection.id,
                        "company_id": connection.company_id.id,
                        "flow_id": flow.id,
                        "entity": flow.entity,
                        "remote_id": mapped.record.remote_id,
                        "res_model": run.entity._entity_model,
                        "res_id": mapped.record_id,
                        "remote_updated_at": seen,
                        "state": "synced",
                        "content_hash": mapped.digest,
                        "map_version": run.compiled.version,
                        "agreed": agreed,
                        "synced_at": now,
                    }
                )
        bulk_insert(self.env["connector.binding"], create)
        if update:
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE connector_binding b
                       SET content_hash = v.digest, agreed = v.agreed,
                           remote_updated_at = v.seen, state = 'synced',
                           synced_at = %s, map_version = %s, flow_id = %s
                      FROM (VALUES %s) AS v(id, digest, agreed, seen)
                     WHERE b.id = v.id
                    """,
                    now,
                    run.compiled.version,
                    flow.id,
                    SQL(", ").join(
                        SQL("(%s, %s, %s::jsonb, %s::timestamp)", *row)
                        for row in update
                    ),
                )
            )
            self.env["connector.binding"].invalidate_model(flush=False)

    def _link_deferred(self, run, done):
        """Set references within the entity, now that the whole batch exists."""
        waiting = [mapped for mapped in done if mapped.deferred]
        if not waiting:
            return
        wanted = {remote_id for m in waiting for remote_id in m.deferred.values()}
        found = self.env["connector.binding"]._res_ids(
            run.connection, run.flow.entity, wanted
        )
        groups = {}
        for mapped in waiting:
            for name, remote_id in mapped.deferred.items():
                if remote_id in found:
                    groups.setdefault((name, found[remote_id]), []).append(mapped)
                    continue
                field = run.entity._fields_by_odoo_name()[name]
                mapped.problems.append(
                    run.entity._unresolved_reference(run, field, remote_id, False)
                )
        for (name, target), group in groups.items():
            self._link_group(run, name, target, group)

    def _link_group(self, run, name, target, group):
        """Let a group of records refer to one; halve it where Odoo refuses."""
        try:
            with self.env.cr.savepoint():
                ids = [mapped.record_id for mapped in group]
                run.entity._write_records(ids, {name: target})
                self.env.flush_all()
        except REFUSALS as error:
            if len(group) > 1:
                middle = len(group) // 2
                self._link_group(run, name, target, group[:middle])
                self._link_group(run, name, target, group[middle:])
                return
            problem = self._problem_of(error)
            problem.blocking = False
            group[0].problems.append(problem)

    # -- archive --------------------------------------------------------------

    def _archive(self, run, archived):
        """Follow the flow's rule for what was archived or deleted at the vendor."""
        if not archived:
            return
        if run.flow.on_archive == "archive":
            entity = run.entity
            entity._archive_records(
                [row["res_id"] for _record, row, _digest in archived]
            )
        self.env["connector.binding"].browse(
            [row["id"] for _record, row, _digest in archived]
        ).write(
            {
                "state": "archived",
                "content_hash": archived[0][2],
                "synced_at": fields.Datetime.now(),
            }
        )
        run.stats["archived"] += len(archived)
        action = "archive" if run.flow.on_archive == "archive" else "keep"
        bulk_insert(
            self.env["connector.log"],
            [
                self._log_row(run, action, row["res_id"], record.remote_id)
                for record, row, _digest in archived
            ],
        )
        self.env["connector.exception"]._settle_items(
            run.flow, [record.remote_id for record, _row, _digest in archived]
        )

    def _take_gone(self, run, remote_ids):
        """The vendor doesn't know these ids any more: as if they were archived."""
        rows = self._binding_rows(run, remote_ids)
        digest = f"archived:{run.flow.on_archive}"
        gone = [
            (_Gone(remote_id), row, digest)
            for remote_id, row in rows.items()
            if row["state"] == "synced"
        ]
        self._archive(run, gone)
        self.env["connector.exception"]._settle_items(run.flow, remote_ids)

    # -- after ----------------------------------------------------------------

    def _report(self, run, batch):
        """Open, renew and close exceptions as this try came out."""
        exceptions = self.env["connector.exception"]
        cases = [
            (mapped.record.remote_id, mapped.record.values, problem)
            for mapped in batch
            for problem in mapped.problems
        ]
        still = {
            (remote_id, problem.code, problem.cause)
            for remote_id, _payload, problem in cases
        }
        exceptions._settle_items(
            run.flow, [mapped.record.remote_id for mapped in batch], still
        )
        if cases:
            exceptions._report(run.flow, cases)
        for mapped in batch:
            run.stats["held" if mapped.held else self._stat_of(mapped)] += 1
        arrived = [
            mapped.record.remote_id
            for mapped in batch
            if mapped.action in ("create", "link")
        ]
        if arrived:
            self.env["connector.exception.item"]._release_dependents(
                run.connection, run.flow.entity, arrived
            )

    def _stat_of(self, mapped):
        if mapped.action == "create":
            return "created"
        if mapped.action == "link":
            return "linked"
        return "updated" if mapped.values else "kept"

    def _log_row(self, run, action, res_id, remote_id, changes=None, note=None):
        return {
            "create_date": fields.Datetime.now(),
            "connection_id": run.connection.id,
            "company_id": run.connection.company_id.id,
            "flow_id": run.flow.id,
            "job_id": run.job.id if run.job else False,
            "correlation_id": run.correlation_id,
            "direction": "pull",
            "map_version": run.compiled.version,
            "request_id": run.request_id,
            "action": action,
            "res_model": run.entity._entity_model,
            "res_id": res_id,
            "remote_id": remote_id,
            "changes": changes,
            "note": note,
        }

    def _log(self, run, done):
        by_name = run.entity._fields_by_odoo_name()
        bulk_insert(
            self.env["connector.log"],
            [
                self._log_row(
                    run,
                    mapped.action,
                    mapped.record_id,
                    mapped.record.remote_id,
                    self._changes(mapped, by_name),
                    mapped.note,
                )
                for mapped in done
                if mapped.action != "update" or mapped.values
            ],
        )

    def _changes(self, mapped, by_name):
        """Before and after per field, personal data masked."""
        changes = mapped.changes or {
            name: (None, value) for name, value in mapped.values.items()
        }
        shown = {}
        for name, (before, after) in changes.items():
            field = by_name.get(name)
            mask = mask_personal if field and field.pii else values.to_json
            shown[name] = (mask(before), mask(after))
        return shown


class _Gone:
    """Stands for a record of which the vendor has nothing left but the id."""

    __slots__ = ("remote_id",)

    def __init__(self, remote_id):
        self.remote_id = remote_id
