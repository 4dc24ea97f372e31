from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import tagged

from .test_subscription import SubscriptionCase, item


@tagged("post_install", "-at_install")
class TestNeutralizeBilling(SubscriptionCase):
    """A copy changes no subscription and bills no usage, at a sandbox either."""

    def test_what_waited_for_the_billing_system_is_never_asked(self):
        subscription = self.subscription(item(quantity=3, unit="12.50"))
        change = subscription._ask_change(
            {
                "kind": "cancel",
                "proration": "none",
                "summary": "Cancel at once",
                "at_once": True,
            }
        )
        events = self.env["connector.usage.event"]
        events.take_usage(
            self.connection.id,
            [
                {
                    "event_id": "e1",
                    "quantity": 3,
                    "occurred_at": "2026-06-10T12:00:00Z",
                    "subscription": "sub_9",
                }
            ],
        )
        self.assertTrue(subscription.wanted)
        self.env.flush_all()
        for query in get_neutralization_queries(["connector_billing"]):
            self.env.cr.execute(query)
        self.env.invalidate_all()
        self.assertEqual(change.state, "replaced")
        self.assertFalse(subscription.wanted)
        self.assertFalse(events.search([]))
