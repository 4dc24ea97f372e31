import psycopg2

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..engine.records import ReferenceValue
from ..models.connector_concurrency import is_concurrency_error
from .common import ConnectorCase
from .common_vendor import remote


def owner(value, label="Somebody", **hints):
    return ReferenceValue("owner", value, label, hints)


@tagged("post_install", "-at_install")
class TestValueMap(ConnectorCase):
    def setUp(self):
        super().setUp()
        self.user = self.env["res.users"].create(
            {"name": "Jo Doe", "login": "jo@odoo.example", "email": "Jo@Mail.example"}
        )

    def refresh(self, *values):
        self.env["connector.value.map"]._refresh(self.connection, list(values))
        return self.lines()

    def lines(self):
        return self.env["connector.value.map.line"].search(
            [("connection_id", "=", self.connection.id)], order="remote_value"
        )

    def unmapped(self):
        return self.exceptions(code="unmapped_value_empty")

    # -- refresh --------------------------------------------------------------

    def test_the_map_that_another_flow_has_just_made_is_found_by_the_next_try(self):
        self.refresh(owner("7"))
        value_map = self.lines().map_id
        with (
            self.assertRaises(psycopg2.Error) as caught,
            mute_logger("odoo.sql_db"),
            self.cr.savepoint(),
        ):
            value_map.copy({"name": value_map.name})
        self.assertTrue(is_concurrency_error(caught.exception))

    def test_the_vendors_list_becomes_lines_to_map(self):
        lines = self.refresh(owner("7", "Ann"), owner("8", "Bob"))
        self.assertEqual(lines.mapped("remote_label"), ["Ann", "Bob"])
        self.assertEqual(set(lines.mapped("state")), {"open"})
        self.assertEqual(lines.map_id.res_model, "res.users")
        self.assertEqual(lines.map_id.unmapped_count, 2)

    def test_lists_that_no_entity_uses_are_left_out(self):
        self.assertFalse(self.refresh(ReferenceValue("weather", "1", "Rain")))

    def test_reading_the_list_again_updates_labels_and_adds_what_is_new(self):
        self.refresh(owner("7", "Ann"))
        lines = self.refresh(owner("7", "Ann B."), owner("8", "Bob"))
        self.assertEqual(lines.mapped("remote_label"), ["Ann B.", "Bob"])

    def test_reading_the_list_again_never_unmaps(self):
        lines = self.refresh(owner("7", "Ann"), owner("8", "Bob"), owner("9", "Cid"))
        lines[0].res_id = self.user.id
        lines[1].skip = True
        self.refresh(owner("7", "Renamed", email="other@odoo.example"), owner("8", "B"))
        self.assertEqual(lines[0].res_id, self.user.id)
        self.assertTrue(lines[1].skip)
        # What is gone at the vendor may still stand in old records.
        self.assertTrue(lines[2].exists())

    # -- suggestions ----------------------------------------------------------

    def test_a_user_with_the_owners_address_is_taken_without_asking(self):
        by_login, by_email, unknown = self.refresh(
            owner("1", email="JO@odoo.example"),
            owner("2", email="jo@mail.example"),
            owner("3", email="nobody@odoo.example"),
        )
        self.assertEqual(by_login.res_id, self.user.id)
        self.assertEqual(by_email.res_id, self.user.id)
        self.assertEqual(unknown.state, "open")

    def test_an_address_is_compared_whole_and_not_as_a_pattern(self):
        self.user.login = "joxdoe@odoo.example"
        [line] = self.refresh(owner("1", email="jo_doe@odoo.example"))
        self.assertEqual(line.state, "open")

    def test_two_users_of_one_address_are_not_guessed(self):
        self.env["res.users"].create(
            {"name": "Twin", "login": "twin", "email": "jo@mail.example"}
        )
        [line] = self.refresh(owner("1", email="jo@mail.example"))
        self.assertEqual(line.state, "open")

    def test_owners_never_become_users(self):
        before = self.env["res.users"].search_count([])
        self.refresh(owner("1", "New", email="new@odoo.example"))
        self.pull("companies", remote(1, name="Acme", owner="1"))
        self.assertEqual(self.env["res.users"].search_count([]), before)

    def test_portal_users_own_nothing(self):
        self.user.group_ids = self.env.ref("base.group_portal")
        [line] = self.refresh(owner("1", email="jo@odoo.example"))
        self.assertEqual(line.state, "open")

    def test_a_decided_line_is_not_decided_again(self):
        other = self.env.ref("base.user_admin")
        lines = self.refresh(owner("1"), owner("2"))
        lines[0].res_id = other.id
        lines[1].skip = True
        lines.write({"hints": {"email": "jo@odoo.example"}})
        lines._suggest()
        self.assertEqual(lines[0].res_id, other.id)
        self.assertEqual(lines[1].state, "skipped")

    # -- held and released ----------------------------------------------------

    def test_a_value_that_no_list_named_becomes_a_line(self):
        self.pull("companies", remote(1, name="Acme", owner="99"))
        self.assertEqual(self.lines().remote_value, "99")
        self.assertEqual(self.unmapped().value_line_id, self.lines())

    def test_mapping_a_value_tries_its_records_again(self):
        self.pull(
            "companies",
            remote(1, name="Acme", owner="7"),
            remote(2, name="Bolt", owner="7"),
        )
        exception = self.unmapped()
        self.assertEqual(exception.open_count, 2)
        self.assertFalse(self.taken("companies", 1).user_id)
        self.lines().res_id = self.user.id
        self.run_jobs()
        owners = [self.taken("companies", number).user_id for number in (1, 2)]
        self.assertEqual(owners, [self.user, self.user])
        self.assertEqual(exception.state, "resolved")

    def test_leaving_a_value_empty_tries_its_records_again(self):
        self.pull("companies", remote(1, name="Acme", owner="7"))
        self.lines().skip = True
        self.run_jobs()
        self.assertFalse(self.unmapped())
        self.assertFalse(self.taken("companies", 1).user_id)

    def test_accepting_a_suggestion_tries_its_records_again(self):
        self.pull("companies", remote(1, name="Acme", owner="7"))
        self.lines().suggested_id = self.user.id
        self.assertEqual(self.lines().state, "suggested")
        self.assertEqual(self.lines().suggestion, "Jo Doe")
        self.unmapped().action_accept_suggestion()
        self.run_jobs()
        self.assertEqual(self.taken("companies", 1).user_id, self.user)
        self.assertFalse(self.unmapped())

    def test_accepting_leaves_decided_lines_alone(self):
        [line] = self.refresh(owner("1"))
        line.res_id = self.env.ref("base.user_admin").id
        line.suggested_id = self.user.id
        line.action_accept_suggestion()
        self.assertEqual(line.res_id, self.env.ref("base.user_admin").id)

    def test_mapping_one_value_leaves_records_of_others_alone(self):
        self.pull(
            "companies",
            remote(1, name="Acme", owner="7"),
            remote(2, name="Bolt", owner="77"),
        )
        self.lines().filtered(lambda li: li.remote_value == "7").res_id = self.user.id
        self.run_jobs()
        self.assertEqual(self.unmapped().cause, "owner=77")

    def test_records_of_one_unknown_value_are_one_exception_for_all_flows(self):
        self.change_map(
            "contacts", new_lines=[{"remote_path": "owner", "target": "owner"}]
        )
        self.pull("companies", remote(1, name="Acme", owner="7"))
        self.pull("contacts", remote(2, last_name="Doe", owner="7"))
        self.assertEqual(len(self.unmapped()), 1)
        self.assertEqual(self.unmapped().open_count, 2)
        self.lines().res_id = self.user.id
        self.run_jobs()
        self.assertFalse(self.unmapped())
        self.assertEqual(self.taken("contacts", 2).user_id, self.user)
