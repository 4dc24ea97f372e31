"""Reading Freshdesk's tickets: in the order of their change, and none is lost."""

import datetime

import pytest
from simulators.freshdesk import facts
from simulators.freshdesk.settings import rating_of

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_support.providers.freshdesk import reader_tickets

from .freshdesk_desk import DAY, HOUR, MINUTE, PLAIN, Builder, Desk


@pytest.fixture
def desk(freshdesk):
    return Builder(freshdesk)


@pytest.fixture
def reading(freshdesk_client):
    """Make a reading of tickets."""
    return lambda paths=PLAIN: Desk(freshdesk_client, "tickets", paths)


def spread(desk, clock, number):
    """Tickets of one second each."""
    made = []
    for _each in range(number):
        made += desk.tickets(1)
        clock.advance(1)
    return made


def numbers(tickets):
    return {each["id"] for each in tickets}


def test_all_tickets_come_however_old_they_are(desk, reading, clock):
    old = desk.tickets(3)
    clock.advance(90 * DAY)
    new = desk.tickets(2)
    assert set(reading().ids()) == numbers(old + new)


def test_a_second_run_reads_what_changed_since_and_no_more(desk, reading, clock):
    made = desk.tickets(3)
    clock.advance(HOUR)
    read = reading()
    read.run()
    clock.advance(HOUR)
    desk.change("ticket", made[1], status=3)
    clock.advance(HOUR)
    assert read.ids() == [made[1]["id"]]
    clock.advance(HOUR)
    assert read.ids() == []


def test_a_ticket_that_changes_amid_the_pages_pushes_none_out(desk, reading, clock):
    made = spread(desk, clock, 150)
    clock.advance(HOUR)
    read = reading()
    found = [int(record.remote_id) for record in read.page().records]
    # Turned pages would now leave out as many as these.
    for each in made[:20]:
        desk.change("ticket", each, priority=4)
    clock.advance(1)
    found += read.ids()
    assert set(found) == numbers(made)


def test_tickets_of_one_second_are_read_page_by_page(desk, reading, clock):
    made = desk.tickets(250)
    clock.advance(HOUR)
    read = reading()
    assert set(read.ids()) == numbers(made)


def test_nor_does_one_of_them_slip_from_page_to_page(desk, reading, clock):
    made = desk.tickets(320)
    clock.advance(HOUR)
    read = reading()
    read.page()  # of which the mark is their second from now on
    found, moved = [], iter(made)
    while True:
        page = read.page()
        found += [int(record.remote_id) for record in page.records]
        desk.change("ticket", next(moved), priority=4)
        clock.advance(1)
        if page.done:
            break
    found += read.ids()
    assert set(found) >= numbers(made)


def test_beyond_the_last_page_of_one_second_tickets_are_read_by_number(
    desk, reading, clock, monkeypatch
):
    monkeypatch.setattr(facts, "TICKET_PAGES", 3)
    monkeypatch.setattr(reader_tickets.TicketReader, "pages", 3)
    before = spread(desk, clock, 5)
    many = desk.tickets(430)
    clock.advance(1)
    after = spread(desk, clock, 130)
    clock.advance(HOUR)
    read = reading()
    assert set(read.ids()) == numbers(before + many + after)
    clock.advance(HOUR)
    assert read.ids() == []


def test_each_page_stays_within_what_the_list_gives(desk, reading, clock, monkeypatch):
    monkeypatch.setattr(facts, "TICKET_PAGES", 3)
    monkeypatch.setattr(reader_tickets.TicketReader, "pages", 3)
    made = spread(desk, clock, 450)
    clock.advance(HOUR)
    assert set(reading().ids()) == numbers(made)


def test_deleted_tickets_and_spam_are_archived(desk, reading, clock):
    made = desk.tickets(4)
    clock.advance(HOUR)
    read = reading()
    read.run()
    clock.advance(HOUR)
    desk.cases.delete(made[0])
    desk.change("ticket", made[1], spam=True)
    clock.advance(MINUTE)
    found = {int(each.remote_id): each for each in read.run()}
    assert set(found) == numbers(made[:2])
    for record in found.values():
        assert record.archived
        assert record.values["desk"]["status"] == "deleted"


def test_the_trash_is_looked_at_less_often(desk, reading, freshdesk, clock):
    desk.tickets(1)
    clock.advance(HOUR)
    read = reading()
    read.run()
    clock.advance(HOUR)
    read.run()
    assert read.requests == 3
    clock.advance(5 * MINUTE)
    read.run()
    assert read.requests == 1
    clock.advance(15 * MINUTE)
    read.run()
    assert read.requests == 3


def test_a_restored_ticket_comes_back(desk, reading, clock):
    [ticket] = desk.tickets(1)
    read = reading()
    read.run()
    clock.advance(HOUR)
    desk.cases.delete(ticket)
    clock.advance(HOUR)
    [record] = read.run()
    assert record.archived
    clock.advance(HOUR)
    desk.change("ticket", ticket, deleted=False)
    clock.advance(HOUR)
    [record] = read.run()
    assert not record.archived


def test_a_load_can_begin_at_a_date(desk, reading, clock):
    desk.tickets(2)
    clock.advance(30 * DAY)
    [new] = desk.tickets(1)
    read = reading()
    since = clock.now() - datetime.timedelta(days=1)
    read.cursor = reader_tickets.start_cursor(since)
    assert read.ids() == [new["id"]]


# -- what a map asks for --------------------------------------------------------


def test_times_are_only_included_where_a_map_asks_for_them(
    desk, reading, freshdesk, clock
):
    [ticket] = desk.tickets(1)
    clock.advance(MINUTE)
    desk.change("ticket", ticket, status=4)
    [record] = reading().run()
    assert "solved_at" not in record.values["desk"]
    [record] = reading((*PLAIN, "desk.solved_at")).run()
    assert record.values["desk"]["solved_at"] == "2026-11-02T09:01:00Z"


def test_descriptions_are_only_included_where_a_map_asks_for_them(desk, reading):
    desk.tickets(1, description="<div>My <b>secret</b></div>")
    [record] = reading().run()
    assert "secret" not in str(record.values)
    [record] = reading((*PLAIN, "description_text")).run()
    assert "secret" in record.values["description_text"]


def test_names_of_agents_groups_and_products_are_looked_up_once(
    desk, reading, freshdesk
):
    agent, group, product = (
        freshdesk.store.rows(kind)[0] for kind in ("agent", "group", "product")
    )
    desk.tickets(3, responder_id=agent["id"], group_id=group["id"])
    desk.tickets(1, product_id=product["id"])
    paths = (*PLAIN, "desk.assignee", "desk.group", "desk.brand")
    found = [record.values["desk"] for record in reading(paths).run()]
    assert {each["assignee"] for each in found} == {agent["name"], None}
    assert {each["group"] for each in found} == {group["name"], None}
    assert {each["brand"] for each in found} == {product["name"], None}
    assert freshdesk.requests.count(template="agents") == 1


def test_of_what_an_agent_may_not_see_nothing_is_said(desk, reading, freshdesk):
    desk.tickets(1, responder_id=freshdesk.store.rows("agent")[0]["id"])
    freshdesk.faults.add("missing_scope", path="/agents", times=None)
    [record] = reading((*PLAIN, "desk.assignee")).run()
    assert "assignee" not in record.values["desk"]


def test_ratings_of_what_is_read_are_asked_for_together(
    desk, reading, freshdesk, clock
):
    good, bad, fair, silent = desk.tickets(4)
    for ticket, value in ((good, 103), (bad, -101), (fair, 100)):
        freshdesk.store.create("rating", rating_of(ticket, value))
    clock.advance(HOUR)
    read = reading((*PLAIN, "desk.satisfaction"))
    found = {int(r.remote_id): r.values["desk"] for r in read.run()}
    assert found[good["id"]]["satisfaction"] == "good"
    assert found[bad["id"]]["satisfaction"] == "bad"
    assert found[fair["id"]]["satisfaction"] == "offered"
    assert "satisfaction" not in found[silent["id"]]
    assert freshdesk.requests.count(template="satisfaction_ratings") == 1
    clock.advance(HOUR)
    desk.change("ticket", good, priority=4)
    [record] = read.run()
    # An older rating isn't asked for again, and what is known of it stays.
    assert "satisfaction" not in record.values["desk"]


@pytest.mark.parametrize(
    ("number", "wanted"),
    [
        *((2, "open"), (3, "pending"), (4, "solved"), (5, "closed")),
        *((6, "pending"), (7, "on_hold"), (8, "In the Workshop"), (99, "99")),
    ],
)
def test_statuses_of_the_account_are_known_by_their_names(
    desk, reading, number, wanted, monkeypatch
):
    monkeypatch.setitem(facts.STATUSES, 8, "In the Workshop")
    desk.tickets(1, status=number)
    [record] = reading().run()
    assert record.values["desk"]["status"] == wanted


def test_targets_missed_and_met(desk, reading, clock):
    [missed, met, waiting] = desk.tickets(3, priority=4)
    desk.change("ticket", met, status=4)
    desk.change("ticket", waiting, status=3)
    states = {met["id"]: "achieved", missed["id"]: "active", waiting["id"]: "paused"}
    for ticket in (met, waiting, missed):
        ticket["stats"]["first_responded_at"] = ticket["created_at"]
    found = {int(r.remote_id): r.values["desk"] for r in reading().run()}
    assert {key: each["sla_state"] for key, each in found.items()} == states
    clock.advance(2 * DAY)
    found = {int(r.remote_id): r.values["desk"] for r in reading().run()}
    assert found[missed["id"]]["sla_state"] == "breached"
    assert found[missed["id"]]["is_breached"]
    assert not found[met["id"]]["is_breached"]


def test_kinds_priorities_and_channels(desk, reading):
    desk.tickets(1, type="Feature Request", priority=2, source=3)
    desk.tickets(1, type="Refund", priority=4, source=101)
    one, two = (record.values["desk"] for record in reading().run())
    assert (one["kind"], one["priority"], one["channel"]) == ("task", "normal", "phone")
    # A type that the account has added is decided in Odoo.
    assert (two["kind"], two["priority"]) == ("Refund", "urgent")
    assert two["channel"] == "source_101"


def test_a_renamed_field_keeps_its_place(desk, reading, freshdesk):
    name = freshdesk.fields.define("ticket", "Order", "custom_text")
    desk.tickets(1, custom_fields={name: "S00042"})
    field = freshdesk.fields.custom("ticket")[name]
    freshdesk.fields.change(field, {"label": "Order Number"})
    [record] = reading().run()
    assert record.values["custom_fields"] == {"cf_order": "S00042"}


# -- by their numbers -----------------------------------------------------------


def test_tickets_are_fetched_by_their_numbers(desk, reading, freshdesk):
    one, two, gone = desk.tickets(3)
    desk.cases.delete(two)
    freshdesk.store.remove("ticket", gone)
    reader = reading((*PLAIN, "desk.closed_at")).reader
    found = reader.fetch_by_ids([str(each["id"]) for each in (one, two, gone)])
    assert [(int(r.remote_id), r.archived) for r in found] == [
        (one["id"], False),
        (two["id"], True),
    ]
    assert "closed_at" in found[0].values["desk"]
    assert reader.fetch_by_ids(["none"]) == []


def test_where_a_limit_ends_it_what_was_got_is_kept(
    desk, reading, clock, freshdesk, monkeypatch
):
    monkeypatch.setattr(facts, "TICKET_PAGES", 1)
    monkeypatch.setattr(reader_tickets.TicketReader, "pages", 1)
    made = desk.tickets(130)
    clock.advance(HOUR)
    read = reading()
    read.page()
    read.page()
    assert read.cursor["phase"] == "numbers"
    freshdesk.meter.plan = {"total": 6}
    found = [int(record.remote_id) for record in read.page().records]
    assert 0 < len(found) < 7
    with pytest.raises(errors.RateLimited):
        read.page()
    freshdesk.meter.plan = None
    found += read.ids()
    assert set(found) == numbers(made)
