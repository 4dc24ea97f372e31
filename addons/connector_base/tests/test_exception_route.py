import datetime

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import ConnectorCase
from .common_vendor import remote


@tagged("post_install", "-at_install")
class TestExceptionRoute(ConnectorCase):
    """Who gets an exception, until when, and what happens when nobody decides."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls.user_of("operator", name="Lead")
        cls.clerk = cls.user_of("operator", name="Clerk", email="clerk@acme.example")
        cls.team = cls.env["connector.team"].create(
            {"name": "Receivable", "lead_id": cls.lead.id, "member_ids": cls.clerk.ids}
        )

    def rule(self, **vals):
        return self.env["connector.exception.rule"].create(vals)

    def held(self, number=1):
        self.pull("companies", remote(number, phone=str(number)))
        return self.exceptions()

    def make_late(self, exceptions):
        exceptions.sla_deadline = fields.Datetime.now() - datetime.timedelta(hours=1)

    # -- rules ----------------------------------------------------------------

    def test_the_first_rule_that_fits_decides(self):
        self.rule(sequence=1, error_class="conflict", user_id=self.lead.id)
        self.rule(sequence=2, error_class="validation", team_id=self.team.id)
        self.rule(sequence=3, user_id=self.lead.id)
        exception = self.held()
        self.assertEqual(exception.team_id, self.team)
        self.assertFalse(exception.user_id)

    def test_each_condition_of_a_rule_must_hold(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.clerk.company_ids |= other
        for condition in (
            {"domain": "billing"},
            {"company_id": other.id},
            {"flow_id": self.flow("contacts").id},
            {"connection_id": self.new_connection(name="Another").id},
        ):
            self.rule(user_id=self.clerk.id, **condition)
        self.assertNotEqual(self.held().user_id, self.clerk)
        exception = self.exceptions()
        exception.action_ignore("Once more")
        self.rule(
            user_id=self.clerk.id,
            domain="general",
            company_id=self.connection.company_id.id,
            flow_id=self.flow("companies").id,
            connection_id=self.connection.id,
        )
        self.assertEqual(self.held(2).user_id, self.clerk)

    def test_without_a_rule_it_goes_to_the_owner(self):
        self.flow("companies").owner_id = self.clerk
        self.assertEqual(self.held().user_id, self.clerk)

    def test_a_rule_says_how_long_there_is(self):
        self.rule(error_class="validation", sla_hours=2)
        exception = self.held()
        hours = (
            exception.sla_deadline - exception.first_seen_at
        ).total_seconds() / 3600
        self.assertAlmostEqual(hours, 2, delta=0.1)
        self.assertEqual(exception.sla_state, "on_time")
        exception.sla_deadline = fields.Datetime.now() + datetime.timedelta(minutes=5)
        exception.first_seen_at = fields.Datetime.now() - datetime.timedelta(hours=1)
        self.assertEqual(exception.sla_state, "soon")
        self.make_late(exception)
        self.assertEqual(exception.sla_state, "late")

    def test_a_rule_leads_somewhere_and_to_somebody_who_may_decide(self):
        with self.assertRaises(ValidationError):
            self.rule(error_class="validation")
        with self.assertRaises(ValidationError):
            self.rule(user_id=self.user_of("viewer", name="Looks only").id)

    # -- assign and snooze ----------------------------------------------------

    def triage(self, exceptions, **vals):
        wizard = self.env["connector.triage"].create(
            {"exception_ids": exceptions.ids, **vals}
        )
        wizard.action_apply()

    def test_many_are_assigned_at_once_and_nobody_gets_a_mail_for_it(self):
        self.change_map("companies", {"city": {"required": True}})
        self.pull("companies", remote(1, city="Bonn"), remote(2, name="Acme"))
        exceptions = self.exceptions()
        self.assertEqual(len(exceptions), 2)
        mails = self.env["mail.mail"].search_count([])
        self.triage(exceptions, kind="assign", user_id=self.clerk.id)
        self.assertEqual(exceptions.user_id, self.clerk)
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)

    def test_nobody_is_assigned_who_may_not_decide(self):
        exception = self.held()
        viewer = self.user_of("viewer", name="Looks only")
        with self.assertRaises(UserError):
            self.triage(exception, kind="assign", user_id=viewer.id)
        exception.company_id.sudo()
        other = self.env["res.company"].create({"name": "Other"})
        stranger = self.user_of(
            "operator",
            name="Stranger",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        with self.assertRaises(UserError):
            self.triage(exception, kind="assign", user_id=stranger.id)

    def test_what_snoozes_is_hidden_counts_on_and_comes_back(self):
        exception = self.held()
        exception.user_id = self.clerk
        self.triage(exception, kind="snooze", snooze_for="day")
        waiting = self.env["connector.exception"]._waiting_for(exception.user_id)
        self.assertTrue(exception.is_snoozed)
        self.assertNotIn(exception, exception.search(waiting))
        self.held(2)
        self.assertEqual(exception.open_count, 2)
        exception.snoozed_until = fields.Datetime.now() - datetime.timedelta(minutes=1)
        self.assertIn(exception, exception.search(waiting))

    def test_nobody_snoozes_into_the_past(self):
        exception = self.held()
        with self.assertRaises(UserError):
            self.triage(
                exception, kind="snooze", snooze_for="until", until="2020-01-01"
            )

    # -- late -----------------------------------------------------------------

    def escalate(self):
        with self.worker() as env:
            env["connector.exception"]._cron_escalate()
        self.env.invalidate_all()

    def test_what_is_late_goes_to_the_lead_once(self):
        self.rule(team_id=self.team.id)
        exception = self.held()
        self.escalate()
        self.assertFalse(exception.escalated_at)
        self.make_late(exception)
        self.escalate()
        self.escalate()
        self.assertEqual(exception.escalated_to_id, self.lead)
        self.assertEqual(exception.activity_ids.user_id, self.lead)
        self.assertEqual(len(exception.activity_ids), 1)

    def test_what_snoozes_is_not_escalated(self):
        self.rule(team_id=self.team.id)
        exception = self.held()
        self.make_late(exception)
        exception.snoozed_until = fields.Datetime.now() + datetime.timedelta(hours=1)
        self.escalate()
        self.assertFalse(exception.escalated_at)

    def test_many_that_are_late_are_one_activity(self):
        targets = ("city", "zip", "street", "phone", "domain", "description")
        self.change_map("companies", {name: {"required": True} for name in targets})
        self.connection.owner_id = self.lead
        self.pull("companies", remote(1, name="Acme"))
        exceptions = self.exceptions()
        self.assertEqual(len(exceptions), len(targets))
        self.make_late(exceptions)
        self.escalate()
        self.assertFalse(exceptions.activity_ids)
        self.assertEqual(len(self.connection.activity_ids), 1)
        self.assertIn("6", self.connection.activity_ids.note)

    def test_a_person_escalates_with_a_note(self):
        exception = self.held()
        self.triage(
            exception, kind="escalate", user_id=self.lead.id, reason="Month end!"
        )
        self.assertIn("Month end!", exception.activity_ids.note)
        self.assertEqual(exception.escalated_to_id, self.lead)

    # -- the mail of the day --------------------------------------------------

    def mails(self):
        self.env["mail.mail"].search([]).unlink()
        with self.worker() as env:
            env["connector.exception"]._cron_digest()
        self.env.invalidate_all()
        return self.env["mail.mail"].search([])

    def test_one_mail_a_day_says_what_waits_and_names_nobody(self):
        self.rule(user_id=self.clerk.id)
        self.change_map("companies", {"city": {"required": True}})
        self.pull("companies", remote(1, city="030 99"), remote(2, name="Jane Doe"))
        self.assertEqual(len(self.exceptions()), 2)
        mail = self.mails()
        self.assertEqual(len(mail), 1)
        self.assertEqual(mail.recipient_ids, self.clerk.partner_id)
        body = str(mail.body_html)
        self.assertIn("Invalid Value", body)
        self.assertIn("/odoo/connector-exceptions", body)
        for personal in ("Jane", "030 99"):
            self.assertNotIn(personal, body)
        self.assertFalse(self.mails(), "once a day")
        self.clerk.connector_digest_date = fields.Date.today() - datetime.timedelta(1)
        self.assertTrue(self.mails(), "the next day again")

    def test_members_get_what_their_team_has_and_nobody_took(self):
        self.rule(team_id=self.team.id)
        exception = self.held()
        self.assertEqual(self.clerk._connector_digest()[0]["causes"], 1)
        exception.user_id = self.lead
        self.assertFalse(self.clerk._connector_digest())

    def test_no_mail_where_nothing_waits_or_who_wants_none(self):
        self.assertFalse(self.mails())
        self.rule(user_id=self.clerk.id)
        self.clerk.with_user(self.clerk).connector_digest = False
        self.held()
        self.assertFalse(self.mails())
