"""What a Chargebee site tells of, and how."""

import base64
import json

import pytest
from simulators.billing.model import Price
from simulators.receiver import Receiver
from simulators.routing import Reply


@pytest.fixture
def receiver():
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def told(chargebee, receiver):
    """Configure, wait, and give the events that came."""
    chargebee.webhooks.configure(target=receiver.url, backoff=0.01)

    def events():
        assert chargebee.webhooks.wait()
        return [json.loads(body) for _headers, body in receiver.deliveries]

    return events


def test_an_event_is_posted_with_basic_auth(chargebee, receiver, told, shop):
    [event] = [each for each in told() if each["event_type"] == "customer_created"]
    assert event["content"]["customer"]["id"] == "acme"
    assert event["api_version"] == "v2"
    headers = receiver.deliveries[0][0]
    user, _colon, password = (
        base64.b64decode(headers["Authorization"].removeprefix("Basic "))
        .decode()
        .partition(":")
    )
    assert (user, password) == (chargebee.webhooks.user, chargebee.webhooks.password)


def test_a_subscription_tells_of_its_invoice_and_payment(told, shop):
    shop.engine.subscriptions.subscribe(shop.customer, [("team-USD-Monthly", 5)])
    events = {each["event_type"]: each["content"] for each in told()}
    assert {"subscription_created", "invoice_generated", "payment_succeeded"} <= set(
        events
    )
    content = events["payment_succeeded"]
    assert content["transaction"]["amount"] == 6_000
    assert content["invoice"]["customer_id"] == content["customer"]["id"] == "acme"
    assert content["subscription"]["status"] == "active"


def test_content_is_as_old_as_the_event(chargebee, told, shop):
    shop.engine.update(shop.customer, phone="1")
    shop.engine.update(shop.customer, phone="2")
    changed = [each for each in told() if each["event_type"] == "customer_changed"]
    customers = [each["content"]["customer"] for each in changed]
    assert [each["phone"] for each in customers] == ["1", "2"]
    assert customers[0]["resource_version"] < customers[1]["resource_version"]


def test_only_2xx_counts_and_then_it_is_tried_again(chargebee, receiver, told, shop):
    told()
    receiver.answers = [Reply(302), Reply(500)]
    shop.engine.update(shop.customer, phone="1")
    told()
    assert chargebee.webhooks.counts["retries"] == 2
    assert chargebee.webhooks.counts["given_up"] == 0


def test_events_come_twice_and_in_any_order(chargebee, told, shop):
    told()
    chargebee.webhooks.configure(faults={"duplicate": 1.0, "reorder": 1.0}, gather=0.1)
    for number in range(6):
        shop.engine.update(shop.customer, phone=str(number))
    changed = [each for each in told() if each["event_type"] == "customer_changed"]
    phones = [each["content"]["customer"]["phone"] for each in changed]
    assert len(phones) == 12
    assert sorted(set(phones)) == list("012345")
    assert phones != sorted(phones)


def test_what_was_told_is_listed_as_well(chargebee, site, shop):
    chargebee.engine.update(chargebee.store.find(Price, "team-USD-Monthly"), name="T")
    [event] = site.listed("events", **{"event_type[is]": "item_price_updated"})
    assert event["content"]["item_price"]["name"] == "T"
    assert site.get(f"/events/{event['id']}").json()["event"]["id"] == event["id"]


def test_the_control_endpoint_sets_webhooks_up(chargebee, receiver, site):
    site.session.post(
        f"{chargebee.url}/_control/webhooks",
        json={"target": receiver.url, "password": "another"},
        timeout=5,
    )
    answer = site.session.get(f"{chargebee.url}/_control/webhooks", timeout=5).json()
    assert answer["target"] == receiver.url
    assert "password" not in answer
