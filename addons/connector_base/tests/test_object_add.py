from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..engine.errors import RemoteDown
from ..engine.records import RemoteField, RemoteObject
from .common import ConnectorCase, activate
from .common_vendor import remote

BADGES = RemoteObject("2-7", "Badges", custom=True)
PARTS = RemoteObject("2-8", "Spare Parts", custom=True)
COMPANIES = RemoteObject("companies", "Companies")


class ObjectCase(ConnectorCase):
    """An account with objects of its own, which no provider ships a map for."""

    def setUp(self):
        super().setUp()
        provider = type(self.env["connector.provider.fake"])
        self.patch(provider, "_objects", lambda provider, client: self.objects())
        self.vendor.fields["2-7"] = [RemoteField("title", "Title", "text")]

    def objects(self):
        self.vendor.answer("objects")
        return [PARTS, COMPANIES, BADGES]

    def wizard(self, user=None):
        connection = self.connection.with_user(user or self.env.user)
        action = connection.action_add_object()
        return connection.env[action["res_model"]].browse(action["res_id"])

    def add(self, wanted, entity, model=None, user=None):
        """The draft of the field map that adding an object opens."""
        wizard = self.wizard(user)
        wizard.write(
            {
                "choice_id": wizard.choice_ids.filtered(
                    lambda choice: choice.object_name == wanted.name
                ).id,
                "entity": entity,
                "model_id": self.env["ir.model"]._get(model).id if model else False,
            }
        )
        return wizard.env["connector.field.map"].browse(wizard.action_add()["res_id"])

    def fill(self, draft, **targets):
        """Activate a draft with lines, ``path="target"``."""
        for path, target in targets.items():
            draft.line_ids.create(
                {"map_id": draft.id, "remote_path": path, "target": target}
            )
        return activate(draft)

    def tags(self, **vals):
        return self.env["res.partner.category"].search(
            [(name, "=", value) for name, value in vals.items()]
        )

    def badges(self):
        """Badges become tags of contacts, a model that no entity knows."""
        draft = self.add(BADGES, "model", "res.partner.category")
        return self.fill(draft, title="odoo.name")


@tagged("post_install", "-at_install")
class TestObjectAdd(ObjectCase):
    # -- what there is to choose ----------------------------------------------

    def test_what_is_synced_already_is_not_offered(self):
        names = self.wizard().choice_ids.mapped("object_name")
        self.assertEqual(sorted(names), ["2-7", "2-8"])

    def test_a_vendor_that_does_not_answer_is_said_so(self):
        self.vendor.failures = [RemoteDown("503")]
        with self.assertRaises(UserError):
            self.connection.action_add_object()

    def test_only_who_edits_maps_may_add(self):
        with self.assertRaises(AccessError):
            self.connection.with_user(self.user_of("operator")).action_add_object()
        draft = self.add(PARTS, "product", user=self.user_of("map_editor"))
        self.assertEqual(draft.state, "draft")

    def test_an_editor_fills_in_the_dialog(self):
        editor = self.user_of("map_editor")
        form = Form(self.wizard(editor))
        form.choice_id = form.record.choice_ids[0]
        form.entity = "model"
        form.model_id = self.env["ir.model"]._get("res.partner.category")
        self.assertEqual(form.save().choice_id.object_label, "Badges")

    def test_a_flow_without_an_active_map_opens_its_draft(self):
        draft = self.add(PARTS, "product")
        self.assertEqual(draft.flow_id.action_open_map()["res_id"], draft.id)

    def test_nobody_sees_the_dialog_of_another(self):
        wizard = self.wizard(self.user_of("map_editor"))
        colleague = self.user_of("map_editor", name="Colleague")
        with self.assertRaises(AccessError):
            wizard.with_user(colleague).read(["entity"])

    def test_who_may_not_change_a_model_may_not_let_it_be_filled(self):
        editor = self.user_of("map_editor")
        with self.assertRaises(AccessError):
            self.add(BADGES, "model", "res.partner.category", user=editor)

    def test_settings_documents_and_what_has_rules_are_no_choice(self):
        for model in ("res.users", "ir.rule", "connector.flow", "mail.message"):
            with self.subTest(model), self.assertRaisesRegex(UserError, "another"):
                self.add(BADGES, "model", model)
        with self.assertRaisesRegex(UserError, "Becomes"):
            self.add(BADGES, "model", "product.product")

    def test_an_object_of_another_dialog_is_not_taken(self):
        mine, other = self.wizard(), self.wizard()
        mine.write({"entity": "product", "choice_id": other.choice_ids[:1].id})
        with self.assertRaisesRegex(UserError, "Choose the object"):
            mine.action_add()

    # -- the flow -------------------------------------------------------------

    def test_it_makes_a_flow_with_an_empty_draft_and_the_vendors_fields(self):
        draft = self.add(BADGES, "model", "res.partner.category")
        flow = draft.flow_id
        self.assertEqual((flow.stream, flow.added_label), ("2-7", "Badges"))
        self.assertEqual(flow.res_model, "res.partner.category")
        self.assertFalse(draft.line_ids or flow.active_map_id)
        known = draft.line_ids.suggest_paths(flow.id)
        self.assertEqual([one["value"] for one in known], ["title"])
        targets = draft.line_ids.suggest_targets(flow.id)
        self.assertEqual(targets[0]["value"], "odoo.name", "what is needed is first")

    def test_nothing_is_read_before_a_map_is_active(self):
        flow = self.add(BADGES, "model", "res.partner.category").flow_id
        self.pull("2-7", remote(1, title="Gold"))
        self.assertFalse(flow.cursor or self.tags(name="Gold"))
        self.assertEqual(flow.health, "waiting")

    def test_a_map_without_what_the_model_needs_is_refused(self):
        draft = self.add(BADGES, "model", "res.partner.category")
        with self.assertRaisesRegex(UserError, "Nothing is mapped"):
            self.fill(draft, title="odoo.color")

    def test_its_fields_and_rights_are_looked_at_like_those_of_others(self):
        self.badges()
        self.vendor.fields["2-7"].append(RemoteField("rank", "Rank", "number"))
        self.connection._take_fields(self.connection._describe_all()[0])
        found = self.env["connector.remote.field"]._by_path(self.connection, "2-7")
        self.assertEqual(set(found), {"title", "rank"})
        self.vendor.denied["2-7"] = RemoteDown("no")
        self.connection.action_test()
        self.assertTrue(self.connection.last_test_access["2-7"])

    def test_an_upgrade_leaves_it_alone(self):
        field_map = self.badges()
        self.env["connector.flow"]._offer_shipped_maps("fake")
        self.assertEqual(field_map.flow_id.map_ids, field_map)

    # -- its records ----------------------------------------------------------

    def test_its_records_are_made_changed_and_archived(self):
        self.badges()
        self.pull("2-7", remote(1, title="Gold"), remote(2, title="Silver"))
        gold = self.tags(name="Gold")
        self.assertTrue(gold and self.tags(name="Silver"))
        self.pull("2-7", remote(1, title="Platinum"))
        self.assertEqual(gold.name, "Platinum")
        self.pull("2-7", remote(1, archived=True))
        self.assertFalse(gold.active)

    def test_one_of_the_same_name_is_asked_about(self):
        gold = self.env["res.partner.category"].create({"name": "Gold"})
        self.badges()
        self.pull("2-7", remote(1, title="gold "))
        self.assertFalse(self.binding("2-7", 1))
        self.assertEqual(self.exceptions().error_class, "ambiguous_match")
        candidates = self.env["connector.match.candidate"].search([])
        self.assertEqual(candidates.mapped("res_id"), gold.ids)

    def test_an_equal_id_of_another_object_is_another_record(self):
        self.fill(self.add(PARTS, "product"), label="name")
        self.pull("products", remote(1, name="Pump"))
        self.pull("2-8", remote(1, label="Seal"))
        bound = {self.taken("products", 1), self.taken("2-8", 1)}
        self.assertEqual({product.name for product in bound}, {"Pump", "Seal"})

    def test_it_can_be_looked_up_by_its_remote_id(self):
        self.badges()
        self.pull("2-7", remote(1, title="Gold"))
        name = "model:res.partner.category/2-7"
        self.change_map(
            "companies",
            new_lines=[
                {
                    "remote_path": "badges",
                    "target": "odoo.category_id",
                    "step_ids": [(0, 0, {"transform": "binding", "argument": name})],
                }
            ],
        )
        self.pull("companies", remote(5, name="Acme", badges=["1"]))
        acme = self.taken("companies", 5)
        self.assertEqual(acme.category_id, self.tags(name="Gold"))

    def test_what_odoo_has_goes_out(self):
        flow = self.badges().flow_id
        flow.direction = "both"
        gold = self.env["res.partner.category"].create({"name": "Gold"})
        self.env.cr.flush()
        flow._enqueue_push()
        self.run_jobs()
        [values] = self.vendor.made("2-7").values()
        self.assertEqual(values["title"], gold.name)

    def test_its_records_have_a_panel(self):
        self.badges()
        self.pull("2-7", remote(1, title="Gold"))
        panel = self.env["connector.record.panel"].create(
            {
                "res_model": "res.partner.category",
                "res_ids": self.tags(name="Gold").ids,
            }
        )
        self.assertEqual(panel.binding_ids.flow_id.stream, "2-7")
