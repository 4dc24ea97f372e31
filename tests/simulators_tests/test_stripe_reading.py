"""Stripe: lists, filters, expansion, events, money."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from simulators.billing import truth
from simulators.billing.model import Payment
from simulators.billing.money import major
from simulators.stripe import facts

OLD, NEW = "2024-06-20", "2026-10-28.endive"


@pytest.fixture(scope="module")
def year():
    """A company's year."""
    from simulators import Clock
    from simulators.stripe import StripeSimulator

    with StripeSimulator(60, seed=5, clock=Clock("2026-11-02T09:00:00Z")) as stripe:
        yield stripe
        assert stripe.crashes == []


@pytest.fixture(scope="module")
def old(year, stripe_client_of):
    return stripe_client_of(year, version=OLD)


@pytest.fixture(scope="module")
def new(year, stripe_client_of):
    return stripe_client_of(year, version=NEW)


def refused(answer, text):
    assert answer.status_code == 400, answer.text
    assert text in answer.json()["error"]["message"]


def test_pages_hold_every_object_once_newest_first(new):
    rows = new.all("/v1/invoices")
    ids = [each["id"] for each in rows]
    assert len(ids) == len(set(ids)) > 200
    created = [each["created"] for each in rows]
    assert created == sorted(created, reverse=True)


def test_pages_go_backwards_too(new):
    first = new.get("/v1/invoices", limit=5).json()
    second = new.get(
        "/v1/invoices", limit=5, starting_after=first["data"][-1]["id"]
    ).json()
    back = new.get(
        "/v1/invoices", limit=5, ending_before=second["data"][0]["id"]
    ).json()
    assert back["data"] == first["data"]
    assert back["has_more"] is False and second["has_more"] is True
    answer = new.get("/v1/invoices", starting_after="in_none")
    assert answer.json()["error"]["code"] == "resource_missing"


def test_ten_are_given_by_default(new):
    assert len(new.get("/v1/charges").json()["data"]) == 10


@pytest.mark.parametrize("path", ["/v1/invoices", "/v1/credit_notes"])
def test_ranges_of_creation(new, path):
    moments = [each["created"] for each in new.all(path)]
    moment = sorted(moments)[len(moments) // 2]
    late = new.all(path, **{"created[gte]": moment})
    early = new.all(path, **{"created[lt]": moment})
    assert len(late) + len(early) == len(moments)
    assert all(each["created"] >= moment for each in late)
    assert new.get(path, created=moment).json()["data"]


def test_credit_notes_have_no_range_of_creation_before_basil(old):
    answer = old.get("/v1/credit_notes", **{"created[gte]": 0})
    assert answer.json()["error"]["code"] == "parameter_unknown"


def test_lists_filter(new):
    one = new.get("/v1/invoices", status="paid").json()["data"][0]
    for path, name, value in (
        ("invoices", "customer", one["customer"]),
        ("invoices", "status", "paid"),
        ("charges", "customer", one["customer"]),
        ("payment_intents", "customer", one["customer"]),
        ("subscriptions", "customer", one["customer"]),
    ):
        rows = new.all(f"/v1/{path}", **{name: value})
        assert rows and {each[name] for each in rows} == {value}, path


def test_cancelled_subscriptions_are_listed_when_asked_for(new):
    usual = {each["status"] for each in new.all("/v1/subscriptions")}
    every = {each["status"] for each in new.all("/v1/subscriptions", status="all")}
    assert "canceled" not in usual and "canceled" in every


def test_a_payout_is_the_sum_of_its_transactions(new):
    payouts = [each for each in new.all("/v1/payouts") if each["status"] == "paid"]
    assert len(payouts) > 50
    for payout in payouts[:20]:
        rows = new.all("/v1/balance_transactions", payout=payout["id"])
        own = [each for each in rows if each["type"] == "payout"]
        assert [each["id"] for each in own] == [payout["balance_transaction"]]
        assert own[0]["net"] == -payout["amount"]
        assert sum(each["net"] for each in rows) == 0
        for each in rows:
            assert each["net"] == each["amount"] - each["fee"]
            assert each["fee"] == sum(part["amount"] for part in each["fee_details"])


def test_transactions_filter_by_type_and_source(new):
    rows = new.all("/v1/balance_transactions", type="refund")
    assert rows and {each["type"] for each in rows} == {"refund"}
    source = rows[0]["source"]
    [same] = new.all("/v1/balance_transactions", source=source, type="refund")
    assert same["id"] == rows[0]["id"]


@pytest.mark.parametrize("version", [OLD, NEW])
def test_documents_add_up(year, stripe_client_of, version):
    client = stripe_client_of(year, version=version)
    taxes, tax = ("total_taxes", "taxes")
    if version == OLD:
        taxes, tax = "total_tax_amounts", "tax_amounts"
    for invoice in client.all("/v1/invoices"):
        lines = client.all(f"/v1/invoices/{invoice['id']}/lines")
        gross = sum(each["amount"] for each in lines)
        off = sum(part["amount"] for each in lines for part in each["discount_amounts"])
        added = sum(
            part["amount"]
            for each in lines
            for part in each[tax]
            if part.get("inclusive") is False or part.get("tax_behavior") == "exclusive"
        )
        assert invoice["subtotal"] == gross
        assert invoice["total"] == gross - off + added
        assert sum(each["amount"] for each in invoice[taxes]) == sum(
            part["amount"] for each in lines for part in each[tax]
        )


def test_an_invoice_holds_ten_lines_and_its_endpoint_the_rest(stripe, stripe_client):
    customer = stripe_client.made("/v1/customers", {"name": "Acme"})["id"]
    for number in range(23):
        body = {"customer": customer, "amount": 100 + number, "currency": "usd"}
        stripe_client.made("/v1/invoiceitems", body)
    body = {"customer": customer, "pending_invoice_items_behavior": "include"}
    invoice = stripe_client.made("/v1/invoices", body)
    assert len(invoice["lines"]["data"]) == 10
    assert invoice["lines"]["has_more"] is True
    path = invoice["lines"]["url"]
    assert path == f"/v1/invoices/{invoice['id']}/lines"
    seen, query = [], {"limit": 9}
    while True:
        page = stripe_client.get(path, **query).json()
        seen += page["data"]
        if not page["has_more"]:
            break
        query["starting_after"] = seen[-1]["id"]
    assert sum(each["amount"] for each in seen) == invoice["subtotal"]
    assert len({each["id"] for each in seen}) == 23


def test_a_search_counts_and_pages(new):
    whole = len(new.all("/v1/customers"))
    query = {"query": "created>0", "limit": 1, "expand[]": "total_count"}
    body = new.get("/v1/customers/search", **query).json()
    assert (body["object"], body["total_count"]) == ("search_result", whole)
    seen, query = [], {"query": "status:'paid' AND currency:'jpy'", "limit": 7}
    while True:
        body = new.get("/v1/invoices/search", **query).json()
        assert "total_count" not in body
        seen += body["data"]
        if not body["has_more"]:
            break
        query["page"] = body["next_page"]
    found = [
        each["id"]
        for each in new.all("/v1/invoices", status="paid")
        if each["currency"] == "jpy"
    ]
    assert [each["id"] for each in seen] == found
    refused(new.get("/v1/customers/search", query="nmae:'x'"), "unable to parse")


def test_a_search_by_metadata_lags(stripe, stripe_client, clock):
    stripe.search.lag = 60
    made = stripe_client.made("/v1/customers", {"metadata": {"odoo": "12"}})
    query = {"query": "metadata['odoo']:'12'"}
    assert stripe_client.get("/v1/customers/search", **query).json()["data"] == []
    clock.advance(61)
    [found] = stripe_client.get("/v1/customers/search", **query).json()["data"]
    assert found["id"] == made["id"]


# Shapes


def test_what_basil_moved(old, new):
    id = next(
        each["id"]
        for each in new.all("/v1/invoices", status="paid")
        if each["parent"] and each["amount_paid"]
    )
    before, since = (each.get(f"/v1/invoices/{id}").json() for each in (old, new))
    details = since["parent"]["subscription_details"]
    assert before["subscription"] == details["subscription"]
    assert "subscription" not in since and "parent" not in before
    [payment] = new.all("/v1/invoice_payments", invoice=id)
    assert before["payment_intent"] == payment["payment"]["payment_intent"]
    charge = old.get(f"/v1/charges/{before['charge']}").json()
    assert charge["invoice"] == id
    assert "invoice" not in new.get(f"/v1/charges/{before['charge']}").json()
    line, other = before["lines"]["data"][0], since["lines"]["data"][0]
    assert line["price"]["id"] == other["pricing"]["price_details"]["price"]
    subscription = old.get(f"/v1/subscriptions/{before['subscription']}").json()
    newer = new.get(f"/v1/subscriptions/{before['subscription']}").json()
    ends = {each["current_period_end"] for each in newer["items"]["data"]}
    assert ends == {subscription["current_period_end"]}
    assert "current_period_end" not in newer


def test_a_discount_names_its_coupon_since_clover(year, stripe_client_of, old, new):
    id = next(each["id"] for each in new.all("/v1/subscriptions") if each["discounts"])
    path, expand = f"/v1/subscriptions/{id}", {"expand[]": "discounts"}
    assert old.get(path, **expand).json()["discounts"][0]["coupon"]["object"]
    basil = stripe_client_of(year, version="2025-03-31.basil")
    assert basil.get(path, **expand).json()["discounts"][0]["coupon"]["object"]
    [shown] = new.get(path, **expand).json()["discounts"]
    assert "coupon" not in shown and isinstance(shown["source"]["coupon"], str)
    query = {"expand[]": "discounts.source.coupon"}
    [whole] = new.get(path, **query).json()["discounts"]
    assert whole["source"]["coupon"]["object"] == "coupon"


# Expansion


def test_ids_become_objects(old, new):
    query = {"limit": 3, "expand[]": "data.balance_transaction.source.customer"}
    for charge in old.get("/v1/charges", **query).json()["data"]:
        if charge["balance_transaction"]:
            source = charge["balance_transaction"]["source"]
            assert source["id"] == charge["id"]
            assert source["customer"]["object"] == "customer"
    query = {"limit": 3, "status": "paid", "expand[]": "data.payments"}
    for invoice in new.get("/v1/invoices", **query).json()["data"]:
        assert invoice["payments"]["object"] == "list"


def test_what_is_left_out_comes_when_asked_for(old):
    tiered = next(
        each for each in old.all("/v1/prices") if each["billing_scheme"] == "tiered"
    )
    assert "tiers" not in tiered
    path = f"/v1/prices/{tiered['id']}"
    tiers = old.get(path, **{"expand[]": "tiers"}).json()["tiers"]
    assert tiers[-1]["up_to"] is None


@pytest.mark.parametrize(
    ("path", "expand", "text"),
    [
        ("invoices", "customer", "expanding 'data.customer' instead"),
        ("invoices", "data.metadata", "cannot be expanded (data.metadata)"),
        ("invoices", "data.payments.data.payment.charge", "more than 4 levels"),
        ("invoices", "data.subscription", "cannot be expanded"),
        ("charges", "data.invoice", "cannot be expanded"),
    ],
)
def test_what_can_not_be_expanded_is_a_400(new, path, expand, text):
    refused(new.get(f"/v1/{path}", **{"expand[]": expand}), text)


# Events


def test_events_are_listed_for_thirty_days(year, new):
    now = year.engine.now()
    rows = new.all("/v1/events")
    assert rows and all(each["created"] >= now - 30 * 86_400 for each in rows)
    lost = next(each for each in year.events.all if each.created < now - 31 * 86_400)
    assert new.get(f"/v1/events/{lost.id}").status_code == 404
    kept = rows[0]["id"]
    assert new.get(f"/v1/events/{kept}").json()["id"] == kept


def test_events_filter_by_type(new):
    rows = new.all("/v1/events", **{"types[]": ["invoice.paid", "payout.paid"]})
    assert {each["type"] for each in rows} == {"invoice.paid", "payout.paid"}
    rows = new.all("/v1/events", type="customer.subscription.*")
    assert all(each["type"].startswith("customer.subscription.") for each in rows)
    query = {"types[]": [f"t{n}" for n in range(21)]}
    refused(new.get("/v1/events", **query), "up to 20")


def test_events_have_the_accounts_version_whatever_is_asked(old, new):
    rows = old.get("/v1/events", type="invoice.paid").json()["data"]
    assert rows and all(each["api_version"] == NEW for each in rows)
    assert all("parent" in each["data"]["object"] for each in rows)


def test_events_show_the_object_as_it_was_then(stripe, stripe_client):
    made = stripe_client.made("/v1/customers", {"name": "Acme", "phone": "1"})
    path = f"/v1/customers/{made['id']}"
    stripe_client.made(path, {"name": "Bolt", "address": {"city": "Bonn"}})
    stripe_client.made(path, {"name": "Cog"}, key="k9")
    rows = stripe_client.get("/v1/events").json()["data"]
    assert [each["type"] for each in rows] == [
        "customer.updated",
        "customer.updated",
        "customer.created",
    ]
    names = [each["data"]["object"]["name"] for each in rows]
    assert names == ["Cog", "Bolt", "Acme"]
    assert rows[0]["data"]["previous_attributes"] == {"name": "Bolt"}
    before = rows[1]["data"]["previous_attributes"]
    assert before == {"name": "Acme", "address": None}
    assert rows[0]["request"]["idempotency_key"] == "k9"
    assert rows[0]["request"]["id"].startswith("req_")


def test_events_do_not_know_what_came_later(start_stripe, stripe_client_of):
    stripe = start_stripe(version=OLD)
    client = stripe_client_of(stripe)
    customer = client.made("/v1/customers", {"name": "Acme"})["id"]
    body = {"customer": customer, "amount": 700, "currency": "usd"}
    client.made("/v1/invoiceitems", body)
    stripe.declines[customer] = ["card_declined"]
    body = {"customer": customer, "pending_invoice_items_behavior": "include"}
    invoice = client.made("/v1/invoices", body)["id"]
    stripe.advance(stripe.engine.now() + 60)
    client.made(f"/v1/invoices/{invoice}/finalize")
    shown = {
        each["type"]: each["data"]["object"]
        for each in client.all("/v1/events", type="invoice.*")
    }
    assert shown["invoice.created"]["charge"] is None
    assert shown["invoice.created"]["status"] == "draft"
    assert shown["invoice.payment_failed"]["charge"].startswith("ch_")


# Money


def test_minor_units_have_as_many_digits_as_the_currency(year, new):
    paid = {"usd": Decimal(0), "jpy": Decimal(0), "kwd": Decimal(0)}
    for charge in new.all("/v1/charges"):
        if charge["paid"]:
            digits = facts.decimals(charge["currency"])
            paid[charge["currency"]] += Decimal(charge["amount"]).scaleb(-digits)
    total = truth(year.engine).total("paid")
    for currency, amount in paid.items():
        outside = sum(
            each.amount
            for each in year.store.rows(Payment)
            if each.outside and each.currency == currency.upper()
        )
        known = total[currency.upper()] - outside
        assert amount == major(known, currency.upper()) > 0


def test_the_balance_is_what_was_not_paid_out(year, new):
    rows = new.all("/v1/balance_transactions")
    shown = new.get("/v1/balance").json()
    for part in shown["available"]:
        now = year.engine.now()
        whole = sum(
            each["net"]
            for each in rows
            if each["currency"] == part["currency"] and each["available_on"] <= now
        )
        assert part["amount"] == whole


def test_a_deleted_customer_leaves_its_id(stripe_client):
    made = stripe_client.made("/v1/customers", {"name": "Acme"})
    path = f"/v1/customers/{made['id']}"
    gone = {"id": made["id"], "object": "customer", "deleted": True}
    assert stripe_client.delete(path).json() == gone
    assert stripe_client.get(path).json() == gone
    assert stripe_client.get("/v1/customers").json()["data"] == []
    assert stripe_client.delete(path).status_code == 404


def test_moments_are_seconds(new):
    invoice = new.get("/v1/invoices").json()["data"][0]
    assert datetime.fromtimestamp(invoice["created"], tz=UTC).year in (2025, 2026)
