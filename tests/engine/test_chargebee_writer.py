"""Writing to Chargebee: whatever breaks, nothing is made twice."""

import json

import pytest
from simulators.billing.model import Customer, Invoice, Price, Product, Subscription

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.records import OutgoingRow
from odoo.addons.connector_billing.providers.chargebee import form, writers

from .chargebee_site import HOUR, open_shop


@pytest.fixture
def shop(chargebee):
    return open_shop(chargebee)


@pytest.fixture
def writer(chargebee_client):
    """Make the writer of a stream."""
    return lambda stream: writers.writer_of(chargebee_client(), stream)


def row(key="k-1", remote_id=None, **values):
    """Dots of a path are written as two underscores."""
    values = {name.replace("__", "."): value for name, value in values.items()}
    return OutgoingRow(key, values, remote_id)


def done(results):
    """The ids of rows that all went well."""
    for result in results:
        if result.error:
            raise result.error
    return [result.remote_id for result in results]


SEATS = [{"price": "team-USD", "quantity": "5", "metered": False}]


def subscribing(key="s-1", **values):
    return row(key, customer_id="acme", billing__items=SEATS, **values)


# -- the form ------------------------------------------------------------------


def test_the_place_of_an_element_comes_last():
    params = {
        "billing_address": {"city": "Bonn"},
        "subscription_items": [{"item_price_id": "a", "quantity": 2}],
        "coupon_ids": ["x", "y"],
        "meta_data": {"k": "v"},
        "prorate": False,
        "phone": None,
    }
    assert form.encode(params) == [
        ("billing_address[city]", "Bonn"),
        ("subscription_items[item_price_id][0]", "a"),
        ("subscription_items[quantity][0]", "2"),
        ("coupon_ids[0]", "x"),
        ("coupon_ids[1]", "y"),
        ("meta_data", '{"k": "v"}'),
        ("prorate", "false"),
        ("phone", ""),
    ]


# -- customers -----------------------------------------------------------------


def test_a_customer_is_made_under_an_id_of_ours(chargebee, writer):
    [remote_id] = done(
        writer("customers").create(
            [
                row(
                    company="Acme Ltd",
                    email="a@acme.example",
                    billing_address__line1="1 High Street",
                    billing_address__country="GB",
                    phone=None,
                )
            ]
        )
    )
    assert remote_id == "odoo-k-1"
    shape = chargebee.shape("customer", remote_id)
    assert (shape["company"], shape["meta_data"]) == ("Acme Ltd", {"odoo_id": "k-1"})
    assert shape["billing_address"]["line1"] == "1 High Street"


def test_a_second_try_takes_up_what_the_first_has_made(chargebee, writer, clock):
    first = done(writer("customers").create([row(company="Acme")]))
    clock.advance(HOUR)  # the idempotency key is forgotten by then
    second = done(writer("customers").create([row(company="Acme", phone="1")]))
    assert first == second
    assert chargebee.store.count(Customer) == 1
    assert chargebee.shape("customer", first[0])["phone"] == "1"


def test_an_answer_that_is_lost_makes_no_second_customer(chargebee, writer):
    chargebee.faults.add("drop", worked=True, times=3, method="POST")
    [result] = writer("customers").create([row(company="Acme")])
    if result.error:
        chargebee.faults.clear()
        [result] = writer("customers").create([row(company="Acme")])
    assert result.error is None
    assert chargebee.store.count(Customer) == 1


def test_an_address_is_changed_without_losing_its_rest(chargebee, writer, shop):
    changed = row(remote_id="acme", billing_address__city="Leeds", phone="1")
    done(writer("customers").update([changed]))
    shape = chargebee.shape("customer", "acme")
    assert (shape["billing_address"]["city"], shape["phone"]) == ("Leeds", "1")
    assert shape["billing_address"]["line1"] == "1 High Street"


def test_own_keys_are_added_to_those_that_are_there(chargebee, writer, shop):
    chargebee.engine.update(shop.customer, metadata={"theirs": "1"})
    changed = row(remote_id="acme", meta_data__tier="gold")
    done(writer("customers").update([changed]))
    assert chargebee.shape("customer", "acme")["meta_data"] == {
        "theirs": "1",
        "tier": "gold",
    }


def test_customers_are_not_deleted(chargebee, writer, shop):
    [result] = writer("customers").archive([row(remote_id="acme")])
    assert isinstance(result.error, errors.InvalidRecord)
    assert not shop.customer.deleted


def test_a_refused_row_leaves_its_neighbours_alone(chargebee, writer):
    rows = [
        row("a", company="A"),
        row("b", net_term_days="soon"),
        row("c", company="C"),
    ]
    first, second, third = writer("customers").create(rows)
    assert isinstance(second.error, errors.InvalidRecord)
    assert first.remote_id and third.remote_id


def test_behind_an_outage_nothing_is_sent(chargebee, writer):
    chargebee.faults.add("status", status=503, times=None, method="POST")
    rows = [row(key, company=key) for key in "abc"]
    results = writer("customers").create(rows)
    assert all(isinstance(each.error, errors.TransientError) for each in results)
    paths = {json.dumps(entry.body) for entry in chargebee.requests.entries}
    assert len(paths) == 1


# -- catalogue -----------------------------------------------------------------


def test_items_and_prices_are_made_in_a_family_of_ours(
    chargebee, chargebee_client, writer
):
    writers.prepare(chargebee_client(), "items")
    writers.prepare(chargebee_client(), "items")
    [item] = done(writer("items").create([row("p-1", external_name="Support")]))
    [price] = done(
        writer("item_prices").create(
            [
                row(
                    "p-2",
                    item_id=item,
                    billing__name="Support, a year",
                    billing__currency="EUR",
                    billing__amount="99.50",
                    billing__interval="year",
                    billing__interval_count=1,
                    billing__billing_scheme="flat",
                )
            ]
        )
    )
    shape = chargebee.shape("item", item)
    assert (shape["item_family_id"], shape["external_name"]) == ("odoo", "Support")
    shape = chargebee.shape("item_price", price)
    assert (shape["price"], shape["pricing_model"]) == (9950, "flat_fee")
    assert (shape["period_unit"], shape["external_name"]) == ("year", "Support, a year")


def test_the_amount_of_a_price_changes_and_its_item_does_not(chargebee, writer, shop):
    prices = writer("item_prices")
    done(prices.update([row(remote_id="team-USD", billing__amount="12")]))
    assert chargebee.shape("item_price", "team-USD")["price"] == 1200
    [result] = prices.update([row(remote_id="team-USD", item_id="storage")])
    assert isinstance(result.error, errors.InvalidRecord)


def test_tiers_are_told_with_where_they_begin(chargebee, writer, shop):
    tiers = [
        {"up_to": "10", "unit_amount": "1.00", "flat_amount": None},
        {"up_to": None, "unit_amount": "0.50", "flat_amount": None},
    ]
    tiered = row(
        "p-3",
        item_id="team",
        billing__currency="USD",
        billing__interval="month",
        billing__billing_scheme="tiered",
        billing__tiers=tiers,
    )
    [price] = done(writer("item_prices").create([tiered]))
    found = chargebee.shape("item_price", price)["tiers"]
    assert [(each["starting_unit"], each["price"]) for each in found] == [
        (1, 100),
        (11, 50),
    ]


def test_amounts_that_chargebee_cannot_hold_are_refused(writer, shop):
    [result] = writer("item_prices").update(
        [row(remote_id="team-USD", billing__amount="0.005")]
    )
    assert isinstance(result.error, errors.InvalidRecord)


def test_what_is_archived_is_offered_no_more(chargebee, writer, shop):
    done(writer("items").archive([row(remote_id="storage")]))
    done(writer("item_prices").archive([row(remote_id="storage-USD")]))
    assert chargebee.store.get(Product, "storage").active is False
    assert chargebee.store.get(Price, "storage-USD").active is False


# -- subscriptions -------------------------------------------------------------


def test_a_subscription_is_made_and_billed_once(chargebee, writer, shop, clock):
    wanted = subscribing(billing__discounts=[{"coupon": "TEN"}])
    first = done(writer("subscriptions").create([wanted]))
    clock.advance(HOUR)
    assert done(writer("subscriptions").create([wanted])) == first
    shape = chargebee.shape("subscription", first[0])
    assert shape["subscription_items"][0]["quantity"] == 5
    assert shape["coupons"][0]["coupon_id"] == "TEN"
    assert shape["meta_data"]["odoo_id"] == "s-1"
    assert chargebee.store.count(Subscription) == 1
    assert chargebee.store.count(Invoice) == 1


@pytest.mark.parametrize(
    ("proration", "invoices", "pending"),
    [("always_invoice", 2, 0), ("create_prorations", 1, 1), ("none", 1, 0)],
)
def test_a_change_of_quantity_is_prorated_as_asked(
    chargebee, writer, shop, clock, proration, invoices, pending
):
    [remote_id] = done(writer("subscriptions").create([subscribing()]))
    clock.advance(10 * 24 * HOUR)
    asked = more_seats(proration)
    done(writer("subscriptions").update([row("s-1", remote_id, billing__change=asked)]))
    shape = chargebee.shape("subscription", remote_id)
    assert shape["subscription_items"][0]["quantity"] == 8
    assert chargebee.store.count(Invoice) == invoices
    waiting = chargebee.resources.rows("unbilled_charge")
    assert len([each for each in waiting if each.invoice is None]) == pending


def more_seats(proration):
    items = [{"item": "team-USD", "quantity": "8.0"}]
    return {"key": "c-1", "kind": "quantity", "proration": proration, "items": items}


def test_items_that_a_change_does_not_name_stay(chargebee, writer, shop):
    both = [*SEATS, {"price": "storage-USD", "quantity": "1"}]
    made = row("s-2", customer_id="acme", billing__items=both)
    [remote_id] = done(writer("subscriptions").create([made]))
    changed = row("s-2", remote_id, billing__change=more_seats("none"))
    done(writer("subscriptions").update([changed]))
    shape = chargebee.shape("subscription", remote_id)
    quantities = [each["quantity"] for each in shape["subscription_items"]]
    assert quantities == [8, 1]


def test_an_item_that_comes_to_nothing_goes(chargebee, writer, shop):
    both = [*SEATS, {"price": "storage-USD", "quantity": "1"}]
    items = [*both, {"price": "calls-USD", "metered": True}]
    made = row("s-2", customer_id="acme", billing__items=items)
    [remote_id] = done(writer("subscriptions").create([made]))
    none = [{"item": "storage-USD", "quantity": "0"}]
    change = {"key": "c-2", "kind": "quantity", "proration": "none", "items": none}
    changed = row("s-2", remote_id, billing__change=change)
    done(writer("subscriptions").update([changed]))
    shape = chargebee.shape("subscription", remote_id)
    left = [each["item_price_id"] for each in shape["subscription_items"]]
    assert left == ["team-USD", "calls-USD"]


def test_what_was_agreed_is_not_changed_by_sending_it_again(writer, shop):
    [remote_id] = done(writer("subscriptions").create([subscribing()]))
    again = row("s-1", remote_id, billing__items=SEATS)
    [result] = writer("subscriptions").update([again])
    assert result.error.code == "refused"
    assert result.error.params["property"] == "billing.items"


def test_one_can_be_made_to_end_at_a_moment(chargebee, writer, shop):
    made = subscribing(billing__cancel_at="2027-01-20T00:00:00+00:00")
    for _try in range(2):
        [remote_id] = done(writer("subscriptions").create([made]))
    assert chargebee.shape("subscription", remote_id)["status"] == "non_renewing"


def test_a_cancellation_is_asked_for_and_taken_back(chargebee, writer, shop):
    subscriptions = writer("subscriptions")
    [remote_id] = done(subscriptions.create([subscribing()]))
    at = "2026-11-20T00:00:00+00:00"
    done(subscriptions.update([row("s-1", remote_id, billing__cancel_at=at)]))
    assert chargebee.shape("subscription", remote_id)["status"] == "non_renewing"
    done(subscriptions.update([row("s-1", remote_id, billing__cancel_at=None)]))
    assert chargebee.shape("subscription", remote_id)["status"] == "active"
    # As it is already.
    done(subscriptions.update([row("s-1", remote_id, billing__cancel_at=None)]))


@pytest.mark.parametrize(
    ("change", "status"),
    [
        (
            {"kind": "quantity", "items": [{"item": "team-USD", "quantity": 9}]},
            "active",
        ),
        ({"kind": "cancel", "cancel_at": None}, "non_renewing"),
        ({"kind": "cancel", "now": True}, "cancelled"),
    ],
)
def test_a_change_that_is_asked_for_happens_once(
    chargebee, writer, shop, change, status
):
    subscriptions = writer("subscriptions")
    [remote_id] = done(subscriptions.create([subscribing()]))
    change = {"key": "c-1", "proration": "always_invoice", "items": [], **change}
    for _try in range(2):
        done(subscriptions.update([row("s-1", remote_id, billing__change=change)]))
    assert chargebee.shape("subscription", remote_id)["status"] == status
    assert chargebee.store.count(Invoice) <= 2


def test_one_that_has_ended_can_be_ended_again(chargebee, writer, shop):
    subscriptions = writer("subscriptions")
    [remote_id] = done(subscriptions.create([subscribing()]))
    for _try in range(2):
        done(subscriptions.archive([row("s-1", remote_id)]))
    assert chargebee.shape("subscription", remote_id)["status"] == "cancelled"


# -- usage ---------------------------------------------------------------------


@pytest.fixture
def metered(writer, shop):
    items = [*SEATS, {"price": "calls-USD", "metered": True}]
    made = row("s-3", customer_id="acme", billing__items=items)
    return done(writer("subscriptions").create([made]))[0]


def used(key, subscription, quantity="70"):
    return row(
        key,
        subscription_id=subscription,
        item_price_id="calls-USD",
        quantity=quantity,
        usage_date="2026-11-02T10:00:00+00:00",
    )


def test_usage_is_counted_once_under_its_key(chargebee, writer, metered, clock):
    usage = writer("usage")
    first = done(usage.create([used("u-1", metered, "70.0")]))
    clock.advance(HOUR)
    assert done(usage.create([used("u-1", metered, "70.0")])) == first
    [found] = chargebee.resources.rows("usage")
    assert found.value == 70


def test_two_usages_of_one_moment_are_two(chargebee, writer, metered):
    done(writer("usage").create([used("u-1", metered), used("u-2", metered, "30")]))
    assert sum(each.value for each in chargebee.resources.rows("usage")) == 100


# -- what can be written -------------------------------------------------------


def test_only_what_chargebee_takes_is_writable():
    assert writers.is_writable("customers", "billing_address.city")
    assert writers.is_writable("subscriptions", "meta_data.odoo_order")
    assert not writers.is_writable("customers", "billing.balance")
    assert not writers.is_writable("invoices", "billing.total")
    assert writers.writer_of(None, "invoices") is None
