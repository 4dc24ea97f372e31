"""Who may do what, and the parts of a request that every endpoint reads alike."""

import base64

from ..routing import Refusal
from . import facts


class Access:
    """Tokens and scopes of one simulator, and the checks the endpoints share.

    ``tokens``: token to a set of scopes, or to None for every scope. ``ends``: when
    those of OAuth end, in ms. ``traceless``: answers of batches don't repeat the trace
    ids, so that what is wrong with which input has to be found out.
    """

    def __init__(self, store, errors, tokens):
        self.store = store
        self.errors = errors
        self.tokens = tokens
        self.revoked = set()
        self.ends = {}
        self.traceless = False

    def authenticate(self, request):
        """401 unless the bearer token is known and not revoked."""
        kind, _space, token = request.headers.get("Authorization", "").partition(" ")
        token = token.strip()
        known = kind.lower() == "bearer" and token in self.tokens
        if not known or token in self.revoked:
            raise Refusal(self.errors.unauthenticated(request))
        late = self.store.clock.now_ms() - self.ends.get(token, float("inf"))
        if late >= 0:
            raise Refusal(self.errors.expired(request, late // 1000))
        request.notes["scopes"] = self.tokens[token]
        request.notes["token"] = token

    def require(self, request, name, write=False, schema=False):
        """403 unless the token has the object's scope (``schema``: or its schema's)."""
        granted = request.notes.get("scopes")
        if granted is None:
            return
        name = facts.scope_name(name)
        wanted = [facts.SCOPES[name][1 if write else 0]]
        if schema:
            wanted.append(facts.SCHEMA_SCOPE.format(name=name))
        if not granted.intersection(wanted):
            raise Refusal(self.errors.missing_scope(request, wanted))

    def version(self, request):
        """404 for a date version that is not served."""
        version = request.params.get("version")
        if version is not None and version not in facts.DATE_VERSIONS:
            raise self.errors.refuse(
                request, 404, f"No API version {version!r} at {request.path}"
            )

    def object_type(self, request, param="objectType", write=False, schema=False):
        """The object type a path names, its scope checked."""
        self.version(request)
        given = request.params[param]
        name = facts.OBJECT_NAMES.get(given.lower()) or self.store.schema_of(given)
        if name is None:
            # [3P; M for the exact status]
            raise self.errors.invalid(
                request, f"Unable to infer object type from: {given}"
            )
        self.require(request, name, write, schema)
        return name

    def body(self, request, kind=dict):
        """The JSON object (or list) in the body: 415 for another media type, 400 for
        no JSON."""
        if request.media_type() != "application/json":
            raise self.errors.refuse(
                request,
                415,
                f"Cannot parse content. Content-Type {request.media_type() or 'none'} "
                "is not supported",
            )
        try:
            body = request.json()
        except ValueError as error:
            raise self.errors.invalid(request, f"Invalid input JSON: {error}") from None
        if not isinstance(body, kind):
            text = f"Invalid input JSON: {kind.__name__} is needed"
            raise self.errors.invalid(request, text)
        return body

    def inputs(self, request, limit=facts.BATCH_LIMIT):
        """``(inputs, whole body)`` of a batch, its size checked."""
        body = self.body(request)
        inputs = body.get("inputs")
        if not isinstance(inputs, list) or not inputs:
            raise self.errors.invalid(
                request, "Some required fields were not set: [inputs]"
            )
        if len(inputs) > limit:
            raise self.errors.invalid(
                request, f"The maximum batch size is {limit}, {len(inputs)} were given"
            )
        if not all(isinstance(each, dict) for each in inputs):
            raise self.errors.invalid(request, "Invalid input JSON: inputs")
        return inputs, body

    def limit(self, request, default, maximum):
        """The `limit` of a list: 1 to its maximum, else 400."""
        given = request.first("limit")
        if given is None:
            return default
        if not given.isdigit() or not 1 <= int(given) <= maximum:
            raise self.errors.invalid(
                request,
                f"limit must be between 1 and {maximum}, {given!r} was given",
                [{"message": f"{given!r} is not valid", "in": "limit"}],
            )
        return int(given)

    def after(self, request, given=None):
        """The id that an `after` token stands for, 0 without one, 400 for nonsense."""
        given = request.first("after") if given is None else given
        if not given:
            return 0
        try:
            return int(base64.b64decode(given, validate=True))
        except ValueError:
            raise self.errors.invalid(
                request, f"The paging token {given!r} is not valid"
            ) from None

    def flag(self, request, name):
        """A boolean parameter, false when absent."""
        given = (request.first(name) or "false").lower()
        if given not in ("true", "false"):
            raise self.errors.invalid(request, f"{name} must be true or false")
        return given == "true"


def token_after(number):
    """The paging token that stands for an id, as opaque as the vendor's examples."""
    return base64.b64encode(f"{number}\n".encode()).decode()
