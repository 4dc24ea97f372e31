"""Reading an account of HubSpot: all of it once, then what changed."""

import datetime

import pytest
from simulators.hubspot import facts, reading

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_hubspot.hubspot import reader as reader_module
from odoo.addons.connector_hubspot.hubspot.endpoints import (
    LAST_MODIFIED,
    VERSIONS,
    object_of,
)
from odoo.addons.connector_hubspot.hubspot.reader import HubSpotReader
from odoo.addons.connector_hubspot.hubspot.streams import STREAMS

from .hubspot_account import MINUTE

# -- first load ----------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("object_type", ["companies", "contacts", "deals", "products"])
def test_the_first_load_reads_every_record_once(
    hubspot, account_of, create, object_type, version
):
    ids = create(230, object_type)
    account = account_of(object_type, version=version)

    records = account.run()

    assert [record.remote_id for record in records] == ids
    assert account.pages == 3  # of 100
    assert hubspot.requests.count(status=404) == 0


def test_an_empty_account_is_one_empty_page(account_of):
    account = account_of()

    assert account.run() == [] and account.pages == 1


@pytest.mark.parametrize("number", [99, 100, 101])
def test_the_last_page_may_be_full_or_not(account_of, create, number):
    ids = create(number)

    assert account_of().ids() == ids


@pytest.mark.parametrize("version", VERSIONS)
def test_a_record_comes_as_the_vendor_sent_it(clock, account_of, create, version):
    [company] = create(name="Acme", city=None)

    [record] = account_of(version=version).run()

    assert record.remote_id == company
    assert record.values["id"] == company
    assert record.values["properties"]["name"] == "Acme"
    assert record.values["properties"]["city"] is None
    assert record.updated_at == clock.now() and record.updated_at.tzinfo
    assert record.archived is False


def test_only_what_the_map_names_is_asked_for(hubspot, account_of, create):
    create(2, name="Acme", phone="123")

    account_of().run()

    asked = hubspot.requests.last.query["properties"][0].split(",")
    # And the time of the last change, and which records were merged into it.
    assert asked == ["city", "hs_lastmodifieddate", "hs_merged_object_ids", "name"]


@pytest.mark.parametrize("stream", STREAMS, ids=lambda stream: stream.name)
def test_every_property_of_the_first_map_exists(
    hubspot, hubspot_client, create, stream
):
    create(1, object_of(stream.name)[0])
    pulled = [line for line in stream.default_map if line.direction != "push"]
    paths = [line.remote_path for line in pulled]

    HubSpotReader(hubspot_client(), stream.name, paths).fetch_page(None)

    assert hubspot.ignored == {}


@pytest.mark.parametrize("object_type", list(facts.OBJECTS))
def test_the_property_of_the_last_change_is_the_right_one(object_type):
    default = reader_module.LAST_MODIFIED_DEFAULT
    expected = facts.OBJECTS[object_type].modified

    assert LAST_MODIFIED.get(object_type, default) == expected


def test_records_that_come_during_the_first_load_are_read(account_of, create):
    ids = create(150)
    account = account_of()
    account.page()

    ids += create(100)

    assert account.ids() == ids[100:]


def test_a_change_during_the_first_load_is_read_by_the_next_run(
    hubspot, clock, account_of, create
):
    ids = create(150)
    clock.advance(20 * MINUTE)
    account = account_of()
    account.page()
    hubspot.store.update("companies", ids[3], {"name": "Changed"})
    clock.advance(20 * MINUTE)
    account.run()

    [record] = account.run()

    assert record.remote_id == ids[3]
    assert record.values["properties"]["name"] == "Changed"


def test_a_page_that_failed_is_asked_for_again_and_nothing_is_lost(
    hubspot, account_of, create
):
    ids = create(230)
    account = account_of()
    seen = [record.remote_id for record in account.page().records]
    hubspot.faults.add("status", status=500, times=2)

    for _number in range(2):
        with pytest.raises(errors.TransientError):
            account.page()

    assert seen + account.ids() == ids


# -- what changed --------------------------------------------------------------


@pytest.fixture
def loaded(hubspot, clock, account_of, create):
    """An account of 10 companies that were read an hour ago, and once again since."""
    account = account_of()
    account.company_ids = create(10, name="Old")
    account.run()
    clock.advance(30 * MINUTE)
    account.run()
    clock.advance(30 * MINUTE)
    assert account.run() == []
    return account


@pytest.mark.parametrize("version", VERSIONS)
def test_a_run_sees_what_changed_since_and_nothing_else(
    hubspot, clock, loaded, create, version
):
    loaded.version = version
    changed = loaded.company_ids[4:6]
    for company in changed:
        hubspot.store.update("companies", company, {"name": "New"})
    new = create(2)

    records = loaded.run()

    assert [record.remote_id for record in records] == changed + new
    assert records[0].values["properties"]["name"] == "New"
    clock.advance(30 * MINUTE)
    loaded.run()
    clock.advance(30 * MINUTE)
    assert loaded.run() == []


def test_contacts_are_searched_by_the_property_of_their_own(
    hubspot, clock, account_of, create
):
    account = account_of("contacts")
    contact, _other = create(2, "contacts")
    account.run()
    clock.advance(60 * MINUTE)
    account.run()
    clock.advance(60 * MINUTE)
    hubspot.store.update("contacts", contact, {"email": "new@example.com"})

    assert account.ids() == [contact]


def test_a_run_asks_again_for_the_last_minutes_of_the_one_before(clock, loaded, create):
    [company] = create()
    clock.advance(MINUTE / 2)
    assert loaded.ids() == [company]

    clock.advance(4 * MINUTE)
    assert loaded.ids() == [company]
    clock.advance(4 * MINUTE)
    loaded.run()
    clock.advance(4 * MINUTE)
    assert loaded.ids() == []


def test_a_change_that_search_shows_late_is_not_lost(hubspot, clock, loaded, create):
    hubspot.store.index_lag = 2 * MINUTE
    [company] = create()
    hubspot.store.update("companies", loaded.company_ids[0], {"name": "Late"})
    clock.advance(MINUTE)
    assert loaded.run() == []  # not in the index yet

    clock.advance(3 * MINUTE)
    records = {record.remote_id: record for record in loaded.run()}

    assert set(records) == {company, loaded.company_ids[0]}
    late = records[loaded.company_ids[0]]
    assert late.values["properties"]["name"] == "Late"


def test_a_change_while_pages_are_read_is_not_lost(hubspot, clock, loaded, create):
    ids = create(450)
    loaded.page()  # the first 200 of them
    clock.advance(MINUTE)
    hubspot.store.update("companies", ids[0], {"name": "Meanwhile"})
    for number in (200, 50):
        clock.advance(10 * MINUTE)
        assert len(loaded.page().records) == number
    assert loaded.run() == []  # nothing was archived

    clock.advance(MINUTE)
    last = {record.remote_id: record for record in loaded.run()}

    assert last[ids[0]].values["properties"]["name"] == "Meanwhile"


def test_more_changes_than_a_search_shows_are_all_read(hubspot, clock, account_of):
    account = account_of("products")
    account.run()
    clock.advance(MINUTE)
    with hubspot.store.lock:
        ids = [hubspot.store.create("products", {}) for _number in range(10_500)]
    hubspot.requests.clear()

    found = account.ids()

    assert found == ids  # each once, in their order
    assert hubspot.requests.count("POST", "/search", 200) == 53
    assert hubspot.requests.count(status=400) == 0


@pytest.mark.parametrize("number", [199, 200, 201, 400])
def test_the_last_slice_of_a_search_may_be_full_or_not(loaded, create, number):
    ids = create(number)

    assert loaded.ids() == ids


def test_a_search_that_gives_short_pages_is_read_to_its_end(
    loaded, create, monkeypatch
):
    # An answer may hold less than was asked for although there is more.
    parse = reading.parse

    def parse_short(*args):
        query = parse(*args)
        query.limit = 7
        return query

    monkeypatch.setattr(reading, "parse", parse_short)
    ids = create(25)

    assert loaded.ids() == ids


def test_the_vendors_clock_counts_and_not_ours(clock, loaded, create):
    # The simulated account lives weeks ago: by our clock nothing would be new.
    assert abs(clock.now() - datetime.datetime.now(datetime.UTC)).days > 1
    ids = create(3)

    assert loaded.ids() == ids


# -- archived ------------------------------------------------------------------


def test_an_archived_record_is_told(hubspot, clock, loaded):
    gone = loaded.company_ids[2]
    hubspot.store.archive("companies", gone)
    clock.advance(16 * MINUTE)

    [record] = loaded.run()

    assert (record.remote_id, record.archived) == (gone, True)
    assert record.values["associations"] == {}


def test_what_was_archived_before_the_first_load_is_told_by_the_next_run(
    hubspot, account_of, create
):
    alive, gone = create(2)
    hubspot.store.archive("companies", gone)
    account = account_of()
    assert account.ids() == [alive]

    archived = [record.remote_id for record in account.run() if record.archived]

    assert archived == [gone]


def test_archived_records_of_all_pages_are_read(hubspot, clock, loaded, create):
    ids = create(230)
    for company in ids:
        hubspot.store.archive("companies", company)
    clock.advance(16 * MINUTE)

    records = loaded.run()

    assert [record.remote_id for record in records] == ids
    assert all(record.archived for record in records)


def test_archived_records_are_asked_for_now_and_then_only(hubspot, clock, loaded):
    clock.advance(16 * MINUTE)
    hubspot.requests.clear()

    for _number in range(10):
        loaded.run()
        clock.advance(3 * MINUTE)

    lists = [entry for entry in hubspot.requests.entries if entry.method == "GET"]
    assert len(lists) == 2
    assert all(entry.query["archived"] == ["true"] for entry in lists)


def test_a_restored_record_is_alive_again(hubspot, clock, loaded):
    company = loaded.company_ids[2]
    hubspot.store.archive("companies", company)
    clock.advance(16 * MINUTE)
    loaded.run()
    hubspot.store.restore("companies", company)
    clock.advance(MINUTE)

    [record] = loaded.run()

    assert (record.remote_id, record.archived) == (company, False)


# -- by id ---------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
def test_records_are_fetched_by_their_ids_and_missing_ones_left_out(
    hubspot, account_of, create, version
):
    ids = create(5, name="Acme")
    hubspot.store.archive("companies", ids[1])
    hubspot.store.delete("companies", ids[3])
    reader = account_of(version=version).reader

    records = reader.fetch_by_ids([*ids, "99999999999", "no-id"])

    assert [record.remote_id for record in records] == [ids[0], ids[2], ids[4]]
    assert records[0].values["properties"]["name"] == "Acme"


def test_many_ids_are_fetched_in_batches(hubspot, account_of, create):
    ids = create(230)

    records = account_of().reader.fetch_by_ids(ids)

    assert [record.remote_id for record in records] == ids
    assert hubspot.requests.count("POST", "/batch/read") == 3


def test_a_merged_record_names_those_that_it_was_made_of(hubspot, account_of, create):
    one, two, _other = create(3, name="Acme")
    merged = hubspot.store.merge("companies", one, two)

    records = {record.remote_id: record for record in account_of().run()}

    assert records[merged].merged_ids == (one, two)
    assert all(not r.merged_ids for i, r in records.items() if i != merged)
    assert not {one, two} & records.keys()


def test_no_ids_ask_for_nothing(hubspot, account_of):
    assert account_of("contacts").reader.fetch_by_ids([]) == []
    assert hubspot.requests.count() == 0


def test_a_blip_in_the_midst_of_reading_is_not_seen(hubspot, naps, loaded, create):
    ids = create(450)
    hubspot.faults.add("status", status=503, path="/search$", after=1, times=2)
    hubspot.faults.add("drop", path="/search$", after=2)

    assert loaded.ids() == ids and len(naps) == 3
