from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import tagged

from .common_rule import RuleCase


@tagged("post_install", "-at_install")
class TestNeutralizeSupport(RuleCase):
    """A copy tells nobody anything: neither who asks it, nor by itself."""

    def neutralize(self):
        self.env.flush_all()
        for query in get_neutralization_queries(["connector_support"]):
            self.env.cr.execute(query)
        self.env.invalidate_all()
        # A copy is neutralized before it is served.
        self.env.registry.clear_cache()

    def test_no_token_of_the_original_is_good(self):
        tokens = self.env["connector.context.token"]
        token = tokens.create({"name": "Sidebar"})
        address = token.action_make()["context"]["default_address"]
        secret = address.rpartition("/")[2]
        self.assertTrue(tokens._target(secret))
        self.neutralize()
        self.assertFalse(token.has_token)
        self.assertFalse(tokens._target(secret))
        self.assertEqual(token.name, "Sidebar")
        address = token.action_make()["context"]["default_address"]
        self.assertTrue(tokens._target(address.rpartition("/")[2]))

    def test_no_comment_that_waited_goes_out(self):
        comment = self.comment(self.take())
        self.neutralize()
        self.assertEqual(comment.state, "cancelled")
        self.push()
        self.assertFalse(self.at_the_desk())

    def test_a_comment_that_was_sent_stays_sent(self):
        comment = self.comment(self.take())
        self.push()
        self.neutralize()
        self.assertEqual(comment.state, "sent")
        self.assertEqual(len(self.at_the_desk()), 1)
