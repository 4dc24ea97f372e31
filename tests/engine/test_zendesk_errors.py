"""What Zendesk answers, and what becomes of it: every line of the tables."""

import datetime
import inspect
import re

import pytest
from simulators.zendesk import (
    access,
    checks,
    definitions,
    exports,
    facts,
    fields,
    jobs,
    oauth,
    paging,
    parties,
    searching,
    simulator,
    ticketing,
    webhook_api,
    writing,
)
from simulators.zendesk import (
    errors as simulated,
)

from odoo.addons.connector_base.engine import errors as engine_errors
from odoo.addons.connector_support.providers.zendesk import errors

from .vendor import failure

PARTS = (access, checks, definitions, exports, fields, jobs, oauth, paging, parties)
PARTS += (searching, simulator, simulated, ticketing, webhook_api, writing)


@pytest.mark.parametrize(("code", "found"), errors.BY_CODE.items())
def test_each_code_has_its_class(code, found):
    error = errors.classify(400, {"error": code, "description": "No."}, {})
    assert type(error) is found[0]
    assert error.code == found[1]
    assert error.params["vendor_code"] == code


@pytest.mark.parametrize(("status", "found"), errors.BY_STATUS.items())
def test_each_status_has_its_class_whatever_the_body(status, found):
    for body in (
        {},
        "Bad gateway",
        [],
        {"error": None},
        {"error": {}},
        {"errors": [1]},
    ):
        error = errors.classify(status, body, {})
        assert type(error) is found[0]
        assert error.code == found[1]
        assert error.message


def test_a_status_of_no_table_goes_by_its_kind():
    assert isinstance(errors.classify(418, {}, {}), engine_errors.InvalidRecord)
    assert isinstance(errors.classify(599, {}, {}), engine_errors.TransientError)


def test_every_code_that_the_simulated_account_knows_is_in_the_table():
    text = "\n".join(map(inspect.getsource, PARTS))
    known = set(re.findall(r'refuse\(\s*\d{3},\s*"(\w[\w ]*)"', text))
    known |= set(re.findall(r'reply\(\s*\d{3},\s*"(\w[\w ]*)"', text))
    known |= set(re.findall(r'"(\w+Value)"', text)) | {"UpdateConflict"}
    known |= set(re.findall(r'"(invalid_\w+|unsupported_\w+)"', text)) - {
        # Of OAuth's own answers, whose status decides.
        "invalid_request"
    }
    assert len(known) > 10
    left = known - errors.BY_CODE.keys() - {"MethodNotAllowed", "invalid"}
    assert left == set()


def test_the_field_that_was_refused_is_named():
    body = {
        "error": "RecordInvalid",
        "description": "Record validation errors",
        "details": {
            "email": [{"description": "Email: x is already being used", "error": "D"}]
        },
    }
    error = errors.classify(422, body, {})
    assert isinstance(error, engine_errors.InvalidRecord)
    assert error.params["property"] == "email"
    assert error.params["duplicate"]
    assert "already being used" in error.message


def test_addresses_of_people_are_not_repeated():
    body = {"error": "RecordInvalid", "description": "ada@acme.example is taken"}
    error = errors.classify(422, body, {})
    assert "ada@acme.example" not in f"{error.message}{error.params}"


def test_older_and_newer_shapes_are_read():
    older = errors.classify(400, {"error": {"title": "T", "message": "M"}}, {})
    newer = errors.classify(400, {"errors": [{"code": "C", "title": "N"}]}, {})
    assert (older.message, newer.message) == ("M", "N")


def test_a_closed_ticket_says_so():
    body = {"error": "RecordInvalid", "description": facts.TEXT_CLOSED}
    assert errors.classify(422, body, {}).code == "zendesk_ticket_closed"


def test_a_limit_names_the_time_of_another_try():
    now = datetime.datetime.now(datetime.UTC)
    told = errors.classify(429, {}, {"Retry-After": "7"})
    assert 5 <= (told.retry_at - now).total_seconds() <= 9
    silent = errors.classify(429, {}, {})
    assert 55 <= (silent.retry_at - now).total_seconds() <= 65


ACCOUNT = {"X-Rate-Limit-Remaining": "0"}
EXPORTS = {
    "X-Rate-Limit-Remaining": "150",
    "Zendesk-RateLimit-incremental-exports": "total=10; remaining=0; resets=42",
}
TICKET = {
    "X-Rate-Limit-Remaining": "150",
    "zendesk-ratelimit-tickets-update": "total=100; remaining=70; resets=42",
}
TICKETS = TICKET | {
    "zendesk-ratelimit-tickets-update": "total=100; remaining=0; resets=42"
}


@pytest.mark.parametrize(
    ("headers", "kind", "code"),
    [
        (ACCOUNT, engine_errors.RateLimited, "rate_limited"),
        ({}, engine_errors.RateLimited, "rate_limited"),
        (EXPORTS, engine_errors.RateLimited, engine_errors.BUDGET_SPENT),
        (TICKET, engine_errors.TransientError, "zendesk_ticket_limit"),
        (TICKETS, engine_errors.RateLimited, engine_errors.BUDGET_SPENT),
    ],
)
def test_whose_limit_it_is_decides_who_waits(headers, kind, code):
    body = {"error": "APIRateLimitExceeded", "description": facts.TEXT_429}
    error = errors.classify(429, body, headers)
    assert type(error) is kind
    assert error.code == code
    assert error.retry_at


def test_a_wrong_token_is_told_and_not_repeated(zendesk, zendesk_client):
    error = failure(zendesk_client("wrong-token-of-ours").get, "api/v2/users/me")
    assert isinstance(error, engine_errors.AuthenticationError)
    assert "wrong-token-of-ours" not in f"{error.request}{error.response}{error}"


def test_a_blip_is_asked_again_at_once(zendesk, zendesk_client):
    zendesk.faults.add("status", status=503)
    assert zendesk_client().get("api/v2/users/me").status == 200


def test_a_503_that_names_a_time_waits_in_the_queue(zendesk, zendesk_client):
    zendesk.faults.add("status", status=503, retry_after=120)
    error = failure(zendesk_client().get, "api/v2/users/me")
    assert isinstance(error, engine_errors.TransientError)
    assert error.retry_at


@pytest.mark.parametrize("code", ["invalid_grant", "invalid_client", "invalid_scope"])
def test_who_is_not_let_in_is_an_authentication_error(code):
    for status in (400, 401):
        error = errors.classify_sign_in(status, {"error": code}, {})
        assert isinstance(error, engine_errors.AuthenticationError)
        assert error.params["reason"] == code


def test_a_token_endpoint_that_is_down_is_not_our_fault():
    error = errors.classify_sign_in(503, {}, {})
    assert isinstance(error, engine_errors.TransientError)
