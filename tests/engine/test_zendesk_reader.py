"""What Zendesk's exports bring: everything once, whatever happens in between."""

import datetime

import pytest
from simulators.zendesk import ZendeskSimulator

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.providers.http_client import HttpClient
from odoo.addons.connector_support.providers.zendesk import errors as answers
from odoo.addons.connector_support.providers.zendesk.reader import start_cursor
from odoo.addons.connector_support.providers.zendesk.readers import (
    NothingReader,
    reader_of,
)

from .zendesk_desk import (
    DAY,
    HOUR,
    SHOWN,
    Desk,
    change,
    organization,
    ticket,
    user,
)

STREAMS = ("organizations", "users", "tickets")


def changeable(zendesk, stream):
    """The first record of a stream that may be changed."""
    return next(
        each
        for each in getattr(zendesk.store, stream)
        if getattr(each, "status", "open") != "closed"
    )


# -- every stream ---------------------------------------------------------------


@pytest.mark.parametrize("stream", STREAMS)
def test_an_empty_account_has_nothing_and_loses_nothing(zendesk, zendesk_desk, stream):
    desk = zendesk_desk(stream)
    known = {record.remote_id for record in desk.run()}
    desk.run()
    made = {"organizations": organization, "users": user, "tickets": ticket}
    new = made[stream](zendesk)
    assert str(new.id) not in known
    assert str(new.id) in desk.ids()


@pytest.mark.parametrize("stream", STREAMS)
def test_pages_bring_all_there_is_once(zendesk, zendesk_desk, stream):
    zendesk.seed_records(12)
    zendesk.exports.page = 7
    desk = zendesk_desk(stream)
    ids = desk.ids()
    assert len(ids) == len(set(ids)), "each once"
    assert set(ids) == {str(each.id) for each in getattr(zendesk.store, stream)}
    assert desk.pages > 1


@pytest.mark.parametrize("stream", STREAMS)
def test_a_second_run_brings_what_changed_and_little_else(
    zendesk, zendesk_desk, stream
):
    zendesk.seed_records(12)
    desk = zendesk_desk(stream)
    desk.run()
    zendesk.clock.advance(HOUR)
    desk.run()
    record = changeable(zendesk, stream)
    change(zendesk, record, tags=["changed"])
    assert desk.ids() == [str(record.id)]


@pytest.mark.parametrize("stream", STREAMS)
def test_what_changes_within_the_last_minute_of_a_run_comes_with_the_next(
    zendesk, zendesk_desk, stream
):
    zendesk.seed_records(2)
    desk = zendesk_desk(stream)
    zendesk.clock.advance(HOUR)
    record = changeable(zendesk, stream)
    change(zendesk, record, tags=["late"])
    first = {each.remote_id: each for each in desk.run(after=0)}
    late = first.get(str(record.id))
    assert late is None or "late" not in late.values["tags"]
    assert "late" in desk.by_id()[str(record.id)].values["tags"]


@pytest.mark.parametrize("stream", STREAMS)
def test_records_are_read_by_their_ids(zendesk, zendesk_client, stream):
    zendesk.seed_records(15)
    reader = reader_of(zendesk_client(), stream)
    table = getattr(zendesk.store, stream)
    live = [each for each in table if not getattr(each, "deleted", None)]
    ids = [str(each.id) for each in live]
    found = reader.fetch_by_ids([*ids, "999999999", "no id"])
    assert sorted(each.remote_id for each in found) == sorted(ids)
    exported = {each.remote_id: each for each in zendesk_run(reader, zendesk)}
    for record in found:
        values, other = record.values, exported[record.remote_id].values
        assert values.keys() == other.keys()
        assert values.get("support") == other.get("support")


def zendesk_run(reader, zendesk):
    zendesk.clock.advance(SHOWN)
    cursor, records = None, []
    while True:
        page = reader.fetch_page(cursor)
        records += page.records
        cursor = page.next_cursor
        if page.done:
            return records


# -- by cursor --------------------------------------------------------------------


def test_a_first_load_may_begin_at_a_date(zendesk, zendesk_desk):
    old = ticket(zendesk, "Old")
    zendesk.clock.advance(30 * DAY)
    new = ticket(zendesk, "New")
    desk = zendesk_desk("tickets")
    desk.cursor = start_cursor(zendesk.clock.now())
    zendesk.clock.advance(1)
    assert desk.ids() == [str(new.id)]
    assert str(old.id) not in desk.ids()


def test_a_date_within_the_last_minute_is_no_error(zendesk, zendesk_desk):
    desk = zendesk_desk("tickets")
    desk.cursor = start_cursor(zendesk.clock.now())
    assert desk.run(after=0) == []


def test_a_cursor_that_zendesk_refuses_begins_at_the_time_again(zendesk, zendesk_desk):
    desk = zendesk_desk("tickets")
    ticket(zendesk)
    zendesk.clock.advance(DAY)
    desk.run()
    new = ticket(zendesk)
    desk.cursor["cursor"] = "no cursor of Zendesk's"
    assert str(new.id) in desk.ids()


def test_where_nothing_ever_changed_there_is_no_cursor_and_the_time_stays(
    zendesk, zendesk_desk
):
    desk = zendesk_desk("tickets")
    assert desk.run() == []
    assert desk.cursor == {"since": 0}


# -- organizations: by time ---------------------------------------------------------


def test_many_organizations_of_one_second_come_once(zendesk, zendesk_desk):
    zendesk.exports.page = 3
    made = [organization(zendesk, f"O{number}") for number in range(10)]
    zendesk.clock.advance(60)
    made += [organization(zendesk, f"P{number}") for number in range(4)]
    ids = zendesk_desk("organizations").ids()
    assert len(ids) == len(made)
    assert set(ids) == {str(each.id) for each in made}


def test_pages_repeat_the_last_second_and_we_do_not(zendesk, zendesk_desk):
    zendesk.exports.page = 4
    for number in range(12):
        organization(zendesk, f"O{number}")
        if number % 2:
            zendesk.clock.advance(1)
    desk = zendesk_desk("organizations")
    ids = desk.ids()
    assert len(ids) == len(set(ids)) == 12
    sent, place, done = 0, 0, False
    while not done:
        where = "api/v2/incremental/organizations"
        data = desk.make_client().get(where, {"start_time": place}).data
        sent, place = sent + data["count"], data["end_time"]
        done = data["end_of_stream"]
    assert sent > 12


@pytest.mark.parametrize("minutes", [-10, 0, 10])
def test_a_walk_that_comes_to_the_last_minute_waits_and_ends(
    zendesk, zendesk_client, minutes
):
    """By Zendesk's clock, whatever ours says."""
    ahead = datetime.timedelta(minutes=minutes)
    zendesk.exports.page = 2
    made = []
    for number in range(8):
        made.append(organization(zendesk, f"O{number}"))
        zendesk.clock.advance(0.5)
    desk = Desk(
        zendesk,
        lambda: zendesk_client(clock=lambda: zendesk.clock.now() + ahead),
        "organizations",
    )
    # So much later that the export shows the last second, and may not begin at it.
    ids = desk.ids(after=60)
    assert set(ids) == {str(each.id) for each in made}
    assert len(ids) == len(set(ids))
    assert desk.pages < 20


def test_deleted_organizations_are_looked_for_once_a_day(zendesk, zendesk_desk):
    gone = organization(zendesk)
    desk = zendesk_desk("organizations")
    desk.run()
    assert desk.gaps == 0
    zendesk.store.delete_organization(gone)
    desk.run(HOUR)
    assert desk.gaps == 0, "not with each run"
    desk.run(DAY)
    assert desk.gaps == 1
    desk.run(HOUR)
    assert desk.gaps == 1
    assert reader_of(desk.make_client(), "organizations").fetch_by_ids([gone.id]) == []


# -- users --------------------------------------------------------------------------


def test_those_who_answer_are_none_who_ask(zendesk, zendesk_desk):
    asks = user(zendesk, "Ada", email="ada@acme.example")
    answers = user(zendesk, "Bob", email="bob@desk.example", role="agent")
    found = zendesk_desk("users").by_id()
    assert not found[str(asks.id)].archived
    assert found[str(answers.id)].archived
    assert found[str(asks.id)].values["support"]["role"] == "end_user"


def test_other_addresses_of_a_user_come_along(zendesk, zendesk_desk):
    ada = user(zendesk, "Ada", email="ada@acme.example", phone="+49 30 1")
    zendesk.store.add_identity(ada, "email", "a.lovelace@acme.example")
    zendesk.store.add_identity(ada, "email", "ada@home.example")
    zendesk.store.add_identity(ada, "twitter", "ada")
    parts = zendesk_desk("users").by_id()[str(ada.id)].values["support"]
    assert parts["other_emails"] == "a.lovelace@acme.example;ada@home.example"


def test_an_e_mail_that_is_added_makes_an_alias_and_comes(zendesk, zendesk_desk):
    ada = user(zendesk, "Ada", email="ada@acme.example")
    desk = zendesk_desk("users")
    desk.run()
    change(zendesk, ada, email="new@acme.example")
    found = desk.by_id()[str(ada.id)].values
    assert found["email"] == "ada@acme.example"
    assert found["support"]["other_emails"] == "new@acme.example"


def test_deleted_and_suspended_users_are_told_apart(zendesk, zendesk_desk):
    gone, bad = (user(zendesk, name, email=f"{name}@x.example") for name in "ab")
    desk = zendesk_desk("users")
    desk.run()
    zendesk.store.delete_user(gone)
    change(zendesk, bad, suspended=True)
    found = desk.by_id()
    assert found[str(gone.id)].archived
    assert not found[str(bad.id)].archived
    assert found[str(bad.id)].values["suspended"] is True


def test_of_two_that_were_merged_one_is_gone_and_the_other_has_its_address(
    zendesk, zendesk_desk
):
    loser, winner = (user(zendesk, name, email=f"{name}@x.example") for name in "lw")
    asked = ticket(zendesk, requester_id=loser.id)
    users, tickets = zendesk_desk("users"), zendesk_desk("tickets")
    users.run()
    tickets.run()
    zendesk.store.merge_users(loser, winner)
    found = users.by_id()
    assert found[str(loser.id)].archived
    parts = found[str(winner.id)].values["support"]
    assert parts["other_emails"] == "l@x.example"
    assert tickets.by_id()[str(asked.id)].values["requester_id"] == winner.id
    [by_id] = users.reader.fetch_by_ids([str(loser.id)])
    assert by_id.archived


# -- limits and scopes ---------------------------------------------------------------


def test_the_limit_of_exports_is_met_and_the_load_goes_on_behind_it(clock, naps):
    with ZendeskSimulator(12, clock=clock, plan="team") as zendesk:
        zendesk.exports.page = 20
        clock.advance(SHOWN)
        desk = Desk(zendesk, lambda: limited_client(zendesk, naps), "tickets")
        records, waits = [], 0
        while True:
            try:
                page = desk.page()
            except errors.RateLimited as error:
                assert error.code == errors.BUDGET_SPENT, "only who exports waits"
                assert error.retry_at
                waits += 1
                clock.advance(60)
                continue
            records += page.records
            if page.done:
                break
    assert waits == 1
    assert len({each.remote_id for each in records}) == len(zendesk.store.tickets)


def limited_client(zendesk, naps):
    return HttpClient(
        zendesk.url,
        headers={"Authorization": f"Bearer {zendesk.token}"},
        vendor="Zendesk",
        classify=answers.classify,
        clock=zendesk.clock.now,
        sleep=naps.append,
    )


def test_what_only_goes_out_is_not_read(zendesk, zendesk_client):
    reader = reader_of(zendesk_client(), "comments")
    assert isinstance(reader, NothingReader)
    page = reader.fetch_page(None)
    assert (page.records, page.done, reader.fetch_by_ids(["1"])) == ([], True, [])
    assert list(zendesk.requests.entries) == []
