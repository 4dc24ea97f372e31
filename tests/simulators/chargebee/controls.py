"""What ``/_control/`` offers for a site."""

from .. import control
from ..billing.model import TYPES
from ..routing import Route


def control_routes(simulator):
    """Bodies in brackets, all POST.

    ``create`` {object: a type of the engine, id?, fields}; ``update`` {object, id,
    fields}; ``delete`` {object, id}; ``advance`` {to: seconds or ISO text}; ``keys``
    {key: full or read_only}; ``revoke`` {key?}; ``settings`` {limit?: requests a
    minute or null}; ``webhooks`` {its settings}, shown by a GET; ``resend`` {events:
    ids}; ``run`` {operation: as ``invoices.void``, arguments, values?}; and ``GET
    record`` with ?object=invoice&id=.
    """
    controls = _Controls(simulator)
    handlers = {
        "create": controls.create,
        "update": controls.update,
        "delete": controls.delete,
        "advance": lambda body: simulator.engine.advance(body["to"]),
        "keys": controls.keys,
        "revoke": lambda body: simulator.revoke(body.get("key")),
        "settings": controls.settings,
        "webhooks": controls.webhooks,
        "resend": controls.resend,
        "run": controls.run,
    }
    return [
        *control.posts(handlers),
        Route("GET", "/_control/record", controls.record),
        Route(
            "GET",
            "/_control/webhooks",
            lambda _request: simulator.webhooks.describe(),
        ),
    ]


class _Controls:
    def __init__(self, simulator):
        self.simulator = simulator

    @property
    def engine(self):
        return self.simulator.engine

    def create(self, body):
        cls = TYPES[body["object"]]
        made = self.engine.create(cls, id=body.get("id"), **body.get("fields", {}))
        return {"id": made.id}

    def update(self, body):
        found = self.engine.get(TYPES[body["object"]], body["id"])
        self.engine.update(found, **body["fields"])

    def delete(self, body):
        self.engine.delete(self.engine.get(TYPES[body["object"]], body["id"]))

    def keys(self, body):
        self.simulator.access.keys.clear()
        self.simulator.access.keys.update(body)

    def settings(self, body):
        if "limit" in body:
            self.simulator.meter.limit = body["limit"]

    def webhooks(self, body):
        self.simulator.webhooks.configure(**body)
        return self.simulator.webhooks.describe()

    def resend(self, body):
        events = [self.simulator.events.find(each) for each in body["events"]]
        self.simulator.webhooks.resend(events)

    def run(self, body):
        """An operation of the engine: what it made is told by its id."""
        part, _dot, name = body["operation"].partition(".")
        operation = getattr(getattr(self.engine, part), name)
        with self.engine.store.lock:
            made = operation(*body.get("arguments", ()), **body.get("values", {}))
        return {"id": getattr(made, "id", None)}

    def record(self, request):
        return self.simulator.shape(request.first("object"), request.first("id"))
