import base64

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine import config_file
from ..engine.config_diff import CHANGED, GONE, NEW, PENDING
from ..models.connector_config import CONNECTION
from ..models.connector_configured import as_text

STATES = [
    (NEW, "New"),
    (CHANGED, "Changed"),
    (GONE, "Only Here"),
    (PENDING, "Waits for Approval"),
]


class ConnectorConfigImport(models.TransientModel):
    """Files of a configuration beside what is here; what is chosen is taken over.

    Nothing is written before, and then all in one transaction. Only what was shown is
    taken over: where something has changed meanwhile, it is shown again.
    """

    _name = "connector.config.import"
    _description = "Import of Configuration"
    _rec_name = "file_name"

    file = fields.Binary(attachment=False)
    file_name = fields.Char()
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        string="Otherwise Into",
        help="The company for all that names a company which isn't here by its name.",
    )
    is_compared = fields.Boolean()
    problems = fields.Text(readonly=True)
    exported = fields.Char(string="Made", readonly=True)
    digest = fields.Char(string="SHA-256", readonly=True)
    match_ids = fields.One2many("connector.config.import.match", "wizard_id")
    unknown_ids = fields.One2many("connector.config.import.unknown", "wizard_id")
    line_ids = fields.One2many("connector.config.import.line", "wizard_id")
    new_count = fields.Integer(compute="_compute_counts")
    changed_count = fields.Integer(compute="_compute_counts")
    gone_count = fields.Integer(compute="_compute_counts")
    problem_count = fields.Integer(compute="_compute_counts")
    chosen_count = fields.Integer(compute="_compute_counts")
    note = fields.Char(readonly=True)

    @api.depends("line_ids.state", "line_ids.problem", "line_ids.is_chosen")
    def _compute_counts(self):
        for wizard in self:
            lines = wizard.line_ids
            good = lines.filtered(lambda line: line.ident and not line.problem)
            wizard.new_count = len(good.filtered(lambda li: li.state == NEW))
            wizard.changed_count = len(good.filtered(lambda li: li.state == CHANGED))
            gone = lines.filtered(lambda li: li.state == GONE)
            wizard.gone_count = len(gone.filtered(lambda li: li.ident or li.problem))
            wizard.problem_count = len(
                lines.filtered(lambda li: li.problem and li.state != GONE)
            )
            wizard.chosen_count = len(good.filtered("is_chosen"))

    # -- plan -----------------------------------------------------------------

    def _tree(self):
        """``({path: bytes}, problem or empty)``"""
        content = self.with_context(bin_size=False).file
        if not content:
            return {}, self.env._("Choose the file first.")
        try:
            return config_file.unpack(base64.b64decode(content, validate=True)), ""
        except ValueError as error:
            return {}, self.env._("This file can't be taken: %s.", error)

    def _plan(self, tree):
        matches = {match.folder: match.connection_id.id for match in self.match_ids}
        chosen = {
            (unknown.model, unknown.key): unknown.counterpart_id
            for unknown in self.unknown_ids
            if unknown._counterpart()
        }
        return self.env["connector.config"]._plan(
            tree, self.company_id, matches, chosen
        )

    def action_compare(self):
        """Show what the file would change here."""
        self.ensure_one()
        self.env["connector.config"]._check_may_move()
        tree, problem = self._tree()
        if problem:
            raise UserError(problem)
        self._show(tree, self._plan(tree))
        return self._open()

    def action_again(self):
        """Choose another file."""
        self.ensure_one()
        self.write({"is_compared": False, "file": False, "note": False})
        self.match_ids.unlink()
        self.unknown_ids.unlink()
        self.line_ids.unlink()
        return self._open()

    def action_apply(self):
        """Take over what is chosen."""
        self.ensure_one()
        config = self.env["connector.config"]
        config._check_may_move()
        tree, problem = self._tree()
        if problem:
            raise UserError(problem)
        plan = self._plan(tree)
        if self._shown() != [self._line_of(change) for change in plan.changes]:
            self._show(tree, plan)
            self.note = self.env._(
                "This is not what was shown before: look once more, then apply."
            )
            return self._open()
        chosen = set(self.line_ids.filtered("is_chosen").mapped("ident")) - {False, ""}
        if not chosen:
            raise UserError(self.env._("Nothing is chosen."))
        config._apply(plan, chosen, (self.file_name or "", config_file.digest(tree)))
        # What is left is shown against what is here now.
        self.unknown_ids.unlink()
        self._show(tree, self._plan(tree))
        self.note = self.env._("%s differences were taken over.", len(chosen))
        return self._open()

    # -- show -----------------------------------------------------------------

    def _line_of(self, change):
        """A difference as the values of its line; empty texts are none."""
        return {
            name: getattr(change, name) or False
            for name in (
                *("ident", "path", "title", "state", "label", "before", "after"),
                "problem",
            )
        }

    def _shown(self):
        names = self._fields["line_ids"].comodel_name
        columns = ("ident", "path", "title", "state", "label", "before", "after")
        lines = self.env[names].browse(self.line_ids.ids).sorted("sequence")
        return [
            {name: line[name] or False for name in (*columns, "problem")}
            for line in lines
        ]

    def _show(self, tree, plan):
        left_out = set(
            self.line_ids.filtered(lambda li: not li.is_chosen).mapped("ident")
        )
        asked = set(self.line_ids.filtered("is_chosen").mapped("ident"))
        manifest = config_file.MANIFEST
        said = config_file.load(tree[manifest]) if not plan.problems else {}
        self.write(
            {
                "is_compared": True,
                "note": False,
                "problems": self.env["connector.field.map"]._problems_in_words(
                    plan.problems
                ),
                "digest": config_file.digest(tree),
                "exported": self.env._(
                    "%(at)s in %(database)s by %(login)s",
                    at=as_text(said.get("exported_at"))[:30],
                    database=as_text(said.get("database"))[:80],
                    login=as_text(said.get("exported_by"))[:80],
                )
                if said
                else False,
                "line_ids": [
                    fields.Command.clear(),
                    *(
                        fields.Command.create(
                            {
                                **self._line_of(change),
                                "sequence": number,
                                "is_chosen": self._is_wanted(change, asked, left_out),
                            }
                        )
                        for number, change in enumerate(plan.changes)
                    ),
                ],
            }
        )
        self._show_matches(plan)
        self._show_unknown(plan)

    def _is_wanted(self, change, asked, left_out):
        """What is only here goes where somebody says so, all else comes."""
        if not change.ident or change.problem:
            return False
        if change.state == GONE:
            return change.ident in asked
        return change.ident not in left_out

    def _show_matches(self, plan):
        known = {match.folder for match in self.match_ids}
        self.env["connector.config.import.match"].create(
            [
                {
                    "wizard_id": self.id,
                    "folder": folder,
                    "provider": provider,
                    "name": name,
                    "connection_id": plan.connections[folder].id or False,
                }
                for folder, (provider, name) in plan.named.items()
                if folder not in known
            ]
        )

    def _show_unknown(self, plan):
        known = {(unknown.model, unknown.key): unknown for unknown in self.unknown_ids}
        # What was chosen for is known now, and stays to be seen.
        self.env["connector.config.import.unknown"].create(
            [
                {
                    "wizard_id": self.id,
                    "model": unknown.model,
                    "key": key,
                    "sentence": self.env["connector.config"]._unknown_text(
                        plan, unknown.model, unknown.reference, unknown.company
                    ),
                    "uses": "\n".join(unknown.uses[:10]),
                }
                for (model, key), unknown in plan.unknown.items()
                if (model, key) not in known
            ]
        )

    def _open(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import Configuration"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "current",
        }


class ConnectorConfigImportMatch(models.TransientModel):
    """Which connection here one of the files is."""

    _name = "connector.config.import.match"
    _description = "Connection of an Import"
    _order = "folder, id"

    wizard_id = fields.Many2one(
        "connector.config.import", required=True, readonly=True, ondelete="cascade"
    )
    folder = fields.Char(required=True, readonly=True)
    provider = fields.Char(readonly=True)
    name = fields.Char(string="In the Files", readonly=True)
    connection_id = fields.Many2one(
        CONNECTION,
        string="Is Here",
        domain="[('provider', '=', provider)]",
        help="Empty: a new connection is made, which is not connected.",
    )


class ConnectorConfigImportUnknown(models.TransientModel):
    """What the files name and nothing here is called."""

    _name = "connector.config.import.unknown"
    _description = "Unknown Record of an Import"
    _order = "model, key, id"

    wizard_id = fields.Many2one(
        "connector.config.import", required=True, readonly=True, ondelete="cascade"
    )
    model = fields.Char(required=True, readonly=True)
    key = fields.Char(required=True, readonly=True)
    sentence = fields.Text(string="Not Known Here", readonly=True)
    uses = fields.Text(string="Used In", readonly=True)
    counterpart_id = fields.Many2oneReference(
        string="Is Here",
        model_field="model",
        help="Empty: it is left out, and what needs it as well.",
    )

    def _counterpart(self):
        """The record that a person has chosen, among those that they may see."""
        self.ensure_one()
        records = self.env[self.model].browse(self.counterpart_id or ())
        return records.exists()._filtered_access("read")


class ConnectorConfigImportLine(models.TransientModel):
    """One difference."""

    _name = "connector.config.import.line"
    _description = "Difference of an Import"
    _order = "sequence, id"

    wizard_id = fields.Many2one(
        "connector.config.import", required=True, readonly=True, ondelete="cascade"
    )
    sequence = fields.Integer(readonly=True)
    ident = fields.Char(readonly=True)
    path = fields.Text(string="File", readonly=True)
    title = fields.Text(string="What", readonly=True)
    state = fields.Selection(STATES, readonly=True)
    label = fields.Text(string="Field", readonly=True)
    before = fields.Text(string="Here Now", readonly=True)
    after = fields.Text(string="In the File", readonly=True)
    problem = fields.Text(string="Why Not", readonly=True)
    is_chosen = fields.Boolean(string="Apply")
    can_choose = fields.Boolean(compute="_compute_can_choose")

    @api.depends("ident", "problem")
    def _compute_can_choose(self):
        for line in self:
            line.can_choose = bool(line.ident) and not line.problem
