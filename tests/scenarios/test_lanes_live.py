"""Lanes under real Odoo servers, with real scheduled actions."""

import time

import pytest
from simulators import HubSpotSimulator

from .odoo_server import odoo_server
from .own_database import committed, own_database

#: Milliseconds that the simulated vendor takes for each answer: what makes a job long.
SLOW_MS = 400
#: Jobs of each of the two long lanes: more than is worked off while the test looks.
BACKLOG = 120
#: Longest seconds until an invoice's job must have begun: one bulk job of several
#: requests, and Odoo's own turn.
PATIENCE = 15
#: Seconds until the cron threads of a server that answers listen for notifications; of
#: what comes before they hear after a minute.
STARTED = 3


def backlog(env, hubspot, jobs=BACKLOG):
    """Two long lanes full of slow jobs, and no other work."""
    connection = env["connector.connection"].create(
        {"name": "HubSpot", "provider": "hubspot", "base_url": hubspot.url}
    )
    connection.credential_ids.secret = hubspot.token
    connection.action_connect()
    env["connector.job"].search([]).action_cancel()
    connection.flow_ids.next_run_at = False
    flow = connection.flow_ids.filtered(lambda f: f.stream == "companies")
    ids = hubspot.store.ids("companies")
    for lane in ("default", "bulk"):
        env["connector.job"].enqueue_group(
            [
                env["connector.job"].call(
                    env["connector.pull"],
                    "_job_pull_ids",
                    kwargs={
                        "flow_id": flow.id,
                        "remote_ids": [str(ids[number % len(ids)])],
                    },
                    name=f"{lane} {number}",
                    connection=connection,
                    flow=flow,
                    lane=lane,
                )
                for number in range(jobs)
            ]
        )
    return connection


def enqueue_invoice(database, connection_id):
    """A job of the finance lane, as a business transaction enqueues it."""
    with committed(database) as env:
        connection = env["connector.connection"].browse(connection_id)
        job = env["connector.job"].enqueue(
            connection,
            "_job_refresh_references",
            name="invoice",
            connection=connection,
            lane="finance",
        )
        return job.id


def wait_for(database, condition, seconds=60):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with committed(database) as env:
            if condition(env):
                return
        time.sleep(0.2)
    raise AssertionError("it did not come to that")


def running_lanes(env):
    jobs = env["connector.job"].search([("state", "=", "started")])
    return set(jobs.mapped("lane"))


@pytest.mark.parametrize("workers", [0, 2], ids=["threaded", "prefork"])
def test_long_lanes_on_both_cron_threads_do_not_hold_up_an_invoice(database, workers):
    with HubSpotSimulator(20, seed=3, dirt=0) as hubspot:
        with committed(database) as env:
            connection_id = backlog(env, hubspot).id
        hubspot.faults.add("latency", times=None, ms=SLOW_MS)
        # Odoo's default: two scheduled actions at once, for everything there is.
        with odoo_server(database, cron_threads=2, workers=workers):
            time.sleep(STARTED)
            with committed(database) as env:
                env["connector.job"]._wake_lanes()
            wait_for(
                database, lambda env: running_lanes(env) >= {"default", "bulk"}, 90
            )
            job_id = enqueue_invoice(database, connection_id)
            wait_for(
                database,
                lambda env: env["connector.job"].browse(job_id).started_at,
                PATIENCE,
            )
            with committed(database) as env:
                left = env["connector.job"].search_count(
                    [("state", "=", "pending"), ("lane", "in", ("default", "bulk"))]
                )
            assert left, "the backlog was over: the test has shown nothing"


def test_one_server_works_on_the_lanes_of_several_databases(database):
    with own_database() as other, HubSpotSimulator(5, seed=3, dirt=0) as hubspot:
        databases = (database, other)
        with odoo_server(",".join(databases), cron_threads=2):
            time.sleep(STARTED)
            jobs = {}
            for name in databases:
                with committed(name) as env:
                    connection_id = backlog(env, hubspot, jobs=0).id
                jobs[name] = enqueue_invoice(name, connection_id)
            for name, job_id in jobs.items():
                wait_for(name, lambda env, i=job_id: is_done(env, i), PATIENCE)


def is_done(env, job_id):
    return env["connector.job"].browse(job_id).state == "done"
