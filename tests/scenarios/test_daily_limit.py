"""A daily limit that is hit in mid-load: nothing fails, and the next day it goes on."""

from simulators import Clock
from simulators.hubspot import RateLimit

from .hubspot_case import HubSpotCase

DAY = 86_400
QUARTER = 901


class TestDailyLimit(HubSpotCase):
    #: Whether the headers tell of the day: those of an OAuth app don't.
    told = True

    def setUp(self):
        self.limit = RateLimit(
            ten_secondly=100_000, search_secondly=100_000, daily_headers=self.told
        )
        self.account = {"rate_limit": self.limit, "clock": Clock()}
        super().setUp()
        self.acme = self.company("Acme")
        for number in range(449):
            self.company(f"Company {number}")
        self.deal(company=self.acme)
        self.connect()

    def use_up(self, left):
        """Let the account have only so many requests left today."""
        used = self.hubspot.requests.describe()["total"]
        self.limit.daily = used + left

    def bound(self):
        return self.env["connector.binding"].search_count(
            [
                ("connection_id", "=", self.connection.id),
                ("entity", "=", "customer.company"),
            ]
        )

    def test_a_load_resumes_the_next_day_where_it_stopped(self):
        self.use_up(2)
        self.run_jobs()
        taken = self.bound()
        self.assertEqual(taken, 200, "whole pages are kept")
        self.assertTrue(self.connection.blocked_until)
        self.assertEqual(self.connection.state, "connected")
        self.assertFalse(self.exceptions())
        waiting = self.jobs("pending")
        self.assertTrue(waiting)
        self.assertFalse(any(waiting.mapped("attempt")), "no failed try is counted")

        for _quarter in range(3):
            self.run_jobs(ahead=QUARTER)
        self.assertEqual(self.bound(), taken)
        self.assertLessEqual(self.hubspot.requests.count(status=429), 4)
        self.assertFalse(self.exceptions() or self.jobs("dead"))

        self.hubspot.clock.advance(DAY)
        self.limit.daily = 10_000
        self.run_jobs(ahead=QUARTER)
        self.sync(ahead=QUARTER)
        self.assertEverythingOnce()
        created = self.env["connector.log"].search_count(
            [("action", "=", "create"), ("connection_id", "=", self.connection.id)]
        )
        self.assertEqual(created, 451, "nothing was read into Odoo twice")
        self.assertFalse(self.exceptions() or self.jobs("dead"))


class TestDailyLimitUntold(TestDailyLimit):
    told = False
