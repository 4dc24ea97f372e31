from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tests.common import new_test_user

from .common_handoff import HandoffCase

RECURS = {"recurring_period": "monthly", "term_months": 12, "date_start": "2026-01-01"}


class AmendmentCase(HandoffCase):
    def sold(self, number=1, lines=((10, 5.0, RECURS),), **vals):
        """A deal whose order is confirmed."""
        lead = self.bound_deal(number, lines=lines, **vals)
        process = self.win(lead)
        self.assertEqual(process.state, "done", process.message)
        return lead

    def change(self, lead, amount=None, **line):
        if line:
            lead.deal_line_ids.write(line)
        if amount is not None:
            lead.expected_revenue = amount
        self.run_all()

    def changed(self):
        return self.exceptions(code="deal_changed")

    def fix(self, user=None, exception=None, **vals):
        """The dialog as an operator has filled it."""
        entered = {"amendment_date": "2026-07-01", "reason": "Agreed with Acme"}
        return (
            self.env["connector.fix"]
            .with_user(user or self.operator())
            .create(
                {
                    "exception_id": (exception or self.changed()).id,
                    "kind": "amend",
                    **entered,
                    **vals,
                }
            )
        )

    def operator(self):
        user = self.env["res.users"].search([("login", "=", "connector-operator-0")])
        return user or self.user_of("operator")

    def agreed(self, agreement, day):
        version = agreement._agreed_on(fields.Date.to_date(day))
        return version.amount, sum(version.line_ids.mapped("quantity"))


@tagged("post_install", "-at_install")
class TestDealChanged(AmendmentCase):
    def test_lines_that_leave_the_amount_alone_are_noticed(self):
        lead = self.sold()
        self.change(lead, quantity=5, price_unit=10)
        order = self.orders(lead)
        self.assertEqual(
            self.changed().item_ids.message,
            f"The lines of “Rollout” were changed after order {order.name} was made.",
        )
        self.assertEqual(order.order_line.product_uom_qty, 10)

    def test_what_was_changed_is_said_in_one_sentence(self):
        lead = self.sold()
        self.change(lead, amount=60)
        name = self.orders(lead).name
        item = self.changed().item_ids
        self.assertEqual(
            item.message,
            f"“Rollout” was changed from 50.00 USD to 60.00 USD after order {name} was"
            " made.",
        )
        self.change(lead, quantity=12)
        self.assertEqual(
            item.message,
            "“Rollout” was changed from 50.00 USD to 60.00 USD, and its lines were"
            f" changed, too, after order {name} was made.",
        )

    def test_lines_that_are_added_archived_deleted_or_moved_are_noticed(self):
        ways = {
            1: lambda lead: lead.deal_line_ids.copy({"lead_id": lead.id}),
            2: lambda lead: lead.deal_line_ids.write({"active": False}),
            3: lambda lead: lead.deal_line_ids.unlink(),
            4: lambda lead: lead.deal_line_ids.write({"lead_id": lead.copy().id}),
        }
        for number, way in ways.items():
            lead = self.sold(number)
            with self.subTest(number):
                way(lead)
                self.run_all()
                self.assertIn(lead.id, self.changed().item_ids.mapped("res_id"))

    def test_lines_that_are_deleted_with_their_deal_are_no_change_of_it(self):
        lead = self.sold()
        lead.deal_line_ids.unlink()
        lead.expected_revenue = 0
        lead.unlink()
        self.run_all()
        self.assertEqual(self.exceptions().code, "deal_reopened")

    def test_lines_that_come_anew_as_they_were_are_no_change(self):
        lead = self.sold()
        line = lead.deal_line_ids.copy({"lead_id": lead.id, "sequence": 3})
        (lead.deal_line_ids - line).unlink()
        lead.deal_line_ids.description = "By hand"
        self.run_all()
        self.assertFalse(self.changed())

    def test_a_deal_that_is_again_what_was_handed_over_closes_it(self):
        lead = self.sold()
        self.change(lead, amount=60, quantity=12)
        self.assertTrue(self.changed())
        self.change(lead, amount=50)
        self.assertTrue(self.changed())
        self.change(lead, quantity=10)
        self.assertFalse(self.exceptions())
        self.change(lead, quantity=11)
        self.assertTrue(self.changed())

    def test_what_is_ignored_comes_back_when_it_changes_again_only(self):
        lead = self.sold()
        self.change(lead, quantity=12)
        self.changed().action_ignore("Known")
        lead.deal_line_ids.sequence = 4
        self.change(lead, quantity=11.5)
        self.changed().action_ignore("Known, too")
        lead.deal_line_ids.copy({"lead_id": lead.id}).unlink()
        self.change(lead, quantity=11.5, sequence=7)
        self.assertFalse(self.changed())
        self.change(lead, quantity=13)
        self.assertTrue(self.changed())

    def test_a_deal_of_odoo_alone_is_told_of_once_by_an_activity(self):
        self.policy.copy({"connection_id": False})
        lead = self.bound_deal(lines=[(10, 5.0, RECURS)])
        self.env["connector.binding"].search([("res_id", "=", lead.id)]).unlink()
        process = self.win(lead)
        self.change(lead, quantity=12)
        lead.deal_line_ids.sequence = 4
        lead.deal_line_ids.description = "By hand"
        self.run_all()
        self.assertEqual(len(process.activity_ids), 1)
        self.change(lead, quantity=10)
        self.assertFalse(process.activity_ids)

    def test_lines_changed_before_the_order_is_confirmed_are_checked_anew(self):
        self.policy.confirm = "approval"
        lead = self.bound_deal(lines=[(10, 5.0, RECURS)])
        process = self.win(lead)
        self.change(lead, quantity=5, price_unit=10)
        self.assertFalse(self.changed())
        process.with_user(self.approver()).action_approve()
        self.run_all()
        self.assertTrue(self.exceptions(code="handoff_changed"))
        process.action_resume()
        self.run_all()
        self.assertTrue(process.needs_approval)

    def test_changing_many_costs_the_queries_of_a_few(self):
        def queries(numbers):
            leads = self.env["crm.lead"].union(*map(self.sold, numbers))
            self.env.invalidate_all()
            for quantity in (9, 10):
                leads.deal_line_ids.quantity = quantity
                self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.commit()
            return self.env.cr.sql_log_count - before

        few, many = queries(range(10, 12)), queries(range(20, 30))
        self.assertGreater(few, 0)
        self.assertLessEqual(many, few + 3)


@tagged("post_install", "-at_install")
class TestAmendment(AmendmentCase):
    def test_a_change_becomes_a_version_and_the_order_stays(self):
        lead = self.sold()
        order, agreement = self.orders(lead), lead.agreement_ids
        self.change(lead, amount=60, quantity=12)
        self.fix().action_apply()
        self.run_all()
        self.assertFalse(self.exceptions())
        self.assertEqual(self.agreed(agreement, "2026-06-30"), (50, 10))
        self.assertEqual(self.agreed(agreement, "2026-07-01"), (60, 12))
        version = agreement._agreed_on(fields.Date.to_date("2026-07-01"))
        self.assertEqual(version.kind, "upsell")
        self.assertEqual(version.reason, "Agreed with Acme")
        self.assertEqual(version.decided_by_id, self.operator())
        self.assertEqual((version.lead_id, version.sale_order_id), (lead, order))
        self.assertEqual((order.state, order.amount_untaxed), ("sale", 50))
        self.assertIn(order.name, order.activity_ids.summary)
        self.assertEqual(order.activity_ids.user_id, order.user_id or self.env.user)

    def test_it_does_not_come_back_for_the_same_state(self):
        lead = self.sold()
        self.change(lead, amount=60, quantity=12)
        self.fix().action_apply()
        self.change(lead, name="Other", quantity=12)
        self.change(lead, name="Licence", amount=60)
        self.assertFalse(self.changed())
        self.change(lead, amount=40, quantity=8)
        self.fix(amendment_date="2026-09-01").action_apply()
        agreement = lead.agreement_ids
        self.assertEqual(
            agreement.version_ids.sorted("effective_date").mapped("kind"),
            ["new", "upsell", "downgrade"],
        )
        self.assertEqual(self.agreed(agreement, "2026-08-31"), (60, 12))
        self.assertEqual(self.agreed(agreement, "2026-09-01"), (40, 8))

    def test_without_a_contract_one_begins_with_what_the_order_is(self):
        lead = self.sold(lines=[(1, 100.0)])
        order = self.orders(lead)
        self.assertFalse(lead.agreement_ids)
        self.change(lead, amount=90, price_unit=90)
        self.fix(amendment_date=fields.Date.today()).action_apply()
        agreement = lead.agreement_ids
        self.assertEqual(agreement.sale_order_id, order)
        first, second = agreement.version_ids.sorted("id")
        self.assertEqual((first.kind, first.amount), ("new", 100))
        self.assertEqual(first.line_ids.price_unit, 100)
        self.assertFalse(first.decided_by_id)
        self.assertEqual((second.kind, second.amount), ("downgrade", 90))

    def test_a_contract_that_an_amendment_began_is_undone_with_the_handoff(self):
        lead = self.sold(lines=[(1, 100.0)])
        self.change(lead, amount=90, price_unit=90)
        self.fix(amendment_date=fields.Date.today()).action_apply()
        self.orders(lead).with_context(disable_cancel_warning=True)._action_cancel()
        self.process(lead).decide("undo", "Mistake")
        self.run_all()
        self.assertEqual(lead.agreement_ids.state, "cancelled")

    def test_a_renewal_may_begin_when_the_lines_have_ended(self):
        lead = self.sold(lines=[(10, 5.0, {**RECURS, "date_end": "2026-12-31"})])
        self.change(lead, date_start="2027-01-01", date_end="2027-12-31")
        self.fix(amendment_date="2027-01-01", amendment_kind="renewal").action_apply()
        agreement = lead.agreement_ids
        self.assertEqual(str(agreement.date_end), "2027-12-31")
        version = agreement._agreed_on(fields.Date.to_date("2027-01-01"))
        self.assertEqual((version.kind, version.amount), ("renewal", 50))
        self.assertEqual(str(version.line_ids.date_end), "2027-12-31")

    def test_what_other_deals_have_added_to_the_contract_goes_on(self):
        first = self.sold()
        later = {**RECURS, "date_start": "2026-04-01"}
        added = {"deal_kind": "upsell", "previous_deal_id": first.id}
        upsell = self.sold(2, lines=[(4, 5.0, later)], **added)
        agreement = first.agreement_ids
        self.change(upsell, amount=30, quantity=6)
        self.change(first, amount=40, quantity=8)
        self.fix().action_apply()
        self.assertEqual(self.agreed(agreement, "2026-06-30"), (70, 14))
        self.assertEqual(self.agreed(agreement, "2026-07-01"), (70, 14))
        self.assertEqual(len(agreement.version_ids), 4)

    def test_a_deal_that_another_has_replaced_is_not_amended(self):
        first = self.sold()
        later = {**RECURS, "date_start": "2026-04-01"}
        added = {"deal_kind": "downgrade", "previous_deal_id": first.id}
        self.sold(2, lines=[(4, 5.0, later)], **added)
        self.change(first, amount=40, quantity=8)
        with self.assertRaisesRegex(UserError, "replaced"):
            self.fix().action_apply()
        self.fix(amendment_date="2026-02-01").action_apply()
        self.assertEqual(self.agreed(first.agreement_ids, "2026-02-01"), (40, 8))
        self.assertEqual(self.agreed(first.agreement_ids, "2026-04-01"), (20, 4))

    def test_lines_of_the_same_worth_are_a_change(self):
        lead = self.sold()
        self.change(lead, quantity=5, price_unit=10)
        self.fix().action_apply()
        version = lead.agreement_ids.version_ids.sorted("effective_date")[-1]
        self.assertEqual((version.kind, version.amount), ("change", 50))

    def test_an_amount_of_all_the_term_leaves_what_the_lines_come_to(self):
        self.policy.tolerance_amount = 1000
        lead = self.sold(expected_revenue=600)
        self.change(lead, amount=720, quantity=12)
        self.fix().action_apply()
        self.assertEqual(self.agreed(lead.agreement_ids, "2026-07-01"), (60, 12))

    def test_a_deal_without_lines_is_amended_by_its_amount(self):
        self.policy.fallback_product_id = self.product
        lead = self.sold(lines=(), expected_revenue=100)
        self.change(lead, amount=300)
        self.fix(amendment_date=fields.Date.today()).action_apply()
        version = lead.agreement_ids.version_ids.sorted("id")[-1]
        self.assertEqual((version.kind, version.amount), ("upsell", 300))
        self.assertEqual(version.line_ids.product_id, self.product)

    def test_one_is_decided_and_the_others_stay_open(self):
        leads = [self.sold(number) for number in (1, 2)]
        for lead in leads:
            self.change(lead, amount=60, quantity=12)
        cause = self.changed()
        item = cause.item_ids.filtered(lambda i: i.res_id == leads[0].id)
        self.fix(scope="chosen", item_ids=[Command.set(item.ids)]).action_apply()
        self.assertEqual(cause.state, "open")
        self.assertEqual(cause.open_count, 1)
        self.assertEqual(len(leads[0].agreement_ids.version_ids), 2)
        self.assertEqual(len(leads[1].agreement_ids.version_ids), 1)
        self.fix().action_apply()
        self.assertEqual(cause.state, "resolved")
        self.assertEqual(len(leads[1].agreement_ids.version_ids), 2)

    def test_a_quotation_is_corrected_instead(self):
        self.policy.confirm = "never"
        lead = self.sold()
        self.assertEqual(self.orders(lead).state, "draft")
        self.change(lead, amount=60, quantity=12)
        with self.assertRaisesRegex(UserError, "quotation"):
            self.fix().action_apply()
        self.assertTrue(self.changed())

    def test_it_wants_a_reason_and_a_day_on_which_the_contract_holds(self):
        lead = self.sold()
        self.change(lead, quantity=12)
        with self.assertRaisesRegex(UserError, "Say what was agreed"):
            self.fix(reason=" ").action_apply()
        with self.assertRaisesRegex(UserError, "2026-01-01"):
            self.fix(amendment_date="2025-12-31").action_apply()

    def test_the_dialog_offers_it_first(self):
        lead = self.sold()
        self.change(lead, quantity=12)
        dialog = self.env["connector.fix"].with_user(self.operator())
        action = self.changed().with_user(self.operator()).action_fix()
        form = Form(dialog.with_context(**action["context"]))
        self.assertEqual(form.kind, "amend")
        with self.assertRaises(AssertionError):
            form.save()
        form.reason = "Agreed <b>with</b> Acme"
        form.amendment_kind = "renewal"
        form.save().action_apply()
        self.assertFalse(self.changed())
        note = self.orders(lead).activity_ids.note
        self.assertIn("&lt;b&gt;with", note)

    def test_the_preview_shows_before_and_after_and_writes_nothing(self):
        lead = self.sold()
        self.change(lead, amount=60, quantity=12)
        agreement = lead.agreement_ids
        fix = self.fix()
        fix.action_preview()
        self.assertEqual(fix.line_ids.record, "Rollout")
        self.assertIn("Upsell", fix.line_ids.outcome)
        self.assertIn("Amount: 50.00 USD → 60.00 USD", fix.line_ids.changes)
        self.assertIn("10 × 5.00", fix.line_ids.changes)
        self.assertIn("12 × 5.00", fix.line_ids.changes)
        self.assertEqual(len(agreement.version_ids), 1)
        self.assertTrue(self.changed())
        self.assertFalse(self.orders(lead).activity_ids)

    def test_who_may_not_settle_causes_may_not_amend(self):
        lead = self.sold()
        self.change(lead, quantity=12)
        seller = "sales_team.group_sale_manager,connector_base.group_viewer"
        users = [
            self.user_of("viewer"),
            new_test_user(self.env, login="boss", groups=seller),
        ]
        for user in users:
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.fix(user=user).action_apply()
        self.assertEqual(len(lead.agreement_ids.version_ids), 1)

    def test_a_finance_approver_who_settles_causes_may_amend(self):
        lead = self.sold()
        self.change(lead, quantity=12)
        groups = "connector_base.group_finance_approver,connector_base.group_operator"
        user = new_test_user(self.env, login="cfo", groups=groups)
        self.fix(user=user).action_apply()
        self.assertEqual(lead.agreement_ids.version_ids.decided_by_id, user)
