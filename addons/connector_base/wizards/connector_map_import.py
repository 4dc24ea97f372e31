import base64

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine.map_diff import difference
from ..entities.entity_finance import FINANCE_MODELS
from ..models.connector_field_map_review import FINANCE


class ConnectorMapImport(models.TransientModel):
    """A file becomes a new draft, once people have seen what it would change."""

    _name = "connector.map.import"
    _description = "Import Field Map"

    flow_id = fields.Many2one("connector.flow", required=True, readonly=True)
    file = fields.Binary(required=True, attachment=False)
    file_name = fields.Char()
    problems = fields.Text(compute="_compute_content")
    summary = fields.Char(compute="_compute_content")
    difference_html = fields.Html(compute="_compute_content", sanitize=False)
    decision_count = fields.Integer(compute="_compute_content")
    unresolved = fields.Text(compute="_compute_content")
    take_decisions = fields.Boolean(
        string="Take Over Decisions about Values",
        help="They apply at once, to the active version, too. What is decided here"
        " already stays as it is.",
    )

    @api.depends_context("lang", "uid")
    @api.depends("file", "flow_id")
    def _compute_content(self):
        maps = self.env["connector.field.map"]
        for wizard in self:
            document, problems = wizard._read() if wizard.file else ({}, [])
            found = wizard._difference(document) if document else {}
            decisions, unresolved = wizard._decisions(document)
            wizard.problems = maps._problems_in_words(problems)
            wizard.summary = maps._difference_in_short(found)
            wizard.difference_html = maps._difference_as_table(found)
            wizard.decision_count = len(decisions)
            wizard.unresolved = maps._problems_in_words(unresolved)

    def _read(self):
        """:return: ``(document, problems)``, see ``connector.field.map._read_file``"""
        # A form that isn't saved yet has the text of the file, a saved one its bytes.
        content = self.with_context(bin_size=False).file
        try:
            content = base64.b64decode(content, validate=True)
        except ValueError:
            return {}, [self.env._("The file didn't arrive whole: choose it again.")]
        return self.env["connector.field.map"]._read_file(self.flow_id, content)

    def _difference(self, document):
        maps = self.env["connector.field.map"]
        active = self.flow_id.active_map_id._line_attributes()
        found = difference(active, document["lines"])
        return maps._in_words(self.flow_id, found)

    def _decisions(self, document):
        """Decisions that can be taken over, and in words those that can't."""
        connection = self.flow_id.connection_id
        if not connection:
            return [], []
        found, unresolved = connection._resolve_decisions(
            document.get("value_maps") or {}
        )
        if self.env.user.has_group(FINANCE):
            return found, unresolved
        mine = [(li, vals) for li, vals in found if li.res_model not in FINANCE_MODELS]
        unresolved += [
            self.env._(
                "%(list)s: %(value)s, which a finance approver has to decide",
                list=line.map_id.label,
                value=line.remote_value,
            )
            for line, _vals in found
            if line.res_model in FINANCE_MODELS
        ]
        return mine, unresolved

    def action_import(self):
        """Make the draft; a file with any problem makes nothing."""
        self.ensure_one()
        maps = self.env["connector.field.map"]
        maps._check_editor()
        self.flow_id.check_access("write")
        document, problems = self._read()
        if problems:
            raise UserError(maps._problems_in_words(problems))
        note = self.env._("Imported from %s.", self.file_name or self.env._("a file"))
        draft = maps._create_draft(self.flow_id, document["lines"], note)
        if self.take_decisions:
            decisions, _unresolved = self._decisions(document)
            for line, vals in decisions:
                line.write(vals)
        return draft._open()
