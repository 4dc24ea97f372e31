"""Say the same thing now and then only: whoever knocks all day fills no log."""

import threading
import time


class Throttle:
    """Lets one in so many seconds pass for each key, and counts the others.

    Safe between threads. Keys are few and known, as ids of connections: none is ever
    forgotten.

    :param seconds: how long a key is held back after it passed
    :param clock: seconds that never run backwards, as ``time.monotonic``
    """

    def __init__(self, seconds, clock=time.monotonic):
        self._seconds = seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._passed = {}
        self._held = {}

    def admit(self, key):
        """Ask to pass.

        :return: how many were held back since the last one that passed, or ``None``
            where this one is held back as well
        """
        now = self._clock()
        with self._lock:
            if key in self._passed and now < self._passed[key] + self._seconds:
                self._held[key] = self._held.get(key, 0) + 1
                return None
            self._passed[key] = now
            return self._held.pop(key, 0)
