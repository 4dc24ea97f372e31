"""OAuth of an account. [S grant_type_tokens, refresh-token; M for details]

GET /oauth/authorizations/new sends who consents back with a code, which PKCE by S256
may protect. [S oauth-pkce] POST /oauth/tokens with JSON or a form: `client_credentials`
gives an access token only, `authorization_code` and `refresh_token` an access and a
refresh token; a refresh makes both new and ends the old ones at once.
"""

import secrets
from urllib.parse import parse_qs

from ..consent import Consent, WrongCode
from ..routing import Refusal, Reply, Route
from . import facts

FORM = "application/x-www-form-urlencoded"


class OAuth:
    """The one client of an account; ``issued`` counts the access tokens.

    ``consent``: the page where somebody lets it in, see :class:`Consent`;
    ``refreshes``: refresh token to (access token, scope, when it ends).
    """

    def __init__(self, access, clock, client_id, client_secret):
        self.access = access
        self.clock = clock
        self.client_id = client_id
        self.client_secret = client_secret
        self.lifetime = facts.TOKEN_SECONDS
        self.consent = Consent(
            clock,
            lambda: self.client_id,
            seconds=facts.CODE_SECONDS,
            scopes=facts.BROAD_SCOPES,
        )
        self.refreshes = {}
        self.issued = 0

    def routes(self):
        """The endpoints."""
        return [
            Route("GET", "/oauth/authorizations/new", self.consent.page),
            Route("POST", "/oauth/tokens", self.token),
            Route("GET", "/api/v2/oauth/tokens/current", self.show_current),
            Route("DELETE", "/api/v2/oauth/tokens/current", self.revoke_current),
            Route("DELETE", "/api/v2/oauth/tokens/current.json", self.revoke_current),
        ]

    def grant(self, scope="read write"):
        """``(access token, refresh token)`` as after a consent."""
        made = self._issue(scope, self.lifetime, facts.REFRESH_SECONDS)
        return made["access_token"], made["refresh_token"]

    def token(self, request):
        """200 with tokens, 400 or 401 with an OAuth error."""
        form = _form(request)
        known = form.get("client_id") == self.client_id
        if not known or form.get("client_secret") != self.client_secret:
            raise _refuse("invalid_client", "Client authentication failed", 401)
        kind = form.get("grant_type")
        lifetime = _bounded(form, "expires_in", facts.TOKEN_BOUNDS, self.lifetime)
        refresh = _bounded(
            form,
            "refresh_token_expires_in",
            facts.REFRESH_BOUNDS,
            facts.REFRESH_SECONDS,
        )
        if kind == "client_credentials":
            return Reply(200, self._issue(form.get("scope") or "read", lifetime))
        if kind == "authorization_code":
            try:
                scope = self.consent.redeem(form)
            except WrongCode as wrong:
                text = f"The authorization code is invalid: {wrong}"
                raise _refuse("invalid_grant", text) from None
            return Reply(200, self._issue(scope, lifetime, refresh))
        if kind == "refresh_token":
            found = self.refreshes.pop(form.get("refresh_token"), None)
            if found is None or found[2] <= self.clock.now_ms():
                raise _refuse("invalid_grant", "The refresh token is invalid")
            self.access.revoked.add(found[0])
            return Reply(200, self._issue(found[1], lifetime, refresh))
        raise _refuse("unsupported_grant_type", "The grant type is not supported")

    def show_current(self, request):
        """The token of the request, of which only the beginning is shown. [S
        oauth_tokens, viewing-oauth-tokens]"""
        token = request.headers["Authorization"].partition(" ")[2].strip()
        scopes = self.access.tokens[token]
        shown = sorted(("read", "write") if scopes is None else scopes)
        return Reply(200, {"token": {"id": 1, "token": token[:10], "scopes": shown}})

    def revoke_current(self, request):
        """204, and the token of the request is no good any longer."""
        token = request.headers["Authorization"].partition(" ")[2].strip()
        self.access.revoked.add(token)
        # Its refresh token ends with it. [M]
        for refresh, kept in list(self.refreshes.items()):
            if kept[0] == token:
                del self.refreshes[refresh]
        return Reply(204)

    def _issue(self, scope, lifetime, refresh=None):
        self.issued += 1
        token = f"access-{self.issued}-{secrets.token_hex(16)}"
        self.access.tokens[token] = frozenset(scope.split())
        self.access.ends[token] = self._at(lifetime)
        made = {
            "access_token": token,
            "token_type": "bearer",
            "scope": scope,
            "expires_in": lifetime,
        }
        if refresh is not None:
            made["refresh_token"] = f"refresh-{self.issued}-{secrets.token_hex(16)}"
            made["refresh_token_expires_in"] = refresh
            ends = self._at(refresh)
            self.refreshes[made["refresh_token"]] = (token, scope, ends)
        return made

    def _at(self, seconds):
        return self.clock.now_ms() + seconds * 1000


def _form(request):
    if request.media_type() == FORM:
        given = parse_qs(request.body.decode("utf-8", "replace"))
        return {name: values[-1] for name, values in given.items()}
    try:
        body = request.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise _refuse("invalid_request", "The request is not valid")
    return body


def _bounded(form, name, bounds, default):
    given = form.get(name)
    if given in (None, ""):
        return default
    low, high = bounds
    if not str(given).isdigit() or not low <= int(given) <= high:
        raise _refuse("invalid_request", f"{name} must be from {low} to {high}")
    return int(given)


def _refuse(error, text, status=400):
    return Refusal(Reply(status, {"error": error, "error_description": text}))
