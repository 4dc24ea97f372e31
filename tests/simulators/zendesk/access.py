"""Tokens, scopes and what every endpoint reads of a request alike."""

from ..routing import Refusal
from . import errors, facts


class Access:
    """``tokens``: token to its scopes (None: all); ``ends``: when it ends, in ms;
    ``user_id``: whose tokens they are; ``forbidden``: resources of which the role of
    that user sees nothing, 403 without a word of scopes."""

    def __init__(self, clock, tokens):
        self.clock = clock
        self.tokens = tokens
        self.revoked = set()
        self.ends = {}
        self.user_id = None
        self.forbidden = set()

    def authenticate(self, request):
        """401 unless the bearer token is known, not revoked and not at its end."""
        kind, _space, token = request.headers.get("Authorization", "").partition(" ")
        token = token.strip()
        if kind.lower() != "bearer" or not token:
            raise Refusal(errors.unauthenticated(expired=False))
        ended = self.ends.get(token, float("inf")) <= self.clock.now_ms()
        if token not in self.tokens or token in self.revoked or ended:
            raise Refusal(errors.unauthenticated())
        self._authorize(request, self.tokens[token])

    def _authorize(self, request, granted):
        parts = request.path.removesuffix(".json").strip("/").split("/")[2:]
        resource = parts[0] if parts else ""
        if resource == "incremental" and len(parts) > 1:
            resource = parts[1]
        if resource in self.forbidden:
            raise Refusal(errors.forbidden())
        if granted is None:
            return
        verb = "read" if request.method in ("GET", "HEAD") else "write"
        scope = f"{facts.SCOPE_OBJECTS.get(resource, resource)}:{verb}"
        if verb not in granted and scope not in granted:
            raise Refusal(errors.missing_scope(f"{scope}, {verb}"))


def payload(request, name, shape=dict):
    """What is below ``name`` of a JSON body; 400, 415 or 422 when it is not there."""
    if request.media_type() != "application/json":
        raise errors.refuse(415, "UnsupportedMediaType", "Use application/json")
    try:
        body = request.json()
    except ValueError:
        raise errors.refuse(
            422, "Unprocessable Entity", "Server could not parse JSON"
        ) from None
    value = body.get(name) if isinstance(body, dict) else None
    if not isinstance(value, shape):
        raise errors.bad_request(f"Parameter {name} is required", "Missing parameter")
    return value


def rows(request, name):
    """The rows of a bulk request, at most 100."""
    found = payload(request, name, list)
    if not found or not all(isinstance(each, dict) for each in found):
        raise errors.bad_request(f"Parameter {name} is required", "Missing parameter")
    if len(found) > facts.BULK:
        raise errors.too_many(name)
    return found


def ids_of(request, name="ids"):
    """The ids of a ``…_many``, as texts, at most 100."""
    found = request.listed(name)
    if not found:
        raise errors.bad_request(f"Parameter {name} is required", "Missing parameter")
    if len(found) > facts.BULK:
        raise errors.too_many(name)
    return found


def whole(request, name, default=None, lowest=0):
    """A whole number of the query; 400 when it is none."""
    given = request.first(name)
    if given is None:
        return default
    try:
        number = int(given)
    except ValueError:
        number = None
    if number is None or number < lowest:
        raise errors.bad_request(f"{name} is not valid")
    return number
