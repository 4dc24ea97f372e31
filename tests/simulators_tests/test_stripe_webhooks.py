"""Stripe: webhooks, what they tell and what goes wrong with them."""

import hashlib
import hmac
import json
import time

import pytest
import requests
from simulators.receiver import Receiver
from simulators.routing import Reply
from simulators.stripe.webhooks import SECRET, TRIES

OLD = "2024-06-20"


class Subscriber(Receiver):
    """Somebody who subscribed."""

    @property
    def events(self):
        return [json.loads(body) for _headers, body in self.deliveries]

    @property
    def types(self):
        return [event["type"] for event in self.events]


@pytest.fixture
def receiver():
    with Subscriber() as receiver:
        yield receiver


@pytest.fixture
def subscribed(start_stripe, receiver):
    """An account that tells the receiver."""

    def start(*args, **settings):
        return start_stripe(*args, webhooks={"target": receiver.url, **settings})

    return start


def told(stripe):
    assert stripe.webhooks.wait(20), stripe.webhooks.describe()


def verified(headers, body, secret=SECRET):
    """As the SDK does it: the moment of a good signature."""
    parts = dict(part.split("=", 1) for part in headers["Stripe-Signature"].split(","))
    signed = f"{parts['t']}.{body.decode()}".encode()
    good = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return int(parts["t"]) if hmac.compare_digest(good, parts["v1"]) else None


def test_each_change_is_told_signed_and_once(subscribed, receiver, stripe_client_of):
    stripe = subscribed()
    client = stripe_client_of(stripe)
    made = client.made("/v1/customers", {"name": "Acme"})
    client.made(f"/v1/customers/{made['id']}", {"name": "Bolt"})
    told(stripe)
    assert sorted(receiver.types) == ["customer.created", "customer.updated"]
    for headers, body in receiver.deliveries:
        assert abs(verified(headers, body) - time.time()) < 60
    listed = client.get("/v1/events").json()["data"]
    by_id = {each["id"]: each for each in listed}
    assert {each["id"]: each for each in receiver.events} == by_id


def test_endpoints_choose_types_and_a_version(subscribed, receiver, stripe_client_of):
    stripe = subscribed(enabled_events=["none.*"])
    client = stripe_client_of(stripe)
    with Subscriber() as old:
        body = {
            "url": old.url,
            "enabled_events": ["invoice.paid"],
            "api_version": OLD,
        }
        endpoint = client.made("/v1/webhook_endpoints", body)
        path = f"/v1/webhook_endpoints/{endpoint['id']}"
        assert endpoint["secret"].startswith("whsec_")
        assert "secret" not in client.get(path).json()
        customer = client.made("/v1/customers", {"name": "Acme"})["id"]
        draft = client.made("/v1/invoices", {"customer": customer, "currency": "usd"})
        item = {"customer": customer, "invoice": draft["id"], "amount": 700}
        client.made("/v1/invoiceitems", {**item, "currency": "usd"})
        client.made(f"/v1/invoices/{draft['id']}/pay")
        told(stripe)
        [event] = old.events
        [(headers, body)] = old.deliveries
        assert verified(headers, body, endpoint["secret"])
    assert (event["type"], event["api_version"]) == ("invoice.paid", OLD)
    assert event["data"]["object"]["paid"] is True
    assert receiver.deliveries == []
    assert client.delete(path).json()["deleted"] is True


def test_a_bad_answer_is_tried_again(subscribed, receiver, stripe_client_of):
    stripe = subscribed(backoff=0.001)
    receiver.answers = [Reply(500), Reply(302)]
    stripe_client_of(stripe).made("/v1/customers", {"name": "Acme"})
    told(stripe)
    assert len(receiver.deliveries) == 3
    assert len({each["id"] for each in receiver.events}) == 1


def test_it_gives_up_in_the_end(subscribed, receiver, stripe_client_of):
    stripe = subscribed(backoff=0.0001)
    receiver.answer = Reply(400)
    stripe_client_of(stripe).made("/v1/customers", {"name": "Acme"})
    told(stripe)
    assert stripe.webhooks.counts["given_up"] == 1
    assert stripe.webhooks.counts["status_400"] == TRIES


def test_faults_strike_when_they_are_switched_on(
    subscribed, receiver, stripe_client_of
):
    stripe = subscribed()
    client = stripe_client_of(stripe)

    def tell(count=1, **settings):
        receiver.deliveries.clear()
        stripe.webhooks.configure(**settings)
        for number in range(count):
            client.made("/v1/customers", {"name": f"C{number}"})
        told(stripe)

    tell(faults={"drop": 1})
    assert not receiver.deliveries
    tell(faults={"duplicate": 1})
    assert len(receiver.deliveries) == 2
    assert len({each["id"] for each in receiver.events}) == 1
    tell(20, faults={"reorder": 1}, gather=0.3)
    ids = [each["id"] for each in receiver.events]
    assert len(ids) == 20 and ids != sorted(ids)
    tell(faults={"bad_signature": 1}, gather=0.01)
    [(headers, body)] = receiver.deliveries
    assert verified(headers, body) is None
    tell(faults={"stale": 1})
    [(headers, body)] = receiver.deliveries
    assert verified(headers, body) < time.time() - 300


def test_a_whole_year_can_be_told_in_any_order(start_stripe, receiver):
    stripe = start_stripe(3, seed=2)
    stripe.webhooks.configure(target=receiver.url)
    expected = len(stripe.events.all)
    answer = requests.post(
        f"{stripe.url}/_control/replay",
        json={"shuffle": 1, "duplicates": 0.1},
        timeout=30,
    )
    assert answer.json()["told"] > expected
    assert stripe.webhooks.wait(60)
    ids = [each["id"] for each in receiver.events]
    assert len(set(ids)) == expected < len(ids)
    assert ids != sorted(ids)


def test_versions_are_told_what_they_know(subscribed, receiver, stripe_client_of):
    stripe = subscribed(api_version=OLD)
    client = stripe_client_of(stripe)
    customer = client.made("/v1/customers", {"name": "Acme"})["id"]
    body = {"customer": customer, "amount": 700, "currency": "usd"}
    client.made("/v1/invoiceitems", body)
    body = {"customer": customer, "pending_invoice_items_behavior": "include"}
    draft = client.made("/v1/invoices", body)
    client.made(f"/v1/invoices/{draft['id']}/pay")
    told(stripe)
    assert "invoice.paid" in receiver.types
    assert "invoice_payment.paid" not in receiver.types


def test_the_control_endpoint_moves_time_and_money(
    stripe, stripe_client, receiver, clock
):
    def control(path, **body):
        answer = requests.post(f"{stripe.url}/_control/{path}", json=body, timeout=10)
        assert answer.status_code == 200, answer.text
        return answer.json()

    shown = control("webhooks", target=receiver.url, api_version=OLD)
    assert shown["target"] == receiver.url and SECRET not in json.dumps(shown)
    customer = stripe_client.made("/v1/customers", {"name": "Acme"})["id"]
    control("decline", **{customer: ["expired_card"]})
    body = {"customer": customer, "amount": 9000, "currency": "usd"}
    stripe_client.made("/v1/invoiceitems", body)
    body = {"customer": customer, "pending_invoice_items_behavior": "include"}
    draft = stripe_client.made("/v1/invoices", body)["id"]
    invoice = stripe_client.made(f"/v1/invoices/{draft}/finalize")
    assert (invoice["status"], invoice["attempt_count"]) == ("open", 1)
    before = clock.now_ms()
    control("advance", by=4 * 86_400)
    assert clock.now_ms() == before + 4 * 86_400_000
    assert stripe_client.get(f"/v1/invoices/{draft}").json()["status"] == "paid"
    charge = stripe_client.get("/v1/charges").json()["data"][0]["id"]
    dispute = control("dispute", charge=charge)["id"]
    shown = stripe_client.get(f"/v1/disputes/{dispute}").json()
    assert shown["status"] == "needs_response"
    control("dispute/close", dispute=dispute, won=True)
    assert stripe_client.get(f"/v1/disputes/{dispute}").json()["status"] == "won"
    control("payout/fail", currency="usd")
    control("advance", by=20 * 86_400)
    states = {each["status"] for each in stripe_client.all("/v1/payouts")}
    assert "failed" in states
    transfer = control("transfer", customer=customer, amount=500, currency="USD")
    shown = stripe_client.get(f"/v1/charges/{transfer['id']}").json()
    assert shown["payment_method_details"]["type"] == "customer_balance"
    told(stripe)
    assert "charge.dispute.created" in receiver.types
