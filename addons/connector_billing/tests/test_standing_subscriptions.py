import json

from odoo.tests import tagged

from .test_subscription import SubscriptionCase, item


@tagged("post_install", "-at_install")
class TestStandingOfSubscribers(SubscriptionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.standing_interval = 0

    def standing(self, partner=None):
        """How a customer stands after what is marked has been worked off."""
        self.env.flush_all()
        self.env.cr.precommit.run()
        standings = self.env["connector.customer.standing"]
        now = self.env.cr.now()
        standings._work_off(standings._due_marks(now.replace(year=2999)), now)
        partner = partner or self.partner
        return standings.search(
            [("partner_id", "=", partner.id), ("company_id", "=", self.company.id)]
        )

    def figures(self):
        row = self.standing()
        return row.subscription_state, row.recurring_revenue

    def test_a_customer_stands_as_its_subscriptions_do(self):
        self.subscription(item(), at="2026-01-01")
        self.assertEqual(self.figures(), ("active", 10))
        self.subscription(item(unit="5"), remote_id="sub_2", status="past_due")
        self.assertEqual(self.figures(), ("past_due", 15))
        self.subscription(item(), at="2026-02-01", status="cancelled")
        self.assertEqual(self.figures(), ("past_due", 5))

    def test_people_of_a_company_count_for_it(self):
        person = self.env["res.partner"].create(
            {"name": "Jo", "parent_id": self.partner.id}
        )
        self.bind("billing.customer", "cus_2", person)
        self.subscription(item(), customer="cus_2", renewal_at="2026-02-01T00:00:00Z")
        self.assertEqual(self.figures(), ("active", 10))
        self.assertEqual(str(self.standing().renewal_date), "2026-02-01")
        self.assertFalse(self.standing(person))

    def test_what_changes_nothing_is_not_told(self):
        self.subscription(item(), at="2026-01-01")
        before = self.standing().published_at
        self.subscription(item(), at="2026-01-02", cancel_reason="none")
        self.assertEqual(self.standing().published_at, before)

    def test_who_had_it_before_stands_otherwise_too(self):
        other = self.env["res.partner"].create({"name": "Other", "is_company": True})
        self.subscription(item(), at="2026-01-01")
        self.assertTrue(self.standing().subscription_state)
        self.env["connector.subscription"].search(
            [("partner_id", "=", self.partner.id)]
        ).partner_id = other
        self.assertFalse(self.standing().subscription_state)
        self.assertEqual(self.standing(other).subscription_state, "active")

    def test_a_discount_that_ends_is_noticed_when_its_day_has_come(self):
        discount = {"percent": "50", "ends_at": "2999-01-01T00:00:00Z"}
        subscription = self.subscription(item(), discounts=[discount])
        self.assertEqual(self.figures(), ("active", 5))
        terms = subscription.terms
        terms["discounts"][0]["ends_at"] = "2020-01-01T00:00:00Z"
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE connector_subscription SET worth_due_at = '2020-01-01', terms = %s"
            " WHERE id = %s",
            (json.dumps(terms), subscription.id),
        )
        self.env.invalidate_all()
        self.env["connector.subscription"]._cron_worth()
        self.assertEqual((subscription.mrr, subscription.item_ids.mrr), (10, 10))
        self.assertEqual(self.figures(), ("active", 10))
        self.assertFalse(subscription.worth_due_at)

    def test_customers_that_become_one_have_one_standing(self):
        other = self.customer("cus_2", name="Acme Two")
        self.subscription(item())
        self.subscription(item(unit="5"), remote_id="sub_2", customer="cus_2")
        self.assertEqual(self.standing(other).recurring_revenue, 5)
        merging = self.env["base.partner.merge.automatic.wizard"]
        merging._merge((self.partner | other).ids, self.partner)
        self.assertEqual(self.figures(), ("active", 15))
        self.assertEqual(self.partner.billing_subscription_count, 2)

    def words(self):
        return self.env["connector.customer.standing"]._subscription_words(
            self.company, {self.partner.id: {}}
        )

    def test_subscriptions_are_told_in_words_as_long_as_they_run(self):
        self.subscription(item(), renewal_at="2027-02-01T00:00:00Z")
        [sentence] = self.words()[self.partner.id]
        currency = self.company.currency_id.name
        for part in ("Active", f"{currency} 10.00 a month", "renews on 02/01/2027"):
            self.assertIn(part, sentence)
        self.subscription(item(), at="2026-02-01", status="cancelled")
        self.assertFalse(self.words())

    def test_many_subscribers_cost_the_queries_of_few(self):
        for number in range(12):
            customer = f"cus_m{number}"
            self.customer(customer, name=customer)
            self.subscription(item(), remote_id=f"sub_m{number}", customer=customer)
        standings = self.env["connector.customer.standing"]
        subscribed = self.env["connector.subscription"].search([]).partner_id

        def queries(partners):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            standings._subscription_words(self.company, dict.fromkeys(partners.ids))
            return self.env.cr.sql_log_count - before

        queries(subscribed[:2])
        self.assertEqual(queries(subscribed), queries(subscribed[:2]))
