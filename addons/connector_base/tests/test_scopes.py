from odoo.tests import tagged

from ..engine import errors
from .common import ConnectorCase
from .test_setup import SetupCase


class ScopedVendor:
    """What the fake vendor calls its rights, and which of them it says are granted."""

    def scoped(self, granted):
        provider = self.registry["connector.provider.fake"]
        self.patch(
            provider,
            "_scopes",
            lambda model, stream: ((f"{stream}.read",), (f"{stream}.write",)),
        )

        def answer(model, client):
            if isinstance(granted, Exception):
                raise granted
            return granted

        self.patch(provider, "_granted_scopes", answer)


@tagged("post_install", "-at_install")
class TestScopes(ScopedVendor, ConnectorCase):
    """Which rights a credential needs, has, lacks, and has too many."""

    def test_what_is_needed_follows_the_flows_that_are_on(self):
        self.scoped(None)
        self.flow("products").active = False
        self.flow("contacts").direction = "both"
        self.connection.action_test()
        self.assertEqual(
            self.connection.needed_scopes_text,
            "companies.read, contacts.read, contacts.write",
        )
        self.assertFalse(self.connection.missing_scopes_text, "nobody told")
        self.assertFalse(self.connection.spare_scopes_text)

    def test_what_is_missing_and_what_is_too_much_is_named(self):
        self.scoped(["companies.read", "products.read", "billing.admin"])
        self.connection.action_test()
        self.assertEqual(self.connection.missing_scopes_text, "contacts.read")
        self.assertEqual(self.connection.spare_scopes_text, "billing.admin")

    def test_a_vendor_that_does_not_answer_it_fails_no_test(self):
        self.scoped(errors.RemoteNotFound("No such page."))
        self.connection.action_test()
        self.assertTrue(self.connection.last_test_passed)
        self.assertFalse(self.connection.told_scopes)


@tagged("post_install", "-at_install")
class TestSetupScopes(ScopedVendor, SetupCase):
    def test_the_check_list_advises_against_more_rights_than_needed(self):
        self.scoped(["companies.read", "contacts.read", "products.read", "admin"])
        self.to("start")
        [line] = self.setup.check_ids.filtered(lambda c: c.name == "Least Rights")
        self.assertEqual(line.verdict, "note")
        self.assertIn("admin", line.sentence)
        self.assertNotIn("companies.read", line.sentence)
