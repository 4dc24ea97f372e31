from odoo import Command
from odoo.tests import tagged

from .common import BillingCase


@tagged("post_install", "-at_install")
class TestAuditBilling(BillingCase):
    """How documents are booked is changed by somebody, and that is kept."""

    def new_rows(self):
        self.env.cr.flush()
        rows = self.env["connector.audit"].search([("id", "not in", self.known)])
        self.known += rows.ids
        return rows

    def setUp(self):
        super().setUp()
        self.known = []
        self.new_rows()

    def test_another_journal_is_one_row(self):
        journal = self.books["sale"].copy()
        policy = self.policy(journal_id=journal.id)
        row = self.new_rows().filtered(lambda r: r.res_model == policy._name)
        self.assertEqual((row.action, row.area), ("update", "rule"))
        self.assertEqual(row.connection_id, self.connection)
        self.assertEqual(row.changes["journal_id"][1], journal.display_name)

    def test_rows_of_the_account_map_stand_with_the_policy(self):
        policy = self.policy()
        account = policy.account_id or self.env["account.account"].search(
            [("internal_group", "=", "income")], limit=1
        )
        self.new_rows()
        country = self.env.ref("base.fr")
        policy.account_map_ids = [
            Command.create({"country_id": country.id, "account_id": account.id})
        ]
        row = self.new_rows().filtered(lambda r: r.res_model.startswith("connector."))
        self.assertEqual((row.res_model, row.action), (policy._name, "update"))
        self.assertIn(account.display_name, row.changes_text)

    def test_a_decision_about_a_closed_period(self):
        flow = self.connection.flow_ids[0]
        decision = self.env["connector.billing.decision"].create(
            {
                "flow_id": flow.id,
                "remote_id": "in_1",
                "date": "2026-03-01",
                "reason": "As agreed with the auditor",
            }
        )
        row = self.new_rows()
        self.assertEqual((row.action, row.res_id), ("decide", decision.id))
        self.assertEqual(row.note, "As agreed with the auditor")
        self.assertEqual(row.remote_id, "in_1")
