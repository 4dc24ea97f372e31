from odoo.tests import tagged

from odoo.addons.connector_base.tests.common_vendor import remote

from .common_handoff import HandoffCase


@tagged("post_install", "-at_install")
class TestHandoff(HandoffCase):
    # -- begin ----------------------------------------------------------------

    def test_a_won_deal_becomes_an_order(self):
        lead = self.bound_deal(
            lines=[(2, 100.0), (1, 50.0, {"discount": 10})], expected_revenue=245
        )
        process = self.win(lead)
        self.assertEqual(process.state, "done", process.message)
        order = self.orders(lead)
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.partner_id, self.acme)
        self.assertEqual(order.amount_untaxed, 245)
        self.assertEqual(
            order.order_line.mapped(lambda li: (li.product_uom_qty, li.discount)),
            [(2, 0), (1, 10)],
        )
        self.assertEqual(lead.deal_order_number, order.name)
        self.assertEqual(lead.deal_order_status, "confirmed")

    def test_a_deal_won_by_the_vendor_is_handed_over_in_the_same_transaction(self):
        self.policy.fallback_product_id = self.product
        self.pull("companies", remote(9, name="Beta"))
        lead = self.deal(company="9", amount="500")
        self.assertFalse(self.process(lead))
        lead = self.deal(company="9", amount="500", stage="won", at="2026-03-01")
        self.run_all()
        process = self.process(lead)
        self.assertEqual(process.flow_id, self.flow("deals"))
        self.assertEqual(process.state, "done", process.message)
        self.assertEqual(self.orders(lead).amount_untaxed, 500)

    def test_deals_won_long_ago_are_left_alone_by_a_first_load(self):
        self.policy.since = "2026-01-01"
        lead = self.deal(stage="won", close_date="2024-05-01")
        self.run_all()
        self.assertFalse(self.process(lead))
        lead.name = "Renamed"
        lead.expected_revenue = 7
        self.run_all()
        self.assertFalse(self.process(lead))

    def test_without_a_policy_nothing_happens(self):
        self.policy.active = False
        lead = self.bound_deal()
        self.win(lead)
        self.assertFalse(self.process(lead))

    def test_a_deal_of_odoo_alone_needs_a_policy_of_its_own(self):
        vals = {"stage_id": self.won.id, "partner_id": self.acme.id}
        vals |= {"name": "Local", "type": "opportunity", "expected_revenue": 10}
        lead = self.env["crm.lead"].create(vals)
        self.run_all()
        self.assertFalse(self.process(lead))
        self.policy.copy(
            {"connection_id": False, "fallback_product_id": self.product.id}
        )
        lead = self.env["crm.lead"].create(vals)
        self.run_all()
        self.assertEqual(self.process(lead).state, "done")

    def test_a_deal_is_handed_over_once(self):
        lead = self.bound_deal()
        self.win(lead)
        lead.stage_id = self.second
        self.run_all()
        self.win(lead)
        self.assertEqual(len(self.orders(lead)), 1)
        self.assertEqual(
            self.env["connector.process"].search_count([("res_id", "=", lead.id)]), 1
        )

    def test_a_burst_becomes_as_many_orders(self):
        leads = self.env["crm.lead"].union(
            *(self.bound_deal(number) for number in range(30))
        )
        leads.write({"stage_id": self.won.id})
        self.commit()
        leads.write({"priority": "2"})
        self.run_all()
        processes = self.env["connector.process"].search([("res_id", "in", leads.ids)])
        self.assertEqual(len(processes), 30)
        self.assertEqual(set(processes.mapped("state")), {"done"})
        orders = self.env["sale.order"].search([("opportunity_id", "in", leads.ids)])
        self.assertEqual(len(orders), 30)
        self.assertEqual(set(orders.mapped("state")), {"sale"})

    def test_winning_many_costs_the_queries_of_a_few(self):
        def queries(numbers):
            leads = self.env["crm.lead"].union(*map(self.bound_deal, numbers))
            self.commit()
            leads._note_handoff("turned")
            self.env.cr.execute(
                "UPDATE crm_lead SET won_status = 'won' WHERE id = ANY(%s)", [leads.ids]
            )
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["crm.lead"]._hand_over_noted()
            return self.env.cr.sql_log_count - before

        queries(range(100, 102))
        few, many = queries(range(200, 202)), queries(range(300, 330))
        self.assertLessEqual(many, few + 5)

    def test_a_worker_that_dies_between_steps_leaves_one_order(self):
        lead = self.bound_deal()
        lead.stage_id = self.won
        self.commit()
        for _step in range(4):
            with self.worker() as env:
                jobs = env["connector.job"].with_context(connector_worker="one")
                for row in jobs._claim("finance", 1, "one"):
                    jobs._begin(row, "one")
                    jobs._perform(row)
        with self.worker() as env:
            jobs = env["connector.job"].with_context(connector_worker="two")
            for row in jobs._claim("finance", 1, "two"):
                jobs._begin(row, "two")
        self.time_passes(hours=1)
        self.run_all()
        self.assertEqual(self.process(lead).state, "done")
        self.assertEqual(len(self.orders(lead)), 1)

    # -- reopened -------------------------------------------------------------

    def test_a_reopened_deal_raises_an_exception_and_keeps_its_order(self):
        lead = self.bound_deal()
        self.win(lead)
        lead.stage_id = self.second
        self.run_all()
        self.assertTrue(self.exceptions(code="deal_reopened"))
        self.assertEqual(self.orders(lead).state, "sale")
        lead.stage_id = self.won
        self.run_all()
        self.assertFalse(self.exceptions())

    def test_a_deal_lost_after_it_was_won_raises_an_exception(self):
        self.policy.fallback_product_id = self.product
        self.pull("companies", remote(9, name="Beta"))
        deal = {"company": "9", "amount": "500"}
        self.deal(**deal)
        lead = self.deal(**deal, stage="won", at="2026-03-01")
        self.run_all()
        self.deal(**deal, stage="lost", at="2026-03-02")
        self.run_all()
        self.assertEqual(lead.won_status, "lost")
        self.assertEqual(self.exceptions().code, "deal_reopened")
        self.assertEqual(self.orders(lead).state, "sale")

    def test_a_deal_reopened_on_its_way_stops(self):
        self.policy.confirm = "approval"
        lead = self.bound_deal()
        process = self.win(lead)
        lead.stage_id = self.second
        self.run_all()
        process.with_user(self.approver()).action_approve()
        self.run_all()
        self.assertEqual(process.state, "parked")
        self.assertEqual(self.orders(lead).state, "draft")
        lead.stage_id = self.won
        self.run_all()
        self.assertEqual(process.state, "done", process.message)
        self.assertFalse(self.exceptions())

    def test_a_deal_changed_before_its_order_is_confirmed_is_checked_anew(self):
        self.policy.confirm = "approval"
        lead = self.bound_deal()
        process = self.win(lead)
        lead.expected_revenue = 900
        self.commit()
        process.with_user(self.approver()).action_approve()
        self.run_all()
        self.assertEqual(process.state, "parked")
        self.assertTrue(self.exceptions(code="handoff_changed"))
        process.action_resume()
        self.run_all()
        self.assertTrue(self.exceptions(code="handoff_total"))
        self.orders(lead).order_line.price_unit = 900
        process.action_resume()
        self.run_all()
        self.assertTrue(process.needs_approval)
        process.with_user(self.approver("another")).action_approve()
        self.run_all()
        self.assertEqual(process.state, "done", process.message)

    def test_a_deal_changed_after_its_order_raises_an_exception(self):
        lead = self.bound_deal()
        self.win(lead)
        lead.expected_revenue = 900
        self.run_all()
        self.assertTrue(self.exceptions(code="deal_changed"))
        self.assertEqual(self.orders(lead).amount_untaxed, 100)

    def test_a_deleted_deal_raises_an_exception(self):
        lead = self.bound_deal()
        self.win(lead)
        orders = self.orders(lead)
        lead.unlink()
        self.commit()
        self.assertTrue(self.exceptions(code="deal_reopened"))
        self.assertEqual(orders.state, "sale")
