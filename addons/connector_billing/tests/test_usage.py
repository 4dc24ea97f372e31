from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.connector_base.tests.common_push import PushCase
from odoo.addons.connector_base.tests.common_vendor import remote

from .test_subscription import SubscriptionCase, item

JUNE = {
    "period_start": "2026-06-01T00:00:00Z",
    "period_end": "2026-07-01T00:00:00Z",
}
TIERS = [
    {"up_to": "100", "unit_amount": "0", "flat_amount": None},
    {"up_to": None, "unit_amount": "0.05", "flat_amount": None},
]


@tagged("post_install", "-at_install")
class TestUsage(SubscriptionCase):
    """Usage of a metered item: 100 calls are included, each further costs 0.05."""

    def setUp(self):
        super().setUp()
        self.vendor.add(
            "prices",
            *(
                remote(
                    f"price_{how}",
                    product="prod_1",
                    currency="EUR",
                    interval="month",
                    interval_count=1,
                    metered=True,
                    billing_scheme="tiered",
                    aggregation=how,
                    is_active=True,
                    meter="calls",
                    billing={"tiers": TIERS},
                )
                for how in ("sum", "max", "last")
            ),
        )
        self.metered = self.subscribe()

    def subscribe(self, how="sum", remote_id="sub_1", **values):
        one = item(f"si_{remote_id}", 0, None, price=f"price_{how}", metered=True)
        values = {**JUNE, **values}
        subscription = self.subscription(one, remote_id=remote_id, **values)
        if how != "sum":
            subscription.item_ids.price_id.aggregation = how
        return subscription.item_ids

    def event(self, key, quantity, at="2026-06-10T12:00:00Z", ref="sub_1", **values):
        return {
            "event_id": key,
            "quantity": quantity,
            "occurred_at": at,
            "subscription": ref,
            **values,
        }

    def take(self, *events, user=None):
        events_of = self.env["connector.usage.event"]
        if user:
            events_of = events_of.with_user(user)
        answers = events_of.take_usage(self.connection.id, list(events))
        return [answer["result"] for answer in answers]

    def count(self):
        new = self.env["connector.usage.event"].search([("state", "=", "new")])
        self.env["connector.usage.total"]._count(new)
        return self.totals()

    def totals(self, metered=None):
        rows = self.env["connector.usage.total"].search(
            [("item_id", "=", (metered or self.metered).id)], order="sequence"
        )
        return rows.mapped("quantity")

    def test_an_event_counts_once(self):
        first = self.event("e1", 3)
        self.assertEqual(self.take(first, self.event("e2", "4.5")), ["taken"] * 2)
        self.assertEqual(self.take(first, first), ["known", "known"])
        self.assertEqual(self.count(), [7.5])

    def test_an_event_is_known_within_one_call_too(self):
        self.assertEqual(
            self.take(self.event("e1", 3), self.event("e1", 3))[1], "known"
        )
        self.assertEqual(self.count(), [3])

    def test_what_makes_no_sense_is_refused_and_the_others_are_taken(self):
        found = self.take(
            self.event("e1", -1),
            self.event("e2", "many"),
            self.event("e3", 1, at="2026-06-10T12:00:00"),
            self.event(None, 1),
            self.event("e5", None),
            self.event("e6", 1),
        )
        self.assertEqual(found, ["refused"] * 5 + ["taken"])

    def test_only_operators_tell_usage(self):
        with self.assertRaises(AccessError):
            self.take(self.event("e1", 1), user=self.user_of("viewer"))
        operator = self.user_of(
            "operator",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        self.assertEqual(self.take(self.event("e1", 1), user=operator), ["taken"])

    def test_what_comes_late_is_told_besides_and_changes_nothing(self):
        self.take(self.event("e1", 3))
        self.count()
        self.take(self.event("e2", 4))
        self.assertEqual(self.count(), [3, 4])
        self.assertEqual(self.count(), [3, 4])
        self.assertEqual(self.metered.usage_quantity, 7)

    def test_each_period_is_summed_up_by_itself(self):
        self.take(self.event("e1", 3))
        self.subscribe(
            period_start="2026-07-01T00:00:00Z",
            period_end="2026-08-01T00:00:00Z",
            at="2026-07-01",
        )
        self.take(
            self.event("e2", 4, at="2026-07-01T00:00:00Z"),
            self.event("e3", 5, at="2026-06-30T23:59:59Z"),
        )
        self.count()
        rows = self.env["connector.usage.total"].search([], order="period_start")
        found = [(str(row.period_start)[:10], row.quantity) for row in rows]
        self.assertEqual(found, [("2026-06-01", 8), ("2026-07-01", 4)])
        self.assertEqual(self.metered.usage_quantity, 4)

    def test_of_the_highest_only_a_higher_one_is_told(self):
        metered = self.subscribe("max", "sub_2")
        for key, quantity in (("e1", 5), ("e2", 9), ("e3", 7)):
            self.take(self.event(key, quantity, ref="sub_2"))
            self.count()
        self.assertEqual(self.totals(metered), [5, 9])
        self.assertEqual(metered.usage_quantity, 9)

    def test_of_the_latest_only_a_later_one_is_told(self):
        metered = self.subscribe("last", "sub_2")
        for key, quantity, day in (("e1", 5, 10), ("e2", 3, 12), ("e3", 7, 11)):
            at = f"2026-06-{day}T00:00:00Z"
            self.take(self.event(key, quantity, at=at, ref="sub_2"))
            self.count()
        self.assertEqual(self.totals(metered), [5, 3])

    def test_usage_waits_for_its_subscription(self):
        self.assertEqual(self.take(self.event("e1", 3, ref="sub_9")), ["waiting"])
        metered = self.subscribe(remote_id="sub_9")
        self.env["connector.usage.event"].search([])._assign()
        self.count()
        self.assertEqual(self.totals(metered), [3])

    def test_overage_is_seen_before_it_is_billed(self):
        self.take(self.event("e1", 130))
        self.count()
        metered = self.metered
        self.assertEqual(
            (metered.included_quantity, metered.overage_quantity), (100, 30)
        )
        self.assertEqual(metered.usage_amount, 1.5)
        self.assertEqual(metered.mrr, 0)

    def test_unbilled_charges_stand_with_the_subscription(self):
        for remote_id, amount in (("u1", "10"), ("u2", "2.50")):
            self.brought(
                "unbilled_charges",
                remote(
                    remote_id,
                    customer="cus_1",
                    subscription="sub_1",
                    description="Seats",
                    amount=amount,
                    currency="EUR",
                    is_voided=False,
                ),
            )
        subscription = self.metered.subscription_id
        self.assertEqual(subscription.unbilled_amount, 12.5)
        gone = remote("u1", archived=True)
        self.pull("unbilled_charges", gone)
        self.assertEqual(subscription.unbilled_amount, 2.5)

    # -- out ------------------------------------------------------------------

    def test_usage_is_told_once_in_parts_that_never_change(self):
        flow = self.flow("usage")
        flow.direction = "push"
        self.env["connector.change"].search([]).unlink()
        for key, quantity in (("e1", 3), ("e2", 4)):
            self.take(self.event(key, quantity))
            self.count()
            PushCase.push(self, "usage")
        PushCase.push(self, "usage")
        sent = [
            (operation, row.values["quantity"], row.values["item"], row.values["meter"])
            for operation, _stream, rows in self.vendor.sent
            for row in rows
        ]
        self.assertEqual(
            sent,
            [
                ("create", "3", "si_sub_1", "calls"),
                ("create", "4", "si_sub_1", "calls"),
            ],
        )
        keys = {
            row.key for _operation, _stream, rows in self.vendor.sent for row in rows
        }
        self.assertEqual(len(keys), 2)
        values = self.vendor.sent[0][2][0].values
        self.assertEqual(
            (values["subscription"], values["customer"]), ("sub_1", "cus_1")
        )

    try_push = PushCase.try_push

    def commit(self):
        self.env.cr.flush()
