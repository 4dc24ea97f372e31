from odoo.tests import tagged

from .common_push import PushCase
from .common_vendor import remote


@tagged("post_install", "-at_install")
class TestNewest(PushCase):
    """Under “newest” the later edit of that very field wins, whoever writes besides."""

    def setUp(self):
        super().setUp()
        self.pull(
            "companies",
            remote(1, name="Acme", city="Berlin", phone="1", at="2026-01-01 08:00"),
        )
        self.acme = self.taken("companies", 1)
        self.forget()

    def edit(self, at, **vals):
        """A person writes this in Odoo at that time."""
        before = self.env["connector.change"].search([], limit=1).id or 0
        self.acme.write(vals)
        self.commit()
        self.env.cr.execute(
            "UPDATE connector_change SET create_date = %s WHERE id > %s", (at, before)
        )
        self.written(at)

    def written(self, at):
        self.env.cr.execute(
            "UPDATE res_partner SET write_date = %s WHERE id = %s", (at, self.acme.id)
        )
        self.env.invalidate_all()

    def arrives(self, at, **values):
        known = {"name": "Acme", "city": "Berlin", "phone": "1"}
        self.pull_once(remote(1, at=at, **(known | values)))

    def pull_once(self, record):
        """It is taken, and nothing is sent yet."""
        self.companies.push_update = False
        self.pull_again("companies", record)
        self.companies.push_update = True

    def test_the_later_edit_wins(self):
        self.edit("2026-01-01 10:00", city="Lyon")
        self.arrives("2026-01-01 09:00", city="Nice")
        self.assertEqual(self.acme.city, "Lyon")
        self.edit("2026-01-01 10:00", city="Metz")
        self.arrives("2026-01-01 11:00", city="Rome")
        self.assertEqual(self.acme.city, "Rome")

    def test_an_edit_of_another_field_does_not_make_this_one_newer(self):
        self.edit("2026-01-01 10:00", city="Lyon")
        self.edit("2026-01-01 12:00", phone="2")
        self.arrives("2026-01-01 11:00", city="Nice", phone="3")
        self.assertEqual((self.acme.city, self.acme.phone), ("Nice", "2"))

    def test_nor_does_what_another_connection_brings(self):
        self.edit("2026-01-01 10:00", city="Lyon")
        other = self.connect(name="Other CRM")
        flow = self.send(other, "companies")
        self.bind(self.acme, "77", flow).agreed = {"zip": False}
        self.vendor.add("companies", remote(77, zip="5", at="2026-01-01 12:00"))
        self.env["connector.pull"]._enqueue_ids(flow, ["77"])
        self.run_jobs()
        self.assertEqual(self.acme.zip, "5")
        self.written("2026-01-01 12:00")
        self.arrives("2026-01-01 11:00", city="Nice")
        self.assertEqual(self.acme.city, "Nice")

    def test_a_change_that_is_held_still_counts(self):
        self.edit("2026-01-01 10:00", city="Lyon")
        self.env["connector.change"].search([]).state = "held"
        self.written("2026-01-01 07:00")
        self.arrives("2026-01-01 09:00", city="Nice")
        self.assertEqual(self.acme.city, "Lyon")

    def test_a_correction_is_as_old_as_the_edit_that_it_sends(self):
        self.edit("2026-01-01 10:00", city="Lyon")
        importer = type(self.env["connector.change"])
        self.patch(importer, "_wake", lambda changes, flows: None)
        self.pull_again_unsent(city="Nice", at="2026-01-01 09:00")
        self.assertEqual(self.acme.city, "Lyon")
        corrections = self.env["connector.change"].search(
            [("res_id", "=", self.acme.id)]
        )
        self.assertEqual(
            {str(change.create_date) for change in corrections}, {"2026-01-01 10:00:00"}
        )

    def pull_again_unsent(self, at, **values):
        """It is taken while the lane that sends is busy."""
        known = {"name": "Acme", "city": "Berlin", "phone": "1"}
        pull = self.env["connector.pull"]
        run = pull._start(self.companies, self.env["connector.job"])
        pull._take(run, [remote(1, at=at, **(known | values))], force=True)

    def test_a_flow_that_only_takes_knows_when_the_record_was_written(self):
        self.companies.direction = "pull"
        self.acme.city = "Lyon"
        self.env.flush_all()
        self.written("2100-01-01 10:00")
        self.arrives("2026-01-01 11:00", city="Nice")
        self.assertEqual(self.acme.city, "Lyon")

    def test_what_it_writes_itself_does_not_make_an_older_edit_newer(self):
        self.companies.direction = "pull"
        self.acme.city = "Lyon"
        self.env.flush_all()
        # It writes the phone number, and the record is as new as that.
        self.arrives("2026-01-01 09:00", phone="1234567")
        self.assertEqual(self.acme.city, "Lyon")
        binding = self.binding("companies", 1)
        self.written(binding.synced_at)
        self.arrives("2026-01-01 09:30", phone="1234567", city="Nice")
        self.assertEqual(self.acme.city, "Nice")
