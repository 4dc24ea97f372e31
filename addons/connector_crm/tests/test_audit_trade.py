from odoo.tests import tagged
from odoo.tests.common import TransactionCase


@tagged("post_install", "-at_install")
class TestAuditTrade(TransactionCase):
    def test_how_far_a_total_may_be_off_is_a_setting(self):
        company = self.env.company
        company.connector_total_tolerance = 0.01
        self.env.cr.flush()
        known = self.env["connector.audit"].search([])
        company.write({"connector_total_tolerance": 0.5, "phone": "+43 1 4711"})
        self.env.cr.flush()
        row = self.env["connector.audit"].search([]) - known
        self.assertEqual((row.res_model, row.res_id), (company._name, company.id))
        self.assertEqual((row.area, row.company_id), ("setting", company))
        self.assertEqual(row.changes, {"connector_total_tolerance": [0.01, 0.5]})
