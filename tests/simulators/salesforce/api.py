"""The endpoints of the org as one route list, and what stands before all of them."""

import re

from ..routing import Refusal, Route, RouteTable
from . import facts
from .auth import session_error
from .bulk_ingest import IngestJobs
from .bulk_query import QueryJobs
from .composite import Composite
from .describing import Describing
from .errors import SalesforceError, not_found
from .reading import Reading
from .writing import Writing

VERSION = re.compile(r"v(\d+)\.0")


class Api:
    """Wires the handlers together."""

    def __init__(self, store, auth, errors, limits, bulk):
        self.store = store
        self.auth = auth
        self.errors = errors
        self.limits = limits
        self.reading = Reading(store)
        self.query_jobs = QueryJobs(store, self.reading.finder, bulk)
        self.ingest_jobs = IngestJobs(store, bulk)
        self.describing = Describing(store, limits)
        self._handlers = (
            self.describing,
            self.reading,
            Writing(store),
            self.query_jobs,
            self.ingest_jobs,
            Composite(store, errors, self.dispatch),
        )
        self._table = None

    def routes(self):
        """Every endpoint."""
        listed = [
            Route(method, f"/services/data/{{version}}{path}", self._shaped(handler))
            for part in self._handlers
            for method, path, handler in part.routes()
        ]
        self._table = RouteTable(listed)
        versions = Route("GET", "/services/data", self.describing.versions)
        return [*listed, versions, *self.auth.routes()]

    def _shaped(self, handler):
        def answer(request):
            try:
                return handler(request)
            except SalesforceError as error:
                return self.errors.reply(error)

        return answer

    def guard(self, request):
        """Length of the URL, version, session, daily limit."""
        if len(request.target) > facts.URL_LIMIT:
            raise self.errors.refuse("URI_TOO_LONG", "The URI is too long", 414)
        if not request.path.startswith("/services/data/"):
            return
        self._check_version(request)
        self.auth.authenticate(request)
        if not self.limits.take():
            raise self.errors.refuse(
                "REQUEST_LIMIT_EXCEEDED", facts.TEXT_LIMIT, status=403
            )

    def _check_version(self, request):
        match = VERSION.fullmatch(request.params.get("version", ""))
        number = int(match.group(1)) if match else facts.NEWEST_VERSION + 1
        if number < facts.OLDEST_VERSION:
            raise self.errors.refuse(
                "UNSUPPORTED_API_VERSION",
                "The requested resource has been retired or removed. Update the "
                "version of your requests.",
                status=410,
            )
        if number > facts.NEWEST_VERSION:
            raise Refusal(self.errors.reply(not_found()))

    def dispatch(self, request):
        """Run a sub-request of a composite, which counts as no request of its own."""
        route, request.params, _allowed = self._table.find(request.method, request.path)
        if route is None:
            raise not_found()
        self._check_version(request)
        return route.handler(request)

    def headers(self, request):
        """The limit header, which all below a version have."""
        if not request.path.startswith("/services/data/v"):
            return {}
        return {facts.LIMIT_HEADER: self.limits.header()}

    def fault(self, fault):
        """The error of an injected fault; its ``target`` is the code of a ``status``,
        as in ``faults.add("status", status=500, target="QUERY_TIMEOUT")``."""
        if fault.kind == "revoked":
            return session_error()
        if fault.kind == "rate_limit":
            return SalesforceError(
                "REQUEST_LIMIT_EXCEEDED", facts.TEXT_LIMIT, status=403
            )
        if fault.kind == "missing_scope":
            return SalesforceError(
                "INSUFFICIENT_ACCESS",
                "insufficient access rights on object id",
                status=403,
            )
        code = fault.target or CODES.get(fault.status, "UNKNOWN_EXCEPTION")
        return SalesforceError(code, f"Simulated {fault.status}", status=fault.status)


#: Codes of the statuses a fault may have. [S errorcodes; M]
CODES = {
    400: "UNABLE_TO_LOCK_ROW",
    403: "REQUEST_LIMIT_EXCEEDED",
    404: "NOT_FOUND",
    409: "CONFLICT",
    500: "UNKNOWN_EXCEPTION",
    502: "SERVER_UNAVAILABLE",
    503: "SERVER_UNAVAILABLE",
    504: "SERVER_UNAVAILABLE",
}
