"""Tokens of an app that signs in by OAuth: each is good for half an hour.

Source: https://developers.hubspot.com/docs/api-reference/latest/authentication/manage-oauth-tokens
(form-encoded, grant ``refresh_token``; the answer's ``expires_in`` in seconds says when
the token ends, and a refresh token in it takes the place of the old one). The 400 that
names what is wrong in ``status`` [3P].
"""

import datetime

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.tokens import Token
from odoo.addons.connector_base.providers.http_client import HttpClient

from .endpoints import OAUTH_VERSIONS, path
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


def _post(client, version, form):
    versions = list(dict.fromkeys((version, *OAUTH_VERSIONS)))
    for number, each in enumerate(versions, start=1):
        try:
            # It changes no record: a dry run signs in, too.
            where = path("oauth", each)
            return client.request("POST", where, data=form, reads=True).data
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
