"""A run of chaos from an empty database to the comparison of both sides."""

import contextlib
import functools
import sys
import time

from scenarios.own_database import committed, transact
from simulators import HubSpotSimulator

from .account import SECRET, add_faults, connect, take_faults_back
from .compare import compare
from .killer import Killer, MortalServer
from .nursery import Nursery
from .world import World

WORKERS = 2
#: Jobs that wait before the next changes are made: a backlog would be one long job.
BACKLOG = 12
METHODS = {
    "_job_pull": "pull",
    "_job_pull_ids": "pull",
    "_job_push": "push",
    "_job_take_events": "webhook",
}
#: Least part of the jobs that each kind has; a fast machine pulls much.
LEAST_SHARE = 0.05
QUIET_SECONDS = 90
UNFINISHED = """
    SELECT (SELECT COUNT(*) FROM connector_job
             WHERE state IN ('pending', 'started', 'waiting'))
         + (SELECT COUNT(*) FROM connector_change WHERE state = 'pending')
         + (SELECT COUNT(*) FROM connector_event WHERE state = 'pending')
"""


def chaos(database, jobs, *, seed, log, seconds, between_kills=2.0, server_life=40.0):
    """Let ``jobs`` jobs run among deaths and faults, then compare both sides.

    :param log: open binary file for what the workers say
    :param seconds: longest time until no more changes are made
    :return: ``(dict as printed by ./dev chaos, compare.Findings)``
    """
    started = time.monotonic()
    settings = {"secret": SECRET, "backoff": 0.2}
    with contextlib.ExitStack() as stack:
        hubspot = stack.enter_context(HubSpotSimulator(seed=seed, webhooks=settings))
        with committed(database) as env:
            connection_id, token = connect(env, hubspot)
        world = World(database, connection_id, hubspot.store, seed)
        server = stack.enter_context(MortalServer(database, seed + 1, server_life))
        hubspot.webhooks.configure(target=f"{server.url}/connector/webhook/{token}")
        nursery = stack.enter_context(Nursery(database, WORKERS, log))
        add_faults(hubspot)
        with Killer(database, nursery, seed + 2, between_kills) as killer:
            make_changes(world, jobs, started + seconds)
        server.spare()
        take_faults_back(hubspot)
        hubspot.webhooks.wait(30)
        settle(world)
        findings = compare(world)
        ran = count_jobs(database)
    return {
        "kills": killer.kills + server.kills,
        "lost": len(findings.lost),
        "doubled": len(findings.doubled),
        "stuck": len(findings.stuck),
        "seconds": round(time.monotonic() - started),
        "jobs": sum(ran.values()),
        **ran,
        "server_kills": server.kills,
        "faults": sum(
            hubspot.requests.count(status=status) for status in (0, 429, 500, 502, 503)
        ),
        "records": len(world.items),
        "changes": sum(world.done.values()),
    }, findings


def make_changes(world, jobs, deadline):
    """Change both sides until so many jobs are done, some of each kind."""
    told = scheduled = 0
    while time.monotonic() < deadline:
        now = time.monotonic()
        if now > scheduled + 2:
            scheduled = now
            world.schedule()
            world.learn_ids()
        counts = count_jobs(world.database)
        done = sum(counts.values())
        if done >= jobs and min(counts.values()) >= jobs * LEAST_SHARE:
            return
        if now > told + 10:
            told = now
            print(f"{done} of {jobs} jobs", file=sys.stderr, flush=True)
        if waiting(world.database) > BACKLOG:
            time.sleep(0.1)
            continue
        for _step in range(4):
            world.step()


def count_jobs(database):
    """``{kind: jobs done}``"""
    counts = dict.fromkeys(METHODS.values(), 0)
    with committed(database) as env:
        env.cr.execute(
            "SELECT method_name, COUNT(*) FROM connector_job"
            " WHERE state = 'done' GROUP BY method_name"
        )
        for method, number in env.cr.fetchall():
            if method in METHODS:
                counts[METHODS[method]] += number
    return counts


def waiting(database):
    with committed(database) as env:
        return env["connector.job"].search_count([("state", "=", "pending")])


def settle(world):
    """Wait until nothing is left to do, read all once more, and wait again.

    What was archived is read by the pull after the one of all that lives.
    """
    quiet(world)
    for method in ("action_full_sync", "action_sync"):
        transact(world.database, functools.partial(press, world.connection_id, method))
        quiet(world)
    world.learn_ids()


def press(connection_id, method, env):
    """Press a button of all the connection's flows."""
    connection = env["connector.connection"].browse(connection_id)
    getattr(connection.flow_ids.filtered("active"), method)()


def quiet(world):
    """Wait until no work is left, for a bounded time; what is left then is found."""
    quiet_database(world.database, QUIET_SECONDS, world.schedule)


def quiet_database(database, seconds, between=lambda: None):
    """Wait until no work is left in a database; :return: whether that came to pass"""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with committed(database) as env:
            env.cr.execute(UNFINISHED)
            if not env.cr.fetchone()[0]:
                return True
        between()
        time.sleep(0.5)
    return False
