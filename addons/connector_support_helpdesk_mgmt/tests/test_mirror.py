from odoo.tests import tagged

from odoo.addons.connector_support.tests.common import SupportCase
from odoo.addons.connector_support.tests.common_support import ticket


@tagged("post_install", "-at_install")
class TestMirror(SupportCase):
    """A ticket of the desk has one in the helpdesk that follows it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team = cls.env["helpdesk.ticket.team"].create({"name": "Desk"})
        cls.stage = {
            name: cls.env.ref(f"helpdesk_mgmt.helpdesk_ticket_stage_{name}")
            for name in ("new", "in_progress", "awaiting", "done", "cancelled")
        }
        template = cls.env.ref("helpdesk_mgmt.changed_stage_template")
        for stage in cls.stage.values():
            stage.mail_template_id = template
        cls.connection.support_policy_ids.write(
            {"mirrors_helpdesk": True, "helpdesk_team_id": cls.team.id}
        )

    def mirrors(self):
        mirrors = self.env["helpdesk.ticket"].with_context(active_test=False)
        return mirrors.search([("connector_ticket_id", "!=", False)], order="id")

    def changed(self, **values):
        self.pull("tickets", ticket(1, at="2026-03-02T09:00:00", **values))

    def test_a_ticket_is_mirrored_with_its_number(self):
        self.pull("tickets", ticket(1, status="new", priority="urgent"))
        mirror = self.mirrors()
        found = self.ticket_of(1)
        self.assertEqual(found.helpdesk_ticket_id, mirror)
        self.assertEqual(mirror.connector_ticket_id, found)
        self.assertEqual((mirror.desk_number, mirror.name), ("1", found.name))
        self.assertTrue(mirror.number.startswith("HT"), "it has one of its own, too")
        self.assertEqual(mirror.team_id, self.team)
        self.assertEqual(mirror.stage_id, self.stage["new"])
        self.assertEqual(mirror.priority, "3")
        self.assertEqual(mirror.company_id, found.company_id)

    def test_it_follows_and_there_is_one(self):
        self.pull("tickets", ticket(1))
        self.changed(status="solved", subject="Is out", priority="low")
        mirror = self.mirrors()
        self.assertEqual(len(mirror), 1)
        self.assertEqual(mirror.stage_id, self.stage["done"])
        self.assertEqual((mirror.name, mirror.priority), ("Is out", "0"))
        self.assertTrue(mirror.closed_date)

    def test_a_job_that_runs_again_mirrors_nothing_twice(self):
        self.pull("tickets", ticket(1))
        job = self.env["connector.job"].search(
            [("method_name", "=", "_job_mirror")], limit=1
        )
        stamp = self.mirrors().write_date
        result = self.env["connector.ticket"]._job_mirror(job, **job.kwargs)
        self.assertEqual(result, {"created": 0, "updated": 0})
        self.assertEqual(self.mirrors().write_date, stamp)

    def test_the_helpdesk_sends_no_mails_and_has_no_followers(self):
        before = self.env["mail.mail"].search_count([])
        self.env["res.partner"].create({"name": "Ada", "email": "ada@example.com"})
        self.pull("tickets", ticket(1))
        self.changed(status="solved")
        self.env.cr.flush()
        self.assertEqual(self.env["mail.mail"].search_count([]), before)
        self.assertFalse(self.mirrors().message_partner_ids)
        self.assertFalse(self.mirrors().message_ids)

    def test_one_that_was_deleted_in_the_helpdesk_is_not_made_again(self):
        self.pull("tickets", ticket(1))
        self.mirrors().unlink()
        self.changed(status="pending")
        self.assertFalse(self.mirrors())

    def test_what_people_add_stays(self):
        self.pull("tickets", ticket(1))
        tag = self.env["helpdesk.ticket.tag"].create({"name": "Ours"})
        self.mirrors().tag_ids = tag
        self.changed(status="pending")
        self.assertEqual(self.mirrors().tag_ids, tag)
        self.assertEqual(self.mirrors().stage_id, self.stage["awaiting"])

    def test_a_status_without_a_stage_leaves_it_where_it_is(self):
        lines = self.policy.helpdesk_stage_ids
        lines.filtered(lambda line: line.status == "pending").stage_id = False
        self.pull("tickets", ticket(1))
        self.changed(status="pending")
        self.assertEqual(self.mirrors().stage_id, self.stage["in_progress"])

    def test_switching_it_on_mirrors_what_is_open(self):
        self.policy.mirrors_helpdesk = False
        self.pull("tickets", ticket(1), ticket(2, status="solved"))
        self.assertFalse(self.mirrors())
        self.policy.mirrors_helpdesk = True
        self.run_jobs()
        self.assertEqual(self.mirrors().desk_number, "1")
        self.assertEqual(len(self.policy.helpdesk_stage_ids), 7)
