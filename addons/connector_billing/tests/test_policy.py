from .common import BillingCase


class TestPolicy(BillingCase):
    def test_a_company_with_books_is_connected(self):
        self.assertEqual(self.connection.state, "connected")
        self.assertEqual(self.connection.company_id, self.company)
        self.assertEqual(self.customer(), self.customer())
