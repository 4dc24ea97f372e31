from odoo.tests import BaseCase, tagged

from ..models.connector_wake import SHORTEST, Waker


class Clock:
    """A clock and its timers, moved by the test."""

    def __init__(self):
        self.now = 100.0
        self.timers = []

    def __call__(self):
        return self.now

    def timer(self, seconds, function):
        timer = Timer(self.now + seconds, function)
        self.timers.append(timer)
        return timer

    def pass_to(self, moment):
        while due := [t for t in self.timers if t.at <= moment and t.active]:
            timer = min(due, key=lambda t: t.at)
            timer.active = False
            self.now = max(self.now, timer.at)
            timer.function()
        self.now = moment


class Timer:
    def __init__(self, at, function):
        self.at, self.function, self.active = at, function, False

    def start(self):
        self.active = True

    def cancel(self):
        self.active = False


@tagged("post_install", "-at_install")
class TestWaker(BaseCase):
    """Odoo's cron workers are notified in time, and not more often than helps."""

    def setUp(self):
        super().setUp()
        self.clock = Clock()
        self.notified = []
        self.waker = Waker(
            lambda: self.notified.append(round(self.clock.now, 3)),
            clock=self.clock,
            timer=self.clock.timer,
        )

    def test_the_first_is_sent_at_once(self):
        self.waker.at(100)
        self.assertEqual(self.notified, [100])

    def test_many_at_about_the_same_time_share_one_that_comes_after_the_last(self):
        for number in range(50):
            self.clock.pass_to(100 + number / 1000)
            self.waker.at(self.clock.now)
        self.assertEqual(self.notified, [100])
        self.clock.pass_to(101)
        self.assertEqual(self.notified, [100, round(100 + SHORTEST, 3)])

    def test_each_later_moment_is_kept(self):
        for seconds in (30, 5, 17):
            self.waker.at(100 + seconds)
        self.assertEqual(self.notified, [])
        self.clock.pass_to(140)
        self.assertEqual(self.notified, [105, 117, 130])

    def test_later_moments_close_together_share_the_later_one(self):
        for seconds in (5.15, 5.1, 5.0):
            self.waker.at(100 + seconds)
        self.clock.pass_to(120)
        self.assertEqual(self.notified, [105.15])
