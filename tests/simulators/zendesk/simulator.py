"""A Zendesk account that answers like the Support API, strictly and with memory."""

from ..server import Simulator
from . import errors, facts
from .access import Access
from .api import Api
from .controls import control_routes
from .events import Events
from .levels import Levels
from .oauth import OAuth
from .rate import Meter
from .seed import YEAR, Seeder, truth
from .store import Store
from .webhooks import Webhooks

TOKEN = "simulated-zendesk-token"
CLIENT_ID = "simulated-zendesk-client"
SECRET = "simulated-zendesk-client-secret"


class ZendeskSimulator(Simulator):
    """``with ZendeskSimulator(20, seed=1) as zendesk: zendesk.url``

    Arguments, all by name but the first:

    - ``records``: organizations to make, ten users and 25 tickets for each; ``counts``
      names other numbers of these (``{"users": 5, "tickets": 0}``)
    - ``seed``, ``clock``, ``port``, ``log_size``: see :class:`Simulator`
    - ``token``, ``scopes``: the one token there is at first; ``scopes`` None for all
    - ``client_id``, ``client_secret``: of the one OAuth client
    - ``plan``, ``high_volume``, ``limit``: see :class:`Meter`; no limits without a plan
    - ``account``: overrides of :data:`facts.ACCOUNT`
    - ``webhooks``: settings of :class:`Webhooks`, as ``{"target": url}``

    Attributes besides those of :class:`Simulator`: ``store`` (:class:`Store`),
    ``token``, ``access`` (``tokens``, ``revoked``, ``forbidden``), ``oauth``
    (:class:`OAuth`), ``meter``, ``jobs`` (:class:`Jobs`), ``exports``
    (:class:`Exports`), ``webhooks`` (:class:`Webhooks`), ``parties`` and ``ticketing``,
    which write as the API does but without HTTP.
    """

    vendor = "zendesk"

    def __init__(
        self,
        records=0,
        *,
        counts=None,
        seed=0,
        clock=None,
        port=0,
        log_size=500,
        token=TOKEN,
        scopes=None,
        client_id=CLIENT_ID,
        client_secret=SECRET,
        plan=None,
        high_volume=False,
        limit=None,
        account=None,
        webhooks=None,
    ):
        super().__init__(port=port, seed=seed, clock=clock, log_size=log_size)
        self.token = token
        self.account = {**facts.ACCOUNT, **(account or {})}
        self.store = Store(self.clock)
        self.store.levels = Levels(self.store)
        granted = None if scopes is None else frozenset(scopes)
        self.access = Access(self.clock, {token: granted})
        self.oauth = OAuth(self.access, self.clock, client_id, client_secret)
        self.meter = Meter(self.clock, plan, high_volume, limit)
        events = Events(self.store, self.account)
        self.webhooks = Webhooks(events, seed=seed, **(webhooks or {}))
        self._api = Api(
            self.store,
            self.access,
            self.oauth,
            self.meter,
            self.webhooks,
            self.account,
            lambda: self.url,
        )
        self.jobs = self._api.jobs
        self.exports = self._api.exports
        self.parties = self._api.parties
        self.ticketing = self._api.ticketing
        self.set_routes(self._api.routes())
        long_ago = self.store.now() - 2 * YEAR
        me = self.store.add_user(
            name="Integration",
            email="integration@desk.example",
            role="admin",
            created=long_ago,
            updated=long_ago,
        )
        self.access.user_id = me.id
        self.seed_records(records, **(counts or {}))
        self.store.listener = self.webhooks.notice

    def seed_records(self, records=0, **counts):
        """Make organizations, users and tickets, of which nobody is told; see
        :meth:`Seeder.load`."""
        Seeder(self.store, self.seed).load(records, **counts)

    def truth(self):
        """What there is, counted: see :func:`~.seed.truth`."""
        with self.store.lock:
            return truth(self.store)

    def shape(self, kind, record_id):
        """The JSON of an organization, user or ticket, as it would be read."""
        with self.store.lock:
            record = self.store.table(kind).get(record_id)
            if record is None:
                raise KeyError(f"{kind} {record_id}")
            return getattr(self._api.render, kind)(record)

    def revoke(self, token=None):
        """401 for this token (the first one when left out) from now on."""
        self.access.revoked.add(token or self.token)

    def start(self):
        super().start()
        self.webhooks.start()
        return self

    def stop(self):
        self.webhooks.stop()
        super().stop()

    # What the base asks of a vendor

    def guard(self, request):
        self._api.guard(request)

    def headers(self, request):
        return {
            "Date": self.date_header(),
            "X-Request-Id": request.correlation_id,
            **request.notes.get("rate_headers", {}),
        }

    def error(self, request, status, message, **details):
        code = {404: "InvalidEndpoint", 405: "MethodNotAllowed"}
        return errors.reply(status, code.get(status, "InternalError"), message)

    def fault_reply(self, request, fault):
        """``target`` of a ``missing_scope`` is the scope, of a ``status`` its code."""
        if fault.kind == "revoked":
            return errors.unauthenticated()
        if fault.kind == "missing_scope":
            return errors.missing_scope(fault.target or "read")
        if fault.kind == "rate_limit":
            return errors.limited(fault.retry_after or 60)
        code = fault.target or CODES.get(fault.status, "InternalError")
        reply = errors.reply(fault.status, code, f"Simulated {fault.status}")
        if fault.retry_after is not None:
            reply.headers["Retry-After"] = str(fault.retry_after)
        return reply

    def state(self):
        with self.store.lock:
            return {
                **truth(self.store),
                "version": self.store.version,
                "jobs": {each.id: each.status for each in self.jobs.rows.values()},
                "ignored": {
                    f"{kind}.{name}": number
                    for (kind, name), number in self.store.ignored.items()
                },
            }

    def control_routes(self):
        return [*super().control_routes(), *control_routes(self)]


#: Codes of the statuses a fault may have. [M]
CODES = {
    409: "UpdateConflict",
    422: "RecordInvalid",
    503: "ServiceUnavailable",
}
