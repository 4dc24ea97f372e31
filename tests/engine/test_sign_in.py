"""A person signs in at each vendor that has such a flow, by the vendor's own rules."""

import functools
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from odoo.addons.connector_base.engine import errors, oauth
from odoo.addons.connector_base.providers.http_client import HttpClient
from odoo.addons.connector_hubspot.hubspot import oauth as hubspot_oauth
from odoo.addons.connector_hubspot.hubspot.endpoints import sign_in_scopes
from odoo.addons.connector_salesforce.salesforce import auth as salesforce_auth
from odoo.addons.connector_salesforce.salesforce import errors as salesforce_errors
from odoo.addons.connector_support.providers.zendesk import errors as zendesk_errors
from odoo.addons.connector_support.providers.zendesk import oauth as zendesk_oauth

from .vendor import failure

BACK = "https://odoo.example/connector/oauth/callback"


def door(vendor, classify, name):
    return HttpClient(
        vendor.url,
        vendor=name,
        classify=classify,
        clock=vendor.clock.now,
        sleep=lambda seconds: None,
    )


@pytest.fixture
def of_salesforce(salesforce):
    client = door(salesforce, salesforce_errors.classify, "Salesforce")
    auth = salesforce_auth
    return SimpleNamespace(
        vendor=salesforce,
        consent=salesforce.auth.consent,
        secrets={
            auth.CLIENT_ID: salesforce.auth.key,
            auth.CLIENT_SECRET: salesforce.auth.secret,
        },
        spec=oauth.OAuthSpec(
            f"{salesforce.url}/services/oauth2/authorize",
            auth.SCOPES,
            functools.partial(auth.by_code, client),
            functools.partial(auth.revoke, client),
            *auth.NEEDS,
            auth.TOKEN,
        ),
        refresh=functools.partial(auth.by_refresh_token, client),
    )


@pytest.fixture
def of_hubspot(hubspot):
    where = hubspot.url, "2026-09"
    return SimpleNamespace(
        vendor=hubspot,
        consent=hubspot.oauth.consent,
        secrets={
            hubspot_oauth.CLIENT_ID: hubspot.oauth.client_id,
            hubspot_oauth.CLIENT_SECRET: hubspot.oauth.client_secret,
        },
        spec=oauth.OAuthSpec(
            hubspot_oauth.authorize_url(hubspot.url, "4711"),
            sign_in_scopes({"companies": True, "quote_line_items": False}),
            hubspot_oauth.exchanger(*where),
            hubspot_oauth.revoker(*where),
            *hubspot_oauth.NEEDS,
            pkce=False,
        ),
        refresh=hubspot_oauth.renewer(*where),
    )


@pytest.fixture
def of_zendesk(zendesk):
    client = door(zendesk, zendesk_errors.classify_sign_in, "Zendesk")
    return SimpleNamespace(
        vendor=zendesk,
        consent=zendesk.oauth.consent,
        secrets={
            "client_id": zendesk.oauth.client_id,
            "client_secret": zendesk.oauth.client_secret,
        },
        spec=oauth.OAuthSpec(
            f"{zendesk.url}/oauth/authorizations/new",
            ("read", "write"),
            functools.partial(zendesk_oauth.by_code, client, "read write"),
            zendesk_oauth.revoke,
        ),
        refresh=functools.partial(zendesk_oauth.by_refresh_token, client),
    )


@pytest.fixture(params=["salesforce", "hubspot", "zendesk"])
def side(request):
    """One vendor, with the app's redirect address entered there."""
    return registered(request.getfixturevalue(f"of_{request.param}"))


def registered(side):
    side.consent.redirect_uris.add(BACK)
    return side


def visit(side):
    """Send the browser there; ``(what it comes back with, verifier)``."""
    verifier = oauth.random_text() if side.spec.pkce else None
    client_id = side.secrets[side.spec.client_id]
    address = oauth.authorize_address(side.spec, client_id, BACK, "st", verifier)
    answer = requests.get(address, allow_redirects=False, timeout=5)
    assert answer.status_code == 302, answer.text
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    return {name: value for name, [value] in query.items()}, verifier


def sign_in(side, **changed):
    back, verifier = visit(side)
    values = {"code": back["code"], "redirect_uri": BACK, "verifier": verifier}
    return side.spec.exchange(side.secrets, oauth.Code(**{**values, **changed}))


def test_a_code_gives_both_tokens_and_says_what_was_granted(side):
    grant = sign_in(side)
    assert grant.token.value
    assert set(grant.scopes) == set(side.spec.scopes)
    refresh = grant.token.secrets[side.spec.refresh_token]
    secrets = {**side.secrets, side.spec.refresh_token: refresh}
    assert side.refresh(secrets).value != grant.token.value


def test_who_grants_less_is_known_to(side):
    wanted = side.spec.scopes[0]
    side.consent.grants = {wanted, "refresh_token"}
    grant = sign_in(side)
    missing = oauth.missing_scopes(side.spec.scopes, grant.scopes)
    assert wanted not in missing
    assert missing == [s for s in side.spec.scopes if s not in side.consent.grants]


def test_a_code_that_is_late_used_or_of_another_address_is_refused(side):
    def refused(exchange):
        error = failure(exchange)
        assert isinstance(error, errors.AuthenticationError)
        assert not isinstance(error, errors.PermissionDenied)
        told = f"{error} {error.request} {error.response} {error.params}"
        assert side.secrets[side.spec.client_secret] not in told

    refused(lambda: sign_in(side, redirect_uri="https://other.example/"))
    back, verifier = visit(side)
    code = oauth.Code(back["code"], BACK, verifier)
    side.spec.exchange(side.secrets, code)
    refused(lambda: side.spec.exchange(side.secrets, code))
    back, verifier = visit(side)
    side.vendor.clock.advance(side.consent.seconds)
    late = oauth.Code(back["code"], BACK, verifier)
    refused(lambda: side.spec.exchange(side.secrets, late))


@pytest.mark.parametrize("name", ["salesforce", "zendesk"])
def test_a_code_without_its_verifier_is_refused(request, name):
    side = registered(request.getfixturevalue(f"of_{name}"))
    error = failure(sign_in, side, verifier=oauth.random_text())
    assert isinstance(error, errors.AuthenticationError)


def test_a_code_is_sent_once_whatever_becomes_of_it(side):
    side.vendor.faults.add("status", status=503, times=None, path="token")
    error = failure(sign_in, side)
    assert isinstance(error, errors.TransientError)
    assert side.vendor.requests.count(status=503) == 1


def test_a_wrong_secret_lets_nobody_in(side):
    side.secrets[side.spec.client_secret] = "something-else-entirely"
    error = failure(sign_in, side)
    assert isinstance(error, errors.AuthenticationError)
    assert "something-else-entirely" not in f"{error.__dict__}"


def test_signing_out_ends_what_was_granted(side, client_of):
    grant = sign_in(side)
    refresh = grant.token.secrets[side.spec.refresh_token]
    secrets = {**side.secrets, side.spec.refresh_token: refresh}
    bearer = {"Authorization": f"Bearer {grant.token.value}"}
    side.spec.revoke(secrets, client_of(side.vendor, headers=bearer))
    assert isinstance(failure(side.refresh, secrets), errors.AuthenticationError)


def test_an_app_of_salesforce_may_rotate_its_refresh_tokens(of_salesforce):
    side = registered(of_salesforce)
    side.vendor.auth.configure(rotate=True)
    first = sign_in(side).token.secrets[side.spec.refresh_token]
    secrets = {**side.secrets, side.spec.refresh_token: first}
    newer = side.refresh(secrets).secrets[side.spec.refresh_token]
    assert newer != first
    assert isinstance(failure(side.refresh, secrets), errors.AuthenticationError)


def test_salesforce_gives_nothing_that_lasts_without_its_scope(of_salesforce):
    side = registered(of_salesforce)
    side.consent.grants = {"api"}
    assert sign_in(side).token.secrets == {}


@pytest.mark.parametrize(
    ("address", "portal", "page"),
    [
        ("https://api.hubapi.com", None, "https://app.hubspot.com/oauth/authorize"),
        (
            "https://api-eu1.hubapi.com/",
            "47 1",
            "https://app.hubspot.com/oauth/47%201/authorize",
        ),
        ("https://nothubapi.com", None, "https://nothubapi.com/oauth/authorize"),
    ],
)
def test_hubspot_asks_people_at_its_own_pages(address, portal, page):
    assert hubspot_oauth.authorize_url(address, portal) == page


def test_hubspot_is_asked_for_no_more_than_what_flows_need():
    reading = sign_in_scopes({"companies": False, "deals": False})
    assert reading == (
        *("oauth", "crm.objects.owners.read", "crm.objects.companies.read"),
        *("crm.objects.deals.read", "crm.schemas.deals.read"),
    )
    assert not any(scope.endswith(".write") for scope in reading)
    assert set(sign_in_scopes({"price_books": True})) == {
        *("oauth", "crm.objects.owners.read", "crm.objects.products.read")
    }
    writing = set(sign_in_scopes({"companies": True})) - set(reading)
    assert writing == {"crm.objects.companies.write", "crm.schemas.companies.write"}
