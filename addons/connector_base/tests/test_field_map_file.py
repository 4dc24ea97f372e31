import base64
import dataclasses
import json

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, HttpCase, tagged

from ..engine.records import MapLine, ReferenceValue
from .common import activate, steps
from .common_vendor import SECRET
from .test_field_map_review import MapCase


@tagged("post_install", "-at_install")
class TestFieldMapDifference(MapCase):
    def test_a_difference_is_told_in_words(self):
        draft = self.new_draft(
            city={"remote_path": "town", "owner": "odoo"},
            phone={"step_ids": steps("trim"), "required": True},
        )
        draft.line_ids.filtered(lambda li: li.target == "zip").unlink()
        draft.line_ids.create(
            {
                "map_id": draft.id,
                "remote_path": "vat",
                "target": "tax_id",
                "default_value": "none",
                "sequence": 99,
            }
        )
        found = draft._differences(self.companies.active_map_id)
        in_words = {
            (line["target"], change["attribute"]): (change["before"], change["after"])
            for line in found["changed"]
            for change in line["changes"]
        }
        self.assertEqual(
            in_words,
            {
                ("city", "remote_path"): ("city", "town"),
                ("city", "owner"): ("Remote", "Odoo"),
                ("phone", "transforms"): ("", "Trim"),
                ("phone", "required"): ("no", "yes"),
            },
        )
        self.assertEqual([line["label"] for line in found["removed"]], ["Postal Code"])
        self.assertEqual(found["added"][0]["label"], "Tax ID")
        self.assertEqual(found["added"][0]["changes"][0]["after"], "none")
        self.assertEqual(
            draft.difference_summary,
            "2 lines changed, 1 line added, 1 line removed",
        )

    def test_what_people_enter_is_shown_as_text(self):
        draft = self.new_draft(city={"default_value": "<b>Bonn</b>"})
        self.assertIn("&lt;b&gt;Bonn", draft.difference_html)

    def test_any_two_versions_of_a_flow_are_compared(self):
        viewer = self.user_of("viewer")
        first = self.companies.active_map_id
        second = activate(self.new_draft(city={"owner": "odoo"}))
        third = activate(self.new_draft(phone={"owner": "odoo"}))
        action = third.with_user(viewer).action_compare()
        compare = self.env[action["res_model"]].with_user(viewer)
        compare = compare.browse(action["res_id"])
        self.assertEqual((compare.before_id, compare.after_id), (second, third))
        self.assertEqual(compare.summary, "1 line changed")
        with Form(compare) as form:
            form.before_id = first
        self.assertEqual(compare.summary, "2 lines changed")
        compare.action_swap()
        self.assertEqual((compare.before_id, compare.after_id), (third, first))
        self.assertIn("City", compare.difference_html)

    def test_versions_of_two_flows_are_not_compared(self):
        compare = self.env["connector.map.compare"].create(
            {
                "flow_id": self.companies.id,
                "before_id": self.companies.active_map_id.id,
                "after_id": self.flow("contacts").active_map_id.id,
            }
        )
        self.assertFalse(compare.summary)


class FileCase(MapCase):
    def document(self, stream="companies", **changes):
        text = self.flow(stream).active_map_id._export_text()
        return {**json.loads(text), **changes}

    def wizard(self, content, stream="companies", user=None):
        flow = self.flow(stream).with_user(user or self.editor)
        action = flow.action_import_map()
        model = flow.env[action["res_model"]].with_context(**action["context"])
        if isinstance(content, dict):
            content = json.dumps(content).encode()
        return model.create({"file": base64.b64encode(content), "file_name": "m.json"})

    def drafts(self):
        return self.env["connector.field.map"].search_count([("state", "=", "draft")])


@tagged("post_install", "-at_install")
class TestFieldMapFile(FileCase):
    def test_a_file_goes_around_unchanged(self):
        text = self.companies.active_map_id._export_text()
        wizard = self.wizard(text.encode())
        self.assertFalse(wizard.problems or wizard.summary)
        draft = self.env["connector.field.map"].browse(wizard.action_import()["res_id"])
        self.assertEqual(draft._export_text(), text)
        self.assertNotIn('"id"', text)

    def test_a_file_becomes_a_draft_and_nothing_else(self):
        document = self.document()
        city = next(line for line in document["lines"] if line["target"] == "city")
        city["transforms"] = [["join", " / "]]
        wizard = self.wizard(document)
        self.assertEqual(wizard.summary, "1 line changed")
        self.assertIn("Join Several “ / ”", wizard.difference_html)
        draft = self.env["connector.field.map"].browse(wizard.action_import()["res_id"])
        self.assertEqual((draft.state, draft.version), ("draft", 2))
        self.assertEqual(draft.last_edited_by_id, self.editor)
        self.assertEqual(draft.note, "Imported from m.json.")
        line = draft.line_ids.filtered(lambda li: li.target == "city")
        self.assertEqual(line.step_ids._chain(), [("join", " / ")])
        self.assertEqual(self.companies.active_map_id.version, 1)

    def test_what_a_line_does_not_say_is_as_usual(self):
        lines = [{"remote_path": "name", "target": "name"}]
        draft = self.wizard(self.document(lines=lines)).action_import()
        line = self.env["connector.field.map"].browse(draft["res_id"]).line_ids
        self.assertEqual((line.direction, line.owner), ("both", "remote"))

    def test_a_file_of_something_else_is_refused_and_leaves_nothing(self):
        count = self.drafts()
        cases = {
            "no JSON": b"\x00\xff{",
            "no JSON file": b"[" * 100_000,
            "format": b"[]",
            "is of format 2, and only format 1": self.document(format=2),
            "provider “hubspot”": self.document(provider="hubspot"),
            "stream “contacts”": self.document(stream="contacts"),
            "entity “product”": self.document(entity="product"),
            "no list of “lines”": self.document(lines={}),
            "characters that can't be kept": self.document(
                lines=[{"remote_path": "name", "target": "name", "default": "a\0"}]
            ),
            "characters": self.document(value_maps={"owner": [{"name": "\ud800"}]}),
        }
        for sentence, content in cases.items():
            with self.subTest(sentence):
                wizard = self.wizard(content)
                self.assertIn(sentence, wizard.problems)
                with self.assertRaisesRegex(UserError, sentence):
                    wizard.action_import()
        self.assertEqual(self.drafts(), count)

    def test_one_message_names_every_problem(self):
        lines = [
            {"remote_path": "name", "target": "name"},
            {"remote_path": "a..b", "target": "city"},
            {"remote_path": "zip", "target": "postcode"},
            {"remote_path": "zip", "target": "zip", "transforms": [["shout"]]},
            {"remote_path": "zip", "target": "zip", "transforms": "trim"},
            {"remote_path": "zip", "target": "zip", "owner": ["me"]},
            {"remote_path": "zip", "target": "zip", "required": "yes"},
            {"remote_path": "zip", "target": "zip", "default": 7},
            {"remote_path": "zip", "target": "zip", "colour": "red"},
            {"remote_path": None, "target": 1},
            "zip",
        ]
        wizard = self.wizard(self.document(lines=lines, provider="x"))
        told = wizard.problems.splitlines()
        for number, part in enumerate(
            (
                *("“a..b” is not a path", "no field “postcode”", "transform “shout”"),
                *("“transforms” has to be", "“owner” can't be", "“required”"),
                *("“default” can't be “7”", "“colour” is nothing", "is not a path"),
            ),
            start=2,
        ):
            self.assertTrue(
                any(t.startswith(f"Line {number}: ") and part in t for t in told), part
            )
        self.assertTrue(any(t.startswith("Line 11: ") for t in told))
        self.assertIn("provider", told[0])

    def test_only_map_editors_import_and_export(self):
        for group in ("viewer", "operator", "finance_approver"):
            user = self.user_of(group, name=f"Another {group}")
            flow = self.companies.with_user(user)
            with self.subTest(group=group):
                with self.assertRaises(AccessError):
                    flow.action_import_map()
                with self.assertRaises(AccessError):
                    flow.active_map_id.action_export()
                with self.assertRaises(AccessError):
                    self.env["connector.map.import"].with_user(user).create(
                        {"flow_id": flow.id, "file": base64.b64encode(b"{}")}
                    )


@tagged("post_install", "-at_install")
class TestFieldMapDecisions(FileCase):
    """Decisions about values go along, by names that another database knows."""

    def setUp(self):
        super().setUp()
        self.vendor.references = [
            ReferenceValue("owner", str(number), f"Seller {number}")
            for number in range(1, 5)
        ]
        self.env["connector.value.map"]._refresh(
            self.connection, self.vendor.references
        )
        self.lines = self.connection.value_map_ids.line_ids.sorted("remote_value")
        self.lines[0].res_id = self.colleague.id
        self.lines[1].res_id = self.env.ref("base.user_admin").id
        self.lines[2].skip = True

    def test_they_are_exported_by_external_id_or_natural_key(self):
        self.assertEqual(
            self.document()["value_maps"],
            {
                "owner": [
                    {"remote_value": "1", "name": self.colleague.login},
                    {"remote_value": "2", "xmlid": "base.user_admin"},
                    {"remote_value": "3", "skip": True},
                ]
            },
        )
        self.assertNotIn("value_maps", self.document("products"))

    def test_they_are_taken_over_where_nothing_is_decided_here(self):
        document = self.document()
        self.lines.write({"res_id": False, "skip": False})
        self.lines[1].res_id = self.finance.id
        document["value_maps"]["owner"][0]["name"] = "nobody"
        wizard = self.wizard(document)
        self.assertEqual(wizard.decision_count, 1)
        self.assertEqual(wizard.unresolved, "Owner: 1")
        wizard.action_import()
        self.assertFalse(self.lines[2].skip, "nobody asked for it")
        wizard.take_decisions = True
        wizard.action_import()
        self.assertTrue(self.lines[2].skip)
        self.assertFalse(self.lines[0].res_id)
        self.assertEqual(self.lines[1].res_id, self.finance.id, "decided here")

    def test_whatever_stands_there_is_named_and_breaks_nothing(self):
        self.lines.write({"res_id": False, "skip": False})
        rows = [
            *("x", {"remote_value": "1"}, {"remote_value": "9", "skip": True}),
            {"remote_value": "1", "xmlid": "base.main_company"},
            {"remote_value": "1", "xmlid": "nothing"},
            {"remote_value": ["1"], "name": 1},
        ]
        wizard = self.wizard(
            self.document(value_maps={"owner": rows, "taxes": [{}], "stage": 1})
        )
        self.assertEqual(wizard.decision_count, 0)
        self.assertEqual(len(wizard.unresolved.splitlines()), len(rows) + 2)


@tagged("post_install", "-at_install")
class TestFieldMapShipped(MapCase):
    """What ships is offered, never forced."""

    def ship(self, *new_lines, stream="companies"):
        """An upgrade brings another map of a stream."""
        streams = list(self.vendor.streams)
        for number, shipped in enumerate(streams):
            if shipped.name == stream:
                lines = (*shipped.default_map, *new_lines)
                streams[number] = dataclasses.replace(shipped, default_map=lines)
        self.vendor.streams = tuple(streams)
        self.env["connector.flow"]._offer_shipped_maps("fake")

    def setUp(self):
        super().setUp()
        self.addCleanup(setattr, self.vendor, "streams", self.vendor.streams)

    def test_the_first_map_is_the_shipped_one(self):
        first = self.companies.active_map_id
        self.assertEqual(first.origin, "shipped")
        self.assertEqual(first.shipped_hash, self.companies.shipped_hash)
        self.assertEqual(self.new_draft().origin, "user")

    def test_an_upgrade_without_another_map_offers_nothing(self):
        self.ship()
        self.assertEqual(len(self.companies.map_ids), 1)

    def test_another_shipped_map_is_offered_once_as_a_draft(self):
        vat = MapLine("vat", "tax_id")
        for _upgrade in range(2):
            self.ship(vat)
            vat_lines = self.companies.map_ids.line_ids.filtered(
                lambda li: li.target == "tax_id"
            )
            self.assertEqual(len(vat_lines), 1)
            self.vendor.streams = self.streams
        draft = vat_lines.map_id
        self.assertEqual((draft.state, draft.origin), ("draft", "shipped"))
        self.assertIn("As shipped", draft.note)
        self.assertEqual(draft.difference_summary, "1 line added")
        self.assertEqual(draft.activity_ids.user_id, self.companies.owner_id)
        self.assertEqual(self.companies.active_map_id.version, 1)
        self.assertEqual(len(self.flow("contacts").map_ids), 1)

    def test_an_offer_that_was_deleted_does_not_come_back(self):
        vat = MapLine("vat", "tax_id")
        self.ship(vat)
        self.companies.map_ids.filtered(lambda m: m.state == "draft").unlink()
        self.ship()
        self.assertEqual(len(self.companies.map_ids), 1)

    def test_an_edited_map_stays_as_it_was_edited(self):
        edited = activate(self.new_draft(city={"owner": "odoo"}))
        self.ship(MapLine("vat", "tax_id"))
        self.assertEqual(self.companies.active_map_id, edited)
        draft = self.companies.map_ids.filtered(lambda m: m.state == "draft")
        self.assertEqual(draft.difference_summary, "1 line changed, 1 line added")

    def test_connecting_again_offers_what_is_new_too(self):
        self.ship(MapLine("vat", "tax_id"), stream="contacts")
        self.vendor.streams = self.streams
        self.connection.credential_ids.secret = SECRET
        self.connection.action_connect()
        self.assertEqual(len(self.flow("companies").map_ids), 1)

    def test_where_an_older_release_noted_nothing_the_lines_tell(self):
        self.companies.sudo().shipped_hash = False
        self.ship()
        self.assertEqual(len(self.companies.map_ids), 1)
        self.assertTrue(self.companies.shipped_hash)


@tagged("post_install", "-at_install")
class TestFieldMapDownload(HttpCase, FileCase):
    def test_a_map_editor_downloads_the_file(self):
        self.editor.password = "map-editor-secret"
        self.authenticate(self.editor.login, "map-editor-secret")
        field_map = self.companies.active_map_id.with_user(self.editor)
        answer = self.url_open(field_map.action_export()["url"])
        self.assertEqual(answer.status_code, 200)
        self.assertIn("fake-companies-v1.json", answer.headers["Content-Disposition"])
        self.assertEqual(answer.text, field_map._export_text())

    def test_others_do_not(self):
        url = self.companies.active_map_id.action_export()["url"]
        self.finance.password = "finance-approver-secret"
        self.authenticate(self.finance.login, "finance-approver-secret")
        self.assertEqual(self.url_open(url).status_code, 403)
        self.authenticate(None, None)
        self.assertIn("/web/login", self.url_open(url).url)
