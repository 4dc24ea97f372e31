from unittest.mock import patch

from odoo.exceptions import RedirectWarning, UserError, ValidationError
from odoo.tests import tagged

from .common import ConnectorCase
from .common_vendor import remote


@tagged("post_install", "-at_install")
class TestHeld(ConnectorCase):
    """Records that can't be taken as they came, and what becomes of them."""

    # -- one cause, many records ----------------------------------------------

    def test_many_records_of_one_cause_are_one_exception_and_neighbours_go_on(self):
        job = self.pull(
            "companies",
            remote(1, phone="1"),
            remote(2, name="Good"),
            remote(3, phone="3"),
            remote(4, name="", phone="4"),
        )
        self.assertEqual(job.result, {"created": 1, "held": 3})
        self.assertTrue(self.taken("companies", 2))
        exception = self.exceptions()
        self.assertEqual(len(exception), 1)
        self.assertEqual(exception.item_ids.mapped("remote_id"), ["4", "3", "1"])
        self.assertEqual(exception.open_count, 3)
        self.assertEqual(
            (exception.code, exception.blocking), ("required_missing", True)
        )

    def test_different_causes_are_different_exceptions(self):
        self.change_map("companies", {"city": {"required": True}})
        self.pull("companies", remote(1, name="A"), remote(2, city="Berlin"))
        self.assertEqual(set(self.exceptions().mapped("field_name")), {"name", "city"})

    def test_the_exception_goes_to_the_owner_of_the_flow(self):
        user = self.user_of("operator")
        self.flow("companies").owner_id = user
        self.pull("companies", remote(1, phone="1"))
        exception = self.exceptions()
        self.assertEqual(exception.user_id, user)
        self.assertGreater(exception.sla_deadline, exception.first_seen_at)

    def test_the_payload_is_kept_without_secrets(self):
        self.pull("companies", remote(1, phone="1", api_token="s3cret", note="x"))
        item = self.exceptions().item_ids
        self.assertEqual(item.payload["note"], "x")
        self.assertNotIn("s3cret", str(item.payload))

    def test_the_same_trouble_again_is_no_second_exception(self):
        self.pull("companies", remote(1, phone="1"))
        self.pull("companies", remote(1, phone="2"))
        self.pull("companies", remote(2, phone="1"))
        self.assertEqual(len(self.exceptions()), 1)
        self.assertEqual(self.exceptions().open_count, 2)
        item = self.exceptions().item_ids.filtered(lambda i: i.remote_id == "1")
        self.assertEqual(item.payload["phone"], "2")

    # -- settled --------------------------------------------------------------

    def test_an_exception_closes_itself_when_all_its_records_are_taken(self):
        self.pull("companies", remote(1, phone="1"), remote(2, phone="2"))
        exception = self.exceptions()
        self.pull("companies", remote(1, name="One"))
        self.assertEqual((exception.state, exception.open_count), ("open", 1))
        self.pull("companies", remote(2, name="Two"))
        self.assertEqual(exception.state, "resolved")
        self.assertTrue(exception.resolved_at)

    def test_a_cause_that_comes_back_opens_a_new_exception(self):
        self.pull("companies", remote(1, phone="1"))
        first = self.exceptions()
        self.pull("companies", remote(1, name="One"))
        self.pull("companies", remote(2, phone="1"))
        self.assertEqual(first.state, "resolved")
        self.assertEqual(len(self.exceptions()), 1)

    def test_of_two_causes_of_a_record_the_one_that_is_mended_closes(self):
        self.change_map(
            "companies", {"city": {"required": True}, "zip": {"required": True}}
        )
        self.pull("companies", remote(1, name="One"))
        self.assertEqual(len(self.exceptions()), 2)
        self.pull("companies", remote(1, name="One", city="Berlin"))
        self.assertEqual(self.exceptions().field_name, "zip")

    def test_a_held_record_that_the_vendor_deletes_holds_nothing_any_more(self):
        self.pull("companies", remote(1, phone="1"))
        exception = self.exceptions()
        self.pull("companies", remote(1, archived=True))
        self.assertEqual(exception.state, "resolved")
        self.assertFalse(self.taken("companies", 1))

    def test_a_held_record_that_is_gone_when_it_is_tried_again_holds_nothing(self):
        self.pull("companies", remote(1, phone="1"))
        exception = self.exceptions()
        self.vendor.records["companies"].clear()
        exception.action_retry()
        self.run_jobs()
        self.assertEqual(exception.state, "resolved")

    def test_what_is_ignored_needs_a_reason_and_stays_closed(self):
        self.pull("companies", remote(1, phone="1"))
        exception = self.exceptions()
        with self.assertRaises(UserError):
            exception.action_ignore()
        exception.ignore_reason = "A test record"
        exception.action_ignore()
        self.assertEqual(exception.item_ids.state, "ignored")
        self.pull("companies", remote(2, name="Another"))
        self.assertEqual(exception.state, "ignored")

    # -- lenient --------------------------------------------------------------

    def test_a_lenient_value_is_left_out_and_reported_and_the_record_is_taken(self):
        self.pull(
            "contacts",
            remote(1, last_name="Doe", email="no address", country="Atlantis"),
        )
        partner = self.taken("contacts", 1)
        self.assertEqual(partner.name, "Doe")
        self.assertFalse(partner.email or partner.country_id)
        self.assertEqual(
            set(self.exceptions().mapped("field_name")), {"email", "country"}
        )
        self.assertEqual(set(self.exceptions().mapped("blocking")), {False})
        self.assertEqual(self.binding("contacts", 1).state, "synced")
        self.assertEqual(partner.with_user(self.env.user).connector_state, "failing")

    def test_a_lenient_value_that_can_not_be_read_keeps_the_one_before(self):
        self.pull("contacts", remote(1, last_name="Doe", email="jo@acme.example"))
        self.pull("contacts", remote(1, last_name="Doe", email="no address"))
        self.assertEqual(self.taken("contacts", 1).email, "jo@acme.example")

    def test_a_lenient_value_that_is_mended_closes_its_exception(self):
        self.pull("contacts", remote(1, last_name="Doe", email="no address"))
        self.pull("contacts", remote(1, last_name="Doe", email="jo@acme.example"))
        self.assertFalse(self.exceptions())

    def test_personal_values_are_masked_in_messages(self):
        self.pull("contacts", remote(1, last_name="Doe", email="jo.doe.at.home"))
        self.assertNotIn("jo.doe", self.exceptions().item_ids.message)
        self.assertNotIn("jo.doe", self.exceptions().name)

    # -- Odoo refuses ---------------------------------------------------------

    def refuse(self, name, error):
        """Let Odoo refuse partners of a name, whatever else is in the batch."""
        create = self.registry["res.partner"].create

        def refusing(partners, vals_list):
            if any(vals.get("name") == name for vals in vals_list):
                raise error
            return create(partners, vals_list)

        return patch.object(self.registry["res.partner"], "create", refusing)

    def test_a_record_that_odoo_refuses_is_found_and_the_others_are_written(self):
        records = [remote(number, name=f"Company {number}") for number in range(9)]
        with self.refuse("Company 5", ValidationError("Five is not allowed.")):
            job = self.pull("companies", *records)
        self.assertEqual(job.result, {"created": 8, "held": 1})
        for number in range(9):
            taken = self.taken("companies", number)
            self.assertEqual(bool(taken), number != 5)
            self.assertEqual(taken.name, number != 5 and f"Company {number}")
        self.assertIn("Five is not allowed.", self.exceptions().name)
        self.assertEqual(self.exceptions().item_ids.remote_id, "5")

    def test_a_refusal_with_a_link_is_a_refusal(self):
        error = RedirectWarning("Set it up first.", 1, "Go")
        with self.refuse("Acme", error):
            self.pull("companies", remote(1, name="Acme"), remote(2, name="Other"))
        self.assertEqual(self.exceptions().code, "refused_by_odoo")
        self.assertIn("Set it up first.", self.exceptions().name)
        self.assertTrue(self.taken("companies", 2))

    def test_a_bug_in_one_record_does_not_stop_the_others(self):
        with (
            self.refuse("Acme", KeyError("oops")),
            self.assertLogs("odoo.addons.connector_base", "ERROR"),
        ):
            self.pull("companies", remote(1, name="Acme"), remote(2, name="Other"))
        self.assertEqual(self.exceptions().error_class, "bug")
        self.assertTrue(self.taken("companies", 2))

    def test_a_refused_update_leaves_the_record_as_it_was(self):
        self.pull("companies", remote(1, name="A"), remote(2, name="B"))
        write = self.registry["res.partner"].write

        def refusing(partners, vals):
            if vals.get("city") == "Nowhere":
                # pylint: disable-next=translation-required
                raise ValidationError("There is no such place.")
            return write(partners, vals)

        with patch.object(self.registry["res.partner"], "write", refusing):
            self.pull(
                "companies",
                remote(1, name="A2", city="Nowhere"),
                remote(2, name="B2", city="Bonn"),
            )
        self.assertEqual(self.taken("companies", 1).name, "A")
        self.assertEqual(self.taken("companies", 2).name, "B2")
        self.pull("companies", remote(1, name="A2", city="Nowhere"))
        self.assertEqual(self.taken("companies", 1).name, "A2")
        self.assertFalse(self.exceptions())
