from odoo.exceptions import ValidationError
from odoo.tests import tagged

from odoo.addons.connector_support.tests.common_rule import RuleCase


@tagged("post_install", "-at_install")
class TestTask(RuleCase):
    """A ticket gets a task, once; what becomes of it is told to the desk."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.project = cls.env["project.project"].create(
            {
                "name": "Repairs",
                "type_ids": [
                    (0, 0, {"name": "New", "sequence": 1}),
                    (0, 0, {"name": "Workshop", "sequence": 2}),
                ],
            }
        )

    def rule(self, **vals):
        return super().rule(**{"action": "task", "project_id": self.project.id, **vals})

    def task(self):
        work = self.works()
        self.assertEqual(work.res_model, "project.task")
        return self.env["project.task"].browse(work.res_id)

    def test_a_ticket_makes_a_task_in_the_project(self):
        rule = self.rule(stage_id=self.project.type_ids[1].id)
        found = self.take(description="It burns.")
        task = self.task()
        self.assertEqual(task.project_id, self.project)
        self.assertEqual(task.stage_id.name, "Workshop")
        self.assertEqual(task.user_ids, rule.user_id)
        self.assertEqual(task.name, "1 The printer is on fire")
        self.assertEqual(task.connector_ticket_id, found)
        action = found.action_open_work()
        self.assertEqual((action["res_model"], action["res_id"]), (task._name, task.id))

    def test_of_the_tickets_text_goes_what_odoo_keeps(self):
        self.rule()
        found = self.take()
        found.sudo().description = "It <b>burns</b>."
        values = self.works()._task_values(self.works().rule_id)
        self.assertIn("&lt;b&gt;burns", values["description"])
        found.sudo().description = False
        values = self.works()._task_values(self.works().rule_id)
        self.assertFalse(values["description"])

    def test_the_responsible_gets_no_mail_for_each(self):
        self.rule()
        before = self.env["mail.mail"].search_count([])
        self.take(1)
        self.take(2)
        self.assertEqual(self.env["mail.mail"].search_count([]), before)

    def test_done_is_told_once(self):
        self.rule(comment_done="{work}: {outcome}", status_done="solved")
        found = self.take()
        self.task().state = "1_done"
        self.task().state = "01_in_progress"
        self.task().state = "1_done"
        self.push()
        self.assertEqual(len(found.comment_ids), 1)
        self.assertEqual(
            self.at_the_desk(), [("1", "1 The printer is on fire: Done", "solved")]
        )

    def test_cancelled_is_told_without_a_status(self):
        self.rule(comment_done="Done.", comment_cancelled="Not done.")
        found = self.take()
        self.task().state = "1_canceled"
        self.assertEqual(found.comment_ids.body, "Not done.")
        self.assertEqual(self.works().state, "cancelled")

    def test_a_task_that_is_deleted_is_called_off(self):
        self.rule(comment_cancelled="Not done.")
        found = self.take()
        self.task().unlink()
        self.assertEqual(found.comment_ids.body, "Not done.")

    def test_other_tasks_tell_nothing(self):
        self.rule(comment_done="Done.")
        found = self.take()
        self.task().copy().state = "1_done"
        self.assertFalse(found.comment_ids)

    def test_nobody_has_to_be_responsible_but_a_project_is_named(self):
        self.rule(user_id=False)
        with self.assertRaisesRegex(ValidationError, "in which project"):
            self.rule(project_id=False)
