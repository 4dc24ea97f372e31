"""Reading Freshdesk's contacts and companies, whose lists tell less than one would
think."""

import pytest
from simulators.freshdesk import facts

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_support.providers.freshdesk import count
from odoo.addons.connector_support.providers.freshdesk.reader import CompanyReader

from .freshdesk_desk import DAY, HOUR, MINUTE, Builder, Desk

#: Asks for what no list has.
ALONE = ("name", "desk.other_emails", "tags")


@pytest.fixture
def desk(freshdesk):
    return Builder(freshdesk)


@pytest.fixture
def contacts(freshdesk_client):
    return lambda paths=("name",): Desk(freshdesk_client, "contacts", paths)


@pytest.fixture
def companies(freshdesk_client):
    return lambda: Desk(freshdesk_client, "companies", ("name",))


def numbers(found):
    return {each["id"] for each in found}


# -- contacts -------------------------------------------------------------------


def test_all_contacts_come_and_those_that_are_blocked(desk, contacts):
    made = desk.contacts(230)
    blocked = desk.contact("Zoe", blocked=True)
    desk.contact("Gone", deleted=True)
    found = {int(each.remote_id): each for each in contacts().run()}
    assert set(found) == numbers([*made, blocked])
    assert found[blocked["id"]].values["desk"]["suspended"] is True
    assert found[made[0]["id"]].values["desk"]["suspended"] is False


def test_a_second_run_reads_what_changed_since_and_no_more(desk, contacts, clock):
    made = desk.contacts(3)
    clock.advance(HOUR)
    read = contacts()
    read.run()
    clock.advance(HOUR)
    desk.change("contact", made[1], phone="1")
    clock.advance(HOUR)
    assert read.ids() == [made[1]["id"]]
    clock.advance(HOUR)
    assert read.ids() == []


def test_one_that_is_deleted_is_archived_and_comes_back(desk, contacts, clock):
    [one, _other] = desk.contacts(2)
    clock.advance(HOUR)
    read = contacts()
    read.run()
    clock.advance(HOUR)
    desk.change("contact", one, deleted=True)
    clock.advance(HOUR)
    [record] = read.run()
    assert (int(record.remote_id), record.archived) == (one["id"], True)
    desk.change("contact", one, deleted=False)
    clock.advance(HOUR)
    [record] = read.run()
    assert not record.archived


def test_one_that_is_blocked_is_suspended_until_it_is_not(desk, contacts, clock):
    [one] = desk.contacts(1)
    clock.advance(HOUR)
    read = contacts(ALONE)
    read.run()
    for blocked in (True, False):
        clock.advance(HOUR)
        desk.change("contact", one, blocked=blocked)
        clock.advance(HOUR)
        [*_others, record] = read.run()
        assert record.values["desk"]["suspended"] is blocked


def test_merged_contacts_are_gone_and_their_addresses_are_the_others(
    desk, contacts, clock
):
    primary, other = desk.contacts(2)
    clock.advance(HOUR)
    read = contacts(ALONE)
    read.run()
    clock.advance(HOUR)
    desk.cases.merge(primary, [other])
    clock.advance(MINUTE)
    found = {int(each.remote_id): each for each in read.run()}
    assert found[other["id"]].archived
    assert found[primary["id"]].values["desk"]["other_emails"] == "c1@acme.example"


def test_who_is_deleted_amid_the_pages_pushes_nobody_out(desk, contacts, clock):
    made = desk.contacts(350)
    clock.advance(HOUR)
    read = contacts()
    found, gone = [], []
    for each in made[:8:2]:
        page = read.page()
        found += [int(record.remote_id) for record in page.records]
        desk.change("contact", each, deleted=True)
        gone.append(each)
        clock.advance(1)
    while not page.done:
        page = read.page()
        found += [int(record.remote_id) for record in page.records]
    assert set(found) >= numbers(made) - numbers(gone)


def test_other_addresses_are_asked_for_where_a_map_wants_them(
    desk, contacts, freshdesk, clock
):
    one, two = desk.contacts(2)
    clock.advance(HOUR)
    plain, full = contacts(), contacts(ALONE)
    plain.run(), full.run()
    clock.advance(HOUR)
    desk.change("contact", two, other_emails=["two@home.example", "2@home.example"])
    clock.advance(HOUR)
    [record] = plain.run()
    assert "other_emails" not in record.values["desk"]
    *_slow, record = sorted(full.run(), key=lambda each: each.updated_at)
    assert record.values["desk"]["other_emails"] == "two@home.example;2@home.example"
    assert freshdesk.requests.count(template="contacts/{id}") == 3
    clock.advance(HOUR)
    assert full.ids() == []


def test_those_that_never_change_are_asked_for_by_and_by(
    desk, contacts, freshdesk, clock
):
    desk.contacts(150, other_emails=[])
    clock.advance(HOUR)
    read = contacts(ALONE)
    read.run()
    assert freshdesk.requests.count(template="contacts/{id}") == 0
    for wanted in (100, 50, 0):
        clock.advance(HOUR)
        assert len(read.run()) == wanted
    assert freshdesk.requests.count(template="contacts/{id}") == 150


def test_where_a_limit_ends_it_what_was_got_is_kept(desk, contacts, freshdesk, clock):
    made = desk.contacts(15)
    clock.advance(HOUR)
    read = contacts(ALONE)
    read.run()
    clock.advance(HOUR)
    for each in made:
        desk.change("contact", each, phone="1")
    read.page()
    freshdesk.meter.plan = {"total": 6}
    found = [int(record.remote_id) for record in read.page().records]
    assert len(found) == 6
    with pytest.raises(errors.RateLimited):
        read.page()
    freshdesk.meter.plan = None
    assert {*found, *read.ids()} == numbers(made)


def test_contacts_are_fetched_by_their_ids(desk, contacts, freshdesk):
    one, gone, deleted = desk.contacts(3, other_emails=[])
    freshdesk.store.remove("contact", gone)
    desk.change("contact", deleted, deleted=True)
    found = contacts().reader.fetch_by_ids([str(i["id"]) for i in (one, gone, deleted)])
    assert [(int(r.remote_id), r.archived) for r in found] == [
        (one["id"], False),
        (deleted["id"], True),
    ]
    # Whether somebody is blocked no single contact says.
    assert "suspended" not in found[0].values["desk"]


def test_our_own_key_is_told(desk, contacts):
    desk.contact("Ada", unique_external_id="key-1", email="ada@acme.example")
    [record] = contacts().run()
    assert record.external_key == "key-1"


# -- companies ------------------------------------------------------------------


def test_all_companies_come_once_in_pages(desk, companies):
    made = desk.companies(230)
    read = companies()
    found = read.ids()
    assert len(found) == len(set(found)) == len(made)
    assert read.pages == 3


def test_a_sweep_brings_what_has_changed(desk, companies, freshdesk, clock):
    made = desk.companies(3)
    clock.advance(HOUR)
    read = companies()
    read.run()
    clock.advance(HOUR)
    desk.change("company", made[1], note="x")
    clock.advance(HOUR)
    assert read.ids() == [made[1]["id"]]
    clock.advance(HOUR)
    assert read.ids() == []
    asked = freshdesk.requests.count(template="companies")
    clock.advance(5 * MINUTE)
    assert read.ids() == []
    assert freshdesk.requests.count(template="companies") == asked


def test_once_a_day_all_come_and_all_that_is_known_is_compared(desk, companies, clock):
    made = desk.companies(3)
    clock.advance(HOUR)
    read = companies()
    read.run()
    assert not read.gap
    clock.advance(HOUR)
    read.run()
    assert not read.gap
    clock.advance(DAY)
    assert set(read.ids()) == numbers(made)
    assert read.gap


def test_many_companies_are_found_in_the_list_and_few_one_by_one(
    desk, companies, freshdesk
):
    made = desk.companies(150)
    freshdesk.store.remove("company", made[0])
    ids = [str(each["id"]) for each in made]
    reader = companies().reader
    assert len(reader.fetch_by_ids(ids[:100])) == 99
    assert len(reader.fetch_by_ids(ids[100:])) == 50
    # Two pages, and the one that isn't in them.
    assert freshdesk.requests.count(template="companies") == 3
    found = companies().reader.fetch_by_ids(ids[:3])
    assert [each.remote_id for each in found] == ids[1:3]
    assert CompanyReader.ids_limit <= 100


def test_the_key_of_a_company_is_told(desk, companies, freshdesk):
    freshdesk.fields.define("company", "Odoo Key")
    desk.company(custom_fields={"odoo_key": "key-1"})
    desk.company("Other")
    found = {r.values["name"]: r.external_key for r in companies().run()}
    assert found == {"Acme": "key-1", "Other": None}


# -- counts ---------------------------------------------------------------------


def test_one_request_counts(desk, freshdesk_client, clock):
    desk.contacts(45)
    clock.advance(30 * DAY)
    desk.contact("New", email="new@acme.example")
    client = freshdesk_client()
    assert count.count_records(client, "contacts") == 46
    assert count.count_records(client, "contacts", clock.now()) == 1
    assert count.count_records(client, "companies") == 0
    assert client.request_count == 3
    assert count.count_records(client, "comments") is None


def test_a_whole_desk_is_read_and_then_nothing_is_new(freshdesk, freshdesk_client):
    truth = freshdesk.seed_desk(30)
    tickets = Desk(freshdesk_client, "tickets").ids()
    assert len(set(tickets)) == truth["tickets"]
    contacts = Desk(freshdesk_client, "contacts")
    assert len(set(contacts.ids())) == truth["contacts"]
    assert len(Desk(freshdesk_client, "companies").ids()) == truth["companies"]
    freshdesk.clock.advance(HOUR)
    assert contacts.ids() == []
    assert facts.TICKET_PAGES == 300
