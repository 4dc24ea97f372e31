"""Circuits and budgets that several workers use at the very same time."""

import threading
import time

import pytest

from odoo.addons.connector_base.engine.budget import Quota
from odoo.addons.connector_base.models.connector_budget import draw_tokens

from .own_database import committed, own_database

WORKERS = 6


@pytest.fixture(scope="module")
def database():
    with own_database() as name:
        yield name


@pytest.fixture
def connection_id(database):
    with committed(database) as env:
        connection = env["connector.connection"].create(
            {
                "name": "HubSpot",
                "provider": "hubspot",
                "base_url": "http://127.0.0.1:9",
                "state": "connected",
            }
        )
        return connection.id


def at_once(work, count=WORKERS):
    """Call ``work(number)`` in so many threads that begin together; what each said."""
    barrier, answers = threading.Barrier(count), [None] * count

    def call(number):
        barrier.wait()
        try:
            answers[number] = work(number)
        except Exception as error:
            answers[number] = error

    threads = [threading.Thread(target=call, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_workers_that_fail_at_once_are_all_counted_and_none_fails_on_the_other(
    database, connection_id
):
    with committed(database) as env:
        env["connector.connection"].browse(connection_id).circuit_failures = WORKERS

    def fail(number):
        with committed(database) as env:
            connection = env["connector.connection"].browse(connection_id)
            connection._note_failure("remote_down", f"Worker {number} got no answer.")

    assert at_once(fail) == [None] * WORKERS
    with committed(database) as env:
        connection = env["connector.connection"].browse(connection_id)
        assert connection.circuit_state == "open"
        assert connection.circuit_event_ids.mapped("kind") == ["opened"]
        jobs = env["connector.job"].search([("connection_id", "=", connection_id)])
        assert (jobs.probe, jobs.state) == (True, "pending")


def test_a_person_edits_the_connection_while_its_vendor_fails(database, connection_id):
    with committed(database) as env:
        connection = env["connector.connection"].browse(connection_id)
        assert connection.name == "HubSpot"
        with committed(database) as other:
            worker = other["connector.connection"].browse(connection_id)
            worker._note_failure("timeout", "No answer.")
        connection.name = "Edited meanwhile"
    with committed(database) as env:
        connection = env["connector.connection"].browse(connection_id)
        assert connection.name == "Edited meanwhile"
        assert len(connection.circuit_ids.failed_at) == 1


def test_a_failure_is_counted_although_the_work_around_it_is_rolled_back(
    database, connection_id
):
    with committed(database) as env:
        connection = env["connector.connection"].browse(connection_id)
        connection._note_failure("timeout", "No answer.")
        env.cr.rollback()
    with committed(database) as env:
        circuit = env["connector.connection"].browse(connection_id).circuit_ids
        assert len(circuit.failed_at) == 1


def test_a_success_waits_for_nobody(database, connection_id):
    with committed(database) as env:
        connection = env["connector.connection"].browse(connection_id)
        connection._note_failure("timeout", "No answer.")
        with committed(database) as holder:
            holder["connector.circuit"]._locked(
                holder["connector.connection"].browse(connection_id)
            )
            with committed(database) as worker:
                worker["connector.circuit"]._note_success([connection_id])
    with committed(database) as env:
        env["connector.circuit"]._note_success([connection_id])
    with committed(database) as env:
        circuit = env["connector.connection"].browse(connection_id).circuit_ids
        assert circuit.failed_at == []


def budget_of(env, connection_id, name="requests"):
    connection = env["connector.connection"].browse(connection_id)
    return connection.budget_ids.filtered(lambda budget: budget.name == name)


def test_workers_that_draw_at_once_never_get_more_than_the_bucket_gives(
    database, connection_id
):
    seconds = 2.0
    with committed(database) as env:
        budget = budget_of(env, connection_id)
        budget_id = budget.id
        rate = (budget.requests - budget.burst + 1) / budget.seconds
        burst = budget.burst

    def draw(number):
        granted, end = 0, time.monotonic() + seconds
        while time.monotonic() < end:
            grant = draw_tokens(database, budget_id, True, None)
            granted += grant.granted
            time.sleep(0.01)
        return granted

    started = time.monotonic()
    granted = at_once(draw)
    took = time.monotonic() - started
    most = burst + rate * took
    assert most * 0.8 <= sum(granted) <= most + 1


def test_a_draw_is_committed_at_once_and_holds_nothing(database, connection_id):
    with committed(database) as env:
        budget_id = budget_of(env, connection_id).id
    with committed(database) as env:
        # Odoo's own transaction is open all the while, as that of a job may be.
        assert budget_of(env, connection_id).burst == 20
        assert draw_tokens(database, budget_id, True, Quota("requests", 9, 5)).granted
        with committed(database) as other:
            budget = budget_of(other, connection_id)
            assert (budget.tokens, budget.quota_remaining) == (18, 5)
            budget.requests = 190


def test_an_edit_that_holds_the_row_does_not_stop_the_requests(
    database, connection_id, caplog
):
    with committed(database) as env:
        budget_id = budget_of(env, connection_id).id
    with committed(database) as env:
        budget_of(env, connection_id).requests = 50
        env.flush_all()
        started = time.monotonic()
        assert draw_tokens(database, budget_id, True, None).granted == 1
        assert time.monotonic() - started < 2


def test_what_a_draw_costs_is_little_beside_a_request(database, connection_id):
    with committed(database) as env:
        budget_id = budget_of(env, connection_id).id
    draw_tokens(database, budget_id, True, None)
    started = time.perf_counter()
    for _number in range(200):
        draw_tokens(database, budget_id, True, None)
    milliseconds = (time.perf_counter() - started) / 200 * 1000
    # A vendor takes a hundred; this is loose, as the machine may be busy.
    assert milliseconds < 20
