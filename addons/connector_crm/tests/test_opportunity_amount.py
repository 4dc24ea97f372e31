from odoo.tests import tagged

from .common import DealCase


@tagged("post_install", "-at_install")
class TestAmount(DealCase):
    """What was agreed, in the deal's currency; what is expected, in the company's."""

    def amounts(self, lead):
        return (lead.deal_amount, lead.deal_currency_id.name, lead.expected_revenue)

    def setUp(self):
        super().setUp()
        self.own = self.connection.company_id.currency_id

    def test_an_amount_in_the_companys_currency_is_taken_as_it_is(self):
        lead = self.deal(amount="1200.50", currency=self.own.name)
        self.assertEqual(self.amounts(lead), (1200.5, self.own.name, 1200.5))

    def test_an_amount_in_another_currency_is_converted_and_kept(self):
        self.other_currency(rate=4.0)
        lead = self.deal(amount="1000", currency="QQQ")
        self.assertEqual(self.amounts(lead), (1000.0, "QQQ", 250.0))

    def test_an_amount_without_currency_is_in_that_of_the_account(self):
        self.connection.currency_id = self.other_currency(rate=4.0)
        self.assertEqual(self.amounts(self.deal(amount="8")), (8.0, "QQQ", 2.0))

    def test_without_any_currency_it_is_the_companys(self):
        self.connection.currency_id = False
        lead = self.deal(amount="8", currency="")
        self.assertEqual(self.amounts(lead), (8.0, self.own.name, 8.0))

    def test_deals_without_a_rate_are_held_as_one_cause_until_there_is_one(self):
        currency = self.other_currency()
        for number in (1, 2, 3):
            self.assertFalse(self.deal(number, amount="8", currency="QQQ"))
        exception = self.exceptions()
        self.assertEqual((exception.code, exception.open_count), ("no_rate", 3))
        self.assertIn("QQQ", exception.name)
        self.env["res.currency.rate"].create(
            {"currency_id": currency.id, "rate": 4.0, "name": "2020-01-01"}
        )
        exception.action_retry()
        self.run_jobs()
        self.assertEqual(self.taken("deals", 3).expected_revenue, 2.0)
        self.assertEqual(exception.state, "resolved")

    def test_currencies_that_are_switched_off_or_unknown_have_no_rate(self):
        self.other_currency(rate=4.0).active = False
        self.deal(1, amount="8", currency="QQQ")
        self.deal(2, amount="8", currency="ZZZ")
        self.assertEqual(set(self.exceptions().mapped("cause")), {"QQQ", "ZZZ"})
        self.assertEqual(set(self.exceptions().mapped("code")), {"no_rate"})

    def test_a_deal_without_an_amount_needs_no_rate(self):
        self.other_currency()
        lead = self.deal(amount=None, currency="QQQ")
        self.assertEqual(lead.expected_revenue, 0.0)
        self.assertFalse(self.exceptions())

    def test_nought_is_an_amount_and_an_empty_one_empties(self):
        lead = self.deal(amount="5")
        self.deal(amount=0)
        self.assertEqual((lead.deal_amount, lead.expected_revenue), (0.0, 0.0))
        self.deal(amount="5")
        self.deal(amount=None)
        self.assertEqual((lead.deal_amount, lead.expected_revenue), (0.0, 0.0))

    def test_an_amount_that_is_no_number_holds_the_deal(self):
        self.assertFalse(self.deal(amount="a lot"))
        self.assertEqual(self.exceptions().cause, "invalid_number")

    def test_more_decimals_than_the_currency_has_are_not_a_change_each_time(self):
        self.deal(amount="10.005")
        self.deal(amount="10.005", name="Renamed")
        self.assertEqual(set(self.logs("deals", 1)[-1].changes), {"name"})

    def test_amounts_that_odoo_owns_are_set_once(self):
        self.change_map("deals", {"amount": {"owner": "odoo"}})
        lead = self.deal(amount="5")
        lead.expected_revenue = 7
        self.deal(amount="6")
        self.assertEqual((lead.expected_revenue, lead.deal_amount), (7.0, 5.0))
