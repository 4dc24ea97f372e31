"""Processes that die of SIGKILL while they are at work."""

import contextlib
import os
import random
import signal
import threading
import time

from scenarios.odoo_server import free_port, odoo_server
from scenarios.own_database import committed

#: Seconds that are waited for somebody to be at work, and longest seconds from then on
#: to the kill: any point of a job.
LOOK_SECONDS = 3
LATEST_SECONDS = 0.2


class Killer:
    """Kills workers of a nursery at random, from a thread of its own.

    :param pause: seconds between two kills on the average
    """

    def __init__(self, database, nursery, seed, pause):
        self.database = database
        self.nursery = nursery
        self.pause = pause
        self.luck = random.Random(seed)
        self.kills = 0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="killer", daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_error):
        self._stopping.set()
        self._thread.join()

    def _run(self):
        while not self._stopping.wait(self.pause * self.luck.uniform(0.3, 1.7)):
            if self._at_work(LOOK_SECONDS):
                time.sleep(self.luck.uniform(0, LATEST_SECONDS))
                # Whoever is at a job at this very moment.
                busy = self._at_work(0)
                if busy:
                    self._kill(self.luck.choice(busy))

    def _kill(self, pid):
        if self.nursery.has(pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                self.kills += 1

    def _at_work(self, seconds):
        """Process ids of the workers that have begun a job."""
        deadline = time.monotonic() + seconds
        while True:
            with committed(self.database) as env:
                env.cr.execute(
                    "SELECT DISTINCT split_part(worker, ':', 2)::integer"
                    " FROM connector_job"
                    " WHERE state = 'started' AND started_at IS NOT NULL"
                )
                pids = sorted(row[0] for row in env.cr.fetchall())
            found = [pid for pid in pids if self.nursery.has(pid)]
            if found or time.monotonic() >= deadline or self._stopping.is_set():
                return found
            time.sleep(0.02)


class MortalServer:
    """An Odoo server for the webhooks that is killed and comes back at its address.

    :param pause: seconds that it lives on the average; ``None`` for ever
    """

    def __init__(self, database, seed, pause):
        self.database = database
        self.pause = pause
        self.luck = random.Random(seed)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.kills = 0
        self.error = None
        self._stopping = threading.Event()
        self._immortal = threading.Event()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="server", daemon=True)

    def __enter__(self):
        self._thread.start()
        self._ready.wait()
        if self.error:
            raise self.error
        return self

    def __exit__(self, *_error):
        self._immortal.set()
        self._stopping.set()
        self._thread.join()

    def spare(self):
        """Kill it no more; returns once it is there."""
        self._immortal.set()
        self._ready.wait()

    def _run(self):
        try:
            while not self._stopping.is_set():
                self._live()
        except Exception as error:
            self.error = error
        finally:
            self._ready.set()

    def _live(self):
        processes = []
        with odoo_server(self.database, port=self.port, started=processes.append):
            self._ready.set()
            if self.pause is not None and not self._immortal.wait(
                self.pause * self.luck.uniform(0.5, 1.5)
            ):
                self._ready.clear()
                processes[0].kill()
                processes[0].wait()
                self.kills += 1
                return
            self._stopping.wait()
