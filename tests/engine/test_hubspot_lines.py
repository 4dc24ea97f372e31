"""Line items: of deals and of quotes, and what follows from their properties."""

import pytest

from odoo.addons.connector_hubspot.hubspot.derived import derive
from odoo.addons.connector_hubspot.hubspot.endpoints import VERSIONS
from odoo.addons.connector_hubspot.hubspot.reader import HubSpotReader

from .hubspot_account import MINUTE


@pytest.fixture
def line(hubspot):
    """Make a line item of a deal or a quote."""

    def make(of=None, owner=None, **values):
        line_id = hubspot.store.create("line_items", {"name": "Seat", **values})
        if of:
            hubspot.store.associate("line_items", line_id, of, owner)
        return line_id

    return make


@pytest.fixture
def deal(hubspot):
    return hubspot.store.create("deals", {"dealname": "Rollout"})


@pytest.fixture
def quote(hubspot):
    return hubspot.store.create("quotes", {"hs_title": "Offer"})


def live(records):
    return [record.remote_id for record in records if not record.archived]


@pytest.mark.parametrize("version", VERSIONS)
def test_each_stream_has_the_lines_of_its_own(account_of, line, deal, quote, version):
    of_deal, of_quote = line("deals", deal), line("quotes", quote)
    line()
    deals = account_of("line_items", version=version).run()
    quotes = account_of("quote_line_items", version=version).run()
    assert live(deals) == [of_deal]
    assert live(quotes) == [of_quote]
    [record] = [each for each in deals if not each.archived]
    assert record.values["associations"]["deals"] == [deal]


def test_a_line_that_leaves_its_deal_is_gone_from_the_stream(
    hubspot, hubspot_client, line, deal
):
    line_id = line("deals", deal)
    reader = HubSpotReader(hubspot_client(), "line_items", ["associations.deals[0]"])
    assert live(reader.fetch_by_ids([line_id])) == [line_id]
    hubspot.store.dissociate("line_items", line_id, "deals", deal)
    [record] = reader.fetch_by_ids([line_id])
    assert record.archived


def test_lines_that_were_deleted_are_told(hubspot, clock, account_of, line, deal):
    line_id = line("deals", deal)
    account = account_of("line_items")
    account.run()
    clock.advance(30 * MINUTE)
    hubspot.store.archive("line_items", line_id)
    [record] = [each for each in account.run() if each.remote_id == line_id]
    assert record.archived


@pytest.mark.parametrize(
    ("discount", "quantity", "total"),
    [
        (None, "3", None),
        ("", "3", None),
        ("2.5", "3", "7.5"),
        ("0.1", "3", "0.3"),
        ("2.5", None, "2.5"),
        ("0", "3", "0"),
        ("a few", "3", "a few"),
        ("2", "many", "many"),
    ],
)
def test_the_discount_of_a_line_is_that_of_all_its_units(discount, quantity, total):
    properties = {"discount": discount, "quantity": quantity}
    found = derive("line_items", ["total_discount"], properties)
    assert found == {"total_discount": total}


@pytest.mark.parametrize(
    ("percentage", "discount", "price", "found"),
    [
        ("10", None, "50", "10"),
        ("0", "5", "50", "0"),
        (None, "5", "50", "10"),
        (None, "1", "3", "33.333333"),
        (None, None, "50", None),
        (None, "5", "0", None),
        (None, "5", None, None),
        ("ten", "5", "50", "ten"),
    ],
)
def test_a_discount_is_told_in_percent_however_it_was_entered(
    percentage, discount, price, found
):
    properties = {
        "hs_discount_percentage": percentage,
        "discount": discount,
        "price": price,
    }
    derived = derive("line_items", ["discount_percentage"], properties)
    assert derived == {"discount_percentage": found}


@pytest.mark.parametrize(
    ("there", "here"),
    [("0.2", "20"), ("1.0", "100"), ("0", "0"), (None, None), ("0.123", "12.3")]
    + [("0.2000000000000000111", "20"), ("likely", "likely")],
)
def test_the_probability_of_a_deal_is_counted_to_a_hundred(there, here):
    properties = {"hs_deal_stage_probability": there}
    assert derive("deals", ["probability"], properties) == {"probability": here}


def test_nothing_is_derived_that_nobody_knows():
    assert derive("companies", ["probability"], {}) == {}


def test_what_it_follows_from_is_asked_for(hubspot, account_of, line, deal):
    line("deals", deal, discount="2.5", quantity="3")
    client = account_of("line_items")
    reader = HubSpotReader(
        client.make_client(), "line_items", ["derived.total_discount"]
    )
    [record] = reader.fetch_page(None).records
    assert record.values["derived"] == {"total_discount": "7.5"}
    assert hubspot.ignored == {}
