"""Writing over HTTP: nothing is made twice, whatever dies in between."""

import pytest
from simulators.billing import model

from odoo.addons.connector_base.engine import dry_run, errors
from odoo.addons.connector_base.engine.records import OutgoingRow
from odoo.addons.connector_billing.providers.stripe.endpoints import VERSIONS
from odoo.addons.connector_billing.providers.stripe.streams import STREAMS
from odoo.addons.connector_billing.providers.stripe.writers import (
    WRITERS,
    is_writable,
    writer_of,
)

KEY = "abcd1234-res.partner-7"


@pytest.fixture
def writer(stripe_client):
    return lambda stream, **options: writer_of(stripe_client(**options), stream)


def row(key=KEY, remote_id=None, **values):
    """``__`` in a name stands for the point of a path."""
    values = {name.replace("__", "."): value for name, value in values.items()}
    return OutgoingRow(key, values, remote_id)


def created(stripe, cls):
    return [each for each in stripe.store.rows(cls) if not each.deleted]


def one(results):
    [result] = results
    assert result.error is None, result.error
    return result


@pytest.fixture
def catalog(stripe):
    """A customer, a product and two prices of it."""
    create = stripe.engine.create
    product = create(model.Product, name="Seats")
    prices = [
        create(
            model.Price,
            product=product.id,
            currency="EUR",
            amount=amount,
            interval="month",
        )
        for amount in (1000, 2000)
    ]
    customer = create(model.Customer, name="Acme", currency="EUR", method="card")
    return customer, product, prices


# -- once ---------------------------------------------------------------------------


CASES = {
    "customers": (
        model.Customer,
        {"name": "Acme", "email": "ada@acme.example", "address.city": "Berlin"},
    ),
    "products": (model.Product, {"name": "Seats", "description": "By the month"}),
    "coupons": (
        model.Coupon,
        {"name": "Ten", "billing.percent": "10", "duration": "once"},
    ),
}


@pytest.mark.parametrize("stream", CASES)
@pytest.mark.parametrize("days", [0, 3])
def test_a_second_try_makes_no_second_record(stripe, writer, stream, days):
    """Neither within the time of idempotency keys nor after it."""
    cls, values = CASES[stream]
    first = one(writer(stream).create([OutgoingRow(KEY, dict(values))]))
    stripe.clock.advance(days * 86400)

    again = one(writer(stream).create([OutgoingRow(KEY, dict(values))]))

    assert again.remote_id == first.remote_id
    assert len(created(stripe, cls)) == 1


def test_a_second_try_with_other_values_changes_the_first(stripe, writer):
    first = one(writer("customers").create([row(name="Acme", email="a@acme.example")]))

    again = one(
        writer("customers").create([row(name="Acme Ltd", email="b@acme.example")])
    )

    assert again.remote_id == first.remote_id
    assert [each.name for each in created(stripe, model.Customer)] == ["Acme Ltd"]


def test_a_price_is_made_once(stripe, writer, catalog):
    _customer, product, _prices = catalog
    values = {
        "product": product.id,
        "billing.currency": "KWD",
        "billing.amount": "12.5",
        "billing.interval": "year",
        "billing.name": "Yearly",
    }

    first = one(writer("prices").create([OutgoingRow(KEY, values)]))
    again = one(writer("prices").create([OutgoingRow(KEY, values)]))

    price = stripe.store.get(model.Price, first.remote_id)
    assert again.remote_id == first.remote_id
    assert (price.currency, int(price.amount), price.interval) == ("KWD", 12500, "year")


def test_what_a_price_costs_can_t_be_changed(writer, catalog):
    _customer, _product, prices = catalog

    [result] = writer("prices").update(
        [row(remote_id=prices[0].id, billing__amount="11")]
    )

    assert isinstance(result.error, errors.InvalidRecord)
    assert result.error.params["property"] == "billing.amount"


def test_an_update_of_old_values_is_done_again(stripe, writer):
    """A, B, A within a day: Stripe must not take the third for the first."""
    customer = one(writer("customers").create([row(name="A", email="a@a.example")]))

    for name in ("B", "A", "B"):
        one(writer("customers").update([row(remote_id=customer.remote_id, name=name)]))

    assert created(stripe, model.Customer)[0].name == "B"


def test_our_key_is_known_when_it_is_read(stripe, writer, stripe_client):
    from .stripe_account import Account

    one(writer("customers").create([row(name="Acme", email="a@a.example")]))

    [record] = Account(stripe_client, "customers").run()

    assert record.external_key == KEY


# -- several ------------------------------------------------------------------------


def test_a_refused_row_leaves_its_neighbours(stripe, writer):
    rows = [
        row("k-1", name="One", email="one@acme.example"),
        row("k-2", name="Two", email="two@acme.example", tax_exempt="maybe"),
        row("k-3", name="Three", email="three@acme.example"),
    ]

    results = writer("customers").create(rows)

    assert [result.key for result in results] == ["k-1", "k-2", "k-3"]
    assert isinstance(results[1].error, errors.InvalidRecord)
    assert results[1].request_id
    names = sorted(each.name for each in created(stripe, model.Customer))
    assert names == ["One", "Three"]


def test_behind_a_limit_nothing_is_sent(stripe, writer):
    stripe.faults.add("rate_limit", times=1, method="POST")
    rows = [row(f"k-{n}", name="One", email=f"{n}@acme.example") for n in range(3)]

    results = writer("customers").create(rows)

    assert all(isinstance(each.error, errors.RateLimited) for each in results)
    assert created(stripe, model.Customer) == []


def test_a_dry_run_sends_nothing(stripe, writer):
    with dry_run.dry_run(), pytest.raises(errors.NotSent):
        writer("customers").create([row(name="Acme", email="a@a.example")])

    assert created(stripe, model.Customer) == []


# -- archive ------------------------------------------------------------------------


def test_customers_are_never_deleted_there(stripe, writer, catalog):
    [result] = writer("customers").archive([row(remote_id=catalog[0].id)])

    assert isinstance(result.error, errors.InvalidRecord)
    assert created(stripe, model.Customer)


def test_products_and_prices_are_offered_no_more(stripe, writer, catalog):
    _customer, product, prices = catalog

    one(writer("products").archive([row(remote_id=product.id)]))
    one(writer("prices").archive([row(remote_id=prices[0].id)]))

    assert not product.active and not prices[0].active


# -- subscriptions ------------------------------------------------------------------


def item(price, quantity="1", **values):
    return {"id": None, "price": price.id, "quantity": quantity, **values}


@pytest.fixture(params=VERSIONS)
def subscribe(request, writer, catalog):
    customer, _product, prices = catalog

    def make(items=None, **values):
        items = items or [item(prices[0], "3")]
        return writer("subscriptions", version=request.param).create(
            [
                row(
                    customer=customer.id,
                    billing__items=items,
                    billing__currency="EUR",
                    metadata__odoo_order="SO042",
                    **values,
                )
            ]
        )

    return make


def test_a_subscription_is_made_once(stripe, subscribe, catalog):
    first = one(subscribe())
    stripe.clock.advance(3 * 86400)
    again = one(subscribe())

    [subscription] = created(stripe, model.Subscription)
    assert first.remote_id == again.remote_id == subscription.id
    assert [(i.price, i.quantity) for i in subscription.items] == [
        (catalog[2][0].id, 3)
    ]
    assert subscription.metadata["odoo_order"] == "SO042"


def test_who_pays_by_invoice_gets_time(stripe, subscribe):
    one(subscribe(billing__collection="invoice", days_until_due=14))

    [subscription] = created(stripe, model.Subscription)
    assert (subscription.collection, subscription.terms_days) == ("invoice", 14)


def ask_for(writer, made, kind, **values):
    """The answer to a change that is asked for, and to asking again."""
    change = {"key": f"k-{kind}", "kind": kind, "items": [], **values}
    rows = [row(remote_id=made.remote_id, billing__change=change)]
    return writer("subscriptions").update(rows), writer("subscriptions").update(rows)


@pytest.mark.parametrize("proration", ["none", "create_prorations", "always_invoice"])
def test_a_quantity_changes_once(stripe, subscribe, writer, proration):
    made = one(subscribe())
    [subscription] = created(stripe, model.Subscription)
    items = [{"item": subscription.items[0].id, "quantity": 5.0}]
    stripe.clock.advance(86400)
    billed = len(created(stripe, model.PendingItem))

    for results in ask_for(writer, made, "quantity", items=items, proration=proration):
        one(results)

    assert [each.quantity for each in subscription.items] == [5]
    prorated = len(created(stripe, model.PendingItem)) - billed
    # What is given back, and what is charged for it: once.
    assert prorated == (0 if proration == "none" else 2)


def test_a_cancellation_is_asked_for_and_taken_back(stripe, subscribe, writer):
    made = one(subscribe())
    [subscription] = created(stripe, model.Subscription)

    for results in ask_for(writer, made, "cancel"):
        one(results)
    assert subscription.cancel_at == subscription.period_end

    for results in ask_for(writer, made, "keep"):
        one(results)
    assert subscription.cancel_at is None


def test_a_cancellation_may_have_a_day(stripe, subscribe, writer):
    made = one(subscribe())
    [subscription] = created(stripe, model.Subscription)

    ask_for(writer, made, "cancel", cancel_at="2026-11-20T00:00:00Z")

    assert subscription.cancel_at == 1_795_132_800


def test_a_cancellation_at_once_ends_it(stripe, subscribe, writer):
    made = one(subscribe())
    [subscription] = created(stripe, model.Subscription)

    first, again = ask_for(writer, made, "cancel", now=True)

    one(first)
    assert subscription.status == "cancelled"
    assert isinstance(again[0].error, errors.RemoteNotFound)


def test_what_runs_isn_t_remade(subscribe, writer, catalog):
    made = one(subscribe())

    [result] = writer("subscriptions").update(
        [row(remote_id=made.remote_id, billing__items=[item(catalog[2][1])])]
    )

    assert isinstance(result.error, errors.InvalidRecord)


def test_parts_of_an_item_are_refused(subscribe, catalog):
    [result] = subscribe([item(catalog[2][0], "1.5")])

    assert isinstance(result.error, errors.InvalidRecord)


def test_a_subscription_ends_once(stripe, subscribe, writer):
    made = one(subscribe())

    one(writer("subscriptions").archive([row(remote_id=made.remote_id)]))
    [again] = writer("subscriptions").archive([row(remote_id=made.remote_id)])

    # What isn't there any more counts as archived.
    assert isinstance(again.error, errors.RemoteNotFound)
    assert [each.status for each in created(stripe, model.Subscription)] == [
        "cancelled"
    ]


# -- usage --------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
def test_usage_is_counted_once(stripe, writer, catalog, version):
    customer, product, _prices = catalog
    create = stripe.engine.create
    meter = create(model.Meter, name="Calls", event_name="calls")
    price = create(
        model.Price,
        product=product.id,
        currency="EUR",
        amount=1,
        interval="month",
        metered=True,
        meter=meter.id,
    )
    subscription = stripe.engine.subscriptions.subscribe(customer, [(price, 1)])
    values = {
        "event_name": "calls",
        "customer": customer.id,
        "subscription_item": subscription.items[0].id,
        "value": "120",
        "timestamp": stripe.clock.now().isoformat(),
    }

    for days in (0, 3):
        # A day later the key of the request is forgotten, that of the event is not.
        stripe.clock.advance(days * 86400 if version == VERSIONS[0] else 0)
        one(writer("usage", version=version).create([OutgoingRow("u-1", values)]))

    used = created(stripe, model.UsageEvent)
    assert [int(each.value) for each in used] == [120]


# -- what can be sent ---------------------------------------------------------------


@pytest.mark.parametrize("stream", STREAMS, ids=lambda stream: stream.name)
def test_lines_that_go_out_can_be_written(stream):
    sent = [line for line in stream.default_map if line.direction != "pull"]

    assert bool(sent) <= (stream.name in WRITERS)
    for line in sent:
        assert is_writable(stream.name, line.remote_path), line.remote_path
