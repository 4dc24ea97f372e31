from odoo.tests import tagged

from odoo.addons.connector_base.tests.common_vendor import remote

from .common_trade import BOOKS, DEALS, TradeCase, stream

DEALS_WHOLE = stream(
    "deals",
    "opportunity",
    40,
    *(line.target for line in DEALS.default_map),
    *("probability", "kind", "previous", "price_book"),
)


@tagged("post_install", "-at_install")
class TestOpportunityDeal(TradeCase):
    """What a deal changes of earlier ones, and how likely it is."""

    streams = (*(s for s in TradeCase.streams if s is not DEALS), DEALS_WHOLE, BOOKS)

    def setUp(self):
        super().setUp()
        self.stage_line("s1").res_id = self.first.id
        self.stage_line("won").res_id = self.won.id

    def test_a_renewal_names_the_deal_that_it_renews(self):
        first = self.deal(1, kind="new")
        renewal = self.deal(2, kind="renewal", previous="1")
        self.assertEqual((first.deal_kind, renewal.deal_kind), ("new", "renewal"))
        self.assertEqual(renewal.previous_deal_id, first)

    def test_both_may_come_in_one_page_in_any_order(self):
        values = {"name": "Deal", "stage": "s1", "is_closed": False, "is_won": False}
        self.pull("deals", remote(2, previous="1", **values), remote(1, **values))
        self.assertEqual(
            self.taken("deals", 2).previous_deal_id, self.taken("deals", 1)
        )

    def test_a_kind_is_told_by_its_label_too(self):
        self.assertEqual(self.deal(kind="New Business").deal_kind, "new")

    def test_a_kind_that_nobody_knows_is_told_of_and_follows_when_it_is_mapped(self):
        self.assertFalse(self.deal(kind="Expansion").deal_kind)
        told = self.env["connector.exception"].search([("state", "=", "open")])
        self.assertEqual(told.mapped("code"), ["unmapped_value_empty"])
        line = self.env["connector.value.map.line"].search(
            [("remote_value", "=", "Expansion")]
        )
        option = self.env["ir.model.fields.selection"].search(
            [
                ("field_id.model", "=", "crm.lead"),
                ("field_id.name", "=", "deal_kind"),
                ("value", "=", "upsell"),
            ]
        )
        line.res_id = option.id
        self.run_jobs()
        self.assertEqual(self.taken("deals", 1).deal_kind, "upsell")

    def test_the_probability_is_that_of_the_vendor(self):
        lead = self.deal(probability="35")
        self.assertEqual(lead.probability, 35)
        self.deal(probability="120")
        self.assertEqual(lead.probability, 100)

    def test_the_outcome_decides_over_the_probability(self):
        self.assertEqual(self.deal(stage="won", probability="35").probability, 100)
        lost = self.deal(2, stage="lost", probability="35")
        self.assertEqual((lost.active, lost.probability), (False, 0))

    def test_the_price_book_comes_before_its_deal(self):
        self.vendor.add("books", remote(1, name="Retail"))
        lead = self.deal(price_book="1")
        self.assertEqual(lead.deal_price_book_id.name, "Retail")

    def test_the_order_of_a_deal_is_known_by_its_number(self):
        self.company()
        lead = self.deal(company="1")
        self.assertFalse(lead.deal_order_number)
        quote, other = self.env["sale.order"].create(
            [{"partner_id": lead.partner_id.id, "opportunity_id": lead.id}] * 2
        )
        quote.state = "sale"
        self.assertEqual(
            (lead.deal_order_number, lead.deal_order_status), (quote.name, "confirmed")
        )
        quote.state = "cancel"
        self.assertEqual(
            (lead.deal_order_number, lead.deal_order_status), (other.name, "draft")
        )
