"""Stripe: invoices, money and usage as they are written."""

import pytest
from stripe_refusals import refused

DAY = 86_400
OLD = "2024-06-20"


@pytest.fixture
def invoice(post, customer):
    """An issued invoice over 100.00 that waits for a transfer."""
    body = {
        "customer": customer,
        "collection_method": "send_invoice",
        "days_until_due": 30,
        "currency": "usd",
    }
    draft = post("/v1/invoices", body)
    item = {"customer": customer, "invoice": draft["id"], "currency": "usd"}
    post("/v1/invoiceitems", {**item, "amount": 4000, "description": "Work"})
    post("/v1/invoiceitems", {**item, "amount": 6000, "description": "Travel"})
    return post(f"/v1/invoices/{draft['id']}/finalize")


def test_an_invoice_is_drafted_filled_and_issued(invoice):
    assert (invoice["status"], invoice["total"]) == ("open", 10000)
    assert invoice["number"] and invoice["due_date"]
    assert len(invoice["lines"]["data"]) == 2


def test_only_a_draft_is_changed_or_deleted(stripe_client, post, customer, invoice):
    path = f"/v1/invoices/{invoice['id']}"
    refused(stripe_client.post(path, {"due_date": 1}), 400, None, "due_date")
    refused(stripe_client.post(f"{path}/finalize"), 400, "invoice_not_editable")
    refused(stripe_client.delete(path), 400)
    draft = post("/v1/invoices", {"customer": customer, "currency": "usd"})
    gone = stripe_client.delete(f"/v1/invoices/{draft['id']}").json()
    assert gone == {"id": draft["id"], "object": "invoice", "deleted": True}


def test_an_invoice_is_paid_by_card_or_out_of_band(
    stripe, stripe_client, stripe_client_of, post, invoice
):
    path = f"/v1/invoices/{invoice['id']}"
    paid = post(f"{path}/pay", {"paid_out_of_band": True})
    assert (paid["status"], paid["amount_remaining"]) == ("paid", 0)
    old = stripe_client_of(stripe, version=OLD).get(path).json()
    assert old["paid_out_of_band"] is True and old["charge"] is None
    assert stripe_client.get("/v1/charges").json()["data"] == []
    query = {"invoice": invoice["id"]}
    payments = stripe_client.get("/v1/invoice_payments", **query).json()["data"]
    assert all(each["status"] == "canceled" for each in payments)
    assert "already paid" in refused(stripe_client.post(f"{path}/pay"), 400)


def test_a_declined_card_is_a_402(stripe, stripe_client, post, customer, invoice):
    stripe.declines[customer] = ["insufficient_funds"]
    path = f"/v1/invoices/{invoice['id']}"
    answer = stripe_client.post(f"{path}/pay")
    body = answer.json()["error"]
    assert (answer.status_code, body["type"]) == (402, "card_error")
    assert body["code"] == "card_declined"
    assert body["decline_code"] == "insufficient_funds"
    assert stripe_client.get(path).json()["attempt_count"] == 1
    assert post(f"{path}/pay")["status"] == "paid"
    charges = stripe_client.get("/v1/charges").json()["data"]
    assert [each["status"] for each in charges] == ["succeeded", "failed"]


def test_an_invoice_is_voided_or_given_up(stripe_client, post, invoice):
    path = f"/v1/invoices/{invoice['id']}"
    given_up = post(f"{path}/mark_uncollectible")
    assert given_up["status_transitions"]["marked_uncollectible_at"]
    voided = post(f"{path}/void")
    assert voided["status"] == "void"
    refused(stripe_client.post(f"{path}/void"), 400)


def test_a_credit_note_takes_off_what_is_open_first(stripe_client, post, invoice):
    line = invoice["lines"]["data"][0]
    lines = [{"type": "invoice_line_item", "invoice_line_item": line["id"]}]
    lines[0]["amount"] = 1500
    body = {"invoice": invoice["id"], "lines": lines, "reason": "order_change"}
    note = post("/v1/credit_notes", body)
    assert (note["total"], note["pre_payment_amount"]) == (1500, 1500)
    assert note["lines"]["data"][0]["invoice_line_item"] == line["id"]
    path = f"/v1/invoices/{invoice['id']}"
    assert stripe_client.get(path).json()["amount_remaining"] == 8500
    assert post(f"/v1/credit_notes/{note['id']}/void")["status"] == "void"
    assert stripe_client.get(path).json()["amount_remaining"] == 10000


def test_a_credit_note_after_payment_refunds(stripe_client, post, invoice):
    post(f"/v1/invoices/{invoice['id']}/pay")
    body = {"invoice": invoice["id"], "amount": 10000, "refund_amount": 10000}
    note = post("/v1/credit_notes", body)
    assert note["type"] == "post_payment"
    [refund] = note["refunds"]
    assert refund["amount_refunded"] == 10000
    shown = stripe_client.get(f"/v1/refunds/{refund['refund']}").json()
    assert shown["amount"] == 10000


def test_a_refund_is_part_of_a_charge_at_most(stripe_client, post, invoice):
    post(f"/v1/invoices/{invoice['id']}/pay")
    [charge] = stripe_client.get("/v1/charges").json()["data"]
    body = {"charge": charge["id"], "amount": 2500}
    made = post("/v1/refunds", {**body, "reason": "requested_by_customer"})
    assert made["status"] == "succeeded" and made["payment_intent"]
    answer = stripe_client.post("/v1/refunds", {**body, "amount": 9999})
    assert "greater than unrefunded" in refused(answer, 400, None, "amount")
    post("/v1/refunds", {"payment_intent": charge["payment_intent"]})
    answer = stripe_client.post("/v1/refunds", body)
    refused(answer, 400, "charge_already_refunded")
    shown = stripe_client.get(f"/v1/charges/{charge['id']}").json()
    assert shown["refunded"] and shown["amount_refunded"] == 10000


# Usage


@pytest.fixture
def meter(stripe):
    from simulators.billing.model import Meter

    return stripe.engine.create(Meter, name="Calls", event_name="api_calls")


def test_a_meter_event_counts_once(stripe, stripe_client, post, customer, meter):
    body = {
        "event_name": "api_calls",
        "identifier": "e1",
        "payload": {"stripe_customer_id": customer, "value": "25"},
    }
    made = post("/v1/billing/meter_events", body)
    assert made["identifier"] == "e1" and made["payload"]["value"] == "25"
    answer = stripe_client.post("/v1/billing/meter_events", body)
    refused(answer, 400, "duplicate_meter_event", "identifier")
    assert stripe.state()["objects"]["usage"] == 1


@pytest.mark.parametrize(
    ("change", "code", "param"),
    [
        ({"event_name": "other"}, None, "event_name"),
        ({"timestamp": 1}, None, "timestamp"),
        (
            {"payload": {"value": "1"}},
            "parameter_missing",
            "payload[stripe_customer_id]",
        ),
        (
            {"payload": {"stripe_customer_id": "cus_none", "value": "1"}},
            "resource_missing",
            "payload[stripe_customer_id]",
        ),
    ],
)
def test_a_meter_event_that_can_not_count_is_refused(
    stripe_client, customer, meter, change, code, param
):
    payload = {"stripe_customer_id": customer, "value": "25"}
    body = {"event_name": "api_calls", "payload": payload, **change}
    refused(stripe_client.post("/v1/billing/meter_events", body), 400, code, param)


def test_usage_is_billed_afterwards(
    stripe, stripe_client, post, customer, meter, price_of
):
    price = price_of(2, usage_type="metered", meter=meter.id)
    body = {"customer": customer, "items": [{"price": price}]}
    made = post("/v1/subscriptions", body)
    assert "quantity" not in made["items"]["data"][0]
    payload = {"stripe_customer_id": customer, "value": "150"}
    body = {"event_name": "api_calls", "payload": payload}
    post("/v1/billing/meter_events", body)
    stripe.advance(made["items"]["data"][0]["current_period_end"] + DAY)
    query = {"subscription": made["id"]}
    invoices = stripe_client.get("/v1/invoices", **query).json()["data"]
    assert max(each["total"] for each in invoices) == 300


def test_usage_records_are_of_the_time_before_basil(
    stripe, stripe_client, stripe_client_of, customer, subscribe
):
    old = stripe_client_of(stripe, version=OLD)
    body = {
        "currency": "usd",
        "unit_amount": 2,
        "product_data": {"name": "Calls"},
        "recurring": {"interval": "month", "usage_type": "metered"},
    }
    price = old.made("/v1/prices", body)["id"]
    body = {"customer": customer, "items": [{"price": price}]}
    item = old.made("/v1/subscriptions", body)["items"]["data"][0]["id"]
    path = f"/v1/subscription_items/{item}/usage_records"
    moment = stripe.engine.now()
    for quantity, action in ((5, "increment"), (7, "increment"), (9, "set")):
        body = {"quantity": quantity, "action": action, "timestamp": moment}
        assert old.made(path, body)["quantity"] == quantity
    summaries = old.get(f"/v1/subscription_items/{item}/usage_record_summaries")
    assert summaries.json()["data"][0]["total_usage"] == 9
    assert stripe_client.post(path, {"quantity": 1}).status_code == 404
