from odoo.tests import tagged

from .common_billing import line
from .test_subscription import SubscriptionCase, item


@tagged("post_install", "-at_install")
class TestInvoiceSubscription(SubscriptionCase):
    def setUp(self):
        super().setUp()
        self.policy(
            journal_id=self.books["sale"].id, account_id=self.books["income"].id
        )

    def test_an_invoice_knows_its_subscriptions_by_itself_and_by_its_lines(self):
        first = self.subscription(item())
        second = self.subscription(item(), remote_id="sub_2")
        invoice = self.invoice(
            "in_1",
            line(10),
            line(20, subscription="sub_2"),
            subscriptions=["sub_1"],
        )
        self.assertEqual(invoice.subscription_ids, first | second)
        self.assertEqual(first.invoice_count, 1)
        action = first.action_open_invoices()
        found = self.env["account.move"].search(action["domain"])
        self.assertEqual(found, invoice)

    def test_where_subscriptions_are_not_taken_none_is_missing(self):
        self.flow("subscriptions").active = False
        invoice = self.invoice("in_1", line(10, subscription="sub_9"))
        self.assertFalse(invoice.subscription_ids)
        self.assertFalse(self.exceptions())
