import datetime

from odoo import fields
from odoo.tests import tagged

from .common import ConnectorCase
from .common_vendor import remote


@tagged("post_install", "-at_install")
class TestMerge(ConnectorCase):
    """Who wins where both sides have something to say, by the owner of a field."""

    def own(self, owner, target="city"):
        self.change_map("companies", {target: {"owner": owner}})

    def take(self, city, at=None, **values):
        """The vendor's company 1 comes with this city."""
        self.pull("companies", remote(1, at=at, name="Acme", city=city, **values))
        return self.taken("companies", 1)

    def edit(self, partner, city, at=None):
        """A person writes it, at some time or just now, in another transaction."""
        partner.city = city
        self.env.flush_all()
        at = at or fields.Datetime.now() + datetime.timedelta(seconds=2)
        self.env.cr.execute(
            "UPDATE res_partner SET write_date = %s WHERE id = %s", (at, partner.id)
        )
        self.env.invalidate_all()

    def conflicts(self):
        return self.exceptions(code="conflict")

    # -- remote and Odoo ------------------------------------------------------

    def test_the_remote_owner_undoes_an_edit_in_odoo_and_says_so_in_the_log(self):
        self.own("remote")
        partner = self.take("Berlin")
        partner.city = "Edited"
        self.take("Bonn")
        self.assertEqual(partner.city, "Bonn")
        self.assertEqual(
            self.logs("companies", 1)[-1].changes, {"city": ["Edited", "Bonn"]}
        )

    def test_what_odoo_owns_is_set_once_and_then_left(self):
        self.own("odoo")
        partner = self.take("Berlin")
        self.assertEqual(partner.city, "Berlin")
        partner.city = "Edited"
        self.take("Bonn")
        self.assertEqual(partner.city, "Edited")

    def test_a_parent_that_odoo_owns_is_left_even_when_it_comes_in_the_same_page(self):
        self.own("odoo", "parent")
        self.take("Berlin")
        partner = self.taken("companies", 1)
        self.pull(
            "companies",
            remote(2, name="Mother"),
            remote(1, name="Acme", city="Berlin", parent="2"),
        )
        self.assertFalse(partner.parent_id)
        self.assertTrue(self.taken("companies", 2))

    # -- newest ---------------------------------------------------------------

    def test_newest_takes_the_side_that_changed(self):
        self.own("newest")
        partner = self.take("Berlin")
        self.take("Bonn")
        self.assertEqual(partner.city, "Bonn")
        partner.city = "Edited"
        self.take("Bonn", phone="1")
        self.assertEqual(partner.city, "Edited")

    def test_newest_takes_the_later_edit_where_both_changed(self):
        self.own("newest")
        partner = self.take("Berlin", at="2026-01-01T10:00")
        partner.city = "Edited"
        self.take("Bonn", at="2100-01-01T10:00")
        self.assertEqual(partner.city, "Bonn")

    def test_newest_keeps_the_later_edit_of_odoo(self):
        self.own("newest")
        partner = self.take("Berlin", at="2026-01-01T10:00")
        self.edit(partner, "Edited")
        self.take("Bonn", at="2026-01-02T10:00")
        self.assertEqual(partner.city, "Edited")

    def test_a_remote_value_that_lost_once_does_not_win_by_another_change(self):
        self.own("newest")
        partner = self.take("Berlin", at="2026-01-01T10:00")
        self.edit(partner, "Edited")
        self.take("Bonn", at="2026-01-02T10:00")
        # Later somebody changes the phone number there; the city is still the old one.
        self.take("Bonn", at="2100-01-01T10:00", phone="1")
        self.assertEqual(partner.city, "Edited")

    # -- ask ------------------------------------------------------------------

    def test_ask_takes_the_side_that_changed(self):
        self.own("ask")
        partner = self.take("Berlin")
        self.take("Bonn")
        self.assertEqual(partner.city, "Bonn")
        self.assertFalse(self.conflicts())

    def test_ask_leaves_odoo_and_reports_where_both_changed(self):
        self.own("ask")
        partner = self.take("Berlin", zip="10115")
        partner.city = "Edited"
        self.take("Bonn", zip="53111")
        self.assertEqual(partner.city, "Edited")
        self.assertEqual(partner.zip, "53111")
        conflict = self.conflicts()
        self.assertEqual((conflict.blocking, conflict.field_name), (False, "city"))
        self.assertEqual(conflict.item_ids.remote_id, "1")

    def test_a_conflict_is_closed_when_both_sides_agree(self):
        self.own("ask")
        partner = self.take("Berlin")
        partner.city = "Edited"
        self.take("Bonn")
        conflict = self.conflicts()
        partner.city = "Bonn"
        conflict.action_retry()
        self.run_jobs()
        self.assertEqual(conflict.state, "resolved")
        # From here on Bonn is what both agreed on.
        self.take("Bremen")
        self.assertEqual(partner.city, "Bremen")

    def test_both_sides_making_the_same_edit_agree_on_it(self):
        self.own("ask")
        partner = self.take("Berlin")
        partner.city = "Bonn"
        self.take("Bonn")
        self.assertFalse(self.conflicts())
        self.take("Bremen")
        self.assertEqual(partner.city, "Bremen")
        self.assertFalse(self.conflicts())

    # -- linked by matching: nothing was agreed before ------------------------

    def existing(self, **vals):
        return self.env["res.partner"].create(
            {
                "name": "Acme",
                "is_company": True,
                "website": "http://acme.example",
                **vals,
            }
        )

    def test_a_value_wins_over_an_empty_one_when_records_are_linked(self):
        self.own("ask")
        partner = self.existing(city=False)
        self.take("Berlin", domain="acme.example")
        self.assertEqual(self.taken("companies", 1), partner)
        self.assertEqual(partner.city, "Berlin")

    def test_an_empty_remote_value_empties_nothing_when_records_are_linked(self):
        self.own("ask")
        partner = self.existing(city="Here")
        self.take(None, domain="acme.example")
        self.assertEqual(partner.city, "Here")
        self.assertFalse(self.conflicts())

    def test_two_values_conflict_when_records_are_linked(self):
        self.own("ask")
        partner = self.existing(city="Here")
        self.take("There", domain="acme.example")
        self.assertEqual(partner.city, "Here")
        self.assertTrue(self.conflicts())

    def test_what_was_the_same_when_linked_is_agreed(self):
        self.own("ask")
        partner = self.existing(city="Berlin")
        self.take("Berlin", domain="acme.example")
        self.take("Bonn", domain="acme.example")
        self.assertEqual(partner.city, "Bonn")
        self.assertFalse(self.conflicts())

    # -- what the flow may ----------------------------------------------------

    def test_a_flow_that_may_not_update_links_and_writes_nothing(self):
        self.flow("companies").may_update = False
        partner = self.existing(city="Here")
        self.take("There", domain="acme.example")
        self.assertEqual(self.taken("companies", 1), partner)
        self.assertEqual(partner.city, "Here")

    def test_a_flow_that_may_not_create_holds_what_has_no_match(self):
        self.flow("companies").may_create = False
        partner = self.existing()
        self.pull(
            "companies",
            remote(1, name="Acme", domain="acme.example"),
            remote(2, name="New"),
        )
        self.assertEqual(self.taken("companies", 1), partner)
        self.assertFalse(self.taken("companies", 2))
        self.assertEqual(self.exceptions().code, "create_not_allowed")

    def test_a_flow_that_may_not_update_leaves_parents_alone(self):
        self.take("Berlin")
        self.flow("companies").may_update = False
        self.pull(
            "companies",
            remote(2, name="Mother"),
            remote(1, name="Acme", city="Berlin", parent="2"),
        )
        self.assertFalse(self.taken("companies", 1).parent_id)

    # -- values ---------------------------------------------------------------

    def test_ids_have_no_order_and_what_is_nested_has(self):
        comparable = self.env["connector.import"]._comparable
        self.assertEqual(comparable([3, 1, 2]), comparable([1, 2, 3]))
        nested = [{"kind": "tax"}, {"kind": "fee"}]
        self.assertEqual(comparable(nested), nested)
        self.assertNotEqual(comparable(nested), comparable(nested[::-1]))
