"""Incremental exports: cursors, time, the last minute, what is left out."""

from urllib.parse import quote

import pytest

CURSOR = "/incremental/tickets/cursor"
ORGANIZATIONS = "/incremental/organizations"


@pytest.fixture
def now(clock):
    """Seconds since the epoch, as the account sees it."""
    return lambda: clock.now_ms() // 1000


@pytest.fixture
def asked(desk, clock):
    """Makes tickets of those subjects, a minute apart, the last one 2 minutes ago."""

    def make(*subjects):
        made = []
        for subject in subjects:
            made.append(desk.made("ticket", subject=subject, comment={"body": "Hi"}))
            clock.advance(60)
        clock.advance(60)
        return made

    return make


def exported(desk, path=CURSOR, **query):
    answer = desk.get(path, **query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def subjects(page):
    return [each["subject"] for each in page["tickets"]]


def test_a_cursor_goes_on_where_the_last_page_ended(desk, asked):
    asked("one", "two", "three")
    page = exported(desk, start_time=0, per_page=2)
    assert subjects(page) == ["one", "two"]
    assert page["end_of_stream"] is False
    assert quote(page["after_cursor"]) in page["after_url"]
    page = exported(desk, cursor=page["after_cursor"], per_page=2)
    assert subjects(page) == ["three"]
    assert page["end_of_stream"] is True

    asked("four")
    page = exported(desk, cursor=page["after_cursor"])
    assert subjects(page) == ["four"]


def test_the_address_of_the_next_page_keeps_what_was_asked(desk, asked, zendesk):
    asked("one", "two")
    page = exported(desk, start_time=0, per_page=1, include="users")
    path = page["after_url"].removeprefix(f"{zendesk.url}/api/v2")
    page = exported(desk, path)
    assert subjects(page) == ["two"]
    assert len(page["users"]) == 1


def test_a_cursor_stays_when_there_is_nothing_new(desk, asked):
    asked("one")
    cursor = exported(desk, start_time=0)["after_cursor"]
    page = exported(desk, cursor=cursor)
    assert (subjects(page), page["after_cursor"]) == ([], cursor)
    assert page["end_of_stream"] is True


def test_without_records_there_is_no_cursor_yet(desk):
    page = exported(desk, start_time=0)
    assert (page["tickets"], page["after_cursor"]) == ([], None)


def test_the_last_minute_is_left_out(desk, clock, now):
    desk.made("ticket", subject="one", comment={"body": "Hi"})
    clock.advance(59)
    assert subjects(exported(desk, start_time=0)) == []
    clock.advance(1)
    assert subjects(exported(desk, start_time=0)) == ["one"]


def test_a_start_in_the_last_minute_is_refused(desk, is_declined, now):
    is_declined(desk.get(CURSOR, start_time=now() - 59), 400, "StartTimeTooRecent")
    assert desk.get(CURSOR, start_time=now() - 60).status_code == 200


def test_a_start_is_required_and_a_cursor_has_to_be_one(desk, is_declined):
    is_declined(desk.get(CURSOR), 400, "InvalidValue")
    is_declined(desk.get(CURSOR, cursor="nonsense"), 400, "InvalidValue")


def test_a_changed_ticket_comes_again_a_touched_one_as_it_was(
    desk, asked, zendesk, clock
):
    one, _two = asked("one", "two")
    cursor = exported(desk, start_time=0)["after_cursor"]
    zendesk.store.touch_ticket(zendesk.store.tickets.get(one["id"]))
    clock.advance(120)
    page = exported(desk, cursor=cursor)
    assert subjects(page) == ["one"]
    assert page["tickets"][0]["updated_at"] == one["updated_at"]
    assert page["tickets"][0]["generated_timestamp"] > one["generated_timestamp"]


def test_a_deleted_ticket_is_exported_as_such_unless_it_is_excluded(desk, asked, clock):
    one, _two = asked("one", "two")
    cursor = exported(desk, start_time=0)["after_cursor"]
    assert desk.delete(f"/tickets/{one['id']}").status_code == 204
    clock.advance(120)
    [ticket] = exported(desk, cursor=cursor)["tickets"]
    assert (ticket["id"], ticket["status"]) == (one["id"], "deleted")
    page = exported(desk, start_time=0, exclude_deleted="true")
    assert subjects(page) == ["two"]
    assert desk.get(f"/tickets/{one['id']}").status_code == 404


def test_what_is_scrubbed_comes_without_its_content(desk, asked, clock):
    [one] = asked("secret")
    desk.delete(f"/tickets/{one['id']}")
    [result] = desk.job(desk.delete(f"/deleted_tickets/{one['id']}"))
    assert result["success"]
    clock.advance(120)
    assert subjects(exported(desk, start_time=0)) == ["SCRUBBED"]


def test_side_loads_come_beside_the_tickets(desk, clock, zendesk):
    acme = desk.made("organization", name="Acme")
    ann = desk.made("user", name="Ann", organization_id=acme["id"])
    desk.made("ticket", subject="Help", comment={"body": "Hi"}, requester_id=ann["id"])
    clock.advance(120)
    include = "users,groups,organizations,metric_sets,nonsense"
    page = exported(desk, start_time=0, include=include)
    assert ann["id"] in [each["id"] for each in page["users"]]
    assert [each["name"] for each in page["organizations"]] == ["Acme"]
    assert [each["name"] for each in page["groups"]] == ["Support", "Billing"]
    [ticket] = page["tickets"]
    assert [each["ticket_id"] for each in page["metric_sets"]] == [ticket["id"]]

    zendesk.exports.sideloads.metrics_within = True
    page = exported(desk, start_time=0, include=include)
    [ticket] = page["tickets"]
    assert ticket["metric_set"]["ticket_id"] == ticket["id"]
    assert "metric_sets" not in page


def test_users_are_exported_with_those_who_are_gone(desk, clock):
    ann = desk.made("user", name="Ann", email="ann@a.example")
    bob = desk.made("user", name="Bob", email="bob@a.example")
    clock.advance(120)
    cursor = exported(desk, "/incremental/users/cursor", start_time=0)["after_cursor"]
    desk.put(f"/users/{ann['id']}/merge", {"user": {"id": bob["id"]}})
    clock.advance(120)
    page = exported(
        desk, "/incremental/users/cursor", cursor=cursor, include="identities"
    )
    shown = {each["name"]: each for each in page["users"]}
    assert shown["Ann"]["active"] is False
    assert shown["Ann"]["email"] is None
    values = {
        each["value"] for each in page["identities"] if each["user_id"] == bob["id"]
    }
    assert values == {"ann@a.example", "bob@a.example"}


# By time


def names(page):
    return [each["name"] for each in page["organizations"]]


def test_pages_by_time_repeat_the_records_of_the_second_they_end_at(desk, clock):
    for name in ("a", "b"):
        desk.made("organization", name=name)
    clock.advance(10)
    for name in ("c", "d", "e"):
        desk.made("organization", name=name)
    clock.advance(120)
    page = exported(desk, ORGANIZATIONS, start_time=0, per_page=3)
    assert names(page) == ["a", "b", "c"]
    assert (page["count"], page["end_of_stream"]) == (3, False)
    assert f"start_time={page['end_time']}" in page["next_page"]
    page = exported(desk, ORGANIZATIONS, start_time=page["end_time"], per_page=3)
    assert names(page) == ["c", "d", "e"]
    assert page["end_of_stream"] is True


def test_more_of_one_second_than_a_page_has_come_at_once(desk, clock):
    for name in ("a", "b", "c", "d"):
        desk.made("organization", name=name)
    clock.advance(10)
    desk.made("organization", name="e")
    clock.advance(120)
    page = exported(desk, ORGANIZATIONS, start_time=0, per_page=2)
    assert names(page) == ["a", "b"]
    page = exported(desk, ORGANIZATIONS, start_time=page["end_time"], per_page=2)
    assert names(page) == ["a", "b", "c", "d"]
    page = exported(desk, ORGANIZATIONS, start_time=page["end_time"], per_page=2)
    assert names(page) == ["e"]
    assert page["end_of_stream"] is True


def test_metric_events_tell_of_the_service_level(desk, clock):
    ticket = desk.made(
        "ticket", subject="Help", comment={"body": "Hi"}, priority="urgent"
    )
    clock.advance(3_600 * 2)
    desk.put(f"/tickets/{ticket['id']}", {"ticket": {"status": "solved"}})
    clock.advance(120)
    page = exported(desk, "/incremental/ticket_metric_events", start_time=0)
    shown = [(each["metric"], each["type"]) for each in page["ticket_metric_events"]]
    assert shown == [
        ("reply_time", "apply_sla"),
        ("requester_wait_time", "apply_sla"),
        ("reply_time", "breach"),
        ("requester_wait_time", "fulfill"),
    ]
    applied = page["ticket_metric_events"][0]["sla"]
    assert (applied["target"], applied["business_hours"]) == (60, False)
