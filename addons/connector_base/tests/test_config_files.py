"""Configuration goes from one database to another as files."""

import json

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..engine import config_file
from ..engine.config_diff import CHANGED, GONE, NEW, PENDING
from .common import activate, steps
from .common_config import ConfigCase
from .common_vendor import SECRET


@tagged("post_install", "-at_install")
class TestConfigFiles(ConfigCase):
    def configure(self):
        """Something of all that people can decide."""
        connection, flow = self.connection, self.companies
        connection.write({"tz": "Europe/Berlin", "sequence": 3, "circuit_failures": 9})
        self.env["connector.maintenance.window"].create(
            {
                "connection_id": connection.id,
                "reason": "Backup",
                "recurrence": "daily",
                "from_hour": 1.5,
                "to_hour": 2,
            }
        )
        self.env["connector.retry.policy"].create(
            {"flow_id": flow.id, "error_class": "timeout", "tries": 9}
        )
        flow.write({"direction": "both", "lane": "bulk", "owner_id": self.editor.id})
        flow.match_rule_ids[:1].certain = "ask"
        team = self.env["connector.team"].create(
            {"name": "Sales", "member_ids": [(4, self.editor.id)]}
        )
        self.env["connector.exception.rule"].create(
            [
                {"flow_id": flow.id, "team_id": team.id, "sla_hours": 4},
                {"connection_id": connection.id, "user_id": self.editor.id},
            ]
        )
        value_map = self.env["connector.value.map"]._ensure(connection, "owner")
        self.env["connector.value.map.line"].create(
            [
                {
                    "map_id": value_map.id,
                    "remote_value": "77",
                    "remote_label": "Jo Personal",
                    "res_id": self.editor.id,
                },
                {"map_id": value_map.id, "remote_value": "78", "skip": True},
                {"map_id": value_map.id, "remote_value": "79"},
            ]
        )
        activate(self.new_draft(city={"owner": "odoo", "step_ids": steps("trim")}))

    def test_a_connection_that_is_made_of_files_writes_the_same_files(self):
        self.configure()
        before = self.tree()
        self.step_aside()
        self.apply(before)
        made = self.made()
        self.assertEqual((made.state, made.environment), ("draft", "sandbox"))
        drafts = made.flow_ids.map_ids.filtered(lambda m: m.state == "draft")
        self.assertEqual(drafts.flow_id.stream, "companies")
        activate(drafts)
        after = self.config._export(made)
        self.assertEqual(after.keys(), before.keys())
        for path in after.keys() - {"manifest.json"}:
            self.assertEqual(after[path].decode(), before[path].decode(), path)
        self.assertFalse(self.plan(before).changes)

    def test_no_secret_and_no_person_but_logins_is_in_the_files(self):
        self.configure()
        self.connection.account_key = "canary-of-the-account"
        tree = self.tree()
        whole = b"".join(tree.values())
        for canary in (
            SECRET,
            "canary-of-the-account",
            "Jo Personal",
            self.editor.name,
        ):
            self.assertNotIn(canary.encode(), whole)
        document = json.loads(tree["connections/fake-fake-crm/connection.json"])
        self.assertEqual(document["information"]["credentials"], ["api_key"])
        self.assertIn(self.editor.login.encode(), whole)

    def test_the_files_say_the_same_as_what_they_were_made_of(self):
        self.configure()
        plan = self.plan(self.tree())
        self.assertEqual((plan.changes, plan.problems, plan.unknown), ([], [], {}))

    # -- differences ----------------------------------------------------------

    def test_differences_are_told_with_the_words_of_the_screens(self):
        self.configure()
        tree = self.tree()
        self.companies.write({"lane": "default", "owner_id": False})
        self.companies.match_rule_ids[:1].certain = "link"
        self.connection.maintenance_window_ids.unlink()
        self.env["connector.team"].create({"name": "Support"})
        told = self.in_words(self.plan(tree))
        self.assertIn(
            (CHANGED, "Fake CRM · Companies", "Lane", "Default", "Bulk"), told
        )
        rule = self.companies.match_rule_ids[:1]
        title = f"Fake CRM · Companies · {rule.name}"
        links = (CHANGED, title, "One Match", "Links by Itself", "Asks")
        self.assertIn(links, told)
        self.assertIn(
            (CHANGED, "Fake CRM · Companies", "Business Owner", "", self.editor.login),
            told,
        )
        self.assertEqual(
            [(state, title) for state, title, *_ in told if state in (NEW, GONE)],
            [(GONE, "Support"), (NEW, "Fake CRM · Backup")],
        )

    def test_only_what_is_chosen_is_taken_over(self):
        self.configure()
        tree = self.tree()
        self.companies.write({"lane": "default", "criticality": "high"})
        stays = self.env["connector.team"].create({"name": "Support"})
        self.apply(tree, only=lambda change: change.label == "Lane")
        self.assertEqual(self.companies.lane, "bulk")
        self.assertEqual(self.companies.criticality, "high")
        self.assertTrue(stays.exists())
        self.apply(tree, gone=True)
        self.assertFalse(stays.exists())
        self.assertFalse(self.plan(tree).changes)

    def test_the_same_file_twice_has_no_differences(self):
        self.configure()
        tree = self.tree()
        self.step_aside()
        self.apply(tree)
        states = {change.state for change in self.plan(tree).changes}
        self.assertEqual(states, {PENDING})
        self.apply(tree)
        maps = self.made().flow_ids.map_ids
        self.assertEqual(len(maps.filtered(lambda m: m.state == "draft")), 1)

    def test_it_can_be_taken_over_by_a_connection_of_another_name(self):
        self.configure()
        tree = self.tree(rules=False)
        self.connection.name = "Fake CRM (test)"
        self.companies.lane = "default"
        folder = "connections/fake-fake-crm/"
        plan = self.plan(tree, matches={folder: self.connection.id})
        self.assertEqual([change.label for change in plan.changes], ["Lane"])

    # -- what isn't here ------------------------------------------------------

    def test_what_the_files_name_and_nothing_here_is_called_is_asked_for(self):
        def edit(document):
            document["values"]["owner_id"] = "jo@elsewhere.example"

        tree = self.edited(self.tree(), "flows/companies.json", edit)
        plan = self.plan(tree)
        self.assertEqual(
            self.problems(plan), ["User “jo@elsewhere.example” doesn't exist here."]
        )
        self.assertEqual(list(plan.unknown), [("res.users", "jo@elsewhere.example")])
        self.apply(tree, chosen={next(iter(plan.unknown)): self.colleague.id})
        self.assertEqual(self.companies.owner_id, self.colleague)

    def test_a_field_that_no_addon_has_is_told_and_left_out(self):
        def edit(document):
            document["values"].update(no_such_field=1, lane="bulk", tz=[])

        tree = self.edited(self.tree(), "flows/companies.json", edit)
        plan = self.apply(tree)
        self.assertEqual(len(self.problems(plan)), 2)
        self.assertEqual(self.companies.lane, "bulk")

    def test_values_of_another_shape_change_nothing(self):
        for name, value in (
            *(("interval_minutes", "5"), ("interval_minutes", 2**40)),
            *(("lane", "none"), ("lane", {}), ("owner_id", 1), ("owner_id", {})),
            *(("active", 1), ("match_rule_ids", 3), ("pull_since", "soon")),
        ):
            with self.subTest(name=name, value=value):
                tree = self.edited(
                    self.tree(),
                    "flows/companies.json",
                    lambda document, n=name, v=value: document["values"].update({n: v}),
                )
                plan = self.plan(tree)
                self.assertEqual(len(self.problems(plan)), 1)
                self.assertFalse([one for one in plan.changes if one.ident])

    def test_what_the_model_refuses_is_told_with_its_file_and_nothing_is_written(self):
        def edit(document):
            document["values"].update(interval_minutes=0, lane="bulk")

        tree = self.edited(self.tree(), "flows/companies.json", edit)
        with self.assertRaisesRegex(UserError, "flows/companies.json.*every minute"):
            self.apply(tree)

    def test_a_flow_feeds_only_what_a_person_may_let_it_feed(self):
        for entity in (
            "model:res.users/x",
            "nonsense/x",
            "model:sale.order/x",
            "product",
        ):
            with self.subTest(entity=entity):
                tree = self.tree()
                flow = json.loads(tree["connections/fake-fake-crm/flows/products.json"])
                flow["values"].update(stream="x", entity=entity, added_label="X")
                path = "connections/fake-fake-crm/flows/x.json"
                plan = self.plan({**tree, path: config_file.dump(flow)})
                new = [change for change in plan.changes if change.state == NEW]
                self.assertTrue(new[0].problem)

    def test_files_that_are_no_configuration_are_named(self):
        tree = self.tree()
        flow = "connections/fake-fake-crm/flows/companies.json"
        for path, content in (
            *((flow, b"{"), (flow, b'{"format": 1, "model": "connector.flow"}')),
            *((flow, b"[]"), ("manifest.json", b'{"format": 1}')),
            ("rules/x.json", tree[flow]),
        ):
            with self.subTest(path=path, content=content[:40]):
                self.assertEqual(len(self.plan({**tree, path: content}).problems), 1)
        strange = b'{"format": 1, "model": "res.users", "records": []}'
        plan = self.plan({**tree, "rules/x.json": strange})
        self.assertRegex(self.problems(plan)[0], "Nothing here knows “res.users”")

    # -- who may --------------------------------------------------------------

    def test_an_import_goes_around_nobodys_approval(self):
        self.configure()
        tree = self.tree()
        active = activate(self.new_draft(city={"owner": "ask"}))
        self.apply(tree, self.editor)
        self.assertEqual(self.companies.active_map_id, active)
        draft = self.companies.map_ids.filtered(lambda m: m.state == "draft")
        self.assertIn("acme.zip", draft.note)
        draft.with_user(self.editor).action_submit()
        with self.assertRaisesRegex(AccessError, "somebody else"):
            draft.with_user(self.editor).action_approve()

    def test_everybody_takes_over_what_they_may_change_on_the_screens(self):
        self.configure()
        tree = self.tree()
        self.connection.sequence = 8
        self.companies.lane = "default"
        self.env["connector.team"].search([("name", "=", "Sales")]).lead_id = False
        self.env["connector.team"].create({"name": "Support"})

        def may(user):
            plan = self.plan(tree, user)
            return {c.label for c in plan.changes if c.ident and not c.problem}

        self.assertEqual(may(self.editor), {"Lane"})
        self.assertEqual(may(self.finance), set())
        self.assertLessEqual(
            {"Lane", "Sequence"}, may(self.user_of("administrator", name="Admin"))
        )
        for group in ("viewer", "operator"):
            config = self.config.with_user(self.user_of(group))
            with self.assertRaises(AccessError):
                config._plan(tree)
            with self.assertRaises(AccessError):
                config._export(self.connection)

    def test_it_is_noted_who_moved_what(self):
        tree = self.tree()
        self.config._note_export(self.connection, tree)
        self.companies.lane = "finance"
        self.apply(tree)
        self.env.cr.precommit.run()
        rows = self.env["connector.audit"].search(
            [
                ("connection_id", "=", self.connection.id),
                ("action", "in", ("export", "import")),
            ],
            order="id",
        )
        self.assertEqual(rows.mapped("action"), ["export", "import"])
        self.assertEqual(rows[0].changes["SHA-256"][1], config_file.digest(tree))
        self.assertEqual(rows[1].changes["File"][1], "acme.zip")

    # -- values ---------------------------------------------------------------

    def test_what_values_mean_is_taken_over_even_before_they_are_met(self):
        self.configure()
        tree = self.tree()
        lines = self.connection.value_line_ids.grouped("remote_value")
        lines["78"].skip = False
        lines["77"].unlink()
        told = self.in_words(self.plan(tree))
        self.assertEqual(
            [line[2:] for line in told],
            [("77", "", self.editor.login), ("78", "", "left empty")],
        )
        self.apply(tree, self.editor)
        self.assertEqual(
            {
                line.remote_value: (line.res_id, line.state)
                for line in self.connection.value_line_ids
            },
            {
                "77": (self.editor.id, "mapped"),
                "78": (0, "skipped"),
                "79": (0, "open"),
            },
        )
