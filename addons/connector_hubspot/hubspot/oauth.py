"""Tokens of an app that signs in by OAuth: each is good for half an hour.

Source: https://developers.hubspot.com/docs/api-reference/latest/authentication/manage-oauth-tokens
(form-encoded, grant ``refresh_token``; the answer's ``expires_in`` in seconds says when
the token ends, and a refresh token in it takes the place of the old one). The 400 that
names what is wrong in ``status`` [3P].

How a person lets the app in. Sources, below
https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication:
[A] oauth/working-with-oauth, [B] scopes; [O] OpenAPI document of auth OAuth, 2026-09:

================  ==================================================================
page              https://app.hubspot.com/oauth/authorize; with the id of an account
                  before ``authorize`` it is for that account [S A]
PKCE              the page names no ``code_challenge`` [S A], although the token
                  endpoint lists a ``code_verifier`` [S O], which apps for MCP use:
                  none is sent. The client secret and the state protect the code
redirect address  one of the app's, letter by letter; https, or localhost [S A; M for
                  localhost]
scopes            with blanks between. All that the app requires must be named; those
                  that it requires on condition are asked for where they are named;
                  what the app doesn't have fails on the page [S A, B]
code              good once [S A], for about a minute [M]
tokens            form with ``client_id``, ``client_secret``, ``code``,
                  ``redirect_uri``; the answer has ``access_token``,
                  ``refresh_token``, ``expires_in``, ``hub_id``, ``scopes`` (a list)
                  [S O]; v1 answered without the last two [S]
refresh token     the same again, or the next one; it doesn't end by itself [S A]
revocation        POST ``token``, ``client_id``, ``client_secret`` to
                  ``/oauth/{version}/token/revoke`` [S O]; not in v1's address. It ends
                  the refresh token, the app stays installed [M]
================  ==================================================================
"""

import datetime
import urllib.parse

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.oauth import Grant, granted_scopes
from odoo.addons.connector_base.engine.tokens import Token
from odoo.addons.connector_base.providers.http_client import HttpClient

from .endpoints import API_DOMAIN, AUTHORIZE_URL, OAUTH_VERSIONS, path
from .errors import VENDOR
from .errors import classify as classify_answer

#: Credentials that a token is got with; the vendor may replace the last one.
CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN = "client_id", "webhook_secret", "refresh_token"
NEEDS = (CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN)
ROTATING = (REFRESH_TOKEN,)
#: Seconds that a token is good for where the answer doesn't tell. [S the guide]
LIFETIME = 1800


def classify(status, body, headers):
    """The error of an answer of the token endpoint: its 400 means that nobody is let
    in."""
    error = classify_answer(status, body, headers)
    if status != 400:
        return error
    reason = str(body.get("status") or "") if isinstance(body, dict) else ""
    return errors.AuthenticationError(
        error.message,
        code="grant_refused",
        params={"reason": reason, **error.params},
        request_id=error.request_id,
    )


def renewer(base_url, version, session=None):
    """What asks HubSpot for a new token.

    :param version: that of the API; the endpoint's own is tried where it lacks that one
    :return: ``(secrets) -> engine.tokens.Token``
    """

    def ask(secrets):
        client = HttpClient(base_url, vendor=VENDOR, classify=classify, session=session)
        form = {
            "grant_type": "refresh_token",
            "client_id": secrets[CLIENT_ID],
            "client_secret": secrets[CLIENT_SECRET],
            "refresh_token": secrets[REFRESH_TOKEN],
        }
        return _token(_post(client, version, form), secrets[REFRESH_TOKEN])

    return ask


def authorize_url(base_url, portal=None):
    """The page where a person lets the app in.

    :param portal: id of the account that it must be, where that is known
    """
    host = urllib.parse.urlsplit(base_url).hostname or ""
    ours = host == API_DOMAIN or host.endswith(f".{API_DOMAIN}")
    account = f"/{urllib.parse.quote(portal, safe='')}" if portal else ""
    return f"{AUTHORIZE_URL if ours else base_url.rstrip('/')}/oauth{account}/authorize"


def exchanger(base_url, version, session=None):
    """What asks HubSpot for the tokens of a code.

    :return: ``(secrets, engine.oauth.Code) -> engine.oauth.Grant``
    """

    def exchange(secrets, code):
        client = HttpClient(base_url, vendor=VENDOR, classify=classify, session=session)
        form = {
            **code.form(),
            "client_id": secrets[CLIENT_ID],
            "client_secret": secrets[CLIENT_SECRET],
        }
        # Never sent twice by itself: a code that comes again may end what it gave.
        data = _post(client, version, form, again=False)
        return Grant(_token(data, ""), granted_scopes(data.get("scopes")))

    return exchange


def revoker(base_url, version, session=None):
    """What ends what a person has granted.

    :return: ``(secrets, client) -> None``
    """

    def revoke(secrets, _signed=None):
        client = HttpClient(base_url, vendor=VENDOR, classify=classify, session=session)
        form = {
            "client_id": secrets[CLIENT_ID],
            "client_secret": secrets[CLIENT_SECRET],
            "token": secrets[REFRESH_TOKEN],
            "token_type_hint": "refresh_token",
        }
        dated = version if not version.startswith("v") else OAUTH_VERSIONS[0]
        _post(client, dated, form, below="/revoke")

    return revoke


def _post(client, version, form, again=True, below=""):
    versions = list(dict.fromkeys((version, *OAUTH_VERSIONS)))
    for number, each in enumerate(versions, start=1):
        try:
            # It changes no record: a dry run signs in, too.
            where = f"{path('oauth', each)}{below}"
            return client.request("POST", where, data=form, reads=again).data
        except errors.RemoteNotFound:
            if number == len(versions):
                raise
    raise AssertionError("unreachable")


def _token(data, refresh_token):
    """The documents of older and newer versions spell the names differently."""
    value = data.get("access_token") or data.get("accessToken")
    seconds = data.get("expires_in") or data.get("expiresIn") or LIFETIME
    newer = data.get("refresh_token") or data.get("refreshToken")
    if not value:
        raise errors.TransientError(
            f"{VENDOR} gave no token.", code="malformed", params={"vendor": VENDOR}
        )
    ends = datetime.datetime.now(datetime.UTC) + datetime.timedelta(
        seconds=float(seconds)
    )
    rotated = newer and newer != refresh_token
    return Token(value, ends, {REFRESH_TOKEN: newer} if rotated else {})
