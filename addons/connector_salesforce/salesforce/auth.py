"""Signing in: client credentials, a JWT that we sign, or a person at their browser.

Sources: https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_client_credentials_flow.htm,
https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_jwt_flow.htm.
Both answer ``{"access_token", "instance_url", "id", "token_type", "scope"}``: no
refresh token and no lifetime; a session ends two hours after its last request unless
the org says otherwise [M]. Both are asked for at My Domain.

The web server flow, by pages of help.salesforce.com named by their id:

========================  ==========================================================
page                      My Domain, ``/services/oauth2/authorize`` [S
                          remoteaccess_oauth_web_server_flow]
PKCE                      ``code_challenge`` by S256 only, no method is named; an app
                          or an org may require it [S remoteaccess_pkce]. The method
                          that we name all the same is ignored [M]
redirect address          as one of the app, letter by letter; https, or localhost [S
                          remoteaccess_oauth_web_server_flow; M for localhost]
scopes                    with blanks between; ``api`` is the least for REST and Bulk,
                          ``refresh_token`` for what lasts [S
                          remoteaccess_oauth_tokens_scopes]
code                      good once, for 15 minutes [S web server flow]
tokens                    the client id and secret as Basic; the answer as above, with
                          ``refresh_token`` where its scope was granted; no
                          ``expires_in`` [S web server flow]
refresh token             good until it is revoked, or as the policy of the app says;
                          where the app rotates it, each answer has the next one and
                          the one before ends [S remoteaccess_oauth_refresh_token_flow]
revocation                POST ``token`` to ``/services/oauth2/revoke``: of a refresh
                          token all that was got by it; 200, or 400 ``invalid_token``
                          [S remoteaccess_revoke_token]
========================  ==========================================================
"""

import base64
import binascii
import datetime
import json
import re

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.oauth import Grant, granted_scopes
from odoo.addons.connector_base.engine.tokens import Token

from .endpoints import REVOKE_PATH, TOKEN_PATH
from .errors import VENDOR

GRANT_CLIENT = "client_credentials"
#: Credentials of a person's sign-in; an app that rotates replaces the last one.
CLIENT_ID, CLIENT_SECRET = "consumer_key", "consumer_secret"
REFRESH_TOKEN = "refresh_token"
NEEDS = (CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN)
ROTATING = (REFRESH_TOKEN,)
#: Name of their access token, apart from those of the other ways.
TOKEN = "person"
#: What a person is asked for. What may be read is up to who they are.
SCOPES = ("api", REFRESH_TOKEN)
GRANT_JWT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
#: How long an assertion is good for. [SDK; S: within five minutes]
ASSERTION_LIFETIME = datetime.timedelta(minutes=3)
_PEM = re.compile(r"-----BEGIN ([A-Z ]+)-----(.*?)-----END \1-----", re.DOTALL)


def by_client_credentials(client, secrets):
    """Sign in as the run-as user of the app.

    :param client: ``HttpClient`` of My Domain, without a token
    :param secrets: ``consumer_key``, ``consumer_secret``
    :return: ``engine.tokens.Token``
    """
    data = _ask(client, {"grant_type": GRANT_CLIENT}, _basic(secrets))
    return _token(client, data)


def by_code(client, secrets, code):
    """Sign in as the person who has allowed the app to.

    :param secrets: ``consumer_key``, ``consumer_secret``
    :param code: ``engine.oauth.Code``
    :return: ``engine.oauth.Grant``
    """
    # Never sent twice by itself: a code that comes again may end what it gave.
    data = _ask(client, code.form(), _basic(secrets), again=False)
    return Grant(_token(client, data, ""), granted_scopes(data.get("scope")))


def by_refresh_token(client, secrets):
    """Go on for that person.

    :param secrets: those of ``NEEDS``
    :return: ``engine.tokens.Token``, with the next refresh token of an app that rotates
    """
    refresh = secrets[REFRESH_TOKEN]
    form = {"grant_type": "refresh_token", "refresh_token": refresh}
    return _token(client, _ask(client, form, _basic(secrets)), refresh)


def revoke(client, secrets, _signed=None):
    """End what a person has granted, and all sessions of it."""
    form = {"token": secrets[REFRESH_TOKEN]}
    client.request("POST", REVOKE_PATH, data=form, safe=True)


def by_jwt(client, secrets, audience=None):
    """Sign in as a user who has allowed the app to, by a certificate.

    :param secrets: ``consumer_key``, ``username``, ``private_key`` (PEM)
    :param audience: whom the assertion is for; the host that is asked unless given
    :return: ``engine.tokens.Token``
    :raises errors.AuthenticationError: where the key is none, or it is refused
    """
    claims = {
        "iss": secrets["consumer_key"],
        "sub": secrets["username"],
        "aud": audience or client.base_url,
        "exp": int((client.clock() + ASSERTION_LIFETIME).timestamp()),
    }
    assertion = sign(claims, secrets["private_key"])
    form = {"grant_type": GRANT_JWT, "assertion": assertion}
    return _token(client, _ask(client, form))


def _basic(secrets):
    pair = f"{secrets[CLIENT_ID]}:{secrets[CLIENT_SECRET]}"
    return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


def _ask(client, form, headers=None, again=True):
    reply = client.request(
        # It changes no data: also a dry run signs in.
        *("POST", TOKEN_PATH),
        data=form,
        headers=headers,
        reads=again,
    )
    return reply.data if isinstance(reply.data, dict) else {}


def _token(client, data, refresh=None):
    """:param refresh: token that it was got with; an answer may have the next one"""
    value = data.get("access_token")
    if not isinstance(value, str) or not value:
        raise errors.TransientError(
            f"{VENDOR} gave no token.", code="malformed", params={"vendor": VENDOR}
        )
    lifetime = data.get("expires_in")
    expires_at = None
    if isinstance(lifetime, int) and lifetime > 0:
        expires_at = client.clock() + datetime.timedelta(seconds=lifetime)
    newer = data.get("refresh_token")
    rotated = refresh is not None and newer and newer != refresh
    return Token(value, expires_at, {REFRESH_TOKEN: newer} if rotated else {})


def sign(claims, private_key):
    """A JSON Web Token, signed with RS256 (RFC 7515, 7519).

    :param private_key: PEM, also without its line ends as a form may have left it
    :return: text
    :raises errors.AuthenticationError: where it is no RSA key
    """
    key = load_key(private_key)
    signed = f"{_encode({'alg': 'RS256', 'typ': 'JWT'})}.{_encode(claims)}"
    signature = key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{signed}.{_base64(signature)}"


def load_key(text):
    """:raises errors.AuthenticationError: where it is no RSA key"""
    found = _PEM.search(text)
    try:
        if not found:
            raise ValueError("no PEM")
        label, body = found.groups()
        # A field of one line takes the line ends away; base64 doesn't need them.
        lines = [f"-----BEGIN {label}-----", "".join(body.split())]
        pem = "\n".join([*lines, f"-----END {label}-----", ""])
        key = serialization.load_pem_private_key(pem.encode(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm, binascii.Error):
        # Their texts could repeat parts of the key.
        key = None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise errors.AuthenticationError(
            "The private key is no RSA key in PEM form without a passphrase.",
            code="wrong_key",
            params={"vendor": VENDOR},
        )
    return key


def _encode(value):
    return _base64(json.dumps(value, separators=(",", ":")).encode())


def _base64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
