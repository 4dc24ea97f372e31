from odoo.tests import tagged

from odoo.addons.connector_base.engine import errors

from .common_trade_push import TradePushCase


@tagged("post_install", "-at_install")
class TestPushFamily(TradePushCase):
    """Where the vendor takes orders with their lines, none is ever there by half."""

    def setUp(self):
        super().setUp()
        self.vendor.families = {"orders": {"order_lines": "order"}}

    def confirmed(self, lines=1, **vals):
        order = self.order(**vals)
        for _more in range(lines - 1):
            order.order_line[0].copy({"order_id": order.id, "sequence": 99})
        order.action_confirm()
        return order

    def families(self):
        """``[(numbers of orders, numbers of lines) of a request]``"""
        return [
            (
                [family.row.values["number"] for family in sent],
                [len(family.children) for family in sent],
            )
            for done, _stream, sent in self.vendor.sent
            if done == "families"
        ]

    def there(self):
        """How many orders and lines the vendor has."""
        return len(self.vendor.made("orders")), len(self.vendor.made("order_lines"))

    def assertSent(self, order):
        binding = self.binding_of(order, self.flow("orders"))
        self.assertEqual(binding.state, "synced")
        lines = self.vendor.made("order_lines").values()
        mine = [one for one in lines if one["order"] == binding.remote_id]
        self.assertEqual(len(mine), len(order.order_line))
        for line in order.order_line:
            self.assertEqual(
                self.binding_of(line, self.flow("order_lines")).state, "synced"
            )

    def test_an_order_goes_with_its_lines_at_once(self):
        orders = self.confirmed(2) + self.confirmed() + self.confirmed()
        job = self.push("orders")
        self.assertEqual(
            self.families(),
            [(orders[:2].mapped("name"), [2, 1]), (orders[2:].mapped("name"), [1])],
        )
        for order in orders:
            self.assertSent(order)
        self.assertEqual(job.result, {"created": 7})
        self.assertEqual(self.waiting(), [])
        self.push("order_lines")
        self.assertEqual(self.there(), (3, 4))

    def test_the_flow_of_lines_sends_the_orders_with_all_of_theirs(self):
        order = self.confirmed(3)
        self.push("order_lines")
        self.assertEqual(self.families(), [([order.name], [3])])
        self.assertSent(order)
        self.assertEqual(self.waiting(), [])

    def test_a_line_that_comes_later_goes_alone(self):
        order = self.confirmed()
        self.push("orders")
        order.order_line.copy({"order_id": order.id})
        self.push("orders")
        self.push("order_lines")
        self.assertEqual(len(self.families()), 1)
        self.assertSent(order)

    def test_an_order_with_more_lines_than_fit_goes_before_them(self):
        order = self.confirmed(5)
        self.push("orders")
        self.push("order_lines")
        self.assertEqual(self.families(), [])
        self.assertSent(order)

    def test_a_line_that_is_refused_keeps_its_order_back_and_no_other(self):
        bad, good = self.confirmed(2), self.confirmed()
        bad.order_line[1].name = "Nonsense"
        self.vendor.refused["Nonsense"] = errors.InvalidRecord("no nonsense")
        self.push("orders")
        self.assertSent(good)
        self.assertEqual(self.there(), (1, 1))
        self.assertEqual(
            sorted((i.flow_id.stream, i.exception_id.code) for i in self.items()),
            [
                ("order_lines", "parent_not_sent"),
                ("order_lines", "refused_remotely"),
                ("orders", "child_not_sent"),
            ],
        )
        self.assertIn(bad.order_line[1].display_name, self.items().mapped("message")[0])
        self.assertEqual({state for _id, state in self.waiting()}, {"held"})

        # What is corrected goes out by itself, with all that waited for it.
        self.vendor.refused.clear()
        bad.order_line[1].name = "Sense"
        self.push("order_lines")
        self.assertSent(bad)
        self.assertFalse(self.items())
        self.assertEqual(self.waiting(), [])

    def test_an_order_that_is_refused_keeps_its_lines_back(self):
        order = self.confirmed(2)
        self.vendor.refused[order.name] = errors.InvalidRecord("no such order")
        self.push("orders")
        self.assertEqual(self.there(), (0, 0))
        codes = self.items().exception_id.mapped("code")
        self.assertEqual(set(codes), {"refused_remotely", "parent_not_sent"})
        self.vendor.refused.clear()
        self.items().filtered(lambda i: i.flow_id.stream == "orders")._retry()
        self.run_jobs()
        self.assertSent(order)
        self.assertFalse(self.items())

    def test_what_hinders_a_line_here_keeps_its_order_back(self):
        self.flow("products").direction = "pull"
        other = self.env["product.product"].create({"name": "Other"})
        order = self.confirmed(2)
        order.order_line[1].product_id = other
        self.push("orders")
        self.assertEqual(self.vendor.sent, [])
        self.assertEqual(
            sorted((i.flow_id.stream, i.exception_id.code) for i in self.items()),
            [
                ("order_lines", "parent_not_sent"),
                ("order_lines", "parent_not_sent"),
                ("orders", "child_not_sent"),
            ],
        )

    def test_what_passes_by_itself_holds_nobody(self):
        order = self.confirmed(2)
        order.order_line[1].name = "Locked"
        self.vendor.refused["Locked"] = errors.TransientError("row locked")
        job = self.try_push("orders")
        self.assertEqual((job.state, job.error_class), ("pending", "transient"))
        self.assertFalse(self.items())
        self.assertEqual(self.there(), (0, 0))
        self.vendor.refused.clear()
        self.time_passes(hours=1)
        self.run_jobs()
        self.assertSent(order)

    def test_a_worker_that_dies_makes_nothing_twice(self):
        for moment in ("before_write", "after_write"):
            with self.subTest(moment):
                order = self.confirmed(2)
                setattr(self.vendor, moment, self.die("families"))
                self.push_dying("orders")
                self.assertSent(order)
                self.assertEqual(self.waiting(), [])
        self.assertEqual(self.there(), (2, 4))
