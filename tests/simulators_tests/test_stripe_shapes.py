"""Stripe: what is shown has the keys and types of Stripe, in both shapes."""

import json
import re
from pathlib import Path

import pytest

SPECS = Path(__file__).resolve().parents[3] / "shared" / "specs"
pytestmark = pytest.mark.skipif(
    not (SPECS / "stripe.json").is_file(), reason="sample data is not there"
)

OLD, NEW = "2024-06-20", "2026-10-28.endive"
#: Lists, and the schema of what they hold.
LISTS = {
    "balance_transactions": "balance_transaction",
    "charges": "charge",
    "coupons": "coupon",
    "credit_notes": "credit_note",
    "customers": "customer",
    "disputes": "dispute",
    "events": "event",
    "invoiceitems": "invoiceitem",
    "invoices": "invoice",
    "payment_intents": "payment_intent",
    "payouts": "payout",
    "prices": "price",
    "products": "product",
    "refunds": "refund",
    "subscription_schedules": "subscription_schedule",
    "subscriptions": "subscription",
    "tax_rates": "tax_rate",
}
NEW_LISTS = {
    **LISTS,
    "billing/meters": "billing.meter",
    "invoice_payments": "invoice_payment",
}
#: Values that came between the description and the version that is asked for.
LATER = {"bh_vat"}
#: Keys of the fixtures that nothing here has: other products of Stripe, accounts v2,
#: and what is there only when it is expanded.
NOT_OURS = {
    "charge": {"refunds", "source"},
    "customer": {"customer_account"},
    "invoice": {"amount_paid_off_stripe", "subscription"},
    "invoiceitem": {"quantity_decimal"},
    "line_item": {"quantity_decimal"},
    "payment_intent": {
        "excluded_payment_method_types",
        "managed_payments",
        "payment_method_configuration_details",
        "source",
    },
    "refund": {"payment_method", "customer"},
    "subscription": {"billing_schedules", "managed_payments"},
    "subscription_item": {"plan", "quantity"},  # what is metered has none
    "dispute": {"enhanced_eligibility_types", "payment_method_details"},
}
#: Keys that Stripe has as well, but not in the object of the fixtures.
ONLY_SOMETIMES = {
    "refund": {"failure_balance_transaction", "failure_reason"},
}


@pytest.fixture(scope="module")
def year():
    """A company's year."""
    from simulators import Clock
    from simulators.stripe import StripeSimulator

    with StripeSimulator(60, seed=3, clock=Clock("2026-11-02T09:00:00Z")) as stripe:
        yield stripe
        assert stripe.crashes == []


@pytest.fixture(scope="module")
def api(year, stripe_client_of):
    """A client of it in a version."""
    return lambda version: stripe_client_of(year, version=version)


@pytest.fixture(scope="module")
def spec():
    text = (SPECS / "stripe.json").read_text(encoding="utf-8")
    return json.loads(text)["components"]["schemas"]


@pytest.fixture(scope="module")
def fixtures():
    text = (SPECS / "stripe_fixtures3.json").read_text(encoding="utf-8")
    return json.loads(text)["resources"]


def problems(schemas, schema, value, path):
    """What is wrong with a value by a schema: type, required, enum."""
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    if value is None:
        if not schema.get("nullable"):
            yield f"{path}: null"
        return
    if "anyOf" in schema:
        found = [list(problems(schemas, each, value, path)) for each in schema["anyOf"]]
        if all(found):
            yield from min(found, key=len)
        return
    yield from _typed(schemas, schema, value, path)


def _typed(schemas, schema, value, path):
    kinds = {
        "array": list,
        "boolean": bool,
        "integer": int,
        "number": (int, float),
        "object": dict,
        "string": str,
    }
    kind = kinds[schema.get("type", "object")]
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        yield f"{path}: {value!r} is no {schema.get('type')}"
    elif "enum" in schema and value not in {*schema["enum"], *LATER}:
        yield f"{path}: {value!r} is none of {schema['enum'][:9]}"
    elif isinstance(value, list):
        for each in value:
            yield from problems(schemas, schema["items"], each, f"{path}[]")
    elif isinstance(value, dict):
        for name in schema.get("required", ()):
            if name not in value:
                yield f"{path}.{name}: missing"
        known = schema.get("properties", {})
        for name, each in value.items():
            if name in known:
                yield from problems(schemas, known[name], each, f"{path}.{name}")


@pytest.mark.parametrize("path", LISTS)
def test_before_basil_the_published_description_holds(api, spec, path):
    body = api(OLD).get(f"/v1/{path}", limit=100, status=_any(path)).json()
    assert body["data"], path
    name = LISTS[path]
    wrong = {
        re.sub(r"'[a-z]+_[^']*'", "id", problem)
        for each in body["data"]
        for problem in problems(spec, {"$ref": name}, each, name)
    }
    assert not wrong


@pytest.mark.parametrize("path", NEW_LISTS)
def test_since_basil_keys_are_those_of_the_published_fixtures(api, fixtures, path):
    body = api(NEW).get(f"/v1/{path}", limit=100, status=_any(path)).json()
    name = NEW_LISTS[path]
    for each in body["data"]:
        assert_keys(fixtures, name, each)


def assert_keys(fixtures, name, shown):
    ours, theirs = set(shown), set(fixtures[name])
    missing = theirs - ours - NOT_OURS.get(name, set()) - {"customer_account"}
    assert not missing, f"{name}: {missing}"
    unknown = ours - theirs - ONLY_SOMETIMES.get(name, set())
    assert not unknown, f"{name}: {unknown}"


@pytest.mark.parametrize(
    ("path", "nested", "name"),
    [
        ("invoices", "lines", "line_item"),
        ("credit_notes", "lines", "credit_note_line_item"),
        ("subscriptions", "items", "subscription_item"),
    ],
)
def test_so_are_those_of_nested_objects(api, fixtures, path, nested, name):
    for each in api(NEW).get(f"/v1/{path}", limit=100).json()["data"]:
        for inner in each[nested]["data"]:
            assert_keys(fixtures, name, inner)
            price = inner.get("price")
            if price:
                assert_keys(fixtures, "price", price)


def _any(path):
    return "all" if path == "subscriptions" else None
