"""Stripe: subscriptions and their schedules as they are written."""

from stripe_refusals import refused

DAY = 86_400


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
