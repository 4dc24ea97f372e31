"""Status and comments of tickets that are sent to Zendesk."""

import json

import pytest
from simulators.zendesk import ZendeskSimulator

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.records import OutgoingRow
from odoo.addons.connector_base.providers.http_client import HttpClient
from odoo.addons.connector_support.providers.zendesk import errors as answers
from odoo.addons.connector_support.providers.zendesk import writers

from .zendesk_desk import change, ticket


@pytest.fixture
def writer(zendesk_client):
    return lambda stream: writers.writer_of(zendesk_client(), stream)


def status(record, value):
    return OutgoingRow(f"k-{record.id}", {"support.status": value}, str(record.id))


def comment(record, body="Paid.", key="C7", **values):
    values = {"ticket_id": str(record.id), "body": body, "is_internal": True, **values}
    return OutgoingRow(f"k-{key}", {**values, "key": key})


def puts(zendesk):
    return [each for each in zendesk.requests.entries if each.method == "PUT"]


# -- status -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ours", "theirs"), [("on_hold", "hold"), ("solved", "solved"), ("open", "open")]
)
def test_a_status_is_set(zendesk, writer, ours, theirs):
    made = ticket(zendesk)
    [result] = writer("tickets").update([status(made, ours)])
    assert result.error is None
    assert made.status == theirs


def test_a_status_that_is_so_already_costs_no_update(zendesk, writer):
    made = ticket(zendesk, status="pending")
    [result] = writer("tickets").update([status(made, "pending")])
    assert result.error is None
    assert puts(zendesk) == []


@pytest.mark.parametrize("value", ["deleted", "closed", "new"])
def test_what_only_the_desk_may_set_is_refused(zendesk, writer, value):
    made = ticket(zendesk, status="open")
    [result] = writer("tickets").update([status(made, value)])
    assert result.error.code == "zendesk_status_not_set"
    assert made.status == "open"


def test_a_closed_ticket_is_said_to_be_closed_and_the_others_go(zendesk, writer):
    one, two = ticket(zendesk), ticket(zendesk)
    change(zendesk, one, status="closed")
    first, second = writer("tickets").update([status(one, "open"), status(two, "open")])
    assert first.error.code == "zendesk_ticket_closed"
    assert second.error is None


def test_a_ticket_that_somebody_changes_meanwhile_is_read_again(zendesk, writer):
    made = ticket(zendesk)
    zendesk.faults.add("status", method="PUT", status=409)
    [result] = writer("tickets").update([status(made, "solved")])
    assert result.error is None
    reads = [e for e in zendesk.requests.entries if e.path.endswith(f"/{made.id}")]
    assert [each.method for each in reads] == ["GET", "PUT", "GET", "PUT"]


def test_one_that_is_changed_again_and_again_lets_the_others_go(zendesk, writer):
    one, two = ticket(zendesk), ticket(zendesk)
    zendesk.faults.add("status", method="PUT", path=f"/{one.id}", status=409, times=9)
    first, second = writer("tickets").update([status(one, "open"), status(two, "open")])
    assert type(first.error) is errors.TransientError
    assert second.error is None


def test_what_is_sent_is_safe(zendesk, writer):
    made = ticket(zendesk)
    writer("tickets").update([status(made, "solved")])
    [sent] = puts(zendesk)
    sent = json.loads(sent.body)["ticket"]
    assert (sent["safe_update"], sent["status"]) == (True, "solved")
    assert sent["updated_stamp"] == "2026-11-02T09:00:00Z"


def test_tickets_are_neither_made_nor_deleted(zendesk, writer):
    [made] = writer("tickets").create([OutgoingRow("k", {"support.status": "open"})])
    assert made.error.code == "zendesk_tickets_not_made"
    [gone] = writer("tickets").archive([status(ticket(zendesk), "open")])
    assert gone.error.code == "zendesk_not_deleted"


def test_one_ticket_that_had_too_many_changes_waits_alone(clock, naps):
    with ZendeskSimulator(clock=clock, plan="enterprise") as zendesk:
        busy, quiet = ticket(zendesk), ticket(zendesk)
        client = HttpClient(
            zendesk.url,
            headers={"Authorization": f"Bearer {zendesk.token}"},
            vendor="Zendesk",
            classify=answers.classify,
            clock=clock.now,
            sleep=naps.append,
        )
        for number in range(30):
            where = f"api/v2/tickets/{busy.id}"
            client.request("PUT", where, json={"ticket": {"tags": [f"t{number}"]}})
        rows = [status(busy, "open"), status(quiet, "open")]
        first, second = writers.writer_of(client, "tickets").update(rows)
    assert first.error.code == "zendesk_ticket_limit"
    assert first.error.retry_at
    assert second.error is None


# -- comments -----------------------------------------------------------------------


def test_an_internal_comment_is_written_with_our_key(zendesk, writer):
    made = ticket(zendesk)
    [result] = writer("comments").create([comment(made)])
    [written] = made.comments
    assert written.body == "Paid.\n\nOdoo reference: C7"
    assert written.public is False
    assert result.remote_id == str(written.id)


def test_a_public_one_is_public_and_sets_the_status_with_it(zendesk, writer):
    made = ticket(zendesk)
    row = comment(made, is_internal=False, status="solved")
    writer("comments").create([row])
    assert made.comments[0].public is True
    assert made.status == "solved"
    assert len(puts(zendesk)) == 1


def test_who_died_behind_the_request_finds_the_comment(zendesk, writer):
    made = ticket(zendesk)
    [first] = writer("comments").create([comment(made)])
    [second] = writer("comments").create([comment(made)])
    assert second.remote_id == first.remote_id
    assert len(made.comments) == 1


def test_a_lost_answer_is_no_second_comment(zendesk, writer):
    made = ticket(zendesk)
    zendesk.faults.add("drop_half", method="PUT")
    [lost] = writer("comments").create([comment(made)])
    assert isinstance(lost.error, errors.TransientError)
    [found] = writer("comments").create([comment(made)])
    assert found.error is None
    assert len(made.comments) == 1


def test_a_key_that_another_begins_with_is_another(zendesk, writer):
    made = ticket(zendesk)
    writer("comments").create([comment(made, key="C71")])
    writer("comments").create([comment(made, key="C7")])
    assert len(made.comments) == 2


def test_a_body_that_has_the_line_gets_no_second_one(zendesk, writer):
    made = ticket(zendesk)
    writer("comments").create([comment(made, body="Paid.\n\nOdoo reference: C7")])
    assert made.comments[0].body.count("Odoo reference") == 1


def test_a_conflict_writes_the_comment_once(zendesk, writer):
    made = ticket(zendesk)
    zendesk.faults.add("status", method="PUT", status=409)
    [result] = writer("comments").create([comment(made, status="pending")])
    assert result.error is None
    assert (len(made.comments), made.status) == (1, "pending")


def test_the_status_is_left_where_none_is_wanted(zendesk, writer):
    made = ticket(zendesk, status="pending")
    writer("comments").create([comment(made, status=None)])
    assert made.status == "pending"


def test_an_old_ticket_is_looked_through_to_its_last_comment(zendesk, writer):
    made = ticket(zendesk)
    zendesk.store.update(made, {"told": 250})
    writer("comments").create([comment(made)])
    writer("comments").create([comment(made)])
    assert len(made.comments) == 1


def test_a_comment_on_a_closed_or_missing_ticket_is_held(zendesk, writer):
    made = ticket(zendesk)
    change(zendesk, made, status="closed")
    [closed] = writer("comments").create([comment(made)])
    assert closed.error.code == "zendesk_ticket_closed"
    zendesk.store.delete_ticket(made)
    [gone] = writer("comments").create([comment(made)])
    assert isinstance(gone.error, errors.RemoteNotFound)
    [nowhere] = writer("comments").create([OutgoingRow("k", {"body": "x"})])
    assert isinstance(nowhere.error, errors.InvalidRecord)


def test_a_comment_is_never_changed(zendesk, writer):
    [result] = writer("comments").update([OutgoingRow("k", {"body": "x"}, "1")])
    assert result.error.code == "zendesk_comment_fixed"
