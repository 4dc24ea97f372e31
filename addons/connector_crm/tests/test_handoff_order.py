from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tests.common import new_test_user

from .common_handoff import HandoffCase


@tagged("post_install", "-at_install")
class TestHandoffOrder(HandoffCase):
    # -- check ----------------------------------------------------------------

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
        field = self.env["ir.model.fields"]._get("crm.lead", "referred")
        policy = self.policy.with_user(self.approver())
        policy.write({"confirm": "never", "required_field_ids": field.ids})
        self.assertIn(field.field_description, policy.required_field_ids.display_name)
