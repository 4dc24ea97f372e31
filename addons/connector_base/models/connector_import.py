from odoo import api, fields, models

from ..engine.records import Problem, RemoteRecord
from .bulk_insert import bulk_insert
from .connector_mapper import Mapped

#: Before the content hash that a record had when a push changed it: whatever the next
#: pull brings is looked at, but for the very same as before.
PUSHED = "pushed:"


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
        records = [record for record, _digest in todo]
        rows = self._binding_rows(run, [record.remote_id for record in records])
        ours = self._made_by_us(run, [r for r in records if r.remote_id not in rows])
        batch, archived, vanished = [], [], []
        for record, digest in todo:
            row = rows.get(record.remote_id)
            if row is None and not record.archived:
                row, record_id = ours.get(record.remote_id, (None, None))
            else:
                record_id = row and row["res_id"]
            if record.archived and row is None:
                # Was never taken and is gone: what held it holds nothing any more.
                vanished.append(record.remote_id)
                continue
            if row and self._leave_alone(run, record, row, digest):
                continue
            if record.archived:
                archived.append((record, row, digest))
                continue
            mapped = self.env["connector.mapper"]._map(run.compiled, record, digest)
            mapped.binding = row
            mapped.record_id = record_id
            batch.append(mapped)
        self._archive(run, archived)
        if vanished:
            self.env["connector.exception"]._settle_items(run.flow, vanished)
            self.env["connector.match.decision"]._forget(run.flow, vanished)
        if batch:
            self._import_mapped(run, batch)

    def _import_mapped(self, run, batch):
        entity = run.entity
        self._drop_deleted(run, batch)
        entity._to_odoo(run, [mapped for mapped in batch if not mapped.held])
        entity._match(run, [m for m in batch if not m.held and not m.record_id])
        self._adopt_intents(run, batch)
        ready = [mapped for mapped in batch if not mapped.held]
        self._forbid_creation(run, ready)
        self.env["connector.match.key"]._note(
            run, [m for m in ready if not m.record_id and not m.held]
        )
        self._merge(run, [mapped for mapped in ready if mapped.record_id])
        entity._check_changes(run, [m for m in ready if m.record_id])
        self._break_rings(run, ready)
        self._write_isolated(run, [mapped for mapped in ready if not mapped.held])
        done = [mapped for mapped in batch if not mapped.held]
        self._link_deferred(run, done)
        entity._after_write(run, done)
        self._retry_rings(run, done)
        self._correct_remote(run, done)
        self._report(run, batch)
        self.env["connector.match.candidate"]._note(run, batch)
        self.env["connector.match.decision"]._finish(run, done)
        self._log(run, done)

    # -- before ---------------------------------------------------------------

    def _binding_rows(self, run, remote_ids):
        """``{remote id: row of its binding}``"""
        return self.env["connector.binding"]._rows(
            run.connection, run.entity_name, "remote_id", remote_ids
        )

    def _made_by_us(self, run, unbound):
        """Which unbound records are ones that a push of ours has made.

        Its worker may have died, or is about to note their ids: our own key tells.

        :return: ``{remote id: (binding row or None, Odoo id)}``
        """
        bindings = self.env["connector.binding"]
        by_key = {r.external_key: r for r in unbound if r.external_key}
        ids = bindings._keyed_res_ids(run.entity._entity_model, by_key)
        if not ids:
            return {}
        rows = bindings._rows(run.connection, run.entity_name, "res_id", ids.values())
        model = self.env[run.entity._entity_model]
        existing = set(model.browse(ids.values()).exists().ids)
        found = {}
        for key, record_id in ids.items():
            row = rows.get(record_id)
            # A copy of a record may carry the key of the one that it was copied from.
            taken = row and row["remote_id"]
            if not taken and (row or record_id in existing):
                found[by_key[key].remote_id] = (row, record_id)
        return found

    def _adopt_intents(self, run, batch):
        """Give records the bindings of what a push of ours is about to make.

        Where the vendor keeps no key of ours, an entity finds those by matching.
        """
        found = [m for m in batch if m.record_id and not m.binding]
        if not found:
            return
        rows = self.env["connector.binding"]._rows(
            *(run.connection, run.entity_name, "res_id"), [m.record_id for m in found]
        )
        for mapped in found:
            row = rows.get(mapped.record_id)
            if row and not row["remote_id"]:
                mapped.binding = row

    def _leave_alone(self, run, record, row, digest):
        """Whether a known record is locked, deleted in Odoo, or newer than this one."""
        if row["state"] in ("locked", "missing"):
            run.stats["excluded"] += 1
            return True
        known = row["remote_updated_at"]
        seen = self._moment(record)
        # Events and pages may come out of order: newer data is never overwritten. What
        # was read just before our own push has the same time, where the vendor counts
        # in seconds; it is as it was before.
        before_push = seen == known and row["content_hash"] == f"{PUSHED}{digest}"
        if known and seen and (seen < known or before_push):
            run.stats["out_of_date"] += 1
            return True
        return False

    def _moment(self, record):
        """When the vendor changed a record last, as Odoo stores it, or ``None``."""
        moment = record.updated_at
        return moment and moment.replace(tzinfo=None)

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
            self.env["connector.exception"]._settle_items(
                run.flow, [mapped.record.remote_id for mapped in gone]
            )
            run.stats["excluded"] += len(gone)
            batch[:] = [mapped for mapped in batch if mapped not in gone]

    def _forbid_creation(self, run, ready):
        if run.flow.may_create:
            return
        for mapped in ready:
            if not mapped.record_id:
                mapped.problems.append(Problem("validation", "create_not_allowed"))

    # -- archive --------------------------------------------------------------

    def _archive(self, run, archived, note=None):
        """Follow the flow's rule for what was archived or deleted at the vendor.

        :param note: why, for the log
        """
        if not archived:
            return
        action, refused = "keep", []
        if run.on_archive == "archive":
            action, refused = "archive", self._archive_isolated(run, archived)
        kept = {record.remote_id for (record, _row, _digest), _problem in refused}
        done = [case for case in archived if case[0].remote_id not in kept]
        for record, row, digest in done:
            self._bind_archived(record, row, digest)
        self._drop_outgoing(run, [row["res_id"] for _record, row, _digest in done])
        bulk_insert(
            self.env["connector.log"],
            [
                self._log_row(run, action, row["res_id"], record.remote_id, note=note)
                for record, row, _digest in done
            ],
        )
        self._report_cases(
            run,
            [record.remote_id for record, _row, _digest in archived],
            [
                (Mapped(record=record, digest=digest), problem)
                for (record, _row, digest), problem in refused
            ],
        )
        run.stats["archived"] += len(done)
        run.stats["held"] += len(refused)

    def _drop_outgoing(self, run, res_ids):
        """What was to go to records that are gone there is done, held or not."""
        if res_ids:
            self.env["connector.change"].search(
                [("flow_id", "=", run.flow.id), ("res_id", "in", res_ids)]
            ).unlink()
            self.env["connector.exception"]._settle_outgoing(run.flow, res_ids)

    def _archive_isolated(self, run, archived):
        def archive(part):
            run.entity._archive_records([row["res_id"] for _rec, row, _dig in part])
            self.env.flush_all()

        return self._isolated(archived, archive)

    def _bind_archived(self, record, row, digest):
        vals = {
            "state": "archived",
            "content_hash": digest,
            "synced_at": fields.Datetime.now(),
        }
        if record.updated_at:
            # An older version that comes late must not bring the record back.
            vals["remote_updated_at"] = self._moment(record)
        self.env["connector.binding"].browse(row["id"]).write(vals)

    def _take_gone(self, run, remote_ids):
        """The vendor doesn't know these ids any more: as if they were archived."""
        rows = self._binding_rows(run, remote_ids)
        digest = f"archived:{run.on_archive}"
        gone = [
            (RemoteRecord(remote_id, {}, archived=True), row, digest)
            for remote_id, row in rows.items()
            if row["state"] in ("synced", "creating")
        ]
        locked = {i for i, row in rows.items() if row["state"] == "locked"}
        run.stats["excluded"] += len(locked)
        never_taken = (
            set(remote_ids) - locked - {record.remote_id for record, _row, _dig in gone}
        )
        self.env["connector.exception"]._settle_items(run.flow, never_taken)
        self.env["connector.match.decision"]._forget(run.flow, never_taken)
        self._archive(run, gone)

    # -- after ----------------------------------------------------------------

    def _report(self, run, batch):
        """Open, renew and close exceptions as this try came out."""
        self._report_cases(
            run,
            [mapped.record.remote_id for mapped in batch],
            [(mapped, problem) for mapped in batch for problem in mapped.problems],
        )
        if any(mapped.conflicts for mapped in batch):
            self.env["connector.conflict"]._note(run, batch)
        for mapped in batch:
            run.stats["held" if mapped.held else self._stat_of(mapped)] += 1
        arrived = [
            mapped
            for mapped in batch
            if mapped.action in ("create", "link") and not mapped.held
        ]
        if arrived:
            self.env["connector.exception.item"]._release_dependents(
                run.connection,
                run.entity_name,
                [mapped.record.remote_id for mapped in arrived],
                [mapped.record_id for mapped in arrived],
            )

    def _report_cases(self, run, remote_ids, cases):
        """Close what is over for these records, open or renew what is not.

        :param cases: list of ``(connector_mapper.Mapped, records.Problem)``
        """
        exceptions = self.env["connector.exception"]
        still = {
            (mapped.record.remote_id, exceptions._fingerprint(run.flow, problem))
            for mapped, problem in cases
        }
        exceptions._settle_items(run.flow, remote_ids, still)
        if cases:
            exceptions._report(run.flow, cases)

    def _stat_of(self, mapped):
        if mapped.action == "create":
            return "created"
        if mapped.action == "link":
            return "linked"
        return "updated" if mapped.values else "kept"

    def _log_row(
        self, run, action, res_id, remote_id, changes=None, note=None, user_id=None
    ):
        return {
            "create_date": fields.Datetime.now(),
            "connection_id": run.connection.id,
            "company_id": run.connection.company_id.id,
            "flow_id": run.flow.id,
            "job_number": run.job.id if run.job else 0,
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
            "user_id": user_id,
        }

    def _log(self, run, done):
        logs = self.env["connector.log"]
        changed = [m for m in done if m.action != "update" or m.values]
        said = [(m, m.action, self._pairs(m), m.note) for m in changed]
        said += self._left_alone(done)
        in_words = logs._in_words(
            run.entity, [pairs for _m, _a, pairs, _n in said], run.compiled.masked
        )
        rows = zip(said, in_words, strict=True)
        bulk_insert(
            logs,
            [
                self._log_row(
                    run,
                    action,
                    m.record_id,
                    m.record.remote_id,
                    words,
                    note,
                    m.decided and self._decided_by(m),
                )
                for (m, action, _pairs, note), words in rows
            ],
        )

    def _decided_by(self, mapped):
        return next(row["decided_by_id"] for row in mapped.decided.values())

    def _left_alone(self, done):
        """What is logged although nothing was written: decisions, and spellings.

        :return: list of ``(Mapped, action, {Odoo field: (ours, theirs)}, note)``
        """
        found = []
        for mapped in done:
            if mapped.respelled:
                note = self.env._("The other system keeps it in another spelling.")
                found.append((mapped, "keep", mapped.respelled, note))
            if mapped.decided:
                pairs = {
                    name: (row["theirs"], row["ours"])
                    for name, row in mapped.decided.items()
                    if row["choice"] == "ours"
                }
                if pairs:
                    note = self.env._("Decided: the value of Odoo stays.")
                    found.append((mapped, "keep", pairs, note))
        return found

    def _pairs(self, mapped):
        """``{Odoo field: (before, after)}``; of a new record what is not empty."""
        return mapped.changes or {
            name: (None, value)
            for name, value in (mapped.values | mapped.linked).items()
            if value is not None and value is not False and value != ""
        }
