import datetime

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL

from ..engine.errors import PermissionDenied, RemoteNotFound
from ..engine.records import RemoteField
from .common import ConnectorCase, activate
from .common_vendor import remote


class RemoteFieldCase(ConnectorCase):
    """A vendor that says what fields its companies have."""

    #: What the shipped map of companies reads.
    standard = (
        *("name", "domain", "phone", "street", "city", "zip", "country", "parent"),
        *("description", "owner"),
    )

    def setUp(self):
        super().setUp()
        self.provider = type(self.env["connector.provider.fake"])
        self.patch(self.provider, "_provider_names_all", True)
        self.described = {
            name: RemoteField(name, name.title()) for name in self.standard
        }

    def describe(self, *found, without=()):
        """The vendor has these fields, besides the standard ones."""
        for field in found:
            self.described[field.path] = field
        for path in without:
            self.described.pop(path, None)
        self.vendor.fields = {"companies": list(self.described.values())}

    def read_fields(self):
        self.connection._enqueue_fields()
        self.run_jobs()
        self.env.invalidate_all()

    def field(self, path):
        return self.env["connector.remote.field"].search(
            [("connection_id", "=", self.connection.id), ("path", "=", path)]
        )

    def company(self, number=1, **values):
        """A company with every field that is asked for, null where nothing is given."""
        held = {path: None for path in self.described}
        return remote(number, **{**held, "name": "Acme", **values})


@tagged("post_install", "-at_install")
class TestRemoteField(RemoteFieldCase):
    def test_fields_are_read_when_connecting(self):
        self.describe(RemoteField("tier", "Tier", "option", options=(("a", "A"),)))
        connection = self.connect(name="Another")
        found = self.env["connector.remote.field"].search(
            [("connection_id", "=", connection.id)]
        )
        self.assertEqual(len(found), 11)
        tier = found.filtered(lambda field: field.path == "tier")
        self.assertEqual((tier.kind, tier.options), ("option", [["a", "A"]]))
        self.assertEqual((tier.state, tier.stream), ("present", "companies"))
        self.assertTrue(connection.fields_read_at)

    def test_a_vendor_that_describes_nothing_connects_as_well(self):
        connection = self.connect(name="Another")
        self.assertEqual(connection.state, "connected")
        self.assertFalse(connection.remote_field_count)

    def test_a_stream_that_may_not_be_described_does_not_keep_from_connecting(self):
        def denied(provider, client, stream):
            raise PermissionDenied("No.", params={"scope": stream})

        self.patch(self.provider, "_describe", denied)
        self.assertEqual(self.connect(name="Another").state, "connected")

    def test_a_flow_that_the_account_has_nothing_for_rests(self):
        def absent(provider, client, stream):
            if stream == "products":
                raise RemoteNotFound("None of it.")
            return []

        self.patch(self.provider, "_describe", absent)
        connection = self.connect(name="Another")
        self.assertEqual(connection.state, "connected")
        flows = connection.with_context(active_test=False).flow_ids
        resting = flows.filtered(lambda flow: not flow.active)
        self.assertEqual(resting.mapped("stream"), ["products"])
        self.assertIn(resting.name, str(connection.message_ids.mapped("body")))
        # What a person lets run is let run.
        resting.active = True
        connection.action_connect()
        self.assertTrue(resting.active)

    def test_fields_are_read_again_daily_and_on_demand(self):
        jobs = self.env["connector.job"]
        key = [("identity_key", "=", f"fields:{self.connection.id}")]
        self.connection.fields_read_at = fields.Datetime.now()
        self.env["connector.connection"]._cron_schedule()
        self.assertFalse(jobs.search(key))
        day = datetime.timedelta(hours=25)
        self.connection.fields_read_at = fields.Datetime.now() - day
        self.env["connector.connection"]._cron_schedule()
        self.env["connector.connection"]._cron_schedule()
        self.assertEqual(len(jobs.search(key)), 1)
        jobs.search(key).unlink()
        self.connection.with_user(self.user_of("operator")).action_read_fields()
        self.assertEqual(len(jobs.search(key)), 1)
        with self.assertRaises(UserError):
            self.connection.with_user(self.user_of("viewer")).action_read_fields()

    def test_a_refresh_without_news_writes_nothing(self):
        self.describe()
        self.read_fields()
        rows = "SELECT xmin, * FROM connector_remote_field ORDER BY id"
        self.env.flush_all()
        before = self.env.execute_query(SQL(rows))
        refresh = self.env["connector.remote.field"]._refresh
        refresh(self.connection, "companies", list(self.described.values()))
        self.assertEqual(self.env.execute_query(SQL(rows)), before)

    def test_a_refresh_of_many_fields_takes_few_queries(self):
        many = [RemoteField(f"f{n}", f"Field {n}") for n in range(500)]
        refresh = self.env["connector.remote.field"]._refresh
        with self.assertQueryCount(4):
            refresh(self.connection, "companies", many)
        changed = [RemoteField(f"f{n}", f"Now {n}") for n in range(250)]
        with self.assertQueryCount(4):
            refresh(self.connection, "companies", changed)
        found = self.env["connector.remote.field"].search(
            [("connection_id", "=", self.connection.id)]
        )
        states = found.grouped("state")
        self.assertEqual((len(states["present"]), len(states["gone"])), (250, 250))

    def test_a_field_that_is_gone_stays_as_gone_and_may_come_back(self):
        self.describe(RemoteField("tier", "Tier"))
        self.read_fields()
        first = self.field("tier").first_seen_at
        self.describe(without=["tier"])
        self.read_fields()
        self.assertEqual(self.field("tier").state, "gone")
        self.assertTrue(self.field("tier").gone_at)
        self.describe(RemoteField("tier", "Tier"))
        self.read_fields()
        tier = self.field("tier")
        self.assertEqual((tier.state, tier.first_seen_at), ("present", first))
        self.assertFalse(tier.gone_at)

    def test_a_vendor_that_suddenly_says_nothing_has_not_lost_its_fields(self):
        self.describe()
        self.read_fields()
        self.vendor.fields = {"companies": []}
        self.read_fields()
        self.assertEqual(self.field("city").state, "present")

    def test_new_fields_are_said_in_one_line_and_are_no_exception(self):
        self.describe()
        self.read_fields()
        before = self.connection.message_ids
        self.describe(RemoteField("tier", "Tier"), RemoteField("vip", "VIP"))
        self.read_fields()
        [message] = self.connection.message_ids - before
        self.assertIn("New fields of Companies at Fake", message.body)
        self.assertIn("Tier, VIP", message.body)
        self.assertFalse(self.exceptions())

    def test_the_first_reading_is_no_news(self):
        before = self.connection.message_ids
        self.describe()
        self.read_fields()
        self.assertEqual(self.connection.message_ids, before)


@tagged("post_install", "-at_install")
class TestVanishedField(RemoteFieldCase):
    """A vanished field never empties anything in Odoo."""

    def setUp(self):
        super().setUp()
        self.describe()
        self.read_fields()
        self.pull("companies", self.company(city="Berlin", phone="+49 30 123456"))
        self.partner = self.taken("companies", 1)

    def vanish(self, *paths):
        self.describe(without=paths)
        self.read_fields()

    def test_a_version_that_maps_it_can_still_be_gone_back_to(self):
        draft = self.flow("companies").active_map_id.copy()
        draft.line_ids.filtered(lambda line: line.target == "city").unlink()
        activate(draft)
        self.vanish("city")
        self.assertFalse(self.exceptions())
        draft.action_roll_back()
        self.assertEqual(self.flow("companies").active_map_id.version, 1)
        self.assertEqual(self.exceptions().code, "field_gone")
        self.pull("companies", remote(1, name="Acme", phone="+49 30 999999"))
        self.assertEqual(self.partner.city, "Berlin")
        self.assertIn("999999", self.partner.phone)

    def test_the_value_in_odoo_stays_and_the_others_go_on(self):
        self.vanish("city")
        self.pull("companies", self.company(zip="10115"))
        self.assertEqual((self.partner.city, self.partner.zip), ("Berlin", "10115"))

    def test_one_exception_names_field_vendor_and_flow(self):
        self.vanish("city")
        exception = self.exceptions()
        self.assertEqual(
            (len(exception), exception.error_class, exception.blocking),
            (1, "mapping", False),
        )
        self.assertEqual(
            exception.name,
            "Fake has no field “City” (city): Fake CRM · Companies leaves City in Odoo"
            " as it is.",
        )
        self.assertIn("Restore the field", exception.advice)
        self.read_fields()
        self.pull("companies", self.company())
        self.assertEqual(self.exceptions(), exception, "a run doesn't close it")

    def test_a_null_of_a_vanished_field_is_no_empty_value_either(self):
        self.vanish("city")
        self.pull("companies", self.company(city=None))
        self.assertEqual(self.partner.city, "Berlin")

    def test_a_default_does_not_take_the_place_of_what_odoo_has(self):
        self.change_map("companies", {"city": {"default_value": "Nowhere"}})
        self.vanish("city")
        self.pull("companies", self.company(zip="1"), self.company(2, name="B"))
        self.assertEqual(self.partner.city, "Berlin")
        self.assertEqual(self.taken("companies", 2).city, "Nowhere")

    def test_another_line_of_the_field_does_not_either(self):
        self.describe(RemoteField("mobile", "Mobile", "phone"))
        self.read_fields()
        self.change_map(
            "companies",
            new_lines=[
                {"remote_path": "mobile", "target": "phone", "direction": "pull"}
            ],
        )
        self.vanish("phone")
        self.pull(
            "companies",
            self.company(mobile="+49 170 999999"),
            self.company(2, name="New", mobile="+49 170 888888"),
            self.company(3, name="None", mobile=None),
        )
        self.assertEqual(self.partner.phone, "+49 30 123456")
        self.assertIn("888888", self.taken("companies", 2).phone or "")
        self.assertTrue(self.taken("companies", 3))

    def test_it_is_noticed_before_the_vendor_was_asked_again(self):
        self.change_map("companies", {"city": {"default_value": "Nowhere"}})
        self.describe(without=["city"])
        hours = datetime.timedelta(hours=2)
        self.connection.fields_read_at = fields.Datetime.now() - hours
        self.pull("companies", self.company(zip="1"))
        self.assertEqual(self.partner.city, "Berlin")
        self.assertEqual(self.exceptions().code, "field_gone", "and was asked then")

    def test_a_required_one_holds_records(self):
        self.change_map("companies", {"city": {"required": True}})
        self.vanish("city")
        self.pull("companies", self.company(zip="1"), self.company(2, name="B"))
        codes = set(self.exceptions().mapped("code"))
        self.assertEqual(codes, {"field_gone", "required_missing"})
        self.assertFalse(self.taken("companies", 2))
        self.assertFalse(self.partner.zip)
        self.assertTrue(self.exceptions(code="field_gone").blocking)

    def test_it_closes_when_the_field_is_back_and_what_changed_is_taken_then(self):
        self.vanish("city")
        self.pull("companies", self.company(zip="1"))
        exception = self.exceptions()
        # The vendor doesn't call the record changed because its field is back.
        self.vendor.pages.clear()
        self.describe(RemoteField("city", "City"))
        self.vendor.add_page("companies", self.company(zip="1", city="Bonn"))
        self.read_fields()
        self.run_jobs()
        self.assertEqual(exception.state, "resolved")
        self.assertEqual(self.partner.city, "Bonn")

    def test_it_closes_when_the_map_does_without_the_field(self):
        self.vanish("city")
        exception = self.exceptions()
        flow = self.flow("companies")
        action = flow.active_map_id.action_new_draft()
        draft = self.env["connector.field.map"].browse(action["res_id"])
        with self.assertRaisesRegex(UserError, "city: Fake doesn't have “City”"):
            draft.action_submit()
        draft.line_ids.filtered(lambda line: line.target == "city").unlink()
        activate(draft)
        self.assertEqual(exception.state, "resolved")

    def test_what_a_person_ignored_is_not_said_again(self):
        self.vanish("city")
        exception = self.exceptions()
        exception.ignore_reason = "We know."
        exception.action_ignore()
        self.read_fields()
        self.assertFalse(self.exceptions())
        self.assertEqual(exception.state, "ignored")

    def test_a_field_that_nobody_maps_is_no_exception(self):
        self.describe(RemoteField("tier", "Tier"))
        self.read_fields()
        self.vanish("tier")
        self.assertFalse(self.exceptions())

    def test_a_name_made_of_parts_is_not_cut(self):
        parts = ("first_name", "last_name", "email", "phone", "job", "street")
        parts += ("city", "zip", "country", "company")
        contacts = {name: RemoteField(name, name) for name in parts}

        def contact(**values):
            return remote(7, **{**dict.fromkeys(contacts), **values})

        self.vendor.fields["contacts"] = list(contacts.values())
        self.read_fields()
        self.pull(
            "contacts",
            contact(first_name="Ada", last_name="Lovelace", email="a@example.com"),
        )
        del contacts["last_name"]
        self.vendor.fields["contacts"] = list(contacts.values())
        self.read_fields()
        self.pull(
            "contacts", contact(first_name="Ada", email="a@example.com", job="Countess")
        )
        person = self.taken("contacts", 7)
        self.assertEqual((person.name, person.function), ("Ada Lovelace", "Countess"))
