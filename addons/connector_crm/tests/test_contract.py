import datetime

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common_trade import CONTRACTS, TradeCase

date = datetime.date


@tagged("post_install", "-at_install")
class TestContract(TradeCase):
    """A contract, its term and its end."""

    streams = (*TradeCase.streams, CONTRACTS)

    def setUp(self):
        super().setUp()
        self.stage_line("s1").res_id = self.first.id
        self.acme = self.company()

    def contract(self, remote_id=1, at=None, **values):
        values = {"number": f"C-{remote_id}", "company": "1", **values}
        return self.brought("contracts", remote_id, at=at, **values)

    def test_a_contract_is_taken_with_its_customer(self):
        deal = self.deal()
        contract = self.contract(opportunity="1", status="active")
        self.assertEqual(contract.partner_id, self.acme)
        self.assertEqual(contract.opportunity_id, deal)
        self.assertEqual((contract.number, contract.state), ("C-1", "active"))
        self.assertEqual(contract.company_id, self.connection.company_id)
        self.assertEqual(deal.agreement_count, 1)
        self.assertEqual(self.acme.agreement_count, 1)

    def test_without_a_status_it_is_a_draft(self):
        self.assertEqual(self.contract(status=None).state, "draft")

    def test_the_end_follows_from_start_and_term(self):
        contract = self.contract(start_date="2026-03-01", term=12)
        self.assertEqual(contract.date_end, date(2027, 2, 28))
        self.contract(start_date="2026-03-01", term=24)
        self.assertEqual(contract.date_end, date(2028, 2, 29))

    def test_the_term_follows_from_start_and_end(self):
        contract = self.contract(start_date="2026-01-31", end_date="2027-01-30")
        self.assertEqual(contract.term_months, 12)
        contract = self.contract(2, start_date="2026-01-01", end_date="2026-01-15")
        self.assertEqual(contract.term_months, 0)

    def test_an_end_that_is_told_stays_where_the_term_changes(self):
        contract = self.contract(
            start_date="2026-01-01", end_date="2026-10-31", term=12
        )
        self.contract(start_date="2026-01-01", end_date="2026-10-31", term=24)
        self.assertEqual(contract.date_end, date(2026, 10, 31))
        self.assertEqual(contract.term_months, 24)

    def test_an_end_before_the_start_is_held(self):
        self.assertFalse(self.contract(start_date="2026-02-01", end_date="2026-01-01"))
        self.assertEqual(self.codes("contracts"), ["refused_by_odoo"])

    def test_a_contract_with_nobody_is_held(self):
        self.assertFalse(self.contract(company=None))
        self.assertEqual(self.codes("contracts"), ["required_missing"])

    def test_a_contract_of_the_same_number_is_the_one(self):
        mine = self.env["connector.agreement"].create(
            {"number": "C-1", "partner_id": self.acme.id}
        )
        self.assertEqual(self.contract(), mine)

    # -- in Odoo --------------------------------------------------------------

    def agreement(self, **vals):
        return self.env["connector.agreement"].create(
            {"number": "C-9", "partner_id": self.acme.id, **vals}
        )

    def test_whoever_enters_start_and_term_sees_the_end(self):
        agreement = self.agreement(date_start=date(2024, 2, 29), term_months=12)
        self.assertEqual(agreement.date_end, date(2025, 2, 27))
        with self.assertRaises(ValidationError):
            agreement.date_end = date(2024, 1, 1)

    def test_a_contract_expires_when_its_last_day_is_over(self):
        today = fields.Date.today()
        yesterday = today - datetime.timedelta(days=1)
        over, last_day, draft = (
            self.agreement(number=number, date_end=end, state=state)
            for number, end, state in (
                ("C-1", yesterday, "active"),
                ("C-2", today, "active"),
                ("C-3", yesterday, "draft"),
            )
        )
        self.env["connector.agreement"]._cron_expire()
        self.assertEqual(
            (over.state, last_day.state, draft.state), ("expired", "active", "draft")
        )

    def test_what_was_agreed_when_stays_known(self):
        agreement = self.agreement()
        currency = self.connection.company_id.currency_id
        today = fields.Date.today()
        for days, amount, kind in (
            (-400, 100, "new"),
            (-10, 150, "upsell"),
            (30, 90, "downgrade"),
        ):
            self.env["connector.agreement.version"].create(
                {
                    "agreement_id": agreement.id,
                    "effective_date": today + datetime.timedelta(days=days),
                    "kind": kind,
                    "currency_id": currency.id,
                    "amount": amount,
                }
            )
        self.assertEqual(agreement.version_count, 3)
        self.assertEqual(agreement.amount, 150)
        self.assertEqual(agreement.current_version_id.kind, "upsell")

    def test_contracts_of_people_count_for_their_company(self):
        person = self.env["res.partner"].create(
            {"name": "Ada", "parent_id": self.acme.id}
        )
        self.agreement(partner_id=person.id)
        self.agreement()
        self.assertEqual((self.acme | person).mapped("agreement_count"), [2, 1])
