import datetime

from odoo.tests import tagged

from odoo.addons.connector_base.tests.common_vendor import remote

from .common_trade import DEAL_LINES, TradeCase


@tagged("post_install", "-at_install")
class TestDealLine(TradeCase):
    """What is sold by a deal, in the deal's currency."""

    streams = (*TradeCase.streams, DEAL_LINES)

    def setUp(self):
        super().setUp()
        self.stage_line("s1").res_id = self.first.id
        self.licence = self.product()
        self.lead = self.deal()

    def line(self, remote_id=1, at=None, **values):
        values = {
            "opportunity": "1",
            "product": "1",
            "name": "Licences",
            "quantity": "10",
            "unit_price": "100",
            **values,
        }
        return self.brought("deal_lines", remote_id, at=at, **values)

    def test_a_line_is_taken_with_what_was_agreed(self):
        line = self.line(
            recurring_period="yearly",
            term=36,
            start_date="2026-01-01",
            end_date="2028-12-31",
        )
        self.assertEqual(line.lead_id, self.lead)
        self.assertEqual(line.product_id, self.licence)
        self.assertEqual((line.name, line.price_subtotal), ("Licences", 1000))
        self.assertEqual((line.recurring_period, line.term_months), ("yearly", 36))
        self.assertEqual(line.date_end, datetime.date(2028, 12, 31))
        self.assertEqual(line.company_id, self.lead.company_id)

    def test_its_currency_is_that_of_the_deal(self):
        other = self.other_currency(rate=2)
        self.deal(2, amount="1000", currency=other.name)
        self.assertEqual(self.line(opportunity="2").currency_id, other)

    def test_a_currency_that_odoo_does_not_use_is_reported(self):
        other = self.other_currency(rate=2)
        other.active = False
        self.assertFalse(self.line(currency=other.name))
        self.assertEqual(self.codes("deal_lines"), ["inactive_currency"])

    def test_prices_keep_their_decimals(self):
        line = self.line(quantity="3", unit_price="0.0123")
        self.assertEqual(line.price_unit, 0.0123)
        self.assertEqual(line.price_subtotal, 0.04)

    def test_a_discount_in_percent_becomes_an_amount(self):
        line = self.line(discount="12.5")
        self.assertEqual((line.discount, line.discount_amount), (12.5, 125))
        self.assertEqual(line.price_subtotal, 875)

    def test_an_amount_becomes_percent_and_is_what_counts(self):
        line = self.line(quantity="3", unit_price="10", discount_amount="10")
        self.assertAlmostEqual(line.discount, 33.333333, 6)
        self.assertEqual(line.price_subtotal, 20)

    def test_both_are_taken_where_they_agree_but_for_rounding(self):
        line = self.line(
            quantity="3", unit_price="9.99", discount="10", discount_amount="2.99"
        )
        self.assertEqual(line.price_subtotal, 26.98)
        self.assertEqual(self.codes("deal_lines"), [])

    def test_a_line_whose_discounts_differ_is_held(self):
        self.assertFalse(self.line(discount="10", discount_amount="200"))
        [(code, message)] = self.held("deal_lines")
        self.assertEqual(code, "discounts_differ")
        self.assertIn("100", message)
        self.assertIn("200", message)

    def test_a_discount_that_ends_is_gone(self):
        line = self.line(discount_amount="100")
        self.line(discount_amount=None)
        self.assertEqual((line.discount, line.discount_amount), (0, 0))
        self.assertEqual(line.price_subtotal, 1000)

    def test_another_quantity_keeps_the_amount_of_the_discount(self):
        line = self.line(discount_amount="100")
        self.line(quantity="20", discount_amount="100")
        self.assertEqual((line.discount, line.price_subtotal), (5, 1900))

    def test_another_total_over_there_is_said_and_changes_nothing(self):
        line = self.line(total="900")
        self.assertEqual((line.price_subtotal, line.remote_total), (1000, 900))
        self.assertTrue(line.total_differs)
        [(code, message)] = self.held("deal_lines")
        self.assertEqual(code, "line_total_differs")
        self.assertIn("900.00", message)
        self.assertIn("1000.00", message)
        self.line(total="900", discount="10")
        self.assertFalse(line.total_differs)
        self.assertEqual(self.codes("deal_lines"), [])

    def test_the_amount_of_the_deal_is_not_that_of_its_lines(self):
        self.deal(amount="5000")
        self.line()
        self.assertEqual(self.lead.expected_revenue, 5000)

    def test_a_product_is_found_by_its_number(self):
        line = self.line(product=None, sku="SKU-1")
        self.assertEqual(line.product_id, self.licence)

    def test_a_number_that_no_product_has_holds_the_line(self):
        self.assertFalse(self.line(product=None, sku="SKU-9"))
        self.assertEqual(self.codes("deal_lines"), ["none_by_sku"])

    def test_a_line_may_sell_what_is_no_product(self):
        line = self.line(product=None, name="Travel")
        self.assertFalse(line.product_id)
        self.assertEqual(line.name, "Travel")

    def test_a_line_without_a_title_is_called_as_its_product(self):
        self.assertIn("Licence", self.line(name=None).name)

    def test_two_lines_that_say_the_same_are_two(self):
        self.assertNotEqual(self.line(1), self.line(2))

    def test_a_line_waits_for_its_deal_and_follows_by_itself(self):
        self.assertFalse(self.line(opportunity="5"))
        self.assertEqual(self.codes("deal_lines"), ["missing_parent"])
        lead = self.deal(5)
        self.run_jobs()
        self.assertEqual(self.taken("deal_lines", 1).lead_id, lead)

    def test_a_line_without_a_deal_is_held(self):
        self.assertFalse(self.line(opportunity=None))
        self.assertEqual(self.codes("deal_lines"), ["required_missing"])

    def test_a_line_that_is_deleted_there_leaves_the_deal(self):
        line = self.line()
        self.pull("deal_lines", remote(1, archived=True))
        self.assertFalse(line.active)
        self.assertFalse(self.lead.deal_line_ids)

    def test_a_period_that_nobody_knows_holds_the_line(self):
        self.assertFalse(self.line(recurring_period="each full moon"))
        self.assertEqual(self.codes("deal_lines"), ["unmapped_value"])

    def test_a_batch_costs_no_query_a_line(self):
        def page(numbers):
            return (
                remote(
                    n,
                    opportunity="1",
                    sku="SKU-1",
                    name=f"Line {n}",
                    quantity="2",
                    unit_price="5",
                    discount="10",
                )
                for n in numbers
            )

        self.queries_of("deal_lines", *page(range(10, 12)))
        few = self.queries_of("deal_lines", *page(range(12, 17)))
        many = self.queries_of("deal_lines", *page(range(17, 57)))
        self.assertLessEqual(many - few, 5)

    def test_whoever_edits_a_line_sees_percent_and_amount_agree(self):
        line = self.line()
        line.discount = 10
        self.assertEqual(line.discount_amount, 100)
        line.quantity = 20
        self.assertEqual(line.discount_amount, 200)

    def test_lines_go_along_when_opportunities_are_merged(self):
        line = self.line()
        other = self.env["crm.lead"].create({"name": "Kept", "type": "opportunity"})
        other._merge_dependences(self.lead)
        self.assertEqual(line.lead_id, other)
