"""Signing in: client credentials, or a JWT that we sign.

Sources: https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_client_credentials_flow.htm,
https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_jwt_flow.htm.
Both answer ``{"access_token", "instance_url", "id", "token_type", "scope"}``: no
refresh token and no lifetime; a session ends two hours after its last request unless
the org says otherwise [M]. Both are asked for at My Domain.
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
from odoo.addons.connector_base.engine.tokens import Token

from .endpoints import TOKEN_PATH
from .errors import VENDOR

GRANT_CLIENT = "client_credentials"
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
    pair = f"{secrets['consumer_key']}:{secrets['consumer_secret']}"
    basic = base64.b64encode(pair.encode()).decode()
    form = {"grant_type": GRANT_CLIENT}
    return _token(client, form, {"Authorization": f"Basic {basic}"})


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
    return _token(client, {"grant_type": GRANT_JWT, "assertion": assertion})


def _token(client, form, headers=None):
    reply = client.request(
        # It changes no data: also a dry run signs in.
        *("POST", TOKEN_PATH),
        data=form,
        headers=headers,
        reads=True,
    )
    value = reply.data.get("access_token") if isinstance(reply.data, dict) else None
    if not isinstance(value, str) or not value:
        raise errors.TransientError(
            f"{VENDOR} gave no token.", code="malformed", params={"vendor": VENDOR}
        )
    lifetime = reply.data.get("expires_in")
    expires_at = None
    if isinstance(lifetime, int) and lifetime > 0:
        expires_at = client.clock() + datetime.timedelta(seconds=lifetime)
    return Token(value, expires_at)


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
