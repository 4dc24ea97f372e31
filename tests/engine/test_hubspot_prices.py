"""Prices by currency: records of their own, where an account has several currencies."""

import json

import pytest

from odoo.addons.connector_hubspot.hubspot.endpoints import VERSIONS
from odoo.addons.connector_hubspot.hubspot.prices import (
    ASK_SECONDS,
    PriceBookReader,
    PriceReader,
)

from .hubspot_account import MINUTE


class Prices:
    """The stream of prices and its cursor."""

    def __init__(self, make_client, reader=PriceReader):
        self.make_client, self.reader = make_client, reader
        self.cursor = None

    def run(self):
        found = []
        while True:
            reader = self.reader(self.make_client(), "prices", ())
            page = reader.fetch_page(self.cursor)
            self.cursor = json.loads(json.dumps(page.next_cursor))
            found += page.records
            if page.done:
                return found

    def live(self):
        return {r.remote_id: r.values["price"] for r in self.run() if not r.archived}


@pytest.fixture
def currencies(hubspot):
    """Let the account have prices in these currencies."""

    def define(*codes):
        for code in codes:
            hubspot.store.define_property("products", f"hs_price_{code}", type="number")

    return define


@pytest.fixture
def prices(hubspot_client):
    return Prices(hubspot_client)


@pytest.mark.parametrize("version", VERSIONS)
def test_each_price_of_a_product_is_a_record(
    hubspot, hubspot_client, currencies, version
):
    currencies("eur", "usd")
    seat = hubspot.store.create(
        "products", {"hs_price_eur": "10", "hs_price_usd": "12"}
    )
    help_id = hubspot.store.create("products", {"hs_price_usd": "99.5"})
    prices = Prices(lambda: hubspot_client(version))
    assert prices.live() == {
        f"{seat}:EUR": "10",
        f"{seat}:USD": "12",
        f"{help_id}:USD": "99.5",
    }


def test_a_price_names_product_currency_and_book(hubspot, currencies, prices):
    currencies("eur")
    seat = hubspot.store.create("products", {"hs_price_eur": "10"})
    [record] = prices.run()
    assert record.values == {
        "id": f"{seat}:EUR",
        "product": seat,
        "price_book": "standard",
        "currency": "EUR",
        "price": "10",
    }
    [book] = Prices(prices.make_client, PriceBookReader).run()
    assert (book.remote_id, book.values["is_standard"]) == ("standard", True)


def test_an_account_with_one_currency_has_none_of_it(hubspot, prices):
    hubspot.store.create("products", {"price": "10"})
    assert prices.run() == []
    assert Prices(prices.make_client, PriceBookReader).run() == []
    assert prices.run() == []
    assert hubspot.requests.count() == 2, "asked for once an hour"


def test_a_price_that_changes_or_is_taken_away_is_told(
    hubspot, clock, currencies, prices
):
    currencies("eur", "usd")
    seat = hubspot.store.create(
        "products", {"hs_price_eur": "10", "hs_price_usd": "12"}
    )
    prices.run()
    clock.advance(20 * MINUTE)
    hubspot.store.update("products", seat, {"hs_price_eur": "11", "hs_price_usd": None})
    found = {record.remote_id: record for record in prices.run()}
    assert found[f"{seat}:EUR"].values["price"] == "11"
    assert found[f"{seat}:USD"].archived


def test_prices_of_a_product_that_was_deleted_are_gone(
    hubspot, clock, currencies, prices
):
    currencies("eur")
    seat = hubspot.store.create("products", {"hs_price_eur": "10"})
    prices.run()
    clock.advance(30 * MINUTE)
    hubspot.store.archive("products", seat)
    assert [(r.remote_id, r.archived) for r in prices.run()] == [(f"{seat}:EUR", True)]


def test_a_new_currency_is_read_of_all_products(hubspot, currencies, prices):
    currencies("eur")
    seat = hubspot.store.create("products", {"hs_price_eur": "10"})
    prices.run()
    currencies("usd")
    hubspot.store.properties["products"]["hs_price_usd"]
    prices.cursor["currencies"]["at"] -= ASK_SECONDS + 1
    assert set(prices.live()) == {f"{seat}:EUR"}, "no price in it yet"
    hubspot.store.update("products", seat, {"hs_price_usd": "12"})
    assert f"{seat}:USD" in prices.live()


def test_prices_are_found_by_their_ids_and_by_their_products(
    hubspot, hubspot_client, currencies
):
    currencies("eur", "usd")
    seat = hubspot.store.create(
        "products", {"hs_price_eur": "10", "hs_price_usd": "12"}
    )
    reader = PriceReader(hubspot_client(), "prices", ())
    for ids in ([f"{seat}:EUR"], [seat], [f"{seat}:EUR", f"{seat}:USD"]):
        found = {record.remote_id for record in reader.fetch_by_ids(ids)}
        assert found == {f"{seat}:EUR", f"{seat}:USD"}
