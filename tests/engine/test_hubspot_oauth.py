"""Signing in by OAuth: tokens that end, and refresh tokens that are good once."""

import datetime

import pytest
from simulators.hubspot.access import Access

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.tokens import Token, Tokens
from odoo.addons.connector_hubspot.hubspot import oauth
from odoo.addons.connector_hubspot.hubspot.endpoints import VERSIONS

COMPANIES = "crm/objects/2026-09/companies"


@pytest.fixture
def secrets(hubspot):
    """What an administrator has entered."""
    return {
        "client_id": hubspot.oauth.client_id,
        "webhook_secret": hubspot.oauth.client_secret,
        "refresh_token": hubspot.oauth.grant(),
    }


@pytest.fixture
def ask(hubspot):
    def make(version=VERSIONS[0]):
        return oauth.renewer(hubspot.url, version)

    return make


def seconds_left(token):
    now = datetime.datetime.now(datetime.UTC)
    return (token.expires_at - now).total_seconds()


@pytest.mark.parametrize("version", [*VERSIONS, "2027-03"])
def test_a_refresh_token_gives_a_token_that_ends(hubspot, ask, secrets, version):
    token = ask(version)(secrets)
    assert token.value in hubspot.access.tokens
    assert 1790 < seconds_left(token) <= 1800
    assert token.secrets == {}


def test_a_refresh_token_that_is_good_once_is_replaced(hubspot, ask, secrets):
    hubspot.oauth.rotate = True
    first = ask()(secrets)
    second = ask()({**secrets, **first.secrets})
    assert first.value != second.value
    assert first.secrets["refresh_token"] != second.secrets["refresh_token"]
    with pytest.raises(errors.AuthenticationError) as caught:
        ask()(secrets)
    assert caught.value.code == "grant_refused"
    assert caught.value.params["reason"] == "BAD_REFRESH_TOKEN"


@pytest.mark.parametrize("name", ["client_id", "webhook_secret", "refresh_token"])
def test_whatever_is_wrong_of_it_is_a_matter_of_signing_in(ask, secrets, name):
    with pytest.raises(errors.AuthenticationError) as caught:
        ask()({**secrets, name: "something-else-entirely"})
    assert caught.value.code == "grant_refused"
    assert "something-else-entirely" not in repr(caught.value.__dict__)


def test_trouble_that_passes_is_none_of_signing_in(hubspot, ask, secrets):
    hubspot.faults.add("status", status=500, times=None, path="oauth")
    with pytest.raises(errors.TransientError):
        ask()(secrets)


def test_a_rate_limit_of_the_endpoint_is_one(hubspot, ask, secrets):
    hubspot.faults.add("rate_limit", times=None, path="oauth", retry_after=60)
    with pytest.raises(errors.RateLimited) as caught:
        ask()(secrets)
    assert caught.value.retry_at


@pytest.mark.parametrize(
    "answer",
    [
        {"access_token": "a", "expires_in": 60, "refresh_token": "new"},
        {"accessToken": "a", "expiresIn": 60, "refreshToken": "new"},
    ],
)
def test_both_spellings_of_the_documents_are_read(answer):
    token = oauth._token(answer, "old")
    assert (token.value, token.secrets) == ("a", {"refresh_token": "new"})
    assert 50 < seconds_left(token) <= 60


def test_an_answer_without_a_token_is_tried_again():
    with pytest.raises(errors.TransientError):
        oauth._token({"expires_in": 60}, "old")


def test_a_token_that_is_over_is_renewed_before_it_is_refused(
    hubspot, hubspot_client, ask, secrets
):
    hubspot.oauth.lifetime = 30  # less than the margin before its end
    tokens = Tokens(lambda refused: ask()(secrets))
    client = hubspot_client(tokens=tokens)
    client.get(COMPANIES)
    client.get(COMPANIES)
    assert hubspot.oauth.issued == 2
    assert hubspot.requests.count(status=401) == 0


def test_a_token_that_is_refused_all_the_same_is_renewed_once(
    hubspot, clock, hubspot_client, ask, secrets
):
    tokens = Tokens(lambda refused: ask()(secrets))
    client = hubspot_client(tokens=tokens)
    client.get(COMPANIES)
    clock.advance(3600)
    assert client.get(COMPANIES).status == 200
    assert hubspot.requests.count(status=401) == 1
    assert hubspot.oauth.issued == 2


def test_an_account_that_has_no_token_at_all_answers_so(hubspot, hubspot_client):
    assert isinstance(hubspot.access, Access)
    tokens = Tokens(lambda refused: Token("wrong"))
    with pytest.raises(errors.AuthenticationError) as caught:
        hubspot_client(tokens=tokens).get(COMPANIES)
    assert caught.value.code == "wrong_token"
