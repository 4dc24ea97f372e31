import dataclasses
import json

from odoo import models
from odoo.tools import SQL

from ..engine import merge, values
from ..engine.paths import MISSING
from ..engine.records import Problem
from ..engine.spelling import comes_back

#: Values of these types are stored as they are.
PLAIN_TYPES = frozenset({str, int, bool})


@dataclasses.dataclass(slots=True)
class Merging:
    """What the records of a batch are merged with.

    :param owner_of: ``{Odoo field: owner}``
    :param labels: ``{Odoo field: label}``
    :param ours: ``{Odoo id: values as read}``
    :param decisions: ``{(remote id, Odoo field): row of its open conflict}``
    :param undecided: list of ``(Mapped, Odoo field, remote value, Outcome, whether the
        value is a reference to a record of the same batch)``
    """

    owner_of: dict
    labels: dict
    ours: dict
    decisions: dict
    undecided: list = dataclasses.field(default_factory=list)


class ConnectorImport(models.AbstractModel):
    """The import, part two: merge with what Odoo has.

    The base of the merge is what both sides agreed on last. It has two spellings where
    the vendor stores a value in a way of its own: ``agreed`` is Odoo's, and
    ``agreed_remote`` the vendor's.
    """

    _inherit = "connector.import"

    def _merge(self, run, batch):
        """Reduce the values of known records to what really has to be written."""
        if not batch:
            return
        merging = self._prepare_merge(run, batch)
        for mapped in batch:
            self._merge_record(run, mapped, merging)
        if merging.undecided:
            self._decide(run, merging)
        if merging.decisions:
            self._send_settled(batch, merging)

    def _prepare_merge(self, run, batch):
        entity = run.entity
        owners = {}
        for line in run.compiled.lines:
            owners.setdefault(line.field.name, line.owner)
        names = sorted({n for m in batch for n in m.values.keys() | m.deferred.keys()})
        model = self.env[entity._entity_model].with_context(active_test=False)
        records = model.browse([mapped.record_id for mapped in batch])
        decisions = {}
        if "ask" in owners.values():
            decisions = self.env["connector.conflict"]._open_rows(
                run.flow, "remote_id", [mapped.record.remote_id for mapped in batch]
            )
        return Merging(
            owner_of=entity._owners(owners),
            labels={
                name: field.label
                for name, field in entity._fields_by_odoo_name().items()
            },
            ours={
                row["id"]: row
                for row in records.read(["write_date", *names], load=None)
            },
            decisions=decisions,
        )

    def _merge_record(self, run, mapped, merging):
        row = mapped.binding or {}
        agreed = row.get("agreed") or {}
        ours = merging.ours[mapped.record_id]
        # A push is about to make it: what is not there yet was not emptied by anybody.
        unfinished = row.get("state") == "creating"
        mapped.action = "update" if row.get("remote_id") else "link"
        theirs, mapped.values = mapped.values, {}
        deferred, mapped.deferred = mapped.deferred, {}
        theirs |= deferred
        if row.get("sent") or row.get("agreed_remote"):
            self._drop_spelled(mapped, theirs, merging)
        for name, value in theirs.items():
            comparable = self._comparable(value)
            outcome = merge.merge(
                agreed.get(name, MISSING),
                self._comparable(ours[name]),
                comparable,
                merging.owner_of.get(name, "remote"),
            )
            if unfinished and comparable is False:
                outcome = merge.Outcome.KEEP
            if outcome is merge.Outcome.KEEP:
                self._keep(mapped, name, value, ours[name], agreed, name in deferred)
            elif outcome is merge.Outcome.TAKE:
                self._accept(run, mapped, name, value, ours[name], name in deferred)
            else:
                merging.undecided.append(
                    (mapped, name, value, outcome, name in deferred)
                )
        if row.get("state") == "archived":
            mapped.action = "restore"
            if run.on_archive == "archive":
                mapped.values.update(run.entity._restored_values())

    def _keep(self, mapped, name, value, ours, agreed, deferred=False):
        """Leave a field as it is in Odoo."""
        # Until the vendor changes it, this value has had its chance.
        mapped.agreed[name] = value
        if not deferred and self._comparable(value) not in (
            self._comparable(ours),
            agreed.get(name, MISSING),
        ):
            mapped.kept.append(name)

    def _accept(self, run, mapped, name, value, ours, deferred=False):
        """Write the remote value of a field into Odoo, if the flow may."""
        if not run.flow.may_update:
            return
        if deferred:
            mapped.deferred[name] = value
        else:
            mapped.values[name] = value
            mapped.changes[name] = (ours, value)

    def _comparable(self, value):
        """A value as it is stored with a binding, for comparing it with that."""
        if type(value) in PLAIN_TYPES and value != "":
            return value
        if isinstance(value, float):
            value = round(value, 6)
            return int(value) if value == int(value) else value
        if value is None or value == "":
            return False
        if isinstance(value, list) and all(isinstance(item, int) for item in value):
            # Ids, which Odoo reads in the order of the records' names.
            value = sorted(value)
        return values.to_json(value)

    # -- spellings ------------------------------------------------------------

    def _drop_spelled(self, mapped, theirs, merging):
        """Leave out what the vendor has only spelled its own way: nobody edited it.

        That is a value that is known to be a spelling of the agreed one, or one that
        comes back for what we sent: in the version that our push made, or with the same
        letters or the same amount rounded. Where a vendor tells no times, what Odoo
        owns counts as its answer: it would be corrected again and again.
        """
        row = mapped.binding
        agreed, sent = row["agreed"] or {}, row["sent"] or {}
        known = dict(row["agreed_remote"] or {})
        seen, pushed_at = self._moment(mapped.record), row["remote_updated_at"]
        for name in list(theirs):
            value = self._comparable(theirs[name])
            base = agreed.get(name, MISSING)
            owner = merging.owner_of.get(name, "remote")
            if owner == "remote":
                continue
            if name in known and known[name] == value:
                del theirs[name]
            elif name in sent and comes_back(
                base,
                sent[name],
                value,
                seen == pushed_at if seen and pushed_at else owner == "odoo",
            ):
                known[name] = value
                mapped.respelled = {**(mapped.respelled or {}), name: (base, value)}
                del theirs[name]
        mapped.agreed_remote = {
            name: value for name, value in known.items() if name not in theirs
        }

    def _bind_spellings(self, batch):
        """Note what the vendor holds where it is known to differ; few have such."""
        rows = []
        for mapped in batch:
            if mapped.agreed_remote is None:
                continue
            if mapped.agreed_remote != (mapped.binding["agreed_remote"] or {}):
                rows.append(
                    (mapped.binding["id"], json.dumps(mapped.agreed_remote or None))
                )
        if rows:
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE connector_binding b
                       SET agreed_remote = NULLIF(v.agreed_remote, 'null'::jsonb)
                      FROM (VALUES %s) AS v(id, agreed_remote)
                     WHERE b.id = v.id
                    """,
                    SQL(", ").join(SQL("(%s, %s::jsonb)", *row) for row in rows),
                )
            )

    # -- both sides changed ---------------------------------------------------

    def _decide(self, run, merging):
        """Settle the fields that both sides changed: the later edit, or a person."""
        compared = [
            (mapped, name)
            for mapped, name, _value, outcome, _deferred in merging.undecided
            if outcome is merge.Outcome.COMPARE
        ]
        edited = self._edited_at(run, compared) if compared else {}
        for mapped, name, value, outcome, deferred in merging.undecided:
            ours = merging.ours[mapped.record_id]
            agreed = (mapped.binding or {}).get("agreed") or {}
            if outcome is merge.Outcome.COMPARE:
                key = mapped.record_id, name
                ours_at = edited.get(key) or self._written_at(mapped, ours)
                if merge.later(ours_at, self._moment(mapped.record)) == "ours":
                    self._keep(mapped, name, value, ours[name], agreed, deferred)
                    mapped.kept_at = max(filter(None, (mapped.kept_at, ours_at)))
                else:
                    self._accept(run, mapped, name, value, ours[name], deferred)
                continue
            self._ask(run, mapped, name, value, merging, deferred)

    def _edited_at(self, run, compared):
        """When people last edited these fields in Odoo, as far as it was recorded.

        The outbox knows it for each field: what this connection brings is not recorded
        there. Only asked for fields that both sides changed.

        :param compared: list of ``(Mapped, Odoo field)``
        :return: ``{(Odoo id, Odoo field): moment}``
        """
        if run.flow.direction == "pull":
            return {}
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT c.res_id, name.name, MAX(c.create_date)
                  FROM connector_change c,
                       jsonb_array_elements_text(
                            CASE jsonb_typeof(c.field_names) WHEN 'array'
                                 THEN c.field_names ELSE '[]'::jsonb END
                       ) AS name(name)
                 WHERE c.res_id = ANY(%s) AND c.res_model = %s AND c.flow_id = %s
                 GROUP BY c.res_id, name.name
                """,
                list({mapped.record_id for mapped, _name in compared}),
                run.entity._entity_model,
                run.flow.id,
            )
        )
        return {(res_id, name): moment for res_id, name, moment in rows}

    def _written_at(self, mapped, ours):
        """When a record was last written by somebody else than this connection.

        Where it was this connection itself, the edit that is asked for was before: it
        is older than the remote one, which has come since then.
        """
        written_at = ours["write_date"]
        taken_at = (mapped.binding or {}).get("synced_at")
        return None if taken_at and written_at <= taken_at else written_at

    def _ask(self, run, mapped, name, value, merging, deferred):
        """Do what a person has decided, or leave the field alone and ask.

        A decision holds for the two values that the person has seen. Where one of them
        is another by now, it is asked again.
        """
        ours = merging.ours[mapped.record_id][name]
        agreed = (mapped.binding or {}).get("agreed") or {}
        row = merging.decisions.get((mapped.record.remote_id, name))
        seen = row and (row["ours"], row["theirs"])
        if (
            row
            and row["choice"]
            and seen == (self._comparable(ours), self._comparable(value))
            and not deferred
            and (row["choice"] == "ours" or run.flow.may_update)
        ):
            if row["choice"] == "theirs":
                self._accept(run, mapped, name, value, ours)
            elif self._goes_out(run, name):
                mapped.agreed[name] = value
            else:
                # Both stay as they are: from here on each counts as unchanged.
                known = (mapped.binding or {}).get("agreed_remote") or {}
                known = known if mapped.agreed_remote is None else mapped.agreed_remote
                mapped.agreed[name] = ours
                mapped.agreed_remote = {**known, name: self._comparable(value)}
            mapped.decided = {**(mapped.decided or {}), name: row}
            return
        mapped.problems.append(
            Problem(
                "conflict",
                "conflict",
                field=name,
                params={"label": merging.labels.get(name, name)},
                blocking=False,
            )
        )
        mapped.conflicts = {
            **(mapped.conflicts or {}),
            name: (
                agreed.get(name, MISSING),
                self._comparable(ours),
                self._comparable(value),
            ),
        }

    def _send_settled(self, batch, merging):
        """Let Odoo's values go out that waited for a decision and stay as they are."""
        by_id = {mapped.record.remote_id: mapped for mapped in batch}
        for remote_id, name in merging.decisions:
            mapped = by_id[remote_id]
            written = mapped.values.keys() | mapped.deferred.keys()
            if name in (mapped.conflicts or {}) or name in written:
                continue
            ours = merging.ours[mapped.record_id]
            base = ((mapped.binding or {}).get("agreed") or {}).get(name)
            known = self._comparable(mapped.agreed.get(name, base))
            if name in ours and self._comparable(ours[name]) != known:
                mapped.forced = [*(mapped.forced or ()), name]
