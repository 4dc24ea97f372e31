"""A Stripe account that answers like the API, strictly and with memory."""

from .. import control
from ..billing import STRIPE, BillingEngine, run_year
from ..billing.model import TYPES
from ..billing.periods import after
from ..routing import Route
from ..server import Simulator
from . import errors, facts
from .access import Access
from .account import Account, ids
from .api import Api
from .endpoints import Endpoints
from .events import Events
from .idempotency import Idempotency
from .rate import Meter, RateLimit
from .reading import Reading
from .search import Search
from .webhooks import Webhooks
from .writing_catalog import WritingCatalog
from .writing_contracts import WritingContracts
from .writing_documents import WritingDocuments
from .writing_schedules import WritingSchedules
from .writing_usage import WritingUsage

TOKEN = "sk_test_simulatedstripekey"  # noqa: S105 - opens nothing but the simulator


class StripeSimulator(Simulator):
    """``with StripeSimulator(seed=1) as stripe: stripe.url``

    Arguments, all by name but the first:

    - ``records``: customers of a company whose last ``months`` are lived through first;
      0: an empty account
    - ``seed``, ``clock``, ``port``, ``log_size``: see :class:`Simulator`
    - ``token``: the one secret key there is at first
    - ``version``: of the account, for requests that name none and for events
    - ``account``: overrides of :data:`facts.ACCOUNT`
    - ``rules``: of the billing engine
    - ``rate_limit``: a :class:`RateLimit`, True for the usual numbers, None for none
    - ``webhooks``: settings of :class:`Webhooks`, as ``{"target": url}``

    Attributes besides those of :class:`Simulator`: ``engine`` (the billing engine),
    ``account``, ``access`` (``keys``, ``revoked``), ``events`` (:class:`Events`),
    ``webhooks``, ``idempotency``, ``search`` (``lag``), ``token``, ``declines`` (codes
    of failure of the next charges by customer id, None among them for one that
    succeeds), ``ignored`` (Counter of (path, parameter) that nothing was done about).
    """

    vendor = "stripe"

    def __init__(
        self,
        records=0,
        *,
        months=12,
        seed=0,
        clock=None,
        port=0,
        log_size=500,
        token=TOKEN,
        version=facts.NEW_VERSION,
        account=None,
        rules=STRIPE,
        rate_limit=None,
        webhooks=None,
    ):
        self.token = token
        self.declines = {}
        super().__init__(port=port, seed=seed, clock=clock, log_size=log_size)
        end = self._begin(months) if records else None
        self.engine = BillingEngine(self.clock, rules, seed=seed, ids=ids)
        self.store = self.engine.store
        overrides = {"api_version": version, **(account or {})}
        self.account = Account(self.engine, overrides)
        self.access = Access(self.account.facts, {token: None}, version)
        self.events = Events(self.account)
        self.idempotency = Idempotency(self.clock)
        self.webhooks = Webhooks(
            self.account, self.events, seed=seed, **(webhooks or {})
        )
        reading = Reading(self.account)
        self.search = Search(self.account)
        parts = (
            reading,
            self.search,
            self.events,
            Endpoints(self.account),
            *(
                part(self.account, reading)
                for part in (
                    WritingCatalog,
                    WritingContracts,
                    WritingSchedules,
                    WritingDocuments,
                    WritingUsage,
                )
            ),
        )
        limit = RateLimit() if rate_limit is True else rate_limit
        self._api = Api(
            self.account,
            self.access,
            self.idempotency,
            self.events,
            limit and Meter(limit),
            parts,
        )
        self.ignored = self._api.ignored
        self.set_routes(self._api.routes())
        self.engine.decline = self._decline
        if records:
            self._live(records, months, end)
        self.events.listeners.append(self.webhooks.notice)

    # Data

    def _live(self, customers, months, end):
        """Let a company's months up to now happen, of which nobody is told."""
        run_year(customers, self.seed, engine=self.engine, months=months)
        planned = self.engine.decline
        self.engine.decline = lambda payment: self._decline(payment) or planned(payment)
        if end is not None:
            self.engine.advance(end)
        else:
            self.clock.resume()
            self.engine.run_due()

    def _begin(self, months):
        """Set the clock back, since an engine lives from its first moment on.

        Returns the moment to come back to, None for a clock that runs.
        """
        end = self.clock.now_ms() // 1000
        still = self.clock.is_still
        self.clock.stop(after(end, "month", 1, -months) * 1000)
        return end if still else None

    def _decline(self, payment):
        codes = self.declines.get(payment.customer)
        return codes.pop(0) if codes else None

    def advance(self, to):
        """Move a clock that stands still, with all that falls due until then."""
        self.engine.advance(to)

    # Life

    def start(self):
        super().start()
        self.webhooks.start()
        return self

    def stop(self):
        self.webhooks.stop()
        super().stop()

    # Keys

    def set_keys(self, keys):
        """Replace the keys: ``{key: list of permissions, or None for all}``; a
        permission is as ``customer_read``."""
        self.access.keys.clear()
        self.access.revoked.clear()
        for key, granted in keys.items():
            self.access.keys[key] = None if granted is None else frozenset(granted)

    def revoke(self, key=None):
        """401 for this key (the first one when left out) from now on."""
        self.access.revoked.add(key or self.token)

    # What the base asks of a vendor

    def guard(self, request):
        self._api.guard(request)

    def headers(self, request):
        headers = {"Date": self.date_header(), "Request-Id": _request_id(request)}
        if "version" in request.notes:
            headers["Stripe-Version"] = request.notes["version"]
        return headers

    def answer(self, request):
        _request_id(request)
        return super().answer(request)

    def error(self, request, status, message, **details):
        if status in (404, 405):
            return errors.no_route(request)
        return errors.reply(request, status, message, kind=facts.API_ERROR)

    def fault_reply(self, request, fault):
        if fault.kind == "revoked":
            return errors.unauthenticated(request, self.token, "api_key_expired")
        if fault.kind == "rate_limit":
            reason = fault.policy or "global-rate"
            return errors.rate_limited(request, reason, fault.retry_after)
        if fault.kind == "missing_scope":
            resource = facts.RESOURCES.get(request.path.strip("/").split("/")[1])
            verb = "read" if request.method == "GET" else "write"
            permission = f"rak_{fault.target or resource}_{verb}"
            account = self.account.facts["id"]
            return errors.forbidden(request, self.token, permission, account)
        text = f"Simulated {fault.status}"
        reply = errors.reply(request, fault.status, text, kind=facts.API_ERROR)
        if fault.retry_after is not None:
            reply.headers["Retry-After"] = str(fault.retry_after)
        return reply

    def state(self):
        counts = {name: self.store.count(cls) for name, cls in TYPES.items()}
        return {
            "objects": {name: count for name, count in counts.items() if count},
            "version": len(self.store.log),
            "events": len(self.events.all),
            "ignored": {
                f"{path} {name}": n for (path, name), n in self.ignored.items()
            },
        }

    def control_routes(self):
        """Those of any simulator and what changes this account; bodies in brackets.

        ``advance`` {to: ISO text or seconds since the epoch, or by: seconds}: moves a
        clock that stands still, with what falls due; ``webhooks`` {settings of
        :class:`Webhooks`}, shown by a GET; ``replay``
        {shuffle?, duplicates?, since?}: all events are told (again); ``keys`` {key:
        permissions or null}; ``revoke`` {key?}; ``idempotency/forget``; ``decline``
        {customer id: failure codes of its next charges}; ``dispute`` {charge, amount?,
        reason?, warning?}, ``dispute/close`` {dispute, won}; ``payout`` {currency},
        ``payout/fail`` {currency, code?}: the next one comes back; ``refund/fail``
        {refund, reason?}; ``transfer`` {customer, invoices: {id: amount}, amount?}: a
        bank transfer arrives.
        """
        handlers = {
            "advance": self._control_advance,
            "webhooks": self._control_webhooks,
            "replay": lambda body: {"told": self.webhooks.replay(**body)},
            "keys": self.set_keys,
            "revoke": lambda body: self.revoke(**body),
            "idempotency/forget": lambda _body: self.idempotency.forget(),
            "decline": self.declines.update,
            "transfer": self._control_transfer,
            "dispute": self._control_dispute,
            "dispute/close": self._control_close,
            "payout": self._control_payout,
            "payout/fail": self._control_fail_payout,
            "refund/fail": self._control_fail_refund,
        }
        return [
            *super().control_routes(),
            *control.posts(handlers),
            Route("GET", "/_control/webhooks", lambda _r: self.webhooks.describe()),
        ]

    def _control_advance(self, body):
        to = body.get("to")
        if to is None:
            to = self.engine.now() + int(body["by"])
        self.engine.advance(to)
        return {"now": self.engine.now()}

    def _control_webhooks(self, body):
        self.webhooks.configure(**body)
        return self.webhooks.describe()

    def _control_dispute(self, body):
        body = dict(body)
        with self.store.lock:
            made = self.engine.disputes.open(body.pop("charge"), **body)
        return {"id": made.id}

    def _control_close(self, body):
        with self.store.lock:
            self.engine.disputes.close(body["dispute"], body["won"])

    def _control_payout(self, body):
        with self.store.lock:
            made = self.engine.payouts.pay_out(body["currency"].upper())
        return {"id": made and made.id}

    def _control_fail_payout(self, body):
        body = {**body, "currency": body["currency"].upper()}
        self.engine.payouts.fail_next(**body)

    def _control_fail_refund(self, body):
        body = dict(body)
        with self.store.lock:
            self.engine.credits.fail_refund(body.pop("refund"), **body)

    def _control_transfer(self, body):
        body = {"method": "transfer", **body}
        customer, invoices = body.pop("customer"), body.pop("invoices", None)
        with self.store.lock:
            made = self.engine.payments.pay(customer, invoices, **body)
        return {"id": made.id}


def _request_id(request):
    """``req_…``, the same in the header and in the error."""
    if "request_id" not in request.notes:
        random_part = request.correlation_id.replace("-", "")[:14]
        request.notes["request_id"] = f"req_{random_part}"
    return request.notes["request_id"]
