from unittest.mock import patch

from odoo.tests import tagged

from ..models.connector_outbox import ORIGIN
from .common_outbox import OutboxCase
from .common_vendor import remote


@tagged("post_install", "-at_install")
class TestOutboxOrigin(OutboxCase):
    """What a connection wrote is no news to it, and is to all others."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.connect(name="Other CRM")
        cls.other_companies = cls.send(cls.other, "companies")
        # What is recorded stays where it can be seen.
        flows = cls.registry["connector.flow"]
        cls.startClassPatcher(patch.object(flows, "_enqueue_push", lambda flows: None))

    def seen_by(self, partner):
        """What the two connections have to send."""
        return (
            self.changes(partner, self.companies),
            self.changes(partner, self.other_companies),
        )

    def test_what_a_connection_creates_goes_to_the_others_only(self):
        self.pull("companies", remote(1, name="Acme"))
        partner = self.taken("companies", 1)
        self.assertEqual(self.seen_by(partner), ([], [("create", False)]))

    def test_what_a_connection_changes_goes_to_the_others_only(self):
        self.pull("companies", remote(1, name="Acme"))
        self.forget()
        self.pull("companies", remote(1, name="Acme", city="Paris"))
        partner = self.taken("companies", 1)
        self.assertEqual(self.seen_by(partner), ([], [("write", ["city"])]))

    def test_what_a_connection_archives_goes_to_the_others_only(self):
        (self.companies | self.other_companies).on_unlink = "archive"
        self.pull("companies", remote(1, name="Acme"))
        partner = self.taken("companies", 1)
        self.bind(partner, "77", self.other_companies)
        self.forget()
        self.pull("companies", remote(1, name="Acme", archived=True))
        self.assertFalse(partner.active)
        self.assertEqual(self.seen_by(partner), ([], [("archive", ["active"])]))

    def test_links_within_a_batch_are_no_news_either(self):
        self.pull(
            "companies",
            remote(1, name="Child", parent="2"),
            remote(2, name="Mother", parent="3"),
            remote(3, name="Grandmother", parent="1"),
        )
        for number in (1, 2, 3):
            partner = self.taken("companies", number)
            self.assertEqual(self.changes(partner, self.companies), [])
            self.assertTrue(self.changes(partner, self.other_companies))

    def test_what_a_person_changes_goes_to_all(self):
        partner = self.partner()
        partner.city = "Paris"
        self.assertEqual(
            self.seen_by(partner), ([("write", ["city"])], [("write", ["city"])])
        )

    def test_what_a_person_changes_after_it_in_one_transaction_goes_to_all(self):
        partner = self.partner()
        partner.with_context(**{ORIGIN: self.connection.id}).city = "Paris"
        partner.city = "Rome"
        self.assertEqual(
            self.seen_by(partner), ([("write", ["city"])], [("write", ["city"])])
        )

    def test_a_value_that_was_there_already_hides_no_later_change(self):
        partner = self.partner(city="Paris")
        self.assertEqual(partner.city, "Paris")
        partner.with_context(**{ORIGIN: self.connection.id}).city = "Paris"
        partner.invalidate_recordset()
        self.env.cr.execute(
            "UPDATE res_partner SET city = 'Rome' WHERE id = %s", [partner.id]
        )
        partner.sudo().city = "Oslo"
        self.assertEqual(self.changes(partner), [("write", ["city"])])

    def test_what_odoo_computes_from_it_is_news_to_its_origin(self):
        self.change_map(
            "companies",
            new_lines=[
                {
                    "remote_path": "c",
                    "target": "odoo.commercial_company_name",
                    "direction": "push",
                }
            ],
        )
        partner = self.partner()
        partner.with_context(**{ORIGIN: self.connection.id}).name = "Acme Inc."
        self.assertEqual(
            self.seen_by(partner),
            ([("write", ["commercial_company_name"])], [("write", ["name"])]),
        )
