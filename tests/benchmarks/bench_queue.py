"""./dev bench queue [n] [finished]: jobs per second, beside OCA's queue_job.

All jobs do nothing; each has its own transactions. In one run on one database that has
both queues, each measured several times in turn, the best counts: what else the machine
does meanwhile slows any of them by chance.

- per worker: n jobs, enqueued before, run by the worker of a lane;
- two workers: 2 n jobs, run by two processes that share the lane;
- OCA: jobs of queue_job in a channel of capacity one, run by an Odoo server that is as
  it comes but for its log, which is silent;
- handed over: 2 n jobs of a lane that the bridge hands to queue_job, run by the two
  worker processes of an Odoo server;
- with ``finished`` done jobs in the table: claiming must not slow.

Where a server runs the jobs, the time is from one of the first jobs that are done to
the last: its start does not count.
"""

import contextlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import psycopg2
from odoo_bench import environment
from steps import configuration_with_steps

from odoo.sql_db import connection_info_for

from devtools.processes import free_port

ODOO = str(pathlib.Path(__file__).parent.parent / "odoo_bin.py")
#: How often each is measured; what takes seconds only is so twice a turn.
TURNS = 2
LANE = "default"
#: Jobs of queue_job at the most, which is slower: the rate is the same.
MOST_OCA = 400
START_SECONDS = 60
INSERT_FINISHED = """
    INSERT INTO connector_job (
        name, model_name, method_name, record_ids, kwargs, lane, priority, eta, state,
        attempt, correlation_id, started_at, finished_at, create_date)
    SELECT 'nothing', 'connector.test.step', '_job_nothing', '[]', '{}', %s, 10, at,
           'done', 1, md5(number::text), at, at, at
      FROM (SELECT number, now() AT TIME ZONE 'UTC' - number * interval '1 second' AS at
              FROM generate_series(1, %s) AS number) AS past
"""


def execute(statement, parameters=()):
    """Rows of a statement of its own, past Odoo; committed."""
    _name, info = connection_info_for(os.environ["CONNECTORS_DB"])
    connection = psycopg2.connect(**info)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            return cursor.fetchall() if cursor.description else None
    finally:
        connection.close()


def odoo(*arguments, **variables):
    """An Odoo process on the database; what it says is for the one who measures."""
    return subprocess.Popen(
        [sys.executable, *arguments],
        env={**os.environ, **variables},
        stdout=sys.stderr,
    )


def install():
    done = odoo(
        *(ODOO, "-d", os.environ["CONNECTORS_DB"], "--stop-after-init"),
        *("-i", "queue_job,connector_test_step", "--no-http", "--log-level=warn"),
    ).wait()
    if done:
        sys.exit("queue_job could not be installed.")


@contextlib.contextmanager
def server(channels, *arguments):
    """An Odoo server with queue_job's runner, and none of its crons."""
    process = odoo(
        *(ODOO, "-d", os.environ["CONNECTORS_DB"], "--log-level=warn"),
        *("--load=base,rpc,web,queue_job", "--max-cron-threads=0"),
        *("--http-interface=127.0.0.1", f"--http-port={free_port()}"),
        *(f"--gevent-port={free_port()}", *arguments),
        ODOO_QUEUE_JOB_CHANNELS=channels,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=60)


def rate_of(process, table, total):
    """Jobs per second from the first ones that are seen to be done to the last."""
    first = None
    deadline = time.monotonic() + START_SECONDS + total
    while True:
        [(done,)] = execute(f"SELECT COUNT(*) FROM {table} WHERE state = 'done'")
        now = time.monotonic()
        if done and first is None:
            first = done, now
        if done == total:
            return (done - first[0]) / (now - first[1])
        if now > deadline or process.poll() is not None:
            sys.exit(f"{total - done} jobs of {table} were not run.")
        time.sleep(0.05)


def set_lane(env, runner, workers):
    lane = env["connector.lane"].of(LANE)
    lane.write({"runner": runner, "workers": workers})
    env.cr.commit()


def enqueue(env, count):
    env["connector.test.step"]._enqueue_nothing(LANE, count)
    env.cr.commit()


def check_done():
    [(left,)] = execute("SELECT COUNT(*) FROM connector_job WHERE state <> 'done'")
    if left:
        sys.exit(f"{left} jobs were not run.")


def per_worker(env, count):
    set_lane(env, "cron", 1)
    enqueue(env, count)
    started = time.perf_counter()
    env["connector.job"]._cron_run_lane(LANE)
    seconds = time.perf_counter() - started
    check_done()
    return count / seconds


def two_workers(env, count):
    set_lane(env, "cron", 2)
    workers = [
        subprocess.Popen(
            [sys.executable, __file__, "--worker", str(number)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in (1, 2)
    ]
    for worker in workers:
        worker.stdout.readline()
    enqueue(env, count)
    for worker in workers:
        worker.stdin.write("go\n")
        worker.stdin.flush()
    times = [json.loads(worker.stdout.readline()) for worker in workers]
    for worker in workers:
        worker.wait(timeout=60)
    check_done()
    return count / (max(end for _, end in times) - min(begin for begin, _ in times))


def work(number):
    """A worker process: says when it is ready, and from when to when it worked."""
    with environment() as env:
        print("ready", flush=True)
        sys.stdin.readline()
        begin = time.monotonic()
        env["connector.job"]._cron_run_lane(LANE, number)
        print(json.dumps([begin, time.monotonic()]), flush=True)


def oca(env, count):
    execute("DELETE FROM queue_job")
    for _number in range(count):
        env["connector.test.step"].with_delay()._do_nothing()
    env.cr.commit()
    with server("root:1") as process:
        return rate_of(process, "queue_job", count)


def handed_over(env, count):
    execute("DELETE FROM queue_job")
    execute("DELETE FROM connector_job")
    set_lane(env, "queue_job", 2)
    enqueue(env, count)
    with server(f"root:2,root.connector_{LANE}:2", "--workers=2") as process:
        return rate_of(process, "connector_job", count)


def finish(count):
    execute("DELETE FROM connector_job")
    execute(INSERT_FINISHED, (LANE, count))
    # As they are after a while, or autovacuum would begin while we measure.
    execute("VACUUM ANALYZE connector_job")


def main():
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    finished = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
    rates = {}

    def measure(name, function, env, count):
        rate = function(env, count)
        print(f"{name}: {rate:.0f}", file=sys.stderr)
        rates[name] = max(rates.get(name, 0), rate)

    with tempfile.TemporaryDirectory() as folder:
        os.environ["ODOO_RC"] = str(configuration_with_steps(folder))
        install()
        with environment() as env:
            for _turn in range(TURNS):
                measure("per_worker", per_worker, env, n)
                measure("two_workers", two_workers, env, 2 * n)
                measure("oca", oca, env, min(n, MOST_OCA))
                measure("handed_over", handed_over, env, 2 * n)
                measure("per_worker", per_worker, env, n)
            finish(finished)
            for _turn in range(2 * TURNS):
                measure("per_worker_with_finished", per_worker, env, n)
    per_second = {f"{name}_per_s": round(rate) for name, rate in rates.items()}
    ours = rates["per_worker"]
    print(
        json.dumps(
            {
                "bench": "queue",
                "n": n,
                "finished": finished,
                **per_second,
                "oca_per_s": round(rates["oca"], 1),
                "ratio": round(ours / rates["oca"], 1),
                "finished_ratio": round(rates["per_worker_with_finished"] / ours, 2),
            }
        )
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--worker"]:
        work(int(sys.argv[2]))
    else:
        main()
