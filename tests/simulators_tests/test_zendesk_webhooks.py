"""Zendesk: webhooks, what they tell and what goes wrong with them."""

import base64
import hashlib
import hmac
import json
from collections import Counter

import pytest
from simulators.receiver import Receiver
from simulators.routing import Reply
from simulators.zendesk.webhooks import SECRET


class Subscriber(Receiver):
    """Somebody who subscribed."""

    @property
    def events(self):
        return [json.loads(body) for _headers, body in self.deliveries]

    @property
    def types(self):
        return [event["type"].removeprefix("zen:event-type:") for event in self.events]


@pytest.fixture
def receiver():
    with Subscriber() as receiver:
        yield receiver


@pytest.fixture
def subscribed(start_desk, receiver, desk_client_of):
    """``(simulator, client)`` of an account that tells the receiver."""

    def start(**settings):
        zendesk = start_desk(webhooks={"target": receiver.url, **settings})
        return zendesk, desk_client_of(zendesk)

    return start


def told(zendesk):
    assert zendesk.webhooks.wait(20), zendesk.webhooks.describe()


def is_good(headers, body, secret=SECRET):
    """As the vendor's guide does it."""
    signed = headers["X-Zendesk-Webhook-Signature-Timestamp"].encode() + body
    digest = hmac.new(secret.encode(), signed, hashlib.sha256).digest()
    good = base64.b64encode(digest).decode()
    return hmac.compare_digest(good, headers["X-Zendesk-Webhook-Signature"])


def subscription(receiver, *types, **values):
    return {
        "webhook": {
            "name": "Odoo",
            "endpoint": receiver.url,
            "http_method": "POST",
            "request_format": "json",
            "status": "active",
            "subscriptions": [f"zen:event-type:{each}" for each in types],
            **values,
        }
    }


def test_a_change_is_told_signed_with_its_envelope(subscribed, receiver):
    zendesk, desk = subscribed()
    acme = desk.made("organization", name="Acme")
    told(zendesk)
    [(headers, body)] = receiver.deliveries
    assert is_good(headers, body)
    assert not is_good(headers, body, "other")
    assert headers["X-Zendesk-Account-Id"] == "12514403"
    [event] = receiver.events
    assert event["type"] == "zen:event-type:organization.created"
    assert event["subject"] == f"zen:organization:{acme['id']}"
    assert event["detail"]["id"] == str(acme["id"])
    assert event["zendesk_event_version"] == "2022-06-20"
    assert event["time"] == "2026-11-02T09:00:00Z"


def test_each_difference_is_an_event_of_its_own(subscribed, receiver):
    zendesk, desk = subscribed()
    ticket = desk.made("ticket", subject="Help", comment={"body": "Hi"})
    told(zendesk)
    receiver.deliveries.clear()
    desk.put(
        f"/tickets/{ticket['id']}",
        {
            "ticket": {
                "status": "pending",
                "priority": "high",
                "tags": ["vip"],
                "comment": {"body": "We look", "public": False},
            }
        },
    )
    told(zendesk)
    assert Counter(receiver.types) == Counter(
        [
            "ticket.status_changed",
            "ticket.priority_changed",
            "ticket.tags_changed",
            "ticket.comment_added",
        ]
    )
    by_type = dict(zip(receiver.types, receiver.events, strict=True))
    status = by_type["ticket.status_changed"]
    assert status["event"]["current"] == "PENDING"
    assert status["event"]["previous"] == "NEW"
    assert status["event"]["meta"]["sequence"]["total"] == 3
    comment = by_type["ticket.comment_added"]["event"]["comment"]
    assert (comment["body"], comment["is_public"]) == ("We look", False)


def test_people_and_organizations_tell_what_became_of_them(subscribed, receiver):
    zendesk, desk = subscribed()
    acme = desk.made("organization", name="Acme")
    ann = desk.made("user", name="Ann", email="ann@a.example")
    bob = desk.made("user", name="Bob", email="bob@a.example")
    desk.put(f"/users/{bob['id']}", {"user": {"organization_id": acme["id"]}})
    desk.put(f"/users/{ann['id']}/merge", {"user": {"id": bob["id"]}})
    desk.delete(f"/organizations/{acme['id']}")
    told(zendesk)
    assert Counter(receiver.types) == Counter(
        [
            "organization.created",
            "user.created",
            "user.created",
            "user.organization_membership_created",
            "user.merged",
            "user.identity_created",
            "user.organization_membership_deleted",
            "organization.deleted",
        ]
    )


def test_a_webhook_is_made_read_changed_and_taken_away(zendesk, desk, receiver):
    answer = desk.post("/webhooks", subscription(receiver, "user.created"))
    assert answer.status_code == 201
    made = answer.json()["webhook"]
    path = f"/webhooks/{made['id']}"
    secret = desk.get(f"{path}/signing_secret").json()["signing_secret"]["secret"]
    desk.made("user", name="Ann")
    desk.made("organization", name="Acme")
    told(zendesk)
    assert receiver.types == ["user.created"]
    assert is_good(*receiver.deliveries[0], secret)
    assert receiver.deliveries[0][0]["X-Zendesk-Webhook-Id"] == made["id"]

    other = desk.post(f"{path}/signing_secret", {}).json()["signing_secret"]["secret"]
    answer = desk.request("PATCH", path, json={"webhook": {"status": "inactive"}})
    assert (answer.status_code, other != secret) == (204, True)
    desk.made("user", name="Bob")
    told(zendesk)
    assert len(receiver.deliveries) == 1
    assert desk.delete(path).status_code == 204
    assert desk.get("/webhooks").json()["webhooks"] == []


@pytest.mark.parametrize(
    "values",
    [
        {"name": None},
        {"endpoint": "nowhere"},
        {"http_method": "GET"},
        {"subscriptions": ["everything"]},
        {"status": "asleep"},
    ],
)
def test_a_webhook_that_cannot_be_is_refused(desk, receiver, values):
    answer = desk.post("/webhooks", subscription(receiver, **values))
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["code"] == "InvalidRequest"


def test_an_endpoint_may_be_told_a_password(zendesk, desk, receiver):
    authentication = {
        "type": "bearer_token",
        "data": {"token": "let-me-in"},
        "add_position": "header",
    }
    body = subscription(receiver, "user.created", authentication=authentication)
    made = desk.post("/webhooks", body).json()["webhook"]
    assert "data" not in made["authentication"]
    desk.made("user", name="Ann")
    told(zendesk)
    assert receiver.deliveries[0][0]["Authorization"] == "Bearer let-me-in"


def test_a_passing_refusal_is_tried_again_with_the_same_invocation(
    subscribed, receiver
):
    zendesk, desk = subscribed(backoff=0.01)
    receiver.answers = [Reply(503), Reply(429)]
    desk.made("user", name="Ann")
    told(zendesk)
    name = "X-Zendesk-Webhook-Invocation-Id"
    assert len({headers[name] for headers, _body in receiver.deliveries}) == 1
    assert len(receiver.deliveries) == 3


def test_a_final_refusal_is_not(subscribed, receiver):
    zendesk, desk = subscribed(backoff=0.01)
    receiver.answers = [Reply(401)]
    desk.made("user", name="Ann")
    told(zendesk)
    assert len(receiver.deliveries) == 1
    assert zendesk.webhooks.counts["given_up"] == 1


def test_events_can_be_doubled_lost_forged_and_stale(subscribed, receiver):
    zendesk, desk = subscribed(faults={"duplicate": 1})
    desk.made("user", name="Ann")
    told(zendesk)
    one, two = receiver.events
    assert one["id"] == two["id"]

    receiver.deliveries.clear()
    zendesk.webhooks.configure(faults={"bad_signature": 1})
    desk.made("user", name="Bob")
    told(zendesk)
    assert not is_good(*receiver.deliveries[0])

    receiver.deliveries.clear()
    zendesk.webhooks.configure(faults={"stale": 1}, by_clock=True)
    desk.made("user", name="Cem")
    told(zendesk)
    [(headers, body)] = receiver.deliveries
    assert is_good(headers, body)
    stamp = headers["X-Zendesk-Webhook-Signature-Timestamp"]
    assert stamp == "2026-11-02T08:00:00Z"

    receiver.deliveries.clear()
    zendesk.webhooks.configure(faults={"drop": 1})
    desk.made("user", name="Dee")
    told(zendesk)
    assert receiver.deliveries == []
