"""What ``/_control/`` offers for an account."""

from .. import control
from ..routing import Refusal, Route
from . import facts
from .errors import Invalid


def control_routes(simulator):
    """Bodies in brackets, all POST; records as the API has them, without its limits.

    ``seed`` {records, users?, tickets?, customers?}; ``create`` {object: organization,
    user or ticket, record}; ``update`` {object, id, record}; ``delete``, ``restore``,
    ``scrub`` and ``touch`` {object, id}, the last three of tickets; ``rate`` {id,
    score, comment?}; ``merge`` {id, into}; ``tokens`` {token: scopes or null};
    ``revoke`` {token?}; ``authorize`` {redirect_uri, scope?}; ``settings`` {lag?,
    page?, metrics_within?, job_seconds?, jobs_still?, fail_jobs?, kill_jobs?,
    token_seconds?, limit?}; ``webhooks`` {its settings}, shown by a GET; ``GET
    record`` with ?object=user&id=; and ``GET truth``.
    """
    controls = _Controls(simulator)
    names = "seed create update delete restore scrub touch rate merge tokens revoke"
    names += " authorize settings webhooks"
    return [
        *control.posts({name: getattr(controls, name) for name in names.split()}),
        Route("GET", "/_control/record", controls.record),
        Route("GET", "/_control/truth", lambda _request: simulator.truth()),
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

    def seed(self, body):
        self.simulator.seed_records(**body)
        return self.simulator.truth()

    def create(self, body):
        return {"id": self._write("create", body["object"], body["record"]).id}

    def update(self, body):
        record = self._found(body["object"], body["id"])
        self._write("update", body["object"], record, body["record"])

    def delete(self, body):
        record = self._found(body["object"], body["id"])
        with self.store.lock:
            getattr(self.store, f"delete_{body['object']}")(record)

    def restore(self, body):
        with self.store.lock:
            self.store.restore_ticket(self._found("ticket", body["id"]))

    def scrub(self, body):
        with self.store.lock:
            self.store.scrub_ticket(self._found("ticket", body["id"]))

    def touch(self, body):
        with self.store.lock:
            self.store.touch_ticket(self._found("ticket", body["id"]))

    def rate(self, body):
        if body["score"] not in facts.SCORES:
            raise ValueError(f"score must be one of {facts.SCORES}")
        values = {"score": body["score"], "score_comment": body.get("comment")}
        with self.store.lock:
            self.store.update(self._found("ticket", body["id"]), values)

    def merge(self, body):
        loser, winner = (self._found("user", body[name]) for name in ("id", "into"))
        with self.store.lock:
            self.store.merge_users(loser, winner)

    def tokens(self, body):
        access = self.simulator.access
        access.tokens.clear()
        access.revoked.clear()
        for token, scopes in body.items():
            access.tokens[token] = None if scopes is None else frozenset(scopes)

    def revoke(self, body):
        self.simulator.revoke(body.get("token"))

    def authorize(self, body):
        consent = self.simulator.oauth.consent
        scope = body.get("scope", "read write")
        return {"code": consent.give(body["redirect_uri"], scope)}

    def settings(self, body):
        places = {
            "lag": (self.simulator.exports, "lag"),
            "page": (self.simulator.exports, "page"),
            "metrics_within": (self.simulator.exports.sideloads, "metrics_within"),
            "job_seconds": (self.simulator.jobs, "seconds"),
            "jobs_still": (self.simulator.jobs, "still"),
            "fail_jobs": (self.simulator.jobs, "fail"),
            "kill_jobs": (self.simulator.jobs, "kill"),
            "token_seconds": (self.simulator.oauth, "lifetime"),
            "limit": (self.simulator.meter, "limit"),
        }
        for name, value in body.items():
            holder, attribute = places[name]
            setattr(holder, attribute, value)

    def webhooks(self, body):
        self.simulator.webhooks.configure(**body)
        return self.simulator.webhooks.describe()

    def record(self, request):
        return self.simulator.shape(request.first("object"), request.first("id"))

    def _found(self, kind, record_id):
        found = self.store.table(kind).get(record_id)
        if found is None:
            raise KeyError(f"{kind} {record_id}")
        return found

    def _write(self, verb, kind, *arguments):
        writer = self.simulator.ticketing
        if kind != "ticket":
            writer, verb = self.simulator.parties, f"{verb}_{kind}"
        try:
            with self.store.lock:
                return getattr(writer, verb)(*arguments)
        except Invalid as wrong:
            raise ValueError(wrong.sentence()) from None
        except Refusal as refusal:
            raise ValueError(refusal.reply.body) from None
