"""Wake Odoo's cron workers, at the right moment and not more often than helps.

A cron worker sleeps up to a minute and knows of nothing that becomes due meanwhile,
unless it is notified. A notification is a transaction of its own in another database:
many transactions that commit at about the same time share one.
"""

import heapq
import logging
import threading
import time

from odoo import sql_db
from odoo.tools import SQL

from odoo.addons.base.models.ir_cron import ODOO_NOTIFY_FUNCTION

_logger = logging.getLogger(__name__)

#: Seconds between two notifications at the least.
SHORTEST = 0.2
#: Seconds from which on the cron workers come by themselves in time.
LONGEST = 60


class Waker:
    """Sends a notification at each moment asked for; such as are close share one.

    :param notify: sends it
    """

    def __init__(self, notify, clock=time.monotonic, timer=threading.Timer):
        self._notify = notify
        self._clock = clock
        self._new_timer = timer
        self._lock = threading.Lock()
        self._moments = []
        self._timer = None
        self._timer_at = float("inf")
        self._last = float("-inf")

    def at(self, moment):
        """Notify at ``moment`` of the clock, or as soon as may be after it."""
        with self._lock:
            now = self._clock()
            moment = max(moment, self._last + SHORTEST)
            if moment > now:
                # One that comes a moment later does for both.
                if not any(0 <= m - moment < SHORTEST for m in self._moments):
                    heapq.heappush(self._moments, moment)
                    self._arm(now)
                return
            self._last = now
        self._notify()

    def _arm(self, now):
        if not self._moments or self._timer_at <= self._moments[0]:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer_at = self._moments[0]
        self._timer = self._new_timer(max(self._timer_at - now, 0), self._fire)
        self._timer.daemon = True
        self._timer.start()

    def _fire(self):
        with self._lock:
            now = self._clock()
            while self._moments and self._moments[0] <= now:
                heapq.heappop(self._moments)
            self._timer, self._timer_at = None, float("inf")
            self._last = now
            self._arm(now)
        self._notify()


_wakers = {}
_wakers_lock = threading.Lock()


def notify_soon(dbname, seconds=0):
    """Wake the cron workers of a database in ``seconds``; far moments wake themselves.

    Never raises: what is due is found by the next worker that comes anyway.
    """
    if seconds > LONGEST:
        return
    with _wakers_lock:
        waker = _wakers.get(dbname)
        if waker is None:
            waker = _wakers[dbname] = Waker(lambda: _notify(dbname))
    waker.at(time.monotonic() + seconds)


def _notify(dbname):
    try:
        with sql_db.db_connect("postgres").cursor() as cr:
            cr.execute(
                SQL(
                    "SELECT %s('cron_trigger', %s)",
                    SQL.identifier(ODOO_NOTIFY_FUNCTION),
                    dbname,
                )
            )
    except Exception:
        _logger.info("The cron workers could not be woken.", exc_info=True)
