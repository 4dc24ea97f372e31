"""./dev bench queue [n] [finished]: jobs per second, beside OCA's queue_job.

In one run on one database, in turns, the best counts:

- per worker: n jobs that do nothing, enqueued before, run by the worker of a lane, each
  with its own transactions;
- the same with ``finished`` done jobs in the table: claiming must not slow;
- OCA: n jobs that do nothing, run by queue_job's runner in an Odoo server with a
  channel of capacity one.
"""

import sys
import time

from odoo_bench import environment

#: How often each is measured.
TURNS = 2
LANE = "default"


def enqueue(env, count):
    jobs = env["connector.job"]
    model = env["connector.connection"]
    call = [
        jobs.call(model, "_job_nothing", name=f"nothing {number}", lane=LANE)
        for number in range(count)
    ]
    jobs.enqueue_group(call)
    env.cr.commit()


def ours(env, count):
    enqueue(env, count)
    started = time.perf_counter()
    env["connector.job"]._cron_run_lane(LANE)
    seconds = time.perf_counter() - started
    left = env["connector.job"].search_count([("state", "!=", "done")])
    if left:
        sys.exit(f"{left} jobs were not run")
    return count / seconds


def main():
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    with environment() as env:
        env.registry["connector.connection"]._job_nothing = lambda self, job: None
        for _ in range(TURNS):
            print(ours(env, n), file=sys.stderr)


if __name__ == "__main__":
    main()
