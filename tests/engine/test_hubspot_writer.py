"""Writing to HubSpot: by our key, in batches, each row with its own answer."""

import datetime

import pytest

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.records import OutgoingRow
from odoo.addons.connector_hubspot.hubspot import render, writer
from odoo.addons.connector_hubspot.hubspot.endpoints import VERSIONS
from odoo.addons.connector_hubspot.hubspot.reader import HubSpotReader
from odoo.addons.connector_hubspot.hubspot.writer import HubSpotWriter


def company(number, **values):
    values = {"name": f"Company {number}", **values}
    return OutgoingRow(
        f"db-res.partner-{number}",
        {f"properties.{name}": value for name, value in values.items()},
    )


@pytest.fixture
def write(hubspot_client):
    """Make a writer of an object, prepared as a push prepares it."""

    def make(object_type="companies", version=VERSIONS[0]):
        client = hubspot_client(version)
        writer.prepare(client, object_type)
        return HubSpotWriter(client, object_type)

    return make


@pytest.mark.parametrize("version", VERSIONS)
def test_a_second_try_makes_no_second_record(hubspot, write, version):
    rows = [company(number) for number in range(5)]
    first = write(version=version).create(rows)
    second = write(version=version).create(rows)
    assert [r.remote_id for r in first] == [r.remote_id for r in second]
    assert hubspot.store.count("companies") == 5
    assert not any(result.error for result in first)
    assert all(result.updated_at and result.request_id for result in first)


def test_a_batch_is_one_request(hubspot, write):
    made = write()
    before = made.client.request_count
    results = made.create([company(number) for number in range(100)])
    assert made.client.request_count == before + 1
    rows = [
        OutgoingRow(result.key, {"properties.city": "Oslo"}, result.remote_id)
        for result in results
    ]
    made.update(rows)
    assert made.client.request_count == before + 2
    assert hubspot.store.get("companies", results[7].remote_id)["city"] == "Oslo"


def test_the_answers_come_in_the_order_of_the_rows(hubspot, write):
    rows = [company(number, city="x" * (number % 3)) for number in range(30)]
    results = write().create(rows)
    for row, result in zip(rows, results, strict=True):
        kept = hubspot.store.get("companies", result.remote_id)
        assert result.key == row.key == kept["odoo_id"]


def test_a_refused_row_of_a_creation_lets_its_neighbours_go(hubspot, write):
    rows = [company(1), company(2, numberofemployees="many"), company(3)]
    results = write().create(rows)
    assert [bool(result.error) for result in results] == [False, True, False]
    assert isinstance(results[1].error, errors.InvalidRecord)
    assert results[1].error.params["property"] == "numberofemployees"
    assert results[1].error.params["reason"] == "INVALID_LONG"
    assert "[{" not in results[1].error.message
    assert hubspot.store.count("companies") == 2


def test_a_refused_row_of_an_update_lets_its_neighbours_go(hubspot, write):
    made = write()
    results = made.create([company(number) for number in range(7)])
    rows = [
        OutgoingRow(
            result.key,
            {"properties.numberofemployees": "many" if number == 4 else "12"},
            result.remote_id,
        )
        for number, result in enumerate(results)
    ]
    answers = made.update(rows)
    assert [bool(answer.error) for answer in answers] == [n == 4 for n in range(7)]
    kept = [hubspot.store.get("companies", r.remote_id) for r in results]
    assert [each.get("numberofemployees") for each in kept].count("12") == 6


def test_a_record_that_is_gone_is_told_by_its_row(hubspot, write):
    made = write()
    results = made.create([company(1), company(2)])
    hubspot.store.delete("companies", results[0].remote_id)
    rows = [
        OutgoingRow(result.key, {"properties.city": "Oslo"}, result.remote_id)
        for result in results
    ]
    answers = made.update(rows)
    assert isinstance(answers[0].error, errors.RemoteNotFound)
    assert answers[1].error is None
    assert hubspot.store.get("companies", results[1].remote_id)["city"] == "Oslo"


def test_a_contact_that_is_there_already_is_linked(hubspot, write):
    known = hubspot.store.create("contacts", {"email": "ada@example.com"})
    row = OutgoingRow(
        "db-res.partner-1",
        {"properties.email": "ada@example.com", "properties.city": "London"},
    )
    other = OutgoingRow("db-res.partner-2", {"properties.email": "bob@example.com"})
    [linked, made] = write("contacts").create([row, other])
    assert (linked.remote_id, linked.existing, linked.error) == (known, True, None)
    assert made.existing is False
    assert not hubspot.store.get("contacts", known).get("city")


def test_archived_records_are_in_the_bin(hubspot, write):
    made = write()
    [result] = made.create([company(1)])
    row = OutgoingRow(result.key, {}, result.remote_id)
    assert made.archive([row])[0].error is None
    assert made.archive([row])[0].error is None
    assert hubspot.store.ids("companies", archived=True) == [result.remote_id]


def test_a_contact_is_linked_with_its_company_and_with_the_next_one(hubspot, write):
    first = hubspot.store.create("companies", {"name": "First"})
    second = hubspot.store.create("companies", {"name": "Second"})
    made = write("contacts")
    path = "associations.companies[0]"
    [result] = made.create([OutgoingRow("k-1", {path: first})])
    row = OutgoingRow("k-1", {path: second}, result.remote_id, {path: first})
    made.update([row])
    linked = hubspot.store.associated("contacts", result.remote_id, "companies")
    assert linked == {second: [279, 1]}
    made.update([OutgoingRow("k-1", {path: None}, result.remote_id, {path: second})])
    assert not hubspot.store.associated("contacts", result.remote_id, "companies")


def test_people_whom_we_dont_know_stay_with_the_deal(hubspot, write):
    ids = [hubspot.store.create("contacts", {"firstname": n}) for n in "abc"]
    made = write("deals")
    path = "associations.contacts"
    [result] = made.create([OutgoingRow("k-1", {path: ids[:1]})])
    hubspot.store.associate("deals", result.remote_id, "contacts", ids[2])
    row = OutgoingRow("k-1", {path: [ids[1]]}, result.remote_id, {path: ids[:1]})
    made.update([row])
    linked = hubspot.store.associated("deals", result.remote_id, "contacts")
    assert sorted(linked) == sorted(ids[1:])


def test_a_link_to_what_is_gone_is_the_rows_own_problem(hubspot, write):
    path = "associations.companies[0]"
    company_id = hubspot.store.create("companies", {"name": "A"})
    rows = [OutgoingRow("k-1", {path: "999"}), OutgoingRow("k-2", {path: company_id})]
    [broken, fine] = write("contacts").create(rows)
    assert isinstance(broken.error, errors.InvalidRecord)
    assert fine.error is None


def test_the_property_of_our_key_is_made_once(hubspot, hubspot_client):
    client = hubspot_client()
    writer.prepare(client, "products")
    writer.prepare(client, "products")
    assert hubspot.store.properties["products"]["odoo_id"].unique


def test_a_property_that_isnt_unique_is_not_trusted(hubspot, hubspot_client):
    hubspot.store.define_property("companies", "odoo_id")
    with pytest.raises(errors.InvalidRecord) as caught:
        writer.prepare(hubspot_client(), "companies")
    assert caught.value.code == "key_not_unique"


def test_a_reader_that_is_asked_for_our_key_tells_it(hubspot, write):
    made = write()
    made.create([company(1)])
    paths = ["properties.name", "properties.odoo_id"]
    [record] = HubSpotReader(made.client, "companies", paths).fetch_page(None).records
    assert record.external_key == "db-res.partner-1"
    [record] = (
        HubSpotReader(made.client, "companies", paths[:1]).fetch_page(None).records
    )
    assert record.external_key is None


# -- answers that don't tell their rows ----------------------------------------------


@pytest.fixture(params=[False, True], ids=["traced", "traceless"])
def traceless(request, hubspot):
    """Whether the answers of batches repeat our trace ids."""
    hubspot.access.traceless = request.param
    return request.param


def test_which_row_was_refused_is_found_without_a_word_of_it(hubspot, write, traceless):
    rows = [
        company(number, **({"numberofemployees": "many"} if number in (3, 8) else {}))
        for number in range(12)
    ]
    results = write().create(rows)
    assert [bool(result.error) for result in results] == [
        n in (3, 8) for n in range(12)
    ]
    assert {results[n].error.params["property"] for n in (3, 8)} <= {
        "numberofemployees"
    }
    assert hubspot.store.count("companies") == 10
    for row, result in zip(rows, results, strict=True):
        if not result.error:
            kept = hubspot.store.get("companies", result.remote_id)
            assert kept["odoo_id"] == row.key


def test_an_existing_contact_is_linked_without_a_word_of_its_row(
    hubspot, write, traceless
):
    known = hubspot.store.create("contacts", {"email": "ada@example.com"})
    rows = [
        OutgoingRow(f"k-{n}", {"properties.email": f"{name}@example.com"})
        for n, name in enumerate(("bob", "ada", "cid"))
    ]
    results = write("contacts").create(rows)
    assert [result.existing for result in results] == [False, True, False]
    assert results[1].remote_id == known
    assert hubspot.store.count("contacts") == 3


def test_an_update_of_nothing_but_good_rows_needs_no_trace_ids(write, traceless):
    made = write()
    results = made.create([company(number) for number in range(5)])
    before = made.client.request_count
    rows = [
        OutgoingRow(r.key, {"properties.city": "Oslo"}, r.remote_id) for r in results
    ]
    assert not any(answer.error for answer in made.update(rows))
    assert made.client.request_count == before + 1


@pytest.mark.parametrize(
    "message",
    [
        "Contact already exists. Existing ID: 4711",
        "Cannot set PropertyValueCoordinates{portalId=1, propertyName=x, value=y} on"
        " null. 4711 already has that value.",
    ],
)
def test_both_ways_of_naming_what_exists_are_understood(message):
    found = writer.EXISTING_ID.search(message)
    assert "4711" in found.groups()


def test_a_value_that_another_record_has_is_no_link_for_a_known_one(hubspot, write):
    hubspot.store.create("contacts", {"email": "ada@example.com"})
    bob = hubspot.store.create("contacts", {"email": "bob@example.com"})
    row = OutgoingRow("k-1", {"properties.email": "ada@example.com"}, bob)
    [result] = write("contacts").update([row])
    assert isinstance(result.error, errors.InvalidRecord)
    assert not result.existing


# -- line items ----------------------------------------------------------------------


def test_a_line_item_is_made_with_its_deal(hubspot, write):
    deal = hubspot.store.create("deals", {"dealname": "Rollout"})
    values = {
        "properties.name": "Seat",
        "properties.quantity": "3",
        "properties.price": "10",
        "associations.deals[0]": deal,
    }
    made = write("line_items")
    [first] = made.create([OutgoingRow("k-1", values)])
    [again] = made.create([OutgoingRow("k-1", values)])
    assert first.error is None and first.remote_id == again.remote_id
    assert hubspot.store.get("line_items", first.remote_id)["amount"] == "30.00"
    found = hubspot.store.associated("line_items", first.remote_id, "deals")
    assert found == {deal: [20]}


def test_a_day_is_written_as_its_midnight(hubspot, write):
    made = write("line_items")
    name = "properties.hs_recurring_billing_start_date"
    day = render.property_value("date", datetime.date(2027, 1, 1))
    [result] = made.create([OutgoingRow("k-1", {name: day})])
    assert result.error is None
    kept = hubspot.store.get("line_items", result.remote_id)
    assert kept["hs_recurring_billing_start_date"] == "2027-01-01"
