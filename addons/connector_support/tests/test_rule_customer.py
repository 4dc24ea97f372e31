from odoo.tests import tagged

from odoo.addons.connector_base.tests.common import new_test_user

from .common_rule import RuleCase


@tagged("post_install", "-at_install")
class TestRuleCustomer(RuleCase):
    """What happens to a customer is told to its open tickets, once for each change."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.acme = cls.env["res.partner"].create({"name": "Acme", "is_company": True})
        cls.company_id = cls.connection.company_id

    def rule(self, **vals):
        return super().rule(
            **{
                "action": "none",
                "user_id": False,
                "comment_open": "{customer}: {change}",
                **vals,
            }
        )

    def ticket_of_acme(self, number=1, **values):
        found = self.take(number, **values)
        found.sudo().commercial_partner_id = self.acme
        return found

    def happens(self):
        """What was noted is committed, and told."""
        self.env.cr.flush()
        self.run_jobs()
        self.env.invalidate_all()

    def entitlement(self, **vals):
        return self.env["connector.entitlement"].create(
            {
                "partner_id": self.acme.id,
                "company_id": self.company_id.id,
                "feature": "seats",
                "name": "Seats",
                "kind": "quantity",
                "quantity": 10,
                **vals,
            }
        )

    def said(self, found):
        return self.comments(found).mapped("body")

    # -- entitlements ---------------------------------------------------------

    def test_an_entitlement_that_changes_is_told(self):
        self.rule(trigger="entitlement_changed")
        found = self.ticket_of_acme()
        seats = self.entitlement()
        self.happens()
        self.assertEqual(self.said(found), ["Acme: Seats: 10"])
        seats.quantity = 20
        self.happens()
        seats.active = False
        self.happens()
        self.assertEqual(
            self.said(found)[1:], ["Acme: Seats: 20", "Acme: Seats: ended"]
        )

    def test_what_changes_together_is_one_comment(self):
        self.rule(trigger="entitlement_changed")
        found = self.ticket_of_acme()
        self.entitlement()
        self.entitlement(feature="sso", name="Single Sign-On", kind="switch")
        self.happens()
        self.assertEqual(self.said(found), ["Acme: Seats: 10\nSingle Sign-On: yes"])

    def test_a_change_back_is_a_change_too(self):
        self.rule(trigger="entitlement_changed")
        seats = self.entitlement()
        self.happens()
        found = self.ticket_of_acme()
        for quantity in (20, 10, 20):
            seats.quantity = quantity
            self.happens()
        self.assertEqual(len(self.said(found)), 3)

    def test_what_is_written_as_it_was_is_no_change(self):
        self.rule(trigger="entitlement_changed")
        seats = self.entitlement()
        self.happens()
        found = self.ticket_of_acme()
        seats.write({"quantity": 10, "name": "Seats"})
        self.happens()
        self.assertFalse(self.said(found))

    def test_what_a_first_load_brings_is_no_news(self):
        self.rule(trigger="entitlement_changed")
        found = self.ticket_of_acme()
        self.entitlement(date_from="2020-01-01")
        self.happens()
        self.assertFalse(self.said(found))

    def test_the_day_on_which_it_ends_is_told(self):
        self.rule(trigger="entitlement_changed")
        seats = self.entitlement(date_from="2020-01-01")
        found = self.ticket_of_acme()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE connector_entitlement SET date_until = '2020-12-31' WHERE id = %s",
            (seats.id,),
        )
        seats.invalidate_recordset()
        self.env["connector.entitlement"]._cron_states()
        self.happens()
        self.assertEqual(self.said(found), ["Acme: Seats: ended"])

    # -- which tickets --------------------------------------------------------

    def test_open_tickets_of_the_customer_that_the_rule_means_are_told(self):
        self.rule(trigger="entitlement_changed", tags_any="licence")
        meant = self.ticket_of_acme(1, tags=["licence"])
        self.ticket_of_acme(2)
        self.ticket_of_acme(3, tags=["licence"], status="solved")
        self.take(4, tags=["licence"])
        self.entitlement()
        self.happens()
        self.assertEqual(self.comments().ticket_id, meant)

    def test_two_rules_tell_a_ticket_once(self):
        self.rule(trigger="entitlement_changed")
        self.rule(trigger="entitlement_changed", name="Again")
        found = self.ticket_of_acme()
        self.entitlement()
        self.happens()
        self.assertEqual(len(self.said(found)), 1)

    def test_a_job_that_runs_again_tells_nothing_twice(self):
        self.rule(trigger="entitlement_changed")
        found = self.ticket_of_acme()
        self.entitlement()
        self.happens()
        job = self.env["connector.job"].search([("method_name", "=", "_job_tell")])
        self.env["connector.support.rule"]._job_tell(job, **job.kwargs)
        self.assertEqual(len(self.said(found)), 1)

    def test_without_a_rule_nothing_is_enqueued(self):
        self.ticket_of_acme()
        self.entitlement()
        self.happens()
        jobs = self.env["connector.job"].search([("method_name", "=", "_job_tell")])
        self.assertFalse(jobs)

    # -- suspension and renewal -----------------------------------------------

    def test_a_suspension_and_its_end_are_told_and_nothing_of_entitlements(self):
        for trigger in ("suspended", "lifted", "entitlement_changed"):
            self.rule(trigger=trigger)
        self.entitlement()
        self.happens()
        found = self.ticket_of_acme()
        suspension = self.env["connector.suspension"].create(
            {
                "partner_id": self.acme.id,
                "company_id": self.company_id.id,
                "reason": "Nothing was paid since May.",
                "grace_days": 0,
            }
        )
        suspension.action_submit()
        approver = new_test_user(
            self.env,
            "suspension-approver",
            groups="connector_base.group_operator,connector_base.group_finance_approver"
            ",account.group_account_invoice,sales_team.group_sale_manager",
        )
        suspension.with_user(approver).action_approve()
        self.happens()
        suspension.action_lift()
        self.happens()
        self.assertEqual(
            self.said(found),
            [
                "Acme: Suspended: Nothing was paid since May.",
                "Acme: The suspension is lifted.",
            ],
        )

    def test_a_new_renewal_date_is_told(self):
        self.rule(trigger="renewed")
        found = self.ticket_of_acme()
        standing = self.env["connector.customer.standing"].create(
            {"partner_id": self.acme.id, "company_id": self.company_id.id}
        )
        standing.renewal_date = "2030-05-01"
        self.happens()
        [said] = self.said(found)
        self.assertIn("2030", said)
        standing.renewal_date = "2030-05-01"
        self.happens()
        self.assertEqual(len(self.said(found)), 1)
