"""The exception inbox, in a real browser: one decision for all records of a cause."""

from odoo.tests import tagged

from .screen_case import ScreenCase

INBOX = "/odoo/connector-exceptions"


@tagged("-at_install", "post_install")
class TestInboxScreens(ScreenCase):
    def setUp(self):
        super().setUp()
        self.nameless = [
            self.store.create("companies", {"city": city})
            for city in ("Rome", "Milan", "Turin", "Bari", "Pisa")
        ]
        self.connect()
        self.run_jobs()
        self.cause = self.exceptions()

    def test_all_records_of_a_cause_are_fixed_by_one_decision(self):
        self.assertEqual(self.cause.open_count, 5)
        self.start_tour(INBOX, "connector_hubspot_bulk_fix", login="admin")
        self.env.invalidate_all()
        self.assertFalse(
            self.record("customer.company", self.nameless[0]),
            "the preview wrote nothing, and the work is still to be done",
        )
        self.run_jobs()
        self.assertEqual(self.cause.state, "resolved")
        for company in self.nameless:
            partner = self.record("customer.company", company)
            self.assertEqual(partner.name, "Name Unknown")
        self.assertIn("Sales will ask", str(self.cause.message_ids.mapped("body")))

    def test_what_is_ignored_leaves_the_inbox_with_a_reason(self):
        self.start_tour(INBOX, "connector_hubspot_ignore", login="admin")
        self.env.invalidate_all()
        self.assertEqual(self.cause.state, "ignored")
        self.assertEqual(self.cause.ignore_reason, "Test records of theirs")
