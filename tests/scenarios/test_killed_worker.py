"""A worker that dies at any moment loses nothing and doubles nothing."""

import random
import time

from simulators import HubSpotSimulator

from .own_database import committed, start_worker

# More than are written together, so that some are kills between batches.
COMPANIES = 1200
KILLS = 6
SECONDS_PER_LOAD = 2.0


def connect(database, hubspot):
    with committed(database) as env:
        connection = env["connector.connection"].create(
            {"name": "HubSpot", "provider": "hubspot", "base_url": hubspot.url}
        )
        connection.credential_ids.secret = hubspot.token
        # As much as workers can send: this is not about waiting.
        connection.budget_ids.requests = 100_000
        connection.action_connect()
        connection.value_map_ids.line_ids.action_accept_suggestion()


def counts(database):
    with committed(database) as env:
        env.cr.execute(
            "SELECT entity, COUNT(*), COUNT(DISTINCT res_id)"
            " FROM connector_binding GROUP BY entity"
        )
        return {
            entity: (bound, records) for entity, bound, records in env.cr.fetchall()
        }


def unfinished(database):
    """What a worker that gave up has left, to be told by the test."""
    with committed(database) as env:
        jobs = env["connector.job"].search([("state", "in", ("pending", "started"))])
        return [(j.name, j.state, j.attempt, str(j.eta), j.error) for j in jobs]


def test_workers_killed_in_the_middle_of_a_load_lose_and_double_nothing(database):
    luck = random.Random(7)
    # Dirt is off: every record can be taken, so that the sums are exact.
    with HubSpotSimulator(COMPANIES, seed=3, dirt=0) as hubspot:
        connect(database, hubspot)
        with committed(database) as env:
            partners_before = env["res.partner"].search_count([])
        killed = 0
        for _kill in range(KILLS):
            worker = start_worker(database)
            # Past the start of the process, somewhere into its work.
            deadline = time.monotonic() + 3 + luck.random() * SECONDS_PER_LOAD
            while worker.poll() is None and time.monotonic() < deadline:
                time.sleep(0.02)
            if worker.poll() is None:
                worker.kill()
                killed += 1
            worker.wait()
        last = start_worker(database)
        assert last.wait(timeout=150) == 0, unfinished(database)
        assert killed, "no worker was caught at work: the test has shown nothing"
        companies = hubspot.store.count("companies")
        contacts = hubspot.store.count("contacts")
        deals = hubspot.store.count("deals")
        found = counts(database)
        assert found["customer.company"] == (companies, companies)
        assert found["customer.contact"] == (contacts, contacts)
        with committed(database) as env:
            held = env["connector.exception.item"].search_count(
                [("state", "=", "open"), ("blocking", "=", True)]
            )
            leads = env["crm.lead"].search_count([("active", "in", [True, False])])
            partners = env["res.partner"].search_count([]) - partners_before
        bound_deals = found.get("opportunity", (0, 0))
        assert bound_deals[0] == bound_deals[1] == leads
        assert leads <= deals and leads + held >= deals
        assert partners == companies + contacts


def test_two_workers_at_once_take_every_record_once(database):
    with HubSpotSimulator(150, seed=5, dirt=0) as hubspot:
        connect(database, hubspot)
        workers = [start_worker(database) for _worker in range(2)]
        for worker in workers:
            assert worker.wait(timeout=150) == 0, unfinished(database)
        found = counts(database)
        for stream, entity in (
            ("companies", "customer.company"),
            ("contacts", "customer.contact"),
        ):
            expected = hubspot.store.count(stream)
            assert found[entity] == (expected, expected)
        with committed(database) as env:
            twice = env["connector.job"].search_count([("attempt", ">", 1)])
            assert not twice, "a job ran twice"
