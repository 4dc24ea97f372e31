"""Signing in, and signing in again where a session is over."""

import base64
import json

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from odoo.addons.connector_base.engine.tokens import Tokens
from odoo.addons.connector_base.providers.http_client import HttpClient
from odoo.addons.connector_salesforce.salesforce import auth, errors

from .vendor import failure

QUERY = "services/data/v67.0/limits"


@pytest.fixture(scope="module")
def key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem(key, kind=serialization.PrivateFormat.PKCS8, secret=None):
    encryption = (
        serialization.BestAvailableEncryption(secret)
        if secret
        else serialization.NoEncryption()
    )
    return key.private_bytes(serialization.Encoding.PEM, kind, encryption).decode()


def public(key):
    return (
        key.public_key()
        .public_bytes(
            serialization.Encoding.PEM,
            serialization.PublicFormat.SubjectPublicKeyInfo,
        )
        .decode()
    )


@pytest.fixture
def door(salesforce):
    """A client for the token endpoint."""
    return HttpClient(
        salesforce.url,
        vendor=errors.VENDOR,
        classify=errors.classify,
        clock=salesforce.clock.now,
        sleep=lambda seconds: None,
    )


@pytest.fixture
def secrets(salesforce, key):
    salesforce.auth.public_key = public(key)
    return {
        "consumer_key": salesforce.auth.key,
        "consumer_secret": salesforce.auth.secret,
        "username": salesforce.auth.username,
        "private_key": pem(key),
    }


def signed_in(salesforce_client, ask):
    """A client that signs in by ``ask`` whenever it needs to."""
    return salesforce_client(tokens=Tokens(lambda refused: ask()))


def test_client_credentials_open_the_org(door, secrets, salesforce_client):
    client = signed_in(
        salesforce_client, lambda: auth.by_client_credentials(door, secrets)
    )
    assert client.get(QUERY).data


def test_a_signed_assertion_opens_the_org(door, secrets, salesforce_client):
    client = signed_in(salesforce_client, lambda: auth.by_jwt(door, secrets))
    assert client.get(QUERY).data


def test_an_audience_of_ones_own(door, secrets, salesforce):
    audience = "https://test.salesforce.com"
    error = failure(auth.by_jwt, door, secrets, audience)
    assert "audience" in error.params["detail"]
    salesforce.auth.audiences = (audience,)
    assert auth.by_jwt(door, secrets, audience).value


def test_the_assertion_says_who_for_whom_and_until_when(door, secrets, key, clock):
    claims = {"iss": "key", "aud": "https://x.example"}
    head, body, signature = auth.sign(claims, secrets["private_key"]).split(".")
    decoded = [
        json.loads(base64.urlsafe_b64decode(part + "==")) for part in (head, body)
    ]
    assert decoded == [{"alg": "RS256", "typ": "JWT"}, claims]
    assert "=" not in head + body + signature


@pytest.mark.parametrize(
    "kind",
    [serialization.PrivateFormat.PKCS8, serialization.PrivateFormat.TraditionalOpenSSL],
)
def test_a_key_that_a_form_has_put_into_one_line_is_read(key, kind):
    text = pem(key, kind)
    for spelling in (
        text,
        text.replace("\n", ""),
        text.replace("\n", " "),
        f" {text} ",
    ):
        assert auth.load_key(spelling).private_numbers() == key.private_numbers()


def test_what_is_no_key_is_told_without_repeating_it(key):
    curve = ec.generate_private_key(ec.SECP256R1())
    for text in ("secret-nonsense", pem(curve), pem(key, secret=b"phrase")):
        error = failure(auth.load_key, text)
        assert (error.error_class, error.code) == ("authentication", "wrong_key")
        assert text[:15] not in str(error)
        assert text[40:60] == "" or text[40:60] not in str(error)


@pytest.mark.parametrize(
    "wrong, reason",
    [
        ({"consumer_key": "another"}, "invalid_client_id"),
        ({"consumer_secret": "another"}, "invalid_client"),
    ],
)
def test_wrong_credentials_are_for_an_administrator(door, secrets, wrong, reason):
    error = failure(auth.by_client_credentials, door, {**secrets, **wrong})
    assert (error.error_class, error.code) == ("authentication", "sign_in_refused")
    assert error.params["reason"] == reason


def test_a_user_who_has_not_allowed_the_app(door, secrets):
    error = failure(auth.by_jwt, door, {**secrets, "username": "x@y.example"})
    assert "approved" in error.params["detail"]


def test_a_session_that_ends_in_between_is_renewed(
    door, secrets, salesforce, salesforce_client
):
    client = signed_in(
        salesforce_client, lambda: auth.by_client_credentials(door, secrets)
    )
    client.get(QUERY)
    salesforce.revoke()
    assert client.get(QUERY).data
    assert salesforce.auth.issued == 2


def test_a_vendor_in_trouble_is_no_wrong_password(door, secrets, salesforce):
    salesforce.faults.add("status", status=503, times=None, path="token")
    error = failure(auth.by_client_credentials, door, secrets)
    assert error.error_class == "transient"
