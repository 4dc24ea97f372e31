import datetime
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.fields import Date
from odoo.tests import new_test_user, tagged

from odoo.addons.connector_base.tests.common_vendor import remote

from .test_subscription import SubscriptionCase, item

SEATS = {"feature": "seats", "name": "Seats", "kind": "quantity", "is_active": True}


def day(days):
    """A day that far from today, as ISO 8601."""
    return Date.to_string(Date.today() + datetime.timedelta(days=days))


@tagged("post_install", "-at_install")
class TestEntitlement(SubscriptionCase):
    """What customer ``cus_1`` may use by subscription ``sub_1``."""

    def setUp(self):
        super().setUp()
        self.sold = self.subscription(item())

    def entitlement(self, at=None, **values):
        """The vendor's entitlement to seats comes; returns Odoo's."""
        values = {"customer": "cus_1", "subscription": "sub_1", **SEATS, **values}
        record = remote("sub_1:seats", at=at, **values)
        return self.brought("entitlements", record)

    def days_later(self, days):
        today = Date.today() + datetime.timedelta(days=days)
        return patch.object(Date, "today", lambda *_args: today)

    def own(self, **values):
        """An entitlement of Odoo's own."""
        values = {
            "partner_id": self.partner.id,
            "company_id": self.company.id,
            "feature": "beta",
            "name": "Beta",
            **values,
        }
        return self.env["connector.entitlement"].create(values)

    def test_it_says_what_whose_and_by_which_subscription(self):
        one = self.entitlement(value="10", quantity="10")
        self.assertEqual(one.partner_id, self.partner)
        self.assertEqual(one.company_id, self.company)
        self.assertEqual((one.subscription_id, one.source_ref), (self.sold, "sub_1"))
        self.assertEqual(self.sold.entitlement_ids, one)
        self.assertEqual(
            (one.feature, one.name, one.kind), ("seats", "Seats", "quantity")
        )
        self.assertEqual((one.value, one.quantity, one.is_unlimited), ("10", 10, False))
        self.assertEqual((one.state, one.connector_state), ("active", "synced"))

    def test_another_level_is_taken(self):
        one = self.entitlement(value="10", quantity="10", at="2026-01-01")
        self.entitlement(value="unlimited", is_unlimited=True, at="2026-01-02")
        self.assertEqual((one.value, one.is_unlimited), ("unlimited", True))

    def test_a_feature_without_a_name_is_called_by_its_code(self):
        self.assertEqual(self.entitlement(name=None).name, "seats")

    def test_what_is_switched_off_is_ended_and_comes_back(self):
        one = self.entitlement(at="2026-01-01")
        self.entitlement(at="2026-01-02", is_active=False)
        self.assertEqual((one.active, one.state), (False, "ended"))
        self.entitlement(at="2026-01-03")
        self.assertEqual((one.active, one.state), (True, "active"))

    def test_what_is_gone_is_ended_and_comes_back(self):
        one = self.entitlement(at="2026-01-01")
        gone = remote("sub_1:seats", at="2026-01-02")
        gone.archived = True
        self.pull("entitlements", gone)
        self.assertEqual((one.active, one.state), (False, "ended"))
        self.entitlement(at="2026-01-03")
        self.assertEqual((one.active, one.state), (True, "active"))

    def test_a_subscription_that_is_not_there_yet_is_waited_for(self):
        self.pull(
            "entitlements",
            remote("sub_2:seats", customer="cus_1", subscription="sub_2", **SEATS),
        )
        self.assertFalse(self.taken("entitlements", "sub_2:seats"))
        self.assertEqual(self.codes("entitlements", "sub_2:seats"), ["missing_parent"])

    def test_its_days_decide_until_it_is_ended(self):
        states = {
            (1, None): "upcoming",
            (0, 0): "active",
            (-9, -1): "ended",
            (None, None): "active",
        }
        for (begins, ends), state in states.items():
            with self.subTest(begins=begins, ends=ends):
                one = self.own(
                    date_from=day(begins) if begins is not None else False,
                    date_until=day(ends) if ends is not None else False,
                )
                self.assertEqual(one.state, state)

    def test_it_begins_and_ends_when_its_day_has_come(self):
        later = self.own(date_from=day(3), date_until=day(5))
        self.own()
        self.assertEqual(later.state, "upcoming")
        for passed, due, state in (
            (2, 0, "upcoming"),
            (3, 1, "active"),
            (6, 1, "ended"),
        ):
            with self.subTest(passed=passed), self.days_later(passed):
                self.assertEqual(later._cron_states(), due)
                self.assertEqual(later.state, state)
                self.assertEqual(later._cron_states(), 0)

    def test_a_company_is_counted_with_its_people(self):
        person = self.env["res.partner"].create(
            {"name": "Ada", "parent_id": self.partner.id}
        )
        self.own(partner_id=person.id)
        self.own(date_until=day(-1))
        self.assertEqual((self.partner | person).mapped("entitlement_count"), [1, 1])

    def test_who_looks_on_changes_nothing(self):
        viewer = new_test_user(
            self.env,
            "entitlement.viewer",
            groups="base.group_user,connector_base.group_viewer",
            company_id=self.company.id,
            company_ids=self.company.ids,
        )
        one = self.own().with_user(viewer)
        self.assertEqual(one.name, "Beta")
        with self.assertRaises(AccessError):
            one.name = "Gamma"

    def test_customers_that_become_one_may_use_what_each_might(self):
        other = self.env["res.partner"].create({"name": "Acme Two", "is_company": True})
        one = self.own(partner_id=other.id, active=False)
        merge = self.env["base.partner.merge.automatic.wizard"]
        merge._merge((self.partner | other).ids, self.partner)
        self.env.invalidate_all()
        self.assertEqual(one.commercial_partner_id, self.partner)
