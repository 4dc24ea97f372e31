from odoo.tests import tagged

from odoo.addons.connector_billing.tests.test_subscription import item
from odoo.addons.connector_billing.tests.test_subscription_order import OrderCase


@tagged("post_install", "-at_install")
class TestBillingCrm(OrderCase):
    def deal(self, period):
        """An opportunity with one line, and the order that was made of it."""
        lead = self.env["crm.lead"].create(
            {
                "name": "Rollout",
                "type": "opportunity",
                "partner_id": self.partner.id,
                "company_id": self.company.id,
                "team_id": False,
            }
        )
        line = self.env["connector.deal.line"].create(
            {"lead_id": lead.id, "name": "Pro", "recurring_period": period}
        )
        order = self.order(confirm=False)
        order.opportunity_id = lead
        order.order_line.deal_line_id = line
        return lead, order

    def test_a_subscription_knows_the_deal_that_it_was_sold_by(self):
        lead, order = self.deal("monthly")
        order.action_confirm()
        subscription = self.begun(order)
        self.assertEqual(subscription.opportunity_id, lead)
        self.assertEqual(lead.billing_subscription_ids, subscription)

    def test_it_is_billed_as_often_as_the_deal_says(self):
        yearly = self.price("price_y", 10, interval="year")
        _lead, order = self.deal("yearly")
        order.action_confirm()
        subscription = self.begun(order)
        self.assertEqual(subscription.start_state, "ready")
        self.assertEqual(subscription.item_ids.price_id, yearly)

    def test_what_the_billing_system_bills_is_in_no_invoice_plan(self):
        _lead, order = self.deal("one_time")
        order.action_confirm()
        self.assertTrue(self.begun(order))
        self.assertFalse(order._one_off_lines())

    def test_subscriptions_say_more_of_a_customer_than_contracts(self):
        self.env["connector.agreement"].create(
            {
                "partner_id": self.partner.id,
                "company_id": self.company.id,
                "date_start": "2026-01-01",
                "term_months": 12,
                "state": "active",
            }
        )
        self.subscription(item(), at="2026-01-01", status="past_due")
        standings = self.env["connector.customer.standing"]
        found = standings._work_out(self.company, self.partner.ids)[self.partner.id]
        self.assertEqual(found["subscription_state"], "past_due")
