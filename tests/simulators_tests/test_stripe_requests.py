"""Stripe: keys, versions, parameters, idempotency, limits."""

import threading
import time

import pytest
import requests
from simulators.stripe import RateLimit, facts

CUSTOMERS = "/v1/customers"
OLD = "2024-06-20"


def error(answer, status, code=None, param=None):
    """Assert that an answer is that error; returns it."""
    assert answer.status_code == status, answer.text
    body = answer.json()["error"]
    assert body.get("code") == code, body
    assert body.get("param") == param, body
    return body


def test_the_key_comes_as_bearer_or_as_user(stripe, stripe_client):
    assert stripe_client.get(CUSTOMERS).status_code == 200
    answer = requests.get(stripe.url + CUSTOMERS, auth=(stripe.token, ""), timeout=5)
    assert answer.status_code == 200


@pytest.mark.parametrize("key", ["", "sk_test_wrong1234"])
def test_without_a_good_key_it_is_a_401_that_does_not_repeat_it(
    stripe, stripe_client_of, key
):
    answer = stripe_client_of(stripe, token=key).get(CUSTOMERS)
    body = error(answer, 401)
    assert body["type"] == "invalid_request_error"
    assert "sk_test_wrong" not in body["message"]
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="Stripe"'


def test_a_revoked_key_has_expired(stripe, stripe_client):
    stripe.revoke()
    error(stripe_client.get(CUSTOMERS), 401, "api_key_expired")


def test_a_restricted_key_may_do_what_it_was_given(stripe, stripe_client_of):
    stripe.set_keys({"rk_test_reader": ["customer_read", "invoice_write"]})
    client = stripe_client_of(stripe, token="rk_test_reader")
    assert client.get(CUSTOMERS).status_code == 200
    assert client.get("/v1/invoices").status_code == 200
    body = error(client.post(CUSTOMERS, {"name": "Acme"}), 403)
    assert "rak_customer_write" in body["message"]
    assert "rak_charge_read" in error(client.get("/v1/charges"), 403)["message"]


def test_a_version_that_never_was_is_a_400(stripe, stripe_client_of):
    client = stripe_client_of(stripe, version="2031-01-01")
    assert "2031-01-01" in error(client.get(CUSTOMERS), 400)["message"]


def test_without_a_version_that_of_the_account_holds(start_stripe, stripe_client_of):
    old = stripe_client_of(start_stripe(version=OLD))
    answer = old.get(CUSTOMERS)
    assert answer.headers["Stripe-Version"] == OLD
    assert old.get("/v1/invoice_payments").status_code == 404
    new = stripe_client_of(start_stripe())
    assert new.get("/v1/invoice_payments").status_code == 200


def test_each_answer_has_a_request_id_which_errors_repeat(stripe_client):
    answer = stripe_client.get(f"{CUSTOMERS}/cus_none")
    body = error(answer, 404, "resource_missing", "id")
    assert body["message"] == "No such customer: 'cus_none'"
    assert answer.headers["Request-Id"].startswith("req_")
    assert body["request_log_url"].endswith(answer.headers["Request-Id"])


def test_an_address_that_is_none_is_a_404(stripe_client):
    for answer in (
        stripe_client.get("/v1/customer"),
        stripe_client.request("PUT", CUSTOMERS),
    ):
        assert "Unrecognized request URL" in error(answer, 404)["message"]


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ({"nmae": "Acme"}, "nmae"),
        ({"address": {"town": "Bonn"}}, "address[town]"),
        ({"tax_id_data": [{"type": "eu_vat", "vlaue": "1"}]}, "tax_id_data[0][vlaue]"),
    ],
)
def test_an_unknown_parameter_is_named_with_its_place(stripe_client, body, names):
    answer = stripe_client.post(CUSTOMERS, body)
    body = error(answer, 400, "parameter_unknown", names)
    assert body["message"] == f"Received unknown parameter: {names}"


def test_what_a_version_has_not_is_unknown_to_it(stripe, stripe_client_of):
    body = {"customer": "cus_1", "coupon": "TEN", "items": []}
    new = stripe_client_of(stripe).post("/v1/subscriptions", body)
    error(new, 400, "parameter_unknown", "coupon")
    old = stripe_client_of(stripe, version=OLD).post("/v1/subscriptions", body)
    error(old, 400, "resource_missing", "customer")


def test_a_missing_parameter_is_named(stripe_client):
    answer = stripe_client.post("/v1/products", {"description": "no name"})
    error(answer, 400, "parameter_missing", "name")
    answer = stripe_client.post("/v1/products", {"name": ""})
    error(answer, 400, "parameter_invalid_empty", "name")
    answer = stripe_client.get("/v1/subscription_items")
    error(answer, 400, "parameter_missing", "subscription")


def test_numbers_booleans_and_choices_are_checked(stripe_client):
    post = stripe_client.post
    answer = post("/v1/prices", {"currency": "usd", "unit_amount": "12.5"})
    error(answer, 400, "parameter_invalid_integer", "unit_amount")
    answer = post("/v1/products", {"name": "A", "active": "yes"})
    error(answer, 400, None, "active")
    answer = post("/v1/coupons", {"percent_off": 5, "duration": "always"})
    error(answer, 400, None, "duration")
    error(stripe_client.get(CUSTOMERS, limit=101), 400, None, "limit")
    error(stripe_client.get(CUSTOMERS, limit=0), 400, None, "limit")


def test_a_body_is_a_form_and_nothing_else(stripe_client):
    answer = stripe_client.request("POST", CUSTOMERS, json={"name": "Acme"})
    assert "content type" in error(answer, 400)["message"]


def test_hashes_and_lists_can_be_written_in_both_ways(stripe_client):
    made = stripe_client.request(
        "POST",
        f"{CUSTOMERS}?expand[]=tax_ids",
        data="metadata[a]=1&tax_id_data[0][type]=eu_vat&tax_id_data[0][value]=DE1",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    ).json()
    assert made["metadata"] == {"a": "1"}
    assert made["tax_ids"]["data"][0]["value"] == "DE1"


def test_metadata_are_merged_and_an_empty_value_takes_a_key_away(stripe_client):
    made = stripe_client.made(CUSTOMERS, {"metadata": {"a": "1", "b": "2"}})
    path = f"{CUSTOMERS}/{made['id']}"
    changed = stripe_client.made(path, {"metadata": {"a": "", "c": "3"}})
    assert changed["metadata"] == {"b": "2", "c": "3"}
    assert stripe_client.made(path, {"metadata": ""})["metadata"] == {}
    body = {"metadata": {f"k{n}": "v" for n in range(51)}}
    error(stripe_client.post(CUSTOMERS, body), 400, None, "metadata")


def test_parameters_that_nothing_is_done_about_are_counted(stripe, stripe_client):
    stripe_client.made(CUSTOMERS, {"name": "Acme", "invoice_prefix": "ACME"})
    assert stripe.ignored["/v1/customers", "invoice_prefix"] == 1
    assert "/v1/customers invoice_prefix" in stripe.state()["ignored"]


# Idempotency


def test_a_key_used_again_replays_status_and_body(stripe, stripe_client):
    first = stripe_client.post(CUSTOMERS, {"name": "Acme"}, key="k1")
    again = stripe_client.post(CUSTOMERS, {"name": "Acme"}, key="k1")
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.headers["Original-Request"] == first.headers["Request-Id"]
    assert again.json() == first.json()
    assert stripe.state()["objects"]["customer"] == 1


def test_an_error_is_replayed_as_well_once_work_began(stripe_client):
    path = "/v1/prices"
    body = {"currency": "usd", "unit_amount": 5, "product": "prod_later"}
    error(stripe_client.post(path, body, key="k1"), 400, "resource_missing", "product")
    stripe_client.made("/v1/products", {"id": "prod_later", "name": "Later"})
    answer = stripe_client.post(path, body, key="k1")
    error(answer, 400, "resource_missing", "product")
    assert answer.headers["Idempotent-Replayed"] == "true"


def test_what_failed_validation_is_not_kept(stripe_client):
    error(
        stripe_client.post(CUSTOMERS, {"nmae": "A"}, key="k1"),
        400,
        "parameter_unknown",
        "nmae",
    )
    assert stripe_client.post(CUSTOMERS, {"name": "A"}, key="k1").status_code == 200


def test_a_key_with_other_parameters_or_elsewhere_is_an_idempotency_error(
    stripe_client,
):
    stripe_client.made(CUSTOMERS, {"name": "Acme"}, key="k1")
    for path, body in ((CUSTOMERS, {"name": "Bolt"}), ("/v1/products", {"name": "A"})):
        answer = stripe_client.post(path, body, key="k1")
        assert error(answer, 400)["type"] == "idempotency_error"


def test_a_key_in_flight_is_a_409(stripe, stripe_client, stripe_client_of):
    body, answers = {"name": "Acme"}, []
    other = stripe_client_of(stripe)
    thread = threading.Thread(
        target=lambda: answers.append(other.post(CUSTOMERS, body, key="k1"))
    )
    with stripe.store.lock:  # the first one waits for it
        thread.start()
        deadline = time.monotonic() + 5
        while not stripe.idempotency.is_running("k1") and time.monotonic() < deadline:
            time.sleep(0.01)
        answer = stripe_client.post(CUSTOMERS, body, key="k1")
    thread.join(timeout=5)
    error(answer, 409, "idempotency_key_in_use")
    assert answers[0].status_code == 200


def test_a_key_is_forgotten_after_a_day(stripe, stripe_client, clock):
    first = stripe_client.made(CUSTOMERS, {"name": "Acme"}, key="k1")
    clock.advance(facts.KEY_LIFE_MS / 1000 + 1)
    again = stripe_client.made(CUSTOMERS, {"name": "Acme"}, key="k1")
    assert again["id"] != first["id"]


def test_a_write_whose_answer_was_lost_is_done_once(stripe, stripe_client):
    stripe.faults.add("drop", worked=True)
    with pytest.raises(requests.ConnectionError):
        stripe_client.post(CUSTOMERS, {"name": "Acme"}, key="k1")
    answer = stripe_client.post(CUSTOMERS, {"name": "Acme"}, key="k1")
    assert answer.headers["Idempotent-Replayed"] == "true"
    assert stripe.state()["objects"]["customer"] == 1


# Limits and faults


def test_a_limit_names_its_reason_and_a_lock_says_to_try_again(stripe, stripe_client):
    stripe.faults.add("rate_limit")
    answer = stripe_client.get(CUSTOMERS)
    error(answer, 429, "rate_limit")
    assert answer.headers["Stripe-Rate-Limited-Reason"] == "global-rate"
    assert answer.headers["stripe-should-retry"] == "false"
    stripe.faults.add("rate_limit", policy="lock_timeout")
    answer = stripe_client.get(CUSTOMERS)
    error(answer, 429, "lock_timeout")
    assert answer.headers["stripe-should-retry"] == "true"
    assert "Stripe-Rate-Limited-Reason" not in answer.headers


def test_an_account_has_a_rate(start_stripe, stripe_client_of):
    stripe = start_stripe(rate_limit=RateLimit(whole=6, endpoint=4))
    client = stripe_client_of(stripe)
    answers = [client.get(CUSTOMERS) for _ in range(5)]
    assert [each.status_code for each in answers] == [200] * 4 + [429]
    assert answers[-1].headers["Stripe-Rate-Limited-Reason"] == "endpoint-rate"
    answers = [client.get("/v1/charges") for _ in range(3)]
    assert answers[-1].headers["Stripe-Rate-Limited-Reason"] == "global-rate"
    time.sleep(1.1)
    assert client.get(CUSTOMERS).status_code == 200


def test_other_faults_have_the_vendors_shape(stripe, stripe_client):
    stripe.faults.add("status", status=503)
    assert error(stripe_client.get(CUSTOMERS), 503)["type"] == "api_error"
    stripe.faults.add("revoked")
    error(stripe_client.get(CUSTOMERS), 401, "api_key_expired")
    stripe.faults.add("missing_scope")
    assert "rak_customer_read" in error(stripe_client.get(CUSTOMERS), 403)["message"]
