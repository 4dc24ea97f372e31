"""Stripe: what writes make, and what they are refused for."""

import pytest

DAY = 86_400
OLD = "2024-06-20"


@pytest.fixture
def post(stripe_client):
    """What a write makes."""
    return stripe_client.made


@pytest.fixture
def customer(post):
    """The id of a customer with a card."""
    return post("/v1/customers", {"name": "Acme", "email": "a@acme.example"})["id"]


@pytest.fixture
def price_of(post):
    """The id of a new monthly price with a product of its own."""

    def make(amount=1000, currency="usd", **recurring):
        body = {
            "currency": currency,
            "unit_amount": amount,
            "product_data": {"name": "Team"},
            "recurring": {"interval": "month", **recurring},
        }
        return post("/v1/prices", body)["id"]

    return make


@pytest.fixture
def subscribe(post, customer):
    """A new subscription of a price."""

    def make(price, quantity=1, **more):
        items = [{"price": price, "quantity": quantity}]
        body = {"customer": customer, "items": items, **more}
        return post("/v1/subscriptions", body)

    return make


def refused(answer, status, code=None, param=None):
    assert answer.status_code == status, answer.text
    body = answer.json()["error"]
    assert (body.get("code"), body.get("param")) == (code, param), body
    return body["message"]


# Catalogue


def test_a_customer_is_written_and_read_back(stripe_client, post):
    address = {"line1": "Main 1", "line2": "c/o", "city": "Bonn", "country": "DE"}
    body = {
        "name": "Acme",
        "address": address,
        "tax_exempt": "reverse",
        "balance": -500,
        "tax_id_data": [{"type": "eu_vat", "value": "DE123456789"}],
    }
    made = post("/v1/customers", body)
    shown = stripe_client.get(f"/v1/customers/{made['id']}").json()
    assert shown == made
    assert made["address"] == {**address, "postal_code": None, "state": None}
    assert (made["tax_exempt"], made["balance"]) == ("reverse", -500)
    [tax_id] = stripe_client.get(f"/v1/customers/{made['id']}/tax_ids").json()["data"]
    assert (tax_id["type"], tax_id["value"]) == ("eu_vat", "DE123456789")
    shown = post(f"/v1/customers/{made['id']}", {"email": ""})
    assert shown["email"] is None and shown["name"] == "Acme"


def test_prices_may_be_tiered_packaged_or_one_off(post):
    product = post("/v1/products", {"name": "API"})["id"]
    tiers = [
        {"up_to": 10, "unit_amount": 5},
        {"up_to": "inf", "unit_amount_decimal": "3"},
    ]
    body = {
        "currency": "usd",
        "product": product,
        "billing_scheme": "tiered",
        "tiers_mode": "graduated",
        "tiers": tiers,
        "recurring": {"interval": "month"},
        "expand": ["tiers"],
    }
    tiered = post("/v1/prices", body)
    assert [each["up_to"] for each in tiered["tiers"]] == [10, None]
    assert [each["unit_amount"] for each in tiered["tiers"]] == [5, 3]
    assert tiered["unit_amount"] is None
    body = {
        "currency": "jpy",
        "product": product,
        "unit_amount_decimal": "980",
        "transform_quantity": {"divide_by": 100, "round": "up"},
    }
    package = post("/v1/prices", body)
    assert package["type"] == "one_time" and package["unit_amount"] == 980
    assert package["transform_quantity"]["divide_by"] == 100


def test_a_lookup_key_belongs_to_one_price(stripe_client, post):
    body = {
        "currency": "usd",
        "unit_amount": 5,
        "product_data": {"name": "A"},
        "lookup_key": "k1",
    }
    first = post("/v1/prices", body)
    refused(stripe_client.post("/v1/prices", body), 400, None, "lookup_key")
    second = post("/v1/prices", {**body, "transfer_lookup_key": True})
    query = {"lookup_keys[]": "k1"}
    [found] = stripe_client.get("/v1/prices", **query).json()["data"]
    assert found["id"] == second["id"] != first["id"]


def test_metered_prices_need_a_meter_since_basil(
    stripe, stripe_client, stripe_client_of
):
    body = {
        "currency": "usd",
        "unit_amount": 1,
        "product_data": {"name": "Calls"},
        "recurring": {"interval": "month", "usage_type": "metered"},
    }
    answer = stripe_client.post("/v1/prices", body)
    refused(answer, 400, None, "recurring[meter]")
    old = stripe_client_of(stripe, version=OLD)
    assert old.post("/v1/prices", body).status_code == 200


def test_a_coupon_takes_off_either_a_share_or_an_amount(stripe_client, post):
    made = post("/v1/coupons", {"id": "TEN", "percent_off": "10", "duration": "once"})
    assert (made["id"], made["percent_off"]) == ("TEN", 10)
    answer = stripe_client.post("/v1/coupons", {"id": "TEN", "percent_off": "5"})
    refused(answer, 400, "resource_already_exists", "id")
    answer = stripe_client.post("/v1/coupons", {"percent_off": "5", "amount_off": 5})
    refused(answer, 400, None, "percent_off")


def test_a_product_with_prices_stays(stripe_client, price_of):
    price = stripe_client.get(f"/v1/prices/{price_of()}").json()
    answer = stripe_client.delete(f"/v1/products/{price['product']}")
    assert "user-created prices" in refused(answer, 400)


# Subscriptions


def test_a_subscription_bills_its_first_period_at_once(
    stripe_client, subscribe, price_of
):
    made = subscribe(price_of(), 3, metadata={"order": "S00042"})
    assert (made["status"], made["metadata"]) == ("active", {"order": "S00042"})
    invoice = stripe_client.get(f"/v1/invoices/{made['latest_invoice']}").json()
    assert (invoice["status"], invoice["total"]) == ("paid", 3000)
    [charge] = stripe_client.get("/v1/charges").json()["data"]
    assert charge["amount"] == 3000


def test_a_change_is_prorated_as_it_was_asked_for(
    stripe, stripe_client, post, subscribe, price_of
):
    made = subscribe(price_of())
    item = made["items"]["data"][0]
    stripe.advance(stripe.engine.now() + 10 * DAY)
    body = {"items": [{"id": item["id"], "quantity": 3}]}
    path = f"/v1/subscriptions/{made['id']}"
    post(path, {**body, "proration_behavior": "none"})
    assert stripe_client.get("/v1/invoiceitems").json()["data"] == []
    body["items"][0]["quantity"] = 5
    post(path, body)
    items = stripe_client.get("/v1/invoiceitems", pending="true").json()["data"]
    assert len(items) == 2 and all(each["proration"] for each in items)
    body["items"][0]["quantity"] = 6
    changed = post(path, {**body, "proration_behavior": "always_invoice"})
    invoice = stripe_client.get(f"/v1/invoices/{changed['latest_invoice']}").json()
    assert invoice["billing_reason"] == "subscription_update"
    assert invoice["status"] == "paid" and invoice["total"] > 0
    details = invoice["lines"]["data"][0]["parent"]["subscription_item_details"]
    assert details["proration"] is True


def test_items_that_are_not_named_stay(post, subscribe, price_of):
    made = subscribe(price_of())
    second = price_of(500)
    path = f"/v1/subscriptions/{made['id']}"
    changed = post(path, {"items": [{"price": second, "quantity": 2}]})
    assert [each["quantity"] for each in changed["items"]["data"]] == [1, 2]
    first = changed["items"]["data"][0]["id"]
    left = post(path, {"items": [{"id": first, "deleted": True}]})
    assert [each["price"]["id"] for each in left["items"]["data"]] == [second]


def test_items_have_endpoints_of_their_own(stripe_client, post, subscribe, price_of):
    made = subscribe(price_of())
    body = {"subscription": made["id"], "price": price_of(700), "quantity": 2}
    item = post("/v1/subscription_items", body)
    answer = stripe_client.post("/v1/subscription_items", body)
    refused(answer, 400, None, "price")
    path = f"/v1/subscription_items/{item['id']}"
    assert post(path, {"quantity": 4})["quantity"] == 4
    query = {"subscription": made["id"]}
    rows = stripe_client.get("/v1/subscription_items", **query).json()["data"]
    assert [each["quantity"] for each in rows] == [1, 4]
    assert stripe_client.delete(path).json()["deleted"] is True
    last = f"/v1/subscription_items/{rows[0]['id']}"
    assert "at least one" in refused(stripe_client.delete(last), 400)


def test_a_subscription_ends_now_later_or_not_at_all(
    stripe, stripe_client, post, subscribe, price_of
):
    made = subscribe(price_of())
    path = f"/v1/subscriptions/{made['id']}"
    planned = post(path, {"cancel_at_period_end": True})
    assert planned["cancel_at_period_end"] and planned["status"] == "active"
    assert planned["cancellation_details"]["reason"] == "cancellation_requested"
    kept = post(path, {"cancel_at_period_end": False})
    assert kept["cancel_at"] is None and not kept["cancel_at_period_end"]
    gone = stripe_client.delete(path, prorate="true").json()
    assert gone["status"] == "canceled" and gone["ended_at"] == stripe.engine.now()
    assert stripe_client.delete(path).status_code == 404
    answer = stripe_client.post(path, {"cancel_at_period_end": True})
    assert "canceled subscription" in refused(answer, 400)


def test_a_pause_is_no_status(post, subscribe, price_of):
    path = f"/v1/subscriptions/{subscribe(price_of())['id']}"
    paused = post(path, {"pause_collection": {"behavior": "void"}})
    assert paused["status"] == "active"
    assert paused["pause_collection"] == {"behavior": "void", "resumes_at": None}
    assert post(path, {"pause_collection": ""})["pause_collection"] is None


def test_trials_coupons_and_terms(stripe_client, post, subscribe, price_of):
    post("/v1/coupons", {"id": "HALF", "percent_off": "50", "duration": "forever"})
    trial = subscribe(price_of(), trial_period_days=14)
    assert trial["status"] == "trialing" and trial["trial_end"]
    more = {"collection_method": "send_invoice", "days_until_due": 30}
    made = subscribe(price_of(), discounts=[{"coupon": "HALF"}], **more)
    invoice = stripe_client.get(f"/v1/invoices/{made['latest_invoice']}").json()
    assert invoice["status"] == "open"
    assert invoice["due_date"] == invoice["created"] + 30 * DAY
    assert invoice["total"] == 500
    assert invoice["total_discount_amounts"][0]["amount"] == 500


def test_a_schedule_goes_through_its_phases(
    stripe, stripe_client, post, customer, price_of
):
    first, second = price_of(1000), price_of(2000)
    body = {
        "customer": customer,
        "start_date": "now",
        "phases": [
            {
                "items": [{"price": first, "quantity": 1}],
                "duration": {"interval": "month", "interval_count": 2},
            },
            {
                "items": [{"price": second, "quantity": 2}],
                "duration": {"interval": "month", "interval_count": 12},
            },
        ],
    }
    made = post("/v1/subscription_schedules", body)
    assert made["status"] == "active" and len(made["phases"]) == 2
    assert made["phases"][0]["end_date"] == made["phases"][1]["start_date"]
    stripe.advance(made["phases"][1]["start_date"] + DAY)
    path = f"/v1/subscriptions/{made['subscription']}"
    shown = stripe_client.get(path).json()
    assert shown["schedule"] == made["id"]
    prices = [each["price"]["id"] for each in shown["items"]["data"]]
    assert prices == [second]
    path = f"/v1/subscription_schedules/{made['id']}"
    released = post(f"{path}/release")
    assert released["status"] == "released"
    assert "released" in refused(stripe_client.post(f"{path}/release"), 400)


def test_a_schedule_that_begins_later_has_no_subscription_yet(
    stripe, stripe_client, post, customer, price_of
):
    start = stripe.engine.now() + 5 * DAY
    body = {
        "customer": customer,
        "start_date": start,
        "phases": [{"items": [{"price": price_of()}], "end_date": start + 90 * DAY}],
    }
    made = post("/v1/subscription_schedules", body)
    assert (made["status"], made["subscription"]) == ("not_started", None)
    assert stripe_client.get("/v1/subscriptions", status="all").json()["data"] == []
    stripe.advance(start + 1)
    shown = stripe_client.get(f"/v1/subscription_schedules/{made['id']}").json()
    assert shown["status"] == "active" and shown["subscription"]
    types = [each["type"] for each in stripe_client.all("/v1/events")]
    assert types.count("customer.subscription.created") == 1


# Invoices


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
