"""Writing to Freshdesk's tickets: comments and the status, each once."""

import pytest
from simulators.freshdesk import facts, tickets

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.records import OutgoingRow
from odoo.addons.connector_support.providers.freshdesk import (
    writer_tickets,
    writers,
)

from .freshdesk_desk import Builder


@pytest.fixture
def desk(freshdesk):
    return Builder(freshdesk)


@pytest.fixture
def writer(freshdesk_client):
    """Make the writer of a stream."""
    return lambda stream: writers.writer_of(freshdesk_client(), stream)


def row(remote_id=None, **values):
    return OutgoingRow("k-1", values, remote_id and str(remote_id))


def done(results):
    """The ids of rows that all went well."""
    for result in results:
        if result.error:
            raise result.error
    return [int(result.remote_id) for result in results]


def refused(results):
    [result] = results
    return result.error


# -- tickets --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "number"),
    [
        *(("open", 2), ("pending", 3), ("solved", 4), ("closed", 5)),
        *(("new", 2), ("on_hold", 7), ("In the Workshop", 8)),
    ],
)
def test_a_status_is_set(desk, writer, monkeypatch, status, number):
    monkeypatch.setitem(facts.STATUSES, 8, "In the Workshop")
    monkeypatch.setitem(tickets.TICKET, "status", tuple(facts.STATUSES))
    ticket = desk.ticket()
    changed = row(remote_id=ticket["id"], **{"desk.status": status})
    done(writer("tickets").update([changed]))
    assert ticket["status"] == number


def test_tickets_are_neither_made_nor_deleted(desk, writer, freshdesk):
    ticket = desk.ticket()
    for results in (
        writer("tickets").create([row(**{"desk.status": "open"})]),
        writer("tickets").archive([row(remote_id=ticket["id"])]),
        writer("tickets").update(
            [row(remote_id=ticket["id"], **{"desk.status": "deleted"})]
        ),
    ):
        assert isinstance(refused(results), errors.InvalidRecord)
    assert freshdesk.store.count("ticket") == 1
    assert not ticket["deleted"]


# -- comments -------------------------------------------------------------------


def comment(ticket, key="co-1", **values):
    given = {"ticket_id": str(ticket["id"]), "body": "Sent <back>.\nSoon.", "key": key}
    return OutgoingRow(key, {**given, **values})


def test_a_comment_is_a_note_that_ends_with_our_line(desk, writer, freshdesk):
    ticket = desk.ticket()
    [said_id] = done(writer("comments").create([comment(ticket, private=True)]))
    said = freshdesk.store.get("conversation", said_id)
    assert said["private"]
    assert "Sent &lt;back&gt;.<br>Soon." in said["body"]
    assert said["body"].endswith("<div>Odoo reference: co-1</div>")


@pytest.mark.parametrize("private", [None, True])
def test_a_customer_sees_only_what_is_meant_for_one(desk, writer, freshdesk, private):
    ticket = desk.ticket()
    done(writer("comments").create([comment(ticket, private=private)]))
    [said] = freshdesk.store.conversations(ticket["id"])
    assert said["private"]


def test_a_public_comment_is_a_reply_and_sets_the_status(desk, writer, freshdesk):
    ticket = desk.ticket()
    new = comment(ticket, private=False, **{"desk.status": "solved"})
    done(writer("comments").create([new]))
    [said] = freshdesk.store.conversations(ticket["id"])
    assert not said["private"]
    assert ticket["status"] == facts.RESOLVED


def test_a_second_try_finds_what_the_first_has_written(desk, writer, freshdesk):
    ticket = desk.ticket()
    for number in range(120):
        desk.cases.say(ticket, {"body": f"<div>{number}</div>", "user_id": 1}, "note")
    freshdesk.faults.add("status", status=500, method="PUT", times=1)
    new = comment(ticket, **{"desk.status": "closed"})
    first = writer("comments").create([new])
    assert isinstance(refused(first), errors.TransientError)
    assert ticket["status"] == facts.OPEN
    done(writer("comments").create([new]))
    assert ticket["status"] == facts.CLOSED
    bodies = [each["body"] for each in freshdesk.store.conversations(ticket["id"])]
    assert len([body for body in bodies if "Odoo reference: co-1" in body]) == 1


def test_an_answer_that_is_lost_writes_no_second_comment(desk, writer, freshdesk):
    ticket = desk.ticket()
    freshdesk.faults.add("drop", worked=True, times=1, method="POST")
    first = writer("comments").create([comment(ticket)])
    assert isinstance(refused(first), errors.TransientError)
    done(writer("comments").create([comment(ticket)]))
    assert len(freshdesk.store.conversations(ticket["id"])) == 1


def test_keys_that_begin_alike_are_told_apart(desk, writer, freshdesk):
    ticket = desk.ticket()
    done(writer("comments").create([comment(ticket, "co-12")]))
    done(writer("comments").create([comment(ticket, "co-1")]))
    assert len(freshdesk.store.conversations(ticket["id"])) == 2


def test_our_line_stands_once_even_where_the_text_has_it(desk, writer, freshdesk):
    ticket = desk.ticket()
    text = "Done.\nOdoo reference: co-1"
    done(writer("comments").create([comment(ticket, body=text)]))
    [said] = freshdesk.store.conversations(ticket["id"])
    assert said["body"].count(writer_tickets.REFERENCE) == 1


def test_a_ticket_that_is_gone_takes_no_comment(desk, writer, freshdesk):
    deleted, purged = desk.tickets(2)
    desk.cases.delete(deleted)
    freshdesk.store.remove("ticket", purged)
    for ticket in (deleted, purged):
        error = refused(writer("comments").create([comment(ticket)]))
        assert isinstance(error, errors.RemoteNotFound)


def test_a_field_that_is_wanted_to_close_is_named(desk, writer, freshdesk):
    freshdesk.fields.define("ticket", "Cause", required_for_closure=True)
    ticket = desk.ticket()
    changed = row(remote_id=ticket["id"], **{"desk.status": "closed"})
    error = refused(writer("tickets").update([changed]))
    assert isinstance(error, errors.InvalidRecord)
    assert error.params["property"] == "cf_cause"
