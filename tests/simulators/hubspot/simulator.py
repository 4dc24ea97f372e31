"""A HubSpot account that answers like the CRM API, strictly and with memory."""

from collections import Counter
from dataclasses import asdict

from .. import control
from ..crm import CrmSimulator
from . import facts
from .access import Access
from .api import Api
from .errors import Errors
from .oauth import OAuth
from .rate import Meter, RateLimit
from .seed import Seeder, define_pipelines
from .store import Store
from .webhooks import Webhooks

TOKEN = "simulated-hubspot-token"


class HubSpotSimulator(CrmSimulator):
    """``with HubSpotSimulator(records=50, seed=1) as hubspot: hubspot.url``

    Arguments, all by name but the first:

    - ``records``: companies to generate, the rest in proportion; ``counts`` names
      other numbers (``{"contacts": 0, "deals": 5}``); ``dirt``: share of flawed records
    - ``samples``: folder that holds ``hubspot/fivetran_seeds``: loaded first, then
      topped up to ``records`` companies
    - ``seed``, ``clock``, ``port``, ``log_size``: see :class:`Simulator`
    - ``token``, ``scopes``: the one token there is at first; ``scopes`` None for all
    - ``rate_limit``: a :class:`RateLimit`, True for the usual numbers, None for none
    - ``index_lag``: seconds until search sees a change
    - ``sparse_errors``: error bodies have only `message`
    - ``account``: overrides of :data:`facts.ACCOUNT`
    - ``webhooks``: settings of :class:`Webhooks`, as ``{"target": url}``

    Attributes besides those of :class:`CrmSimulator`: ``store`` (:class:`Store`),
    ``token``, ``access`` (``tokens``, ``revoked``), ``errors`` (``sparse``),
    ``oauth`` (:class:`OAuth`), ``account``, ``ignored`` (Counter of (object, property)
    asked for that do not exist), ``webhooks`` (:class:`Webhooks`).
    """

    vendor = "hubspot"
    seeder = Seeder
    fields = "properties"
    told_by = "webhooks"

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
        scopes=None,
        rate_limit=None,
        index_lag=0.0,
        sparse_errors=False,
        account=None,
        webhooks=None,
    ):
        self.token = token
        self.account = {**facts.ACCOUNT, **(account or {})}
        self.ignored = Counter()
        self.errors = Errors(sparse_errors)
        self._api = None
        super().__init__(port=port, seed=seed, clock=clock, log_size=log_size)
        store = Store(self.clock, index_lag)
        self.webhooks = Webhooks(
            self.clock, self.account, seed=seed, **(webhooks or {})
        )
        tokens = {token: None if scopes is None else frozenset(scopes)}
        self.access = Access(store, self.errors, tokens)
        limit = RateLimit() if rate_limit is True else rate_limit
        meter = limit and Meter(
            self.clock, limit, self.account["utcOffsetMilliseconds"]
        )
        self.oauth = OAuth(self.access, self.clock, self.account["portalId"])
        self._api = Api(
            self.access, self.account, self.ignored, meter, lambda: self.url, self.oauth
        )
        self.set_routes(self._api.routes())
        define_pipelines(store)
        self.populate(store, self.webhooks, records, counts, dirt, samples)

    # Seeding and tokens

    def load_samples(self, folder, records):
        from ..generator import Generator
        from .samples import SampleSeeder, has_samples

        if not has_samples(folder):
            raise ValueError(f"no hubspot/fivetran_seeds in {folder}")
        texts = Generator(self.seed + 1, 0, self.clock.now())
        return max(0, records - SampleSeeder(self.store, texts, folder).load())

    def set_tokens(self, tokens):
        """Replace the tokens: ``{token: list of scopes, or None for all}``."""
        self.access.tokens.clear()
        self.access.revoked.clear()
        for token, scopes in tokens.items():
            self.access.tokens[token] = None if scopes is None else frozenset(scopes)

    def revoke(self, token=None):
        """401 for this token (the first one when left out) from now on."""
        self.access.revoked.add(token or self.token)

    # What the base asks of a vendor

    def guard(self, request):
        self._api.guard(request)

    def headers(self, request):
        return {
            "Date": self.date_header(),
            "x-hubspot-correlation-id": request.correlation_id,
            **request.notes.get("rate_headers", {}),
        }

    def error(self, request, status, message, **details):
        category = {404: facts.OBJECT_NOT_FOUND}.get(status)
        return self.errors.reply(request, status, message, category, **details)

    def fault_reply(self, request, fault):
        if fault.kind == "revoked":
            return self.errors.unauthenticated(request)
        if fault.kind == "rate_limit":
            policy = fault.policy or "TEN_SECONDLY_ROLLING"
            return self.errors.rate_limited(request, policy, fault.retry_after)
        if fault.kind == "missing_scope":
            target = fault.target or request.params.get("objectType", "owners")
            name = facts.OBJECT_NAMES.get(target, target)
            scopes = facts.SCOPES[facts.scope_name(name)]
            write = request.method != "GET" and not request.path.endswith(
                ("/search", "/batch/read")
            )
            return self.errors.missing_scope(request, [scopes[write] or scopes[0]])
        reply = self.errors.reply(request, fault.status, f"Simulated {fault.status}")
        if fault.retry_after is not None:
            reply.headers["Retry-After"] = str(fault.retry_after)
        return reply

    def state(self):
        return {**self.store.state(), "ignored": _named(self.ignored)}

    def control_routes(self):
        """Those of any CRM and what changes this account; bodies in brackets.

        ``update`` {object, id, properties}; ``archive``, ``restore`` {object, id};
        ``associate`` {from, from_id, to, to_id, types?}; ``tokens`` {token: scopes or
        null}; ``settings`` {index_lag?, sparse_errors?, traceless?, next_id?};
        ``label`` {from, to, label, inverse?}; ``property`` {object, name, ...}.
        """
        handlers = {
            "update": self._control_update,
            "archive": lambda body: self.store.archive(body["object"], body["id"]),
            "restore": lambda body: self.store.restore(body["object"], body["id"]),
            "associate": self._control_associate,
            "tokens": self.set_tokens,
            "settings": self._control_settings,
            "label": self._control_label,
            "property": self._control_property,
        }
        return [*super().control_routes(), *control.posts(handlers)]

    def _control_update(self, body):
        self.store.update(body["object"], body["id"], body["properties"])

    def _control_associate(self, body):
        ends = (body["from"], body["from_id"], body["to"], body["to_id"])
        return {"types": self.store.associate(*ends, body.get("types"))}

    def _control_settings(self, body):
        if "index_lag" in body:
            self.store.index_lag = float(body["index_lag"])
        if "sparse_errors" in body:
            self.errors.sparse = bool(body["sparse_errors"])
        if "traceless" in body:
            self.access.traceless = bool(body["traceless"])
        if "next_id" in body:
            self.store.number_from(body["next_id"])

    def _control_label(self, body):
        pair = body["from"], body["to"]
        ids = self.store.links.define_label(*pair, body["label"], body.get("inverse"))
        return {"types": list(ids)}

    def _control_property(self, body):
        body = dict(body)
        object_type, name = body.pop("object"), body.pop("name")
        made = self.store.define_property(object_type, name, **body)
        return {"property": asdict(made)}


def _named(counter):
    return {f"{name}.{field}": number for (name, field), number in counter.items()}
