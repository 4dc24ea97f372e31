"""What subscriptions of Chargebee give access to, read in few requests."""

import json

import pytest
from simulators.billing.model import Entitlement, Feature, Price, Product

from odoo.addons.connector_billing.providers.chargebee import webhook
from odoo.addons.connector_billing.providers.chargebee.entitlements import (
    entitlement,
    remote_id,
    subscription_of,
)

from .chargebee_site import HOUR, Site, open_shop

SUBSCRIPTION = {"id": "s1", "customer_id": "acme", "started_at": 1767225600}


@pytest.fixture
def shop(chargebee):
    """The plan gives single sign-on; nobody has reports yet."""
    shop = open_shop(chargebee)
    for name in ("sso", "reports"):
        chargebee.engine.create(Feature, id=name, name=name.upper())
    chargebee.engine.update(chargebee.store.get(Product, "team"), features=("sso",))
    return shop


@pytest.fixture
def reading(chargebee_client):
    return Site(chargebee_client, "entitlements")


def subscribe(shop, price="team-USD"):
    price = shop.engine.store.get(Price, price)
    return shop.engine.subscriptions.subscribe(shop.customer, [(price, 1)])


def asked(chargebee):
    """How often a subscription was asked about."""
    return chargebee.requests.count(template="subscription_entitlements")


def live(records):
    return {record.remote_id for record in records if not record.archived}


def gone(records):
    return {record.remote_id for record in records if record.archived}


def test_a_subscription_brings_what_it_gives_access_to(shop, reading):
    one = subscribe(shop)
    records = reading.run()
    assert live(records) == {f"{one.id}:sso"}
    assert gone(records) == {f"{one.id}:reports"}
    [found] = [record.values["billing"] for record in records if not record.archived]
    assert found["customer"] == "acme"
    assert found["subscription"] == one.id
    assert (found["feature"], found["name"], found["kind"]) == ("sso", "SSO", "switch")
    assert found["is_active"] is True
    assert found["date_from"].startswith("2026-")
    assert found["date_until"] is None


def test_only_what_was_changed_is_asked_about_again(chargebee, shop, reading, clock):
    first, _other = subscribe(shop), subscribe(shop)
    clock.advance(HOUR)
    reading.run()
    assert asked(chargebee) == 2
    clock.advance(HOUR)
    assert reading.run() == []
    assert asked(chargebee) == 2
    chargebee.engine.update(first, terms_days=7)
    clock.advance(HOUR)
    assert live(reading.run()) == {f"{first.id}:sso"}
    assert asked(chargebee) == 3


def test_a_feature_that_is_listed_no_more_is_gone(chargebee, shop, reading, clock):
    one = subscribe(shop)
    reading.run()
    [held] = chargebee.store.by(Entitlement, "subscription", one.id)
    clock.advance(HOUR)
    chargebee.engine.update(held, feature="reports")
    chargebee.engine.update(one, terms_days=7)
    records = reading.run()
    assert live(records) == {f"{one.id}:reports"}
    assert gone(records) == {f"{one.id}:sso"}


def test_of_what_is_cancelled_all_is_gone_and_nothing_is_asked(
    chargebee, shop, reading, clock
):
    one = subscribe(shop)
    reading.run()
    requests = asked(chargebee)
    clock.advance(HOUR)
    shop.engine.subscriptions.cancel(one, at_period_end=False)
    records = reading.run()
    assert gone(records) == {f"{one.id}:sso", f"{one.id}:reports"}
    assert not live(records)
    assert asked(chargebee) == requests


def test_a_site_without_features_costs_one_request(chargebee, reading, clock):
    shop = open_shop(chargebee)
    one = subscribe(shop)
    clock.advance(HOUR)
    assert reading.run() == []
    assert len(chargebee.requests.entries) == 1
    # Once it has one, all subscriptions are asked about.
    chargebee.engine.create(Feature, id="sso", name="SSO")
    clock.advance(HOUR)
    assert gone(reading.run()) == {f"{one.id}:sso"}


def test_a_page_asks_about_no_more_than_it_may_lose(chargebee, shop, reading):
    for _number in range(30):
        subscribe(shop)
    assert len(live(reading.run())) == 30
    assert reading.pages == 2
    assert asked(chargebee) == 30


def test_more_than_a_page_of_one_subscription_comes_whole(chargebee, shop, reading):
    many = [f"f{number}" for number in range(130)]
    for name in many:
        chargebee.engine.create(Feature, id=name, name=name)
    plan = chargebee.store.get(Product, "team")
    chargebee.engine.update(plan, features=tuple(many))
    one = subscribe(shop)
    assert live(reading.run()) == {f"{one.id}:{name}" for name in many}
    assert asked(chargebee) == 2


def test_those_of_ids_are_found_and_others_left_out(chargebee, shop, reading):
    one, other = subscribe(shop), subscribe(shop)
    ids = [f"{one.id}:sso", f"{one.id}:reports", f"{other.id}:no", "gone:sso"]
    found = reading.reader.fetch_by_ids(ids)
    assert [record.remote_id for record in found] == [f"{one.id}:sso"]
    assert not found[0].archived


def test_an_event_names_the_entitlements_that_it_is_about(chargebee, shop):
    one = subscribe(shop)
    events = [
        chargebee.events.shape(event)
        for event in chargebee.events.rows
        if event.kind == "subscription_entitlements_created"
    ]
    [found] = [
        each for event in events for each in webhook.inbound(json.dumps(event).encode())
    ]
    assert (found.stream, found.remote_id) == ("entitlements", f"{one.id}:sso")


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        (("switch", "true"), (None, False, True)),
        (("switch", "false"), (None, False, False)),
        (("quantity", "10"), ("10", False, True)),
        (("quantity", "0"), ("0", False, True)),
        (("quantity", "unlimited"), (None, True, True)),
        (("range", "2.5"), ("2.5", False, True)),
        (("range", None), (None, False, True)),
        (("custom", "unlimited"), (None, False, True)),
        (("custom", "10"), (None, False, True)),
        (("quantity", "NaN"), (None, False, True)),
    ],
)
def test_a_level_is_read_by_the_type_of_its_feature(told, meant):
    kind, value = told
    item = {"feature_id": "f", "feature_type": kind, "value": value, "is_enabled": True}
    found = entitlement(item, SUBSCRIPTION)
    assert (found["quantity"], found["is_unlimited"], found["is_active"]) == meant
    assert found["value"] == value


def test_what_is_switched_off_is_not_active():
    item = {"feature_id": "f", "feature_type": "quantity", "value": "5"}
    assert (
        entitlement({**item, "is_enabled": False}, SUBSCRIPTION)["is_active"] is False
    )


def test_an_override_has_days_of_its_own():
    item = {"feature_id": "f", "is_enabled": True}
    days = {"effective_from": 1769904000, "expires_at": 1772323200}
    own = entitlement({**item, **days}, {**SUBSCRIPTION, "cancelled_at": 1775001600})
    assert own["date_from"].startswith("2026-02-01")
    assert own["date_until"].startswith("2026-03-01")
    plain = entitlement(item, {**SUBSCRIPTION, "cancelled_at": 1775001600})
    assert plain["date_from"].startswith("2026-01-01")
    assert plain["date_until"].startswith("2026-04-01")


@pytest.mark.parametrize("subscription", ["s1", "of:two"])
def test_an_id_tells_its_subscription(subscription):
    assert subscription_of(remote_id(subscription, "sso")) == subscription
