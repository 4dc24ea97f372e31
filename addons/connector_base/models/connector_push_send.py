import json

from odoo import fields, models
from odoo.tools import SQL

from ..engine import errors
from ..engine.records import OutgoingRow
from .bulk_insert import bulk_insert
from .connector_import import PUSHED

#: Errors of a single row that pass by themselves, or that stop the whole connection.
PASSING = (errors.TransientError, errors.AuthenticationError)


class ConnectorPush(models.AbstractModel):
    """The push, part two: requests, and what is written down about each.

    A record is made in three steps: the intent, with our key, is committed; the vendor
    makes it under that key; its id is committed with all that follows. Whoever dies in
    between leaves an intent, and the next try makes no second record. A pull that meets
    the record in between knows it by the key.
    """

    _inherit = "connector.push"

    # -- requests -------------------------------------------------------------

    def _send(self, run, batch):
        self._send_new(run, [out for out in batch if not out.remote_id])
        known = [out for out in batch if out.remote_id]
        # Of some nothing is left to go but what is reported.
        silent = [out for out in known if not out.values]
        self._forget_changes(silent)
        self._report(run, silent)
        self._send_parts(run, "update", [out for out in known if out.values])

    def _send_new(self, run, batch):
        if not batch:
            return
        self._intend(run, batch)
        self._prepare(run)
        self._send_parts(run, "create", batch)

    def _prepare(self, run):
        """Make sure, once, that the vendor can keep our key."""
        if not run.prepared:
            run.job._checkpoint()
            run.provider._asked("_prepare_push", run.client, run.flow.stream)
            run.prepared = True

    def _send_parts(self, run, action, batch):
        """:param action: ``create`` or ``update``"""
        send = getattr(run.writer, action)
        for part in self._parts(run, batch):
            run.job._checkpoint()
            self._record(run, action, part, send([self._row(out) for out in part]))

    def _send_archived(self, run, batch):
        for part in self._parts(run, batch):
            run.job._checkpoint()
            results = run.writer.archive([self._row(out) for out in part])
            self._record_archived(run, part, results)

    def _parts(self, run, batch):
        """Parts of the vendor's size, without what a person has locked meanwhile."""
        size = run.writer.batch_size
        for start in range(0, len(batch), size):
            part = batch[start : start + size]
            locked = self._locked_now(part)
            if locked:
                self._keep_locked(run, [o for o in part if o.binding["id"] in locked])
                part = [out for out in part if out.binding["id"] not in locked]
            if part:
                yield part

    def _locked_now(self, batch):
        """Ids of the bindings that are locked by now."""
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM connector_binding WHERE id = ANY(%s)"
                " AND state = 'locked'",
                [out.binding["id"] for out in batch],
            )
        )
        return {binding_id for (binding_id,) in rows}

    def _row(self, out):
        key = out.binding["external_key"] or str(out.binding["id"])
        return OutgoingRow(key, out.values, out.remote_id, out.before)

    def _intend(self, run, batch):
        """Note which records are about to be made, each with the key it gets."""
        bindings = self.env["connector.binding"]
        model = run.entity._entity_model
        new = {out.res_id: out for out in batch if not out.binding}
        if not new:
            return
        bulk_insert(
            bindings,
            [
                {
                    "connection_id": run.connection.id,
                    "company_id": run.connection.company_id.id,
                    "flow_id": run.flow.id,
                    "entity": run.entity_name,
                    "remote_id": None,
                    "external_key": bindings._external_key(model, res_id),
                    "res_model": model,
                    "res_id": res_id,
                    "state": "creating",
                }
                for res_id in new
            ],
        )
        for res_id, row in self._binding_rows(run, list(new)).items():
            new[res_id].binding = row

    # -- what came of them ----------------------------------------------------

    def _record(self, run, action, batch, results):
        """Write down what the vendor answered; the next checkpoint commits it."""
        self._check_answer(batch, results)
        taken = self._taken_elsewhere(run, batch, results)
        done, refused = [], []
        for out, result in zip(batch, results, strict=True):
            if isinstance(result.error, PASSING):
                run.passing.append(result.error)
            elif result.error:
                out.problems.append(self._problem_of(run, result.error))
                refused.append((out, result))
            elif (out.binding["id"], result.remote_id) in taken:
                out.problems.append(self._bound_elsewhere(run, result.remote_id))
                refused.append((out, result))
            else:
                done.append((out, result))
        self._bind(run, done)
        self._log(run, action, done)
        self._refuse(run, [out for out, _result in refused])
        self._read_candidates(run, refused)
        self._after(run, action, done)

    def _check_answer(self, batch, results):
        if len(results) != len(batch):
            raise errors.TransientError(
                "The remote system answered for other records than were sent.",
                code="malformed",
            )

    def _taken_elsewhere(self, run, batch, results):
        """``{(binding id, remote id)}`` of ids that other Odoo records have already."""
        new = {
            out.binding["id"]: result.remote_id
            for out, result in zip(batch, results, strict=True)
            if not out.remote_id and result.remote_id
        }
        if not new:
            return set()
        owners = {
            remote_id: binding_id
            for binding_id, remote_id in self.env.execute_query(
                SQL(
                    """
                    SELECT id, remote_id FROM connector_binding
                     WHERE connection_id = %s AND entity = %s AND remote_id IN %s
                    """,
                    run.connection.id,
                    run.entity_name,
                    tuple(new.values()),
                )
            )
        }
        taken = set()
        for binding_id, remote_id in new.items():
            if owners.setdefault(remote_id, binding_id) != binding_id:
                taken.add((binding_id, remote_id))
        return taken

    def _bind(self, run, done):
        """Note ids and what both sides agree on now.

        The hash says what the record was like before: a page that was read then brings
        nothing new.
        """
        if not done:
            return
        rows = [
            (
                out.binding["id"],
                result.remote_id or out.remote_id,
                json.dumps({} if result.existing else out.agreed),
                result.updated_at and result.updated_at.replace(tzinfo=None),
                # Of what was linked only nothing is known yet.
                result.existing,
            )
            for out, result in done
        ]
        self.env.cr.execute(
            SQL(
                """
                UPDATE connector_binding b
                   SET remote_id = v.remote_id,
                       state = CASE b.state WHEN 'locked' THEN b.state
                            ELSE 'synced' END,
                       agreed = COALESCE(b.agreed, '{}'::jsonb) || v.agreed,
                       sent = COALESCE(b.sent, '{}'::jsonb) || v.agreed,
                       agreed_remote = b.agreed_remote
                            - ARRAY(SELECT jsonb_object_keys(v.agreed)),
                       content_hash = CASE WHEN v.existing THEN NULL ELSE
                            %(pushed)s || REPLACE(
                                COALESCE(b.content_hash, ''), %(pushed)s, '') END,
                       remote_updated_at = GREATEST(b.remote_updated_at, v.seen),
                       synced_at = %(now)s, map_version = %(version)s,
                       flow_id = %(flow)s
                  FROM (VALUES %(rows)s)
                       AS v(id, remote_id, agreed, seen, existing)
                 WHERE b.id = v.id
                """,
                pushed=PUSHED,
                now=fields.Datetime.now(),
                version=run.compiled.version,
                flow=run.flow.id,
                rows=SQL(", ").join(
                    SQL("(%s, %s, %s::jsonb, %s::timestamp, %s)", *row) for row in rows
                ),
            )
        )
        self.env["connector.binding"].invalidate_model(flush=False)

    def _finish_making(self, batch):
        """Nothing is missing now of records that a pull met while they were made."""
        made = [
            out.binding["id"]
            for out in batch
            if out.remote_id and out.binding["state"] == "creating"
        ]
        if made:
            self.env["connector.binding"].flush_model(["state"])
            self.env.cr.execute(
                SQL(
                    "UPDATE connector_binding SET state = 'synced'"
                    " WHERE id IN %s AND state = 'creating'",
                    tuple(made),
                )
            )
            self.env["connector.binding"].invalidate_model(flush=False)

    def _refuse(self, run, batch):
        """Hold what was refused; what was to be made of it is intended no more.

        Should an earlier try have made it after all, a pull knows it by our key.
        """
        intents = [out.binding["id"] for out in batch if not out.remote_id]
        if intents:
            self.env.cr.execute(
                SQL(
                    "DELETE FROM connector_binding"
                    " WHERE id IN %s AND remote_id IS NULL",
                    tuple(intents),
                )
            )
            self.env["connector.binding"].invalidate_model(flush=False)
        self._hold(run, batch)

    def _after(self, run, action, done):
        """Close what was open about these records and let others follow."""
        linked = [(out, result) for out, result in done if result.existing]
        finished = [
            # What was linked only is sent in the next round, unless it is read first.
            out
            for out, result in done
            if run.both_ways or not result.existing
        ]
        self._forget_changes(finished)
        self._report(run, finished)
        if action == "create" and done:
            self.env["connector.exception.item"]._release_dependents(
                run.connection,
                run.entity_name,
                [result.remote_id for _out, result in done],
                [out.res_id for out, _result in done],
            )
        if linked and run.both_ways:
            self.env["connector.pull"]._enqueue_ids(
                run.flow, [result.remote_id for _out, result in linked]
            )
        run.stats["linked"] += len(linked)
        run.stats[f"{action}d"] += len(done) - len(linked)

    def _record_archived(self, run, batch, results):
        self._check_answer(batch, results)
        done, refused = [], []
        for out, result in zip(batch, results, strict=True):
            # What isn't there any more is as good as archived.
            gone = isinstance(result.error, errors.RemoteNotFound)
            if isinstance(result.error, PASSING):
                run.passing.append(result.error)
            elif result.error and not gone:
                out.problems.append(self._problem_of(run, result.error))
                refused.append(out)
            else:
                done.append((out, result))
        bindings = self.env["connector.binding"]
        vals = {
            "content_hash": f"archived:{run.flow.on_archive}",
            "synced_at": fields.Datetime.now(),
        }
        for state, group in (
            ("missing", [out for out, _result in done if out.row is None]),
            ("archived", [out for out, _result in done if out.row is not None]),
        ):
            ids = [out.binding["id"] for out in group]
            open_ones = bindings.browse(ids).filtered(lambda b: b.state != "locked")
            open_ones.write({**vals, "state": state})
        self._log(run, "archive", done)
        self._hold(run, refused)
        finished = [out for out, _result in done]
        self._forget_changes(finished)
        self._report(run, finished)
        run.stats["archived"] += len(done)

    # -- log ------------------------------------------------------------------

    def _log(self, run, action, done):
        logs = self.env["connector.log"]
        in_words = logs._in_words(
            run.entity,
            [
                {
                    name: (out.agreed_before.get(name), out.agreed[name])
                    for name in out.agreed
                }
                for out, _result in done
            ],
            run.compiled.masked,
        )
        bulk_insert(
            logs,
            [
                self._log_row(
                    run,
                    "link" if result.existing else action,
                    out,
                    result.remote_id or out.remote_id,
                    changes=None if result.existing else changes,
                    request_id=result.request_id,
                )
                for (out, result), changes in zip(done, in_words, strict=True)
            ],
        )

    def _log_row(
        self, run, action, out, remote_id, changes=None, request_id=None, note=None
    ):
        return {
            "create_date": fields.Datetime.now(),
            "connection_id": run.connection.id,
            "company_id": run.connection.company_id.id,
            "flow_id": run.flow.id,
            "job_number": run.job.id if run.job else 0,
            "correlation_id": out.correlation_id or run.correlation_id,
            "direction": "push",
            "map_version": run.compiled.version,
            "request_id": request_id,
            "action": action,
            "res_model": run.entity._entity_model,
            "res_id": out.res_id,
            "remote_id": remote_id,
            "changes": changes,
            "note": note,
            "user_id": out.user_id,
        }
