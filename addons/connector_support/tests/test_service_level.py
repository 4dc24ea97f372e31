from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tests.common import new_test_user

from .common_context import ContextCase


@tagged("post_install", "-at_install")
class TestServiceLevel(ContextCase):
    """A person chooses a customer's level, else what it bought does."""

    def product(self, name="Support", **vals):
        return self.env["product.product"].create(
            {"name": name, "type": "service", **vals}
        )

    def buy(self, product, partner=None, days=0, confirm=True):
        order = self.env["sale.order"].create(
            {
                "partner_id": (partner or self.acme).id,
                "order_line": [Command.create({"product_id": product.id})],
            }
        )
        if confirm:
            order.action_confirm()
        order.date_order = self.day(days)
        return order

    def levels(self, partners=None):
        partners = partners or self.acme
        model = self.env["connector.service.level"]
        return model._levels_of(self.env.company, partners)

    def level_of(self, partner=None):
        return self.levels(partner).get((partner or self.acme).id)

    def test_who_bought_nothing_has_no_level(self):
        self.level(product_ids=self.product().ids)
        self.assertIsNone(self.level_of())
        self.assertFalse(self.standing())
        self.assertEqual(self.acme.support_service_level, "none")
        self.assertEqual(self.acme.support_account_tier, "none")

    def test_a_product_gives_its_level(self):
        product = self.product()
        level = self.level(product_ids=product.ids)
        self.buy(product, confirm=False)
        self.assertIsNone(self.level_of())
        self.buy(product)
        self.assertEqual(self.level_of(), level)

    def test_what_a_person_of_the_company_bought_counts_for_it(self):
        product = self.product()
        level = self.level(product_ids=product.ids)
        self.buy(product, self.ada)
        self.assertEqual(self.level_of(), level)

    def test_a_category_gives_its_level_with_all_below_it(self):
        parent = self.env["product.category"].create({"name": "Plans"})
        child = parent.create({"name": "Support Plans", "parent_id": parent.id})
        level = self.level(category_ids=parent.ids)
        self.buy(self.product(categ_id=child.id))
        self.assertEqual(self.level_of(), level)

    def test_the_highest_wins_whichever_was_bought_last(self):
        gold, silver = self.product("Gold"), self.product("Silver")
        self.level("Silver", product_ids=silver.ids, sequence=20)
        best = self.level("Gold", product_ids=gold.ids, sequence=10)
        self.buy(gold, days=-9)
        self.buy(silver)
        self.assertEqual(self.level_of(), best)

    def test_a_persons_choice_wins_over_what_was_bought(self):
        product = self.product()
        self.level("Gold", product_ids=product.ids, sequence=10)
        basic = self.level("Basic", sequence=30)
        self.buy(product)
        self.acme.support_level_id = basic
        self.assertEqual(self.level_of(), basic)

    def test_a_level_that_lasts_for_months_ends(self):
        product = self.product()
        level = self.level(product_ids=product.ids, months=12)
        order = self.buy(product, days=-300)
        self.assertEqual(self.level_of(), level)
        order.date_order = self.day(-400)
        self.assertIsNone(self.level_of())

    def test_an_entitlement_gives_it_while_it_runs(self):
        product = self.product()
        level = self.level(product_ids=product.ids, months=1)
        entitlement = self.env["connector.entitlement"].create(
            {
                "partner_id": self.acme.id,
                "product_id": product.id,
                "feature": "support",
                "name": "Support",
                "date_from": self.day(-500),
            }
        )
        self.assertEqual(self.level_of(), level)
        entitlement.active = False
        self.assertIsNone(self.level_of())

    def test_a_level_of_another_company_is_none_of_ours(self):
        other = self.env["res.company"].create({"name": "Other"})
        product = self.product()
        self.level(product_ids=product.ids, company_id=other.id)
        self.buy(product)
        self.assertIsNone(self.level_of())

    def test_the_tier_is_that_of_the_level_unless_a_person_says_otherwise(self):
        self.acme.support_level_id = self.level(tier="Gold")
        row = self.standing()
        self.assertEqual((row.service_level, row.account_tier), ("Premium", "Gold"))
        self.acme.support_tier = "Key Account"
        self.minutes_pass(20)
        self.assertEqual(self.standing().account_tier, "Key Account")

    def test_targets_are_told_the_most_urgent_first(self):
        self.acme.support_level_id = self.level(
            coverage="24/7", targets=[("low", 0, 72), ("urgent", 0.5, 8)]
        )
        self.assertEqual(
            self.standing().sla_targets,
            "24/7\nUrgent: first reply in 0.5 h, solved in 8 h\nLow: solved in 72 h",
        )

    def test_another_target_is_told_to_all_who_have_the_level(self):
        level = self.level(targets=[("high", 4, 0)])
        self.acme.support_level_id = level
        self.assertIn("4 h", self.standing().sla_targets)
        level.target_ids.first_reply_hours = 2
        self.minutes_pass(20)
        self.assertIn("2 h", self.standing().sla_targets)

    def test_many_customers_cost_the_queries_of_one(self):
        product = self.product()
        self.level(product_ids=product.ids)
        partners = [self.customer(f"Customer {n}") for n in range(20)]
        for partner in partners:
            self.buy(product, partner)

        def queries(count):
            self.env.flush_all()
            self.env.invalidate_all()
            some = self.env["res.partner"].browse([p.id for p in partners[:count]])
            before = self.env.cr.sql_log_count
            self.assertEqual(len(self.levels(some)), count)
            return self.env.cr.sql_log_count - before

        queries(1)
        self.assertEqual(queries(20), queries(2))

    def test_only_an_administrator_changes_levels(self):
        level = self.level()
        operator = new_test_user(
            self.env, "levels-operator", groups="connector_base.group_operator"
        )
        self.assertEqual(level.with_user(operator).name, "Premium")
        with self.assertRaises(AccessError):
            level.with_user(operator).tier = "Gold"
