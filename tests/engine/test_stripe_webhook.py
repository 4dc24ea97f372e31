import datetime
import json

import pytest
import requests

from odoo.addons.connector_base.engine.records import WebhookRequest
from odoo.addons.connector_base.engine.values import UTC
from odoo.addons.connector_billing.providers.stripe import events, webhook

SECRET = "whsec_" + "0" * 32
NOW = datetime.datetime(2026, 11, 2, 9, tzinfo=UTC)
STAMP = str(int(NOW.timestamp()))
BODY = b'{"id": "evt_1", "object": "event"}'


def delivery(header, body=BODY, received_at=NOW):
    headers = requests.structures.CaseInsensitiveDict()
    if header is not None:
        headers["Stripe-Signature"] = header
    return WebhookRequest("POST", "https://odoo.example/", headers, body, received_at)


def signed(secret=SECRET, body=BODY, stamp=STAMP):
    return webhook.signature(secret, stamp, body)


def event(kind, **item):
    data = {
        "id": "evt_1",
        "object": "event",
        "type": kind,
        "created": int(STAMP),
        "data": {"object": item},
    }
    return json.dumps(data).encode()


# -- signatures ----------------------------------------------------------------


def test_a_delivery_that_was_signed_with_our_secret_is_genuine():
    assert webhook.is_genuine(SECRET, delivery(f"t={STAMP},v1={signed()}"))


def test_one_of_several_signatures_is_enough():
    """While a secret is rolled there is one for each."""
    header = f"t={STAMP},v1={signed('whsec_old')},v1={signed()},v0=feed"

    assert webhook.is_genuine(SECRET, delivery(header))


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "v1=",
        f"t={STAMP}",
        f"t={STAMP},v1=",
        f"t={STAMP},v1=é",
        f"t={STAMP},v0={signed()}",
        f"t={STAMP},v1={signed('whsec_other')}",
        f"t={STAMP},v1={signed(body=BODY + b' ')}",
        f"t={int(STAMP) + 1},v1={signed()}",
    ],
)
def test_nothing_else_is_genuine(header):
    assert not webhook.is_genuine(SECRET, delivery(header))


def test_the_raw_body_is_what_was_signed():
    body = b'{ "id":"evt_1",\n"object":"event","name":"\xc3\xa9" }'

    header = f"t={STAMP},v1={signed(body=body)}"

    assert webhook.is_genuine(SECRET, delivery(header, body))


@pytest.mark.parametrize(("seconds", "expected"), [(300, True), (301, False)])
@pytest.mark.parametrize("sign", [1, -1])
def test_deliveries_are_taken_for_five_minutes_both_ways(seconds, sign, expected):
    received_at = NOW + datetime.timedelta(seconds=sign * seconds)

    request = delivery(f"t={STAMP},v1={signed()}", received_at=received_at)

    assert webhook.is_fresh(request) is expected


@pytest.mark.parametrize("stamp", ["", "soon", "-1", "1e9", "٣", "9" * 13])
def test_a_time_that_is_none_is_not_fresh(stamp):
    assert not webhook.is_fresh(delivery(f"t={stamp},v1={signed()}"))


# -- events --------------------------------------------------------------------


def of(body):
    return [(each.stream, each.remote_id) for each in webhook.inbound(body)]


def test_an_event_names_its_record_and_its_time():
    [found] = webhook.inbound(event("customer.updated", object="customer", id="cus_1"))

    assert (found.key, found.stream, found.remote_id) == (
        "evt_1",
        "customers",
        "cus_1",
    )
    assert found.kind == "customer.updated" and found.occurred_at == NOW


def test_a_charge_moves_the_balance_too():
    body = event(
        "charge.succeeded", object="charge", id="ch_1", balance_transaction="txn_1"
    )

    assert of(body) == [("payments", "ch_1"), ("balance_transactions", "txn_1")]
    keys = [each.key for each in webhook.inbound(body)]
    assert keys[0] == "evt_1" and len(set(keys)) == 2


def test_a_refunded_charge_names_its_refunds_by_itself():
    body = event("charge.refunded", object="charge", id="ch_1", amount_refunded=100)

    assert ("refunds", "ch_1") in of(body)


def test_an_invoice_payment_concerns_payment_and_invoice():
    body = event(
        "invoice_payment.paid",
        object="invoice_payment",
        id="inpay_1",
        invoice="in_1",
        payment={"type": "payment_intent", "payment_intent": "pi_1"},
    )

    assert of(body) == [("payments", "pi_1"), ("invoices", "in_1")]


def test_an_intent_concerns_its_latest_charge_if_there_is_one():
    intent = {"object": "payment_intent", "id": "pi_1"}

    assert of(event("payment_intent.succeeded", **intent, latest_charge="ch_1")) == [
        ("payments", "ch_1")
    ]
    assert of(event("payment_intent.created", **intent, latest_charge=None)) == [
        (None, None)
    ]


def test_a_schedule_concerns_its_subscription():
    schedule = {"object": "subscription_schedule", "id": "sub_sched_1"}

    assert of(
        event("subscription_schedule.updated", **schedule, subscription="sub_1")
    ) == [("subscriptions", "sub_1")]
    released = event(
        "subscription_schedule.released",
        **schedule,
        subscription=None,
        released_subscription="sub_1",
    )
    assert of(released) == [("subscriptions", "sub_1")]


@pytest.mark.parametrize("new", [True, False])
def test_an_invoice_concerns_the_items_that_it_bills(new):
    details = {"invoice_item_details": {"invoice_item": "ii_1"}}
    line = {"parent": details} if new else {"invoice_item": "ii_1"}

    body = event("invoice.created", object="invoice", id="in_1", lines={"data": [line]})

    assert of(body) == [("invoices", "in_1"), ("unbilled_charges", "ii_1")]


def test_a_payout_concerns_what_it_pays_out():
    body = event("payout.paid", object="payout", id="po_1")

    assert of(body) == [("payouts", "po_1"), ("balance_transactions", "po_1")]


def test_what_is_none_of_ours_is_kept_without_a_record():
    assert of(event("file.created", object="file", id="file_1")) == [(None, None)]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"object": "event"}',
        b'{"object": "event", "id": "evt_1", "type": "x", "created": true}',
        b'{"object": "event", "id": "evt_1", "type": "x", "data": null}',
        b'{"object": "event", "id": NaN}',
        b'{"object": "event", "id": "e", "type": "x", "created": 99999999999999}',
    ],
)
def test_what_is_no_event_is_refused(body):
    with pytest.raises(ValueError):
        webhook.inbound(body)


@pytest.mark.parametrize("basil", [True, False])
@pytest.mark.parametrize("stream", sorted(events.TYPES))
def test_stripe_takes_so_many_types_in_one_request(stream, basil):
    assert len(events.types_of(stream, basil)) <= 20
