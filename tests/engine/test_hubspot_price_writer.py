"""Writing prices by currency: values of products that know no key of ours."""

import pytest

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.records import OutgoingRow
from odoo.addons.connector_hubspot.hubspot.price_writer import PriceWriter


def price(product, currency="EUR", amount="10", key=None):
    values = {
        "product": product,
        "price_book": "standard",
        "currency": currency,
        "price": amount,
    }
    return OutgoingRow(key or f"k-{product}-{currency}", values)


@pytest.fixture
def write(hubspot, hubspot_client):
    for code in ("eur", "usd"):
        hubspot.store.define_property("products", f"hs_price_{code}", type="number")
    return PriceWriter(hubspot_client(), "prices")


@pytest.fixture
def seat(hubspot):
    return hubspot.store.create("products", {"name": "Seat"})


def held(hubspot, product):
    kept = hubspot.store.get("products", product)
    return kept.get("hs_price_eur"), kept.get("hs_price_usd")


def test_each_price_is_a_property_of_its_product(hubspot, write, seat):
    help_id = hubspot.store.create("products", {"name": "Help"})
    rows = [price(seat), price(seat, "USD", "12.5"), price(help_id, "USD", "3")]
    results = write.create(rows)
    assert [result.remote_id for result in results] == [
        *(f"{seat}:EUR", f"{seat}:USD", f"{help_id}:USD"),
    ]
    assert held(hubspot, seat) == ("10", "12.5")
    assert held(hubspot, help_id) == (None, "3")


def test_a_batch_is_a_look_and_a_request_for_each_currency(hubspot, write):
    products = [hubspot.store.create("products", {"name": str(n)}) for n in range(50)]
    rows = [price(each, code) for each in products for code in ("EUR", "USD")]
    before = write.client.request_count
    assert not any(result.error for result in write.create(rows))
    assert write.client.request_count == before + 3


def test_a_second_try_changes_nothing(hubspot, write, seat):
    write.create([price(seat, amount="10.00")])
    version = hubspot.store.version
    [again] = write.create([price(seat, amount="10.00")])
    assert (again.remote_id, again.existing) == (f"{seat}:EUR", False)
    assert hubspot.store.version == version


def test_another_price_that_is_there_is_linked_and_stays(hubspot, write, seat):
    hubspot.store.update("products", seat, {"hs_price_eur": "11"})
    [result] = write.create([price(seat)])
    assert (result.remote_id, result.existing) == (f"{seat}:EUR", True)
    assert held(hubspot, seat) == ("11", None)


def test_a_price_is_changed_and_taken_away(hubspot, write, seat):
    [made] = write.create([price(seat)])
    row = OutgoingRow("k", {"price": "12"}, made.remote_id)
    assert write.update([row])[0].error is None
    assert held(hubspot, seat) == ("12", None)
    assert write.archive([OutgoingRow("k", {}, made.remote_id)])[0].error is None
    assert not held(hubspot, seat)[0]


def test_a_currency_that_the_account_lacks_refuses_its_row_only(hubspot, write, seat):
    unknown, known = write.create([price(seat, "GBP"), price(seat)])
    assert isinstance(unknown.error, errors.InvalidRecord)
    assert unknown.error.params["property"] == "hs_price_gbp"
    assert known.error is None
    assert held(hubspot, seat) == ("10", None)


def test_of_two_rows_of_one_price_the_first_counts(hubspot, write, seat):
    first, second = write.create([price(seat), price(seat, amount="9", key="other")])
    assert first.remote_id == second.remote_id
    assert held(hubspot, seat) == ("10", None)


@pytest.mark.parametrize("moved", [{"product": "999"}, {"currency": "USD"}])
def test_a_price_stays_with_its_product_and_currency(hubspot, write, seat, moved):
    [made] = write.create([price(seat)])
    values = {"price": "9", **moved}
    [result] = write.update([OutgoingRow("k", values, made.remote_id)])
    assert result.error.params["property"] in moved
    assert held(hubspot, seat) == ("10", None)


def test_a_product_that_is_gone_is_told_by_its_row(hubspot, write, seat):
    other = hubspot.store.create("products", {"name": "Help"})
    hubspot.store.delete("products", seat)
    gone, fine = write.create([price(seat), price(other)])
    assert isinstance(gone.error, errors.RemoteNotFound)
    assert fine.error is None
