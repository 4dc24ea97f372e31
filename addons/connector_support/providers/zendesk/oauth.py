"""Tokens: by client credentials, or by a refresh token that is good once.

https://developer.zendesk.com/api-reference/ticketing/oauth/grant_type_tokens/ [S]:
``client_credentials`` gives an access token for who made the client; a refresh gives
both tokens anew and ends the old ones. API tokens can't be made since 2026-10-27 and
end on 2027-04-30 [S oauth-migration]: they are not offered.
"""

import datetime

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.tokens import Token

from .endpoints import READING, TOKEN_PATH, WRITING
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
    return _token(client, secrets, {"grant_type": "client_credentials", "scope": scope})


def by_refresh_token(client, secrets):
    """Go on for a user who has allowed the client to.

    :param secrets: ``client_id``, ``client_secret``, ``refresh_token``
    :return: ``engine.tokens.Token`` with the refresh token that comes next
    """
    refresh = secrets[REFRESH_TOKEN]
    form = {"grant_type": "refresh_token", "refresh_token": refresh}
    return _token(client, secrets, form, refresh)


def _token(client, secrets, form, refresh=None):
    form |= {name: secrets[name] for name in NEEDS}
    # It changes no record: a dry run signs in, too.
    data = client.post(TOKEN_PATH, form, reads=True).data
    data = data if isinstance(data, dict) else {}
    value = data.get("access_token")
    if not isinstance(value, str) or not value:
        raise errors.TransientError(
            f"{VENDOR} gave no token.", code="malformed", params={"vendor": VENDOR}
        )
    lifetime, ends = data.get("expires_in"), None
    if isinstance(lifetime, int) and lifetime > 0:
        ends = client.clock() + datetime.timedelta(seconds=lifetime)
    newer = data.get("refresh_token")
    rotated = refresh and newer and newer != refresh
    return Token(value, ends, {REFRESH_TOKEN: newer} if rotated else {})
