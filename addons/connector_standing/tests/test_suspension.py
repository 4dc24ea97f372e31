import datetime

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tests.common import new_test_user

from .common_standing import StandingCase


@tagged("post_install", "-at_install")
class TestSuspension(StandingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.write(
            {
                "suspension_grace_days": 7,
                "suspension_approval_amount": 500,
                "suspension_lift_paid": True,
                "suspension_propose": False,
                "suspension_overdue_days": 30,
                "suspension_overdue_amount": 100,
            }
        )
        cls.seats = cls.entitle("seats", quantity=5)

    @classmethod
    def entitle(cls, feature="seats", partner=None, **vals):
        return cls.env["connector.entitlement"].create(
            {
                "partner_id": (partner or cls.acme).id,
                "feature": feature,
                "name": feature.title(),
                **vals,
            }
        )

    def user_of(self, group, name="One"):
        login = f"suspension-{group}-{name}".lower()
        user = self.env["res.users"].search([("login", "=", login)])
        return user or new_test_user(
            self.env, login, groups=f"connector_base.group_{group}", name=name
        )

    def proposal(self, user=None, partner=None, **vals):
        suspensions = self.env["connector.suspension"]
        return suspensions.with_user(user or self.user_of("operator")).create(
            {"partner_id": (partner or self.acme).id, "reason": "Unpaid", **vals}
        )

    def suspended(self, amount=200):
        """A customer who is overdue and suspended without a grace period."""
        invoice = self.invoice(self.acme, amount, due=-40)
        suspension = self.proposal(grace_days=0)
        if suspension.needs_approval:
            suspension.action_submit()
            suspension.with_user(self.approver()).action_approve()
        else:
            suspension.action_submit()
        self.assertEqual(suspension.state, "suspended")
        return suspension.sudo(), invoice

    def approver(self, name="Approver"):
        return self.user_of("finance_approver", name=name)

    def days_pass(self, days):
        for one in self.env["connector.suspension"].search([("state", "=", "grace")]):
            one.grace_until -= datetime.timedelta(days=days)
        self.take_course()

    def take_course(self):
        self.commit()
        with self.worker() as env:
            env["connector.suspension"]._cron_course()
        self.env.invalidate_all()

    # -- course ---------------------------------------------------------------

    def test_a_small_amount_goes_into_its_grace_period_without_approval(self):
        self.invoice(self.acme, 200, due=-40)
        suspension = self.proposal()
        self.assertEqual(suspension.overdue_amount, 200)
        suspension.action_submit()
        self.assertEqual(suspension.state, "grace")
        self.assertEqual(suspension.grace_until, self.day(7))
        self.assertEqual(self.seats.state, "active")

    def test_it_begins_when_the_grace_period_is_over_and_not_before(self):
        self.invoice(self.acme, 200, due=-40)
        suspension = self.proposal()
        suspension.action_submit()
        self.days_pass(7)
        self.assertEqual(suspension.state, "grace")
        self.days_pass(1)
        self.assertEqual(suspension.state, "suspended")
        self.assertEqual(self.seats.state, "suspended")

    def test_what_is_over_the_amount_waits_for_a_finance_approver(self):
        self.invoice(self.acme, 501, due=-40)
        approver = self.approver()
        self.env.company.suspension_approver_id = approver
        suspension = self.proposal()
        suspension.action_submit()
        self.assertEqual(suspension.state, "waiting")
        self.assertEqual(suspension.activity_ids.user_id, approver)
        self.days_pass(100)
        self.assertEqual(suspension.state, "waiting")
        suspension.with_user(approver).action_approve()
        self.assertEqual(suspension.state, "grace")
        self.assertEqual(suspension.approved_by_id, approver)
        self.assertFalse(suspension.activity_ids)

    def test_who_owes_nothing_is_never_suspended_without_approval(self):
        suspension = self.proposal(reason="Broke the contract")
        self.assertTrue(suspension.needs_approval)
        suspension.action_submit()
        self.assertEqual(suspension.state, "waiting")

    def test_the_amount_counts_that_is_overdue_when_it_is_submitted(self):
        self.invoice(self.acme, 200, due=-40)
        suspension = self.proposal()
        self.invoice(self.acme, 400, due=-2)
        suspension.action_submit()
        self.assertEqual(suspension.state, "waiting")
        self.assertEqual(suspension.overdue_amount, 600)

    def test_nobody_approves_what_he_proposed_or_submitted(self):
        approver, other = self.approver(), self.approver("Other")
        suspension = self.proposal(approver)
        suspension.with_user(other).action_submit()
        for user in (approver, other):
            with self.assertRaises(AccessError):
                suspension.with_user(user).action_approve()
            with self.assertRaises(AccessError):
                suspension.with_user(user).action_reject()
        suspension.with_user(self.approver("Third")).action_reject()
        self.assertEqual(suspension.state, "cancelled")

    def test_only_a_finance_approver_approves(self):
        suspension = self.proposal()
        suspension.action_submit()
        for group in ("operator", "administrator"):
            user = self.user_of(group, name=f"Not an approver, {group}")
            with self.assertRaises(AccessError):
                suspension.with_user(user).action_approve()

    def test_each_button_is_for_its_state_only(self):
        suspension, _invoice = self.suspended()
        for action in ("submit", "approve", "reject", "cancel"):
            with self.subTest(action), self.assertRaises(UserError):
                getattr(suspension, f"action_{action}")()

    def test_a_viewer_does_nothing(self):
        suspension, _invoice = self.suspended()
        viewer = self.user_of("viewer")
        self.assertEqual(suspension.with_user(viewer).state, "suspended")
        with self.assertRaises(AccessError):
            suspension.with_user(viewer).action_lift()
        with self.assertRaises(AccessError):
            self.proposal(viewer, partner=self.customer("Other"))

    def test_no_state_comes_in_past_the_buttons(self):
        operator = self.user_of("operator")
        with self.assertRaises(AccessError):
            self.proposal(operator, state="suspended")
        suspensions = self.env["connector.suspension"].with_user(operator)
        with self.assertRaises(AccessError):
            suspensions.with_context(default_state="suspended").create(
                {"partner_id": self.acme.id, "reason": "By what a context says"}
            )
        suspension = self.proposal(operator)
        with self.assertRaises(AccessError):
            suspension.write({"state": "suspended"})
        with self.assertRaises(AccessError):
            self.seats.with_user(operator).suspension_id = suspension

    def test_what_is_decided_is_not_edited_any_more(self):
        self.invoice(self.acme, 200, due=-40)
        suspension = self.proposal()
        suspension.grace_days = 3
        suspension.action_submit()
        with self.assertRaises(UserError):
            suspension.grace_days = 0

    # -- what the customer may use --------------------------------------------

    def test_what_is_lifted_is_as_it_was(self):
        later = self.entitle("later", date_from=self.day(5))
        over = self.entitle("over", date_until=self.day(-1))
        suspension, _invoice = self.suspended()
        self.assertEqual(
            [one.state for one in (self.seats, later, over)],
            ["suspended", "upcoming", "ended"],
        )
        suspension.action_lift()
        self.assertEqual(
            [one.state for one in (self.seats, later, over)],
            ["active", "upcoming", "ended"],
        )
        self.assertFalse((self.seats | later | over).suspension_id)
        self.assertEqual(self.seats.quantity, 5)

    def test_what_begins_meanwhile_is_suspended_too(self):
        self.suspended()
        person = self.customer("Jo", is_company=False, parent_id=self.acme.id)
        self.assertEqual(self.entitle("new", person).state, "suspended")
        self.assertEqual(self.entitle("new", self.customer("B")).state, "active")

    def test_what_ends_meanwhile_is_ended(self):
        suspension, _invoice = self.suspended()
        self.seats.date_until = self.day(-1)
        self.assertEqual(self.seats.state, "ended")
        suspension.action_lift()
        self.assertEqual(self.seats.state, "ended")

    def test_another_company_does_not_suspend(self):
        other = self.env["res.company"].create({"name": "Other"})
        theirs = self.entitle("theirs", company_id=other.id)
        self.suspended()
        self.assertEqual(theirs.state, "active")

    # -- paid up --------------------------------------------------------------

    def test_paid_up_is_lifted_by_itself_and_told_at_once(self):
        suspension, invoice = self.suspended()
        row = self.standing()
        self.assertTrue(row.is_suspended)
        self.payment(self.acme, 200, of=invoice)
        self.work_out()
        self.assertEqual(suspension.state, "lifted")
        self.assertEqual(self.seats.state, "active")
        self.assertFalse(row.is_suspended)

    def test_a_part_that_is_paid_lifts_nothing(self):
        suspension, invoice = self.suspended()
        self.payment(self.acme, 150, of=invoice)
        self.work_out()
        self.assertEqual(suspension.state, "suspended")

    def test_who_has_paid_in_the_grace_period_is_not_suspended(self):
        invoice = self.invoice(self.acme, 200, due=-40)
        suspension = self.proposal()
        suspension.action_submit()
        self.payment(self.acme, 200, of=invoice)
        # Even if nobody has worked out the standing yet.
        self.days_pass(8)
        self.assertEqual(suspension.state, "cancelled")
        self.assertEqual(self.seats.state, "active")

    def test_what_a_person_shall_lift_stays(self):
        invoice = self.invoice(self.acme, 200, due=-40)
        suspension = self.proposal(grace_days=0, lift_when_paid=False)
        suspension.action_submit()
        self.payment(self.acme, 200, of=invoice)
        self.work_out()
        self.assertEqual(suspension.state, "suspended")

    def test_a_suspension_is_told_at_once_whatever_the_company_says(self):
        self.env.company.standing_payment_at_once = False
        self.invoice(self.acme, 200, due=-40)
        row = self.standing()
        suspension = self.proposal(grace_days=0)
        suspension.action_submit()
        self.work_out()
        self.assertTrue(row.is_suspended)
        suspension.action_lift()
        self.work_out()
        self.assertFalse(row.is_suspended)

    # -- by rule --------------------------------------------------------------

    def proposed(self):
        self.work_out()
        self.take_course()
        return self.env["connector.suspension"].search([])

    def test_nothing_is_proposed_unless_the_company_wants_it(self):
        self.invoice(self.acme, 200, due=-40)
        self.assertFalse(self.proposed())

    def test_the_rule_proposes_who_is_overdue_for_long_and_with_enough(self):
        self.env.company.suspension_propose = True
        self.invoice(self.acme, 200, due=-40)
        self.invoice(self.customer("Short"), 200, due=-10)
        self.invoice(self.customer("Little"), 20, due=-40)
        suspension = self.proposed()
        self.assertEqual(suspension.partner_id, self.acme)
        self.assertEqual(suspension.source, "rule")
        self.assertEqual(suspension.state, "proposed")
        self.assertIn("40", suspension.reason)
        self.assertEqual(self.proposed(), suspension)

    def test_what_a_person_cancelled_is_not_proposed_again_soon(self):
        self.env.company.suspension_propose = True
        self.invoice(self.acme, 200, due=-40)
        suspension = self.proposed()
        suspension.action_cancel()
        self.assertEqual(self.proposed(), suspension)
        suspension.closed_at = fields.Datetime.subtract(suspension.closed_at, days=31)
        self.assertEqual(len(self.proposed()), 2)

    # -- customers that become one --------------------------------------------

    def test_customers_that_become_one_are_suspended_if_one_of_them_is(self):
        other = self.customer("Acme Two")
        more = self.entitle("more", other)
        suspension, _invoice = self.suspended()
        weaker = self.proposal(partner=other)
        merging = self.env["base.partner.merge.automatic.wizard"]
        merging._merge((self.acme | other).ids, other)
        self.assertEqual(suspension.state, "suspended")
        self.assertEqual(suspension.commercial_partner_id, other)
        self.assertEqual(weaker.state, "cancelled")
        self.assertEqual(more.state, "suspended")
        self.assertEqual(self.seats.state, "suspended")

    # -- cost -----------------------------------------------------------------

    def test_many_that_are_paid_cost_the_queries_of_few(self):
        def queries(count, name):
            partners = self.env["res.partner"].browse()
            for number in range(count):
                partner = self.customer(f"{name} {number}")
                self.entitle("seats", partner)
                partners |= partner
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            company = self.env.company
            self.env["connector.suspension"]._settle_paid(company, partners.ids)
            return self.env.cr.sql_log_count - before

        queries(2, "Warm")
        self.assertEqual(queries(20, "Many"), queries(2, "Few"))

    def test_the_button_shows_the_suspension_of_the_company(self):
        person = self.env["res.partner"].create(
            {"name": "Jo", "child_ids": [Command.clear()], "parent_id": self.acme.id}
        )
        self.assertFalse(person.suspension_state)
        self.suspended()
        person.invalidate_recordset(["suspension_state"])
        self.assertEqual(person.suspension_state, "suspended")
        action = person.action_open_suspensions()
        found = self.env["connector.suspension"].search(action["domain"])
        self.assertEqual(found.partner_id, self.acme)
