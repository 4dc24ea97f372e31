"""A Freshdesk account that answers like the API, strictly and with memory."""

from ..routing import Reply, Route
from ..server import Simulator
from . import errors, facts
from .access import KEY, Access, Meter
from .cases import Cases
from .contacts import Companies, Contacts
from .controls import control_routes
from .desk import make_desk
from .fields import Fields
from .jobs import Jobs
from .listing import Listing
from .render import Render
from .search import Search
from .seed import Seeder, set_up
from .settings import Settings
from .store import Store
from .tickets import Tickets
from .webhooks import Webhooks

ACCOUNT = {
    "account_id": 700_001,
    "account_name": "Northwind Support",
    "account_domain": "northwind.freshdesk.com",
    "organisation_id": 700_000_000_001,
    "organisation_name": "Northwind",
    "timezone": "Berlin",
    "data_center": "EUC",
    "tier_type": "Enterprise",
    "total_agents": {"full_time": 8, "occasional": 0},
    "hipaa_compliant": False,
}


class FreshdeskSimulator(Simulator):
    """``with FreshdeskSimulator(20, seed=1) as freshdesk: freshdesk.url``

    Arguments, all by name but the first:

    - ``companies``: to generate, with 10 contacts and 25 tickets each; ``contacts`` and
      ``tickets`` name other totals; ``dirt``: share of unusual records
    - ``seed``, ``clock``, ``port``, ``log_size``: see :class:`Simulator`
    - ``key``: the one API key there is at first, an administrator's
    - ``plan``: one of :data:`facts.PLANS`, whose requests a minute hold; None: no limit
      and no headers of one
    - ``search_lag``: seconds until search finds a new record
    - ``job_seconds``: how long a bulk job takes
    - ``account``: overrides of :data:`ACCOUNT`
    - ``webhooks``: settings of :class:`Webhooks`, as ``{"target": url}``

    Attributes besides those of :class:`Simulator`: ``store``, ``cases`` (what changes
    records by the rules of a desk), ``fields``, ``access`` (``keys``, ``revoked``,
    ``admins``), ``meter`` (``plan``, ``used_by_others``), ``jobs``, ``search``,
    ``webhooks``, ``token`` (the key), ``truth`` (what was generated, counted).
    """

    vendor = "freshdesk"

    def __init__(
        self,
        companies=0,
        *,
        contacts=None,
        tickets=None,
        dirt=0.08,
        seed=0,
        clock=None,
        port=0,
        log_size=500,
        key=KEY,
        plan=None,
        search_lag=0,
        job_seconds=facts.JOB_SECONDS,
        account=None,
        webhooks=None,
    ):
        super().__init__(port=port, seed=seed, clock=clock, log_size=log_size)
        self.token = key
        self.truth = {}
        self.store = Store(self.clock)
        self.cases = Cases(self.store)
        self.fields = Fields(self.store)
        self.access = Access(key)
        self.meter = Meter(self.clock, plan and facts.PLANS[plan])
        render = Render(self.store, self.fields)
        listing = Listing(self.store, lambda: self.url)
        ticket_parts = (self.store, self.fields, self.cases, listing, render)
        tickets_api = Tickets(*ticket_parts)
        self.jobs = Jobs(
            self.store, self.cases, tickets_api, lambda: self.url, job_seconds
        )
        self.search = Search(self.store, self.fields, render, search_lag)
        shown = {**ACCOUNT, **(account or {})}
        parts = (
            tickets_api,
            self.jobs,
            Contacts(*ticket_parts),
            Companies(self.store, self.fields, listing, render),
            self.search,
            Settings(self.store, self.fields, listing, render, self.access, shown),
        )
        self._render = render
        self.set_routes(
            [
                Route(verb, facts.PREFIX + path, self._locked(work))
                for part in parts
                for verb, path, work in part.routes()
            ]
        )
        set_up(self.store)
        if companies or contacts or tickets:
            self.seed_desk(companies, contacts=contacts, tickets=tickets, dirt=dirt)
        self.webhooks = Webhooks(
            self.store, lambda: self.url, seed=seed, **(webhooks or {})
        )

    def _locked(self, work):
        def handle(request):
            with self.store.lock:
                return work(request)

        return handle

    def start(self):
        super().start()
        self.webhooks.start()
        return self

    def stop(self):
        self.webhooks.stop()
        super().stop()

    def seed_desk(self, companies, **arguments):
        """Load a desk, made by :func:`make_desk`, on top of what there is; returns its
        ``truth``."""
        desk = make_desk(
            companies,
            seed=self.seed + self.store.count("company"),
            at=self.clock.now(),
            **arguments,
        )
        self.ids = Seeder(self.store, self.cases).load(desk)
        self.truth = desk.truth()
        return self.truth

    def revoke(self, key=None):
        """401 for this key (the first one when left out) from now on."""
        self.access.revoked.add(key or self.token)

    def shape(self, kind, record_id):
        """The JSON of a record, as it would be read: ``shape("ticket", 7)``."""
        with self.store.lock:
            found = self.store.get(kind, record_id)
            if found is None:
                raise KeyError(f"{kind} {record_id}")
            return getattr(self._render, kind, self._render.plain)(found)

    # What the base asks of a vendor

    def guard(self, request):
        with self.store.lock:
            self.jobs.run_due()
        self.meter.take(request, _credits(request))
        self.access.authenticate(request)
        agents = self.store.rows("agent")
        request.notes["agent_id"] = agents[request.notes["agent"]]["id"]

    def headers(self, request):
        name, value = facts.VERSION_HEADER
        return {
            "Date": self.date_header(),
            name: value,
            "X-Request-Id": request.correlation_id,
            **request.notes.get("rate_headers", {}),
        }

    def error(self, request, status, message, **details):
        if status == 404:
            return Reply(404)
        if status == 405:
            _route, _params, allowed = self._table.find(request.method, request.path)
            return errors.not_allowed(request.method, allowed)
        return errors.reply(status, CODES.get(status, "internal_error"), message)

    def fault_reply(self, request, fault):
        """``target`` of a ``status`` fault is its ``code``."""
        if fault.kind == "revoked":
            return errors.unauthenticated()
        if fault.kind == "missing_scope":
            return errors.denied()
        if fault.kind == "rate_limit":
            return errors.limited(fault.retry_after)
        if fault.status == 404:
            return Reply(404)
        code = fault.target or CODES.get(fault.status, "internal_error")
        reply = errors.reply(fault.status, code, f"Simulated {fault.status}")
        if fault.retry_after is not None:
            reply.headers["Retry-After"] = str(fault.retry_after)
        return reply

    def state(self):
        with self.store.lock:
            kinds = ("company", "contact", "ticket", "conversation", "rating")
            return {
                "objects": {kind: self.store.count(kind) for kind in kinds},
                "truth": self.truth,
                "version": self.store.version,
            }

    def control_routes(self):
        return [*super().control_routes(), *control_routes(self)]


#: Codes of the statuses that a fault may have. [M]
CODES = {
    403: "access_denied",
    409: "inconsistent_state",
    500: "internal_error",
    502: "bad_gateway",
    503: "service_unavailable",
    504: "gateway_timeout",
}


def _credits(request):
    """What a request costs: one, and more for what it includes."""
    each = {
        f"{facts.PREFIX}/tickets": facts.LIST_INCLUDE_CREDITS,
        f"{facts.PREFIX}/tickets/{{id}}": facts.VIEW_INCLUDE_CREDITS,
    }.get(request.template, 0)
    if request.method != "GET":
        each = 0
    return 1 + each * len(set(request.listed("include")))
