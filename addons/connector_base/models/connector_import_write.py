import collections
import json
import logging

import psycopg2

from odoo import models
from odoo.exceptions import (
    AccessError,
    RedirectWarning,
    UserError,
    ValidationError,
)
from odoo.tools import SQL

from ..engine.masking import mask_text
from ..engine.records import Problem
from .bulk_insert import bulk_insert
from .connector_concurrency import is_concurrency_error

_logger = logging.getLogger(__name__)

#: What Odoo says when a record breaks its rules; everything else is our bug.
REFUSALS = (
    UserError,
    ValidationError,
    AccessError,
    RedirectWarning,
    psycopg2.IntegrityError,
    psycopg2.DataError,
)


class ConnectorImport(models.AbstractModel):
    """The import, part three: write and bind."""

    _inherit = "connector.import"

    # -- write ----------------------------------------------------------------

    def _write_isolated(self, run, batch):
        """Write a batch; what Odoo refuses is held."""

        def forget(part):
            for mapped in part:
                if not mapped.binding and mapped.action == "create":
                    mapped.record_id, mapped.action = None, None
                    mapped.linked = {}

        def write(part):
            forget(part)
            self._write(run, part)

        for mapped, problem in self._isolated(batch, write):
            forget([mapped])
            mapped.problems.append(problem)

    def _isolated(self, batch, work):
        """Do some work on a batch; halve it until what fails stands alone.

        :param work: ``function(part of the batch)``
        :return: list of ``(element of the batch, records.Problem)`` of what failed
        """
        if not batch:
            return []
        try:
            with self.env.cr.savepoint():
                work(batch)
        except psycopg2.OperationalError:
            # Serialization, deadlock, lost server: the whole page, in a new one.
            raise
        except Exception as error:
            if is_concurrency_error(error):
                raise
            self.env.invalidate_all(flush=False)
            if len(batch) == 1:
                return [(batch[0], self._problem_of(error))]
            middle = len(batch) // 2
            return [
                *self._isolated(batch[:middle], work),
                *self._isolated(batch[middle:], work),
            ]
        return []

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
        self._create(run, new)
        changed = [each for each in batch if each.action != "create" and each.values]
        for group in self._alike(run, changed):
            entity._write_records([m.record_id for m in group], dict(group[0].values))
        self._bind(run, batch)
        self.env.flush_all()

    def _alike(self, run, changed):
        """Lists of those that get the same values, and so one write.

        Odoo takes an amount for records of one currency at a time.
        """
        model = self.env[run.entity._entity_model]
        records = model.browse(mapped.record_id for mapped in changed)
        names = {name for mapped in changed for name in mapped.values}
        currencies = {
            model._fields[name].get_currency_field(model)
            for name in names
            if name in model._fields and model._fields[name].type == "monetary"
        }
        groups = collections.defaultdict(list)
        for mapped, record in zip(changed, records, strict=True):
            values = json.dumps(mapped.values, sort_keys=True, default=str)
            amounts_in = tuple(record[name].id for name in sorted(currencies))
            groups[values, amounts_in].append(mapped)
        return groups.values()

    def _create(self, run, new):
        """Create records, those that others of the batch refer to before the others."""
        coming = {mapped.record.remote_id: mapped for mapped in new}
        while new:
            wave = [
                mapped
                for mapped in new
                if not any(
                    remote_id in coming and not coming[remote_id].record_id
                    for remote_id in mapped.deferred.values()
                )
            ]
            # In a ring each waits for another: they are linked when all exist.
            wave = wave or new
            for mapped in wave:
                mapped.linked = {
                    name: coming[remote_id].record_id
                    for name, remote_id in mapped.deferred.items()
                    if remote_id in coming and coming[remote_id].record_id
                }
            records = run.entity._create_records(
                [{**m.on_create, **m.values, **m.linked} for m in wave]
            )
            for mapped, record in zip(wave, records, strict=True):
                mapped.record_id, mapped.action = record.id, "create"
            new = [mapped for mapped in new if not mapped.record_id]

    def _bind(self, run, batch):
        """Create the bindings of new records, renew those of known ones.

        One that a push is about to make stays so: its links may not be made yet, which
        the push does whose change still waits.
        """
        # What this transaction writes has the very same time: a record that is newer
        # was written by somebody else.
        now = self.env.cr.now()
        connection, flow = run.connection, run.flow
        create, update = [], []
        for mapped in batch:
            seen = self._moment(mapped.record)
            agreed = (mapped.binding or {}).get("agreed") or {}
            agreed.update(
                {
                    name: self._comparable(value)
                    for name, value in (
                        mapped.agreed | mapped.values | mapped.linked
                    ).items()
                }
            )
            if mapped.binding:
                update.append(
                    (
                        mapped.binding["id"],
                        mapped.record.remote_id,
                        mapped.digest,
                        json.dumps(agreed),
                        seen,
                    )
                )
            else:
                create.append(
                    {
                        "connection_id": connection.id,
                        "company_id": connection.company_id.id,
                        "flow_id": flow.id,
                        "entity": run.entity_name,
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
                       SET remote_id = v.remote_id,
                           content_hash = v.digest, agreed = v.agreed,
                           remote_updated_at = v.seen,
                           state = CASE WHEN b.state = 'creating' AND EXISTS (
                                SELECT FROM connector_change c
                                 WHERE c.res_id = b.res_id
                                   AND c.res_model = b.res_model
                                   AND c.flow_id = %(flow)s)
                                THEN 'creating' ELSE 'synced' END,
                           synced_at = %(now)s, map_version = %(version)s,
                           flow_id = %(flow)s, sent = NULL
                      FROM (VALUES %(rows)s)
                           AS v(id, remote_id, digest, agreed, seen)
                     WHERE b.id = v.id
                    """,
                    now=now,
                    version=run.compiled.version,
                    flow=flow.id,
                    rows=SQL(", ").join(
                        SQL("(%s, %s, %s, %s::jsonb, %s::timestamp)", *row)
                        for row in update
                    ),
                )
            )
            self._bind_spellings(batch)
            self.env["connector.binding"].invalidate_model(flush=False)

    def _link_deferred(self, run, done):
        """Set references within the entity, now that the whole batch exists."""
        waiting = [m for m in done if m.deferred.keys() - m.linked.keys()]
        if not waiting:
            return
        wanted = {remote_id for m in waiting for remote_id in m.deferred.values()}
        found = self.env["connector.binding"]._res_ids(
            run.connection, run.entity_name, wanted
        )
        groups = {}
        for mapped in waiting:
            for name, remote_id in mapped.deferred.items():
                if name in mapped.linked:
                    continue
                if remote_id in found:
                    groups.setdefault((name, found[remote_id]), []).append(mapped)
                    continue
                field = run.entity._fields_by_odoo_name().get(name)
                field = field or run.compiled.fields[f"odoo.{name}"]
                mapped.problems.append(
                    run.entity._unresolved_reference(run, field, remote_id, False)
                )
        for (name, target), group in groups.items():
            field = run.entity._fields_by_odoo_name().get(name)
            field = field or run.compiled.fields.get(f"odoo.{name}")
            parents = self._chains(run, name, {target})
            free = []
            for mapped in group:
                if self._leads_to(parents, target, mapped.record_id):
                    mapped.problems.append(self._cyclic(field))
                else:
                    free.append(mapped)
            self._link_group(run, name, target, free)

    def _link_group(self, run, name, target, group):
        """Let a group of records refer to one; what Odoo refuses goes without."""

        def link(part):
            ids = [mapped.record_id for mapped in part]
            run.entity._write_records(ids, {name: target})
            self.env.flush_all()

        for mapped, problem in self._isolated(group, link):
            problem.blocking = False
            mapped.problems.append(problem)
