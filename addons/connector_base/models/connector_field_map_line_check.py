from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine import compat
from ..engine.transforms import ANY, LIST

#: Lines that are named in an error at most.
NAMES_SHOWN = 5


class ConnectorFieldMapLine(models.Model):
    """Whether a line's two ends go together, by what the vendor says of its own."""

    _inherit = "connector.field.map.line"

    severity = fields.Selection(
        [("ok", "Fine"), ("warning", "Look"), ("error", "Doesn't Fit")],
        string="Check",
        compute="_compute_check",
    )
    warning = fields.Char(
        string="What Doesn't Fit",
        compute="_compute_check",
        help="What the vendor's own description says about this line.",
    )
    remote_label = fields.Char(compute="_compute_check")

    # -- what the check asks ----------------------------------------------------

    @api.model
    def _chain(self, line):
        """The transforms of a line, in order, as ``[(name, argument)]``."""
        return line.step_ids._chain()

    @api.model
    def _produces(self, name):
        """The kind that a transform makes; ``any`` where nobody says."""
        if name in compat.PRODUCES:
            return compat.PRODUCES[name]
        declared = self.env["connector.transform"]._by_name().get(name)
        gives = declared.gives if declared else ANY
        return {LIST: "list", None: "same"}.get(gives, "any")

    def _in_force(self):
        """Without optional lines whose field the vendor has never had."""
        optional = self.filtered("optional")
        if not optional:
            return self
        flow = optional.map_id.flow_id
        known = self.env["connector.remote.field"]._by_path(
            flow.connection_id, flow.stream
        )
        if not known:
            return self
        return self - optional.filtered(
            lambda line: compat.locate(line.remote_path, known)[0] is None
        )

    def _targets_by_path(self):
        """``{remote path: {names of entity fields}}``"""
        targets = {}
        for line in self:
            targets.setdefault(line.remote_path, set()).add(line.target)
        return targets

    def _mapped_values(self):
        """The vendor's values that the value maps of this line give a meaning."""
        self.ensure_one()
        flow = self.map_id.flow_id
        field = self._entity_field()
        names = [arg for name, arg in self._chain(self) if name == "value_map" and arg]
        if field and field.value_map:
            names.append(field.value_map)
        if not names:
            return set()
        lines = self.env["connector.value.map.line"].search(
            [
                ("map_id.connection_id", "=", flow.connection_id.id),
                ("map_id.name", "in", names),
                ("state", "in", ("mapped", "skipped")),
            ]
        )
        return set(lines.mapped("remote_value"))

    def _unsendable_paths(self):
        """Paths of lines that go out although the vendor has or takes them no more."""
        outgoing = self.filtered(lambda line: line.direction != "pull")
        if not outgoing:
            return set()
        flow = outgoing.map_id.flow_id
        known = self.env["connector.remote.field"]._by_path(
            flow.connection_id, flow.stream
        )
        if not known:
            return set()
        present = {path: r for path, r in known.items() if r["state"] == "present"}
        paths = set()
        for path in outgoing.mapped("remote_path"):
            found, _rest = compat.locate(path, present)
            if found is None or not present[found]["writable"]:
                paths.add(path)
        return paths

    # -- verdict ----------------------------------------------------------------

    @api.depends_context("lang")
    @api.depends(
        *("remote_path", "target", "direction", "step_ids.transform"),
        *("required", "default_value", "optional"),
        "map_id.flow_id.direction",
    )
    def _compute_check(self):
        for flow, lines in self.grouped(lambda line: line.map_id.flow_id).items():
            known = (
                self.env["connector.remote.field"]
                .sudo()
                ._by_path(flow.connection_id, flow.stream)
                if flow
                else {}
            )
            for line in lines:
                row = known.get(compat.locate(line.remote_path or "", known)[0]) or {}
                line.remote_label = row.get("label") or False
                verdict = line._verdict(flow, known) if flow else compat.Verdict()
                line.severity = verdict.severity
                line.warning = line._check_sentence(verdict) or False

    def _verdict(self, flow, known):
        """:param known: ``{path: row}`` of the flow's stream"""
        self.ensure_one()
        if not self.remote_path or not self.target:
            return compat.Verdict()
        pulls, sends = self._ways(flow)
        verdicts = []
        kind, row = "any", None
        if known:
            present = {p: r for p, r in known.items() if r["state"] == "present"}
            found, rest = compat.locate(self.remote_path, present)
            if found is None:
                return self._absent_verdict(known)
            row = present[found]
            kind = compat.kind_at(row["kind"], rest)
        if pulls:
            verdicts.append(self._kind_verdict(kind))
        if sends and row:
            verdicts.append(self._push_verdict(kind, row, pulls))
        return compat.worst(verdicts)

    def _ways(self, flow):
        pulls = flow.direction != "push" and self.direction != "push"
        sends = flow.direction != "pull" and self.direction != "pull"
        return pulls, sends

    def _absent_verdict(self, known):
        found, _rest = compat.locate(self.remote_path, known)
        if self.optional and not found:
            return compat.Verdict(compat.WARNING, "not_yet")
        gone = {"name": known[found]["label"]} if found else {}
        return compat.Verdict(compat.ERROR, "gone" if found else "unknown", gone)

    def _kind_verdict(self, kind):
        """Whether what stands at the path fits, after the transforms."""
        self.ensure_one()
        field = self._entity_field()
        if not field:
            return compat.Verdict()
        chain = self._chain(self)
        came, verdict = compat.after_chain(kind, chain, self._produces)
        if verdict.severity == compat.OK:
            # What the entity's own code works on has no length.
            bare = field.kind == "char" and not field.odoo_field
            verdict = compat.into(came, "text" if bare else field.kind)
            if verdict.code == "not_mapped" and field.value_map:
                # Its values are matched one by one, whatever they look like.
                verdict = compat.Verdict()
        params = {"kind": came, "label": field.label, **verdict.params}
        return compat.Verdict(verdict.severity, verdict.code, params)

    def _push_verdict(self, kind, row, pulls):
        field = self._entity_field()
        if not field or self.push_obstacle:
            return compat.Verdict()
        if not row["writable"]:
            # What goes both ways still comes in: the flow leaves it out when it sends.
            severity = compat.WARNING if pulls else compat.ERROR
            return compat.Verdict(severity, "read_only", {"name": row["label"]})
        if row["required"] and not self.required and not self.default_value:
            return compat.Verdict(
                compat.WARNING, "required_there", {"name": row["label"]}
            )
        verdict = compat.out_of(field.kind, kind)
        params = {"kind": kind, "label": field.label, **verdict.params}
        return compat.Verdict(verdict.severity, verdict.code, params)

    # -- words ------------------------------------------------------------------

    @api.model
    def _kind_labels(self):
        """What a vendor's field holds, in words."""
        return {
            "text": self.env._("a text"),
            "long_text": self.env._("a long text"),
            "email": self.env._("an e-mail address"),
            "phone": self.env._("a phone number"),
            "url": self.env._("a web address"),
            "number": self.env._("a number"),
            "integer": self.env._("a whole number"),
            "money": self.env._("an amount"),
            "boolean": self.env._("yes or no"),
            "date": self.env._("a date"),
            "datetime": self.env._("a date and time"),
            "option": self.env._("one of a list"),
            "options": self.env._("several of a list"),
            "reference": self.env._("a linked record"),
            "references": self.env._("several linked records"),
            "list": self.env._("a list"),
            "object": self.env._("a group of values"),
            "any": self.env._("something unknown"),
        }

    def _check_sentence(self, verdict):
        """A verdict in one sentence; empty where there is nothing to say."""
        if not verdict.code:
            return ""
        params = verdict.params
        _ = self.env._
        vendor = (
            self.map_id.flow_id.connection_id._provider()._provider_label
            if self.map_id.flow_id
            else ""
        )
        kind = self._kind_labels().get(params.get("kind"), "")
        label = params.get("label") or ""
        sentences = {
            "unknown": lambda: _("%s has no such field.", vendor),
            "not_yet": lambda: _(
                "%s has no such field yet: the line is left out until it has.", vendor
            ),
            "gone": lambda: _(
                "%(vendor)s doesn't have “%(name)s” any more.",
                vendor=vendor,
                name=params["name"],
            ),
            "not_number": lambda: _("Values that are no numbers will be held."),
            "not_whole": lambda: _("Numbers with decimals will be held."),
            "not_date": lambda: _("Values that are no dates will be held."),
            "not_boolean": lambda: _("Values that are neither yes nor no are held."),
            "not_email": lambda: _("Values that are no addresses will be reported."),
            "not_mapped": lambda: _("Values are held until a value map knows them."),
            "long_text": lambda: _("A long text goes into one line."),
            "list_into_one": lambda: _(
                "There are several values for one %s: take the first or join them.",
                label or _("field"),
            ),
            "not_a_list": lambda: _("There is one value only: nothing to join."),
            "does_not_fit": lambda: _(
                "It is %(kind)s at %(vendor)s: that can't become %(label)s.",
                kind=kind,
                vendor=vendor,
                label=label,
            ),
            "out_does_not_fit": lambda: _(
                "It is %(kind)s at %(vendor)s: %(label)s can't be sent there.",
                kind=kind,
                vendor=vendor,
                label=label,
            ),
            "out_may_not_fit": lambda: _(
                "It is %(kind)s at %(vendor)s: some values of %(label)s may be refused"
                " there.",
                kind=kind,
                vendor=vendor,
                label=label,
            ),
            "read_only": lambda: _(
                "%(vendor)s doesn't let “%(name)s” be written.",
                vendor=vendor,
                name=params["name"],
            ),
            "required_there": lambda: _(
                "%(vendor)s wants “%(name)s” of every record: mark the line as"
                " required.",
                vendor=vendor,
                name=params["name"],
            ),
        }
        tell = sentences.get(verdict.code)
        return tell() if tell else verdict.code


class ConnectorFieldMap(models.Model):
    _inherit = "connector.field.map"

    error_count = fields.Integer(compute="_compute_check_counts")
    warning_count = fields.Integer(compute="_compute_check_counts")

    @api.depends("line_ids.severity")
    def _compute_check_counts(self):
        for field_map in self:
            found = field_map.line_ids.mapped("severity")
            field_map.error_count = found.count("error")
            field_map.warning_count = found.count("warning")

    def _check_complete(self):
        """A map whose lines can't work is neither submitted nor activated.

        :raises UserError: naming the lines
        """
        result = super()._check_complete()
        lines = self.line_ids
        lines.invalidate_recordset(["severity", "warning"], flush=False)
        wrong = lines.filtered(lambda line: line.severity == "error")
        if wrong:
            shown = [f"{line.remote_path}: {line.warning}" for line in wrong]
            more = len(shown) - NAMES_SHOWN
            text = "\n".join(shown[:NAMES_SHOWN])
            if more > 0:
                text += "\n" + self.env._("… and %s more.", more)
            raise UserError(
                self.env._("Correct these lines first:\n%s", text),
            )
        return result

    def _take_effect(self, by=None):
        super()._take_effect(by)
        # What the version before could not do this one may.
        self.flow_id.sudo()._check_fields()
