"""Chargebee's webhooks: who sent them, and what they tell of."""

import base64
import datetime
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from simulators.receiver import Receiver

from odoo.addons.connector_base.engine.records import WebhookRequest
from odoo.addons.connector_billing.providers.chargebee import webhook

from .chargebee_site import open_shop

SECRET = "a long password: with a colon"
NOW = datetime.datetime(2026, 11, 2, 9, tzinfo=datetime.UTC)


def delivery(body=b"{}", user=webhook.USER, password=SECRET, **headers):
    pair = base64.b64encode(f"{user}:{password}".encode()).decode()
    headers = headers or {"Authorization": f"Basic {pair}"}
    return WebhookRequest("POST", "https://odoo.example/hook", headers, body, NOW)


def event(kind="customer_changed", **content):
    body = {
        "id": "ev_1",
        "object": "event",
        "event_type": kind,
        "occurred_at": int(NOW.timestamp()),
        "content": content,
    }
    return json.dumps(body).encode()


def told(kind, **content):
    """``{(stream, id)}`` of an event."""
    found = webhook.inbound(event(kind, **content))
    return {(each.stream, each.remote_id) for each in found}


def test_a_delivery_with_user_and_password_is_genuine():
    assert webhook.is_genuine(SECRET, delivery())


@pytest.mark.parametrize(
    "request_",
    [
        delivery(user="admin"),
        delivery(password="wrong"),
        delivery(password=""),
        delivery(Authorization=""),
        delivery(Authorization="Bearer x"),
        delivery(Authorization="Basic ünïcödé"),
        delivery(Other="x"),
    ],
)
def test_any_other_is_not(request_):
    assert not webhook.is_genuine(SECRET, request_)


@given(st.text(max_size=40))
def test_no_header_breaks_it(header):
    webhook.is_genuine(SECRET, delivery(Authorization=header))


def test_the_version_of_the_record_says_how_new_it_is():
    customer = {"id": "c1", "object": "customer", "resource_version": 1793610000482}
    [found] = webhook.inbound(event(customer=customer))
    assert (found.key, found.stream, found.remote_id) == ("ev_1", "customers", "c1")
    assert found.occurred_at.microsecond == 482_000


def test_an_event_of_a_payment_is_of_its_invoice_and_subscription_too():
    content = {
        "transaction": {"id": "t1", "type": "payment"},
        "invoice": {"id": "7", "status": "paid"},
        "subscription": {"id": "s1"},
        "customer": {"id": "c1"},
    }
    assert told("payment_succeeded", **content) == {
        ("payments", "t1"),
        ("invoices", "7"),
        ("subscriptions", "s1"),
    }
    keys = [each.key for each in webhook.inbound(event("payment_succeeded", **content))]
    assert len(set(keys)) == 3
    assert keys[0] == "ev_1"


def test_refunds_reversals_and_authorizations():
    for kind, stream in (("refund", "refunds"), ("payment_reversal", "refunds")):
        assert told("payment_refunded", transaction={"id": "t", "type": kind}) == {
            (stream, "t")
        }
    content = {"transaction": {"id": "t", "type": "authorization"}}
    assert told("authorization_succeeded", **content) == {(None, None)}


def test_what_is_no_document_is_left_alone():
    pending = {"id": "d1", "status": "pending"}
    assert told("pending_invoice_created", invoice=pending) == {(None, None)}
    note = {"id": "n1", "reason_code": "write_off"}
    assert told("credit_note_created", credit_note=note) == {(None, None)}


def test_lists_of_records_are_told_one_by_one():
    charges = [{"id": "li_1"}, {"id": "li_2"}]
    assert told("unbilled_charges_created", unbilled_charges=charges) == {
        ("unbilled_charges", "li_1"),
        ("unbilled_charges", "li_2"),
    }


def test_events_of_nothing_of_ours_are_stored_and_left():
    [found] = webhook.inbound(event("order_created", order={"id": "o1"}))
    assert (found.key, found.stream) == ("ev_1", None)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"object": "event"}',
        b'{"object": "event", "id": "e", "event_type": "x"}',
        b'{"object": "event", "id": "e", "event_type": "x", "content": []}',
        b'{"object": "event", "id": 7, "event_type": "x", "content": {}}',
        b'{"object":"event","id":"e","event_type":"x","content":{},"occurred_at":"1"}',
        b'{"object": "event", "id": "e", "event_type": "x", "content": {"a": NaN}}',
    ],
)
def test_what_is_no_event_is_refused(body):
    with pytest.raises(ValueError):
        webhook.inbound(body)


def test_what_a_site_sends_is_understood(chargebee):
    with Receiver() as receiver:
        chargebee.webhooks.configure(
            target=receiver.url, user=webhook.USER, password=SECRET
        )
        chargebee.webhooks.start()
        shop = open_shop(chargebee)
        shop.engine.subscriptions.subscribe(shop.customer, [("team-USD", 5)])
        assert chargebee.webhooks.wait()
    streams = set()
    for headers, body in receiver.deliveries:
        request = WebhookRequest("POST", receiver.url, headers, body, NOW)
        assert webhook.is_genuine(SECRET, request)
        streams |= {each.stream for each in webhook.inbound(body)}
    wanted = {"customers", "items", "item_prices", "coupons", "subscriptions"}
    assert streams >= {*wanted, "invoices", "payments"}
