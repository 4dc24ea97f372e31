"""A Chargebee site that answers like the API, strictly and with memory."""

from ..billing.engine import BillingEngine
from ..billing.model import TYPES
from ..billing.periods import after
from ..billing.rules import CHARGEBEE, DAY
from ..billing.year import run_year
from ..server import Simulator
from . import errors, facts
from .access import KEY, Access, Idempotency, Meter, unauthenticated, unauthorized
from .api import Api
from .controls import control_routes
from .events import Events
from .site import Site
from .webhooks import Webhooks


class ChargebeeSimulator(Simulator):
    """``with ChargebeeSimulator() as chargebee: chargebee.engine.create(Customer, …)``

    Arguments, all by name:

    - ``seed``, ``clock``, ``port``, ``log_size``: see :class:`Simulator`
    - ``key``: the one API key there is at first; it may do everything
    - ``plan``: one of :data:`facts.PLANS`, whose requests a minute hold; None: none
    - ``name``, ``currency``: of the site
    - ``engine``: one to show instead of an empty one
    - ``webhooks``: settings of :class:`Webhooks`, as ``{"target": url}``

    Attributes besides those of :class:`Simulator`: ``engine`` (what the site's data are
    made with), ``store``, ``site``, ``events``, ``webhooks``, ``access`` (``keys``,
    ``revoked``), ``meter`` (``limit``), ``token`` (the key), ``resources``.
    """

    vendor = "chargebee"

    def __init__(
        self,
        *,
        seed=0,
        clock=None,
        port=0,
        log_size=500,
        key=KEY,
        plan=None,
        name="northwind-test",
        currency="USD",
        engine=None,
        webhooks=None,
    ):
        if engine is not None:
            clock = engine.clock
        super().__init__(port=port, seed=seed, clock=clock, log_size=log_size)
        self.token = key
        self.engine = engine or BillingEngine(
            self.clock, rules=CHARGEBEE, seed=seed, ids=new_id
        )
        self.store = self.engine.store
        self.site = Site(self.engine, name, currency)
        self.events = Events(self.site)
        self.webhooks = Webhooks(
            self.events, self.store.lock, seed=seed, **(webhooks or {})
        )
        self.access = Access(key)
        self.meter = Meter(self.clock, plan and facts.PLANS[plan])
        self._api = Api(
            self.site, self.events, self.access, self.meter, Idempotency(self.clock)
        )
        self.resources = self._api.resources
        self.set_routes(self._api.routes())

    def start(self):
        super().start()
        self.webhooks.start()
        return self

    def stop(self):
        self.webhooks.stop()
        super().stop()

    def live(self, customers, months=12):
        """Let a company live for so many months until today, its clock's.

        Its clock stands still at the last midnight then; ``clock.resume()`` lets it go.
        See :mod:`simulators.billing.year`.
        """
        today = self.engine.now() // DAY * DAY
        self.clock.stop(after(today, "month", 1, -months) * 1000)
        run_year(customers, self.seed, engine=self.engine, months=months)

    def revoke(self, key=None):
        """401 for this key (the first one when left out) from now on."""
        self.access.revoked.add(key or self.token)

    def shape(self, name, record_id):
        """The JSON of a record, as it would be read: ``shape("invoice", "7")``."""
        with self.store.lock:
            found = self.resources.find(name, record_id)
            if found is None:
                raise KeyError(f"{name} {record_id}")
            return self.resources.shape(name, found)

    # What the base asks of a vendor

    def guard(self, request):
        with self.store.lock:
            self.engine.run_due()
        self._api.guard(request)

    def error(self, request, status, message, **details):
        code = {404: "resource_not_found", 405: "http_method_not_supported"}
        return errors.reply(status, code.get(status, "internal_error"), message)

    def fault_reply(self, request, fault):
        """``target`` of a ``status`` fault is its ``api_error_code``."""
        if fault.kind == "revoked":
            return unauthenticated()
        if fault.kind == "missing_scope":
            return unauthorized()
        if fault.kind == "rate_limit":
            return errors.limited(fault.retry_after)
        code = fault.target or CODES.get(fault.status, "internal_error")
        reply = errors.reply(fault.status, code, f"Simulated {fault.status}")
        if fault.retry_after is not None:
            reply.headers["Retry-After"] = str(fault.retry_after)
        return reply

    def state(self):
        with self.store.lock:
            counts = {
                name: self.store.count(cls)
                for name, cls in TYPES.items()
                if self.store.count(cls)
            }
            return {
                "objects": counts,
                "events": len(self.events.rows),
                "version": len(self.store.log),
            }

    def control_routes(self):
        return [*super().control_routes(), *control_routes(self)]


#: Codes of the statuses a fault may have. [SDK; M for which goes with which]
CODES = {
    409: "invalid_state_for_request",
    429: "api_request_limit_exceeded",
    500: "internal_error",
    502: "internal_error",
    503: "internal_temporary_error",
    504: "internal_temporary_error",
}

#: How ids begin; invoices and credit notes are numbered. [samples]
PREFIXES = {
    "item": "si_",
    "line": "li_",
    "credit_line": "li_cn",
    "payment": "txn_p",
    "refund": "txn_r",
    "dispute": "txn_d",
    "pending_item": "li_u",
    "usage": "usage_",
    "credit_note": "CN-",
    "coupon": "coupon-",
    "product": "item-",
    "price": "item-price-",
    "feature": "feature-",
}


def new_id(kind, number):
    """Ids in Chargebee's manner."""
    if kind == "invoice":
        return str(number)
    if kind in ("credit_note", "coupon", "product", "price", "feature"):
        return f"{PREFIXES[kind]}{number}"
    return f"{PREFIXES.get(kind, '')}AzqSim{kind[:2].title()}{number:06d}"
