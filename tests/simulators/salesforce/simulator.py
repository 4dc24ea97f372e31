"""A Salesforce org that answers like the REST API, strictly and with memory."""

from ..crm import CrmSimulator
from . import facts
from .api import Api
from .auth import Auth
from .bulk_jobs import Bulk
from .controls import control_routes
from .errors import Errors, SalesforceError
from .limits import Limits
from .objects import WITH_EXTERNAL_ID
from .outbound import Outbound
from .seed import Seeder, fill
from .store import Store

TOKEN = "simulated-salesforce-token"


class SalesforceSimulator(CrmSimulator):
    """``with SalesforceSimulator(records=50, seed=1) as salesforce: salesforce.url``

    Arguments, all by name but the first:

    - ``records``: accounts to generate, the rest in proportion; ``counts`` names other
      numbers (``{"contacts": 0, "deals": 5, "leads": 0}``); ``dirt``: share of flawed
      records
    - ``samples``: folder that holds ``salesforce/dreamhouse-lwc``: loaded first
    - ``seed``, ``clock``, ``port``, ``log_size``: see :class:`Simulator`
    - ``token``: one session that does not expire; None for none
    - ``multi_currency``: CurrencyIsoCode exists; ``currency``: the corporate one
    - ``external_id``: name of a custom field, as ``Odoo_Id__c``, that the objects of
      :data:`objects.WITH_EXTERNAL_ID` get: a unique external id
    - ``daily_limit``: requests in 24 hours
    - ``errors``: how error bodies look, one of :data:`errors.STYLES`
    - ``auth``: settings of :class:`Auth`; ``bulk``: of :class:`Bulk`; ``outbound``: of
      :class:`Outbound`, as ``{"target": url, "objects": {"Account": ["Name"]}}``

    Attributes besides those of :class:`CrmSimulator`: ``store`` (:class:`Store`, with
    ``rules`` and ``schema``), ``token``, ``auth``, ``limits``, ``bulk``, ``outbound``,
    ``errors``, ``reading`` (``page``: rows a page of a query).
    """

    vendor = "salesforce"
    seeder = Seeder
    told_by = "outbound"
    max_body = facts.BULK_UPLOAD + 1_000_000

    def __init__(
        self,
        records=0,
        *,
        counts=None,
        dirt=0.08,
        samples=None,
        seed=0,
        clock=None,
        port=0,
        log_size=500,
        token=TOKEN,
        multi_currency=True,
        currency="EUR",
        external_id=None,
        daily_limit=facts.DAILY_LIMIT,
        errors="array",
        auth=None,
        bulk=None,
        outbound=None,
    ):
        self.token = token
        self.errors = Errors(errors)
        self._api = None
        super().__init__(port=port, seed=seed, clock=clock, log_size=log_size)
        self.store = Store(self.clock, multi_currency, currency)
        for name in WITH_EXTERNAL_ID if external_id else ():
            self.store.define_field(
                name, external_id, length=64, external_id=True, unique=True
            )
        self.limits = Limits(self.clock, daily_limit)
        self.auth = Auth(self.store, self.errors, lambda: self.url, **(auth or {}))
        if token:
            self.auth.add(token, lasting=True)
        self.bulk = Bulk(**(bulk or {}))
        self.bulk.crashes = self.crashes
        self.outbound = Outbound(
            self.store, lambda: self.url, seed=seed, **(outbound or {})
        )
        self._api = Api(self.store, self.auth, self.errors, self.limits, self.bulk)
        self.reading = self._api.reading
        self.set_routes(self._api.routes())
        self.populate(self.store, self.outbound, records, counts, dirt, samples)

    # Seeding and sessions

    def load_samples(self, folder, records):
        from .samples import SampleSeeder, has_samples

        if not has_samples(folder):
            raise ValueError(f"no salesforce/ebikes-lwc in {folder}")
        SampleSeeder(self.store, folder).load()
        return records

    def fill(self, object_name, number, **values):
        """That many plain records of one object, quickly; returns their ids."""
        return fill(self.store, object_name, number, values)

    def revoke(self, token=None):
        """End one session, or all."""
        self.auth.revoke(token)

    # What the base asks of a vendor

    def guard(self, request):
        self._api.guard(request)

    def headers(self, request):
        return {"Date": self.date_header(), **self._api.headers(request)}

    def error(self, request, status, message, **details):
        if status == 404:
            code, message = "NOT_FOUND", "The requested resource does not exist"
        elif status == 405:
            code = "METHOD_NOT_ALLOWED"
            message = f"HTTP Method '{request.method}' not allowed."
        else:
            code = "UNKNOWN_EXCEPTION"
        return self.errors.reply(SalesforceError(code, message, status=status))

    def fault_reply(self, request, fault):
        reply = self.errors.reply(self._api.fault(fault))
        if fault.retry_after is not None:
            reply.headers["Retry-After"] = str(fault.retry_after)
        return reply

    def state(self):
        return {**self.store.state(), "api_usage": self.limits.used()}

    def control_routes(self):
        return [*super().control_routes(), *control_routes(self)]
