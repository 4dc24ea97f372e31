from odoo import fields, models
from odoo.exceptions import UserError

from ..engine.masking import mask_personal
from ..engine.normalize import storable
from ..engine.paths import MISSING, getter
from .connector_map_preview import DIALOG

#: How much of a value is shown.
SHOWN = 200


class ConnectorMapPreview(models.TransientModel):
    """What a preview shows: each line both ways, and what stands in the way."""

    _inherit = "connector.map.preview"

    # -- what is shown ----------------------------------------------------------

    def _show(self, record, source):
        vals = self._pulled(record) if record and self.direction != "push" else {}
        if self.direction != "pull":
            vals = self._add_pushed(vals, record)
        self.line_ids.sudo().unlink()
        self.push_line_ids.sudo().unlink()
        self.sudo().write({"source": source, **vals})
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
            "name": self.env._("Preview: %s", self.map_id.display_name),
            "context": {"default_map_id": self.map_id.id, **DIALOG},
        }

    def _pulled(self, record):
        """Values of the wizard: what the map makes of a remote record."""
        field_map = self.map_id.sudo()
        trial = self.env["connector.trial"].sudo()
        run = trial._run_of(field_map)
        found = trial._try(run, [record])
        if not found:
            return {
                "summary": self.env._(
                    "Nothing would be written: the record is locked, or was deleted in"
                    " Odoo."
                ),
                "summary_kind": "info",
                "problem_text": False,
                "remote_name": record.remote_id,
            }
        [one] = found
        mapped = one.mapped
        ours = self._ours(run, mapped)
        commands = []
        lines = field_map.line_ids.filtered(lambda line: line.direction != "push")
        for line, compiled in zip(lines, run.compiled.lines, strict=True):
            commands.append(
                fields.Command.create(
                    self._pull_line(run, one, ours, line, compiled, record)
                )
            )
        sentence = self.env["connector.exception"]._sentence
        problems = [
            sentence(problem.code, {**problem.params, **problem.details})
            for problem in mapped.problems
        ]
        name = mapped.canonical.get("name") or record.remote_id
        return {
            "line_ids": commands,
            "problem_text": self._for_user("\n".join(problems), True) or False,
            "remote_name": self._for_user(str(name), True),
            "record_name": self._record_name(mapped),
            **self._summary(mapped),
        }

    def _record_name(self, mapped):
        model = self.env[self.flow_id.res_model].sudo()
        record = model.browse(mapped.record_id or []).exists()
        shown = record and self._may_see(record)
        return self._for_user(record.display_name, True) if shown else False

    def _summary(self, mapped):
        if mapped.held:
            text, kind = self.env._("The record would be held."), "bad"
        elif not mapped.record_id:
            text, kind = self.env._("A new record would be made in Odoo."), "good"
        elif not mapped.binding:
            text = self.env._("The record would be linked with one that Odoo has.")
            kind = "good"
        elif mapped.values or mapped.deferred:
            text, kind = self.env._("The record in Odoo would be updated."), "good"
        else:
            text, kind = self.env._("Nothing would change in Odoo."), "info"
        note = self.env._("Nothing has been written.")
        return {"summary": f"{text} {note}", "summary_kind": kind}

    def _ours(self, run, mapped):
        """Odoo's values of the record now, as they are compared."""
        if not mapped.record_id:
            return {}
        model = self.env[run.entity._entity_model].sudo()
        names = {
            name
            for targets in run.paths.values()
            for target in targets
            for name in self._odoo_names(run.entity, target)
        }
        records = model.with_context(active_test=False).browse(mapped.record_id)
        if not self._may_see(records.exists()):
            return {}
        rows = records.exists().read(sorted(names), load=None)
        return rows[0] if rows else {}

    def _may_see(self, records):
        """Whether the user may read the Odoo record; others see no value of it."""
        return records.sudo(False).has_access("read")

    def _odoo_names(self, entity, target):
        """The Odoo fields that an entity field fills, its own one first."""
        field = entity._entity_field(target)
        if field and field.odoo_field:
            return [field.odoo_field]
        return sorted(entity._watched_fields({target}) or entity._owners({target: ""}))

    def _pull_line(self, run, one, ours, line, compiled, record):
        mapped = one.mapped
        raw = getter(line.remote_path)(record.values)
        problems = []
        value = self.env["connector.mapper"]._read_line(
            run.compiled, compiled, raw, problems, record.values
        )
        names = self._odoo_names(run.entity, line.target)
        written = {
            name: mapped.values[name]
            if name in mapped.values
            else mapped.deferred[name]
            for name in names
            if name in mapped.values or name in mapped.deferred
        }
        outcome, verdict = self._outcome(run, one, ours, line, names, written, value)
        show = self._shower(line.pii)
        return {
            "direction": "pull",
            "remote_path": line.remote_path,
            "raw": self._raw_text(raw, line.pii),
            "result": "" if problems or value is MISSING else show(None, value),
            "target_label": line.target_label or line.target,
            "ours": ", ".join(show(n, ours[n]) for n in names if n in ours),
            "written": ", ".join(show(n, v) for n, v in written.items()),
            "outcome": outcome,
            "verdict": verdict,
            "owner": line.owner,
        }

    def _outcome(self, run, one, ours, line, names, written, value):
        """What becomes of a line's value, in one sentence, and how it looks."""
        mapped, _ = one.mapped, self.env._
        troubled = [p for p in mapped.problems if p.field in (line.target, *names)]
        if line.remote_path in run.idle:
            text = _("The vendor has no such field: Odoo's value stays."), "info"
        elif any(problem.blocking for problem in troubled):
            text = _("Holds the record."), "bad"
        elif mapped.held:
            text = _("The record is held."), "info"
        elif any(problem.code == "conflict" for problem in troubled):
            text = _("Changed on both sides: a person decides."), "bad"
        elif written and mapped.record_id:
            text = _("Written."), "good"
        elif written:
            text = _("Written with the new record."), "good"
        elif value is MISSING:
            text = _("Not in the record: Odoo's value stays."), "info"
        elif mapped.record_id and not run.flow.may_update:
            text = _("The flow may not update records."), "info"
        elif line.owner == "odoo" and mapped.record_id:
            text = _("Odoo owns this field: nothing written."), "info"
        elif not mapped.record_id:
            text = _("Empty."), "info"
        elif value not in (None, "") and not any(map(one.theirs.get, names)):
            text = _("Odoo doesn't know this value: it stays empty."), "info"
        elif self._same(one, ours, names):
            text = _("The same on both sides."), "info"
        else:
            text = _("Odoo's value is newer, or was kept before."), "info"
        return text

    def _same(self, one, ours, names):
        comparable = self.env["connector.import"]._comparable
        return all(
            comparable(one.theirs[name]) == comparable(ours.get(name))
            for name in names
            if name in one.theirs
        )

    # -- out of Odoo ------------------------------------------------------------

    def _add_pushed(self, vals, record):
        binding = self.env["connector.binding"].search(
            [
                ("flow_id", "=", self.flow_id.id),
                ("remote_id", "=", self.remote_id.strip()),
            ],
            limit=1,
        )
        if not binding:
            if not vals:
                raise UserError(
                    self.env._("Record %s isn't linked with Odoo.", self.remote_id)
                )
            return vals
        field_map = self.map_id.sudo()
        out, compiled = (
            self.env["connector.trial"].sudo()._try_push(field_map, binding.res_id)
        )
        by_path = {line.path: line for line in compiled.lines}
        commands = [
            fields.Command.create(self._push_line(out, by_path, line, record))
            for line in field_map.line_ids
            if line.direction != "pull"
        ]
        sentence = self.env["connector.exception"]._sentence
        problems = "\n".join(
            sentence(problem.code, {**problem.params, **problem.details})
            for problem in out.problems
        )
        vals = {"summary": self.env._("Nothing has been written."), **vals}
        vals.setdefault("summary_kind", "info")
        vals.setdefault("remote_name", self.remote_id)
        texts = [vals.get("problem_text") or "", self._for_user(problems, True)]
        return {
            **vals,
            "push_line_ids": commands,
            "problem_text": "\n".join(filter(None, texts)) or False,
        }

    def _push_line(self, out, by_path, line, record):
        _ = self.env._
        theirs = getter(line.remote_path)(record.values) if record else MISSING
        goes = line.remote_path in out.values
        sent = out.values.get(line.remote_path)
        if out.row is None:
            outcome, verdict = _("The Odoo record is gone."), "bad"
        elif line.push_obstacle:
            outcome, verdict = line.push_obstacle, "info"
        elif line.remote_path not in by_path:
            outcome = line.warning or _("Another line sends this field.")
            verdict = "info"
        elif goes:
            outcome, verdict = _("Sent."), "good"
        elif line.owner == "remote":
            outcome, verdict = _("The vendor owns this field: nothing sent."), "info"
        else:
            outcome, verdict = _("Nothing new to send."), "info"
        compiled = by_path.get(line.remote_path)
        record_there = self.env[self.flow_id.res_model].browse(out.res_id)
        names = compiled.sources if compiled and out.row else ()
        if names and not self._may_see(record_there):
            names, sent = (), None
        show = self._shower(line.pii)
        ours = [show(name, out.row[name]) for name in names if name in out.row]
        return {
            "direction": "push",
            "remote_path": line.remote_path,
            "raw": self._raw_text(theirs, line.pii),
            "target_label": line.target_label or line.target,
            "ours": ", ".join(ours),
            "written": self._raw_text(sent if goes else MISSING, line.pii),
            "outcome": outcome,
            "verdict": verdict,
            "owner": line.owner,
        }

    # -- texts ------------------------------------------------------------------

    def _for_user(self, text, personal):
        """A text as the user may see it."""
        if not text:
            return ""
        if personal and not self.env.user.has_group("connector_base.group_operator"):
            return mask_personal(text)
        return storable(text)[:2000]

    def _raw_text(self, value, personal):
        if value is MISSING:
            return ""
        if value is None or value == "":
            return self.env._("(empty)")
        text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        return self._for_user(text[:SHOWN], personal)

    def _shower(self, personal):
        """``function(Odoo field or None, value) -> text``; ids become names."""
        model = self.env[self.flow_id.res_model].sudo()

        def show(name, value):
            if value is MISSING or value is None or value is False or value == "":
                field = model._fields.get(name or "")
                no = field is not None and field.type == "boolean"
                return self.env._("No") if no else self.env._("(empty)")
            field = model._fields.get(name or "")
            if field is not None and field.relational:
                ids = value if isinstance(value, list) else [value]
                if all(isinstance(one, int) for one in ids):
                    found = self.env[field.comodel_name].sudo().browse(ids).exists()
                    value = ", ".join(found.mapped("display_name"))
            elif field is not None and field.type == "selection":
                labels = dict(field._description_selection(self.env))
                value = labels.get(value, value)
            elif isinstance(value, tuple | list):
                value = ", ".join(map(str, value))
            return self._for_user(str(value)[:SHOWN], personal)

        return show
