"""Who knocks all day fills no log."""

import threading

from odoo.addons.connector_base.engine.throttle import Throttle


class Watch:
    now = 0.0

    def __call__(self):
        return self.now


def test_one_passes_and_the_next_says_how_many_did_not():
    watch = Watch()
    throttle = Throttle(60, watch)
    assert throttle.admit("a") == 0
    for watch.now in (0.0, 30.0, 59.9):
        assert throttle.admit("a") is None
    watch.now = 60.0
    assert throttle.admit("a") == 3
    watch.now = 120.0
    assert throttle.admit("a") == 0


def test_keys_do_not_hold_each_other_back():
    throttle = Throttle(60, Watch())
    assert throttle.admit("a") == throttle.admit("b") == 0
    assert throttle.admit("b") is None


def test_of_many_threads_at_once_one_passes_and_all_others_are_counted():
    watch = Watch()
    throttle = Throttle(60, watch)
    answers = []

    def knock():
        answers.extend(throttle.admit("a") for _time in range(500))

    threads = [threading.Thread(target=knock) for _thread in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer for answer in answers if answer is not None] == [0]
    watch.now = 60.0
    assert throttle.admit("a") == 8 * 500 - 1
