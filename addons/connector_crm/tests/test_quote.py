import datetime

from odoo.tests import tagged

from odoo.addons.connector_base.engine.records import ReferenceValue
from odoo.addons.connector_base.tests.common_vendor import remote

from .common_trade import BOOKS, QUOTE_LINES, QUOTES, TradeCase


class QuoteCase(TradeCase):
    streams = (*TradeCase.streams, BOOKS, QUOTES, QUOTE_LINES)

    def setUp(self):
        super().setUp()
        self.stage_line("s1").res_id = self.first.id
        self.acme = self.company()
        self.licence = self.product()

    def quote(self, remote_id=1, at=None, **values):
        """The vendor's quote comes; returns its order in Odoo."""
        values = {
            "number": f"Q-{remote_id}",
            "name": "Rollout",
            "company": "1",
            "status": "draft",
            **values,
        }
        return self.brought("quotes", remote_id, at=at, **values)

    def line(self, remote_id=1, at=None, **values):
        values = {
            "quote": "1",
            "product": "1",
            "quantity": "10",
            "unit_price": "100",
            **values,
        }
        return self.brought("quote_lines", remote_id, at=at, **values)


@tagged("post_install", "-at_install")
class TestQuote(QuoteCase):
    """A quote is a quotation until a person, or a process, has confirmed it."""

    def test_a_quote_becomes_a_quotation(self):
        deal = self.deal(company="1")
        order = self.quote(
            opportunity="1", valid_until="2031-05-31", description="Net prices"
        )
        self.assertEqual(order.state, "draft")
        self.assertEqual(order.partner_id, self.acme)
        self.assertEqual(order.opportunity_id, deal)
        self.assertEqual(
            (order.client_order_ref, order.remote_title), ("Q-1", "Rollout")
        )
        self.assertEqual(order.validity_date, datetime.date(2031, 5, 31))
        self.assertIn("Net prices", order.note)
        self.assertEqual(order.company_id, self.connection.company_id)
        self.assertFalse(order.user_id)

    def test_it_is_for_the_contact_of_whom_odoo_knows_the_company(self):
        self.pull("contacts", remote(1, first_name="Ada", company="1"))
        order = self.quote(contact="1")
        self.assertEqual(order.partner_id, self.taken("contacts", 1))

    def test_without_either_it_is_for_the_customer_of_the_deal(self):
        self.deal(company="1")
        order = self.quote(company=None, opportunity="1")
        self.assertEqual(order.partner_id, self.acme)

    def test_a_quote_for_nobody_is_held(self):
        self.assertFalse(self.quote(company=None))
        self.assertEqual(self.codes("quotes"), ["required_missing"])

    def test_a_quote_waits_for_its_customer(self):
        self.assertFalse(self.quote(company="8"))
        self.assertEqual(self.codes("quotes"), ["missing_parent"])
        company = self.company(8)
        self.run_jobs()
        self.assertEqual(self.taken("quotes", 1).partner_id, company)

    def test_a_quotation_of_the_same_number_is_the_one(self):
        mine = self.env["sale.order"].create(
            {"partner_id": self.acme.id, "client_order_ref": "Q-1"}
        )
        self.assertEqual(self.quote(), mine)

    def test_a_confirmed_order_of_the_same_number_is_not(self):
        mine = self.env["sale.order"].create(
            {"partner_id": self.acme.id, "client_order_ref": "Q-1", "state": "sale"}
        )
        self.assertNotEqual(self.quote(), mine)

    def test_what_the_vendor_says_of_it_decides_its_state(self):
        for status, state in (
            ("sent", "sent"),
            ("accepted", "sent"),
            ("expired", "sent"),
            ("rejected", "cancel"),
            ("draft", "draft"),
        ):
            with self.subTest(status=status):
                order = self.quote(status=status)
                self.assertEqual((order.state, order.remote_status), (state, status))

    def test_payment_terms_are_what_people_say_that_they_mean(self):
        term = self.env["account.payment.term"].create({"name": "In a While"})
        self.env["connector.value.map"]._refresh(
            self.connection, [ReferenceValue("payment_term", "n30", "Net 30")]
        )
        self.assertFalse(self.quote(payment_terms="n30"))
        self.assertEqual(self.codes("quotes"), ["unmapped_value"])
        self.env["connector.value.map.line"].search(
            [("remote_value", "=", "n30")]
        ).res_id = term.id
        self.run_jobs()
        self.assertEqual(self.taken("quotes", 1).payment_term_id, term)

    def test_book_and_currency_make_the_pricelist(self):
        other = self.other_currency(rate=2)
        book = self.brought("books", 1, name="Retail")
        order = self.quote(price_book="1", currency=other.name)
        self.assertEqual(order.pricelist_id.price_book_id, book)
        self.assertEqual(order.currency_id, other)
        self.assertEqual(order.pricelist_id.currency_id, other)

    def test_a_currency_needs_no_book(self):
        other = self.other_currency(rate=2)
        order = self.quote(currency=other.name)
        self.line()
        self.assertEqual(order.currency_id, other)
        self.assertEqual(order.amount_untaxed, 1000)

    def test_a_currency_that_odoo_does_not_use_is_reported(self):
        other = self.other_currency(rate=2)
        other.active = False
        self.assertFalse(self.quote(currency=other.name))
        self.assertEqual(self.codes("quotes"), ["inactive_currency"])

    def test_a_quote_that_is_deleted_there_is_cancelled(self):
        order = self.quote()
        self.pull("quotes", remote(1, archived=True))
        self.assertEqual(order.state, "cancel")

    # -- lines ----------------------------------------------------------------

    def test_lines_have_the_prices_of_the_quote(self):
        order = self.quote()
        line = self.line(discount="10", name="Licences, three years", sequence="3")
        self.assertEqual(line.order_id, order)
        self.assertEqual(
            (line.product_uom_qty, line.price_unit, line.discount), (10, 100, 10)
        )
        self.assertEqual((line.name, line.sequence), ("Licences, three years", 3))
        self.assertEqual(order.amount_untaxed, 900)

    def test_another_quantity_keeps_price_and_discount(self):
        self.quote()
        line = self.line(unit_price="80", discount="10")
        self.line(unit_price="80", discount="10", quantity="20")
        self.assertEqual(
            (line.product_uom_qty, line.price_unit, line.discount), (20, 80, 10)
        )

    def test_a_line_that_is_deleted_there_is_gone(self):
        order = self.quote()
        self.line()
        self.pull("quote_lines", remote(1, archived=True))
        self.assertFalse(order.order_line)

    def test_a_line_waits_for_its_quote_and_follows_by_itself(self):
        self.assertFalse(self.line())
        self.assertEqual(self.codes("quote_lines"), ["missing_parent"])
        order = self.quote()
        self.run_jobs()
        self.assertEqual(self.taken("quote_lines", 1).order_id, order)

    def test_a_line_without_a_product_is_held(self):
        self.quote()
        self.assertFalse(self.line(product=None))
        self.assertEqual(self.codes("quote_lines"), ["required_missing"])

    # -- confirmed ------------------------------------------------------------

    def confirmed(self):
        order = self.quote()
        self.line()
        order.action_confirm()
        return order

    def test_a_confirmed_order_is_never_edited(self):
        order = self.confirmed()
        self.quote(valid_until="2031-01-01")
        self.assertNotEqual(order.validity_date, datetime.date(2031, 1, 1))
        [(code, message)] = self.held("quotes")
        self.assertEqual(code, "quote_confirmed")
        self.assertIn(order.name, message)

    def test_nor_are_its_lines(self):
        order = self.confirmed()
        self.line(quantity="11")
        self.assertEqual(order.order_line.product_uom_qty, 10)
        self.assertEqual(self.codes("quote_lines"), ["quote_confirmed"])
        self.assertFalse(self.line(2))
        self.assertEqual(self.codes("quote_lines", 2), ["quote_confirmed"])
        self.assertEqual(len(order.order_line), 1)

    def test_nor_is_anything_of_it_deleted(self):
        order = self.confirmed()
        self.pull("quote_lines", remote(1, archived=True))
        self.pull("quotes", remote(1, archived=True))
        self.assertEqual((order.state, len(order.order_line)), ("sale", 1))
        self.assertEqual(self.codes("quotes"), ["refused_by_odoo"])
        self.assertEqual(self.codes("quote_lines"), ["refused_by_odoo"])

    def test_that_it_was_accepted_there_is_no_change(self):
        order = self.confirmed()
        self.quote(status="accepted")
        self.assertEqual((order.state, order.remote_status), ("sale", "accepted"))
        self.assertEqual(self.codes("quotes"), [])

    def test_set_back_to_a_quotation_it_follows_again(self):
        order = self.confirmed()
        self.quote(valid_until="2031-01-01")
        order._action_cancel()
        order.action_draft()
        self.quote(valid_until="2031-01-01", name="Again")
        self.assertEqual(order.validity_date, datetime.date(2031, 1, 1))
        self.assertEqual(self.codes("quotes"), [])

    def test_a_batch_costs_no_query_a_line(self):
        self.quote()

        def page(numbers):
            return (
                remote(n, quote="1", product="1", quantity="2", unit_price="5")
                for n in numbers
            )

        self.queries_of("quote_lines", *page(range(10, 12)))
        few = self.queries_of("quote_lines", *page(range(12, 17)))
        many = self.queries_of("quote_lines", *page(range(17, 57)))
        self.assertLessEqual(many - few, 5)

    def test_a_batch_of_quotes_costs_little_more_than_their_numbers(self):
        def page(numbers):
            return (
                remote(n, number=f"Q-{n}", name="Q", company="1", status="draft")
                for n in numbers
            )

        self.queries_of("quotes", *page(range(10, 12)))
        few = self.queries_of("quotes", *page(range(12, 17)))
        many = self.queries_of("quotes", *page(range(17, 57)))
        self.assertLessEqual(many - few, 5)


@tagged("post_install", "-at_install")
class TestQuoteTotal(QuoteCase):
    """A quote comes to the same on both sides, or a person is told both numbers."""

    def test_totals_that_agree_say_nothing(self):
        self.quote(total="1000")
        self.line()
        self.assertEqual(self.codes("quotes"), [])

    def test_totals_that_differ_are_told_with_both_numbers(self):
        order = self.quote(total="1200")
        self.line()
        [(code, message)] = self.held("quotes")
        self.assertEqual(code, "quote_total")
        self.assertIn("1,000.00", message)
        self.assertIn("1,200.00", message)
        self.assertIn(order.name, message)

    def test_it_closes_itself_when_the_missing_line_comes(self):
        self.quote(total="1200")
        self.line()
        self.line(2, quantity="2")
        self.assertEqual(self.codes("quotes"), [])

    def test_so_it_does_when_a_person_corrects_the_quotation(self):
        order = self.quote(total="1200")
        self.line()
        order.order_line.price_unit = 120
        self.company(2)
        self.line(2, quantity="0")
        self.assertEqual(self.codes("quotes"), [])

    def test_a_total_with_taxes_is_the_same(self):
        order = self.quote(total="1190")
        self.licence.taxes_id = self.env["account.tax"].create(
            {"name": "Nineteen", "amount": 19}
        )
        self.line()
        self.assertEqual((order.amount_untaxed, order.amount_total), (1000, 1190))
        self.assertEqual(self.codes("quotes"), [])

    def test_what_lies_within_the_tolerance_is_the_same(self):
        self.quote(total="1000.01")
        self.line()
        self.assertEqual(self.codes("quotes"), [])
        self.quote(total="1000.02")
        self.assertEqual(self.codes("quotes"), ["quote_total"])
        self.connection.company_id.connector_total_tolerance = 0.05
        self.quote(total="1000.03")
        self.assertEqual(self.codes("quotes"), [])

    def test_nothing_told_is_another_thing_than_nothing_to_pay(self):
        self.quote(total=None)
        self.line()
        self.assertEqual(self.codes("quotes"), [])
        self.quote(total="0")
        self.assertEqual(self.codes("quotes"), ["quote_total"])

    def test_a_confirmed_or_cancelled_one_is_not_compared_any_more(self):
        order = self.quote(total="1200")
        self.line()
        order.action_confirm()
        self.line(2, quote="9")
        self.assertEqual(self.codes("quotes"), [])

    def test_what_else_holds_a_quote_stays_open(self):
        self.quote(total="1200")
        self.line()
        self.quote(status="odd", total="1200")
        self.assertEqual(self.codes("quotes"), ["unmapped_value", "quote_total"])
        self.line(2, quantity="2")
        self.assertEqual(self.codes("quotes"), ["unmapped_value"])
