import datetime

from odoo import fields
from odoo.tests import tagged

from .common_outbox import OutboxCase


@tagged("post_install", "-at_install")
class TestOutboxSweep(OutboxCase):
    """What was changed past the ORM goes out with the next sweep."""

    def setUp(self):
        super().setUp()
        self.companies.swept_at = fields.Datetime.now() - datetime.timedelta(hours=2)

    def changed_by_sql(self, partner):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET city = 'Rome', write_date = %s WHERE id = %s",
            [fields.Datetime.now(), partner.id],
        )

    def bound(self):
        partner = self.partner()
        binding = self.bind(partner)
        binding.synced_at = fields.Datetime.now() - datetime.timedelta(hours=1)
        self.forget()
        return partner

    def sweep(self):
        self.env["connector.connection"]._cron_schedule()

    def test_a_bound_record_that_sql_changed_is_found(self):
        partner = self.bound()
        self.changed_by_sql(partner)
        self.assertEqual(self.changes(partner), [])
        self.sweep()
        self.assertEqual(self.changes(partner), [("write", False)])

    def test_a_record_that_waits_already_is_not_found_again(self):
        partner = self.bound()
        partner.city = "Paris"
        self.assertEqual(len(self.changes(partner)), 1)
        self.changed_by_sql(partner)
        self.sweep()
        self.assertEqual(len(self.changes(partner)), 1)

    def test_a_record_that_is_as_both_sides_agreed_is_left_alone(self):
        partner = self.bound()
        self.changed_by_sql(partner)
        now = fields.Datetime.now()
        self.env["connector.binding"].search([]).synced_at = now
        self.sweep()
        self.assertEqual(self.changes(partner), [])

    def test_a_new_record_that_may_go_out_is_found_and_others_are_not(self):
        company = self.partner("New")
        person = self.env["res.partner"].create({"name": "Jo", "is_company": False})
        self.forget()
        self.sweep()
        self.assertEqual(self.changes(company), [("create", False)])
        self.assertEqual(self.changes(person), [])

    def test_nothing_new_goes_out_where_the_flow_may_not_create(self):
        self.companies.push_create = False
        company = self.partner("New")
        self.sweep()
        self.assertEqual(self.changes(company), [])

    def test_what_was_there_before_the_flow_sent_is_not_its_business(self):
        company = self.partner("Old")
        self.companies.swept_at = False
        self.sweep()
        self.assertEqual(self.changes(company), [])
        self.assertTrue(self.companies.swept_at)

    def test_a_flow_is_swept_once_an_hour(self):
        self.sweep()
        swept_at = self.companies.swept_at
        self.sweep()
        self.assertEqual(self.companies.swept_at, swept_at)
