"""Tokens: by client credentials, or by a refresh token that is good once.

https://developer.zendesk.com/api-reference/ticketing/oauth/grant_type_tokens/ [S]:
``client_credentials`` gives an access token for who made the client; a refresh gives
both tokens anew and ends the old ones. API tokens can't be made since 2026-10-27 and
end on 2027-04-30 [S oauth-migration]: they are not offered.

How a person lets the client in; pages below developer.zendesk.com named by their last
part, [H] support.zendesk.com/hc/en-us/articles/4408845965210:

================  ==================================================================
page              ``/oauth/authorizations/new`` of the account [S H]
PKCE              S256 only; must for public clients, may for confidential ones, with
                  the secret as well [S oauth-pkce, H]
redirect address  one of the client's, letter by letter; https, or localhost and
                  127.0.0.1 [S H]
scopes            with blanks between: ``read``, ``write``, ``<resource>:read`` [S
                  grant_type_tokens]
code              good once, for 120 seconds [S H]
tokens            JSON or a form with client, code, ``redirect_uri``, ``scope``,
                  ``code_verifier``; the answer has ``access_token``,
                  ``refresh_token``, ``scope``, ``expires_in``,
                  ``refresh_token_expires_in`` [S grant_type_tokens]
refresh token     good once; ends, within 90 days, if nobody uses it [S refresh-token]
revocation        DELETE ``/api/v2/oauth/tokens/current``, signed with the token that
                  ends [S revoking-oauth-token]; its refresh token ends with it [M]
================  ==================================================================
"""

import datetime

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.oauth import Grant, granted_scopes
from odoo.addons.connector_base.engine.tokens import Token

from .endpoints import READING, REVOKE_PATH, TOKEN_PATH, WRITING
from .errors import VENDOR

CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN = "client_id", "client_secret", "refresh_token"
NEEDS = (CLIENT_ID, CLIENT_SECRET)
ROTATING = (REFRESH_TOKEN,)


def scope_of(writes):
    """What a token is asked for.

    :param writes: whether anything is sent
    """
    return f"{READING} {WRITING}" if writes else READING


def by_client_credentials(client, secrets, scope):
    """Sign in as the administrator who made the client.

    :param client: ``HttpClient`` of the account, without a token
    :param secrets: ``client_id``, ``client_secret``
    :param scope: as :func:`scope_of` gives it
    :return: ``engine.tokens.Token``
    """
    form = {"grant_type": "client_credentials", "scope": scope}
    return _token(client, _ask(client, secrets, form))


def by_code(client, scope, secrets, code):
    """Sign in as the user who has allowed the client to.

    :param scope: as it was asked for on the page
    :param secrets: ``client_id``, ``client_secret``
    :param code: ``engine.oauth.Code``
    :return: ``engine.oauth.Grant``
    """
    # Never sent twice by itself: a code that comes again may end what it gave.
    data = _ask(client, secrets, {**code.form(), "scope": scope}, again=False)
    return Grant(_token(client, data, ""), granted_scopes(data.get("scope")))


def revoke(_secrets, client):
    """End what the user has granted.

    :param client: ``HttpClient`` of the account, signed with the token
    """
    client.request("DELETE", REVOKE_PATH)


def by_refresh_token(client, secrets):
    """Go on for a user who has allowed the client to.

    :param secrets: ``client_id``, ``client_secret``, ``refresh_token``
    :return: ``engine.tokens.Token`` with the refresh token that comes next
    """
    refresh = secrets[REFRESH_TOKEN]
    form = {"grant_type": "refresh_token", "refresh_token": refresh}
    return _token(client, _ask(client, secrets, form), refresh)


def _ask(client, secrets, form, again=True):
    form = form | {name: secrets[name] for name in NEEDS}
    # It changes no record: a dry run signs in, too.
    data = client.post(TOKEN_PATH, form, reads=again).data
    return data if isinstance(data, dict) else {}


def _token(client, data, refresh=None):
    """:param refresh: token that it was got with; an answer may have the next one"""
    value = data.get("access_token")
    if not isinstance(value, str) or not value:
        raise errors.TransientError(
            f"{VENDOR} gave no token.", code="malformed", params={"vendor": VENDOR}
        )
    lifetime, ends = data.get("expires_in"), None
    if isinstance(lifetime, int) and lifetime > 0:
        ends = client.clock() + datetime.timedelta(seconds=lifetime)
    newer = data.get("refresh_token")
    rotated = refresh is not None and newer and newer != refresh
    return Token(value, ends, {REFRESH_TOKEN: newer} if rotated else {})
