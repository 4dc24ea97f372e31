import hashlib

from odoo import Command
from odoo.tests import tagged

from .common_rule import RuleCase


@tagged("post_install", "-at_install")
class TestAuditSupport(RuleCase):
    """What governs a desk is changed by somebody: one row each, and no secret."""

    def setUp(self):
        super().setUp()
        self.env.cr.flush()
        self.known = self.env["connector.audit"].search([]).ids

    def assert_one(self, action, record, area):
        """Exactly one row since the last look; returns it."""
        self.env.cr.flush()
        row = self.env["connector.audit"].search([("id", "not in", self.known)])
        self.known += row.ids
        self.assertEqual(row.mapped("action"), [action])
        self.assertEqual((row.res_model, row.res_id), (record._name, record.id))
        self.assertEqual(row.area, area)
        return row

    def token(self, **vals):
        return self.env["connector.context.token"].create({"name": "Sidebar", **vals})

    def level(self, **vals):
        return self.env["connector.service.level"].create(
            {
                "name": "Premium",
                "target_ids": [
                    Command.create({"priority": "high", "first_reply_hours": 4})
                ],
                **vals,
            }
        )

    # -- policies and rules ---------------------------------------------------

    def test_what_a_desk_tells_is_kept_otherwise(self):
        self.policy.keep_bodies = True
        row = self.assert_one("update", self.policy, "rule")
        self.assertEqual(row.connection_id, self.connection)
        self.assertEqual(row.changes_text, "Keep Descriptions: no → yes")

    def test_a_rule_is_made_changed_and_deleted(self):
        rule = self.rule()
        row = self.assert_one("create", rule, "rule")
        self.assertEqual(row.company_id, rule.company_id)
        rule.write({"tags_any": "vip", "days": 5})
        row = self.assert_one("update", rule, "rule")
        rule.activity_type_id = self.env.ref("mail.mail_activity_data_call")
        self.assertIn("Call", self.assert_one("update", rule, "rule").changes_text)
        self.assertEqual(row.changes["days"], [2, 5])
        deleted, _done = rule, rule.unlink()
        row = self.assert_one("delete", deleted, "rule")
        self.assertEqual(row.record_label, "Look into it")

    def test_a_service_level_stands_in_one_row_with_its_targets(self):
        level = self.level()
        row = self.assert_one("create", level, "rule")
        self.assertIn("First Reply (Hours): 4.0", row.changes_text)
        level.target_ids.first_reply_hours = 2
        row = self.assert_one("update", level, "rule")
        self.assertEqual(row.changes, {"High · First Reply (Hours)": [4.0, 2.0]})
        level.target_ids.unlink()
        self.assert_one("update", level, "rule")

    def test_what_stays_as_it_was_leaves_none(self):
        self.policy.keep_bodies = self.policy.keep_bodies
        self.env.cr.flush()
        self.assertFalse(
            self.env["connector.audit"].search([("id", "not in", self.known)])
        )

    # -- tokens ---------------------------------------------------------------

    def test_a_token_is_made_replaced_and_revoked_and_never_told(self):
        token = self.token()
        self.assert_one("create", token, "credential")
        rows = self.env["connector.audit"]
        for button, action in (
            ("action_make", "enter"),
            ("action_make", "replace"),
            ("action_revoke", "remove"),
        ):
            shown = getattr(token, button)()
            row = self.assert_one(action, token, "credential")
            rows |= row
            if shown:
                address = shown["context"]["default_address"]
                secret = address.rpartition("/")[2]
                digest = hashlib.sha256(secret.encode()).hexdigest()
                self.assertEqual(token.sudo().digest, digest)
                told = str(rows.read())
                self.assertNotIn(secret, told)
                self.assertNotIn(digest, told)

    def test_nothing_is_revoked_where_there_is_no_token(self):
        token = self.token()
        self.assert_one("create", token, "credential")
        token.action_revoke()
        self.env.cr.flush()
        self.assertFalse(
            self.env["connector.audit"].search([("id", "not in", self.known)])
        )

    def test_what_a_token_releases(self):
        token = self.token()
        self.assert_one("create", token, "credential")
        field = self.env["connector.context.field"].search([], limit=1)
        token.field_ids = field
        row = self.assert_one("update", token, "credential")
        self.assertEqual(row.changes["field_ids"], [[], [field.name]])
