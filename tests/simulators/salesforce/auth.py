"""OAuth 2.0: client credentials, JWT bearer, the web server flow; and the sessions.

The first two give no refresh token: on a 401 the client asks for a new session.
[SDK; M for the texts of errors; help.salesforce.com "OAuth 2.0 Client Credentials Flow"
and "OAuth 2.0 JWT Bearer Flow for Server-to-Server Integration"] The third one does: [S
remoteaccess_oauth_web_server_flow, remoteaccess_pkce, remoteaccess_revoke_token]
"""

import base64
import binascii
import json
import secrets
import threading
from urllib.parse import parse_qs

from ..consent import Consent, WrongCode
from ..routing import Refusal, Reply, Route
from . import facts
from .errors import SalesforceError

KEY = "simulated-salesforce-consumer-key"
SECRET = "simulated-salesforce-consumer-secret"
USERNAME = "integration@northwind-sales.example"


class Auth:
    """Sessions of one org.

    - ``key``, ``secret``: of the one external client app
    - ``username``: the user that assertions may name, and that the app runs as
    - ``public_key``: PEM of a public key or certificate; without one JWT is refused
    - ``audiences``: accepted besides the org's own address (a test host, as a rule)
    - ``session_seconds``: how long a session lives without a request
    - ``grants``: which flows are enabled
    - ``rotate``: a refresh gives the next refresh token and ends the one before

    ``consent`` is the page where somebody lets the app in; ``refreshes`` maps refresh
    tokens to ``(scope, sessions)``.
    """

    def __init__(self, store, errors, url, **settings):
        self.store = store
        self.errors = errors
        self.url = url
        self.key = KEY
        self.secret = SECRET
        self.username = USERNAME
        self.public_key = None
        self.audiences = ()
        self.session_seconds = facts.SESSION_SECONDS
        self.grants = facts.GRANTS
        self.rotate = False
        self.issued = 0
        self.refreshes = {}
        self.consent = Consent(
            store.clock,
            lambda: self.key,
            seconds=facts.CODE_SECONDS,
            pkce="required",
            scopes=facts.APP_SCOPES,
        )
        self._lock = threading.Lock()
        self._sessions = {}
        self.configure(**settings)

    def configure(self, **settings):
        """Change the settings above; unknown names are a ValueError."""
        known = {"key", "secret", "username", "public_key", "audiences", "grants"}
        if unknown := set(settings) - known - {"session_seconds", "rotate"}:
            raise ValueError(f"unknown settings {sorted(unknown)}")
        for name, value in settings.items():
            setattr(self, name, value)

    def routes(self):
        """The endpoints that need no session, and the one about its user."""
        return [
            Route("GET", "/services/oauth2/authorize", self.consent.page),
            Route("POST", "/services/oauth2/token", self.token),
            Route("POST", "/services/oauth2/revoke", self.revoke_by_request),
            Route("GET", "/services/oauth2/userinfo", self.userinfo),
        ]

    # Sessions

    def add(self, token, lasting=False):
        """Let a token in; ``lasting``: it does not expire."""
        with self._lock:
            self._sessions[token] = None if lasting else self._deadline()

    def revoke(self, token=None):
        """End one session, or all of them."""
        with self._lock:
            if token is None:
                self._sessions.clear()
            else:
                self._sessions.pop(token, None)

    def authenticate(self, request):
        """401 INVALID_SESSION_ID unless the bearer token is a session's."""
        kind, _space, token = request.headers.get("Authorization", "").partition(" ")
        token = token.strip()
        with self._lock:
            known = kind.lower() in ("bearer", "oauth") and token in self._sessions
            deadline = self._sessions.get(token)
            if known and deadline is not None:
                if self.store.clock.now_ms() >= deadline:
                    known = False
                    del self._sessions[token]
                else:
                    self._sessions[token] = self._deadline()
        if not known:
            raise Refusal(self.errors.reply(session_error()))

    def _deadline(self):
        return self.store.clock.now_ms() + self.session_seconds * 1000

    # Endpoints

    def token(self, request):
        """A new session, or an OAuth error with 400 or 401."""
        given = {
            name: values[-1]
            for name, values in parse_qs(
                request.body.decode("utf-8", "replace")
            ).items()
        }
        grant = given.get("grant_type")
        if grant == "client_credentials" and grant in self.grants:
            return self._client_credentials(request, given)
        if grant == facts.JWT_GRANT and grant in self.grants:
            return self._bearer(given.get("assertion", ""))
        if grant == "authorization_code" and grant in self.grants:
            return self._by_code(request, given)
        if grant == "refresh_token" and grant in self.grants:
            return self._by_refresh_token(request, given)
        if grant in facts.GRANTS:
            return refusal("invalid_grant", "no client credentials user enabled")
        return refusal("unsupported_grant_type", "grant type not supported")

    def _by_code(self, request, given):
        if refused := self._refused_client(request, given):
            return refused
        try:
            scope = self.consent.redeem(given)
        except WrongCode as wrong:
            return refusal("invalid_grant", f"expired authorization code ({wrong})")
        return self._issue_for(scope, scope.split())

    def _by_refresh_token(self, request, given):
        if refused := self._refused_client(request, given):
            return refused
        refresh = given.get("refresh_token")
        if refresh not in self.refreshes:
            return refusal("invalid_grant", "expired access/refresh token")
        scope, sessions = self.refreshes[refresh]
        if self.rotate:
            del self.refreshes[refresh]
            return self._issue_for(scope, ["refresh_token"], sessions)
        reply = self._issue_for(scope, [])
        sessions.append(reply.body["access_token"])
        return reply

    def _issue_for(self, scope, granted, sessions=None):
        """A session of a person, with a refresh token where that was granted."""
        reply = self._issue(signed=True)
        reply.body["scope"] = scope
        if "refresh_token" in granted:
            refresh = f"5Aep{secrets.token_urlsafe(48)}"
            kept = [*(sessions or ()), reply.body["access_token"]]
            self.refreshes[refresh] = (scope, kept)
            reply.body["refresh_token"] = refresh
        return reply

    def _client_credentials(self, request, given):
        return self._refused_client(request, given) or self._issue(signed=True)

    def _refused_client(self, request, given):
        """The error of a wrong client; ``None`` where it is right."""
        key, secret = given.get("client_id"), given.get("client_secret")
        kind, _space, text = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() == "basic":
            try:
                pair = base64.b64decode(text, validate=True).decode()
            except (binascii.Error, UnicodeDecodeError):
                pair = ""
            key, _colon, secret = pair.partition(":")
        if key != self.key:
            return refusal("invalid_client_id", "client identifier invalid")
        if not secrets.compare_digest(secret or "", self.secret):
            return refusal("invalid_client", "invalid client credentials")
        return None

    def _bearer(self, assertion):
        try:
            claims = self._verified(assertion)
        except ValueError as error:
            return refusal("invalid_grant", str(error))
        now = self.store.clock.now_ms() / 1000
        expires = claims.get("exp")
        if claims.get("iss") != self.key:
            return refusal("invalid_client_id", "client identifier invalid")
        if claims.get("aud") not in (self.url(), *self.audiences):
            return refusal("invalid_grant", "audience is invalid")
        if not isinstance(expires, int | float) or expires <= now:
            return refusal("invalid_grant", "expired authorization code")
        if expires > now + facts.ASSERTION_SECONDS:
            return refusal("invalid_grant", "assertion is valid for too long")
        if claims.get("sub") != self.username:
            return refusal("invalid_grant", "user hasn't approved this consumer")
        return self._issue(signed=False)

    def _verified(self, assertion):
        """The claims of an RS256 assertion. Raises ValueError for a bad one."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.hashes import SHA256

        if self.public_key is None:
            raise ValueError("no certificate is set for this consumer")
        parts = assertion.split(".")
        if len(parts) != 3:
            raise ValueError("invalid assertion")
        try:
            header, claims = (json.loads(_decoded(part)) for part in parts[:2])
            signature = _decoded(parts[2])
        except ValueError:
            raise ValueError("invalid assertion") from None
        if not isinstance(header, dict) or header.get("alg") != "RS256":
            raise ValueError("algorithm not supported")
        signed = f"{parts[0]}.{parts[1]}".encode()
        try:
            load_public_key(self.public_key).verify(
                signature, signed, PKCS1v15(), SHA256()
            )
        except InvalidSignature:
            raise ValueError("invalid assertion signature") from None
        if not isinstance(claims, dict):
            raise ValueError("invalid assertion")
        return claims

    def _issue(self, signed):
        store = self.store
        with self._lock:
            self.issued += 1
        token = f"{store.organization_id[:15]}!{secrets.token_urlsafe(72)}"
        self.add(token)
        body = {
            "access_token": token,
            "scope": "api",
            "instance_url": self.url(),
            "id": f"{self.url()}/id/{store.organization_id}/{store.user_id}",
            "token_type": "Bearer",
        }
        if signed:
            body["issued_at"] = str(store.clock.now_ms())
            body["signature"] = base64.b64encode(secrets.token_bytes(32)).decode()
        return Reply(200, body)

    def revoke_by_request(self, request):
        """200 whether or not there was such a session; of a refresh token with all its
        sessions. [M]"""
        given = parse_qs(request.body.decode("utf-8", "replace"))
        token = given.get("token", [""])[-1]
        for each in (token, *self.refreshes.pop(token, (None, ()))[1]):
            self.revoke(each)
        return Reply(200)

    def userinfo(self, request):
        """Who the session is. [M]"""
        self.authenticate(request)
        user = self.store.get("User", self.store.user_id)
        return Reply(
            200,
            {
                "sub": f"{self.url()}/id/{self.store.organization_id}/{user['Id']}",
                "user_id": user["Id"],
                "organization_id": self.store.organization_id,
                "preferred_username": user["Username"],
                "name": user["Name"],
                "email": user["Email"],
                "email_verified": True,
                "active": True,
                "user_type": "STANDARD",
                "zoneinfo": facts.ORGANIZATION["TimeZoneSidKey"],
                "urls": {
                    "rest": f"{self.url()}/services/data/v{{version}}/",
                    "custom_domain": self.url(),
                },
            },
        )


def session_error():
    """401 of a session that is none (any more)."""
    return SalesforceError("INVALID_SESSION_ID", facts.TEXT_SESSION, status=401)


def refusal(error, description, status=400):
    """An OAuth error. [RFC 6749, 5.2]"""
    return Reply(status, {"error": error, "error_description": description})


def load_public_key(pem):
    """The RSA key of a PEM text or bytes: a public key or a certificate."""
    from cryptography.hazmat.primitives.serialization import load_pem_public_key
    from cryptography.x509 import load_pem_x509_certificate

    pem = pem.encode() if isinstance(pem, str) else pem
    if b"CERTIFICATE" in pem:
        return load_pem_x509_certificate(pem).public_key()
    return load_pem_public_key(pem)


def _decoded(text):
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        raise ValueError("invalid base64") from None
