"""Tickets of a Freshdesk account: lists, writes, what is said in them, jobs."""

from datetime import UTC, datetime, timedelta

import pytest


@pytest.fixture
def ann(fresh):
    return fresh.made("/contacts", name="Ann", email="ann@acme.example")


@pytest.fixture
def ticket(fresh, ann):
    return fresh.made(
        "/tickets", requester_id=ann["id"], subject="Broken", description="<b>Yes</b>"
    )


def at(clock, **back):
    """A moment before now, as the API writes it."""
    return (clock.now() - timedelta(**back)).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_a_ticket_is_made_with_what_it_lacks(fresh, ann, ticket):
    assert ticket["status"] == 2 and ticket["priority"] == 1
    assert ticket["description_text"] == "Yes"
    assert ticket["requester_id"] == ann["id"]
    assert ticket["due_by"] > ticket["fr_due_by"] > ticket["created_at"]
    assert "deleted" not in ticket
    read = fresh.get(f"/tickets/{ticket['id']}").json()
    assert read == ticket


def test_who_is_not_known_yet_becomes_a_contact_of_the_domains_company(fresh):
    company = fresh.made("/companies", name="Acme", domains=["acme.example"])
    ticket = fresh.made(
        "/tickets", email="new@acme.example", subject="S", description="D"
    )
    contact = fresh.get(f"/contacts/{ticket['requester_id']}").json()
    assert contact["email"] == "new@acme.example"
    assert contact["company_id"] == ticket["company_id"] == company["id"]
    again = fresh.made(
        "/tickets", email="NEW@acme.example", subject="S", description="D"
    )
    assert again["requester_id"] == ticket["requester_id"]


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"status": 99}, {"status": "invalid_value"}),
        ({"priority": "2"}, {"priority": "invalid_value"}),
        ({"subject": 7}, {"subject": "datatype_mismatch"}),
        ({"subject": "x" * 256}, {"subject": "invalid_value"}),
        ({"tags": "vip"}, {"tags": "datatype_mismatch"}),
        ({"colour": "red"}, {"colour": "invalid_field"}),
        ({"group_id": 7}, {"group_id": "invalid_value"}),
        ({"due_by": "soon"}, {"due_by": "invalid_date"}),
        ({"custom_fields": {"cf_no": 1}}, {"custom_fields.cf_no": "invalid_field"}),
        ({"cc_emails": ["no"]}, {"cc_emails": "invalid_format"}),
        ({}, {"request": "missing_field"}),
    ],
)
def test_values_are_checked(fresh, ticket, change, wrong, problems_of):
    answer = fresh.put(f"/tickets/{ticket['id']}", change)
    assert problems_of(answer) == wrong


def test_a_ticket_needs_somebody_who_asks_a_subject_and_a_text(fresh, problems_of):
    assert problems_of(fresh.post("/tickets", {"status": 2})) == {
        "requester_id": "missing_field",
        "subject": "missing_field",
        "description": "missing_field",
    }


def test_a_status_leaves_its_traces(fresh, ticket, clock):
    path = f"/tickets/{ticket['id']}"
    clock.advance(60)
    fresh.put(path, {"status": 4})
    clock.advance(60)
    fresh.put(path, {"status": 5})
    stats = fresh.get(path, include="stats").json()["stats"]
    assert stats["closed_at"] > stats["resolved_at"] > ticket["created_at"]
    clock.advance(60)
    fresh.put(path, {"status": 2})
    stats = fresh.get(path, include="stats").json()["stats"]
    assert stats["resolved_at"] is stats["closed_at"] is None
    assert stats["reopened_at"] == at(clock)


def test_an_update_without_a_new_value_is_no_change(fresh, ticket, clock):
    clock.advance(60)
    answer = fresh.put(f"/tickets/{ticket['id']}", {"status": 2})
    assert answer.json()["updated_at"] == ticket["updated_at"]


def test_the_list_goes_back_thirty_days_unless_told_otherwise(
    freshdesk, fresh, ann, clock
):
    now = clock.now_ms() // 1000
    for days in (40, 20):
        moment = now - days * 86_400
        freshdesk.cases.ticket(
            {"requester_id": ann["id"], "subject": str(days)}, created_at=moment
        )
    assert [each["subject"] for each in fresh.listed("/tickets")] == ["20"]
    listed = fresh.listed("/tickets", updated_since=at(clock, days=50))
    assert [each["subject"] for each in listed] == ["20", "40"]
    listed = fresh.listed("/tickets", updated_since=at(clock, days=30))
    assert [each["subject"] for each in listed] == ["20"]


def test_pages_follow_the_link_in_the_order_asked_for(freshdesk, fresh, ann, clock):
    for number in range(7):
        clock.advance(1)
        freshdesk.cases.ticket({"requester_id": ann["id"], "subject": str(number)})
    answer = fresh.get("/tickets", per_page=3, order_by="updated_at", order_type="asc")
    assert [each["subject"] for each in answer.json()] == ["0", "1", "2"]
    assert "page=2" in answer.links["next"]["url"]
    query = {"order_by": "updated_at", "order_type": "asc", "per_page": 3}
    assert [each["subject"] for each in fresh.listed("/tickets", **query)] == list(
        "0123456"
    )
    newest_first = fresh.get("/tickets").json()
    assert newest_first[0]["subject"] == "6"
    assert "next" not in fresh.get("/tickets", page=2).links


def test_beyond_page_300_one_has_to_begin_again(freshdesk, fresh, ann, clock):
    start = at(clock)
    for number in range(303):
        if number == 300:
            clock.advance(10)
        freshdesk.cases.ticket({"requester_id": ann["id"], "subject": str(number)})
    query = {"per_page": 1, "order_by": "updated_at", "order_type": "asc"}
    answer = fresh.get("/tickets", page=300, updated_since=start, **query)
    assert answer.json()[0]["subject"] == "299"
    refused = fresh.get("/tickets", page=301, updated_since=start, **query)
    assert "300th page" in refused.json()["errors"][0]["message"]
    answer = fresh.get("/tickets", page=1, updated_since=at(clock), **query)
    assert answer.json()[0]["subject"] == "300"


def test_lists_have_no_text_unless_it_is_included(fresh, ticket):
    [plain] = fresh.get("/tickets").json()
    assert "description" not in plain and "stats" not in plain
    include = "description,requester,stats,company"
    [whole] = fresh.get("/tickets", include=include).json()
    assert whole["description_text"] == "Yes"
    assert whole["requester"]["email"] == "ann@acme.example"
    assert whole["company"] == {}


def test_deleted_and_spam_are_lists_of_their_own(freshdesk, fresh, ann, ticket):
    freshdesk.cases.ticket({"requester_id": ann["id"], "spam": True})
    assert fresh.delete(f"/tickets/{ticket['id']}").status_code == 204
    assert fresh.get("/tickets").json() == []
    [deleted] = fresh.get("/tickets", filter="deleted").json()
    assert deleted["id"] == ticket["id"] and deleted["deleted"] is True
    assert len(fresh.get("/tickets", filter="spam").json()) == 1
    assert fresh.get(f"/tickets/{ticket['id']}").json()["deleted"] is True
    assert fresh.put(f"/tickets/{ticket['id']}", {"status": 3}).status_code == 405
    assert fresh.put(f"/tickets/{ticket['id']}/restore").status_code == 204
    assert [each["id"] for each in fresh.get("/tickets").json()] == [ticket["id"]]


def test_tickets_of_somebody_or_of_a_company(fresh, ann, ticket):
    fresh.made("/tickets", email="bob@x.example", subject="S", description="D")
    for query in ({"requester_id": ann["id"]}, {"email": "ann@acme.example"}):
        assert [each["id"] for each in fresh.get("/tickets", **query).json()] == [
            ticket["id"]
        ]
    assert fresh.get("/tickets", email="nobody@x.example").json() == []


def test_notes_are_private_and_replies_are_not(fresh, ticket, clock):
    path = f"/tickets/{ticket['id']}"
    clock.advance(60)
    note = fresh.made(f"{path}/notes", body="<p>Paid now</p>")
    assert note["private"] is True and note["body_text"] == "Paid now"
    reply = fresh.made(f"{path}/reply", body="Hello")
    assert reply["private"] is False
    said = fresh.get(f"{path}/conversations").json()
    assert [each["id"] for each in said] == [note["id"], reply["id"]]
    read = fresh.get(path, include="conversations,stats").json()
    assert len(read["conversations"]) == 2
    assert read["stats"]["first_responded_at"] == at(clock)
    assert read["updated_at"] == at(clock)
    changed = fresh.put(f"/conversations/{note['id']}", {"body": "New"})
    assert changed.json()["body"] == "New"
    assert fresh.put(f"/conversations/{reply['id']}", {"body": "x"}).status_code == 404
    assert fresh.delete(f"/conversations/{note['id']}").status_code == 204
    assert len(fresh.get(f"{path}/conversations").json()) == 1


def test_an_answer_of_the_customer_opens_a_solved_ticket_again(
    fresh, ann, ticket, clock
):
    path = f"/tickets/{ticket['id']}"
    fresh.put(path, {"status": 4})
    clock.advance(5)
    said = {"body": "No", "incoming": True, "private": False, "user_id": ann["id"]}
    fresh.made(f"{path}/notes", **said)
    read = fresh.get(path, include="stats").json()
    assert read["status"] == 2
    assert read["stats"]["reopened_at"] == at(clock)


def test_a_field_can_be_needed_to_close(freshdesk, fresh, ticket, problems_of):
    freshdesk.fields.define("ticket", "Cause", required_for_closure=True)
    path = f"/tickets/{ticket['id']}"
    assert fresh.put(path, {"status": 3}).status_code == 200
    assert problems_of(fresh.put(path, {"status": 4})) == {"cf_cause": "missing_field"}
    answer = fresh.put(path, {"status": 4, "custom_fields": {"cf_cause": "Dust"}})
    assert answer.json()["custom_fields"] == {"cf_cause": "Dust"}


def test_many_tickets_change_in_a_job(fresh, ticket, clock):
    action = {"ids": [ticket["id"], 999], "properties": {"priority": 4}}
    answer = fresh.post("/tickets/bulk_update", {"bulk_action": action})
    assert answer.status_code == 202
    job = f"/jobs/{answer.json()['job_id']}"
    assert answer.json()["href"].endswith(job)
    assert fresh.get(job).json()["status"] == "IN PROGRESS"
    assert fresh.get(f"/tickets/{ticket['id']}").json()["priority"] == 1
    clock.advance(5)
    done = fresh.get(job).json()
    assert done["status"] == "COMPLETED"
    assert [each["success"] for each in done["data"]] == [True, False]
    assert fresh.get(f"/tickets/{ticket['id']}").json()["priority"] == 4
    answer = fresh.post(
        "/tickets/bulk_delete", {"bulk_action": {"ids": [ticket["id"]]}}
    )
    assert answer.status_code == 202
    clock.advance(5)
    assert fresh.get("/tickets").json() == []


def test_a_job_has_a_hundred_tickets_at_most(fresh, problems_of):
    action = {"ids": list(range(1, 102)), "properties": {"priority": 4}}
    answer = fresh.post("/tickets/bulk_update", {"bulk_action": action})
    assert problems_of(answer) == {"ids": "invalid_value"}


def test_ratings_are_of_a_ticket_and_listed_since(fresh, ticket, clock, problems_of):
    path = f"/tickets/{ticket['id']}/satisfaction_ratings"
    wrong = fresh.post(path, {"ratings": {"default_question": 5}})
    assert problems_of(wrong) == {"default_question": "invalid_value"}
    fresh.made(path, ratings={"default_question": -103}, feedback="Slow")
    [rating] = fresh.get(path).json()
    assert rating["ratings"] == {"default_question": -103}
    listed = "/surveys/satisfaction_ratings"
    assert len(fresh.get(listed, created_since=at(clock, days=1)).json()) == 1
    clock.advance(60)
    assert fresh.get(listed, created_since=at(clock)).json() == []


def test_targets_that_have_passed_show(fresh, ticket, clock):
    path = f"/tickets/{ticket['id']}"
    assert fresh.get(path).json()["is_escalated"] is False
    clock.advance(6 * 86_400)
    read = fresh.get(path).json()
    assert read["is_escalated"] is read["fr_escalated"] is True
    due = datetime.fromisoformat(read["due_by"]).astimezone(UTC)
    assert due < clock.now()
