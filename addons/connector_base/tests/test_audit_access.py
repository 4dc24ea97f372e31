from odoo import Command
from odoo.tests import tagged
from odoo.tests.common import TransactionCase, new_test_user

VIEWER, OPERATOR = "Connectors / Viewer", "Connectors / Operator"


@tagged("post_install", "-at_install")
class TestAuditAccess(TransactionCase):
    """Who came to rights on the connectors, or lost them, is a row: how ever it was."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.viewers = cls.env.ref("connector_base.group_viewer")
        cls.operators = cls.env.ref("connector_base.group_operator")
        cls.staff = cls.env["res.groups"].create({"name": "Staff"})
        cls.jo = new_test_user(cls.env, "audited-jo")
        cls.ann = new_test_user(cls.env, "audited-ann")
        cls.ann.group_ids = [Command.link(cls.staff.id)]

    def setUp(self):
        super().setUp()
        self.new_rows()

    def new_rows(self):
        self.env.cr.flush()
        known = getattr(self, "known", [])
        rows = self.env["connector.audit"].search([("id", "not in", known)])
        self.known = known + rows.ids
        return rows.sorted("res_model")

    def assert_rights(self, rows, user, before, after):
        row = rows.filtered(lambda row: row.res_model == "res.users")
        self.assertEqual((row.res_id, row.record_label), (user.id, user.name))
        self.assertEqual(row.user_id, self.env.user)
        self.assertEqual(row.area, "access")
        self.assertEqual(row.changes, {"group_ids": [before, after]})

    def test_on_the_form_of_a_user(self):
        self.jo.group_ids = [Command.link(self.operators.id)]
        self.assert_rights(self.new_rows(), self.jo, None, [VIEWER, OPERATOR])
        self.jo.group_ids = [
            Command.unlink(self.operators.id),
            Command.link(self.viewers.id),
        ]
        self.assert_rights(self.new_rows(), self.jo, [VIEWER, OPERATOR], [VIEWER])
        self.jo.group_ids = [Command.link(self.staff.id)]
        self.jo.email = "jo@example.com"
        self.assertFalse(self.new_rows())

    def test_on_the_form_of_a_group(self):
        self.operators.user_ids = [Command.link(self.jo.id)]
        self.assert_rights(self.new_rows(), self.jo, None, [VIEWER, OPERATOR])
        self.operators.user_ids = [Command.unlink(self.jo.id)]
        self.assert_rights(self.new_rows(), self.jo, [VIEWER, OPERATOR], None)

    def test_by_a_group_that_implies_ours(self):
        self.staff.implied_ids = [Command.link(self.viewers.id)]
        rows = self.new_rows()
        self.assert_rights(rows, self.ann, None, [VIEWER])
        group = rows[0]
        self.assertEqual((group.res_model, group.res_id), ("res.groups", self.staff.id))
        self.assertEqual(group.changes, {"implied_ids": [None, [VIEWER]]})
        self.viewers.implied_by_ids = [Command.unlink(self.staff.id)]
        self.assert_rights(self.new_rows(), self.ann, [VIEWER], None)

    def test_a_new_user_and_one_who_is_deleted(self):
        user = new_test_user(
            self.env, "audited-new", groups="connector_base.group_viewer"
        )
        self.assert_rights(self.new_rows(), user, None, [VIEWER])
        user_id, name = user.id, user.name
        user.unlink()
        row = self.new_rows()
        self.assertEqual((row.res_id, row.record_label), (user_id, name))
        self.assertEqual(row.action, "delete")
        self.assertEqual(row.changes, {"group_ids": [[VIEWER], None]})

    def test_a_group_that_is_made_with_rights_and_one_that_goes(self):
        lead = self.env["res.groups"].create(
            {
                "name": "Leads",
                "user_ids": [Command.link(self.jo.id)],
                "implied_ids": [Command.link(self.operators.id)],
            }
        )
        self.assert_rights(self.new_rows(), self.jo, None, [VIEWER, OPERATOR])
        lead.unlink()
        self.assert_rights(self.new_rows(), self.jo, [VIEWER, OPERATOR], None)

    def test_who_is_one_companys_is_seen_there_only(self):
        self.jo.group_ids = [Command.link(self.viewers.id)]
        self.assertEqual(self.new_rows().company_id, self.env.company)
        company = self.env["res.company"].create({"name": "Second"})
        self.ann.company_ids += company
        self.ann.group_ids = [Command.link(self.viewers.id)]
        self.assertFalse(self.new_rows().company_id)
