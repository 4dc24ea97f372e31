"""The page where a person lets an app in, and the codes that it gives; strict.

RFC 6749, 4.1; RFC 7636; RFC 9700, 2.1.1 (a verifier without a challenge is refused).
The person consents at once, unless told otherwise; no page is drawn.
"""

import base64
import hashlib
import re
import secrets
from urllib.parse import urlencode

from .routing import Refusal, Reply

CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


class WrongCode(Exception):
    """A code that gives nothing; the text says why."""


class Consent:
    """The page of one app in one account.

    - ``redirect_uris``: those of the app, letter by letter
    - ``scopes``: those that the app may be given; ``None`` for whatever is asked for
    - ``pkce``: ``"required"``, ``"optional"``, or ``None`` where the vendor has none
    - ``says_no``: the person doesn't allow it
    - ``grants``: the only scopes that the person has to give; ``None`` for all
    """

    def __init__(self, clock, client_id, *, seconds, pkce="optional", scopes=None):
        self.clock = clock
        self.client_id = client_id
        self.seconds = seconds
        self.pkce = pkce
        self.scopes = scopes
        self.redirect_uris = set()
        self.says_no = False
        self.grants = None
        self._codes = {}

    def page(self, request):
        """302 back to the app with a code or an error. 400 where the browser must not
        be sent anywhere: another app, or an address that is none of the app's."""
        uri, state = request.first("redirect_uri"), request.first("state")
        if request.first("client_id") != self.client_id():
            raise _refused("client_id")
        if uri not in self.redirect_uris:
            raise _refused("redirect_uri")
        if not state:
            raise _refused("state")
        asked = (request.first("scope") or "").split()
        if error := self._error(request, asked):
            return _back(uri, {"error": error, "state": state})
        granted = [s for s in asked if self.grants is None or s in self.grants]
        challenge = request.first("code_challenge")
        code = self.give(uri, " ".join(granted), challenge)
        return _back(uri, {"code": code, "state": state})

    def _error(self, request, asked):
        challenge = request.first("code_challenge")
        method = request.first("code_challenge_method", "plain")
        if request.first("response_type") != "code":
            return "unsupported_response_type"
        if challenge is None and self.pkce == "required":
            return "invalid_request"
        if challenge is not None and self.pkce is None:
            return "invalid_request"
        if challenge is not None and (
            method != "S256" or not CHALLENGE.fullmatch(challenge)
        ):
            return "invalid_request"
        if not asked or (self.scopes is not None and set(asked) - set(self.scopes)):
            return "invalid_scope"
        return "access_denied" if self.says_no else None

    def give(self, redirect_uri, scope, challenge=None):
        """A code, as if somebody had consented."""
        code = secrets.token_hex(16)
        ends = self.clock.now_ms() + self.seconds * 1000
        self._codes[code] = (redirect_uri, scope, challenge, ends)
        return code

    def redeem(self, form):
        """The scopes, as a text, that a code gives; it gives nothing a second time.

        :param form: fields of the request for tokens
        :raises WrongCode: where it gives nothing
        """
        found = self._codes.pop(form.get("code"), None)
        if found is None:
            raise WrongCode("unknown, or used already")
        uri, scope, challenge, ends = found
        if ends <= self.clock.now_ms():
            raise WrongCode("expired")
        if form.get("redirect_uri") != uri:
            raise WrongCode("redirect_uri must match")
        verifier = form.get("code_verifier")
        if (challenge is None) != (verifier is None):
            raise WrongCode("code_verifier without a challenge, or none")
        if challenge is not None and _hashed(verifier) != challenge:
            raise WrongCode("code_verifier doesn't match")
        return scope


def _hashed(verifier):
    if not VERIFIER.fullmatch(verifier):
        return None
    hashed = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(hashed).rstrip(b"=").decode()


def _back(uri, answer):
    joint = "&" if "?" in uri else "?"
    return Reply(302, None, {"Location": f"{uri}{joint}{urlencode(answer)}"})


def _refused(name):
    page = f"<html><body>The {name} is not valid.</body></html>".encode()
    return Refusal(Reply(400, page, content_type="text/html"))
