from odoo import Command

from .common import BillingCase


class TestReconcile(BillingCase):
    """A part of one line goes to a part of another, by the amount that is wanted."""

    def item(self, amount, currency="EUR", date="2026-03-01"):
        """A posted line on the receivable account; negative is a credit."""
        currency = self.env["res.currency"].search([("name", "=", currency)])
        balance = currency._convert(
            amount, self.company.currency_id, self.company, date
        )
        other = {"account_id": self.books["income"].id, "currency_id": currency.id}
        move = self.env["account.move"].create(
            {
                "journal_id": self.books["general"].id,
                "date": date,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": self.books["receivable"].id,
                            "partner_id": self.customer().id,
                            "currency_id": currency.id,
                            "amount_currency": amount,
                            "balance": balance,
                        }
                    ),
                    Command.create(
                        {**other, "amount_currency": -amount, "balance": -balance}
                    ),
                ],
            }
        )
        move.action_post()
        return move.line_ids.filtered(
            lambda line: line.account_id == self.books["receivable"]
        )

    def rate(self, rate, date, currency="USD"):
        self.env["res.currency.rate"].create(
            {
                "currency_id": self.env.ref(f"base.{currency}").id,
                "company_id": self.company.id,
                "name": date,
                "rate": rate,
            }
        )

    def apply(self, *pairs):
        return self.env["connector.reconcile"]._apply(pairs)

    def test_no_more_is_taken_than_is_wanted(self):
        debit, credit = self.item(100), self.item(-80)
        self.assertEqual(self.apply((debit, credit, 30.10)), [30.10])
        self.assertEqual(debit.amount_residual, 69.90)
        self.assertEqual(credit.amount_residual, -49.90)
        self.assertFalse(debit.reconciled or credit.reconciled)

    def test_one_payment_goes_to_several_invoices_in_one_call(self):
        first, second, credit = self.item(100), self.item(50), self.item(-120)
        applied = self.apply((first, credit, 80), (second, credit, 40))
        self.assertEqual(applied, [80, 40])
        self.assertEqual(
            (first + second).mapped("amount_residual_currency"), [20.0, 10.0]
        )
        self.assertTrue(credit.reconciled)

    def test_no_more_is_taken_than_there_is(self):
        debit, credit = self.item(100), self.item(-30)
        self.assertEqual(self.apply((debit, credit, 50)), [30])
        self.assertEqual(self.apply((debit, credit, 50)), [0])
        self.assertEqual(debit.amount_residual, 70)

    def test_the_exchange_difference_is_that_of_the_part(self):
        # 100 USD are 80 EUR in March and 90.91 EUR in April.
        self.rate(1.1, "2026-04-01")
        debit = self.item(100, "USD")
        credit = self.item(-100, "USD", "2026-04-15")
        self.apply((debit, credit, 33))
        self.assertEqual(debit.amount_residual_currency, 67)
        self.assertEqual(credit.amount_residual_currency, -67)
        self.assertAlmostEqual(debit.amount_residual, 53.60, 2)
        self.assertAlmostEqual(credit.amount_residual, -60.91, 2)
        self.assertEqual(self.balance("gain", "loss"), {"gain": -3.6})
        self.apply((debit, credit, 67))
        self.assertTrue(debit.reconciled and credit.reconciled)
        self.assertEqual(self.balance("gain", "loss"), {"gain": -10.91})

    def test_what_is_too_much_is_undone_and_what_lacks_is_added(self):
        first, second, credit = self.item(100), self.item(50), self.item(-120)
        agree = self.env["connector.reconcile"]._agree
        agree(credit, [(first, credit, 100), (second, credit, 20)])
        self.assertTrue(first.reconciled and credit.reconciled)
        kept = second.matched_credit_ids
        agree(credit, [(first, credit, 70), (second, credit, 20)])
        self.assertEqual(first.amount_residual, 30)
        self.assertEqual(credit.amount_residual, -30)
        self.assertEqual(second.matched_credit_ids, kept)

    def test_what_a_person_has_matched_stays(self):
        first, credit, by_hand = self.item(100), self.item(-60), self.item(-40)
        (first + by_hand).reconcile()
        self.env["connector.reconcile"]._agree(
            first, [(first, credit, 60)], among=credit
        )
        self.assertTrue(by_hand.reconciled and credit.reconciled)
