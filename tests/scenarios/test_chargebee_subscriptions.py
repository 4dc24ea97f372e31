"""What Odoo asks of a Chargebee site is done there once, and comes back as it is."""

from simulators.billing import model

from odoo import Command
from odoo.tests import tagged

from .chargebee_case import ChargebeeCase

DAY = 24 * 3600


@tagged("post_install", "-at_install")
class TestChargebeeSubscriptions(ChargebeeCase):
    customers, months = 3, 1

    def setUp(self):
        super().setUp()
        self.price = next(
            price
            for price in self.rows(model.Price)
            if price.interval == "month"
            and price.currency == "USD"
            and price.amount
            and not price.tiers
            and price.meter is None
        )
        self.customer = self.engine.create(
            model.Customer, name="Late Comer Ltd", currency="USD"
        )

    def load(self):
        self.connect()
        self.run_jobs()
        self.flow("subscriptions").direction = "both"

    def subscribe(self, quantity=3):
        subscribe = self.engine.subscriptions.subscribe
        return subscribe(self.customer, [(self.price, quantity)])

    def ask(self, contract, kind, quantity=None, **vals):
        wizard = (
            self.env["connector.subscription.change.wizard"]
            .with_context(default_subscription_id=contract.id)
            .create({"kind": kind, **vals})
        )
        if quantity is not None:
            wizard.line_ids.quantity = quantity
        wizard.action_ask()
        self.push()
        self.push()

    def test_another_quantity_is_billed_once_and_known_as_done(self):
        there = self.subscribe()
        self.load()
        contract = self.record("billing.subscription", there.id)
        self.chargebee.clock.advance(10 * DAY)
        self.ask(contract, "quantity", 5, proration="always_invoice")
        self.assertEqual([item.quantity for item in there.items], [5])
        own = [i for i in self.rows(model.Invoice) if i.customer == self.customer.id]
        self.assertEqual(len(own), 2)
        self.assertEqual(contract.waiting_change_id.state, "waiting")
        self.sync()
        self.assertEqual(contract.item_ids.quantity, 5)
        self.assertEqual(contract.change_ids.state, "done")
        self.assertNoDeadJob()
        self.assertNothingHeld()

    def test_a_cancellation_is_asked_for_and_taken_back(self):
        there = self.subscribe()
        self.load()
        contract = self.record("billing.subscription", there.id)
        self.ask(contract, "cancel", end="period")
        self.sync()
        self.assertTrue(contract.cancel_at)
        self.assertEqual(contract.change_ids.state, "done")
        self.ask(contract, "keep")
        self.sync()
        self.assertFalse(contract.cancel_at)
        self.assertEqual(set(contract.change_ids.mapped("state")), {"done"})
        self.assertNoDeadJob()

    def test_a_confirmed_order_begins_a_subscription_there(self):
        self.load()
        policy = self.env["connector.billing.policy"]._for(self.connection)
        policy.order_subscriptions = "always"
        price = self.record("billing.price", self.price.id)
        order = self.env["sale.order"].create(
            {
                "partner_id": self.record("billing.customer", self.customer.id).id,
                "company_id": self.company.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": price.product_id.id,
                            "product_uom_qty": 4,
                            "price_unit": price.amount,
                            "billing_price_id": price.id,
                        }
                    )
                ],
            }
        )
        order.action_confirm()
        self.push()
        self.push()
        [made] = [
            each
            for each in self.rows(model.Subscription)
            if each.customer == self.customer.id
        ]
        self.assertEqual(
            [(item.price, item.quantity) for item in made.items], [(self.price.id, 4)]
        )
        self.sync()
        begun = order.billing_subscription_ids
        self.assertEqual(self.record("billing.subscription", made.id), begun)
        self.assertEqual((begun.status, begun.item_ids.quantity), ("active", 4))
        self.assertNoDeadJob()
        self.assertNothingHeld()
