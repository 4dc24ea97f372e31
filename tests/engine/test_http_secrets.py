"""A secret is in the request and nowhere else."""

import string
import traceback

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_hubspot.hubspot.errors import classify

from .vendor import closed_port

# Any characters that a header can hold; begins as no other text here does.
tokens = st.text(
    string.ascii_letters + string.digits + string.punctuation, min_size=6, max_size=70
).map("Zq".__add__)


def texts(value):
    """All texts within a value, and within what it is made of."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from texts(key)
            yield from texts(item)
    elif isinstance(value, list | tuple | set):
        for item in value:
            yield from texts(item)
    elif isinstance(value, errors.ConnectorError):
        yield from texts(vars(value))
        yield from texts(value.args)
        yield str(value)
        yield repr(value)
        yield "".join(traceback.format_exception(value))
    elif value is not None:
        yield str(value)


def assert_secret(secret, call, *args):
    """The call fails, and nothing about the error tells the secret or most of it."""
    with pytest.raises(errors.ConnectorError) as caught:
        call(*args)
    told = list(texts(caught.value))
    assert told
    for text in told:
        assert secret not in text
        assert secret[:8] not in text
    return caught.value


@given(
    token=tokens,
    status=st.sampled_from([400, 401, 403, 404, 409, 429, 500, 503]),
    content_type=st.sampled_from(["application/json", "text/html", "text/plain"]),
    vendor_table=st.booleans(),
)
def test_a_vendor_that_repeats_the_token_does_not_spread_it(
    vendor, client_of, token, status, content_type, vendor_table
):
    vendor.echo_status, vendor.echo_type = status, content_type
    client = client_of(
        vendor,
        headers={"Authorization": f"Bearer {token}"},
        classify=classify if vendor_table else None,
    )

    assert_secret(token, client.get, "echo")


@given(token=tokens, padding=st.sampled_from([0, 280, 290, 295, 980, 990, 995, 2990]))
@settings(max_examples=40)
def test_no_half_of_a_token_is_left_where_an_answer_is_cut(
    vendor, client_of, token, padding
):
    vendor.echo_status, vendor.echo_padding = 400, "x" * padding + " "
    client = client_of(
        vendor, headers={"Authorization": f"Token {token}"}, classify=classify
    )

    assert_secret(token, client.get, "echo")


@given(token=tokens)
@settings(max_examples=20)
def test_a_good_status_with_a_bad_body_does_not_spread_it_either(
    vendor, client_of, token
):
    vendor.echo_status, vendor.echo_type = 200, "text/html"
    client = client_of(vendor, headers={"X-Api-Key": token, "Authorization": token})

    error = assert_secret(token, client.get, "echo")

    assert error.code == "web_page"


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "drop"},
        {"kind": "drop_half"},
        {"kind": "malformed"},
        {"kind": "html"},
        {"kind": "revoked"},
        {"kind": "rate_limit"},
    ],
    ids=str,
)
def test_no_fault_brings_the_token_to_light(hubspot, hubspot_client, fault):
    token = "pat-na1-12345678-abcd"
    hubspot.set_tokens({token: None})
    hubspot.faults.add(times=None, **fault)

    assert_secret(token, hubspot_client(token=token).get, "crm/v3/objects/companies")


@pytest.mark.parametrize("token", ["Zq-secret€-token", "Zq-secret\n-token"])
def test_a_token_that_can_not_be_sent_is_not_told(vendor, client_of, token):
    client = client_of(vendor, headers={"Authorization": f"Bearer {token}"})

    assert_secret(token, client.get, "thing")


@pytest.mark.parametrize("scheme", ["http://", "https://", ""])
@pytest.mark.parametrize("host", ["127.0.0.1:{port}", "127.0.0.1:99999", "[::1"])
def test_a_password_in_the_address_is_not_told(client_of, scheme, host):
    password = "Zq5ecr3tPass"
    address = f"{scheme}somebody:{password}@{host.format(port=closed_port())}"

    assert_secret(password, client_of(address).get, "thing")


def test_a_password_in_the_address_is_not_told_by_an_answer(vendor, client_of):
    password = "Zq5ecr3tPass"
    address = vendor.url.replace("://", f"://somebody:{password}@")
    vendor.faults.add("status", status=400)

    error = assert_secret(password, client_of(address).get, "thing")

    assert error.params["host"] == vendor.url


def test_what_is_asked_for_is_not_kept_with_an_error(vendor, client_of):
    vendor.faults.add("status", status=400)

    with pytest.raises(errors.InvalidRecord) as caught:
        client_of(vendor).get("thing", {"email": "jane@example.com", "key": "Zq123"})

    assert caught.value.request["url"] == f"{vendor.url}/thing"


def test_a_debug_log_shows_no_secret(vendor, client_of, caplog):
    client = client_of(vendor, headers={"Authorization": "Bearer Zq-secret-token"})
    name = "odoo.addons.connector_base.providers.http_client"

    with caplog.at_level("DEBUG", logger=name):
        client.get("thing", {"hapikey": "Zq-secret-token"})

    records = [record for record in caplog.records if record.name == name]
    assert "GET" in records[0].getMessage()
    assert not any("Zq-secret" in record.getMessage() for record in records)


def test_a_prepared_request_is_not_kept_with_an_error(vendor, client_of):
    vendor.faults.add("drop", times=None)

    with pytest.raises(errors.TransientError) as caught:
        client_of(vendor).get("thing")

    assert not any(
        isinstance(value, requests.PreparedRequest | requests.Response)
        for value in vars(caught.value).values()
    )
