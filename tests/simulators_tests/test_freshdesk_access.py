"""Who may ask a Freshdesk account, how often, and what its errors look like."""

import pytest


def code_of(answer, status, code):
    """An error that is of no field."""
    assert answer.status_code == status, answer.text
    assert answer.json()["code"] == code
    assert answer.json()["message"]


def test_the_key_is_the_user_of_basic_auth_whatever_the_password(freshdesk, fresh):
    assert fresh.get("/tickets").status_code == 200
    fresh.session.auth = (freshdesk.token, "")
    assert fresh.get("/tickets").status_code == 200
    fresh.session.auth = ("somebody", "X")
    code_of(fresh.get("/tickets"), 401, "invalid_credentials")
    fresh.session.auth = None
    code_of(fresh.get("/tickets"), 401, "invalid_credentials")


def test_a_revoked_key_is_refused(freshdesk, fresh):
    freshdesk.revoke()
    code_of(fresh.get("/agents/me"), 401, "invalid_credentials")


def test_a_key_is_of_an_agent_and_only_administrators_make_fields(
    freshdesk, fresh, fresh_client_of
):
    freshdesk.access.keys["second"] = 1
    other = fresh_client_of(freshdesk, "second")
    assert other.get("/agents/me").json()["contact"]["email"].startswith("ben.")
    answer = other.post("/company_fields", {"label": "Tier", "type": "custom_text"})
    code_of(answer, 403, "access_denied")
    assert fresh.get("/agents/me").json()["contact"]["email"].startswith("ada.")


def test_bodies_are_json_only(fresh):
    answer = fresh.request("POST", "/companies", data={"name": "Acme"})
    code_of(answer, 415, "invalid_content_type")
    headers = {"Content-Type": "application/json"}
    answer = fresh.request("POST", "/companies", data="{", headers=headers)
    code_of(answer, 400, "invalid_json")
    answer = fresh.request("POST", "/companies", data="[]", headers=headers)
    code_of(answer, 400, "invalid_json")


def test_what_is_not_there_has_an_empty_answer(fresh):
    for path in ("/tickets/99", "/contacts/x", "/companies/1", "/jobs/1", "/nothing"):
        answer = fresh.get(path)
        assert (answer.status_code, answer.content) == (404, b"")


def test_a_method_that_is_not_allowed_is_told_those_that_are(fresh):
    answer = fresh.delete("/companies")
    code_of(answer, 405, "method_not_allowed")
    assert answer.headers["Allow"] == "GET, POST"


@pytest.mark.parametrize(
    ("path", "query", "field", "code"),
    [
        ("/tickets", {"per_page": 101}, "per_page", "datatype_mismatch"),
        ("/tickets", {"page": 0}, "page", "datatype_mismatch"),
        ("/tickets", {"page": 301}, "page", "invalid_value"),
        ("/tickets", {"include": "everything"}, "include", "invalid_value"),
        ("/tickets", {"order_by": "subject"}, "order_by", "invalid_value"),
        ("/tickets", {"order_type": "up"}, "order_type", "invalid_value"),
        ("/tickets", {"filter": "all"}, "filter", "invalid_value"),
        ("/tickets", {"updated_since": "today"}, "updated_since", "invalid_date"),
        ("/contacts", {"state": "gone"}, "state", "invalid_value"),
        (
            "/contacts",
            {"updated_since": "2026-01-01"},
            "updated_since",
            "invalid_field",
        ),
        ("/companies", {"_updated_since": "2026"}, "_updated_since", "invalid_field"),
    ],
)
def test_parameters_are_checked(fresh, path, query, field, code, problems_of):
    assert problems_of(fresh.get(path, **query)) == {field: code}


def test_a_plan_allows_so_many_requests_a_minute(
    start_freshdesk, fresh_client_of, clock
):
    client = fresh_client_of(start_freshdesk(plan="trial"))
    for left in range(49, -1, -1):
        answer = client.get("/agents")
        assert answer.headers["X-RateLimit-Remaining"] == str(left)
    assert answer.headers["X-RateLimit-Total"] == "50"
    assert answer.headers["X-RateLimit-Used-CurrentRequest"] == "1"
    clock.advance(20)
    answer = client.get("/agents")
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "40"
    clock.advance(40)
    assert client.get("/agents").status_code == 200


def test_lists_of_tickets_and_contacts_have_limits_of_their_own(
    start_freshdesk, fresh_client_of
):
    client = fresh_client_of(start_freshdesk(plan="growth"))
    for path in ("/tickets", "/contacts"):
        for _number in range(20):
            assert client.get(path).status_code == 200
        assert client.get(path).status_code == 429
    assert client.get("/companies").status_code == 200


def test_invalid_requests_count_and_those_of_other_apps(
    start_freshdesk, fresh_client_of
):
    account = start_freshdesk(plan="trial")
    account.meter.used_by_others = 45
    client = fresh_client_of(account)
    for _number in range(5):
        assert client.get("/companies", nonsense=1).status_code == 400
    assert client.get("/companies").status_code == 429


def test_what_is_included_costs_more(start_freshdesk, fresh_client_of):
    client = fresh_client_of(start_freshdesk(plan="trial"))
    contact = client.made("/contacts", name="Ann", email="ann@x.example")
    ticket = client.made(
        "/tickets", requester_id=contact["id"], subject="S", description="D"
    )
    used = "X-RateLimit-Used-CurrentRequest"
    answer = client.get("/tickets", include="requester,stats")
    assert answer.headers[used] == "5"
    answer = client.get(f"/tickets/{ticket['id']}", include="requester,stats")
    assert answer.headers[used] == "3"


def test_faults_answer_in_the_accounts_own_shape(freshdesk, fresh):
    freshdesk.faults.add("status", status=503)
    code_of(fresh.get("/tickets"), 503, "service_unavailable")
    freshdesk.faults.add("rate_limit", retry_after=7)
    answer = fresh.get("/tickets")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")
    freshdesk.faults.add("missing_scope")
    code_of(fresh.get("/tickets"), 403, "access_denied")


def test_a_create_whose_answer_is_lost_has_been_done(freshdesk, fresh, problems_of):
    freshdesk.faults.add("drop", worked=True, method="POST")
    try:
        fresh.post("/companies", {"name": "Acme"})
    except OSError:
        pass
    answer = fresh.post("/companies", {"name": "Acme"})
    assert problems_of(answer, 409) == {"name": "duplicate_value"}


def test_the_control_endpoint_changes_an_account(freshdesk, fresh):
    def control(order, **body):
        url = f"{freshdesk.url}/_control/{order}"
        answer = fresh.session.post(url, json=body, timeout=5)
        assert answer.status_code == 200, answer.text
        return answer.json()

    control("seed", companies=2)
    field = control("field", object="company", label="Standing")
    assert field["name"] == "standing"
    control("rename", object="company", name="standing", label="Payment standing")
    made = control("create", object="company", fields={"name": "Acme"})
    control("update", object="company", id=made["id"], fields={"note": "N"})
    assert fresh.get(f"/companies/{made['id']}").json()["note"] == "N"
    control("delete", object="company", id=made["id"])
    assert fresh.get(f"/companies/{made['id']}").status_code == 404
    one, two = (
        control(
            "create", object="contact", fields={"name": n, "email": f"{n}@x.example"}
        )
        for n in ("ann", "bob")
    )
    control("merge", primary=one["id"], others=[two["id"]])
    ticket = control(
        "create", object="ticket", fields={"requester_id": one["id"], "status": 5}
    )
    control("say", ticket=ticket["id"], body="Again", incoming=True)
    assert fresh.get(f"/tickets/{ticket['id']}").json()["status"] == 2
    control("settings", plan="trial", search_lag=60)
    assert "X-RateLimit-Total" in fresh.get("/agents").headers
    control("purge", object="ticket", id=ticket["id"])
    assert fresh.get(f"/tickets/{ticket['id']}").status_code == 404
