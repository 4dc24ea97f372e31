"""How people take configuration over: on a screen, and at a command line."""

import base64
import contextlib
import io
import pathlib
import tempfile

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..cli.connector_config import ConnectorConfig, read_tree, write_tree
from ..engine import config_file
from .common_config import ConfigCase


@tagged("post_install", "-at_install")
class TestConfigCommand(ConfigCase):
    def run_command(self, action, path, *arguments):
        """What the command says and its exit status, in the transaction of the test."""
        command = ConnectorConfig()
        options = command.parsed([action, str(path), "-d", "x", *arguments])
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            status = command.execute(self.env, options)
        return status, said.getvalue()

    def test_files_of_a_repository_are_compared_and_taken_over(self):
        for name in ("files", "files.zip"):
            with self.subTest(name=name), tempfile.TemporaryDirectory() as folder:
                path = pathlib.Path(folder) / name
                self.companies.lane = "bulk"
                self.assertEqual(self.run_command("export", path)[0], 0)
                self.assertEqual(
                    self.run_command("diff", path), (0, "No differences.\n")
                )
                self.companies.lane = "default"
                status, said = self.run_command("diff", path)
                self.assertEqual(status, 1)
                self.assertIn("~ Fake CRM · Companies · Lane: Default → Bulk", said)
                self.assertEqual(self.run_command("import", path)[0], 0)
                self.assertEqual(self.companies.lane, "bulk")

    def test_a_folder_holds_nothing_of_an_export_before(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder)
            (path / "README.md").write_text("Ours")
            write_tree(path, {"rules/old.json": b"{}", "manifest.json": b"{}"})
            write_tree(path, {"rules/new.json": b"{}", "manifest.json": b"{}"})
            self.assertEqual(
                read_tree(path).keys(), {"rules/new.json", "manifest.json"}
            )
            self.assertTrue((path / "README.md").exists())

    def test_it_may_have_the_rights_of_a_user_only(self):
        tree = self.tree()
        self.connection.sequence = 8
        with tempfile.TemporaryDirectory() as folder:
            write_tree(pathlib.Path(folder), tree)
            status, said = self.run_command(
                "import", folder, "--user", self.editor.login
            )
        self.assertEqual(status, 1)
        self.assertIn("You may not change it", said)
        self.assertEqual(self.connection.sequence, 8)


@tagged("post_install", "-at_install")
class TestConfigFields(ConfigCase):
    #: Audited models that are no configuration of files, and why.
    NOT_MOVED = {
        "connector.credential": "secrets are entered in each database",
        "connector.context.token": "secrets are made in each database",
        "connector.field.map": "has files of its own, as drafts",
        "connector.field.map.line": "stands in the file of its map",
        "connector.field.map.step": "stands in the file of its map",
        "connector.value.map": "has files of its own",
        "connector.value.map.line": "stands in the file of its map",
        "connector.lane": "how many workers a server has is the server's",
        "connector.correction": "is about one record",
        "connector.conflict": "is about one record",
        "connector.match.decision": "is about one record",
        "connector.billing.decision": "is about one document",
        "connector.suspension": "is about one customer",
        "product.template": "is a record of Odoo's, which has a file of its own",
    }

    def models_with(self, name):
        mixin = type(self.env[name])
        return {
            model._name: model
            for _name, model in self.env.items()
            if isinstance(model, mixin) and not model._abstract
        }

    def test_whatever_governs_moves_or_says_why_not(self):
        governing = self.models_with("connector.audited").keys()
        moved = self.models_with("connector.configured").keys()
        self.assertEqual(
            governing - moved - self.NOT_MOVED.keys(),
            set(),
            "inherit connector.configured",
        )
        self.assertFalse(self.NOT_MOVED.keys() & moved)

    def test_each_field_that_people_edit_travels_or_says_why_not(self):
        for name, model in self.models_with("connector.configured").items():
            with self.subTest(model=name):
                stays = model._config_left_out()
                self.assertFalse(stays.keys() - model._fields.keys())
                self.assertTrue(all(stays.values()))
                travels = {*model._config_fields(), *model._config_parts()}
                owner = {model._config_owner}
                self.assertEqual(
                    model._config_candidates() - travels - stays.keys() - owner, set()
                )
                self.assertFalse(travels & stays.keys())

    def test_each_model_has_a_file_or_an_owner_that_writes_it(self):
        known = self.models_with("connector.configured")
        written = {
            part._name
            for model in known.values()
            for part in model._config_parts().values()
        }
        for name, model in known.items():
            self.assertEqual(bool(model._config_file), name not in written, name)
            self.assertLessEqual({*model._config_key}, model._fields.keys())


@tagged("post_install", "-at_install")
class TestConfigImport(ConfigCase):
    def wizard(self, tree, user=None, **vals):
        content = tree if isinstance(tree, bytes) else config_file.pack(tree)
        model = self.env["connector.config.import"].with_user(user or self.env.user)
        return model.create(
            {"file": base64.b64encode(content), "file_name": "acme.zip", **vals}
        )

    def test_nothing_is_written_before_it_was_seen(self):
        tree = self.tree()
        self.companies.lane = "bulk"
        wizard = self.wizard(tree)
        wizard.action_compare()
        line = wizard.line_ids
        self.assertEqual(
            (line.label, line.before, line.after), ("Lane", "Bulk", "Default")
        )
        self.assertTrue(line.is_chosen)
        self.assertEqual(self.companies.lane, "bulk")
        # Somebody changes something else meanwhile.
        self.companies.criticality = "high"
        wizard.action_apply()
        self.assertEqual(self.companies.lane, "bulk")
        self.assertIn("look once more", wizard.note)
        wizard.line_ids.filtered(lambda li: li.label == "Criticality").is_chosen = False
        wizard.action_apply()
        self.assertEqual(
            (self.companies.lane, self.companies.criticality), ("default", "high")
        )
        self.assertEqual(wizard.line_ids.mapped("label"), ["Criticality"])

    def test_a_counterpart_is_chosen_and_shown_before_it_is_taken(self):
        def edit(document):
            document["values"]["owner_id"] = "jo@elsewhere.example"

        wizard = self.wizard(self.edited(self.tree(), "flows/companies.json", edit))
        wizard.action_compare()
        self.assertEqual(wizard.problem_count, 1)
        wizard.unknown_ids.counterpart_id = self.colleague.id
        wizard.action_apply()
        self.assertFalse(self.companies.owner_id == self.colleague)
        wizard.action_apply()
        self.assertEqual(self.companies.owner_id, self.colleague)

    def test_a_forged_line_takes_nothing_over(self):
        tree = self.tree()
        self.connection.sequence = 8
        wizard = self.wizard(tree, self.editor)
        wizard.action_compare()
        self.assertTrue(wizard.line_ids.problem)
        wizard.line_ids.write({"is_chosen": True, "problem": False})
        wizard.action_apply()
        wizard.line_ids.write({"is_chosen": True})
        wizard.action_apply()
        self.assertEqual(self.connection.sequence, 8)

    def test_garbage_is_refused_in_plain_words(self):
        for content in (b"PK garbage", b"", config_file.pack({})):
            wizard = self.wizard(content)
            try:
                wizard.action_compare()
            except UserError as error:
                self.assertRegex(str(error), "can't be taken|Choose the file")
            else:
                self.assertIn("manifest.json", wizard.problems)

    def test_an_export_holds_what_was_chosen(self):
        export = self.env["connector.config.export"].with_user(self.editor)
        export = export.with_context(
            active_model="connector.connection", active_ids=self.connection.ids
        ).create({"with_rules": False})
        tree = config_file.unpack(export._content())
        self.assertIn("connections/fake-fake-crm/connection.json", tree)
        self.assertFalse([path for path in tree if path.startswith("rules/")])
