from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common_push import PushCase, owned
from .common_vendor import (
    COMPANIES,
    CONTACTS,
    PRODUCTS,
    remote,
)


@tagged("post_install", "-at_install")
class TestConflict(PushCase):
    """Where both sides changed a field, a person sees both values and decides."""

    streams = (
        owned(COMPANIES, "ask"),
        owned(CONTACTS, "ask"),
        owned(PRODUCTS, "ask"),
    )

    def setUp(self):
        super().setUp()
        self.arrives(city="Berlin", zip="1", phone="1234567")
        self.acme = self.taken("companies", 1)
        self.push()
        self.vendor.sent.clear()

    def arrives(self, at=None, **values):
        """The vendor's company 1 comes with these values."""
        known = self.vendor.records["companies"].get("1")
        values = {**(known.values if known else {"name": "Acme"}), **values}
        self.pull_again("companies", remote(1, at=at, **values))

    def at_vendor(self, name="city"):
        return self.vendor.records["companies"]["1"].values.get(name)

    def both_change_the_city(self):
        self.acme.city = "Lyon"
        self.arrives(city="Nice")
        return self.open_conflicts()

    def open_conflicts(self):
        return self.env["connector.conflict"].search([("state", "=", "open")])

    def settle(self, **choices):
        """Decide, and let all that follows from it happen."""
        self.open_conflicts()[:1].item_id._resolve_conflict(choices)
        self.run_jobs()
        self.push()

    # -- what is asked --------------------------------------------------------

    def test_it_shows_the_three_values_and_changes_nothing(self):
        conflict = self.both_change_the_city()
        self.assertEqual(
            (conflict.base_text, conflict.ours_text, conflict.theirs_text),
            ("Berlin", "Lyon", "Nice"),
        )
        self.assertEqual((conflict.label, conflict.record_name), ("City", "Acme"))
        self.assertEqual((self.acme.city, self.at_vendor()), ("Lyon", "Nice"))

    def test_the_field_is_not_sent_as_long_as_it_is_open(self):
        self.both_change_the_city()
        self.push()
        self.acme.city = "Marseille"
        self.push()
        self.assertEqual(self.sent(), [])
        self.assertEqual(self.at_vendor(), "Nice")

    def test_other_fields_go_both_ways_meanwhile(self):
        self.both_change_the_city()
        self.acme.zip = "69000"
        self.push()
        self.arrives(phone="7654321")
        self.assertEqual(self.sent(), [{"zip": "69000"}])
        self.assertIn("7654321", self.acme.phone)
        self.assertEqual(len(self.open_conflicts()), 1)

    def test_an_edit_there_that_no_pull_has_seen_yet_is_not_overwritten(self):
        self.acme.city = "Lyon"
        self.vendor.add("companies", remote(1, name="Acme", city="Nice", zip="1"))
        self.push()
        self.assertEqual(self.sent(), [])
        self.assertEqual(self.open_conflicts().theirs_text, "Nice")

    def test_one_cause_for_each_field_with_all_its_records(self):
        self.pull("companies", remote(2, name="Bolt", city="Berlin"))
        bolt = self.taken("companies", 2)
        self.forget()
        self.acme.write({"city": "Lyon", "zip": "2"})
        bolt.city = "Lyon"
        self.arrives(city="Nice", zip="3")
        self.pull_again("companies", remote(2, name="Bolt", city="Nice"))
        causes = self.exceptions(code="conflict")
        self.assertEqual(set(causes.mapped("field_name")), {"city", "zip"})
        self.assertEqual(
            {cause.field_name: cause.open_count for cause in causes},
            {"city": 2, "zip": 1},
        )
        item = causes.item_ids.filtered(lambda i: i.remote_id == "2")
        self.assertEqual(len(item.conflict_ids), 1)
        item = causes.item_ids.filtered(lambda i: i.remote_id == "1")[:1]
        self.assertEqual(set(item.conflict_ids.mapped("field_name")), {"city", "zip"})

    def test_records_that_were_linked_have_never_agreed(self):
        self.env["res.partner"].create(
            {
                "name": "Here",
                "is_company": True,
                "website": "bolt.example",
                "city": "Lyon",
            }
        )
        self.pull("companies", remote(2, name="Here", domain="bolt.example", city="X"))
        conflict = self.open_conflicts().filtered(lambda c: c.field_name == "city")
        self.assertEqual(conflict.base_text, "Never agreed")
        self.assertEqual((conflict.ours_text, conflict.theirs_text), ("Lyon", "X"))

    # -- what is decided ------------------------------------------------------

    def test_the_remote_value_is_taken(self):
        self.both_change_the_city()
        self.settle(city="theirs")
        self.assertEqual((self.acme.city, self.at_vendor()), ("Nice", "Nice"))
        self.assertFalse(self.open_conflicts())
        self.assertFalse(self.exceptions(code="conflict"))
        log = self.logs("companies", 1)[-1]
        self.assertEqual(log.changes["city"], ["Lyon", "Nice"])
        self.assertEqual(log.user_id, self.env.user)

    def test_the_value_of_odoo_is_kept_and_sent(self):
        self.both_change_the_city()
        self.settle(city="ours")
        self.assertEqual((self.acme.city, self.at_vendor()), ("Lyon", "Lyon"))
        self.assertFalse(self.open_conflicts())
        self.assertEqual(self.sent(), [{"city": "Lyon"}])
        self.assertIn(
            {"city": ["Nice", "Lyon"]},
            self.logs("companies", 1).filtered("user_id").mapped("changes"),
        )

    def test_even_where_it_differs_in_spelling_only(self):
        self.acme.city = "Lyon"
        self.arrives(city="LYON")
        self.settle(city="ours")
        self.assertEqual(self.at_vendor(), "Lyon")

    def test_what_was_settled_stays_settled(self):
        for choice in ("ours", "theirs"):
            with self.subTest(choice=choice):
                self.both_change_the_city()
                self.settle(city=choice)
                settled = self.acme.city
                self.vendor.sent.clear()
                for number in range(3):
                    self.arrives(phone=f"777777{number}")
                    self.push()
                self.assertEqual((self.acme.city, self.at_vendor()), (settled,) * 2)
                self.assertFalse(self.open_conflicts())
                self.assertEqual(self.sent(), [])
                self.arrives(city="Berlin")
                self.assertEqual(self.acme.city, "Berlin")

    def test_a_flow_that_does_not_send_keeps_the_value_and_agrees_on_it(self):
        self.both_change_the_city()
        self.companies.direction = "pull"
        self.settle(city="ours")
        self.assertEqual((self.acme.city, self.at_vendor()), ("Lyon", "Nice"))
        self.arrives(phone="7777777")
        self.assertFalse(self.open_conflicts())
        self.assertEqual(self.acme.city, "Lyon")

    def test_each_field_is_decided_by_itself(self):
        self.acme.write({"city": "Lyon", "zip": "2"})
        self.arrives(city="Nice", zip="3")
        self.settle(city="ours", zip="theirs")
        self.assertEqual((self.acme.city, self.acme.zip), ("Lyon", "3"))
        self.assertEqual((self.at_vendor("city"), self.at_vendor("zip")), ("Lyon", "3"))

    def test_all_fields_of_a_record_are_decided_at_once(self):
        for button, city in (
            ("action_keep_all_ours", "Lyon"),
            ("action_take_all_theirs", "Nice"),
        ):
            with self.subTest(button=button):
                self.acme.write({"city": "Lyon", "zip": "2"})
                self.arrives(city="Nice", zip="3")
                getattr(self.open_conflicts()[:1].item_id, button)()
                self.run_jobs()
                self.push()
                self.assertFalse(self.open_conflicts())
                self.assertEqual(self.acme.city, city)
                self.acme.write({"city": "Berlin", "zip": "1"})
                self.push()

    def test_what_changed_there_meanwhile_is_asked_again(self):
        conflict = self.both_change_the_city()
        self.vendor.records["companies"]["1"].values["city"] = "Rome"
        for choice in ("theirs", "ours"):
            with self.subTest(choice=choice):
                conflict._choose(choice)
                conflict.theirs = ["Something else"]
                conflict.item_id._retry()
                self.run_jobs()
                self.push()
                self.assertEqual((self.acme.city, self.at_vendor()), ("Lyon", "Rome"))
                self.assertEqual(conflict.state, "open")
                self.assertFalse(conflict.choice)
                self.assertEqual(conflict.theirs_text, "Rome")

    def test_what_changed_here_meanwhile_is_asked_again(self):
        for choice in ("theirs", "ours"):
            with self.subTest(choice=choice):
                conflict = self.both_change_the_city()
                conflict._choose(choice)
                self.acme.city = "Marseille"
                conflict.item_id._retry()
                self.run_jobs()
                self.push()
                self.assertEqual(
                    (self.acme.city, self.at_vendor()), ("Marseille", "Nice")
                )
                self.assertFalse(conflict.choice)
                self.assertEqual(conflict.ours_text, "Marseille")

    def test_it_shows_what_odoo_has_by_now(self):
        conflict = self.both_change_the_city()
        self.acme.city = "Marseille"
        self.push()
        self.assertEqual(conflict.ours_text, "Marseille")
        self.assertEqual(self.at_vendor(), "Nice")

    def test_a_vendor_that_takes_its_edit_back_ends_it_and_ours_goes_out(self):
        self.both_change_the_city()
        self.push()
        self.arrives(city="Berlin")
        self.assertFalse(self.open_conflicts())
        self.push()
        self.assertEqual(self.at_vendor(), "Lyon")

    def test_an_edit_that_makes_both_the_same_ends_it(self):
        conflict = self.both_change_the_city()
        self.acme.city = "Nice"
        conflict.item_id._retry()
        self.run_jobs()
        self.assertFalse(self.open_conflicts())
        self.assertEqual(self.sent(), [])

    def test_what_is_ignored_is_left_as_it_is_on_both_sides(self):
        self.both_change_the_city()
        cause = self.exceptions(code="conflict")
        cause.ignore_reason = "Both are right"
        cause.action_ignore()
        self.acme.zip = "2"
        self.push()
        self.arrives(phone="7777777")
        self.assertEqual((self.acme.city, self.at_vendor()), ("Lyon", "Nice"))
        self.assertFalse(self.open_conflicts())
        self.acme.city = "Marseille"
        self.push()
        self.assertEqual(self.at_vendor(), "Marseille")

    # -- who may --------------------------------------------------------------

    def test_a_flow_that_may_not_update_odoo_cannot_take_the_remote_value(self):
        self.both_change_the_city()
        self.companies.may_update = False
        with self.assertRaisesRegex(UserError, "may not change records in Odoo"):
            self.settle(city="theirs")
        self.settle(city="ours")
        self.assertEqual(self.at_vendor(), "Lyon")

    def test_nothing_is_decided_about_other_fields_or_in_other_words(self):
        self.both_change_the_city()
        for choices in ({"zip": "ours"}, {"city": "mine"}):
            with self.subTest(choices), self.assertRaises(UserError):
                self.settle(**choices)

    def test_what_is_settled_already_says_so(self):
        conflict = self.both_change_the_city()
        self.settle(city="theirs")
        with self.assertRaisesRegex(UserError, "settled already"):
            conflict.action_keep_ours()

    def test_operators_decide_and_viewers_do_not(self):
        conflict = self.both_change_the_city()
        viewer, operator = self.user_of("viewer"), self.user_of("operator")
        for method in ("action_keep_ours", "action_take_theirs"):
            with self.subTest(method), self.assertRaises(AccessError):
                getattr(conflict.with_user(viewer), method)()
        with self.assertRaises(AccessError):
            conflict.item_id.with_user(viewer)._resolve_conflict({"city": "ours"})
        with self.assertRaises(AccessError):
            conflict.with_user(operator).write({"choice": "ours"})
        conflict.with_user(operator).action_take_theirs()
        self.assertEqual(conflict.decided_by_id, operator)
        self.run_jobs()
        self.assertEqual(self.acme.city, "Nice")

    def test_personal_values_are_for_operators(self):
        self.acme.name = "Jane Doe Ltd"
        self.arrives(name="John Roe Ltd")
        conflict = self.open_conflicts()
        seen = conflict.with_user(self.user_of("viewer"))
        self.assertNotIn("Jane", seen.ours_text)
        self.assertNotIn("John", seen.theirs_text)
        with self.assertRaises(AccessError):
            seen.read(["ours"])
        seen = conflict.with_user(self.user_of("operator"))
        self.assertEqual(seen.ours_text, "Jane Doe Ltd")

    # -- readable -------------------------------------------------------------

    def test_records_are_shown_by_their_names_and_dates_as_people_write_them(self):
        germany, france = self.env.ref("base.de"), self.env.ref("base.fr")
        self.arrives(country="DE")
        self.acme.country_id = france
        self.arrives(country="IT")
        conflict = self.open_conflicts()
        self.assertEqual(
            (conflict.base_text, conflict.ours_text, conflict.theirs_text),
            (germany.name, france.name, self.env.ref("base.it").name),
        )

    def test_an_empty_value_is_called_empty_and_can_be_kept(self):
        self.acme.city = False
        self.arrives(city="Nice")
        self.assertEqual(self.open_conflicts().ours_text, "Empty")
        self.settle(city="ours")
        self.assertFalse(self.open_conflicts())
        self.assertFalse(self.acme.city)
        self.assertFalse(self.at_vendor())

    def test_zero_is_a_number_and_no_empty_value(self):
        self.pull("products", remote(7, name="Bolt", price=5))
        product = self.taken("products", 7)
        product.list_price = 0
        self.pull_again("products", remote(7, name="Bolt", price=1234.5))
        conflict = self.open_conflicts()
        self.assertEqual(
            (conflict.base_text, conflict.ours_text, conflict.theirs_text),
            ("5.00", "0.00", "1,234.50"),
        )
        conflict.action_keep_ours()
        self.run_jobs()
        self.assertFalse(self.open_conflicts())
        self.assertEqual(product.list_price, 0)
