"""Two worker processes that write the same records at the same time."""

import time

from chaos.account import both_ways
from chaos.nursery import Nursery
from chaos.run import quiet_database
from simulators import HubSpotSimulator

from .own_database import committed, transact

PARTNERS = 12
ROUNDS = 6
#: Words of PostgreSQL in a traceback that nobody caught, and in jobs that failed of it.
UNHANDLED = ("psycopg2.errors.", "its failure is not recorded", "stopped; its next run")


def connect(env, hubspot, name):
    """An account whose companies go both ways: names from there, cities from here."""
    connection = env["connector.connection"].create(
        {"name": name, "provider": "hubspot", "base_url": hubspot.url}
    )
    connection.credential_ids.secret = hubspot.token
    connection.budget_ids.requests = 100_000
    connection.action_connect()
    flows = connection.flow_ids
    flows.filtered(lambda flow: flow.stream != "companies").active = False
    flow = flows.filtered(lambda flow: flow.stream == "companies")
    both_ways(env, flow)
    return flow.id


def bind_shared(env, flow_ids, accounts):
    """The same partners are bound to a company of each account."""
    partners = env["res.partner"].create(
        [{"name": f"Shared {number}", "is_company": True} for number in range(PARTNERS)]
    )
    for flow_id, hubspot in zip(flow_ids, accounts, strict=True):
        flow = env["connector.flow"].browse(flow_id)
        env["connector.binding"].create(
            [
                {
                    "connection_id": flow.connection_id.id,
                    "flow_id": flow.id,
                    "entity": flow.entity,
                    "remote_id": hubspot.store.create(
                        "companies", {"name": partner.name}
                    ),
                    "res_model": "res.partner",
                    "res_id": partner.id,
                }
                for partner in partners
            ]
        )
    return partners.ids


def change(database, flow_ids, accounts, ids, number):
    """Both vendors and Odoo change all of them; pulls, events and pushes are due."""
    for hubspot in accounts:
        for remote_id in hubspot.store.ids("companies"):
            values = {"name": f"Name {number} {remote_id}"}
            hubspot.store.update("companies", remote_id, values)
    transact(database, lambda env: announce(env, flow_ids, accounts, number))
    edit(database, ids, f"City {number}")


def announce(env, flow_ids, accounts, number):
    """Pulls of both are due, and events tell of each record."""
    for flow_id, hubspot in zip(flow_ids, accounts, strict=True):
        flow = env["connector.flow"].browse(flow_id)
        flow._enqueue_pull()
        env["connector.event"].create(
            [
                {
                    "connection_id": flow.connection_id.id,
                    "event_key": f"{number}:{remote_id}",
                    "stream": "companies",
                    "remote_id": remote_id,
                    "kind": "company.propertyChange",
                    "received_at": env.cr.now(),
                }
                for remote_id in hubspot.store.ids("companies")
            ]
        )


def edit(database, ids, city):
    """A person changes all of them."""
    transact(database, lambda env: env["res.partner"].browse(ids).write({"city": city}))


def test_two_accounts_pulls_events_and_pushes_write_the_same_partners(
    database, tmp_path
):
    path = tmp_path / "workers.log"
    with (
        path.open("wb") as log,
        HubSpotSimulator(seed=1) as one,
        HubSpotSimulator(seed=2) as two,
    ):
        accounts = (one, two)
        with committed(database) as env:
            flow_ids = [connect(env, each, each.url) for each in accounts]
            ids = bind_shared(env, flow_ids, accounts)
        with Nursery(database, 2, log):
            for number in range(ROUNDS):
                change(database, flow_ids, accounts, ids, number)
                time.sleep(0.7)
            assert quiet_database(database, 90), "it never comes to rest"
        assert_all_agree(database, accounts, ids)
    said = path.read_text(errors="replace")
    assert not [word for word in UNHANDLED if word in said], said[-4000:]
    assert "could not serialize" in said, "nobody was in anybody's way"


def assert_all_agree(database, accounts, ids):
    with committed(database) as env:
        failed = env["connector.job"].search(
            [("state", "not in", ("done", "cancelled"))]
        )
        assert not failed, failed.mapped("error")
        assert not env["connector.exception"].search([("state", "=", "open")])
        assert not env["connector.change"].search([])
        events = env["connector.event"].search([])
        assert len(events) == 2 * PARTNERS * ROUNDS
        assert set(events.mapped("state")) == {"done"}
        bindings = env["connector.binding"].search([])
        assert len(bindings) == 2 * PARTNERS
        assert set(bindings.mapped("res_id")) == set(ids)
        partners = env["res.partner"].browse(ids)
        assert set(partners.mapped("city")) == {f"City {ROUNDS - 1}"}
        assert all(
            name.startswith(f"Name {ROUNDS - 1} ") for name in partners.mapped("name")
        )
    for hubspot in accounts:
        stored = [
            hubspot.store.get("companies", each)
            for each in hubspot.store.ids("companies")
        ]
        assert len(stored) == PARTNERS, "a company was made twice"
        assert {each["city"] for each in stored} == {f"City {ROUNDS - 1}"}
