"""The authorization-code flow of OAuth 2.0, as far as it needs no network.

RFC 6749, 4.1 (the flow) and 10.12 (state); RFC 7636 (PKCE, by S256 only); RFC 9700, 2.1
and 4.7 (what is best practice).
"""

import base64
import dataclasses
import hashlib
import hmac
import secrets
import urllib.parse

from .tokens import Token

#: Random bytes of a state and of a verifier: 256 bits. RFC 7636, 7.1 asks for as many.
RANDOM_BYTES = 32


@dataclasses.dataclass(frozen=True, slots=True)
class Code:
    """What a vendor sent a person's browser back with, and what proves that it's ours.

    :param redirect_uri: where it was sent back to, as it was asked for
    :param verifier: of PKCE; ``None`` where the vendor knows none
    """

    code: str = dataclasses.field(repr=False)
    redirect_uri: str
    verifier: str | None = dataclasses.field(default=None, repr=False)

    def form(self):
        """The fields of the request for tokens that no vendor spells differently."""
        form = {
            "grant_type": "authorization_code",
            "code": self.code,
            "redirect_uri": self.redirect_uri,
        }
        return form | ({"code_verifier": self.verifier} if self.verifier else {})


@dataclasses.dataclass(frozen=True, slots=True)
class Grant:
    """What a vendor gave for a code.

    :param token: the access token; its ``secrets`` hold the refresh token
    :param scopes: tuple of what was granted; ``None`` where the vendor doesn't tell
    """

    token: Token
    scopes: tuple[str, ...] | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class OAuthSpec:
    """How a person signs in at a vendor, so that a connection may act for them.

    :param authorize_url: page of the vendor that asks the person
    :param scopes: tuple of the least that is needed
    :param exchange: ``(secrets, Code) -> Grant``: asks the vendor for tokens; knows no
        database. ``secrets`` are the credentials of ``needs`` but the refresh token
    :param revoke: ``(secrets, client) -> None``: ends what was granted; ``secrets``
        with the refresh token, ``client`` signed with its access token. ``None`` where
        the vendor has no such request
    :param client_id: key of the credential that holds the id of the app
    :param client_secret: key of the one that holds its secret
    :param refresh_token: key of the one that takes what was granted
    :param token: name of the access token among those of the connection
    :param separator: between two scopes
    :param pkce: whether the vendor takes a challenge by S256
    :param params: further parameters of the page
    """

    authorize_url: str
    scopes: tuple[str, ...]
    exchange: object
    revoke: object = None
    client_id: str = "client_id"
    client_secret: str = "client_secret"
    refresh_token: str = "refresh_token"
    token: str = "access"
    separator: str = " "
    pkce: bool = True
    params: dict = dataclasses.field(default_factory=dict)

    @property
    def needs(self):
        """Keys of the credentials that a new access token is got with."""
        return self.client_id, self.client_secret, self.refresh_token


def random_text():
    """A state, or a verifier: 256 random bits, 43 characters that need no quoting."""
    return secrets.token_urlsafe(RANDOM_BYTES)


def digest(text):
    """What is kept of a state: whoever reads it can't send it."""
    return hashlib.sha256(text.encode()).hexdigest()


def is_same(digest_one, digest_two):
    """Whether two digests are equal, in constant time."""
    return hmac.compare_digest(digest_one.encode(), digest_two.encode())


def challenge(verifier):
    """The challenge of a verifier by S256. RFC 7636, 4.2

    >>> challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'
    """
    hashed = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(hashed).rstrip(b"=").decode()


def authorize_address(spec, client_id, redirect_uri, state, verifier=None):
    """Where a person's browser is sent to.

    :param verifier: where the vendor takes a challenge
    :return: text
    """
    params = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "scope": spec.separator.join(spec.scopes),
        "state": state,
        **spec.params,
    }
    if spec.pkce:
        params["code_challenge"] = challenge(verifier)
        params["code_challenge_method"] = "S256"
    # Not every vendor reads a plus as a blank.
    query = urllib.parse.urlencode(params, quote_via=urllib.parse.quote)
    return f"{spec.authorize_url}?{query}"


def granted_scopes(told):
    """What an answer says of scopes, in whichever shape.

    :param told: text with blanks or commas between, or a list
    :return: tuple; ``None`` where it says nothing
    """
    if isinstance(told, str):
        told = told.replace(",", " ").split()
    if not isinstance(told, list | tuple) or not told:
        return None
    return tuple(dict.fromkeys(each for each in told if isinstance(each, str)))


def missing_scopes(needed, granted):
    """Those that are needed and were not granted, in their order.

    :param granted: ``None`` where nobody knows: then none counts as missing
    """
    return [] if granted is None else [each for each in needed if each not in granted]
