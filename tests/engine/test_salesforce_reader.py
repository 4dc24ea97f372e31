"""Reading an org: all of it, then what was changed, deleted or merged since."""

import datetime

import pytest

from odoo.addons.connector_base.engine.paths import MISSING, getter
from odoo.addons.connector_salesforce.salesforce import reader as reader_module
from odoo.addons.connector_salesforce.salesforce.reader import (
    SalesforceReader,
    count_records,
    start_cursor,
)
from odoo.addons.connector_salesforce.salesforce.values import number_text

from .salesforce_org import Org


@pytest.fixture
def org(salesforce_client):
    def make(object_name="Account", **options):
        return Org(salesforce_client, object_name, **options)

    return make


@pytest.fixture
def store(salesforce):
    return salesforce.store


def later(salesforce, **delta):
    salesforce.clock.advance(datetime.timedelta(**delta).total_seconds())


# -- values -------------------------------------------------------------------


def test_a_record_has_what_the_map_asks_for_and_nothing_else(store, org):
    parent = store.create("Account", {"Name": "Group"})
    account = store.create(
        "Account", {"Name": "Acme", "ParentId": parent, "AnnualRevenue": 1500000}
    )
    record = {r.remote_id: r for r in org().run()}[account]
    assert record.values["Name"] == "Acme"
    assert record.values["BillingCity"] is None
    assert record.values["ParentId"] == parent
    assert record.values["AnnualRevenue"] == "1500000"
    assert "@" in record.values["Owner"]["Email"]
    assert "attributes" not in record.values
    assert record.updated_at.tzinfo is not None
    assert not record.archived


def test_a_relationship_that_leads_nowhere_has_empty_fields(store, org):
    store.create("Contact", {"LastName": "Lovelace"})
    [record] = org("Contact").run()
    assert getter("Account.Name")(record.values) is None


def test_our_key_is_known_from_the_record(store, org):
    store.define_field("Account", "Odoo_Id__c", external_id=True, unique=True)
    store.create("Account", {"Name": "Ours", "Odoo_Id__c": "res.partner,7"})
    [record] = org(paths=("Name", "Odoo_Id__c")).run()
    assert record.external_key == "res.partner,7"


@pytest.mark.parametrize(
    "text, expected",
    [
        ("1500.0", "1500"),
        ("1.5E3", "1500"),
        ("0.10", "0.1"),
        ("-0.0", "0"),
        ("12", "12"),
    ],
)
def test_a_number_is_one_text_however_it_was_written(text, expected):
    assert number_text(text) == expected


def test_a_product_that_is_switched_off_counts_as_archived(store, org):
    product = store.create("Product2", {"Name": "Old", "IsActive": True})
    reading = org("Product2")
    assert [record.archived for record in reading.run()] == [False]
    store.update("Product2", product, {"IsActive": False})
    assert [record.archived for record in reading.run()] == [True]


# -- passes -------------------------------------------------------------------


def test_all_is_read_page_by_page_each_once(salesforce, org):
    ids = salesforce.fill("Account", 25)
    salesforce.reading.page = 10
    reading = org()
    assert sorted(reading.ids()) == sorted(ids)
    assert len(reading.pages) == 3


def test_reading_goes_on_where_the_address_of_a_page_is_over(salesforce, org):
    ids = salesforce.fill("Account", 25)
    salesforce.reading.page = 10
    reading = org()
    found = [record.remote_id for record in reading.page().records]
    later(salesforce, days=3)
    found += reading.ids()
    assert sorted(found) == sorted(ids)


def test_records_of_one_moment_are_neither_lost_nor_read_for_ever(salesforce, org):
    ids = salesforce.fill("Account", 30)
    salesforce.reading.page = 7
    reading = org()
    seen = []
    for _page in range(20):
        page = reading.page()
        seen += [record.remote_id for record in page.records]
        later(salesforce, days=3)
        if page.done:
            break
    assert sorted(seen) == sorted(ids)


def test_a_later_pass_brings_what_changed_and_the_overlap(salesforce, store, org):
    quiet = store.create("Account", {"Name": "Quiet"})
    reading = org()
    reading.run()
    later(salesforce, hours=1)
    assert reading.ids() == [quiet]
    later(salesforce, minutes=30)
    busy = store.create("Account", {"Name": "Busy"})
    assert reading.ids() == [busy]


def test_the_time_is_the_orgs_own(salesforce, store, org):
    reading = org()
    reading.run()
    assert reading.cursor["since"] == "2026-11-02T08:50:00.000Z"


def test_a_first_load_can_begin_at_a_date(salesforce, store, org):
    old = store.create("Account", {"Name": "Old"}, modified="2020-01-01T00:00:00Z")
    new = store.create("Account", {"Name": "New"})
    reading = org()
    reading.cursor = start_cursor(datetime.datetime(2025, 1, 1, tzinfo=datetime.UTC))
    assert reading.ids() == [new]
    assert old not in reading.ids()


def test_records_are_counted_in_one_request(salesforce, salesforce_client):
    salesforce.fill("Account", 12)
    client = salesforce_client()
    assert count_records(client, "Account") == 12
    tomorrow = salesforce.clock.now() + datetime.timedelta(days=1)
    assert count_records(client, "Account", tomorrow) == 0
    assert client.request_count == 2


# -- fields that are not there -------------------------------------------------


def test_a_field_that_the_org_lacks_is_missing_and_the_others_come(store, org):
    store.create("Account", {"Name": "Acme"})
    [record] = org(paths=("Name", "Gone__c", "Phone")).run()
    assert record.values["Name"] == "Acme"
    assert record.values["Phone"] is None
    assert getter("Gone__c")(record.values) is MISSING


def test_so_is_a_field_of_a_record_that_is_referred_to(store, org):
    store.create("Account", {"Name": "Acme"})
    paths = ("Name", "Owner.Gone__c", "Nothing__r.Name", "Owner.Email")
    [record] = org(paths=paths).run()
    assert getter("Owner.Gone__c")(record.values) is MISSING
    assert getter("Nothing__r.Name")(record.values) is MISSING
    assert "@" in getter("Owner.Email")(record.values)


def test_a_field_that_is_removed_between_two_passes(store, org):
    store.define_field("Account", "Tier__c")
    store.create("Account", {"Name": "Acme", "Tier__c": "gold"})
    reading = org(paths=("Name", "Tier__c"))
    [record] = reading.run()
    assert record.values["Tier__c"] == "gold"
    store.remove_field("Account", "Tier__c")
    [record] = reading.run()
    assert getter("Tier__c")(record.values) is MISSING


# -- deletions ----------------------------------------------------------------


def test_what_is_deleted_comes_as_archived(salesforce, store, org):
    account = store.create("Account", {"Name": "Acme"})
    reading = org()
    reading.run()
    store.delete("Account", account)
    [record] = reading.run()
    assert (record.remote_id, record.archived) == (account, True)


def test_a_first_load_leaves_out_what_was_deleted_before(store, org):
    store.delete("Account", store.create("Account", {"Name": "Gone"}))
    assert org().ids() == []


def test_what_is_gone_from_the_recycle_bin_as_well_is_noticed_within_the_hour(
    salesforce, store, org
):
    account = store.create("Account", {"Name": "Acme"})
    reading = org()
    reading.run()
    later(salesforce, minutes=30)
    store.delete("Account", account)
    store.purge_one("Account", account)
    assert reading.ids() == []
    later(salesforce, minutes=40)
    reading.run()
    assert reading.pages[-1].gap
    later(salesforce, minutes=90)
    reading.run()
    assert not reading.pages[-1].gap


def test_where_the_bin_is_emptied_all_the_time_all_is_looked_at_once_a_day(
    salesforce, store, org
):
    reading = org()
    reading.run()
    gaps = []
    for account in salesforce.fill("Account", 30):
        later(salesforce, minutes=5)
        store.delete("Account", account)
        store.purge_one("Account", account)
        later(salesforce, hours=2)
        reading.run()
        gaps.append(reading.pages[-1].gap)
    assert gaps.count(True) == 3
    later(salesforce, hours=25)
    reading.run()
    assert reading.pages[-1].gap


def test_what_was_restored_again_is_no_deletion(salesforce, store, org):
    account = store.create("Account", {"Name": "Acme"})
    reading = org()
    reading.run()
    later(salesforce, minutes=90)
    store.delete("Account", account)
    store.undelete("Account", account)
    records = reading.run()
    assert {record.archived for record in records} == {False}


def test_after_a_pause_of_more_than_two_weeks_all_has_to_be_looked_at(salesforce, org):
    salesforce.fill("Account", 2)
    reading = org()
    reading.run()
    later(salesforce, days=14)
    reading.run()
    assert not any(page.gap for page in reading.pages)
    later(salesforce, days=16)
    reading.run()
    assert reading.pages[-1].gap
    later(salesforce, hours=2)
    reading.run()
    assert not reading.pages[-1].gap


def test_too_many_deletions_are_a_gap(salesforce, org, monkeypatch):
    reading = org()
    reading.run()
    later(salesforce, hours=2)
    ids = salesforce.fill("Account", 3)
    for record_id in ids:
        salesforce.store.delete("Account", record_id)
    monkeypatch.setattr("simulators.salesforce.facts.REPLICATION_IDS", 2)
    later(salesforce, minutes=5)
    reading.run()
    assert reading.pages[-1].gap


def test_many_deletions_come_in_pages(salesforce, store, org, monkeypatch):
    monkeypatch.setattr(reader_module, "QUERY_PAGE", 2)
    ids = salesforce.fill("Account", 5)
    reading = org()
    reading.run()
    later(salesforce, hours=1)
    for record_id in ids:
        store.delete("Account", record_id)
    later(salesforce, minutes=5)
    reading.page()
    gone = []
    while reading.cursor["phase"] == "deleted":
        gone += [record.remote_id for record in reading.page().records]
    assert sorted(gone) == sorted(ids)
    assert len(reading.pages) == 5


# -- merges -------------------------------------------------------------------


def test_merged_records_come_as_the_one_that_is_left(store, org):
    one, two = (store.create("Account", {"Name": name}) for name in ("One", "Two"))
    reading = org()
    reading.run()
    store.merge("Account", one, [two])
    [record] = reading.run()
    assert (record.remote_id, record.merged_ids) == (one, (two,))
    assert not record.archived


def test_merges_of_merged_records_are_followed(store, org):
    ids = [store.create("Account", {"Name": f"A{n}"}) for n in range(3)]
    reading = org()
    reading.run()
    store.merge("Account", ids[1], [ids[2]])
    store.merge("Account", ids[0], [ids[1]])
    [record] = reading.run()
    assert record.remote_id == ids[0]
    assert sorted(record.merged_ids) == sorted(ids[1:])


def test_who_asks_for_a_merged_record_gets_the_other_one(store, salesforce_client):
    one, two = (store.create("Account", {"Name": name}) for name in ("One", "Two"))
    store.merge("Account", one, [two])
    reader = SalesforceReader(salesforce_client(), "Account", ("Name",))
    [record] = reader.fetch_by_ids([two])
    assert (record.remote_id, record.merged_ids) == (one, (two,))


# -- by id --------------------------------------------------------------------


def test_records_are_read_by_their_ids_many_at_once(salesforce, salesforce_client):
    ids = salesforce.fill("Account", 250)
    client = salesforce_client()
    reader = SalesforceReader(client, "Account", ("Name",))
    found = reader.fetch_by_ids([*ids, "001000000000999AAA"])
    assert sorted(record.remote_id for record in found) == sorted(ids)
    assert client.request_count == 2


def test_names_with_quotes_and_backslashes_break_no_query(store, salesforce_client):
    reader = SalesforceReader(salesforce_client(), "Account", ("Name",))
    assert reader.fetch_by_ids(["O'Hara\\"]) == []
