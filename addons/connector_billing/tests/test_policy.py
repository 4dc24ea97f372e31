from odoo import Command
from odoo.tests import Form

from .common import BillingCase


class TestPolicy(BillingCase):
    def test_a_connection_to_a_billing_system_has_a_policy(self):
        policy = self.policy()
        self.assertEqual(self.connection.billing_policy_ids, policy)
        self.assertEqual(policy.company_id, self.company)
        self.assertEqual(policy.journal_id, self.books["sale"])
        self.assertEqual(policy.entry_journal_id, self.books["general"])
        self.assertEqual(policy.tolerance, 0)

    def test_a_tolerance_needs_an_account(self):
        with self.assertRaisesRegex(Exception, "rounding differences"):
            self.policy(tolerance=0.05)

    def test_the_first_open_day_is_after_all_locks(self):
        policy = self.policy()
        self.company.fiscalyear_lock_date = "2026-02-28"
        self.company.sale_lock_date = "2026-03-31"
        date, problem = policy._booking_date(
            self.day("2026-01-15"), False, self.books["sale"]
        )
        self.assertEqual((str(date), problem), ("2026-04-01", None))
        date, problem = policy._booking_date(
            self.day("2026-01-15"), False, self.books["general"]
        )
        self.assertEqual((str(date), problem), ("2026-03-01", None))

    def test_the_tax_lock_date_counts_for_what_has_taxes(self):
        policy = self.policy(closed_period="ask")
        self.company.tax_lock_date = "2026-03-31"
        day = self.day("2026-03-15")
        self.assertIsNone(policy._booking_date(day, False, self.books["sale"])[1])
        problem = policy._booking_date(day, True, self.books["sale"])[1]
        self.assertEqual(problem.code, "period_closed")
        self.assertEqual(problem.error_class, "closed_period")


class TestAccountMap(BillingCase):
    def setUp(self):
        super().setUp()
        self.belgium = self.env.ref("base.be")
        self.none = self.env["res.country"]
        self.no_position = self.env["account.fiscal.position"]
        self.software = self.env["product.category"].create({"name": "Software"})
        self.cloud = self.env["product.category"].create(
            {"name": "Cloud", "parent_id": self.software.id}
        )
        self.pro = self.product(categ_id=self.cloud.id)
        accounts = self.env["account.account"].create(
            [
                {
                    "name": f"Map {number}",
                    "code": f"7010{number}",
                    "account_type": "income",
                    "company_ids": [Command.set(self.company.ids)],
                }
                for number in range(4)
            ]
        )
        self.a, self.b, self.c, self.d = accounts

    def map(self, **vals):
        return self.env["connector.billing.account"].create(
            {"policy_id": self.policy().id, **vals}
        )

    def choose(self, product=None, country=None, position=None):
        chooser = self.policy()._account_chooser()
        return chooser.choose(
            self.pro if product is None else product,
            self.belgium if country is None else country,
            self.no_position if position is None else position,
        )

    def test_the_product_wins_over_its_category_and_that_over_the_one_above(self):
        self.map(categ_id=self.software.id, account_id=self.a.id)
        self.assertEqual(self.choose().income, self.a.id)
        self.map(categ_id=self.cloud.id, account_id=self.b.id)
        self.assertEqual(self.choose().income, self.b.id)
        self.map(product_id=self.pro.id, account_id=self.c.id)
        self.assertEqual(self.choose().income, self.c.id)

    def test_a_row_of_the_country_wins_over_one_of_none(self):
        self.map(product_id=self.pro.id, account_id=self.a.id)
        self.map(
            product_id=self.pro.id, country_id=self.belgium.id, account_id=self.b.id
        )
        self.assertEqual(self.choose().income, self.b.id)
        france = self.env.ref("base.fr")
        self.assertEqual(self.choose(country=france).income, self.a.id)

    def test_the_account_of_the_product_in_odoo_goes_through_the_fiscal_position(self):
        self.pro.property_account_income_id = self.a
        position = self.env["account.fiscal.position"].create(
            {
                "name": "Export",
                "account_ids": [
                    Command.create(
                        {"account_src_id": self.a.id, "account_dest_id": self.b.id}
                    )
                ],
            }
        )
        self.assertEqual(self.choose().income, self.a.id)
        self.assertEqual(self.choose(position=position).income, self.b.id)

    def test_what_nothing_knows_gets_the_default(self):
        self.map(account_id=self.d.id, discount_account_id=self.c.id)
        nothing = self.env["product.product"]
        accounts = self.choose(nothing, self.none)
        self.assertEqual((accounts.income, accounts.discount), (self.d.id, self.c.id))

    def test_without_any_row_the_journal_decides(self):
        nothing = self.env["product.product"]
        self.assertEqual(self.choose(nothing).income, self.books["income"].id)

    def test_a_policy_can_be_filled_in_by_form(self):
        with Form(self.policy()) as form:
            form.posting = "approval"
        self.assertEqual(self.policy().posting, "approval")
