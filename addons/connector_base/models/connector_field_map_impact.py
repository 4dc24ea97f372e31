import collections

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..engine.hashing import content_hash
from ..engine.paths import MISSING, getter

#: Most records that are counted, and how many at once without a job.
IMPACT_RECORDS = 5000
AT_ONCE = 500
#: Examples that are kept, and of them of one reason to hold records.
EXAMPLES = 20
EXAMPLES_OF_REASON = 3


class ConnectorFieldMap(models.Model):
    """What a version would change, against the active one, counted on kept records."""

    _inherit = "connector.field.map"

    impact_text = fields.Char(string="What Would Change", readonly=True, copy=False)
    impact_at = fields.Datetime(string="Counted", readonly=True, copy=False)
    impact = fields.Json(
        readonly=True, copy=False, groups="connector_base.group_operator"
    )
    impact_digest = fields.Char(readonly=True, copy=False)
    impact_stale = fields.Boolean(compute="_compute_impact_stale")
    impact_detail = fields.Html(
        compute="_compute_impact_detail",
        sanitize=False,
        groups="connector_base.group_operator",
    )

    @api.depends("impact_digest", "line_ids")
    def _compute_impact_stale(self):
        for field_map in self:
            field_map.impact_stale = bool(
                field_map.impact_digest
                and field_map.impact_digest != field_map._impact_digest()
            )

    def _impact_digest(self):
        """Of what the count depends on in the two versions."""
        active = self.flow_id.active_map_id
        return content_hash([self._map_content(), active._map_content()])

    def _map_content(self):
        chain = self.env["connector.field.map.line"]._chain
        return [
            [
                *(line.remote_path, line.target, line.direction, line.owner),
                *(line.required, line.default_value or "", chain(line)),
            ]
            for line in self.line_ids
        ]

    def action_count_impact(self):
        """Count what this version would change; many records in the background."""
        self.ensure_one()
        self.check_access("read")
        if not self.env.user.has_group("connector_base.group_operator"):
            raise AccessError(
                self.env._("Only an operator can count what would change.")
            )
        if self.state not in ("draft", "submitted", "approved"):
            raise UserError(
                self.env._("Only a version that isn't active yet can be counted.")
            )
        self.sudo()._check_lines_to_try()
        if self.sudo()._kept_count() <= AT_ONCE:
            self.sudo()._impact()
            return False
        self.env["connector.job"].sudo().enqueue(
            self.sudo(),
            "_job_impact",
            # Of no connection: the vendor isn't asked, so one that is paused or down is
            # no reason to wait.
            name=self.env._("%s: count what would change", self.display_name),
            lane="default",
            identity_key=f"impact:{self.id}",
        )
        self.sudo().write(
            {"impact_text": self.env._("Being counted in the background…")}
        )
        return False

    def _check_lines_to_try(self):
        if not self.line_ids:
            raise UserError(self.env._("The map has no lines yet."))

    def _kept_count(self):
        groups = self.env["connector.payload"]._read_group(
            [("flow_id", "=", self.flow_id.id)], [], ["count:sum"]
        )
        return groups[0][0] or 0

    def _job_impact(self, job):
        """Count in bounded batches; each is undone, and the lease is kept between."""
        self._impact(job)
        return {"records": (self.impact or {}).get("records", 0)}

    def _impact(self, job=None):
        """Replay kept records by this version and by the active one, and compare.

        Nothing of the records is written; the count is stored with the map.

        :return: ``{"records", "changed", "held", "released", "fields", "examples"}``
        """
        self.ensure_one()
        digest = self._impact_digest()
        records = self.env["connector.payload"]._newest(self.flow_id, IMPACT_RECORDS)
        trial = self.env["connector.trial"]
        ours = trial._run_of(self)
        # What both look up is looked up once, and is the same for both.
        theirs = trial._run_of(self.flow_id.active_map_id, ours.tables)
        found = {
            "records": 0,
            "changed": 0,
            "held": 0,
            "released": 0,
            "fields": {},
            "reasons": {},
            "examples": [],
            "unknown": self._unknown_paths(ours, theirs, records),
        }
        counts = {"fields": collections.Counter(), "reasons": collections.Counter()}
        for start in range(0, len(records), AT_ONCE):
            if job:
                job._checkpoint()
            batch = records[start : start + AT_ONCE]
            after = {t.mapped.record.remote_id: t for t in trial._try(ours, batch)}
            before = {t.mapped.record.remote_id: t for t in trial._try(theirs, batch)}
            for remote_id in after.keys() & before.keys():
                self._compare(found, counts, before[remote_id], after[remote_id])
        found["fields"] = dict(counts["fields"].most_common())
        found["reasons"] = dict(counts["reasons"].most_common(EXAMPLES))
        self.write(
            {
                "impact": found,
                "impact_text": self._impact_sentence(found),
                "impact_at": fields.Datetime.now(),
                "impact_digest": digest,
            }
        )
        return found

    def _unknown_paths(self, ours, theirs, records):
        """New paths of which no kept record tells: nobody has asked for them so far."""
        new = ours.paths.keys() - theirs.paths.keys()
        return sorted(
            path
            for path in new
            if all(getter(path)(record.values) is MISSING for record in records)
        )

    def _compare(self, found, counts, before, after):
        found["records"] += 1
        old, new = before.mapped, after.mapped
        if new.held:
            if not old.held:
                found["held"] += 1
                reason = self._reason(new)
                counts["reasons"][reason] += 1
                self._note_example(found, new, reason=reason)
            return
        if old.held:
            found["released"] += 1
            self._note_example(found, new, reason=self.env._("Is held no more."))
            return
        comparable = self.env["connector.import"]._comparable
        pairs = {}
        for name in old.values.keys() | new.values.keys():
            # What one of them doesn't write stays as it is in Odoo.
            now = (new.changes.get(name) or old.changes.get(name) or [None])[0]
            by_old, by_new = old.values.get(name, now), new.values.get(name, now)
            if comparable(by_old) != comparable(by_new):
                pairs[name] = (by_old, by_new)
        if pairs:
            found["changed"] += 1
            counts["fields"].update(list(pairs))
            self._note_example(found, new, pairs)

    def _reason(self, mapped):
        problem = next(problem for problem in mapped.problems if problem.blocking)
        return self.env["connector.exception"]._sentence(problem.code, problem.params)

    def _note_example(self, found, mapped, pairs=None, reason=None):
        """Keep an example as a log would show it: names for ids, people masked."""
        alike = [one for one in found["examples"] if reason and one["reason"] == reason]
        if len(found["examples"]) >= EXAMPLES or len(alike) >= EXAMPLES_OF_REASON:
            return
        entity = self.flow_id._entity_model()
        masked = self.env["connector.mapper"]._masked(
            entity, [line._entity_field() for line in self.line_ids]
        )
        words = self.env["connector.log"]._in_words(entity, [pairs or {}], masked)
        found["examples"].append(
            {
                "remote_id": mapped.record.remote_id,
                "res_id": mapped.record_id or 0,
                "fields": words[0],
                "reason": reason,
            }
        )

    def _impact_sentence(self, found):
        total = found["records"]
        if not total:
            return self.env._(
                "No record is kept to count on yet: it takes those that come in from"
                " now on."
            )

        def number(value):
            return f"{value:,}"

        parts = [
            self.env._(
                "%(changed)s of the last %(total)s records would change",
                changed=number(found["changed"]),
                total=number(total),
            )
        ]
        if found["held"]:
            parts.append(self.env._("%s would be held", number(found["held"])))
        if found["released"]:
            parts.append(
                self.env._("%s would be held no more", number(found["released"]))
            )
        text = ", ".join(parts) + "."
        if found["unknown"]:
            text += " " + self.env._(
                "Not counted, as no kept record has them yet: %s.",
                ", ".join(found["unknown"]),
            )
        return text

    @api.depends("impact")
    def _compute_impact_detail(self):
        for field_map in self:
            found = field_map.sudo().impact
            field_map.impact_detail = (
                self.env["ir.qweb"]._render(
                    "connector_base.connector_map_impact",
                    field_map._impact_words(found),
                )
                if found and found["records"]
                else False
            )

    def _impact_words(self, found):
        """The stored count in words: labels for names, texts for values."""
        model = self.env[self.flow_id.res_model]

        def label(name):
            field = model._fields.get(name)
            return field._description_string(self.env) if field else name

        def text(value):
            empty = value is None or value is False or value == ""
            return self.env._("empty") if empty else str(value)

        return {
            "fields": [(label(n), f"{c:,}") for n, c in found["fields"].items()],
            "reasons": [(r, f"{c:,}") for r, c in found["reasons"].items()],
            "examples": [
                {
                    "remote_id": example["remote_id"],
                    "sentences": [
                        *([example["reason"]] if example["reason"] else []),
                        *(
                            f"{label(name)}: {text(before)} → {text(after)}"
                            for name, (before, after) in example["fields"].items()
                        ),
                    ],
                }
                for example in found["examples"]
            ],
        }
