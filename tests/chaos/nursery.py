"""Workers that are replaced as soon as they die: ``nursery.py DB NUMBER``.

The registry is loaded once and the workers are forked from it, as by Odoo's server of
processes, so that a new one is there at once. Ends when its standard input does.
"""

import os
import select
import signal
import subprocess
import sys
import time
import traceback

from odoo import SUPERUSER_ID, api, sql_db
from odoo.modules.registry import Registry
from odoo.tools import config

LANES = ("realtime", "finance", "default", "bulk")
#: Seconds after which a worker looks whether it is to end, however much there is to do.
SHIFT_SECONDS = 5
PAUSE_SECONDS = 0.1
SECONDS_TO_END = 20


def work(registry, slot, nursery):
    """Run the lanes as Odoo's cron would, until told to end or left alone."""
    ending = []
    signal.signal(signal.SIGTERM, lambda *_args: ending.append(True))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while not ending and os.getppid() == nursery:
        with registry.cursor() as cr:
            jobs = api.Environment(cr, SUPERUSER_ID, {})["connector.job"]
            for lane in LANES:
                end = time.monotonic() + SHIFT_SECONDS
                jobs.with_context(connector_end_time=end)._run_lane(lane, slot)
        time.sleep(PAUSE_SECONDS)


def fork(registry, slot):
    nursery = os.getpid()
    child = os.fork()
    if child:
        return child
    try:
        work(registry, slot, nursery)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(0)


def main(database, number):
    config.parse_config(["-c", os.environ["ODOO_RC"], "--log-level=warn"])
    registry = Registry(database)
    # A session of the database that two processes use is of use to neither.
    sql_db.close_all()
    slots = {}
    while not select.select([sys.stdin], [], [], 0.05)[0]:
        for slot in range(int(number)):
            pid = slots.get(slot)
            if pid is None or os.waitpid(pid, os.WNOHANG)[0]:
                slots[slot] = fork(registry, f"chaos {slot}")
    for pid in slots.values():
        os.kill(pid, signal.SIGTERM)
    for pid in slots.values():
        os.waitpid(pid, 0)


class Nursery:
    """The process as a context manager; ``log`` is an open binary file."""

    def __init__(self, database, number, log):
        self.command = [sys.executable, __file__, database, str(number)]
        self.log = log
        self.process = None

    def __enter__(self):
        # In a session of its own: Ctrl-C is the business of whoever started it.
        self.process = subprocess.Popen(
            self.command,
            stdin=subprocess.PIPE,
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
        )
        return self

    def __exit__(self, *_error):
        self.process.stdin.close()
        try:
            self.process.wait(SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            # Its workers see that they are left alone.
            self.process.kill()
            self.process.wait()

    def has(self, pid):
        """Whether a process is one of its workers."""
        try:
            with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
                fields = file.read().rpartition(")")[2].split()
        except OSError:
            return False
        return int(fields[1]) == self.process.pid


if __name__ == "__main__":
    main(*sys.argv[1:])
