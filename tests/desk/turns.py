"""Work and waiting by turns: the lanes run until nothing is due, then time moves on."""

import time
from unittest.mock import patch

from scenarios.own_database import committed, transact
from scenarios.waiting import let_pass, seconds_to_wait

from odoo.sql_db import db_connect

from odoo.addons.connector_base.providers.http_client import HttpClient

LANES = ("realtime", "finance", "default", "bulk")
#: Seconds by which both sides wait longer than they must: Odoo counts whole ones.
MORE = 1.0
#: Turns in a row in which no job was run and no time had to pass: it is stuck.
IDLE_TURNS = 3
LEFT = """
    SELECT j.state, j.name, j.attempt, COALESCE(j.traceback, j.error, 'no error')
      FROM connector_job j WHERE j.state NOT IN ('done', 'cancelled')
"""
RUN = "SELECT COUNT(*), COALESCE(SUM(attempt), 0) FROM connector_job"


class Stuck(Exception):
    """Work is left that nobody can go on with, or more than the time allowed for."""


class Turns:
    """A database and a simulator whose times move together.

    ``passed``: seconds that were passed over; they come on top of real time.

    :param seconds: longest real seconds that one :meth:`work` may take
    """

    def __init__(self, database, clock, seconds):
        self.database = database
        self.clock = clock
        self.seconds = seconds
        self.passed = 0.0

    def work(self):
        """Go on until no job is left.

        :raises Stuck: where that isn't reached
        """
        # The short pauses that a worker makes between two requests pass, too.
        with patch.dict(HttpClient.__init__.__kwdefaults__, sleep=self._nap):
            self._work(time.monotonic() + self.seconds)

    def _work(self, end):
        idle = 0
        while True:
            done = self._run_lanes()
            with committed(self.database) as env:
                wait = seconds_to_wait(env)
                if wait is None:
                    break
                if not wait:
                    wait = self._until_the_gate_opens(env)
            idle = 0 if done or wait else idle + 1
            if idle == IDLE_TURNS or time.monotonic() > end:
                raise Stuck("\n".join(self.left()))
            if not done:
                self.move_on(wait + MORE)
        if left := self.left():
            raise Stuck("\n".join(left))

    def move_on(self, seconds):
        """Let so many seconds pass for both sides."""
        transact(self.database, lambda env: let_pass(env.cr, seconds))
        self.clock.advance(seconds)
        self.passed += seconds

    def _nap(self, seconds):
        """Let a pause of a client pass: nothing but budgets is looked at meanwhile."""
        with db_connect(self.database).cursor() as cr:
            cr.execute(
                "UPDATE connector_budget"
                "   SET refreshed_at = refreshed_at - make_interval(secs => %s)",
                (seconds,),
            )
        self.clock.advance(seconds)
        self.passed += seconds

    def left(self):
        """What isn't done, a sentence each."""
        with committed(self.database) as env:
            env.cr.execute(LEFT)
            return [
                f"{state}: {name}, try {attempt}: {error}"
                for state, name, attempt, error in env.cr.fetchall()
            ]

    def _run_lanes(self):
        """:return: whether any job was tried"""
        before = self._tried()
        with committed(self.database) as env:
            for lane in LANES:
                env["connector.job"]._cron_run_lane(lane)
        return self._tried() != before

    def _tried(self):
        with committed(self.database) as env:
            env.cr.execute(RUN)
            return env.cr.fetchone()

    def _until_the_gate_opens(self, env):
        moment = env["connector.connection"]._next_gate_change()
        if moment is None:
            return 0.0
        return max((moment - env.cr.now()).total_seconds(), 0.0)
