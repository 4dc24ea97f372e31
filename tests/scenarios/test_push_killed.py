"""Workers that die while they push lose nothing and make nothing twice."""

import random
import time

from simulators import HubSpotSimulator

from odoo.addons.connector_base.tests.common import activate

from .own_database import committed, start_worker
from .test_killed_worker import unfinished

COMPANIES = 500
BOUND = 200
KILLS = 4
SECONDS_PER_PUSH = 1.5


def connect(database, hubspot):
    """Companies go both ways; those that HubSpot has are bound."""
    with committed(database) as env:
        connection = env["connector.connection"].create(
            {"name": "HubSpot", "provider": "hubspot", "base_url": hubspot.url}
        )
        connection.credential_ids.secret = hubspot.token
        connection.action_connect()
        connection.flow_ids.filtered(lambda f: f.stream != "companies").active = False
        flow = connection.flow_ids.filtered(lambda f: f.stream == "companies")
        action = flow.active_map_id.action_new_draft()
        draft = env["connector.field.map"].browse(action["res_id"])
        draft.line_ids.write({"owner": "newest"})
        activate(draft)
        flow.direction = "both"


def change(database):
    """New companies and changed ones wait to go out."""
    with committed(database) as env:
        bound = env["connector.binding"].search([("entity", "=", "customer.company")])
        assert len(bound) == BOUND
        for number, res_id in enumerate(bound.mapped("res_id")):
            env["res.partner"].browse(res_id).city = f"Changed {number}"
        env["res.partner"].create(
            [
                {"name": f"Made in Odoo {number}", "is_company": True}
                for number in range(COMPANIES)
            ]
        )
        env.cr.flush()
        env["connector.flow"].search([("direction", "=", "both")])._enqueue_push()


def work(database):
    """Make sure that a push waits, as the scheduler does."""
    with committed(database) as env:
        if env["connector.change"].search_count([("state", "=", "pending")]):
            env["connector.flow"].search([("direction", "=", "both")])._enqueue_push()
        # Retries wait a while; the dead worker's jobs too.
        env.cr.execute(
            "UPDATE connector_job SET eta = now() at time zone 'UTC', attempt = 0"
            " WHERE state = 'pending'"
        )


def test_workers_killed_in_the_middle_of_pushes_lose_and_double_nothing(database):
    luck = random.Random(11)
    with HubSpotSimulator(seed=3) as hubspot:
        for number in range(BOUND):
            hubspot.store.create("companies", {"name": f"From HubSpot {number}"})
        connect(database, hubspot)
        assert start_worker(database).wait(timeout=150) == 0, unfinished(database)
        change(database)
        # Answers that take their time, and some that get lost after the work is done.
        hubspot.faults.add("latency", ms=60, times=None, path="/batch/")
        hubspot.faults.add(
            "drop", worked=True, times=None, chance=0.15, path="/batch/upsert$"
        )
        killed = 0
        for _kill in range(KILLS):
            worker = start_worker(database)
            asked = hubspot.requests.count()
            deadline = time.monotonic() + 20
            while worker.poll() is None and time.monotonic() < deadline:
                if hubspot.requests.count() > asked:
                    break
                time.sleep(0.02)
            time.sleep(luck.random() * SECONDS_PER_PUSH)
            if worker.poll() is None:
                worker.kill()
                killed += 1
            worker.wait()
            work(database)
        hubspot.faults.clear()
        for _turn in range(3):
            work(database)
            assert start_worker(database).wait(timeout=150) == 0, unfinished(database)
        assert killed, "no worker was caught at work: the test has shown nothing"
        assert_both_sides_agree(database, hubspot)


def assert_both_sides_agree(database, hubspot):
    names = [
        hubspot.store.get("companies", each)["name"]
        for each in hubspot.store.ids("companies")
    ]
    made = [name for name in names if name.startswith("Made in Odoo")]
    assert len(made) == len(set(made)) == COMPANIES
    assert len(names) == COMPANIES + BOUND
    with committed(database) as env:
        assert not env["connector.change"].search_count([])
        bindings = env["connector.binding"].search([])
        assert set(bindings.mapped("state")) == {"synced"}
        assert len(bindings) == COMPANIES + BOUND
        assert len(set(bindings.mapped("remote_id"))) == len(bindings)
        for binding in bindings:
            partner = env["res.partner"].browse(binding.res_id)
            kept = hubspot.store.get("companies", binding.remote_id)
            assert kept["name"] == partner.name
            assert (kept.get("city") or False) == partner.city
        found = env["res.partner"].search_count([("name", "=like", "Made in Odoo%")])
        assert found == COMPANIES
