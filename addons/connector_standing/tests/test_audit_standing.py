import datetime

from odoo.tests import tagged
from odoo.tests.common import new_test_user

from .common_standing import StandingCase


@tagged("post_install", "-at_install")
class TestAuditStanding(StandingCase):
    """Each decision on a suspension, and each change of its rules, is one row."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.write(
            {
                "suspension_grace_days": 7,
                "suspension_approval_amount": 500,
                "suspension_lift_paid": True,
            }
        )
        cls.operator = cls.user_of("operator")
        cls.approver = cls.user_of("finance_approver")

    @classmethod
    def user_of(cls, group):
        groups = f"connector_base.group_{group}"
        return new_test_user(cls.env, f"audited-{group}", groups=groups)

    def setUp(self):
        super().setUp()
        self.env.cr.flush()
        self.known = self.env["connector.audit"].search([]).ids

    def new_rows(self):
        self.env.cr.flush()
        rows = self.env["connector.audit"].search([("id", "not in", self.known)])
        self.known += rows.ids
        return rows

    def assert_one(self, action, record, user, state=None):
        """Exactly one row since the last look; returns it.

        :param state: before and after
        """
        row = self.new_rows()
        self.assertEqual(row.mapped("action"), [action])
        self.assertEqual((row.res_model, row.res_id), (record._name, record.id))
        self.assertEqual(row.user_id, user)
        self.assertEqual(row.company_id, self.env.company)
        if state:
            self.assertEqual(row.changes, {"state": list(state)})
        return row

    def proposal(self, **vals):
        suspensions = self.env["connector.suspension"].with_user(self.operator)
        suspension = suspensions.create(
            {"partner_id": self.acme.id, "reason": "Broke the contract", **vals}
        )
        row = self.assert_one("create", suspension, self.operator)
        self.assertEqual(row.area, "process")
        # What is kept tells no name: who is forgotten is in none of the rows.
        kept = (row.record_label, row.changes, row.note)
        self.assertNotIn(self.acme.name, str(kept))
        self.assertEqual(row.changes["partner_id"][1], f"res.partner {self.acme.id}")
        return suspension

    def waiting(self, **vals):
        suspension = self.proposal(**vals)
        suspension.action_submit()
        row = self.assert_one(
            "submit", suspension, self.operator, ("proposed", "waiting")
        )
        self.assertEqual(row.note, "Broke the contract")
        return suspension

    def test_from_the_proposal_to_the_end(self):
        suspension = self.waiting()
        suspension.with_user(self.approver).action_approve()
        self.assert_one("approve", suspension, self.approver, ("waiting", "grace"))
        suspension.sudo().grace_until -= datetime.timedelta(days=8)
        self.commit()
        with self.worker() as env:
            env["connector.suspension"]._cron_course()
        self.env.invalidate_all()
        row = self.new_rows()
        self.assertEqual(row.mapped("action"), ["activate"])
        self.assertEqual(row.changes, {"state": ["grace", "suspended"]})
        suspension.action_lift()
        self.assert_one("decide", suspension, self.operator, ("suspended", "lifted"))

    def test_what_needs_no_approval_is_submitted(self):
        self.invoice(self.acme, 200, due=-40)
        self.new_rows()
        suspension = self.proposal(grace_days=0)
        suspension.action_submit()
        self.assert_one("submit", suspension, self.operator, ("proposed", "suspended"))

    def test_a_refusal_is_no_withdrawal(self):
        suspension = self.waiting()
        suspension.with_user(self.approver).action_reject()
        self.assert_one("reject", suspension, self.approver, ("waiting", "cancelled"))

    def test_who_proposed_it_takes_it_back(self):
        suspension = self.waiting()
        suspension.action_cancel()
        self.assert_one("cancel", suspension, self.operator, ("waiting", "cancelled"))

    def test_what_ends_by_itself_is_nobodys_decision(self):
        invoice = self.invoice(self.acme, 200, due=-40)
        self.new_rows()
        suspension = self.proposal(grace_days=0)
        suspension.action_submit()
        self.new_rows()
        self.payment(self.acme, 200, of=invoice)
        self.work_out()
        row = self.new_rows()
        self.assertEqual(row.mapped("action"), ["update"])
        self.assertEqual(row.changes, {"state": ["suspended", "lifted"]})

    def test_what_is_proposed_otherwise(self):
        suspension = self.proposal()
        suspension.grace_days = 3
        row = self.assert_one("update", suspension, self.operator)
        self.assertEqual(row.changes, {"grace_days": [7, 3]})

    def test_the_rules_of_a_company(self):
        company = self.env.company
        settings = self.env["res.config.settings"].create(
            {"suspension_approval_amount": 1000, "standing_interval": 30}
        )
        settings.set_values()
        row = self.assert_one("update", company, self.env.user)
        self.assertEqual(row.area, "setting")
        self.assertEqual(row.changes["suspension_approval_amount"], [500, 1000])
        self.assertEqual(row.changes["standing_interval"][1], 30)
        company.phone = "+43 1 4711"
        self.assertFalse(self.new_rows())

    def test_what_a_product_grants(self):
        product = self.env["product.template"].create({"name": "Seat"})
        product.list_price = 12
        self.assertFalse(self.new_rows())
        product.entitlement_feature = "seats"
        row = self.new_rows()
        self.assertEqual((row.res_model, row.res_id), (product._name, product.id))
        self.assertEqual((row.area, row.action), ("setting", "update"))
        self.assertEqual(row.changes, {"entitlement_feature": [None, "seats"]})
        product.copy()
        row = self.new_rows()
        self.assertEqual(row.action, "create")
        self.assertEqual(row.changes, {"entitlement_feature": [None, "seats"]})
        product.unlink()
        self.assertEqual(self.new_rows().action, "delete")
