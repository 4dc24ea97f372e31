from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user

from .common import BillingCase
from .common_billing import invoice_record, line, tax


class TestPosting(BillingCase):
    """When documents are posted, and on which day, the policy says."""

    def setUp(self):
        super().setUp()
        self.customer()

    def approver(self):
        known = self.env["res.users"].search([("login", "=", "billing-approver")])
        return known or new_test_user(
            self.env,
            "billing-approver",
            groups="connector_base.group_finance_approver,account.group_account_invoice",
            company_id=self.company.id,
            company_ids=self.company.ids,
        )

    # -- approval and window --------------------------------------------------

    def test_after_approval(self):
        self.policy(posting="approval")
        move = self.invoice("in_1", line(100))
        self.assertEqual((move.state, move.connector_to_post), ("draft", True))
        self.assertEqual(move.name, "INV-in_1")
        move.with_user(self.approver()).action_connector_approve()
        self.assertEqual((move.state, move.connector_to_post), ("posted", False))
        self.assertEqual(move.name, "INV-in_1")
        self.assertIn("Approved and posted by", move.message_ids[0].body)

    def test_only_a_finance_approver_approves(self):
        self.policy(posting="approval")
        move = self.invoice("in_1", line(100))
        user = new_test_user(
            self.env,
            "billing-clerk",
            groups="connector_base.group_operator,account.group_account_invoice",
            company_id=self.company.id,
            company_ids=self.company.ids,
        )
        with self.assertRaises(AccessError):
            move.with_user(user).action_connector_approve()

    def at(self, text):
        """It is that time, UTC."""
        moment = fields.Datetime.to_datetime(text)
        return patch.object(fields.Datetime, "now", lambda: moment)

    def test_in_a_window_of_hours_of_the_connection(self):
        self.policy(posting="window", window_start=22, window_end=4)
        self.connection.tz = "America/New_York"
        move = self.invoice("in_1", line(100))
        with self.at("2026-03-02 12:00:00"), self.worker() as env:
            env["account.move"]._cron_connector_post()
        self.assertEqual(move.state, "draft")
        with self.at("2026-03-03 03:30:00"), self.worker() as env:
            env["account.move"]._cron_connector_post()
        self.env.invalidate_all()
        self.assertEqual(move.state, "posted")

    def test_one_that_was_voided_while_it_waited_is_booked_and_reversed(self):
        self.policy(posting="approval")
        record = invoice_record(
            "in_1",
            line(100),
            status="void",
            voided_at="2026-03-20T12:00:00+00:00",
        )
        move = self.brought("invoices", record)
        move.with_user(self.approver()).action_connector_approve()
        self.assertEqual(str(move._reversals().date), "2026-03-20")
        self.assertEqual(self.balance(), {})

    # -- drafts ---------------------------------------------------------------

    def test_drafts_are_left_alone(self):
        record = invoice_record("in_1", line(100), status="draft", number=None)
        self.pull("invoices", record)
        self.assertFalse(self.taken("invoices", "in_1"))
        self.assertFalse(self.held("invoices", "in_1"))
        move = self.invoice("in_1", line(120))
        self.assertEqual((move.state, move.amount_total), ("posted", 120))

    def test_drafts_may_be_drafts_and_change_until_they_are_final(self):
        self.policy(take_drafts=True)
        move = self.invoice(
            "in_1", line(100), status="draft", number=None, at="2026-03-01T10:00:00"
        )
        self.assertEqual(move.state, "draft")
        same = self.invoice(
            "in_1", line(100), line(20), number="INV-9", at="2026-03-01T11:00:00"
        )
        self.assertEqual(same, move)
        self.assertEqual((move.state, move.name), ("posted", "INV-9"))
        self.assertEqual(move.amount_total, 120)

    # -- closed periods -------------------------------------------------------

    def test_a_closed_period_moves_the_accounting_date_and_says_so(self):
        self.company.fiscalyear_lock_date = "2026-03-15"
        move = self.invoice("in_1", line(100))
        self.assertEqual(str(move.date), "2026-03-16")
        self.assertEqual(str(move.invoice_date), "2026-03-01")
        self.assertIn("2026-03-16", self.logs("invoices", "in_1").mapped("note")[-1])

    def test_a_closed_period_may_hold_until_it_is_open(self):
        self.policy(closed_period="hold")
        self.company.sale_lock_date = "2026-03-15"
        [(code, message)] = self.held_invoice("in_1", line(100))
        self.assertEqual(code, "period_held")
        self.assertIn("2026-03-01", message)
        self.assertNotIn("open_period", self.exceptions(code="period_held").fix_kinds)
        self.company.sale_lock_date = False
        self.pull_again("invoices", invoice_record("in_1", line(100)))
        self.assertEqual(str(self.taken("invoices", "in_1").date), "2026-03-01")

    def test_a_closed_period_may_ask_for_a_day(self):
        self.policy(closed_period="ask")
        self.company.tax_lock_date = "2026-03-15"
        lines = [line(100, taxes=[tax(20, 20, 100)])]
        [(code, _message)] = self.held_invoice("in_1", *lines)
        self.assertEqual(code, "period_closed")
        exception = self.exceptions(code="period_closed")
        self.assertEqual(exception.error_class, "closed_period")
        fix = self.env["connector.fix"].create(
            {
                "exception_id": exception.id,
                "kind": "open_period",
                "period_date": "2026-04-02",
                "reason": "April",
            }
        )
        fix.action_apply()
        self.run_jobs()
        move = self.taken("invoices", "in_1")
        self.assertEqual(str(move.date), "2026-04-02")
        self.assertEqual(str(move.invoice_date), "2026-03-01")

    def test_a_draft_that_waited_too_long_says_why_it_goes_on_waiting(self):
        self.policy(posting="approval", closed_period="hold")
        move = self.invoice("in_1", line(100))
        self.company.sale_lock_date = "2026-03-15"
        move.with_user(self.approver()).action_connector_approve()
        self.assertEqual(move.state, "draft")
        self.assertIn("2026-03-01", move.connector_wait_reason)
        self.policy(closed_period="next_open")
        move.with_user(self.approver()).action_connector_approve()
        self.assertEqual((move.state, str(move.date)), ("posted", "2026-03-16"))

    def test_an_accountant_opens_a_document_and_sees_its_life_there(self):
        move = self.invoice("in_1", line(100), dunning="in_progress")
        with Form(move.with_user(self.approver())) as form:
            self.assertEqual(form.connector_dunning, "in_progress")
            self.assertEqual(form.connector_state, "synced")
