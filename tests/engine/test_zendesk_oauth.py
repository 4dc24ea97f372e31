"""Signing in to Zendesk, and signing in again."""

import pytest
from simulators.zendesk import CLIENT_ID, SECRET

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.tokens import Tokens
from odoo.addons.connector_base.providers.http_client import HttpClient
from odoo.addons.connector_support.providers.zendesk import errors as answers
from odoo.addons.connector_support.providers.zendesk import oauth
from odoo.addons.connector_support.providers.zendesk.provider import (
    ConnectorProviderZendesk,
)

from .vendor import failure

ME = "api/v2/users/me"


@pytest.fixture
def door(zendesk):
    """A client for the token endpoint."""
    return HttpClient(
        zendesk.url,
        vendor=answers.VENDOR,
        classify=answers.classify_sign_in,
        clock=zendesk.clock.now,
        sleep=lambda seconds: None,
    )


@pytest.fixture
def secrets():
    return {"client_id": CLIENT_ID, "client_secret": SECRET}


def test_a_client_gets_a_token_that_ends(zendesk, door, secrets):
    token = oauth.by_client_credentials(door, secrets, "read")
    assert 0 < (token.expires_at - zendesk.clock.now()).total_seconds() <= 172_800
    assert token.secrets == {}
    assert token.value not in repr(token)


def test_who_only_reads_is_given_no_more(zendesk, door, secrets, zendesk_client):
    assert (oauth.scope_of(False), oauth.scope_of(True)) == ("read", "read write")
    token = oauth.by_client_credentials(door, secrets, oauth.scope_of(False))
    client = zendesk_client(token.value)
    assert client.get(ME).status == 200
    body = {"organization": {"name": "Acme"}}
    error = failure(client.post, "api/v2/organizations", body)
    assert isinstance(error, errors.PermissionDenied)
    assert "write" in error.params["scope"]


def test_a_refresh_gives_both_tokens_and_ends_the_old_ones(zendesk, door, secrets):
    access, refresh = zendesk.oauth.grant()
    token = oauth.by_refresh_token(door, {**secrets, "refresh_token": refresh})
    assert token.value != access
    [(name, newer)] = token.secrets.items()
    assert name == "refresh_token"
    assert newer != refresh
    error = failure(oauth.by_refresh_token, door, {**secrets, "refresh_token": refresh})
    assert isinstance(error, errors.AuthenticationError)
    assert error.code == "zendesk_sign_in_refused"
    assert oauth.by_refresh_token(door, {**secrets, "refresh_token": newer}).value


def test_a_token_that_has_ended_is_replaced_once(
    zendesk, door, secrets, zendesk_client
):
    asked = []

    def fetch(refused):
        asked.append(refused)
        return oauth.by_client_credentials(door, secrets, "read")

    client = zendesk_client(tokens=Tokens(fetch, zendesk.clock.now))
    client.get(ME)
    zendesk.revoke(next(iter(zendesk.access.tokens.keys() - {zendesk.token})))
    assert client.get(ME).status == 200
    assert len(asked) == 2


@pytest.mark.parametrize("wrong", ["client_id", "client_secret"])
def test_a_wrong_client_is_told_without_its_secret(zendesk, door, secrets, wrong):
    given = {**secrets, wrong: "something wrong"}
    error = failure(oauth.by_client_credentials, door, given, "read")
    assert isinstance(error, errors.AuthenticationError)
    assert error.params["reason"] == "invalid_client"
    assert SECRET not in f"{error.request}{error.response}{error.params}"


def test_an_answer_without_a_token_is_tried_again(zendesk, door, secrets):
    zendesk.faults.add("status", path="/oauth/tokens", status=503)
    assert oauth.by_client_credentials(door, secrets, "read").value


def test_a_token_tells_what_it_may(zendesk, zendesk_client):
    client = zendesk_client()
    client.get(ME)
    granted = ConnectorProviderZendesk._granted_scopes(None, client)
    assert list(granted) == ["read", "write"]
