"""The endpoints of a site as one route list, and what stands before all of them."""

from ..billing.rules import Refused
from ..routing import Route
from . import errors, facts
from .reading import Reading
from .resources import Resources
from .writing_catalogue import CatalogueWriting
from .writing_document import DocumentWriting
from .writing_subscription import SubscriptionWriting


class Api:
    """Wires the handlers together. ``access``, ``meter`` and ``idempotency`` are those
    of :mod:`.access`."""

    def __init__(self, site, events, access, meter, idempotency):
        self.site = site
        self.access = access
        self.meter = meter
        self.idempotency = idempotency
        self.resources = Resources(site, events)
        self.reading = Reading(site, self.resources)
        catalogue = CatalogueWriting(site, self.resources, self.reading)
        self._writers = (
            catalogue,
            SubscriptionWriting(site, self.resources, catalogue),
            DocumentWriting(site, self.resources, self.reading),
        )

    def routes(self):
        """Every endpoint."""
        reads = self.reading.routes()
        writes = [each for part in self._writers for each in part.routes()]
        return [
            *(Route(verb, facts.PREFIX + path, work) for verb, path, work in reads),
            *(
                Route(verb, facts.PREFIX + path, self._once(work))
                for verb, path, work in writes
            ),
        ]

    def _once(self, work):
        def locked(request):
            with self.site.store.lock:
                try:
                    return work(request)
                except Refused as refused:
                    raise refusal(refused) from None

        def handle(request):
            return self.idempotency.run(request, lambda: locked(request))

        return handle

    def guard(self, request):
        """Key and rate limit."""
        self.access.authenticate(request)
        self.meter.take()


#: What the engine refuses, that is no question of the record's state.
VALUES = {"no_items", "intervals", "currencies", "one_off", "too_much", "amounts"}


def refusal(refused):
    """The error of what the engine refuses."""
    if refused.code in VALUES:
        return errors.refuse(400, "invalid_request", str(refused))
    return errors.state(str(refused))
