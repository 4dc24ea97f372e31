"""The endpoints of the Zendesk Support API as one route list."""

from ..routing import Refusal, Route
from . import errors
from .definitions import Definitions
from .exports import Exports
from .jobs import Jobs
from .paging import Pager
from .parties import Parties
from .reading import Reading
from .render import Renderer
from .searching import Searching
from .sideloads import Sideloads
from .ticketing import Ticketing
from .webhook_api import WebhookApi
from .writing import Writing


class Api:
    """Wires the handlers together; ``url`` is a callable, since the port is chosen
    late. ``parties`` and ``ticketing`` write without HTTP."""

    def __init__(self, store, access, oauth, meter, webhooks, account, url):
        self.store = store
        self.access = access
        self.meter = meter
        pager = Pager(url)
        render = Renderer(store, url)
        sideloads = Sideloads(store, render)
        self.render = render
        self.jobs = Jobs(store, account, url)
        self.parties = Parties(store)
        self.ticketing = Ticketing(store, access, self.parties)
        self.exports = Exports(store, render, sideloads, pager)
        reading = Reading(store, access, render, sideloads, pager)
        writing = Writing(
            store, render, reading, self.parties, self.ticketing, self.jobs
        )
        self._parts = (
            oauth,
            reading,
            writing,
            self.exports,
            Searching(store, render, sideloads, pager),
            self.jobs,
            Definitions(store, render, pager, account),
            WebhookApi(store, webhooks, pager),
        )

    def routes(self):
        """Every endpoint, with and without `.json` at its end."""
        found = {}
        for part in self._parts:
            for route in part.routes():
                handler = self._locked(route.handler)
                for suffix in ("", ".json"):
                    template = route.template
                    if not template.endswith(("}", ".json")):
                        template += suffix
                    found[route.method, template] = Route(
                        route.method, template, handler
                    )
        return list(found.values())

    def guard(self, request):
        """What stands before every handler: token, scope, rate limit."""
        if request.path.startswith("/oauth/"):
            return
        self.access.authenticate(request)
        wait, headers = self.meter.take(request)
        request.notes["rate_headers"] = headers
        if wait is not None:
            raise Refusal(errors.limited(wait))
        with self.store.lock:
            self.store.levels.run_due()
            self.jobs.run_due()

    def _locked(self, handler):
        def answer(request):
            for name, value in request.params.items():
                request.params[name] = value.removesuffix(".json")
            with self.store.lock:
                try:
                    return handler(request)
                except errors.Invalid as wrong:
                    raise wrong.refusal() from None

        return answer
