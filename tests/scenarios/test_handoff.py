"""A deal that is won at HubSpot becomes an order here, whose number HubSpot gets."""

from odoo import Command
from odoo.tests import tagged

from odoo.addons.connector_base.tests.common import activate

from .hubspot_case import HubSpotCase

NUMBER = "odoo_order_number"


@tagged("post_install", "-at_install")
class TestHandoff(HubSpotCase):
    def setUp(self):
        super().setUp()
        self.hubspot.store.add_owner(7, "admin@example.com", "Mitchell", "Admin")
        self.acme = self.company("Acme", city="Paris", country="France")
        self.old = self.deal(
            "Of long ago",
            self.acme,
            amount="10",
            dealstage="closedwon",
            closedate="2020-01-31T12:00:00Z",
        )
        self.deal_id = self.deal("Rollout", self.acme, amount="1200.50")
        euro = self.env.ref("base.EUR")
        euro.active = True
        euro.rate_ids.unlink()
        euro.rate_ids = [Command.create({"name": "2020-01-01", "rate": 0.5})]
        self.connect()
        self.run_jobs()
        self.let_deals_be_told()
        self.product = self.env["product.product"].create(
            {"name": "Services", "type": "service", "taxes_id": [Command.clear()]}
        )
        self.policy = self.env["connector.handoff.policy"].create(
            {
                "name": "Deals of HubSpot",
                "connection_id": self.connection.id,
                "fallback_product_id": self.product.id,
                "require_taxes": False,
                "confirm": "below",
                "confirm_limit": 5000,
            }
        )

    def let_deals_be_told(self):
        """Deals go out, too: the number of their order at least."""
        flow = self.flow("deals")
        action = flow.active_map_id.action_new_draft()
        draft = self.env["connector.field.map"].browse(action["res_id"])
        # Nothing else is to be told of a deal here.
        draft.line_ids.filtered(lambda li: li.direction == "both").direction = "pull"
        activate(draft)
        flow.write({"direction": "both", "push_create": False})
        self.env.flush_all()

    def win(self, deal_id, **more):
        self.store.update("deals", deal_id, {"dealstage": "closedwon", **more})
        self.sync()
        self.env.cr.flush()
        # Lines may come by a flow of their own, which is waited for.
        self.run_jobs(ahead=60)
        self.env.cr.flush()
        self.run_jobs(ahead=60)
        return self.process(deal_id)

    def process(self, deal_id):
        lead = self.record("opportunity", deal_id)
        return self.env["connector.process"].search([("res_id", "=", lead.id)])

    def told(self, deal_id):
        return self.store.get("deals", deal_id).get(NUMBER)

    def push(self):
        self.env.cr.flush()
        self.flow("deals")._enqueue_push()
        self.run_jobs()

    def test_a_won_deal_is_ordered_and_its_number_told(self):
        process = self.win(self.deal_id)
        self.assertEqual(process.state, "done", process.message)
        order = self.record("opportunity", self.deal_id).order_ids
        self.assertEqual(len(order), 1)
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.amount_untaxed, 1200.5)
        self.assertEqual(order.currency_id.name, "EUR")
        self.assertEqual(order.partner_id, self.record("customer.company", self.acme))
        self.push()
        self.assertEqual(self.told(self.deal_id), order.name)
        version = self.store.version
        self.sync()
        self.push()
        self.assertEqual(self.store.version, version, "it never comes to rest")
        self.assertEqual(self.record("opportunity", self.deal_id).order_ids, order)

    def test_what_was_won_before_is_not_ordered(self):
        self.sync()
        self.assertFalse(self.process(self.old))

    def test_a_large_deal_waits_and_a_reopened_one_is_told_of(self):
        process = self.win(self.deal_id, amount="9000")
        self.assertTrue(process.needs_approval)
        self.assertFalse(self.exceptions())
        self.store.update("deals", self.deal_id, {"dealstage": "contractsent"})
        self.sync()
        self.env.cr.flush()
        self.assertEqual(self.exceptions().mapped("code"), ["deal_reopened"])
        order = self.record("opportunity", self.deal_id).order_ids
        self.assertEqual(order.state, "draft")
