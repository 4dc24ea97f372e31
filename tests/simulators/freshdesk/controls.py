"""What ``/_control/`` offers for an account."""

from .. import control
from ..routing import Route
from . import facts
from .contacts import drop_company, make_company


def control_routes(simulator):
    """Bodies in brackets, all POST.

    ``seed`` {companies, dirt?, contacts?, tickets?, customers?}; ``create``, ``update``
    {object, id?, fields}; ``delete`` {object, id}: tickets into the trash, contacts
    softly, companies for good; ``purge`` {object, id}: for good; ``merge`` {primary,
    others}; ``say`` {ticket, body, incoming?, private?}; ``field`` {object, label,
    type?, ...}; ``rename`` {object, name, label}; ``keys`` {key: index of its agent};
    ``revoke`` {key?}; ``settings`` {plan?: name or null, used_by_others?, search_lag?,
    job_seconds?}; ``webhooks`` {its settings}, shown by a GET; and ``GET record`` with
    ?object=&id=.
    """
    controls = _Controls(simulator)
    names = ("create", "update", "delete", "purge", "merge", "say", "field", "rename")
    handlers = {
        **{name: controls.locked(getattr(controls, name)) for name in names},
        "seed": lambda body: simulator.seed_desk(**body),
        "keys": controls.keys,
        "revoke": lambda body: simulator.revoke(body.get("key")),
        "settings": controls.settings,
        "webhooks": controls.webhooks,
    }
    return [
        *control.posts(handlers),
        Route("GET", "/_control/record", controls.record),
        Route(
            "GET", "/_control/webhooks", lambda _request: simulator.webhooks.describe()
        ),
    ]


class _Controls:
    def __init__(self, simulator):
        self.simulator = simulator

    @property
    def store(self):
        return self.simulator.store

    @property
    def cases(self):
        return self.simulator.cases

    def locked(self, work):
        def handle(body):
            with self.store.lock:
                return work(body)

        return handle

    def create(self, body):
        values = body.get("fields", {})
        makers = {
            "contact": self.cases.contact,
            "ticket": self.cases.ticket,
            "company": lambda each: make_company(self.store, each),
        }
        return {"id": makers[body["object"]](values)["id"]}

    def update(self, body):
        record = self._get(body)
        if body["object"] == "ticket":
            self.cases.change(record, body["fields"])
        else:
            self.store.update(body["object"], record, body["fields"])

    def delete(self, body):
        record = self._get(body)
        if body["object"] == "ticket":
            self.cases.delete(record)
        elif body["object"] == "company":
            drop_company(self.store, record)
        else:
            self.store.update("contact", record, {"deleted": True})

    def purge(self, body):
        self.store.remove(body["object"], self._get(body))

    def merge(self, body):
        primary = self._get({"object": "contact", "id": body["primary"]})
        others = [
            self._get({"object": "contact", "id": each}) for each in body["others"]
        ]
        self.cases.merge(primary, others)

    def say(self, body):
        ticket = self._get({"object": "ticket", "id": body["ticket"]})
        incoming = bool(body.get("incoming"))
        private = bool(body.get("private", not incoming))
        said = {
            "body": body["body"],
            "incoming": incoming,
            "private": private,
            "user_id": ticket["requester_id"] if incoming else ticket["responder_id"],
        }
        made = self.cases.say(ticket, said, "note" if private else "reply")
        return {"id": made["id"]}

    def field(self, body):
        body = dict(body)
        kind, label = body.pop("object"), body.pop("label")
        field_type = body.pop("type", "custom_text")
        return {"name": self.simulator.fields.define(kind, label, field_type, **body)}

    def rename(self, body):
        field = self.simulator.fields.custom(body["object"])[body["name"]]
        self.simulator.fields.change(field, {"label": body["label"]})

    def keys(self, body):
        self.simulator.access.keys.clear()
        self.simulator.access.keys.update(body)

    def settings(self, body):
        simulator = self.simulator
        if "plan" in body:
            simulator.meter.plan = body["plan"] and facts.PLANS[body["plan"]]
        if "used_by_others" in body:
            simulator.meter.used_by_others = int(body["used_by_others"])
        if "search_lag" in body:
            simulator.search.lag = int(body["search_lag"])
        if "job_seconds" in body:
            simulator.jobs.seconds = int(body["job_seconds"])

    def webhooks(self, body):
        self.simulator.webhooks.configure(**body)
        return self.simulator.webhooks.describe()

    def record(self, request):
        return self.simulator.shape(request.first("object"), request.first("id"))

    def _get(self, body):
        found = self.store.get(body["object"], body["id"])
        if found is None:
            raise KeyError(f"{body['object']} {body['id']}")
        return found
