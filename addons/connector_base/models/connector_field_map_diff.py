from markupsafe import Markup

from odoo import api, fields, models

from ..engine import map_file
from ..engine.map_diff import difference

#: Where a line that isn't saved yet stands among those of its sequence.
NEWEST = 2**31
#: Attributes of a line in files -> the fields that hold them; see ``engine.map_file``.
#: Transforms are read by a function of their own.
FIELDS = {
    "remote_path": "remote_path",
    "target": "target",
    "direction": "direction",
    "owner": "owner",
    "required": "required",
    "default": "default_value",
    "pii": "pii",
    "optional": "optional",
}
#: Fields of a line's steps.
STEP_FIELDS = ("transform", "argument", "sequence")
#: What the difference of a version to another one follows from.
DIFFERENCE_DEPENDS = (
    *("state", "previous_id", "flow_id.map_ids.state", "line_ids.sequence"),
    *(f"line_ids.{name}" for name in FIELDS.values()),
    *(f"line_ids.step_ids.{name}" for name in STEP_FIELDS),
)


class ConnectorFieldMapLine(models.Model):
    """A line as its attributes: what files hold and versions differ in."""

    _inherit = "connector.field.map.line"

    @api.model
    def _attribute_fields(self):
        """``{attribute: field}``; see ``FIELDS``"""
        return FIELDS

    def _attributes(self):
        """``{attribute: JSON value}``, the same for lines that say the same."""
        self.ensure_one()
        names = self._attribute_fields()
        return {
            name: map_file.read_transforms(self.step_ids._chain())
            if name == "transforms"
            else self._plain(names[name])
            for name in map_file.ATTRIBUTES
        }

    def _plain(self, name):
        value = self[name]
        if name == "pii":
            field = self._target_field()
            return None if value == bool(field and field.pii) else value
        if self._fields[name].type == "boolean":
            return bool(value)
        return value or None

    @api.model
    def _vals_of(self, attributes):
        """What a line with these attributes is created with."""
        attributes = map_file.DEFAULTS | attributes
        names = self._attribute_fields()
        vals = {names[name]: attributes[name] for name in names}
        if attributes["pii"] is None:
            del vals["pii"]
        steps = self.env["connector.field.map.step"]
        return vals | {"step_ids": steps._commands(attributes["transforms"])}


class ConnectorFieldMap(models.Model):
    """What makes two versions of a flow's map differ, in words."""

    _inherit = "connector.field.map"

    compared_id = fields.Many2one(
        "connector.field.map",
        string="Compared With",
        compute="_compute_difference",
        help="The active version; that before where this one is or was active.",
    )
    difference_summary = fields.Char(compute="_compute_difference")
    difference_html = fields.Html(
        string="Difference", compute="_compute_difference", sanitize=False
    )

    @api.depends_context("lang")
    @api.depends(*DIFFERENCE_DEPENDS)
    def _compute_difference(self):
        for field_map in self:
            other = (
                field_map.previous_id
                if field_map.state in ("active", "retired")
                else field_map.flow_id.active_map_id
            )
            field_map.compared_id = other
            found = field_map._differences(other) if other else {}
            field_map.difference_summary = self._difference_in_short(found)
            field_map.difference_html = self._difference_as_table(found)

    def _raw_difference(self, other):
        """:return: ``engine.map_diff.Difference`` between ``other`` and this version"""
        return difference(other._line_attributes(), self._line_attributes())

    def _line_attributes(self):
        lines = self.line_ids.sorted(lambda li: (li.sequence, li._origin.id or NEWEST))
        return [line._attributes() for line in lines]

    def _differences(self, other):
        """What changes where this version takes the place of ``other``, in words.

        :param other: another version of the same flow's map
        :return: ``{"added": [line], "removed": [line], "changed": [line]}``; a line is
            ``{"remote_path", "target", "label", "finance", "changes": [{"attribute",
            "label", "before", "after"}]}``, where ``before`` of an added line and
            ``after`` of a removed one are empty; ``finance``: a finance approver has to
            approve it
        """
        self.ensure_one()
        return self._in_words(self.flow_id, self._raw_difference(other))

    @api.model
    def _in_words(self, flow, found):
        """A ``Difference`` of a flow's lines as :meth:`_differences` gives it."""
        entity = flow._entity_model()
        labels = self._attribute_labels()

        def words(line, name):
            return self._attribute_in_words(name, line.get(name)) if line else ""

        def in_words(before, after, names):
            line = after or before
            field = entity._entity_field(line["target"])
            return {
                "remote_path": line["remote_path"],
                "target": line["target"],
                "label": field.label if field else line["target"],
                "finance": any(
                    entity._touches_finance(side["target"])
                    for side in (before, after)
                    if side
                ),
                "changes": [
                    {
                        "attribute": name,
                        "label": labels[name],
                        "before": words(before, name),
                        "after": words(after, name),
                    }
                    for name in names
                    if name != "order"
                ]
                + [
                    {
                        "attribute": name,
                        "label": labels[name],
                        "before": "",
                        "after": self.env._("another place among those of its field"),
                    }
                    for name in names
                    if name == "order"
                ],
            }

        def told(line):
            """What is worth a word of a line that is wholly there or wholly gone."""
            return [
                name
                for name in map_file.DEFAULTS
                if line.get(name) != map_file.DEFAULTS[name]
            ]

        return {
            "added": [in_words(None, line, told(line)) for line in found.added],
            "removed": [in_words(line, None, told(line)) for line in found.removed],
            "changed": [in_words(*changed) for changed in found.changed],
        }

    @api.model
    def _attribute_labels(self):
        """``{attribute: what people call it}``"""
        lines = self.env["connector.field.map.line"]
        labels = {
            name: lines._fields[field]._description_string(self.env)
            for name, field in lines._attribute_fields().items()
        }
        return labels | {
            "remote_path": self.env._("Remote Field"),
            "transforms": self.env._("Transforms"),
            "order": self.env._("Order"),
        }

    @api.model
    def _attribute_in_words(self, name, value):
        lines = self.env["connector.field.map.line"]
        if name == "transforms":
            known = dict(self.env["connector.transform"]._labels())
            return " → ".join(
                " ".join([known.get(step[0], step[0]), *(f"“{a}”" for a in step[1:])])
                for step in value or ()
            )
        field = lines._fields[lines._attribute_fields()[name]]
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, value or "")
        if field.type == "boolean":
            return self.env._("yes") if value else self.env._("no")
        return value or ""

    @api.model
    def _difference_in_short(self, found):
        """“2 lines changed, 1 line added”; empty where nothing differs."""
        _ = self.env._
        sentences = {
            "changed": (_("1 line changed"), _("%s lines changed")),
            "added": (_("1 line added"), _("%s lines added")),
            "removed": (_("1 line removed"), _("%s lines removed")),
        }
        return ", ".join(
            one if len(found[kind]) == 1 else many % len(found[kind])
            for kind, (one, many) in sentences.items()
            if found.get(kind)
        )

    @api.model
    def _difference_as_table(self, found):
        """A difference to read: each kind has its colour, its sign and its word."""
        if not any(found.values()):
            return Markup()
        _ = self.env._
        kinds = [
            ("added", _("Added"), "text-bg-success", "fa-plus"),
            ("removed", _("Removed"), "text-bg-danger", "fa-minus"),
            ("changed", _("Changed"), "text-bg-warning", "fa-pencil"),
        ]
        return self.env["ir.qweb"]._render(
            "connector_base.field_map_difference",
            {
                "rows": [
                    {"label": label, "color": color, "icon": icon, "line": line}
                    for kind, label, color, icon in kinds
                    for line in found[kind]
                ]
            },
        )
