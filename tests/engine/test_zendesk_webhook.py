"""Zendesk's webhooks: who signed them, and what they tell of."""

import datetime
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from simulators.receiver import Receiver
from simulators.zendesk import webhooks as simulated

from odoo.addons.connector_base.engine.records import WebhookRequest
from odoo.addons.connector_support.providers.zendesk import webhook

from .zendesk_desk import change, organization, ticket, user

SECRET = "a signing secret"
NOW = datetime.datetime(2026, 11, 2, 9, tzinfo=datetime.UTC)
STAMP = "2026-11-02T09:00:00Z"


def delivery(body=b"{}", stamp=STAMP, secret=SECRET, received_at=NOW, **headers):
    """A delivery as Zendesk signs it."""
    signed = {
        webhook.TIMESTAMP_HEADER: stamp,
        webhook.SIGNATURE_HEADER: simulated.sign(secret, stamp, body),
        webhook.INVOCATION_HEADER: "8350205582",
    }
    url = "https://odoo.example/hook"
    return WebhookRequest("POST", url, {**signed, **headers}, body, received_at)


def event(kind="ticket.status_changed", subject="zen:ticket:7", **more):
    body = {
        "id": "ev-1",
        "type": f"zen:event-type:{kind}",
        "time": STAMP,
        "subject": subject,
        "zendesk_event_version": "2022-11-06",
        "detail": {"id": "7", "subject": "The secret of Acme"},
        "event": {},
        **more,
    }
    return delivery(json.dumps(body).encode())


def told(request):
    return {(each.stream, each.remote_id) for each in webhook.events(request)}


# -- who --------------------------------------------------------------------------


def test_a_delivery_that_was_signed_is_genuine_also_without_a_body():
    assert webhook.is_genuine(SECRET, delivery())
    assert webhook.is_genuine(SECRET, delivery(b""))
    assert webhook.events(delivery(b"")) == []


@pytest.mark.parametrize(
    "request_",
    [
        delivery(secret="another"),
        delivery(**{webhook.SIGNATURE_HEADER: ""}),
        delivery(**{webhook.SIGNATURE_HEADER: "ünïcödé"}),
        delivery(**{webhook.TIMESTAMP_HEADER: "2026-11-02T09:00:01Z"}),
        WebhookRequest("POST", "https://odoo.example/hook", {}, b"{}", NOW),
    ],
)
def test_any_other_is_not(request_):
    assert not webhook.is_genuine(SECRET, request_)


def test_a_changed_body_is_not_genuine():
    signed = delivery(b'{"ticket_id": 1}')
    changed = WebhookRequest(
        "POST", signed.url, signed.headers, b'{"ticket_id": 2}', NOW
    )
    assert not webhook.is_genuine(SECRET, changed)


@given(st.text(max_size=40), st.text(max_size=40))
def test_no_header_breaks_it(one, other):
    names = (webhook.SIGNATURE_HEADER, webhook.TIMESTAMP_HEADER)
    request = delivery(**dict(zip(names, (one, other), strict=True)))
    webhook.is_genuine(SECRET, request)
    webhook.is_fresh(request)


@pytest.mark.parametrize(
    ("seconds", "fresh"),
    [(0, True), (299, True), (301, False), (-299, True), (-301, False)],
)
def test_a_delivery_is_good_for_five_minutes_both_ways(seconds, fresh):
    received_at = NOW + datetime.timedelta(seconds=seconds)
    assert webhook.is_fresh(delivery(received_at=received_at)) is fresh


@pytest.mark.parametrize("stamp", ["", "yesterday", "9" * 40])
def test_a_delivery_without_a_time_is_not_fresh(stamp):
    assert not webhook.is_fresh(delivery(stamp=stamp))


# -- what -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "subject", "stream"),
    [
        ("ticket.created", "zen:ticket:7", "tickets"),
        ("ticket.soft_deleted", "zen:ticket:7", "tickets"),
        ("user.suspended_changed", "zen:user:7", "users"),
        ("user.identity_created", "zen:user:7", "users"),
        ("organization.deleted", "zen:organization:7", "organizations"),
        ("organization.name_changed", None, "organizations"),
    ],
)
def test_an_event_names_its_record(kind, subject, stream):
    [found] = webhook.events(event(kind, subject))
    assert (found.stream, found.remote_id, found.kind) == (stream, "7", kind)
    assert (found.key, found.occurred_at) == ("ev-1", NOW)


def test_two_users_that_were_merged_are_both_read_again():
    request = event("user.merged", "zen:user:7", event={"user": {"id": "8"}})
    assert told(request) == {("users", "7"), ("users", "8")}
    keys = [each.key for each in webhook.events(request)]
    assert keys == ["ev-1", "ev-1:8"]


def test_what_people_wrote_is_not_kept():
    body = {"comment": {"body": "My password is 1234"}}
    [found] = webhook.events(event("ticket.comment_added", event=body))
    text = json.dumps(found.payload)
    assert "password" not in text
    assert "Acme" not in text


def test_events_of_nothing_of_ours_are_stored_and_left():
    [found] = webhook.events(event("article.published", "zen:article:7"))
    assert (found.key, found.stream) == ("ev-1", None)


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({"ticket_id": 7}, {("tickets", "7")}),
        ({"ticket_id": "7"}, {("tickets", "7")}),
        (
            {"ticket_id": "7", "user_id": 8, "organization_id": "9"},
            {("tickets", "7"), ("users", "8"), ("organizations", "9")},
        ),
    ],
)
def test_a_trigger_says_what_it_was_made_to_say(body, found):
    assert told(delivery(json.dumps(body).encode())) == found


def test_a_delivery_of_a_trigger_that_comes_twice_is_one():
    body = b'{"ticket_id": 7}'
    [one], [again] = (webhook.events(delivery(body)) for _time in range(2))
    assert one.key == again.key
    [other] = webhook.events(delivery(body, **{webhook.INVOCATION_HEADER: "9"}))
    assert other.key != one.key
    nameless = {webhook.INVOCATION_HEADER: ""}
    [silent] = webhook.events(delivery(body, **nameless))
    [later] = webhook.events(delivery(body, "2026-11-02T09:00:09Z", **nameless))
    assert silent.key != later.key


@pytest.mark.parametrize(
    "body",
    [
        b"no JSON",
        b"[]",
        b"7",
        b"{}",
        b'{"ticket_id": null}',
        b'{"ticket_id": "7; DROP"}',
        b'{"ticket_id": true}',
        b'{"type": "zen:event-type:ticket.created", "id": 7}',
        b'{"ticket_id": NaN}',
    ],
)
def test_what_is_no_event_is_refused(body):
    request = delivery(body, **{webhook.INVOCATION_HEADER: ""})
    with pytest.raises(ValueError):
        webhook.events(request)


def test_what_an_account_sends_is_understood(zendesk):
    with Receiver() as receiver:
        zendesk.webhooks.configure(target=receiver.url, secret=SECRET, by_clock=True)
        acme = organization(zendesk)
        ada = user(zendesk, "Ada", email="ada@a.example", organization_id=acme.id)
        bob = user(zendesk, "Bob", email="bob@a.example")
        made = ticket(zendesk, requester_id=ada.id)
        change(zendesk, made, status="pending", comment={"body": "Secret"})
        zendesk.store.merge_users(bob, ada)
        zendesk.store.delete_ticket(made)
        zendesk.store.delete_organization(acme)
        assert zendesk.webhooks.wait()
    found, keys = set(), []
    for headers, body in receiver.deliveries:
        request = WebhookRequest("POST", receiver.url, headers, body, NOW)
        assert webhook.is_genuine(SECRET, request)
        assert webhook.is_fresh(request)
        events = webhook.events(request)
        found |= {(each.stream, each.remote_id) for each in events}
        keys += [each.key for each in events]
        assert "Secret" not in str([each.payload for each in events])
    assert len(keys) == len(set(keys))
    assert found == {
        ("organizations", str(acme.id)),
        ("users", str(ada.id)),
        ("users", str(bob.id)),
        ("tickets", str(made.id)),
    }
