"""Freshdesk's webhooks: who sent them, and what they hint at."""

import datetime
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from simulators.freshdesk import webhooks
from simulators.receiver import Receiver

from odoo.addons.connector_base.engine.records import WebhookRequest
from odoo.addons.connector_support.providers.freshdesk import webhook

from .freshdesk_desk import Builder

SECRET = "a long secret: with a colon"
NOW = datetime.datetime(2026, 11, 2, 9, tzinfo=datetime.UTC)


def delivery(body=b"{}", seconds=0, **headers):
    headers = headers or {webhook.SECRET_HEADER: SECRET}
    received = NOW + datetime.timedelta(seconds=seconds)
    return WebhookRequest("POST", "https://odoo.example/hook", headers, body, received)


def told(seconds=0, **values):
    [event] = webhook.inbound(delivery(json.dumps(values).encode(), seconds))
    return event


def test_a_delivery_with_the_secret_is_genuine():
    assert webhook.is_genuine(SECRET, delivery())


@pytest.mark.parametrize(
    "headers",
    [
        {webhook.SECRET_HEADER: "wrong"},
        {webhook.SECRET_HEADER: ""},
        {webhook.SECRET_HEADER: "ünïcödé"},
        {"Authorization": SECRET},
    ],
)
def test_any_other_is_not(headers):
    assert not webhook.is_genuine(SECRET, delivery(**headers))


@given(st.text(max_size=40))
def test_no_header_breaks_it(header):
    webhook.is_genuine(SECRET, delivery(**{webhook.SECRET_HEADER: header}))


@pytest.mark.parametrize("ticket_id", [42, "42", " 42 ", "#42", "INC-42"])
@pytest.mark.parametrize("name", ["ticket_id", "id"])
@pytest.mark.parametrize("wrapped", [True, False])
def test_a_delivery_names_its_ticket(ticket_id, name, wrapped):
    body = {name: ticket_id, "event": "ticket_updated"}
    event = told(**({webhook.WRAPPER: body} if wrapped else body))
    assert (event.stream, event.remote_id) == ("tickets", "42")
    assert event.kind == "ticket_updated"
    # When it happened isn't said: the ticket is read again in any case.
    assert event.occurred_at is None


def test_what_else_a_rule_sends_is_not_kept():
    event = told(ticket_id=7, email="ada@acme.example", subject="Help me")
    assert event.payload == {"ticket_id": "7", "event": "ticket_updated"}


def test_two_deliveries_that_say_the_same_are_two_events():
    keys = {told(seconds, ticket_id=7).key for seconds in (0, 1)}
    assert len(keys) == 2


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"ticket_id=7",
        b"[]",
        b"7",
        b"null",
        b"{}",
        b'{"ticket_id": null}',
        b'{"ticket_id": ""}',
        b'{"ticket_id": "{{ticket.id}}"}',
        b'{"ticket_id": true}',
        b'{"ticket_id": -7}',
        b'{"ticket_id": 1.5}',
        b'{"ticket_id": [7]}',
        b'{"freshdesk_webhook": []}',
        b'{"ticket_id": "99999999999999999999"}',
        b"\xff\xfe",
        b"[" * 100_000,
    ],
)
def test_what_names_no_ticket_is_refused(body):
    with pytest.raises(ValueError):
        webhook.inbound(delivery(body))


@given(st.binary(max_size=60))
def test_no_body_breaks_it(body):
    try:
        webhook.inbound(delivery(body))
    except ValueError:
        pass


@given(st.text(max_size=200))
def test_what_happened_may_be_any_text(kind):
    event = told(ticket_id=7, event=kind)
    assert 0 < len(event.kind) <= webhook.KIND_LENGTH
    assert "\0" not in event.kind


def test_what_an_account_sends_is_understood(freshdesk):
    desk = Builder(freshdesk)
    with Receiver() as receiver:
        freshdesk.webhooks.configure(target=receiver.url)
        freshdesk.webhooks.start()
        ticket = desk.ticket()
        desk.change("ticket", ticket, status=4)
        assert freshdesk.webhooks.wait()
    assert webhooks.SECRET_HEADER == webhook.SECRET_HEADER
    kinds = set()
    for headers, body in receiver.deliveries:
        request = WebhookRequest("POST", receiver.url, headers, body, NOW)
        assert webhook.is_genuine(webhooks.SECRET, request)
        [event] = webhook.inbound(request)
        assert event.remote_id == str(ticket["id"])
        kinds.add(event.kind)
    assert kinds == {"ticket_created", "ticket_updated"}
