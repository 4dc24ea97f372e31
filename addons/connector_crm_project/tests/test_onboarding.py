from odoo import Command
from odoo.tests import tagged

from odoo.addons.connector_crm.tests.common_handoff import HandoffCase


@tagged("post_install", "-at_install")
class TestOnboarding(HandoffCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.env["project.project"].create(
            {
                "name": "Onboarding",
                "is_template": True,
                "task_ids": [
                    Command.create({"name": name}) for name in ("Kick-off", "Training")
                ],
            }
        )
        cls.policy.project_template_id = cls.template

    def project(self, process):
        step = process.step_ids.filtered(lambda step: step.name == "project")
        return step.record() if step.res_id else self.env["project.project"]

    def test_a_confirmed_order_starts_a_project_from_the_template(self):
        lead = self.bound_deal()
        process = self.win(lead)
        self.assertEqual(process.state, "done", process.message)
        project = self.project(process)
        self.assertEqual(project.name, "Rollout")
        self.assertEqual(project.partner_id, self.acme)
        self.assertFalse(project.is_template)
        self.assertEqual(
            sorted(project.task_ids.mapped("name")), ["Kick-off", "Training"]
        )

    def test_a_quotation_starts_none(self):
        self.policy.confirm = "never"
        self.assertFalse(self.project(self.win(self.bound_deal())))

    def test_without_a_template_there_is_none(self):
        self.policy.project_template_id = False
        process = self.win(self.bound_deal())
        self.assertEqual(process.state, "done")
        self.assertFalse(self.project(process))

    def test_undoing_archives_it_before_it_comes_to_the_order(self):
        process = self.win(self.bound_deal())
        project = self.project(process)
        process.decide("undo", "Wrong customer")
        self.run_all()
        self.assertFalse(project.active)
        self.assertEqual(process.state, "failed")
