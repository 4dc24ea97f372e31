from odoo.tests import tagged

from odoo.addons.connector_base.engine.records import RemoteField
from odoo.addons.connector_base.tests.common_vendor import remote

from .common import DEALS, DealCase


@tagged("post_install", "-at_install")
class TestVanishedField(DealCase):
    """A deal means something else without some of its fields: then it is left alone."""

    def vanish(self, path):
        paths = {line.remote_path for line in DEALS.default_map} - {path}
        self.env["connector.remote.field"]._refresh(
            self.connection,
            "deals",
            [RemoteField(path, path, "any") for path in sorted(paths)],
        )

    def test_without_its_currency_an_amount_is_not_taken_for_one_of_the_account(self):
        self.other_currency(rate=4.0)
        lead = self.deal(amount="1000", currency="QQQ")
        self.vanish("currency")
        self.deal(amount="2000", name="Renamed")
        self.assertEqual(lead.name, "Renamed")
        self.assertEqual(
            (lead.deal_amount, lead.deal_currency_id.name, lead.expected_revenue),
            (1000.0, "QQQ", 250.0),
        )
        self.assertFalse(self.deal(2, amount="2000").expected_revenue)

    def test_a_won_deal_does_not_become_a_lost_one(self):
        lead = self.deal(stage="won")
        self.assertEqual((lead.active, lead.stage_id), (True, self.won))
        self.vanish("is_won")
        self.pull_without("is_won", stage="won", name="Renamed")
        self.assertEqual(
            (lead.name, lead.active, lead.stage_id), ("Renamed", True, self.won)
        )

    def pull_without(self, gone, **values):
        values = {"is_closed": True, **values}
        values.pop(gone, None)
        self.pull("deals", remote(1, **values))

    def test_the_stage_stays_where_it_is(self):
        lead = self.deal(stage="s2")
        self.vanish("stage")
        self.pull_without("stage", name="Renamed", is_closed=False)
        self.assertEqual((lead.name, lead.stage_id), ("Renamed", self.second))
