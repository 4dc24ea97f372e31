"""Reading Chargebee: all of it once, then what changed, however lists are sorted."""

import datetime

import pytest
from simulators import Clock
from simulators.billing.model import CreditNote, Customer, Invoice, Price, Product
from simulators.chargebee import ChargebeeSimulator

from odoo.addons.connector_billing.providers.chargebee import reader
from odoo.addons.connector_billing.providers.chargebee.endpoints import LISTINGS

from .chargebee_site import DAY, HOUR, MINUTE, Site, open_shop


@pytest.fixture
def shop(chargebee):
    return open_shop(chargebee)


@pytest.fixture
def site(chargebee_client):
    """Make a reading of a stream."""
    return lambda stream: Site(chargebee_client, stream)


@pytest.fixture(scope="module")
def year():
    """A site whose company has lived for a year."""
    running = ChargebeeSimulator(clock=Clock("2026-11-02T09:00:00Z"), seed=5)
    running.live(40)
    with running:
        yield running
    assert running.crashes == []


def customers(chargebee, count, prefix="c"):
    return [
        chargebee.engine.create(Customer, id=f"{prefix}{number}", name="Customer")
        for number in range(count)
    ]


def test_all_records_come_once_in_pages(chargebee, site):
    customers(chargebee, 230)
    reading = site("customers")
    found = reading.ids()
    assert len(found) == len(set(found)) == 230
    assert reading.pages == 3


def test_a_second_run_reads_what_changed_since_and_no_more(chargebee, site, clock):
    made = customers(chargebee, 3)
    clock.advance(HOUR)
    reading = site("customers")
    reading.run()
    clock.advance(HOUR)
    chargebee.engine.update(made[1], phone="1")
    clock.advance(HOUR)
    assert reading.ids() == ["c1"]
    clock.advance(HOUR)
    assert reading.ids() == []


def test_what_was_listed_late_is_read_again(chargebee, site, clock):
    made = customers(chargebee, 2)
    reading = site("customers")
    clock.advance(HOUR)
    reading.run()
    # Written before the run began, shown after it.
    clock.advance(-MINUTE)
    chargebee.engine.update(made[0], phone="1")
    clock.advance(2 * MINUTE)
    assert reading.ids() == ["c0"]


@pytest.mark.parametrize("stream", ["customers", "credit_notes", "coupons"])
def test_a_change_amid_the_pages_is_lost_to_no_one(chargebee, site, clock, stream):
    shop = open_shop(chargebee)
    if stream == "coupons":
        records = coupons(chargebee, 150)
    elif stream == "customers":
        records = customers(chargebee, 150)
    else:
        records = notes(shop, 150)
    clock.advance(HOUR)
    reading = site(stream)
    found = [record.remote_id for record in reading.page().records]
    clock.advance(10)
    changed = next(each for each in records if each.id in found)
    values = {"memo": "x"} if stream == "credit_notes" else {"name": "Other"}
    chargebee.engine.update(changed, **values)
    clock.advance(HOUR)
    rest = [record.remote_id for record in reading.run()]
    assert {each.id for each in records} <= {*found, *rest}
    assert changed.id in [*rest, *reading.ids()]


def coupons(chargebee, count):
    from simulators.billing.model import Coupon

    return [
        chargebee.engine.create(Coupon, id=f"k{number}", name="Less")
        for number in range(count)
    ]


def notes(shop, count):
    """Credit notes of a cent each."""
    engine = shop.engine
    engine.invoices.add_item(shop.customer, 100_000, description="Workshop")
    invoice = engine.invoices.bill_now(shop.customer)
    line = invoice.lines[0].id
    return [engine.credits.issue(invoice, {line: 100}) for _number in range(count)]


def test_deleted_ones_are_archived(chargebee, site, clock, shop):
    engine = chargebee.engine
    streams = {"customers": Customer, "items": Product, "item_prices": Price}
    clock.advance(HOUR)
    readings = {stream: site(stream) for stream in streams}
    for reading in readings.values():
        reading.run()
    clock.advance(HOUR)
    ids = {"customers": "acme", "items": "storage", "item_prices": "storage-USD"}
    for stream, cls in streams.items():
        engine.delete(engine.get(cls, ids[stream]))
    for stream, reading in readings.items():
        [record] = reading.run()
        assert (record.remote_id, record.archived) == (ids[stream], True)


def test_records_are_fetched_by_their_ids_a_hundred_at_once(
    chargebee, chargebee_client
):
    customers(chargebee, 150)
    client = chargebee_client()
    found = reader.reader_of(client, "customers").fetch_by_ids(
        [f"c{number}" for number in range(150)] + ["nobody"]
    )
    assert len(found) == 150
    assert client.request_count == 2


def test_versions_within_one_second_are_told_apart(chargebee, chargebee_client):
    [customer] = customers(chargebee, 1)
    reading = reader.reader_of(chargebee_client(), "customers")
    [before] = reading.fetch_by_ids([customer.id])
    chargebee.engine.update(customer, phone="1")
    [after] = reading.fetch_by_ids([customer.id])
    assert before.updated_at < after.updated_at
    assert after.updated_at - before.updated_at < datetime.timedelta(seconds=1)


def test_a_load_can_begin_at_a_date(chargebee, site, clock):
    customers(chargebee, 2, "old")
    clock.advance(30 * DAY)
    customers(chargebee, 1, "new")
    reading = site("customers")
    since = clock.now() - datetime.timedelta(days=1)
    reading.cursor = reader.start_cursor(since)
    assert reading.ids() == ["new0"]


def test_our_own_keys_are_told(chargebee, site):
    chargebee.engine.create(
        Customer, id="mine", name="Acme", metadata={"odoo_id": "key-1"}
    )
    [record] = site("customers").run()
    assert record.external_key == "key-1"


def test_payments_and_refunds_are_of_the_same_transactions(site, shop):
    engine = shop.engine
    engine.subscriptions.subscribe(shop.customer, [("team-USD", 5)])
    [invoice] = engine.store.rows(Invoice)
    engine.credits.issue(invoice, refund=invoice.total)
    [payment] = site("payments").run()
    [refund] = site("refunds").run()
    assert refund.values["billing"]["payment"] == payment.remote_id


def test_pending_invoices_and_write_offs_are_no_documents(site, shop):
    engine = shop.engine
    engine.update(shop.customer, collection="invoice", terms_days=14)
    engine.subscriptions.subscribe(shop.customer, [("team-USD", 5)])
    [invoice] = engine.store.rows(Invoice)
    engine.invoices.mark_uncollectible(invoice)
    engine.invoices.add_item(shop.customer, 100, description="Later")
    engine.invoices.draft(shop.customer)
    [record] = site("invoices").run()
    assert record.values["billing"]["status"] == "uncollectible"
    assert site("credit_notes").run() == []
    assert engine.store.count(CreditNote) == 0


def test_unbilled_charges_are_swept_now_and_then(chargebee, site, clock, shop):
    item = shop.engine.invoices.add_item(shop.customer, 100, description="Later")
    reading = site("unbilled_charges")
    assert reading.ids() == [item.id]
    requests = chargebee.requests.count(template="unbilled_charges")
    clock.advance(10 * MINUTE)
    assert reading.ids() == []
    assert chargebee.requests.count(template="unbilled_charges") == requests
    shop.engine.invoices.bill_now(shop.customer)
    clock.advance(HOUR)
    [record] = reading.run()
    assert record.archived
    [found] = reading.reader.fetch_by_ids([item.id, "nothing"])
    assert found.remote_id == item.id


def test_what_lines_name_is_asked_for_together(chargebee, chargebee_client, shop):
    for number in range(20):
        customer = shop.engine.create(Customer, name=f"C{number}", currency="USD")
        shop.engine.subscriptions.subscribe(customer, [("team-USD", 1)])
    client = chargebee_client()
    page = reader.reader_of(client, "invoices").fetch_page(None)
    assert len(page.records) == 20
    assert {r.values["billing"]["lines"][0]["product"] for r in page.records} == {
        "team"
    }
    assert client.request_count == 2


def test_a_year_is_read_whole_and_then_nothing_is_new(year, chargebee_client):
    for stream in LISTINGS:
        reading = Site(lambda: chargebee_client(site=year), stream)
        found = reading.ids()
        assert len(found) == len(set(found))
        assert found or stream == "unbilled_charges"
        assert reading.ids() == []
