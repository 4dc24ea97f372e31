"""OAuth of an app: refresh tokens give access tokens that end by themselves.

[S latest/authentication/manage-oauth-tokens: form-encoded POST to
`/oauth/{version}/token`, before it `/oauth/v1/token`, grant `refresh_token` with
`client_id`, `client_secret`; the answer has `access_token`, `expires_in` (1,800 s) and
`refresh_token`.] Whether the refresh token is a new one each time is up to ``rotate``:
the older endpoint gave the same again, OAuth 2.1 asks for a new one [M].

Somebody lets the app in at `/oauth/authorize` of app.hubspot.com, or
`/oauth/{hub id}/authorize` for one account [S working-with-oauth]; grant
`authorization_code` then gives the first refresh token, and
`/oauth/{version}/token/revoke` ends one [S OpenAPI auth OAuth 2026-09]. No challenge is
taken.
"""

import secrets
from urllib.parse import parse_qs

from ..consent import Consent, WrongCode
from ..routing import Refusal, Reply, Route
from . import facts

FORM = "application/x-www-form-urlencoded"


class OAuth:
    """The tokens of one app in one account; ``issued`` counts the access tokens."""

    def __init__(self, access, clock, portal):
        self.access = access
        self.portal = portal
        self.errors = access.errors
        self.clock = clock
        self.client_id = "simulated-client-id"
        self.client_secret = "simulated-hubspot-client-secret"
        self.refresh_tokens = set()
        self.lifetime = facts.TOKEN_SECONDS
        self.rotate = False
        self.issued = 0
        self.consent = Consent(
            clock,
            lambda: self.client_id,
            seconds=facts.CODE_SECONDS,
            pkce=None,
            scopes=facts.APP_SCOPES,
        )

    def grant(self):
        """A refresh token as the app gets it when somebody installs it."""
        token = f"refresh-{secrets.token_hex(8)}"
        self.refresh_tokens.add(token)
        return token

    def routes(self):
        """(method, resource, path below it, handler)."""
        return [
            ("POST", "oauth", "/token", self.token),
            ("POST", "oauth", "/token/revoke", self.revoke),
        ]

    def pages(self):
        """What a browser opens, which is of no version."""
        return [
            Route("GET", "/oauth/authorize", self.consent.page),
            Route("GET", "/oauth/{hubId}/authorize", self.consent.page),
        ]

    def token(self, request):
        """200 with a new access token; 400 for a wrong client, code or refresh."""
        form = self._form(request)
        if form.get("grant_type") == "authorization_code":
            return self._by_code(request, form)
        if form.get("grant_type") != "refresh_token":
            raise self._refuse(
                request, "BAD_GRANT_TYPE", "missing or unknown grant type"
            )
        self._check_client(request, form)
        refresh = form.get("refresh_token")
        if refresh not in self.refresh_tokens:
            raise self._refuse(request, facts.BAD_REFRESH, facts.TEXT_BAD_REFRESH)
        if self.rotate:
            self.refresh_tokens.discard(refresh)
            refresh = self.grant()
        return Reply(200, self._issue(refresh))

    def _by_code(self, request, form):
        self._check_client(request, form)
        try:
            scopes = self.consent.redeem(form).split()
        except WrongCode as wrong:
            raise self._refuse(request, facts.BAD_CODE, str(wrong)) from None
        made = self._issue(self.grant(), frozenset(scopes))
        told = {"hub_id": self.portal, "scopes": scopes, "token_use": "access_token"}
        return Reply(200, {**made, **told})

    def revoke(self, request):
        """204 whether or not there was such a token. [M for the status]"""
        form = self._form(request)
        self._check_client(request, form)
        self.refresh_tokens.discard(form.get("token"))
        return Reply(204)

    def _issue(self, refresh, scopes=None):
        self.issued += 1
        access_token = f"access-{self.issued}-{secrets.token_hex(8)}"
        self.access.tokens[access_token] = scopes
        self.access.ends[access_token] = self.clock.now_ms() + self.lifetime * 1000
        return {
            "token_type": "bearer",
            "access_token": access_token,
            "refresh_token": refresh,
            "expires_in": self.lifetime,
        }

    def _form(self, request):
        self.access.version(request)
        if request.media_type() != FORM:
            raise self.errors.refuse(request, 415, f"Content-Type must be {FORM}")
        given = parse_qs(request.body.decode())
        return {name: values[-1] for name, values in given.items()}

    def _check_client(self, request, form):
        known = form.get("client_id") == self.client_id
        if not known or form.get("client_secret") != self.client_secret:
            raise self._refuse(request, facts.BAD_CLIENT, facts.TEXT_BAD_CLIENT)

    def _refuse(self, request, status, message):
        """400 in the shape of this endpoint: `status` names what is wrong. [3P]"""
        reply = Reply(
            400,
            {
                "status": status,
                "message": message,
                "correlationId": request.correlation_id,
            },
        )
        return Refusal(reply)
