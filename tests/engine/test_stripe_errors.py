import datetime

import pytest
import requests

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_billing.providers.stripe import errors as stripe_errors
from odoo.addons.connector_billing.providers.stripe.errors import classify


def told(status, headers=None, **error):
    headers = requests.structures.CaseInsensitiveDict(headers or {})
    return classify(status, {"error": error}, headers)


@pytest.mark.parametrize("status", sorted(stripe_errors.BY_STATUS))
def test_each_status_has_its_class(status):
    expected, code = stripe_errors.BY_STATUS[status]

    error = told(status, message="No.")

    assert type(error) is expected and error.code == code


@pytest.mark.parametrize("code", sorted(stripe_errors.BY_CODE))
def test_a_code_says_more_than_the_status(code):
    expected, ours = stripe_errors.BY_CODE[code]

    error = told(400, type="invalid_request_error", code=code)

    assert type(error) is expected and error.code == ours


@pytest.mark.parametrize("kind", sorted(stripe_errors.BY_TYPE))
def test_a_type_says_more_than_the_status(kind):
    expected, ours = stripe_errors.BY_TYPE[kind]

    assert type(told(400, type=kind)) is expected
    assert told(400, type=kind).code == ours


@pytest.mark.parametrize(
    ("status", "expected"),
    [(418, errors.InvalidRecord), (508, errors.TransientError)],
)
def test_what_no_table_names_goes_by_its_kind(status, expected):
    assert type(told(status)) is expected
    assert type(classify(status, "<html>", {})) is expected


def test_a_declined_card_says_why():
    error = told(
        402,
        type="card_error",
        code="card_declined",
        decline_code="insufficient_funds",
        message="Your card has insufficient funds.",
    )

    assert error.code == "declined"
    assert error.params["decline_code"] == "insufficient_funds"
    assert error.params["vendor_code"] == "card_declined"
    assert error.message == "Your card has insufficient funds."


def test_what_a_parameter_names_and_isn_t_there_is_no_record_that_is_gone():
    """A subscription of a deleted customer is refused, and may be made later."""
    asked = told(404, code="resource_missing", param="id")
    named = told(400, code="resource_missing", param="customer")

    assert type(asked) is errors.RemoteNotFound
    assert type(named) is errors.InvalidRecord
    assert stripe_errors.is_missing(asked) and stripe_errors.is_missing(named)
    assert not stripe_errors.is_missing(told(400, code="parameter_missing"))


def test_a_refused_parameter_is_named():
    error = told(400, type="invalid_request_error", param="items[0][price]")

    assert error.params["property"] == "items[0][price]"


def test_a_lock_is_tried_again_and_no_limit():
    """Else all jobs of the connection would wait for one object's lock."""
    error = told(429, code="lock_timeout", type="invalid_request_error")

    assert type(error) is errors.TransientError


def test_a_limit_names_its_time_or_gets_one():
    now = datetime.datetime.now(datetime.UTC)

    assert told(429).retry_at > now
    assert told(429, {"Retry-After": "30"}).retry_at > now + datetime.timedelta(
        seconds=25
    )
    assert told(429, {"Stripe-Rate-Limited-Reason": "global-rate"}).params["limit"]


def test_what_stripe_says_may_pass_is_tried_again():
    assert type(told(400, {"Stripe-Should-Retry": "true"})) is errors.TransientError
    assert type(told(429, {"Stripe-Should-Retry": "true"})) is errors.RateLimited


def test_a_missing_permission_is_named():
    error = told(
        403,
        message="The provided key 'rk_test_***' does not have the required permissions"
        " for this endpoint. Having the 'rak_invoice_read' permission would allow this"
        " request to continue.",
    )

    assert type(error) is errors.PermissionDenied
    assert error.params["scope"] == "rak_invoice_read"


def test_keys_and_addresses_are_masked():
    error = told(401, message="Invalid API Key provided: sk_live_abcdefgh12345678")

    assert "abcdefgh" not in error.message
    assert "ada@" not in told(400, message="No such ada@acme.example").message


def test_a_repeated_answer_is_known():
    assert told(500, {"Idempotent-Replayed": "true"}).params["replayed"]
    assert "replayed" not in told(500).params
