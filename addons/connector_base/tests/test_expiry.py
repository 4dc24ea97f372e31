import datetime

from odoo import fields
from odoo.tests import tagged

from ..models.connector_expiry import AGE_PARAMETER
from .common import ConnectorCase


@tagged("post_install", "-at_install")
class TestExpiry(ConnectorCase):
    """Who looks after a connection hears in time that a secret of it ends."""

    def setUp(self):
        super().setUp()
        self.credential = self.connection.credential_ids
        self.owner = self.user_of("administrator")
        self.connection.owner_id = self.owner

    def in_days(self, days):
        return fields.Date.today() + datetime.timedelta(days=days)

    def look(self):
        self.env.invalidate_all()
        self.env["connector.credential"]._cron_expiry()
        return self.connection.activity_ids

    def test_it_is_told_once_at_each_stage_in_one_to_do(self):
        for days, known in (
            (31, 0),
            (30, 1),
            (20, 1),
            (14, 1),
            (3, 1),
            (0, 1),
            (-5, 1),
        ):
            self.credential.expires_on = self.in_days(days)
            found = self.look()
            with self.subTest(days=days):
                self.assertEqual(len(found), known)
                self.assertEqual(self.look(), found, "once")
        self.assertEqual(found.user_id, self.owner)
        self.assertIn("API Key", found.summary)
        self.assertIn("ended on", found.note)

    def test_what_was_put_aside_comes_back_at_the_next_stage_only(self):
        self.credential.expires_on = self.in_days(30)
        self.look().action_done()
        self.assertFalse(self.look())
        # Time passes: the date stays as it is.
        self.credential.flush_recordset()
        self.env.cr.execute(
            "UPDATE connector_credential SET expires_on = %s", [self.in_days(14)]
        )
        self.env.invalidate_all()
        self.assertEqual(len(self.look()), 1)

    def test_a_new_secret_closes_it(self):
        self.credential.expires_on = self.in_days(3)
        self.assertTrue(self.look())
        self.assertIn("3 days", self.connection.secret_due_text)
        self.credential.secret = "the-next-secret-of-the-vendor"
        self.assertFalse(self.connection.activity_ids)
        self.assertFalse(self.credential.expires_on, "that was the date of the old one")
        self.assertFalse(self.look())
        self.assertFalse(self.connection.secret_due_text)

    def test_a_date_that_comes_with_the_secret_is_its_own(self):
        date = self.in_days(90)
        self.credential.write({"secret": "the-next-secret", "expires_on": date})
        self.assertEqual(self.credential.expires_on, date)

    def test_a_secret_that_is_old_should_be_replaced_where_somebody_wants_that(self):
        self.credential.changed_at = fields.Datetime.subtract(
            fields.Datetime.now(), days=360
        )
        self.assertFalse(self.look(), "nobody said how old secrets may get")
        self.env["ir.config_parameter"].set_param(AGE_PARAMETER, "365")
        self.assertIn("entered so long ago", self.look().note)

    def test_a_connection_that_was_never_connected_reminds_nobody(self):
        connection = self.new_connection(owner_id=self.owner.id)
        connection.credential_ids.write(
            {"secret": "a-secret", "expires_on": self.in_days(1)}
        )
        self.look()
        self.assertFalse(connection.activity_ids)
