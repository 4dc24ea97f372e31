"""A policy of won deals goes to another database."""

import json

from odoo import Command
from odoo.tests import tagged

from .common import DealCase

FILE = "rules/closed-won-policies.json"


@tagged("post_install", "-at_install")
class TestConfigHandoff(DealCase):
    def test_a_policy_that_is_made_of_a_file_writes_the_same_file(self):
        plan = self.env["account.analytic.plan"].create({"name": "Projects"})
        account = self.env["account.analytic.account"].create(
            {"name": "Rollout", "plan_id": plan.id}
        )
        policy = self.env["connector.handoff.policy"].create(
            {
                "name": "Deals",
                "connection_id": self.connection.id,
                "since": "2026-01-01",
                "required_field_ids": [
                    Command.link(
                        self.env["ir.model.fields"]._get("crm.lead", "partner_id").id
                    )
                ],
                "analytic_distribution": {str(account.id): 100},
                "invoice_plan": "milestones",
                "milestone_ids": [
                    Command.create({"name": "Start", "percent": 30}),
                    Command.create({"name": "End", "percent": 70, "days": 60}),
                ],
            }
        )
        config = self.env["connector.config"]
        before = config._export(self.connection)
        (said,) = json.loads(before[FILE])["records"]
        self.assertEqual(
            said["required_field_ids"], [{"model": "crm.lead", "name": "partner_id"}]
        )
        self.assertEqual(
            said["analytic_distribution"], [{"of": ["Rollout"], "share": 100}]
        )
        policy.unlink()
        self.apply(before)
        after = config._export(self.connection)
        self.assertEqual(after[FILE].decode(), before[FILE].decode())
        # Milestones are checked as a whole: both change at once.
        milestones = config.env["connector.handoff.milestone"].search([])
        policy = self.env["connector.handoff.policy"].search([])
        policy.milestone_ids = [
            Command.update(milestones[0].id, {"percent": 50}),
            Command.update(milestones[1].id, {"percent": 50}),
        ]
        self.apply(before)
        self.assertEqual(sorted(policy.milestone_ids.mapped("percent")), [30, 70])

    def apply(self, tree):
        config = self.env["connector.config"]
        plan = config._plan(tree)
        chosen = {change.ident for change in plan.changes if change.ident}
        config._apply(plan, chosen, ("deals.zip", ""))
