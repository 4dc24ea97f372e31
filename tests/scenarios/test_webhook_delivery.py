"""From HubSpot to Odoo by webhooks: real deliveries to a real server."""

import concurrent.futures
import json
import time

import pytest
import requests
from simulators import HubSpotSimulator
from simulators.hubspot.webhooks import sign

from .odoo_server import odoo_server
from .own_database import committed, own_database, start_worker

SECRET = "client-secret-of-the-app-0123456789"


@pytest.fixture(scope="module")
def database():
    with own_database() as name:
        yield name


@pytest.fixture
def hubspot():
    with HubSpotSimulator(webhooks={"secret": SECRET, "backoff": 0.2}) as running:
        yield running
    assert running.crashes == []


def connect(database, hubspot):
    """A connected account whose first load is over and whose next pull is far."""
    with committed(database) as env:
        # The accounts of the tests before are gone.
        env["connector.connection"].search([]).action_pause()
        env["connector.job"].search([("state", "=", "pending")]).action_cancel()
        connection = env["connector.connection"].create(
            {"name": "HubSpot", "provider": "hubspot", "base_url": hubspot.url}
        )
        by_key = {c.key: c for c in connection.credential_ids}
        by_key["access_token"].secret = hubspot.token
        by_key["webhook_secret"].secret = SECRET
        connection.action_connect()
        connection_id, token = connection.id, connection.webhook_token
    work(database)
    with committed(database) as env:
        connection = env["connector.connection"].browse(connection_id)
        connection.flow_ids.next_run_at = "2100-01-01"
    return connection_id, token


def work(database):
    assert start_worker(database).wait(timeout=120) == 0


def names(database, connection_id):
    """``{remote id: name of the partner}`` of the companies that Odoo has."""
    with committed(database) as env:
        bindings = env["connector.binding"].search(
            [
                ("connection_id", "=", connection_id),
                ("entity", "=", "customer.company"),
                ("state", "=", "synced"),
            ]
        )
        partners = env["res.partner"].browse(bindings.mapped("res_id"))
        assert len(set(partners.ids)) == len(bindings), "a company is there twice"
        return dict(
            zip(bindings.mapped("remote_id"), partners.mapped("name"), strict=True)
        )


def events(database, connection_id):
    with committed(database) as env:
        return env["connector.event"].search_read(
            [("connection_id", "=", connection_id)],
            ["event_key", "state", "duplicates", "remote_id"],
        )


def point(hubspot, url, token, **settings):
    hubspot.webhooks.configure(target=f"{url}/connector/webhook/{token}", **settings)


def told(hubspot):
    assert hubspot.webhooks.wait(30), hubspot.webhooks.describe()


def eventually(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.2)
    return found


def test_a_change_arrives_by_itself_once_it_is_told(database, hubspot):
    """The server's own cron does it: nobody but the webhook wakes it."""
    connection_id, token = connect(database, hubspot)
    with odoo_server(database, cron_threads=1) as url:
        point(hubspot, url, token)
        acme = hubspot.store.create("companies", {"name": "Acme"})
        told(hubspot)
        eventually(lambda: names(database, connection_id) == {acme: "Acme"})
        hubspot.store.update("companies", acme, {"name": "Bolt"})
        told(hubspot)
        eventually(lambda: names(database, connection_id) == {acme: "Bolt"})


def test_drops_duplicates_disorder_and_bad_signatures_end_in_the_same_records(
    database, hubspot
):
    """What the webhooks miss, the next poll brings."""
    connection_id, token = connect(database, hubspot)
    faults = {"drop": 0.3, "duplicate": 0.5, "reorder": 0.5, "delay": 0.3}
    faults["bad_signature"] = 0.2
    with odoo_server(database) as url:
        point(hubspot, url, token, faults=faults, gather=0.005)
        for number in range(40):
            hubspot.store.create("companies", {"name": f"Company {number}"})
        for record_id in hubspot.store.ids("companies"):
            hubspot.store.update("companies", record_id, {"name": f"New {record_id}"})
            time.sleep(0.01)
        told(hubspot)
    counts = hubspot.webhooks.counts
    assert counts["dropped"] and counts["status_401"], "the faults did not strike"
    work(database)
    assert {event["state"] for event in events(database, connection_id)} == {"done"}
    with committed(database) as env:
        env["connector.connection"].browse(connection_id).action_sync()
    work(database)
    expected = {
        record_id: f"New {record_id}" for record_id in hubspot.store.ids("companies")
    }
    assert names(database, connection_id) == expected


def test_what_nobody_told_of_comes_with_the_next_poll(database, hubspot):
    connection_id, token = connect(database, hubspot)
    with odoo_server(database) as url:
        point(hubspot, url, token, faults={"drop": 1})
        acme = hubspot.store.create("companies", {"name": "Acme"})
        told(hubspot)
    assert not events(database, connection_id)
    with committed(database) as env:
        env["connector.connection"].browse(connection_id).action_sync()
    work(database)
    assert names(database, connection_id) == {acme: "Acme"}


def test_the_server_may_be_away_for_a_while(database, hubspot):
    connection_id, token = connect(database, hubspot)
    with odoo_server(database) as url:
        point(hubspot, url, token)
    acme = hubspot.store.create("companies", {"name": "Acme"})
    time.sleep(0.5)
    assert hubspot.webhooks.counts["status_0"], "it was not away"
    with odoo_server(database, port=int(url.rsplit(":", 1)[1])):
        told(hubspot)
    work(database)
    assert names(database, connection_id) == {acme: "Acme"}


def test_the_same_delivery_many_times_at_once_is_one_event(database, hubspot):
    connection_id, token = connect(database, hubspot)
    batch = [
        {
            "eventId": number,
            "subscriptionId": 1,
            "portalId": 1,
            "occurredAt": 1_000_000 + number,
            "subscriptionType": "company.creation",
            "objectId": number,
        }
        for number in range(1, 31)
    ]
    copies = 8

    def deliver(number):
        body = json.dumps(batch if number % 2 else batch[::-1]).encode()
        timestamp = str(int(time.time() * 1000))
        target = f"{url}/connector/webhook/{token}"
        headers = {
            "X-HubSpot-Request-Timestamp": timestamp,
            "X-HubSpot-Signature-v3": sign(SECRET, "POST", target, body, timestamp),
        }
        return requests.post(target, body, headers=headers, timeout=60).status_code

    with odoo_server(database) as url:
        with concurrent.futures.ThreadPoolExecutor(copies) as pool:
            answers = list(pool.map(deliver, range(copies)))
    assert answers == [200] * copies
    found = events(database, connection_id)
    assert len(found) == len(batch)
    assert {event["duplicates"] for event in found} == {copies - 1}
