from odoo.tests import tagged

from odoo.addons.connector_standing.tests.common_books import BooksMixin

from .common_rule import RuleCase


@tagged("post_install", "-at_install")
class TestRuleMoney(BooksMixin, RuleCase):
    """Requests for credit and returns stand where finance and sales work."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_books()

    def open(self, partner=None, order=None, **vals):
        """A ticket of a customer, maybe about an order, sets a rule off."""
        rule = self.rule(**vals)
        rule.since = "2100-01-01"
        found = self.take()
        found.sudo().write(
            {
                "partner_id": partner and partner.id,
                "commercial_partner_id": partner and partner.id,
                "sale_order_id": order and order.id,
            }
        )
        rule._job_open(self.env["connector.job"], found.ids)
        return found

    def record(self):
        work = self.works()
        return self.env[work.res_model].browse(work.res_id)

    def credit(self, invoice):
        wizards = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        wizard = wizards.create({"journal_id": invoice.journal_id.id})
        credit = self.env["account.move"].browse(wizard.refund_moves()["res_id"])
        credit.action_post()
        return credit

    def test_a_credit_request_stands_on_the_customers_last_invoice(self):
        acme = self.customer()
        self.invoice(acme, 50)
        last = self.invoice(acme, 80)
        self.invoice(acme, 90, post=False)
        self.invoice(self.customer("Other"), 70)
        self.open(acme, action="credit")
        self.assertEqual(self.record(), last)
        self.assertEqual(last.activity_ids, self.works().activity_id)

    def test_without_an_invoice_it_stands_on_the_customer(self):
        acme = self.customer()
        self.open(acme, action="credit")
        self.assertEqual(self.record(), acme)

    def test_without_a_customer_it_stands_on_the_ticket(self):
        found = self.open(action="credit")
        self.assertEqual(self.record(), found)

    def test_a_posted_credit_note_is_the_outcome(self):
        invoice = self.invoice(self.customer(), 80)
        found = self.open(
            invoice.partner_id,
            action="credit",
            comment_done="{outcome}",
            status_done="solved",
        )
        credit = self.credit(invoice)
        work = self.works()
        self.assertEqual(work.state, "done")
        self.assertFalse(invoice.activity_ids, "nothing is left to do")
        self.assertIn(credit.name, found.comment_ids.body)
        self.assertEqual(found.comment_ids.status, "solved")

    def test_what_finance_says_is_an_outcome_too(self):
        invoice = self.invoice(self.customer(), 80)
        found = self.open(invoice.partner_id, action="credit", comment_done="{outcome}")
        self.works().activity_id.action_feedback(feedback="No credit: used up.")
        self.credit(invoice)
        self.assertEqual(found.comment_ids.body, "No credit: used up.")

    def test_a_return_request_stands_on_the_order(self):
        acme = self.customer()
        order = self.order(acme)
        found = self.open(acme, order, action="return", comment_done="{outcome}")
        self.assertEqual(self.record(), order)
        self.assertIn(f"/odoo/sale.order/{order.id}", self.works()._link())
        order.activity_ids.action_feedback(feedback="Came back today.")
        self.assertEqual(found.comment_ids.body, "Came back today.")

    def test_without_an_order_a_return_stands_on_the_ticket(self):
        found = self.open(self.customer(), action="return")
        self.assertEqual(self.record(), found)

    def test_work_for_many_tickets_costs_what_it_costs_for_one(self):
        rule = self.rule(action="credit", comment_open="Begun.", since="2100-01-01")
        for number in range(1, 14):
            self.take(number)
        tickets = self.env["connector.ticket"].search([], order="id")
        acme = self.customer()
        self.invoice(acme)
        tickets.sudo().commercial_partner_id = acme
        works = self.env["connector.support.work"]
        self.env.flush_all()

        def invoices_of(found):
            opened = works.create(
                [
                    {"ticket_id": t.id, "rule_id": rule.id, "company_id": 1}
                    for t in found
                ]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            opened._invoices()
            return self.env.cr.sql_log_count - before

        self.assertEqual(invoices_of(tickets[:1]), invoices_of(tickets[1:]))
