"""Tickets: their life, comments, conflicts, lists and what hangs on them."""

import pytest


@pytest.fixture
def ann(desk):
    acme = desk.made("organization", name="Acme", domain_names=["acme.example"])
    user = desk.made("user", name="Ann", email="ann@acme.example")
    assert user["organization_id"] == acme["id"]
    return user


@pytest.fixture
def ticket(desk, ann):
    return desk.made(
        "ticket",
        subject="Help",
        comment={"body": "It is broken"},
        requester_id=ann["id"],
        priority="high",
    )


@pytest.fixture
def change(desk, ticket):
    """Changes the ticket; returns the answer."""

    def put(**values):
        return desk.put(f"/tickets/{ticket['id']}", {"ticket": values})

    return put


def test_a_ticket_belongs_to_its_requesters_organization(ticket, ann):
    assert ticket["organization_id"] == ann["organization_id"]
    assert (ticket["status"], ticket["description"]) == ("new", "It is broken")
    assert ticket["via"]["channel"] == "api"
    assert ticket["satisfaction_rating"] == {"score": "unoffered"}


def test_a_requester_is_found_or_made_by_email(desk, ann):
    for email, is_new in (("ANN@acme.example", False), ("bob@acme.example", True)):
        made = desk.made(
            "ticket",
            subject="Help",
            comment={"body": "Hi"},
            requester={"name": "Someone", "email": email},
        )
        assert (made["requester_id"] != ann["id"]) is is_new
        assert made["organization_id"] == ann["organization_id"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"subject": "Help"}, "description"),
        ({"comment": {"body": "x"}, "status": "lost"}, "status"),
        ({"comment": {"body": "x"}, "priority": "very"}, "priority"),
        ({"comment": {"body": "x"}, "type": "joke"}, "type"),
        ({"comment": {"body": "x"}, "requester_id": 7}, "requester_id"),
        ({"comment": {"body": "x"}, "group_id": 7}, "group_id"),
        ({"comment": {"body": "x"}, "due_at": "soon"}, "due_at"),
    ],
)
def test_a_ticket_that_is_not_valid_is_refused(desk, is_declined, values, field):
    answer = desk.post("/tickets", {"ticket": values})
    assert field in is_declined(answer, 422, "RecordInvalid")["details"]


def test_a_key_makes_one_ticket_however_often_it_is_sent(desk, clock, is_declined):
    def send(subject):
        return desk.request(
            "POST",
            "/tickets",
            json={"ticket": {"subject": subject, "comment": {"body": "Hi"}}},
            headers={"Idempotency-Key": "case-1"},
        )

    first, second = send("Help"), send("Help")
    assert first.json() == second.json()
    assert first.headers["x-idempotency-lookup"] == "miss"
    assert second.headers["x-idempotency-lookup"] == "hit"
    is_declined(send("Other"), 400, "IdempotentRequestError")
    clock.advance(7_200)
    assert send("Other").headers["x-idempotency-lookup"] == "miss"


def test_an_end_user_is_not_assigned(change, ann, is_declined):
    answer = change(assignee_id=ann["id"])
    assert "assignee_id" in is_declined(answer, 422, "RecordInvalid")["details"]


def test_an_internal_comment_is_not_public(desk, ticket, change):
    change(comment={"body": "Return arranged", "public": False})
    answer = desk.get(f"/tickets/{ticket['id']}/comments").json()
    first, second = answer["comments"]
    assert (first["body"], first["public"]) == ("It is broken", True)
    assert (second["body"], second["public"]) == ("Return arranged", False)
    assert second["author_id"] == desk.get("/users/me").json()["user"]["id"]
    metrics = desk.get(f"/tickets/{ticket['id']}/metrics").json()["ticket_metric"]
    assert metrics["replies"] == 0


def test_a_ticket_may_be_opened_without_a_word_to_the_requester(desk, ann):
    comment = {"body": "Call them", "public": False}
    made = desk.made("ticket", subject="Call", comment=comment, requester_id=ann["id"])
    assert made["is_public"] is False
    path = f"/tickets/{made['id']}"
    [first] = desk.get(f"{path}/comments").json()["comments"]
    assert (first["body"], first["public"]) == ("Call them", False)
    assert first["author_id"] != ann["id"]
    change = {"ticket": {"comment": {"body": "We called", "public": True}}}
    assert desk.put(path, change).json()["ticket"]["is_public"] is True


def test_a_ticket_may_be_solved_when_it_is_made(desk):
    made = desk.made("ticket", subject="Done", comment={"body": "Hi"}, status="solved")
    metrics = desk.get(f"/tickets/{made['id']}/metrics").json()["ticket_metric"]
    assert metrics["solved_at"] == made["created_at"]
    assert made["assignee_id"] == desk.get("/users/me").json()["user"]["id"]


def test_a_ticket_is_solved_reopened_and_solved_again(desk, ticket, change, clock):
    clock.advance(600)
    solved = change(status="solved", comment={"body": "Done"}).json()["ticket"]
    assert solved["status"] == "solved"
    assert solved["assignee_id"] == desk.get("/users/me").json()["user"]["id"]
    clock.advance(600)
    assert change(status="open").json()["ticket"]["status"] == "open"
    path = f"/tickets/{ticket['id']}/metrics"
    metrics = desk.get(path).json()["ticket_metric"]
    assert (metrics["reopens"], metrics["solved_at"]) == (1, None)
    assert metrics["reply_time_in_minutes"]["calendar"] == 10
    clock.advance(600)
    change(status="solved")
    metrics = desk.get(path).json()["ticket_metric"]
    assert metrics["full_resolution_time_in_minutes"]["calendar"] == 30


def test_a_closed_ticket_cannot_be_changed(change, is_declined):
    change(status="closed")
    body = is_declined(change(subject="Other"), 422, "RecordInvalid")
    [error] = body["details"]["status"]
    assert error["description"] == "Status: closed prevents ticket update"


def test_a_safe_update_is_refused_when_the_ticket_has_changed(
    ticket, change, clock, is_declined
):
    stamp = ticket["updated_at"]
    clock.advance(5)
    answer = change(priority="low", safe_update=True, updated_stamp=stamp)
    assert answer.status_code == 200
    answer = change(priority="urgent", safe_update=True, updated_stamp=stamp)
    is_declined(answer, 409, "UpdateConflict")
    assert change(priority="urgent", safe_update=True).status_code == 400


def test_tags_are_replaced_added_and_removed(change):
    change(tags=["a", "b"])
    assert change(additional_tags=["c"]).json()["ticket"]["tags"] == ["a", "b", "c"]
    assert change(remove_tags=["a"]).json()["ticket"]["tags"] == ["b", "c"]


def test_custom_fields_are_known_by_their_ids(desk, change, zendesk):
    field = desk.post(
        "/ticket_fields", {"ticket_field": {"type": "integer", "title": "Order"}}
    ).json()["ticket_field"]
    shown = change(custom_fields=[{"id": field["id"], "value": 7}]).json()["ticket"]
    assert shown["custom_fields"] == [{"id": field["id"], "value": 7}]
    change(custom_fields=[{"id": 1, "value": 7}])
    assert zendesk.store.ignored[("ticket", "1")] == 1


def test_a_custom_status_brings_its_category(desk, ticket, change):
    made = desk.post(
        "/custom_statuses",
        {"custom_status": {"status_category": "hold", "agent_label": "At the lab"}},
    ).json()["custom_status"]
    shown = change(custom_status_id=made["id"]).json()["ticket"]
    assert (shown["status"], shown["custom_status_id"]) == ("hold", made["id"])
    labels = desk.get("/custom_statuses").json()["custom_statuses"]
    assert [each["agent_label"] for each in labels][-1] == "At the lab"


def test_a_deleted_ticket_is_in_the_trash_and_can_come_back(desk, ticket):
    path = f"/tickets/{ticket['id']}"
    assert desk.delete(path).status_code == 204
    assert desk.get(path).status_code == 404
    [shown] = desk.get("/deleted_tickets").json()["deleted_tickets"]
    assert (shown["id"], shown["previous_state"]) == (ticket["id"], "new")
    answer = desk.put(f"/deleted_tickets/{ticket['id']}/restore", {})
    assert answer.status_code == 204
    assert desk.get(path).json()["ticket"]["status"] == "new"


def test_targets_run_breach_and_are_met(desk, ticket, change, clock):
    def targets():
        query = {"ids": ticket["id"], "include": "slas,metric_sets,comment_count"}
        answer = desk.get("/tickets/show_many", **query).json()
        assert answer["metric_sets"][0]["ticket_id"] == ticket["id"]
        assert answer["tickets"][0]["comment_count"] >= 1
        metrics = answer["tickets"][0]["slas"]["policy_metrics"]
        return {each["metric"]: (each["stage"], each["breach_at"]) for each in metrics}

    assert targets() == {
        "first_reply_time": ("active", "2026-11-02T13:00:00Z"),
        "requester_wait_time": ("active", "2026-11-03T09:00:00Z"),
    }
    change(comment={"body": "We look into it"}, status="pending")
    assert targets()["first_reply_time"][0] == "achieved"
    assert targets()["requester_wait_time"][0] == "paused"


# Lists


def test_lists_are_paged_by_cursor_and_by_offset(desk, zendesk):
    for place in range(5):
        desk.made("ticket", subject=f"t{place}", comment={"body": "Hi"})
    seen, after = [], None
    while True:
        query = {"page[size]": 2, **({"page[after]": after} if after else {})}
        page = desk.get("/tickets", **query).json()
        seen += [each["subject"] for each in page["tickets"]]
        after = page["meta"]["after_cursor"]
        if not page["meta"]["has_more"]:
            assert page["links"]["next"] is None
            break
    assert seen == ["t0", "t1", "t2", "t3", "t4"]
    page = desk.get("/tickets", per_page=2, page=3).json()
    assert [each["subject"] for each in page["tickets"]] == ["t4"]
    assert (page["count"], page["next_page"]) == (5, None)
    assert "page=2" in page["previous_page"]


def test_offsets_end_at_the_ten_thousandth_record(desk):
    assert desk.get("/users", page=100, per_page=100).status_code == 200
    assert desk.get("/users", page=101, per_page=100).status_code == 400


@pytest.mark.parametrize(
    "query",
    [
        {"page[size]": 101},
        {"page[after]": "nonsense"},
        {"page[size]": 2, "sort": "mood"},
    ],
)
def test_pages_that_cannot_be_are_refused(desk, query):
    answer = desk.get("/tickets", **query)
    assert answer.status_code == 400
    [error] = answer.json()["errors"]
    assert error["code"] == "InvalidPaginationParameter"


def test_many_are_shown_by_up_to_a_hundred_ids(desk, ann, is_declined):
    ids = f"{ann['id']},7"
    [user] = desk.get("/users/show_many", ids=ids).json()["users"]
    assert user["id"] == ann["id"]
    many = ",".join(map(str, range(101)))
    body = is_declined(desk.get("/users/show_many", ids=many), 400, "TooManyValues")
    assert body["max_count"] == 100


def test_search_meets_all_conditions(desk, ticket, ann):
    desk.made("ticket", subject="Help me too", comment={"body": "Hi"})

    def found(query):
        results = desk.get("/search", query=query).json()["results"]
        return [(each["result_type"], each["id"]) for each in results]

    assert len(found("type:ticket help")) == 2
    assert found("type:ticket requester:ann@acme.example status<solved") == [
        ("ticket", ticket["id"])
    ]
    assert found("type:user email:ann@acme.example") == [("user", ann["id"])]
    assert found('type:organization "acme"') != []
    assert found("type:ticket status:solved") == []


def test_search_shows_a_thousand_results(desk, is_declined):
    answer = desk.get("/search", query="type:ticket", page=11)
    is_declined(answer, 422, "invalid")


def test_the_account_tells_of_itself(desk):
    settings = desk.get("/account/settings").json()["settings"]
    assert settings["tickets"]["custom_statuses_enabled"] is True
    assert desk.get("/groups").json()["count"] == 2
    assert len(desk.get("/ticket_forms").json()["ticket_forms"]) == 1
    assert len(desk.get("/brands").json()["brands"]) == 1
    assert len(desk.get("/slas/policies").json()["sla_policies"]) == 1


def test_the_answer_to_a_change_tells_of_the_comment_that_it_made(change, desk):
    body = change(comment={"body": "Known", "public": False}).json()
    [event] = body["audit"]["events"]
    assert (event["type"], event["public"]) == ("Comment", False)
    path = f"/tickets/{body['ticket']['id']}/comments"
    assert event["id"] == desk.get(path).json()["comments"][-1]["id"]
    assert change(priority="low").json()["audit"]["events"] == []


def test_users_are_counted_by_role(desk, ann):
    counted = desk.get("/users/count", role="end-user").json()["count"]["value"]
    assert counted == 1
    assert desk.get("/users/count").json()["count"]["value"] == 2
