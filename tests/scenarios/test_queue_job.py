"""The bridge to OCA's queue_job, in a database of its own that has both.

No other test's database has queue_job, as most users' have not.
"""

import contextlib
import itertools
import os
import pathlib
import re
import signal
import subprocess
import sys
import time

import psycopg2
import pytest
from steps import configuration_with_steps

from odoo.sql_db import connection_info_for

from devtools.processes import free_port

from .own_database import own_database

HERE = pathlib.Path(__file__).parent
ODOO = HERE.parent / "odoo_bin.py"
LANE = "bulk"
KEYS, NUMBERS = 20, 20
SECONDS = 120


@pytest.fixture(scope="module")
def configuration(tmp_path_factory):
    return configuration_with_steps(tmp_path_factory.mktemp("queue_job"))


@pytest.fixture(scope="module")
def database():
    with own_database(load=False) as name:
        yield name


@pytest.fixture(scope="module")
def tested(database, configuration):
    """What Odoo says while it installs the bridge and runs the tests that it has."""
    return run(
        configuration,
        *(str(ODOO), "-d", database, "-i", "queue_job,connector_test_step"),
        *("--test-tags", "/connector_queue_job", "--stop-after-init"),
        # Tests have a server, on a port that others may use.
        *("--http-port", str(free_port())),
    )


def run(configuration, *command):
    """Run a Python program of Odoo's to its end; returns what it logged."""
    done = subprocess.run(
        [sys.executable, *command],
        env={**os.environ, "ODOO_RC": str(configuration)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-8000:]
    return done.stdout


@contextlib.contextmanager
def server(database, configuration, log):
    """Odoo with two worker processes and queue_job's runner, which is given both."""
    with log.open("w") as output:
        process = subprocess.Popen(
            [
                *(sys.executable, str(ODOO), "-d", database, "--workers=2"),
                *("--load=base,rpc,web,queue_job", "--max-cron-threads=0"),
                *("--http-interface=127.0.0.1", f"--http-port={free_port()}"),
                *(f"--gevent-port={free_port()}", f"--db-filter=^{database}$"),
            ],
            env={
                **os.environ,
                "ODOO_RC": str(configuration),
                "ODOO_QUEUE_JOB_CHANNELS": f"root:2,root.connector_{LANE}:2",
            },
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def query(database, statement):
    _name, info = connection_info_for(database)
    connection = psycopg2.connect(**info)
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall()
    finally:
        connection.close()


def wait_until_done(database, process, log):
    deadline = time.monotonic() + SECONDS
    unfinished = (
        "SELECT state, COUNT(*) FROM connector_job WHERE state <> 'done' GROUP BY state"
    )
    while left := query(database, unfinished):
        assert process.poll() is None and time.monotonic() < deadline, (
            f"{left}\n{log.read_text()[-4000:]}"
        )
        time.sleep(0.2)


def test_the_bridge_installs_itself_and_passes_its_tests(database, tested):
    assert query(
        database,
        "SELECT name FROM ir_module_module"
        " WHERE state = 'installed' AND name = 'connector_queue_job'",
    )
    [(failed, errors, count)] = re.findall(
        r"(\d+) failed, (\d+) error\(s\) of (\d+) tests", tested
    )
    assert (failed, errors) == ("0", "0"), tested[-8000:]
    assert int(count) > 20


def kill_one(database, process, log):
    """End one of the processes, as soon as two of them have done a part of the work."""
    deadline = time.monotonic() + SECONDS
    while True:
        pids = query(
            database, "SELECT pid, COUNT(*) FROM connector_test_step GROUP BY 1"
        )
        if len(pids) > 1 and min(count for _pid, count in pids) > KEYS:
            os.kill(pids[0][0], signal.SIGKILL)
            return
        assert process.poll() is None and time.monotonic() < deadline, (
            f"{pids}\n{log.read_text()[-4000:]}"
        )
        time.sleep(0.05)


def test_two_processes_share_a_lane_each_job_once_in_order_though_one_is_killed(
    database, configuration, tested, tmp_path
):
    log = tmp_path / "server.log"
    query(database, "DELETE FROM connector_job RETURNING id")
    with server(database, configuration, log) as process:
        settings = [str(value) for value in (LANE, 2, KEYS, NUMBERS)]
        run(configuration, str(HERE / "enqueue_steps.py"), database, *settings)
        kill_one(database, process, log)
        wait_until_done(database, process, log)
    steps = query(
        database,
        "SELECT key, number, pid, began_at, ended_at FROM connector_test_step"
        " ORDER BY key, began_at",
    )
    for key, group in itertools.groupby(steps, key=lambda step: step[0]):
        group = list(group)
        # Each once, in order, and none before the one before it had ended.
        assert [step[1] for step in group] == list(range(NUMBERS)), key
        assert all(a[4] <= b[3] for a, b in itertools.pairwise(group)), key
    assert len(steps) == KEYS * NUMBERS
    # What the dead one was at, and nothing else, was tried again.
    again = query(database, "SELECT attempt FROM connector_job WHERE attempt <> 1")
    assert again in ([], [(2,)])
    turns = dict(
        query(database, "SELECT state, COUNT(*) FROM queue_job GROUP BY state")
    )
    assert "failed" not in turns
    # Turns are of half a minute, not one for each job.
    assert sum(turns.values()) <= 10, turns


def test_without_the_bridge_scheduled_actions_run_the_lanes_again(
    database, configuration, tested
):
    run(configuration, str(HERE / "enqueue_steps.py"), database, LANE, "2", "1", "1")
    modules = str(HERE / "modules.py")
    log = run(configuration, modules, database, "uninstall:connector_queue_job")
    assert " ERROR " not in log
    assert not query(
        database,
        "SELECT id FROM queue_job WHERE method_name = '_take_turn' AND state <> 'done'",
    )
    assert not query(
        database, "SELECT id FROM queue_job_channel WHERE name ~ 'connector'"
    )
    assert not query(
        database,
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_name = 'connector_lane' AND column_name = 'runner'",
    )
    run(configuration, str(HERE / "worker.py"), database)
    assert not query(database, "SELECT id FROM connector_job WHERE state <> 'done'")
