import datetime

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tests.common import new_test_user

from odoo.addons.connector_base.tests.common_vendor import remote

from .common import DealCase
from .common_books import BooksMixin


class HandoffCase(BooksMixin, DealCase):
    """Deals of a connection are handed over and confirmed, whatever they come to."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_books()
        cls.product = cls.env["product.product"].create(
            {
                "name": "Licence",
                "type": "service",
                "invoice_policy": "order",
                "list_price": 100,
                "taxes_id": [Command.clear()],
                "property_account_income_id": cls.books["income"].id,
            }
        )
        cls.policy = cls.env["connector.handoff.policy"].create(
            {
                "name": "Deals",
                "connection_id": cls.connection.id,
                "confirm": "always",
                "require_taxes": False,
                "since": "2020-01-01",
            }
        )
        cls.acme = cls.env["res.partner"].create(
            {
                "name": "Acme",
                "is_company": True,
                "property_account_receivable_id": cls.books["receivable"].id,
            }
        )

    def commit(self):
        self.env.cr.flush()

    def run_all(self):
        self.commit()
        self.run_jobs()
        self.env.invalidate_all()

    def bound_deal(self, remote_id=1, lines=((1, 100.0),), **vals):
        """An open deal of the connection, with lines of the product."""
        lead = self.env["crm.lead"].create(
            {
                "name": "Rollout",
                "type": "opportunity",
                "stage_id": self.first.id,
                "partner_id": self.acme.id,
                "expected_revenue": sum(q * p for q, p, *_rest in lines),
                "deal_line_ids": [
                    Command.create(
                        {
                            "product_id": self.product.id,
                            "quantity": quantity,
                            "price_unit": price,
                            **(rest[0] if rest else {}),
                        }
                    )
                    for quantity, price, *rest in lines
                ],
                **vals,
            }
        )
        flow = self.flow("deals")
        self.env["connector.binding"].create(
            {
                "connection_id": self.connection.id,
                "flow_id": flow.id,
                "entity": "opportunity",
                "remote_id": str(remote_id),
                "res_model": "crm.lead",
                "res_id": lead.id,
            }
        )
        self.commit()
        return lead

    def win(self, lead):
        lead.stage_id = self.won
        self.run_all()
        return self.process(lead)

    def process(self, lead):
        return self.env["connector.process"].search(
            [("res_model", "=", "crm.lead"), ("res_id", "=", lead.id)], limit=1
        )

    def orders(self, lead):
        return self.env["sale.order"].search([("opportunity_id", "=", lead.id)])

    def states(self, process):
        return {step.name: step.state for step in process.step_ids}

    def approver(self, login="cfo"):
        groups = "connector_base.group_finance_approver"
        return new_test_user(self.env, login=login, groups=groups)


@tagged("post_install", "-at_install")
class TestHandoff(HandoffCase):
    # -- begin ----------------------------------------------------------------

    def test_a_won_deal_becomes_an_order(self):
        lead = self.bound_deal(lines=[(2, 100.0), (1, 50.0, {"discount": 10})])
        process = self.win(lead)
        self.assertEqual(process.state, "done", process.message)
        order = self.orders(lead)
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.partner_id, self.acme)
        self.assertEqual(order.amount_untaxed, 245)
        self.assertEqual(
            order.order_line.mapped(lambda li: (li.product_uom_qty, li.discount)),
            [(2, 0), (1, 10)],
        )
        self.assertEqual(lead.deal_order_number, order.name)
        self.assertEqual(lead.deal_order_status, "confirmed")

    def test_a_deal_won_by_the_vendor_is_handed_over_in_the_same_transaction(self):
        self.policy.fallback_product_id = self.product
        self.pull("companies", remote(9, name="Beta"))
        lead = self.deal(company="9", amount="500")
        self.assertFalse(self.process(lead))
        lead = self.deal(company="9", amount="500", stage="won", at="2026-03-01")
        self.run_all()
        process = self.process(lead)
        self.assertEqual(process.flow_id, self.flow("deals"))
        self.assertEqual(process.state, "done", process.message)
        self.assertEqual(self.orders(lead).amount_untaxed, 500)

    def test_deals_won_long_ago_are_left_alone_by_a_first_load(self):
        self.policy.since = "2026-01-01"
        lead = self.deal(stage="won", close_date="2024-05-01")
        self.run_all()
        self.assertFalse(self.process(lead))
        lead.name = "Renamed"
        lead.expected_revenue = 7
        self.run_all()
        self.assertFalse(self.process(lead))

    def test_without_a_policy_nothing_happens(self):
        self.policy.active = False
        lead = self.bound_deal()
        self.win(lead)
        self.assertFalse(self.process(lead))

    def test_a_deal_of_odoo_alone_needs_a_policy_of_its_own(self):
        vals = {"stage_id": self.won.id, "partner_id": self.acme.id}
        vals |= {"name": "Local", "type": "opportunity", "expected_revenue": 10}
        lead = self.env["crm.lead"].create(vals)
        self.run_all()
        self.assertFalse(self.process(lead))
        self.policy.copy(
            {"connection_id": False, "fallback_product_id": self.product.id}
        )
        lead = self.env["crm.lead"].create(vals)
        self.run_all()
        self.assertEqual(self.process(lead).state, "done")

    def test_a_deal_is_handed_over_once(self):
        lead = self.bound_deal()
        self.win(lead)
        lead.stage_id = self.second
        self.run_all()
        self.win(lead)
        self.assertEqual(len(self.orders(lead)), 1)
        self.assertEqual(
            self.env["connector.process"].search_count([("res_id", "=", lead.id)]), 1
        )

    def test_a_burst_becomes_as_many_orders(self):
        leads = self.env["crm.lead"].union(
            *(self.bound_deal(number) for number in range(30))
        )
        leads.write({"stage_id": self.won.id})
        self.commit()
        leads.write({"priority": "2"})
        self.run_all()
        processes = self.env["connector.process"].search([("res_id", "in", leads.ids)])
        self.assertEqual(len(processes), 30)
        self.assertEqual(set(processes.mapped("state")), {"done"})
        orders = self.env["sale.order"].search([("opportunity_id", "in", leads.ids)])
        self.assertEqual(len(orders), 30)
        self.assertEqual(set(orders.mapped("state")), {"sale"})

    def test_winning_many_costs_the_queries_of_a_few(self):
        def queries(numbers):
            leads = self.env["crm.lead"].union(*map(self.bound_deal, numbers))
            self.commit()
            leads._note_handoff("turned")
            self.env.cr.execute(
                "UPDATE crm_lead SET won_status = 'won' WHERE id = ANY(%s)", [leads.ids]
            )
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["crm.lead"]._hand_over_noted()
            return self.env.cr.sql_log_count - before

        queries(range(100, 102))
        few, many = queries(range(200, 202)), queries(range(300, 330))
        self.assertLessEqual(many, few + 3)

    def test_a_worker_that_dies_between_steps_leaves_one_order(self):
        lead = self.bound_deal()
        lead.stage_id = self.won
        self.commit()
        for _step in range(4):
            with self.worker() as env:
                jobs = env["connector.job"].with_context(connector_worker="one")
                for row in jobs._claim("finance", 1, "one"):
                    jobs._begin(row, "one")
                    jobs._perform(row)
        with self.worker() as env:
            jobs = env["connector.job"].with_context(connector_worker="two")
            for row in jobs._claim("finance", 1, "two"):
                jobs._begin(row, "two")
        self.time_passes(hours=1)
        self.run_all()
        self.assertEqual(self.process(lead).state, "done")
        self.assertEqual(len(self.orders(lead)), 1)

    # -- check ----------------------------------------------------------------

    def held(self, lead, code):
        process = self.win(lead)
        self.assertEqual(process.state, "parked", process.message)
        self.assertTrue(self.exceptions(code=code), process.message)
        self.assertFalse(self.orders(lead))
        return process

    def resume(self, process):
        process.action_resume()
        self.run_all()
        self.assertEqual(process.state, "done", process.message)

    def test_a_required_field_stops_it_until_it_is_filled(self):
        field = self.env["ir.model.fields"]._get("crm.lead", "referred")
        self.policy.required_field_ids = field
        lead = self.bound_deal()
        process = self.held(lead, "handoff_missing")
        lead.referred = "Jo"
        self.resume(process)
        self.assertFalse(self.exceptions())

    def test_a_deal_without_lines_stops(self):
        lead = self.bound_deal(lines=())
        process = self.held(lead, "handoff_no_lines")
        self.policy.fallback_product_id = self.product
        lead.expected_revenue = 300
        self.resume(process)
        self.assertEqual(self.orders(lead).amount_untaxed, 300)

    def test_a_product_without_tax_stops(self):
        self.policy.require_taxes = True
        self.held(self.bound_deal(), "handoff_untaxed")

    def test_a_currency_without_rate_stops(self):
        currency = self.other_currency()
        lead = self.bound_deal(deal_currency_id=currency.id, deal_amount=100)
        self.held(lead, "handoff_currency")

    def test_a_deal_in_another_currency_becomes_an_order_in_it(self):
        currency = self.other_currency(rate=2)
        lead = self.bound_deal(
            deal_currency_id=currency.id,
            deal_amount=100,
            lines=[(1, 100.0, {"currency_id": currency.id})],
        )
        process = self.win(lead)
        self.assertEqual(process.state, "done", process.message)
        self.assertEqual(self.orders(lead).currency_id, currency)
        self.assertEqual(self.orders(lead).amount_untaxed, 100)

    def test_an_overdue_customer_needs_an_approval(self):
        self.invoice(self.acme, 100, due=-60)
        lead = self.bound_deal()
        process = self.win(lead)
        self.assertEqual(process.state, "waiting")
        self.assertTrue(process.needs_approval)
        self.assertFalse(self.orders(lead))
        process.with_user(self.approver()).action_approve()
        self.run_all()
        self.assertEqual(process.state, "done")

    def test_a_customer_over_the_credit_limit_needs_an_approval(self):
        self.env.company.account_use_credit_limit = True
        self.acme.credit_limit = 150
        self.invoice(self.acme, 100)
        process = self.win(self.bound_deal())
        self.assertTrue(process.needs_approval)

    def test_a_customer_that_odoo_lacks_is_made_or_asked_for(self):
        lead = self.bound_deal(partner_id=False, partner_name="Gamma Ltd")
        self.assertEqual(self.win(lead).state, "done")
        self.assertEqual(self.orders(lead).partner_id.name, "Gamma Ltd")
        self.policy.create_customer = False
        lead = self.bound_deal(2, partner_id=False, partner_name="Delta Ltd")
        process = self.held(lead, "handoff_no_customer")
        lead.partner_id = self.acme
        self.resume(process)

    def test_a_known_company_of_that_name_is_the_customer(self):
        lead = self.bound_deal(partner_id=False, partner_name="acme")
        self.win(lead)
        self.assertEqual(self.orders(lead).partner_id, self.acme)

    # -- order ----------------------------------------------------------------

    def test_addresses_terms_and_analytic_accounts_are_those_of_the_customer(self):
        term = self.env["account.payment.term"].create({"name": "14 days"})
        plan = self.env["account.analytic.plan"].create({"name": "Departments"})
        account = self.env["account.analytic.account"].create(
            {"name": "Sales", "plan_id": plan.id}
        )
        self.policy.write(
            {
                "payment_term_id": term.id,
                "analytic_distribution": {str(account.id): 100},
            }
        )
        billing, delivery = self.env["res.partner"].create(
            [
                {"name": "Billing", "type": "invoice", "parent_id": self.acme.id},
                {"name": "Dock", "type": "delivery", "parent_id": self.acme.id},
            ]
        )
        lead = self.bound_deal()
        self.win(lead)
        order = self.orders(lead)
        self.assertEqual(order.partner_invoice_id, billing)
        self.assertEqual(order.partner_shipping_id, delivery)
        self.assertEqual(order.payment_term_id, term)
        self.assertEqual(order.order_line.analytic_distribution, {str(account.id): 100})

    def test_taxes_follow_the_fiscal_position(self):
        country = self.env.company.account_fiscal_country_id
        taxes = self.env["account.tax"].create(
            [
                {
                    "name": name,
                    "amount": amount,
                    "type_tax_use": "sale",
                    "country_id": country.id,
                }
                for name, amount in (("Home", 20), ("Abroad", 0))
            ]
        )
        position = self.env["account.fiscal.position"].create({"name": "Abroad"})
        taxes[1].write(
            {
                "fiscal_position_ids": position.ids,
                "original_tax_ids": taxes[0].ids,
            }
        )
        self.product.taxes_id = taxes[0]
        self.acme.property_account_position_id = position
        lead = self.bound_deal()
        self.win(lead)
        self.assertEqual(self.orders(lead).order_line.tax_ids, taxes[1])

    def test_the_deals_own_quotation_becomes_the_order(self):
        lead = self.bound_deal()
        quote = self.order(self.acme, confirm=False)
        quote.opportunity_id = lead
        self.win(lead)
        self.assertEqual(self.orders(lead), quote)
        self.assertEqual(quote.state, "sale")

    def test_of_several_quotations_a_person_chooses(self):
        lead = self.bound_deal()
        quotes = self.order(self.acme, False) | self.order(self.acme, False)
        quotes.opportunity_id = lead
        process = self.win(lead)
        self.assertTrue(self.exceptions(code="handoff_several_quotes"))
        quotes[0]._action_cancel()
        self.resume(process)
        self.assertEqual(quotes.mapped("state"), ["cancel", "sale"])

    def test_a_total_off_the_deals_amount_stops(self):
        lead = self.bound_deal(expected_revenue=120)
        process = self.win(lead)
        self.assertEqual(process.state, "parked")
        self.assertTrue(self.exceptions(code="handoff_total"))
        self.assertEqual(self.orders(lead).state, "draft")
        self.policy.tolerance_amount = 25
        self.resume(process)

    def test_a_failed_step_cancels_the_quotation_where_the_policy_says_so(self):
        self.policy.on_failure = "compensate"
        lead = self.bound_deal(expected_revenue=120)
        process = self.win(lead)
        self.assertEqual(process.state, "compensated")
        self.assertEqual(self.orders(lead).state, "cancel")
        self.assertTrue(self.exceptions(code="handoff_total"))
        lead.expected_revenue = 100
        self.commit()
        self.resume(process)
        self.assertEqual(sorted(self.orders(lead).mapped("state")), ["cancel", "sale"])

    def test_a_confirmed_order_is_not_undone_by_itself(self):
        lead = self.bound_deal()
        process = self.win(lead)
        process.decide("undo", "Wrong customer")
        self.run_all()
        self.assertEqual(process.state, "failed")
        self.assertEqual(self.orders(lead).state, "sale")
        self.assertTrue(self.exceptions(code="handoff_confirmed"))

    # -- confirm --------------------------------------------------------------

    def test_never_leaves_a_quotation(self):
        self.policy.confirm = "never"
        lead = self.bound_deal()
        self.assertEqual(self.win(lead).state, "done")
        self.assertEqual(self.orders(lead).state, "draft")

    def test_below_the_limit_it_is_confirmed_above_it_waits(self):
        self.policy.write({"confirm": "below", "confirm_limit": 150})
        small, large = self.bound_deal(1), self.bound_deal(2, lines=[(2, 100.0)])
        self.assertEqual(self.win(small).state, "done")
        self.assertTrue(self.win(large).needs_approval)
        with self.assertRaises(ValidationError):
            self.policy.confirm_limit = 0

    def test_who_won_the_deal_does_not_approve_its_order(self):
        self.policy.confirm = "approval"
        lead = self.bound_deal()
        seller = new_test_user(
            self.env,
            "seller",
            groups="sales_team.group_sale_manager,connector_base.group_finance_approver",
        )
        lead.with_user(seller).stage_id = self.won
        self.run_all()
        process = self.process(lead)
        self.assertEqual(process.requested_by_id, seller)
        with self.assertRaises(AccessError):
            process.with_user(seller).action_approve()
        with self.assertRaises(UserError):
            self.orders(lead).with_user(seller).action_confirm()
        process.with_user(self.approver()).action_approve()
        self.run_all()
        self.assertEqual(process.state, "done")
        self.assertEqual(self.orders(lead).state, "sale")

    def test_who_sells_does_not_change_the_policy(self):
        seller = new_test_user(self.env, "boss", groups="sales_team.group_sale_manager")
        with self.assertRaises(AccessError):
            self.policy.with_user(seller).confirm = "always"
        self.policy.with_user(self.approver()).confirm = "never"

    # -- reopened -------------------------------------------------------------

    def test_a_reopened_deal_raises_an_exception_and_keeps_its_order(self):
        lead = self.bound_deal()
        self.win(lead)
        lead.stage_id = self.second
        self.run_all()
        self.assertTrue(self.exceptions(code="deal_reopened"))
        self.assertEqual(self.orders(lead).state, "sale")
        lead.stage_id = self.won
        self.run_all()
        self.assertFalse(self.exceptions())

    def test_a_deal_lost_after_it_was_won_raises_an_exception(self):
        lead = self.bound_deal()
        self.win(lead)
        lead.action_set_lost()
        self.run_all()
        self.assertTrue(self.exceptions(code="deal_reopened"))
        self.assertEqual(self.orders(lead).state, "sale")

    def test_a_deal_reopened_on_its_way_stops(self):
        self.policy.confirm = "approval"
        lead = self.bound_deal()
        process = self.win(lead)
        lead.stage_id = self.second
        self.run_all()
        process.with_user(self.approver()).action_approve()
        self.run_all()
        self.assertEqual(process.state, "parked")
        self.assertEqual(self.orders(lead).state, "draft")

    def test_a_deal_changed_after_its_order_raises_an_exception(self):
        lead = self.bound_deal()
        self.win(lead)
        lead.expected_revenue = 900
        self.run_all()
        self.assertTrue(self.exceptions(code="deal_changed"))
        self.assertEqual(self.orders(lead).amount_untaxed, 100)

    def test_a_deleted_deal_raises_an_exception(self):
        lead = self.bound_deal()
        self.win(lead)
        orders = self.orders(lead)
        lead.unlink()
        self.commit()
        self.assertTrue(self.exceptions(code="deal_reopened"))
        self.assertEqual(orders.state, "sale")


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


@tagged("post_install", "-at_install")
class TestInvoicePlan(HandoffCase):
    def planned(self, *milestones, **deal):
        if milestones:
            self.policy.write(
                {
                    "milestone_ids": [
                        Command.create({"name": name, "percent": percent, "days": days})
                        for name, percent, days in milestones
                    ],
                    "invoice_plan": "milestones",
                }
            )
        else:
            self.policy.invoice_plan = "full"
        lead = self.bound_deal(**deal)
        process = self.win(lead)
        self.assertEqual(process.state, "done", process.message)
        return self.orders(lead).invoice_plan_ids

    def days_pass(self, plan, days):
        for line in plan.line_ids:
            line.date -= datetime.timedelta(days=days)
        self.invoice_due()

    def invoice_due(self):
        self.commit()
        with self.worker() as env:
            env["connector.invoice.plan"]._cron_invoice()
        self.env.invalidate_all()

    def test_the_whole_order_is_one_draft_invoice(self):
        plan = self.planned()
        self.invoice_due()
        invoice = plan.line_ids.invoice_id
        self.assertEqual((invoice.state, invoice.amount_untaxed), ("draft", 100))
        self.assertEqual(plan.state, "done")
        self.invoice_due()
        self.assertEqual(len(plan.order_id.invoice_ids), 1)

    def test_milestones_are_invoiced_when_they_are_due(self):
        plan = self.planned(("Signed", 30, 0), ("Half", 30, 30), ("End", 40, 60))
        self.assertEqual(plan.line_ids.mapped("amount"), [30, 30, 40])
        self.invoice_due()
        self.assertEqual(plan.line_ids.mapped("state"), ["invoiced"] + ["planned"] * 2)
        self.days_pass(plan, 30)
        self.days_pass(plan, 30)
        invoices = plan.line_ids.invoice_id
        self.assertEqual(len(invoices), 3)
        self.assertEqual(invoices.mapped("amount_total"), [30, 30, 40])
        self.assertEqual(sum(plan.order_id.invoice_ids.mapped("amount_total")), 100)
        self.assertEqual(plan.state, "done")

    def test_what_recurs_is_left_to_billing(self):
        recurring = {"recurring_period": "monthly", "term_months": 12}
        plan = self.planned(lines=[(1, 100.0), (1, 40.0, recurring)])
        self.assertEqual(plan.amount_total, 100)
        self.assertEqual(plan.amount_recurring, 40)
        self.invoice_due()
        self.assertEqual(plan.line_ids.invoice_id.amount_total, 100)

    def test_nothing_is_planned_where_all_of_it_recurs(self):
        recurring = {"recurring_period": "monthly", "term_months": 12}
        self.assertFalse(self.planned(lines=[(1, 40.0, recurring)]))

    def test_a_quotation_is_not_invoiced(self):
        self.policy.confirm = "never"
        plan = self.planned()
        self.invoice_due()
        self.assertFalse(plan.line_ids.invoice_id)

    def test_what_is_not_delivered_yet_waits(self):
        self.product.invoice_policy = "delivery"
        plan = self.planned()
        self.invoice_due()
        self.assertFalse(plan.line_ids.invoice_id)
        self.assertTrue(plan.line_ids.message)
        plan.order_id.order_line.qty_delivered = 1
        plan.line_ids.retry_at = False
        self.invoice_due()
        self.assertEqual(plan.line_ids.invoice_id.amount_total, 100)

    def test_parts_come_to_the_whole(self):
        plan = self.planned(("Signed", 30, 0), ("End", 70, 60))
        with self.assertRaises(ValidationError):
            plan.line_ids[0].percent = 50

    def test_a_milestone_is_invoiced_early_by_who_bills(self):
        plan = self.planned(("Signed", 30, 5), ("End", 70, 60))
        clerk = new_test_user(self.env, "clerk", groups="account.group_account_invoice")
        first, last = plan.line_ids.with_user(clerk)
        with self.assertRaises(UserError):
            last.action_invoice_now()
        first.action_invoice_now()
        self.assertEqual(first.invoice_id.amount_total, 30)
        seller = new_test_user(
            self.env, "seller", groups="sales_team.group_sale_manager"
        )
        with self.assertRaises(AccessError):
            plan.line_ids[1].with_user(seller).action_invoice_now()
