from odoo import Command, fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common_rule import RuleCase
from .common_support import organization, ticket


class Died(BaseException):
    """The process is gone."""


@tagged("post_install", "-at_install")
class TestRule(RuleCase):
    """A ticket sets a rule off once, and the desk is told of the outcome once."""

    def test_a_new_ticket_opens_an_activity(self):
        rule = self.rule(summary="Look into {number}: {subject}", days=3)
        found = self.take()
        work = self.works()
        self.assertEqual((work.ticket_id, work.rule_id), (found, rule))
        self.assertEqual(work.state, "open")
        activity = found.activity_ids
        self.assertEqual(work.activity_id, activity)
        self.assertEqual(activity.summary, "Look into 1: The printer is on fire")
        self.assertEqual(activity.user_id, rule.user_id)
        due = fields.Date.add(fields.Date.context_today(found), days=3)
        self.assertEqual(activity.date_deadline, due)

    def test_it_is_set_off_once_whatever_happens_to_the_ticket(self):
        self.rule(trigger="updated")
        found = self.take()
        self.pull("tickets", ticket(1, at="2026-03-02T09:00:00", status="pending"))
        self.pull_again("tickets", ticket(1, at="2026-03-03T09:00:00"))
        self.assertEqual(len(self.works()), 1)
        self.assertEqual(len(found.activity_ids), 1)

    def test_two_jobs_of_the_same_ticket_open_it_once(self):
        rule = self.rule()
        self.take()
        job = self.env["connector.job"].search([("method_name", "=", "_job_open")])
        rule._job_open(job, **job.kwargs)
        self.assertEqual(len(self.works()), 1)
        self.assertEqual(len(self.ticket_of(1).activity_ids), 1)

    def test_all_of_it_is_opened_or_nothing(self):
        rule = self.rule(comment_open="Begun.")
        found = self.take()
        self.works().unlink()
        found.activity_ids.unlink()
        say = type(self.env["connector.ticket.comment"])._say

        def die(comments, vals_list):
            say(comments, vals_list)
            raise Died

        self.patch(type(self.env["connector.ticket.comment"]), "_say", die)
        with self.assertRaises(Died), self.env.cr.savepoint():
            rule._job_open(self.env["connector.job"], found.ids)
        self.env.invalidate_all()
        self.assertFalse(self.works())
        self.assertFalse(found.activity_ids)

    def test_tickets_from_before_the_rule_open_nothing(self):
        self.rule(since="2026-03-01 12:00:00")
        self.take(1, created_at="2026-03-01T11:00:00+00:00")
        self.take(2, created_at="2026-03-01T13:00:00+00:00")
        self.assertEqual(self.works().ticket_id.number, "2")

    def test_a_page_costs_as_many_queries_as_one_ticket(self):
        for number in range(3):
            self.rule(name=f"Rule {number}", tags_any="refund, credit", domain="[]")
        few = self.asked([ticket(1)])
        many = self.asked([ticket(number) for number in range(2, 42)])
        self.assertEqual(few, many)

    def asked(self, records):
        """Statements that notice tickets which rules don't mean."""
        self.pull("tickets", *records)
        tickets = self.env["connector.ticket"].search(
            [("number", "in", [record.remote_id for record in records])]
        )
        tickets.mapped("status")
        rules = self.env["connector.support.rule"]
        before = self.env.cr.sql_log_count
        rules._noticed(self.connection, tickets, tickets)
        return self.env.cr.sql_log_count - before

    # -- which tickets --------------------------------------------------------

    def meant(self, rule, **values):
        """Whether a rule means a new ticket like that."""
        number = len(self.vendor.records["tickets"]) + 1
        self.take(number, **values)
        return bool(
            self.works(rule_id=rule.id).filtered(
                lambda work: work.ticket_id.number == str(number)
            )
        )

    def test_any_of_the_tags(self):
        rule = self.rule(tags_any="refund, money_back")
        self.assertTrue(self.meant(rule, tags=["vip", "Refund"]))
        self.assertTrue(self.meant(rule, tags=["money_back"]))
        self.assertFalse(self.meant(rule, tags=["refunded", "no_refund"]))
        self.assertFalse(self.meant(rule, tags=["moneyXback"]))
        self.assertFalse(self.meant(rule))

    def test_all_of_the_tags(self):
        rule = self.rule(tags_all="refund, vip")
        self.assertTrue(self.meant(rule, tags=["vip", "a", "refund"]))
        self.assertFalse(self.meant(rule, tags=["refund"]))

    def test_type_priority_group_brand_and_form(self):
        for field, value, other in (
            ("kind", "problem", "question"),
            ("priority", "urgent", "low"),
            ("group", "Billing", "Billing 2"),
            ("brand", "Acme", "Other"),
            ("form", "Refund", "Question"),
        ):
            with self.subTest(field):
                name = "group_name" if field == "group" else field
                rule = self.rule(**{name: value})
                self.assertTrue(self.meant(rule, **{field: value}))
                self.assertFalse(self.meant(rule, **{field: other}))
                rule.active = False

    def test_the_service_level_of_the_customer(self):
        level = self.env["connector.service.level"].create({"name": "Gold"})
        rule = self.rule(service_level_ids=[Command.set(level.ids)])
        found = self.take()
        self.assertFalse(self.works())
        found.sudo().service_level_id = level
        tickets, asked = rule._meant_by(found)
        self.assertEqual((tickets, asked), (found, True))

    def test_a_rule_on_the_customer_is_set_off_when_somebody_says_who_asked(self):
        acme = self.company()
        self.rule(domain=f"[('partner_id', '=', {acme.id})]")
        found = self.take()
        self.assertFalse(self.works())
        found.sudo()._assign_partner(acme.id)
        self.run_jobs()
        self.assertEqual(self.works().ticket_id, found)

    def test_any_other_field_by_a_condition(self):
        rule = self.rule(domain="[('channel', '=', 'chat')]")
        self.assertTrue(self.meant(rule, channel="chat"))
        self.assertFalse(self.meant(rule, channel="email"))

    def test_a_tag_that_comes_later_sets_off_a_rule_on_changes(self):
        self.rule(trigger="updated", tags_any="refund")
        self.take()
        self.assertFalse(self.works())
        self.pull("tickets", ticket(1, at="2026-03-02T09:00:00", tags=["refund"]))
        self.assertEqual(len(self.works()), 1)

    def test_a_change_does_not_set_off_a_rule_on_new_tickets(self):
        self.rule(tags_any="refund")
        self.take()
        self.pull("tickets", ticket(1, at="2026-03-02T09:00:00", tags=["refund"]))
        self.assertFalse(self.works())

    def test_solving_sets_off_its_rule(self):
        self.rule(trigger="solved")
        self.take()
        self.assertFalse(self.works())
        self.pull(
            "tickets",
            ticket(
                1,
                at="2026-03-02T09:00:00",
                status="solved",
                solved_at="2026-03-02T09:00:00+00:00",
            ),
        )
        self.assertEqual(len(self.works()), 1)

    def test_a_rule_of_another_desk_or_company_means_nothing_here(self):
        other = self.connect(name="Other Desk")
        self.rule(connection_ids=[Command.set(other.ids)])
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.rule(company_id=company.id)
        self.take()
        self.assertFalse(self.works())

    def test_a_condition_on_a_field_that_is_gone_fails_where_it_is_seen(self):
        rule = self.rule()
        self.env.cr.execute(
            "UPDATE connector_support_rule SET domain = %s WHERE id = %s",
            ("[('x_gone', '=', 1)]", rule.id),
        )
        rule.invalidate_recordset()
        found = self.take()
        self.assertTrue(found, "the ticket is taken all the same")
        self.assertFalse(self.works())
        dead = self.env["connector.job"].search([("method_name", "=", "_job_open")])
        self.assertEqual(dead.state, "dead")
        rule.domain = "[]"
        dead.action_retry()
        self.run_jobs()
        self.assertEqual(len(self.works()), 1)

    # -- the outcome ----------------------------------------------------------

    def test_the_outcome_is_told_once_with_a_status(self):
        self.rule(
            comment_open="{responsible} looks into it.",
            status_open="pending",
            comment_done="Done: {outcome}",
            status_done="solved",
        )
        found = self.take()
        responsible = self.works().user_id.name
        self.works().activity_id.action_feedback(feedback="The fuse was blown.")
        self.push()
        self.assertEqual(
            self.at_the_desk(),
            [
                ("1", f"{responsible} looks into it.", "pending"),
                ("1", "Done: The fuse was blown.", "solved"),
            ],
        )
        work = self.works()
        self.assertEqual((work.state, work.outcome), ("done", "The fuse was blown."))
        self.assertTrue(work.closed_at)
        work._close("done", "Again")
        self.assertEqual(len(found.comment_ids), 2)

    def test_done_without_a_word_says_that_it_is_done(self):
        self.rule(comment_done="Outcome: {outcome}")
        found = self.take()
        self.works().activity_id.action_done()
        self.assertEqual(found.comment_ids.body, "Outcome: Done")

    def test_what_is_called_off_says_so_and_sets_no_status(self):
        self.rule(
            comment_done="Done.", status_done="solved", comment_cancelled="Called off."
        )
        found = self.take()
        found.activity_ids.unlink()
        self.assertEqual(self.works().state, "cancelled")
        self.assertEqual(found.comment_ids.body, "Called off.")
        self.assertFalse(found.comment_ids.status)

    def test_comments_are_internal_unless_the_rule_says_otherwise(self):
        self.rule(comment_open="One", name="One")
        self.rule(comment_open="Two", name="Two", is_internal=False)
        found = self.take()
        internal = {c.body: c.is_internal for c in found.comment_ids}
        self.assertEqual(internal, {"One": True, "Two": False})

    def test_a_rule_may_do_nothing_but_comment(self):
        self.rule(action="none", user_id=False, comment_open="For {customer}.")
        self.pull("organizations", organization(7, name="Acme"))
        found = self.take(organization="7")
        self.assertEqual(found.comment_ids.body, "For Acme.")
        self.assertEqual(self.works().state, "done")
        self.assertFalse(found.activity_ids)

    def test_a_ticket_that_closed_meanwhile_is_told_nothing_and_the_work_says_so(self):
        self.rule(comment_done="Done.")
        found = self.take()
        self.pull("tickets", ticket(1, at="2026-03-02T09:00:00", status="closed"))
        self.works().activity_id.action_feedback(feedback="Too late")
        self.assertFalse(found.comment_ids)
        self.assertIn("takes no comment", self.works().note)

    # -- what a rule may say --------------------------------------------------

    def test_texts_name_what_is_known_only(self):
        with self.assertRaisesRegex(ValidationError, "{password}"):
            self.rule(comment_open="Mind the {password}")

    def test_a_condition_that_is_none_is_refused(self):
        for domain in (
            *("[('nothing', '=', 1)]", "[(", "1 + 1", "[('id',)]"),
            "[('created_at', '>', 'soon')]",
        ):
            with self.subTest(domain), self.assertRaises(ValidationError):
                self.rule(domain=domain)

    def test_a_rule_is_complete(self):
        for vals, why in (
            ({"user_id": False}, "responsible"),
            ({"action": "none"}, "give it a comment"),
            ({"status_done": "solved"}, "goes with a comment"),
            ({"trigger": "renewed"}, "opens no work"),
        ):
            with self.subTest(why), self.assertRaisesRegex(ValidationError, why):
                self.rule(**vals)
