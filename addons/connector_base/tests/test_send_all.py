from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tests.common import new_test_user

from .common_push import PushCase
from .common_vendor import remote


@tagged("post_install", "-at_install")
class TestSendAll(PushCase):
    """What Odoo had before a flow began to send goes out when somebody asks for it."""

    def setUp(self):
        super().setUp()
        self.pull("companies", remote(1, name="Known There"))
        self.old = self.env["res.partner"].create(
            [{"name": f"Old {number}", "is_company": True} for number in range(3)]
        )
        self.commit()
        # As if they had been there for years.
        self.env["connector.change"].search([]).unlink()
        self.flow_of_companies = self.flow("companies")
        self.flow_of_companies.push_domain = [("name", "like", "Old")]

    def names(self):
        return sorted(self.vendor.made("companies").values(), key=lambda v: v["name"])

    def test_all_that_may_go_and_is_not_there_goes_once(self):
        for _twice in range(2):
            self.flow_of_companies.action_send_all()
        self.push()
        self.assertEqual([v["name"] for v in self.names()], ["Old 0", "Old 1", "Old 2"])
        said = self.flow_of_companies.action_send_all()["params"]["message"]
        self.assertIn("nothing", said)

    def test_it_tells_how_many(self):
        said = self.flow_of_companies.action_send_all()["params"]["message"]
        self.assertIn("3", said)

    def test_a_flow_that_may_not_create_there_says_so(self):
        self.flow_of_companies.push_create = False
        with self.assertRaisesRegex(UserError, "may not create"):
            self.flow_of_companies.action_send_all()
        self.assertFalse(self.waiting())

    def test_who_may_only_look_may_not_send(self):
        viewer = new_test_user(
            self.env, "send-all-viewer", groups="connector_base.group_viewer"
        )
        with self.assertRaises(AccessError):
            self.flow_of_companies.with_user(viewer).action_send_all()
