"""What Freshdesk answers, and what becomes of it."""

import datetime

import pytest

from odoo.addons.connector_base.engine import errors as engine_errors
from odoo.addons.connector_support.providers.freshdesk import ask, errors, limits
from odoo.addons.connector_support.providers.freshdesk.endpoints import BASE, path

#: Statuses that a code comes with, where it isn't 400. [S error]
STATUS = {
    "duplicate_value": 409,
    "inconsistent_state": 409,
    "invalid_credentials": 401,
    "password_expired": 401,
    "password_lockout": 401,
    "access_denied": 403,
    "require_feature": 403,
    "account_suspended": 403,
    "ssl_required": 403,
    "method_not_allowed": 405,
    "invalid_content_type": 415,
}
PERSON = (
    engine_errors.InvalidRecord,
    engine_errors.AmbiguousMatch,
    engine_errors.RemoteNotFound,
    engine_errors.AuthenticationError,
)


@pytest.mark.parametrize("code", errors.BY_CODE)
def test_each_code_has_its_class(code):
    kind, ours = errors.BY_CODE[code]
    status = STATUS.get(code, 400)
    for body in (
        {"code": code, "message": "No."},
        {
            "description": "Validation failed",
            "errors": [{"field": "name", "message": "No.", "code": code}],
        },
    ):
        error = errors.classify(status, body, {})
        assert type(error) is kind
        assert error.code == ours
        assert error.params["vendor_code"] == code
        # It is tried again, or a person can act on it.
        assert isinstance(error, (*PERSON, engine_errors.TransientError))


@pytest.mark.parametrize("status", errors.BY_STATUS)
def test_each_status_has_its_class_whatever_the_body_says(status):
    for body in ("", {}, [], "<html>", {"errors": [None, 7]}, {"code": []}):
        error = errors.classify(status, body, {})
        assert type(error) is errors.BY_STATUS[status][0]


@pytest.mark.parametrize("status", [402, 410, 418, 422, 501, 599])
def test_a_status_of_no_table_is_known_by_its_kind(status):
    error = errors.classify(status, {}, {})
    assert isinstance(error, (engine_errors.TransientError, *PERSON))
    assert isinstance(error, engine_errors.TransientError) is (status >= 500)


def test_a_value_that_is_taken_names_field_and_owner():
    body = {
        "description": "Validation failed",
        "errors": [
            {
                "field": "email",
                "additional_info": {"user_id": 7},
                "message": "It should be a unique value",
                "code": "duplicate_value",
            }
        ],
    }
    error = errors.classify(409, body, {})
    assert isinstance(error, engine_errors.AmbiguousMatch)
    assert error.params["taken"] == ["email"]
    assert error.params["candidates"] == ["7"]


def test_what_is_wrong_with_a_record_comes_before_whose_value_it_is():
    body = {
        "errors": [
            {"field": "email", "message": "taken", "code": "duplicate_value"},
            {"field": "phone", "message": "bad", "code": "invalid_format"},
        ]
    }
    error = errors.classify(409, body, {})
    assert isinstance(error, engine_errors.InvalidRecord)
    assert error.params["property"] == "phone"


def test_addresses_are_not_told():
    body = {"errors": [{"field": "email", "message": "ada@acme.example is bad"}]}
    error = errors.classify(400, body, {})
    assert "ada@acme.example" not in error.message + str(error.params)


def test_a_limit_names_the_time_of_another_try():
    now = datetime.datetime.now(datetime.UTC)
    told = errors.classify(429, {}, {"Retry-After": "7"})
    assert 5 <= (told.retry_at - now).total_seconds() <= 9
    silent = errors.classify(429, {}, {})
    assert 55 <= (silent.retry_at - now).total_seconds() <= 65


# -- over HTTP ------------------------------------------------------------------


def test_the_account_refuses_a_wrong_key(freshdesk, freshdesk_client):
    with pytest.raises(engine_errors.AuthenticationError) as caught:
        ask.listed(freshdesk_client(key="wrong key"), path("companies"))
    assert "wrong key" not in str(caught.value.request)


def test_a_record_that_isnt_there_is_none(freshdesk, freshdesk_client):
    assert ask.one(freshdesk_client(), "tickets", 7) is None


def test_a_blip_is_asked_again_at_once(freshdesk, freshdesk_client):
    freshdesk.faults.add("status", status=503)
    assert ask.listed(freshdesk_client(), path("companies")).items == []


# -- limits ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "where", "names"),
    [
        ("GET", "tickets", {"ticket_lists": 1, "requests": 1}),
        ("GET", "tickets?include=stats", {"ticket_lists": 1, "requests": 3}),
        (
            "GET",
            "tickets?include=stats,description",
            {"ticket_lists": 1, "requests": 5},
        ),
        ("GET", "tickets/7", {"requests": 1}),
        ("GET", "tickets/7?include=stats", {"requests": 2}),
        ("PUT", "tickets/7", {"ticket_updates": 1, "requests": 1}),
        ("POST", "tickets/7/notes", {"requests": 1}),
        ("GET", "tickets/7/conversations", {"requests": 1}),
        ("GET", "contacts", {"contact_lists": 1, "requests": 1}),
        ("POST", "contacts", {"requests": 1}),
        ("GET", "companies", {"requests": 1}),
    ],
)
def test_requests_count_in_the_limits_that_they_use(method, where, names):
    found = limits.budget_names(method, f"{BASE}/{where}")
    assert {name: found.count(name) for name in set(found)} == names
    assert set(names) <= {budget.name for budget in limits.BUDGETS}


@pytest.mark.parametrize("where", ["tickets", "tickets?include=stats", "contacts"])
def test_what_we_count_is_what_freshdesk_counts(freshdesk, freshdesk_client, where):
    freshdesk.meter.plan = {"total": 100}
    reply = freshdesk_client().get(f"{BASE}/{where}")
    used = int(reply.headers["X-RateLimit-Used-CurrentRequest"])
    assert limits.budget_names("GET", f"{BASE}/{where}").count(limits.REQUESTS) == used
    [quota] = limits.quotas(reply.headers, None)
    assert (quota.limit, quota.remaining) == (100, 100 - used)


@pytest.mark.parametrize("headers", [{}, {"X-RateLimit-Total": "many"}])
def test_an_answer_without_limits_tells_none(headers):
    assert limits.quotas(headers, None) == []


def test_the_limit_of_an_endpoint_is_met(freshdesk, freshdesk_client):
    freshdesk.meter.plan = {"total": 100, "ticket_list": 1}
    client = freshdesk_client()
    ask.listed(client, path("tickets"))
    ask.listed(client, path("contacts"))
    with pytest.raises(engine_errors.RateLimited) as caught:
        ask.listed(client, path("tickets"))
    assert caught.value.retry_at
