from odoo import fields
from odoo.tests import tagged

from .common_handoff import HandoffCase


@tagged("post_install", "-at_install")
class TestAgreed(HandoffCase):
    def test_a_deal_that_recurs_begins_a_contract(self):
        line = {"recurring_period": "monthly", "term_months": 12}
        line["date_start"] = "2026-01-01"
        lead = self.bound_deal(lines=[(10, 5.0, line)])
        self.assertEqual(self.win(lead).state, "done")
        agreement = lead.agreement_ids
        self.assertEqual(agreement.state, "active")
        self.assertEqual(agreement.sale_order_id, self.orders(lead))
        self.assertEqual(str(agreement.date_end), "2026-12-31")
        self.assertEqual(agreement.version_ids.amount, 50)
        self.assertEqual(agreement.version_ids.line_ids.quantity, 10)

    def test_a_deal_that_is_paid_once_needs_no_contract(self):
        lead = self.bound_deal()
        self.win(lead)
        self.assertFalse(lead.agreement_ids)

    def amend(self, number, kind, previous, start, quantity=None):
        line = {"recurring_period": "monthly", "term_months": 12, "date_start": start}
        lines = [(quantity, 5.0, line)] if quantity else ()
        deal = {"deal_kind": kind, "previous_deal_id": previous.id}
        if not lines:
            deal["date_deadline"] = start
        lead = self.bound_deal(number, lines=lines, **deal)
        process = self.win(lead)
        self.assertEqual(process.state, "done", process.message)
        return lead

    def test_amendments_become_versions_and_what_was_agreed_when_is_known(self):
        line = {"recurring_period": "monthly", "term_months": 12}
        line["date_start"] = "2026-01-01"
        first = self.bound_deal(1, lines=[(10, 5.0, line)])
        self.win(first)
        upsell = self.amend(2, "upsell", first, "2026-04-01", 4)
        downgrade = self.amend(3, "downgrade", upsell, "2026-07-01", 6)
        renewal = self.amend(4, "renewal", downgrade, "2027-01-01", 6)
        agreement = first.agreement_ids
        self.assertEqual(len(agreement.version_ids), 4)

        def agreed(day):
            version = agreement._agreed_on(fields.Date.to_date(day))
            return sum(version.line_ids.mapped("quantity")), version.lead_id

        self.assertEqual(agreed("2025-12-31"), (0, self.env["crm.lead"]))
        self.assertEqual(agreed("2026-01-01"), (10, first))
        self.assertEqual(agreed("2026-05-01"), (14, upsell))
        self.assertEqual(agreed("2026-12-01"), (6, downgrade))
        self.assertEqual(agreed("2027-02-01"), (6, renewal))
        self.assertEqual(str(agreement.date_end), "2027-12-31")
        of_first = agreement.version_ids.filtered(lambda v: v.lead_id == first)
        self.assertEqual(str(of_first.valid_until), "2026-03-31")

    def test_a_cancellation_ends_the_contract_and_orders_nothing(self):
        line = {"recurring_period": "monthly", "date_start": "2026-01-01"}
        first = self.bound_deal(1, lines=[(10, 5.0, line)])
        self.win(first)
        lead = self.amend(2, "cancellation", first, "2026-06-01")
        agreement = first.agreement_ids
        self.assertFalse(self.orders(lead))
        self.assertEqual(agreement.state, "cancelled")
        self.assertEqual(str(agreement.date_end), "2026-05-31")
        self.assertEqual(self.orders(first).state, "sale")
        version = agreement._agreed_on(fields.Date.to_date("2026-06-01"))
        self.assertEqual((version.kind, version.amount), ("cancellation", 0))

    def test_a_cancellation_of_what_odoo_does_not_know_asks(self):
        lead = self.bound_deal(lines=(), deal_kind="cancellation")
        process = self.win(lead)
        self.assertEqual(process.state, "parked")
        self.assertTrue(self.exceptions(code="handoff_no_agreement"))
