from odoo import Command, fields
from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestOrderEntitlement(TransactionCase):
    """What is ordered is granted, as long as the order holds."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.acme = cls.env["res.partner"].create({"name": "Acme"})
        cls.seats, cls.hours = cls.env["product.product"].create(
            [
                {"name": "Seats", "type": "service", "entitlement_feature": "seats"},
                {"name": "Hours", "type": "service"},
            ]
        )

    def order(self, quantity=5, product=None):
        product = product or self.seats
        return self.env["sale.order"].create(
            {
                "partner_id": self.acme.id,
                "order_line": [
                    Command.create(
                        {"product_id": product.id, "product_uom_qty": quantity}
                    )
                ],
            }
        )

    def granted(self):
        entitlements = self.env["connector.entitlement"].with_context(active_test=False)
        return entitlements.search([("partner_id", "=", self.acme.id)], order="id")

    def test_a_confirmed_order_grants_what_its_products_say(self):
        order = self.order()
        self.assertFalse(self.granted(), "a quotation grants nothing")
        order.action_confirm()
        seats = self.granted()
        self.assertEqual((seats.feature, seats.quantity), ("seats", 5))
        self.assertEqual((seats.sale_order_id, seats.source_ref), (order, order.name))
        self.assertEqual(seats.date_from, fields.Date.today())
        self.assertEqual((seats.state, seats.product_id), ("active", self.seats))

    def test_products_without_a_feature_grant_nothing(self):
        self.order(product=self.hours).action_confirm()
        self.assertFalse(self.granted())

    def test_it_is_granted_once(self):
        order = self.order()
        order.action_confirm()
        order.order_line._follow_entitlements()
        self.assertEqual(len(self.granted()), 1)

    def test_it_follows_the_quantity(self):
        order = self.order()
        order.action_confirm()
        order.order_line.product_uom_qty = 8
        self.assertEqual(self.granted().quantity, 8)
        order.order_line.product_uom_qty = 0
        self.assertEqual(self.granted().state, "ended")

    def test_a_line_that_comes_later_grants_too(self):
        order = self.order(product=self.hours)
        order.action_confirm()
        order.order_line = [Command.create({"product_id": self.seats.id})]
        self.assertEqual(self.granted().quantity, 1)

    def test_a_cancelled_order_ends_it_and_confirming_again_brings_it_back(self):
        order = self.order()
        order.action_confirm()
        order._action_cancel()
        self.assertEqual(self.granted().state, "ended")
        order.action_draft()
        order.action_confirm()
        self.assertEqual(self.granted().state, "active")
