"""Rules and service levels of desks go to another database."""

import json

from odoo import Command
from odoo.tests import tagged

from .common import SupportCase


@tagged("post_install", "-at_install")
class TestConfigSupport(SupportCase):
    def test_rules_that_are_made_of_files_write_the_same_files(self):
        product = self.env["product.product"].create(
            {"name": "Support", "type": "service", "default_code": "SUP-24"}
        )
        level = self.env["connector.service.level"].create(
            {
                "name": "Premium",
                "product_ids": product.ids,
                "target_ids": [
                    Command.create({"priority": "urgent", "first_reply_hours": 1}),
                    Command.create({"priority": "low", "resolution_hours": 40}),
                ],
            }
        )
        rule = self.env["connector.support.rule"].create(
            {
                "name": "Call back",
                "connection_ids": self.connection.ids,
                "service_level_ids": level.ids,
                "activity_type_id": self.env.ref("mail.mail_activity_data_call").id,
                "user_id": self.env.ref("base.user_admin").id,
            }
        )
        self.policy.keep_bodies = True
        config = self.env["connector.config"]
        before = config._export(self.connection)
        (said,) = json.loads(before["rules/support-rules.json"])["records"]
        self.assertEqual(
            said["activity_type_id"], {"xmlid": "mail.mail_activity_data_call"}
        )
        self.assertEqual(
            said["connection_ids"], [{"provider": "fake", "name": "Fake Desk"}]
        )
        rule.unlink()
        level.unlink()
        self.policy.keep_bodies = False
        plan = config._plan(before)
        self.assertFalse([change.problem for change in plan.changes if change.problem])
        chosen = {change.ident for change in plan.changes if change.ident}
        config._apply(plan, chosen, ("desk.zip", ""))
        after = config._export(self.connection)
        for path in after.keys() - {"manifest.json"}:
            self.assertEqual(after[path].decode(), before[path].decode(), path)
