from odoo.tests import tagged

from .common import ConnectorCase, remote


@tagged("post_install", "-at_install")
class TestPull(ConnectorCase):
    def test_a_new_record_is_created_and_bound(self):
        self.pull("companies", remote(1, name="Acme", domain="acme.example"))
        partner = self.taken("companies", 1)
        self.assertEqual(partner.name, "Acme")
        self.assertTrue(partner.is_company)
        self.assertEqual(self.binding("companies", 1).state, "synced")
