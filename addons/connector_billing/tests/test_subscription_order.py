from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.connector_base.tests.common_push import PushCase

from .test_subscription import SubscriptionCase, item


class OrderCase(SubscriptionCase):
    """Confirmed orders begin subscriptions; the vendor has the price of a month."""

    def setUp(self):
        super().setUp()
        self.policy(order_subscriptions="always")
        self.pro = self.env["product.product"].search([("name", "=", "Pro")], limit=1)
        self.monthly = self.price("price_m", 10)
        self.flow("subscriptions").direction = "both"
        line = {
            "remote_path": "billing.change",
            "target": "change",
            "direction": "push",
            "owner": "odoo",
        }
        self.change_map("subscriptions", new_lines=[line])
        self.env["connector.change"].search([]).unlink()

    def price(self, remote_id, amount, **vals):
        price = self.env["connector.billing.price"].create(
            {
                "connection_id": self.connection.id,
                "product_id": self.pro.id,
                "currency_id": self.company.currency_id.id,
                "amount": amount,
                "interval": "month",
                **vals,
            }
        )
        if remote_id:
            self.bind("billing.price", remote_id, price)
        return price

    def order(self, price_unit=10, quantity=3, confirm=True, **vals):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.partner.id,
                "company_id": self.company.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.pro.id,
                            "product_uom_qty": quantity,
                            "price_unit": price_unit,
                            **vals,
                        }
                    )
                ],
            }
        )
        if confirm:
            order.action_confirm()
        return order

    def begun(self, order):
        return order.billing_subscription_ids

    push = PushCase.push
    try_push = PushCase.try_push
    push_dying = PushCase.push_dying
    run_until_death = PushCase.run_until_death
    die = PushCase.die

    def commit(self):
        self.env.cr.flush()

    def made(self):
        return list(self.vendor.made("subscriptions").values())


@tagged("post_install", "-at_install")
class TestSubscriptionOrder(OrderCase):
    def test_a_confirmed_order_begins_a_subscription_there_once(self):
        order = self.order()
        self.push("subscriptions")
        order._begin_subscriptions()
        self.push("subscriptions")
        [made] = self.made()
        self.assertEqual(made["customer"], "cus_1")
        self.assertEqual(made["order_key"], self.begun(order).order_key)
        self.assertNotIn("status", made)
        [sent] = made["billing.items"]
        self.assertEqual(
            (sent["product"], sent["price"], sent["quantity"], sent["interval"]),
            ("prod_1", "price_m", "3", "month"),
        )

    def test_whoever_dies_meanwhile_it_begins_once(self):
        self.order()
        self.vendor.after_write = self.die("create")
        self.push_dying("subscriptions")
        self.assertEqual(len(self.made()), 1)

    def test_it_is_the_same_that_comes_back(self):
        subscription = self.begun(self.order())
        self.push("subscriptions")
        self.assertEqual(subscription.status, "draft")
        binding = self.env["connector.binding"].search(
            [("res_model", "=", "connector.subscription")]
        )
        came = self.subscription(
            item("si_7", 3), remote_id=binding.remote_id, at="2026-01-01"
        )
        self.assertEqual(came, subscription)
        self.assertEqual((came.status, came.mrr), ("active", 30))
        self.assertEqual(came.item_ids.mapped("remote_ref"), ["si_7"])
        self.assertEqual(self.kinds(came), ["new"])

    def test_one_that_the_vendor_made_under_our_key_is_known_by_it(self):
        subscription = self.begun(self.order())
        came = self.subscription(item(), order_key=subscription.order_key)
        self.assertEqual(came, subscription)
        self.push("subscriptions")
        self.assertFalse(self.made())

    def test_a_copy_of_it_there_is_another_one(self):
        subscription = self.begun(self.order())
        key = subscription.order_key
        self.subscription(item(), order_key=key)
        copy = self.subscription(item(), remote_id="sub_2", order_key=key)
        self.assertTrue(copy)
        self.assertNotEqual(copy, subscription)

    def test_odoo_does_not_invoice_what_the_billing_system_bills(self):
        order = self.order()
        self.assertEqual(order.order_line.qty_to_invoice, 0)
        self.assertEqual(order.order_line.invoice_status, "no")
        with self.assertRaises(UserError):
            order._create_invoices()

    def test_what_is_not_to_be_started_is_odoos_to_invoice_again(self):
        order = self.order()
        self.begun(order).with_user(self.finance()).action_stop_start()
        self.assertEqual(order.order_line.qty_to_invoice, 3)
        self.push("subscriptions")
        self.assertFalse(self.made())

    def test_without_a_policy_nothing_begins(self):
        self.policy(order_subscriptions="never")
        self.assertFalse(self.begun(self.order()))

    def finance(self):
        return new_test_user(
            self.env,
            "billing-finance",
            groups="connector_base.group_finance_approver",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )

    def test_where_the_policy_says_so_it_waits_for_an_approval(self):
        self.policy(order_subscriptions="approval")
        subscription = self.begun(self.order())
        self.push("subscriptions")
        self.assertFalse(self.made())
        seller = new_test_user(
            self.env,
            "billing-seller",
            groups="sales_team.group_sale_manager",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        with self.assertRaises(AccessError):
            subscription.with_user(seller).action_approve_start()
        subscription.with_user(self.finance()).action_approve_start()
        self.push("subscriptions")
        self.assertEqual(len(self.made()), 1)

    def test_what_was_sold_at_another_price_is_held_with_the_reason(self):
        subscription = self.begun(self.order(price_unit=8))
        self.assertEqual(subscription.start_state, "held")
        self.assertIn("sold for 8", subscription.start_problem)
        self.push("subscriptions")
        self.assertFalse(self.made())
        self.price("price_8", 8)
        subscription.action_check_start()
        self.assertEqual(subscription.start_state, "ready")
        self.push("subscriptions")
        self.assertEqual(self.made()[0]["billing.items"][0]["price"], "price_8")

    def test_of_several_prices_that_fit_a_person_chooses(self):
        other = self.price("price_n", 10)
        order = self.order(confirm=False)
        order.order_line.billing_price_id = other
        order.action_confirm()
        self.assertEqual(self.begun(order).start_state, "ready")
        self.assertEqual(self.begun(self.order()).start_state, "held")

    def test_a_price_that_is_not_there_yet_goes_first(self):
        self.flow("prices").direction = "both"
        self.env["connector.binding"].search([("remote_id", "=", "price_m")]).unlink()
        self.order()
        self.push("subscriptions")
        [made] = self.made()
        [price] = self.vendor.records["prices"].values()
        self.assertEqual(made["billing.items"][0]["price"], price.remote_id)

    def test_a_customer_that_is_not_there_yet_goes_first(self):
        self.flow("customers").direction = "both"
        self.env["connector.binding"].search([("remote_id", "=", "cus_1")]).unlink()
        self.order()
        self.push("subscriptions")
        [made] = self.made()
        [customer] = self.vendor.records["customers"].values()
        self.assertEqual(made["customer"], customer.remote_id)
        self.assertEqual(customer.values["company_name"], "Acme")

    def test_a_cancelled_order_begins_nothing_any_more(self):
        order = self.order()
        order._action_cancel()
        self.assertEqual(self.begun(order).start_state, "stopped")


@tagged("post_install", "-at_install")
class TestSubscriptionChange(OrderCase):
    def wizard(self, subscription, **vals):
        return (
            self.env["connector.subscription.change.wizard"]
            .with_context(default_subscription_id=subscription.id)
            .create(vals)
        )

    def ask_quantity(self, subscription, quantity, **vals):
        wizard = self.wizard(subscription, kind="quantity", **vals)
        wizard.line_ids.quantity = quantity
        wizard.action_ask()

    def changes_sent(self):
        return [
            row.values["billing.change"]
            for operation, _stream, rows in self.vendor.sent
            for row in rows
            if operation == "update"
        ]

    def test_another_quantity_is_asked_for_and_nothing_else_is_sent(self):
        subscription = self.subscription(item(quantity=2), at="2026-01-01")
        self.ask_quantity(subscription, 5, proration="always_invoice")
        self.assertEqual(subscription.item_ids.quantity, 2)
        self.push("subscriptions")
        [change] = self.changes_sent()
        self.assertEqual(change["items"], [{"item": "si_1", "quantity": "5"}])
        self.assertEqual(change["proration"], "always_invoice")
        self.assertEqual(self.vendor.sent[0][2][0].values.keys(), {"billing.change"})

    def test_it_is_done_when_the_vendor_says_so(self):
        subscription = self.subscription(item(quantity=2), at="2026-01-01")
        self.ask_quantity(subscription, 5)
        self.push("subscriptions")
        self.assertEqual(subscription.waiting_change_id.state, "waiting")
        self.subscription(item(quantity=5), at="2026-01-02")
        self.assertEqual(subscription.change_ids.state, "done")
        self.push("subscriptions")
        self.assertEqual(len(self.changes_sent()), 1)

    def test_an_item_that_was_to_come_to_nothing_may_be_gone(self):
        both = item(), item("si_2")
        subscription = self.subscription(*both, at="2026-01-01")
        wizard = self.wizard(subscription, kind="quantity")
        wizard.line_ids[1].quantity = 0
        wizard.action_ask()
        self.push("subscriptions")
        self.subscription(both[0], at="2026-01-02")
        self.assertEqual(subscription.change_ids.state, "done")

    def test_the_same_quantity_can_be_asked_for_again(self):
        subscription = self.subscription(item(quantity=2), at="2026-01-01")
        self.ask_quantity(subscription, 5)
        self.push("subscriptions")
        self.subscription(item(quantity=5), at="2026-01-02")
        self.subscription(item(quantity=9), at="2026-01-03")
        self.ask_quantity(subscription, 5)
        self.push("subscriptions")
        first, second = self.changes_sent()
        self.assertNotEqual(first["key"], second["key"])

    def test_a_cancellation_is_asked_for_and_taken_back(self):
        subscription = self.subscription(item(), at="2026-01-01")
        self.wizard(subscription, kind="cancel", end="period").action_ask()
        self.push("subscriptions")
        self.subscription(item(), at="2026-01-02", cancel_at="2026-02-01T00:00:00Z")
        self.assertEqual(subscription.change_ids.state, "done")
        self.wizard(subscription, kind="keep").action_ask()
        self.push("subscriptions")
        kinds = [change["kind"] for change in self.changes_sent()]
        self.assertEqual(kinds, ["cancel", "keep"])

    def test_what_was_asked_before_is_replaced(self):
        subscription = self.subscription(item(quantity=2), at="2026-01-01")
        self.ask_quantity(subscription, 5)
        self.ask_quantity(subscription, 6)
        self.push("subscriptions")
        [change] = self.changes_sent()
        self.assertEqual(change["items"][0]["quantity"], "6")
        states = subscription.change_ids.sorted("id").mapped("state")
        self.assertEqual(states, ["replaced", "waiting"])

    def test_what_is_over_is_not_changed(self):
        subscription = self.subscription(item(), status="cancelled")
        with self.assertRaises(UserError):
            self.wizard(subscription, kind="cancel", end="now").action_ask()

    def test_only_sales_managers_and_operators_ask(self):
        subscription = self.subscription(item())
        viewer = self.user_of(
            "viewer",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        with self.assertRaises(AccessError):
            subscription.with_user(viewer).action_change()
