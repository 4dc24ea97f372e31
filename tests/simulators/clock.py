"""The time a simulator lives in: the wall clock, shifted or stopped at will.

Every stamp a simulator gives out (modification dates, the ``Date`` header, the
windows of a rate limit) is read from here, so that a test moves hours in no time.
Units: milliseconds since the epoch, UTC.
"""

import threading
import time
from datetime import UTC, datetime


def to_ms(moment):
    """Milliseconds of an aware datetime, an ISO 8601 text, or milliseconds."""
    if isinstance(moment, int | float):
        return int(moment)
    if isinstance(moment, str):
        text = moment.strip().replace("Z", "+00:00")
        moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return round(moment.timestamp() * 1000)


def from_ms(milliseconds):
    """Aware UTC datetime of milliseconds since the epoch."""
    return datetime.fromtimestamp(milliseconds / 1000, tz=UTC)


def iso(milliseconds):
    """``2026-09-30T12:34:56.789Z``, the way most vendors write a moment."""
    seconds, rest = divmod(milliseconds, 1000)
    parts = time.gmtime(seconds)
    return (
        f"{parts[0]:04d}-{parts[1]:02d}-{parts[2]:02d}"
        f"T{parts[3]:02d}:{parts[4]:02d}:{parts[5]:02d}.{rest:03d}Z"
    )


class Clock:
    """The wall clock, or a clock that stands still until it is told to move."""

    def __init__(self, at=None):
        """``at`` (datetime, ISO text or ms) stops the clock there."""
        self._lock = threading.Lock()
        self._offset = 0
        self._still = None if at is None else to_ms(at)

    @property
    def is_still(self):
        """Whether it moves only when it is told to."""
        return self._still is not None

    def now_ms(self):
        """Milliseconds since the epoch, as this clock sees it."""
        with self._lock:
            if self._still is not None:
                return self._still
            return time.time_ns() // 1_000_000 + self._offset

    def now(self):
        """Aware UTC datetime, as this clock sees it."""
        return from_ms(self.now_ms())

    def stop(self, at=None):
        """Stand still, now or at a given moment."""
        moment = self.now_ms() if at is None else to_ms(at)
        with self._lock:
            self._still = moment

    def advance(self, seconds):
        """Jump forward, whether the clock runs or stands still."""
        with self._lock:
            if self._still is not None:
                self._still += round(seconds * 1000)
            else:
                self._offset += round(seconds * 1000)

    def resume(self):
        """Run with the wall clock again, without any shift."""
        with self._lock:
            self._still = None
            self._offset = 0
