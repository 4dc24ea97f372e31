"""What Chargebee answers, and what becomes of it."""

import datetime

import pytest

from odoo.addons.connector_base.engine import errors as engine_errors
from odoo.addons.connector_billing.providers.chargebee import ask, errors
from odoo.addons.connector_billing.providers.chargebee.endpoints import LISTINGS, path

CUSTOMERS = LISTINGS["customers"]
KINDS = [
    ("api_authentication_failed", 401, engine_errors.AuthenticationError),
    ("api_authorization_failed", 403, engine_errors.PermissionDenied),
    ("resource_not_found", 404, engine_errors.RemoteNotFound),
    ("param_wrong_value", 400, engine_errors.InvalidRecord),
    ("duplicate_entry", 400, engine_errors.InvalidRecord),
    ("invalid_state_for_request", 409, engine_errors.InvalidRecord),
    ("payment_processing_failed", 402, engine_errors.InvalidRecord),
    ("api_request_limit_exceeded", 429, engine_errors.RateLimited),
    ("lock_timeout", 503, engine_errors.TransientError),
    ("internal_temporary_error", 503, engine_errors.TransientError),
    ("internal_error", 500, engine_errors.TransientError),
    ("site_read_only_mode", 503, engine_errors.TransientError),
]


@pytest.mark.parametrize(("code", "status", "kind"), KINDS)
def test_each_code_has_its_class(code, status, kind):
    error = errors.classify(status, {"api_error_code": code, "message": "No."}, {})
    assert isinstance(error, kind)
    assert error.params["vendor_code"] == code


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 429, 500, 502, 503, 504])
def test_a_body_that_says_nothing_is_known_by_its_status(status):
    for body in ({}, "Bad gateway", [], {"message": None}):
        error = errors.classify(status, body, {})
        assert isinstance(error, engine_errors.ConnectorError)
        assert error.code


def test_a_missing_reference_of_a_write_is_a_refusal():
    body = {"api_error_code": "resource_not_found", "param": "item_id", "message": "x"}
    error = errors.classify(404, body, {})
    assert isinstance(error, engine_errors.InvalidRecord)
    assert error.params["property"] == "item_id"


def test_a_request_that_is_still_worked_on_is_tried_again():
    body = {
        "api_error_code": "invalid_state_for_request",
        "message": "The previous request is still in progress. Please retry",
    }
    assert isinstance(errors.classify(409, body, {}), engine_errors.TransientError)


def test_a_limit_names_the_time_of_another_try():
    now = datetime.datetime.now(datetime.UTC)
    told = errors.classify(429, {}, {"Retry-After": "7"})
    assert 5 <= (told.retry_at - now).total_seconds() <= 9
    silent = errors.classify(429, {}, {})
    assert 55 <= (silent.retry_at - now).total_seconds() <= 65


def test_the_site_refuses_a_wrong_key(chargebee, chargebee_client):
    with pytest.raises(engine_errors.AuthenticationError) as caught:
        ask.page(chargebee_client(key="wrong"), CUSTOMERS)
    assert "wrong" not in str(caught.value.request)


def test_the_limit_of_a_plan_is_met(chargebee, chargebee_client):
    chargebee.meter.limit = 2
    client = chargebee_client()
    for _number in range(2):
        ask.page(client, CUSTOMERS)
    with pytest.raises(engine_errors.RateLimited) as caught:
        ask.page(client, CUSTOMERS)
    assert caught.value.retry_at


def test_a_blip_is_asked_again_at_once(chargebee, chargebee_client):
    chargebee.faults.add("status", status=503)
    assert ask.page(chargebee_client(), CUSTOMERS).status == 200


def test_a_write_whose_answer_was_lost_is_done_once(chargebee, chargebee_client):
    chargebee.faults.add("drop_half", method="POST")
    reply = ask.post(chargebee_client(), path("customers"), {"company": "Acme"})
    assert reply.headers["chargebee-idempotency-replayed"] == "true"
    assert len(chargebee.resources.rows("customer")) == 1


def test_long_keys_stay_different():
    one, two = ("x" * 200 + end for end in "ab")
    assert ask.shortened(one) != ask.shortened(two)
    assert len(ask.shortened(one)) == ask.KEY_LENGTH
    assert ask.shortened("short") == "short"
