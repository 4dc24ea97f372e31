"""HubSpot: webhooks, what they tell and what goes wrong with them."""

import json
import threading
import time
from collections import Counter

import pytest
import requests
from simulators.hubspot.webhooks import BATCH, SECRET, TRIES, sign
from simulators.receiver import Receiver
from simulators.routing import Reply


class Subscriber(Receiver):
    """Somebody who subscribed."""

    @property
    def events(self):
        return [event for _head, body in self.deliveries for event in json.loads(body)]

    def kinds(self):
        return Counter(event["subscriptionType"] for event in self.events)


@pytest.fixture
def receiver():
    with Subscriber("/hook?x=1") as running:
        yield running


@pytest.fixture
def subscribed(start, receiver):
    """Start a simulator whose changes are told to the receiver."""

    def run(**settings):
        settings = {"target": receiver.url, "backoff": 0.01, **settings}
        return start(webhooks=settings)

    return run


def told(hubspot):
    assert hubspot.webhooks.wait(10), hubspot.webhooks.describe()


def test_each_change_is_told(subscribed, receiver):
    hubspot = subscribed()
    store = hubspot.store
    acme = store.create("companies", {"name": "Acme"})
    ada = store.create("contacts", {"firstname": "Ada"})
    store.update("companies", acme, {"name": "Bolt", "city": "Bonn"})
    store.associate("contacts", ada, "companies", acme)
    store.archive("companies", acme)
    store.restore("companies", acme)
    store.delete("contacts", ada)
    told(hubspot)
    assert receiver.kinds() == {
        "company.creation": 1,
        "contact.creation": 1,
        "company.propertyChange": 2,
        "contact.propertyChange": 1,
        "contact.associationChange": 1,
        "company.associationChange": 1,
        "company.deletion": 1,
        "company.restore": 1,
        "contact.deletion": 1,
    }
    [name] = [e for e in receiver.events if e.get("propertyValue") == "Bolt"]
    assert name["objectId"] == int(acme)
    assert name["portalId"] == hubspot.account["portalId"]
    assert name["propertyName"] == "name"
    assert name["attemptNumber"] == 0
    [link] = [
        e for e in receiver.events if e["subscriptionType"].startswith("contact.assoc")
    ]
    assert "objectId" not in link
    assert (link["fromObjectId"], link["toObjectId"]) == (int(ada), int(acme))


def test_what_the_api_changes_is_told_with_the_time_of_the_change(
    subscribed, receiver, client_of
):
    hubspot = subscribed(subscriptions=["company.propertyChange"])
    acme = hubspot.store.create("companies", {"name": "Acme"})
    path = f"/crm/objects/2026-09/companies/{acme}"
    client_of(hubspot).request("PATCH", path, json={"properties": {"name": "Bolt"}})
    told(hubspot)
    [event] = receiver.events
    record = hubspot.store.record("companies", acme)
    assert event["occurredAt"] == record.modified


def test_a_merge_names_all_records_in_it(subscribed, receiver):
    hubspot = subscribed(subscriptions=["company.merge"])
    one = hubspot.store.create("companies", {"name": "Acme"})
    other = hubspot.store.create("companies", {"name": "Acme Inc"})
    new = hubspot.store.merge("companies", one, other)
    told(hubspot)
    [event] = receiver.events
    assert event["primaryObjectId"] == int(one)
    assert event["mergedObjectIds"] == [int(other)]
    assert event["newObjectId"] == int(new)


def test_only_what_is_subscribed_is_told_and_the_types_may_be_the_newer_ones(
    subscribed, receiver
):
    hubspot = subscribed(generic=True, subscriptions=["object.creation"])
    acme = hubspot.store.create("companies", {"name": "Acme"})
    hubspot.store.update("companies", acme, {"name": "Bolt"})
    told(hubspot)
    [event] = receiver.events
    assert (event["subscriptionType"], event["objectTypeId"]) == (
        "object.creation",
        "0-2",
    )


def test_deliveries_are_signed(subscribed, receiver):
    hubspot = subscribed()
    hubspot.store.create("companies", {"name": "Acme"})
    told(hubspot)
    [(headers, body)] = receiver.deliveries
    timestamp = headers["X-HubSpot-Request-Timestamp"]
    assert int(timestamp) == hubspot.clock.now_ms()
    expected = sign(SECRET, "POST", receiver.url, body, timestamp)
    assert headers["X-HubSpot-Signature-v3"] == expected


def test_many_events_come_in_batches(subscribed, receiver):
    hubspot = subscribed(gather=0.2)
    for number in range(250):
        hubspot.store.create("companies", {"name": f"C{number}"})
    told(hubspot)
    sizes = [len(json.loads(body)) for _headers, body in receiver.deliveries]
    assert sum(sizes) == 250
    assert max(sizes) <= BATCH
    assert len(sizes) <= 4


def test_a_bad_answer_is_tried_again_ten_times_at_most(subscribed, receiver):
    hubspot = subscribed(backoff=0.001)
    receiver.answers = [Reply(500)] * 50
    hubspot.store.create("companies", {"name": "Acme"})
    told(hubspot)
    attempts = [event["attemptNumber"] for event in receiver.events]
    assert attempts == list(range(TRIES))
    assert len({event["eventId"] for event in receiver.events}) == 1
    assert hubspot.webhooks.counts["given_up"] == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405])
def test_some_answers_are_final(subscribed, receiver, status):
    hubspot = subscribed()
    receiver.answers = [Reply(status)]
    hubspot.store.create("companies", {"name": "Acme"})
    told(hubspot)
    assert len(receiver.deliveries) == 1


def test_a_429_says_when_to_come_back(subscribed, receiver):
    hubspot = subscribed(backoff=0.001)
    receiver.answers = [Reply(429, headers={"Retry-After": "1"})]
    hubspot.store.create("companies", {"name": "Acme"})
    told(hubspot)
    first, second = receiver.times
    assert second - first >= 1


def test_nobody_at_the_other_end_is_tried_again(subscribed, receiver):
    receiver.stop()
    hubspot = subscribed(backoff=0.001)
    hubspot.store.create("companies", {"name": "Acme"})
    told(hubspot)
    assert hubspot.webhooks.counts["status_0"] == TRIES


def test_faults_strike_when_they_are_switched_on(subscribed, receiver):
    hubspot = subscribed()
    hubspot.webhooks.configure(faults={"drop": 1})
    hubspot.store.create("companies", {"name": "Acme"})
    told(hubspot)
    assert not receiver.deliveries and hubspot.webhooks.counts["dropped"] == 1

    hubspot.webhooks.configure(faults={"duplicate": 1})
    hubspot.store.create("companies", {"name": "Bolt"})
    told(hubspot)
    assert len(receiver.deliveries) == 2
    assert len({event["eventId"] for event in receiver.events}) == 1

    receiver.deliveries.clear()
    hubspot.webhooks.configure(faults={"reorder": 1}, gather=0.1)
    for number in range(30):
        hubspot.store.create("companies", {"name": f"C{number}"})
    told(hubspot)
    ids = [event["eventId"] for event in receiver.events]
    assert len(ids) == 30 and ids != sorted(ids)

    receiver.deliveries.clear()
    hubspot.webhooks.configure(faults={"bad_signature": 1})
    hubspot.store.create("companies", {"name": "Cog"})
    told(hubspot)
    [(headers, body)] = receiver.deliveries
    timestamp = headers["X-HubSpot-Request-Timestamp"]
    expected = sign(SECRET, "POST", receiver.url, body, timestamp)
    assert headers["X-HubSpot-Signature-v3"] != expected

    hubspot.webhooks.configure(faults={"delay": 1}, delay_seconds=0.2)
    began = time.monotonic()
    for number in range(5):
        hubspot.store.create("companies", {"name": f"D{number}"})
        told(hubspot)
    assert time.monotonic() - began > 0.15


def test_the_control_endpoint_switches_it_all(hubspot, receiver):
    control = f"{hubspot.url}/_control/webhooks"
    settings = {"target": receiver.url, "faults": {"duplicate": 1.0}}
    answer = requests.post(control, json=settings, timeout=10).json()
    assert answer["target"] == receiver.url
    hubspot.store.create("companies", {"name": "Acme"})
    told(hubspot)
    state = requests.get(control, timeout=10).json()
    assert state["counts"]["deliveries"] == 2 and state["waiting"] == 0
    assert SECRET not in json.dumps(state)
    for wrong in ({"faults": {"flood": 1}}, {"colour": "red"}):
        assert requests.post(control, json=wrong, timeout=10).status_code == 400


def test_seeds_are_told_to_nobody_and_it_stops_with_the_simulator(start, receiver):
    hubspot = start(5, webhooks={"target": receiver.url})
    told(hubspot)
    assert not receiver.deliveries
    hubspot.stop()
    names = {thread.name for thread in threading.enumerate()}
    assert "hubspot-webhooks" not in names
