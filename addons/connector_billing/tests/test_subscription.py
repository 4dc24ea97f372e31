from odoo.exceptions import UserError
from odoo.fields import Date
from odoo.tests import tagged

from odoo.addons.connector_base.tests.common_vendor import remote

from .common import BillingCase


def item(remote_id="si_1", quantity=1, unit="10", **values):
    """An item of a subscription that is billed monthly."""
    return {
        "id": remote_id,
        "product": "prod_1",
        "price": None,
        "description": "Pro",
        "quantity": str(quantity),
        "unit_amount": unit,
        "amount": None,
        "interval": "month",
        "interval_count": 1,
        "metered": False,
        "charge": False,
        **values,
    }


def _day(text):
    return Date.to_date(text)


class SubscriptionCase(BillingCase):
    """Subscriptions of customer ``cus_1`` to product ``prod_1``."""

    def setUp(self):
        super().setUp()
        self.partner = self.customer()
        if not self.env["connector.binding"].search(
            [("remote_id", "=", "prod_1"), ("entity", "=", "product")]
        ):
            self.pro = self.product()

    def subscription(self, *items, remote_id="sub_1", **values):
        """The vendor's subscription comes; returns Odoo's."""
        record = self.record(*items, remote_id=remote_id, **values)
        return self.brought("subscriptions", record)

    def record(self, *items, at=None, remote_id="sub_1", **values):
        """A subscription as the vendor sends it."""
        nested = {
            "items": list(items),
            "discounts": values.pop("discounts", []),
            "phases": values.pop("phases", []),
        }
        values = {
            "number": f"S-{remote_id}",
            "customer": "cus_1",
            "status": "active",
            "currency": "EUR",
            "started_at": "2026-01-01T00:00:00Z",
            **values,
        }
        return remote(remote_id, at=at, **values, billing=nested)

    def kinds(self, subscription):
        return subscription.version_ids.sorted("id").mapped("kind")


@tagged("post_install", "-at_install")
class TestSubscription(SubscriptionCase):
    def test_a_subscription_comes_with_its_items(self):
        subscription = self.subscription(item(quantity=3, unit="12.50"))
        self.assertEqual(subscription.partner_id, self.partner)
        self.assertEqual(subscription.item_ids.product_id.name, "Pro")
        self.assertEqual(subscription.item_ids.quantity, 3)
        self.assertEqual((subscription.mrr, subscription.arr), (37.5, 450.0))

    def test_an_item_keeps_its_row_and_one_that_is_gone_is_archived(self):
        subscription = self.subscription(item("a"), item("b"), at="2026-01-01")
        first = subscription.item_ids.filtered(lambda i: i.remote_ref == "a")
        self.subscription(item("a", quantity=2), item("c"), at="2026-01-02")
        self.assertEqual(subscription.item_ids.mapped("remote_ref"), ["a", "c"])
        self.assertEqual((first.quantity, first.active), (2, True))

    def test_an_item_whose_product_is_unknown_is_taken_and_reported(self):
        subscription = self.subscription(item(product="prod_9"))
        self.assertEqual(subscription.item_ids.name, "Pro")
        self.assertFalse(subscription.item_ids.product_id)
        self.assertEqual(self.codes("subscriptions", "sub_1"), ["missing_parent"])

    def test_what_an_item_refers_to_is_fetched_first(self):
        self.vendor.add("products", remote("prod_7", name="Seven"))
        price = {"product": "prod_7", "currency": "EUR", "amount": "10"}
        price |= {"interval": "month", "interval_count": 1, "is_active": True}
        self.vendor.add("prices", remote("price_7", **price))
        subscription = self.subscription(item(product="prod_7", price="price_7"))
        self.assertEqual(subscription.item_ids.product_id.name, "Seven")
        self.assertEqual(subscription.item_ids.price_id.amount, 10)

    def test_worth_is_counted_in_both_currencies_at_a_stated_rate(self):
        subscription = self.subscription(item(unit="100"), currency="USD")
        self.assertEqual((subscription.mrr, subscription.mrr_company), (100.0, 80.0))
        self.assertAlmostEqual(subscription.worth_rate, 0.8)
        self.assertEqual(subscription.arr_company, 960.0)

    def test_a_currency_without_a_rate_is_never_counted_one_to_one(self):
        self.other_currency("QQQ")
        subscription = self.subscription(item(unit="100"), currency="QQQ")
        self.assertEqual((subscription.mrr, subscription.mrr_company), (100.0, 0.0))
        self.assertFalse(subscription.worth_rate)

    def test_a_currency_that_odoo_does_not_use_holds_it(self):
        self.pull("subscriptions", self.record(item(), currency="XXQ"))
        self.assertFalse(self.taken("subscriptions", "sub_1"))
        self.assertEqual(self.codes("subscriptions", "sub_1"), ["unknown_currency"])

    def test_a_trial_counts_nothing_and_then_what_it_is_worth(self):
        subscription = self.subscription(item(), status="trial", at="2026-01-01")
        self.assertEqual(subscription.mrr, 0)
        self.subscription(item(), at="2026-01-15")
        self.assertEqual((subscription.mrr, subscription.item_ids.mrr), (10, 10))

    def test_a_discount_counts_as_long_as_it_lasts(self):
        subscription = self.subscription(
            item(unit="100"),
            discounts=[
                {"percent": "50", "ends_at": "2999-01-01T00:00:00Z"},
                {"percent": "50", "ends_at": "2020-01-01T00:00:00Z"},
            ],
        )
        self.assertEqual(subscription.mrr, 50)
        self.assertEqual(str(subscription.worth_due_at), "2999-01-01 00:00:00")


@tagged("post_install", "-at_install")
class TestSubscriptionVersion(SubscriptionCase):
    def test_each_change_makes_a_version_that_says_what_it_was(self):
        subscription = self.subscription(item(), at="2026-01-01")
        self.subscription(item(quantity=5), at="2026-02-01", event="seats added")
        self.subscription(item(quantity=5, unit="8"), at="2026-03-01")
        self.subscription(
            item(quantity=5, unit="8"), at="2026-04-01", status="past_due"
        )
        self.subscription(
            item(quantity=5, unit="8"), at="2026-05-01", status="cancelled"
        )
        self.assertEqual(
            self.kinds(subscription),
            ["new", "quantity", "price", "payment_failed", "cancellation"],
        )
        second = subscription.version_ids.sorted("id")[1]
        self.assertEqual((second.event, second.mrr), ("seats added", 50))
        self.assertIn("1 × Pro", second.summary)
        self.assertIn("5 × Pro", second.summary)

    def test_the_contract_of_any_date_can_be_told(self):
        subscription = self.subscription(item(), at="2026-01-01")
        self.subscription(item(quantity=5), at="2026-02-10")
        for date, quantity in (("2026-01-31", 1), ("2026-02-10", 5), ("2027-01-01", 5)):
            with self.subTest(date):
                version = subscription._at(_day(date))
                self.assertEqual(version.line_ids.quantity, quantity)
        self.assertFalse(subscription._at(_day("2025-12-31")))

    def test_repeats_and_old_states_make_no_versions(self):
        subscription = self.subscription(item(), at="2026-01-01")
        self.subscription(item(quantity=2), at="2026-03-01")
        self.subscription(item(quantity=2), at="2026-03-01")
        self.subscription(item(quantity=9), at="2026-02-01")
        self.subscription(item(quantity=2), at="2026-03-02")
        self.assertEqual(self.kinds(subscription), ["new", "quantity"])

    def test_one_that_ran_before_it_was_connected_is_taken_over(self):
        subscription = self.subscription(item(), at="2026-06-01")
        self.assertEqual(self.kinds(subscription), ["taken_over"])
        version = subscription._at(_day("2026-01-01"))
        self.assertIn("2026-06-01", version.summary)

    def test_a_version_is_never_changed_nor_deleted(self):
        version = self.subscription(item()).version_ids
        for attempt in (
            lambda: version.write({"kind": "change"}),
            version.unlink,
            lambda: version.line_ids.write({"quantity": 7}),
        ):
            with self.assertRaises(UserError):
                attempt()
