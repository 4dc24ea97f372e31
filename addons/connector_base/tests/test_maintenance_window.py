import datetime

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import SQL

from .common_jobs import JobCase

# A Wednesday.
DAY = datetime.date(2026, 3, 4)


def moment(text, day=DAY):
    """Naive UTC of a time of day."""
    return datetime.datetime.combine(day, datetime.time.fromisoformat(text))


@tagged("post_install", "-at_install")
class TestMaintenanceWindow(JobCase):
    """Within a maintenance no job of the connection starts."""

    def window(self, **vals):
        return self.env["connector.maintenance.window"].create(
            {"connection_id": self.connection.id, "reason": "Upgrade", **vals}
        )

    def ends(self, window, now):
        """When the window ends that ``now`` lies in, or ``None``."""
        self.env.flush_all()
        [(end,)] = self.env.execute_query(
            SQL(
                "SELECT %s FROM connector_maintenance_window w WHERE id = %s",
                window._ends_at(now),
                window.id,
            )
        )
        return end

    def assertWithin(self, window, *times, end):
        for now in times:
            with self.subTest(now=now):
                self.assertEqual(self.ends(window, now), end)

    def assertOutside(self, window, *times):
        for now in times:
            with self.subTest(now=now):
                self.assertIsNone(self.ends(window, now))

    # -- when -----------------------------------------------------------------

    def test_once(self):
        window = self.window(start_at=moment("10:00"), end_at=moment("12:00"))
        self.assertWithin(window, moment("10:00"), moment("11:59"), end=moment("12:00"))
        self.assertOutside(window, moment("09:59"), moment("12:00"))

    def test_every_day(self):
        window = self.window(recurrence="daily", from_hour=1.5, to_hour=3)
        for day in (DAY, DAY + datetime.timedelta(days=3)):
            self.assertWithin(window, moment("01:30", day), end=moment("03:00", day))
        self.assertOutside(window, moment("01:29"), moment("03:00"), moment("13:30"))

    def test_over_midnight(self):
        window = self.window(recurrence="daily", from_hour=22, to_hour=2)
        tomorrow = DAY + datetime.timedelta(days=1)
        end = moment("02:00", tomorrow)
        self.assertWithin(
            window, moment("22:00"), moment("23:59"), moment("01:59", tomorrow), end=end
        )
        self.assertOutside(window, moment("21:59"), end)

    def test_on_a_day_of_the_week_also_over_midnight(self):
        window = self.window(recurrence="weekly", weekday="3", from_hour=23, to_hour=1)
        tomorrow = DAY + datetime.timedelta(days=1)
        end = moment("01:00", tomorrow)
        self.assertWithin(window, moment("23:30"), moment("00:30", tomorrow), end=end)
        self.assertOutside(window, moment("00:30"), moment("23:30", tomorrow))

    def test_until_the_end_of_the_day(self):
        window = self.window(recurrence="daily", from_hour=20, to_hour=24)
        end = moment("00:00", DAY + datetime.timedelta(days=1))
        self.assertWithin(window, moment("23:59"), end=end)
        self.assertOutside(window, end, moment("19:59"))

    def test_hours_are_meant_in_the_time_zone_of_the_connection(self):
        self.connection.tz = "America/New_York"
        window = self.window(recurrence="daily", from_hour=22, to_hour=23)
        # New York is five hours behind in winter, four in summer.
        tomorrow = DAY + datetime.timedelta(days=1)
        self.assertWithin(
            window, moment("03:30", tomorrow), end=moment("04:00", tomorrow)
        )
        summer = datetime.date(2026, 7, 2)
        self.assertWithin(window, moment("02:30", summer), end=moment("03:00", summer))
        self.assertOutside(window, moment("22:30"))
        self.connection.tz = "UTC"
        self.assertWithin(window, moment("22:30"), end=moment("23:00"))

    def test_a_zone_that_the_database_does_not_know_is_taken_for_utc(self):
        window = self.window(recurrence="daily", from_hour=1, to_hour=2)
        self.assertEqual(window._zone_of_postgresql("Europe/Berlin"), "Europe/Berlin")
        self.assertEqual(window._zone_of_postgresql("Mars/Olympus"), "UTC")

    def test_windows_that_make_no_sense_are_refused(self):
        for vals in (
            {},
            {"start_at": moment("10:00")},
            {"start_at": moment("10:00"), "end_at": moment("10:00")},
            {"recurrence": "daily", "from_hour": 3, "to_hour": 3},
            {"recurrence": "daily", "from_hour": -1, "to_hour": 3},
            {"recurrence": "daily", "from_hour": 1, "to_hour": 25},
            {"recurrence": "weekly", "from_hour": 1, "to_hour": 2},
        ):
            with self.subTest(vals), self.assertRaises(ValidationError):
                self.window(**vals)

    # -- what waits -----------------------------------------------------------

    def now_window(self, **vals):
        now = fields.Datetime.now()
        hour = datetime.timedelta(hours=1)
        return self.window(start_at=now - hour, end_at=now + hour, **vals)

    def test_no_job_of_the_connection_starts(self):
        window = self.now_window()
        other = self.connect(name="Other CRM")
        self.enqueue(name="waiting")
        self.enqueue(name="other", connection=other)
        self.run_jobs()
        self.assertEqual(self.order, ["other"])
        self.assertEqual(self.connection.maintenance_until, window.end_at)
        self.assertFalse(other.maintenance_until)
        window.active = False
        self.run_jobs()
        self.assertEqual(self.order, ["other", "waiting"])
        self.assertFalse(self.connection.maintenance_until)

    def test_a_vendor_that_is_down_is_not_looked_at_either(self):
        self.connection.circuit_failures = 1
        self.now_window()
        with self.worker() as env:
            connection = env["connector.connection"].browse(self.connection.id)
            connection._note_failure("timeout", "No answer.")
        self.time_passes(seconds=60)
        self.run_jobs()
        self.assertFalse(self.vendor.requests)
