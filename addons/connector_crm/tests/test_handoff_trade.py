from odoo.tests import tagged

from odoo.addons.connector_base.tests.common_vendor import remote

from .common_trade import (
    COMPANIES,
    DEAL_LINES,
    DEALS,
    PRODUCTS,
    QUOTE_LINES,
    QUOTES,
    TradeCase,
)


@tagged("post_install", "-at_install")
class TestHandoffTrade(TradeCase):
    """Vendors tell of a deal before its lines and quotations are fetched."""

    streams = (COMPANIES, PRODUCTS, DEALS, DEAL_LINES, QUOTES, QUOTE_LINES)

    def setUp(self):
        super().setUp()
        self.env["connector.handoff.policy"].create(
            {
                "name": "Deals",
                "connection_id": self.connection.id,
                "confirm": "always",
                "require_taxes": False,
            }
        )
        self.company()
        self.product()

    def win(self, **deal):
        """The deal is won over there; what belongs to it waits to be fetched."""
        deal = {"company": "1", "amount": "250", **deal}
        self.deal(**deal)
        lead = self.deal(**deal, stage="won", at="2026-03-01")
        self.env.cr.flush()
        self.run_jobs()
        return lead

    def process(self, lead):
        return self.env["connector.process"].search([("res_id", "=", lead.id)])

    def seconds_pass(self):
        self.time_passes(seconds=30)
        self.run_jobs()
        self.env.invalidate_all()

    def bring_lines(self):
        line = {"opportunity": "1", "product": "1", "name": "Licence"}
        self.vendor.add_page(
            "deal_lines",
            remote(11, **line, quantity="2", unit_price="100"),
            remote(12, **line, quantity="1", unit_price="50"),
        )

    def test_the_lines_are_fetched_at_once_and_waited_for(self):
        self.bring_lines()
        lead = self.win()
        process = self.process(lead)
        self.assertEqual(process.state, "waiting", process.message)
        self.assertFalse(lead.order_ids)
        self.seconds_pass()
        self.assertEqual(process.state, "done", process.message)
        order = lead.order_ids
        self.assertEqual(order.order_line.mapped("price_subtotal"), [200, 50])

    def test_the_quotation_of_the_deal_is_waited_for_and_becomes_the_order(self):
        self.bring_lines()
        quote = {"number": "Q-1", "company": "1", "opportunity": "1"}
        self.vendor.add_page("quotes", remote(21, **quote, status="accepted"))
        self.vendor.add_page(
            "quote_lines",
            remote(
                31,
                quote="21",
                product="1",
                name="Licence",
                quantity="1",
                unit_price="250",
            ),
        )
        lead = self.win()
        self.seconds_pass()
        process = self.process(lead)
        self.assertEqual(process.state, "done", process.message)
        order = lead.order_ids
        self.assertEqual(order, self.taken("quotes", 21))
        self.assertEqual((order.state, order.amount_untaxed), ("sale", 250))

    def test_lines_that_nobody_has_fetched_delay_the_order(self):
        self.bring_lines()
        lead = self.win()
        process = self.process(lead)
        for _turn in range(2):
            self.flow("deal_lines").last_run_at = "2020-01-01"
            self.seconds_pass()
            self.assertEqual(process.state, "waiting")
        self.assertFalse(lead.order_ids)
        self.seconds_pass()
        self.assertEqual(process.state, "done", process.message)
