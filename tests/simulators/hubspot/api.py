"""The endpoints of the HubSpot CRM API, in both path families, as one route list."""

from ..routing import Refusal, Route
from . import facts
from .definitions import Definitions
from .linking import Linking
from .reading import Reading
from .render import Renderer
from .schemas import SchemaReading
from .validation import Validation
from .writing import Writing


class Api:
    """Wires the handlers together; ``url`` is a callable, since the port is chosen
    late."""

    def __init__(self, access, account, ignored, meter, url, oauth):
        self.access = access
        self.meter = meter
        store = access.store
        reading = Reading(access, Renderer(store, account, ignored), url)
        self._oauth = oauth
        self._handlers = (
            reading,
            Writing(access, reading, Validation(store, account)),
            Linking(access),
            Definitions(access, account, url),
            SchemaReading(access),
            oauth,
        )

    def routes(self):
        """Every endpoint in the date-versioned and in the legacy family."""
        return [
            Route(method, f"{prefix}{path}", handler)
            for part in self._handlers
            for method, resource, path, handler in part.routes()
            for prefix in facts.PREFIXES[resource]
        ] + self._oauth.pages()

    def guard(self, request):
        """What stands before every handler: length of the URL, token, rate limit."""
        errors = self.access.errors
        if len(request.target) > facts.URL_LIMIT:
            raise errors.refuse(request, 414, "The request URI is too long")
        if request.template.startswith("/oauth/"):
            return
        self.access.authenticate(request)
        if self.meter is not None:
            searching = request.path.endswith("/search")
            policy, headers = self.meter.take(searching)
            request.notes["rate_headers"] = headers
            if policy:
                raise Refusal(errors.rate_limited(request, policy))
