from odoo.tests import tagged

from odoo.addons.connector_base.tests.common_vendor import remote

from .common import DealCase


@tagged("post_install", "-at_install")
class TestOpportunityMerge(DealCase):
    def test_a_deal_stays_bound_when_its_opportunity_is_merged_away(self):
        deal = self.deal(1)
        kept = self.env["crm.lead"].create(
            {"name": "Kept", "type": "opportunity", "probability": 90}
        )
        head = (deal | kept).merge_opportunity()
        self.assertEqual(self.taken("deals", 1), head)
        self.assertEqual(len((deal | kept).exists()), 1)

    def test_two_deals_of_one_opportunity_are_reported(self):
        one, two = self.deal(1), self.deal(2, name="Rollout two")
        head = (one | two).merge_opportunity()
        states = {self.binding("deals", n).state for n in (1, 2)}
        self.assertEqual(states, {"synced", "merged"})
        self.assertTrue(self.exceptions(code="merged_in_odoo"))
        loser = 1 if self.binding("deals", 1).state == "merged" else 2
        before = self.env["crm.lead"].search_count([])
        self.pull("deals", remote(loser, name="Changed", stage="s1", is_closed=False))
        self.assertEqual(self.env["crm.lead"].search_count([]), before)
        self.assertTrue(head.exists())
