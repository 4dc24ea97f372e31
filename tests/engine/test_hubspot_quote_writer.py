"""Writing quotes and their lines to HubSpot: drafts, with their own copies of lines."""

import datetime

import pytest

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.records import OutgoingRow
from odoo.addons.connector_hubspot.hubspot import render, writer
from odoo.addons.connector_hubspot.hubspot.writer import HubSpotWriter

DAY = render.property_value("date", datetime.date(2027, 1, 31))


def quote(**values):
    values = {"hs_title": "Rollout", "hs_expiration_date": DAY, **values}
    values = {name: value for name, value in values.items() if value is not None}
    return OutgoingRow(
        "db-sale.order-1",
        {f"properties.{name}": value for name, value in values.items()},
    )


@pytest.fixture
def quotes(hubspot_client):
    client = hubspot_client()
    writer.prepare(client, "quotes")
    return HubSpotWriter(client, "quotes")


@pytest.fixture
def lines(hubspot_client):
    client = hubspot_client()
    writer.prepare(client, "quote_line_items")
    return HubSpotWriter(client, "quote_line_items")


def test_a_new_quote_is_a_draft_with_its_deal(hubspot, quotes):
    deal = hubspot.store.create("deals", {"dealname": "Rollout"})
    row = quote(hs_currency="EUR")
    row.values["associations.deals[0]"] = deal
    [first] = quotes.create([row])
    [again] = quotes.create([row])
    assert first.error is None and first.remote_id == again.remote_id
    kept = hubspot.store.get("quotes", first.remote_id)
    assert kept["hs_status"] == "DRAFT"
    assert kept["hs_expiration_date"] == "2027-01-31"
    linked = hubspot.store.associated("quotes", first.remote_id, "deals")
    assert linked == {deal: [64]}


def test_a_quote_that_was_published_stays_so(hubspot, quotes):
    deal = hubspot.store.create("deals", {"dealname": "Rollout"})
    row = quote()
    row.values["associations.deals[0]"] = deal
    [made] = quotes.create([row])
    hubspot.store.update("quotes", made.remote_id, {"hs_status": "APPROVAL_NOT_NEEDED"})
    changed = OutgoingRow(row.key, {"properties.hs_title": "Better"}, made.remote_id)
    assert quotes.update([changed])[0].error is None
    kept = hubspot.store.get("quotes", made.remote_id)
    assert (kept["hs_title"], kept["hs_status"]) == ("Better", "APPROVAL_NOT_NEEDED")


def test_a_quote_without_an_end_is_refused_by_its_name(quotes):
    [result] = quotes.create([quote(hs_expiration_date=None)])
    assert isinstance(result.error, errors.InvalidRecord)
    assert result.error.params["property"] == "hs_expiration_date"


@pytest.mark.parametrize("name", ["hs_quote_amount", "hs_quote_number"])
def test_what_hubspot_works_out_is_refused(quotes, name):
    [result] = quotes.create([quote(**{name: "1"})])
    assert result.error.params["property"] == name


def test_a_line_belongs_to_its_quote(hubspot, quotes, lines):
    [made] = quotes.create([quote()])
    values = {
        "properties.name": "Seat",
        "properties.quantity": "3",
        "properties.price": "10",
        "properties.hs_discount_percentage": "10",
        "associations.quotes[0]": made.remote_id,
    }
    [first] = lines.create([OutgoingRow("k-1", values)])
    [again] = lines.create([OutgoingRow("k-1", values)])
    assert first.error is None and first.remote_id == again.remote_id
    assert hubspot.store.get("line_items", first.remote_id)["amount"] == "27.00"
    found = hubspot.store.associated("line_items", first.remote_id, "quotes")
    assert found == {made.remote_id: [68]}
