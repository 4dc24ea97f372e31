"""The endpoints of the Stripe API as one route list, and what stands around each.

In this order: key, permission, version [guard]; parameters; the idempotency key; the
work itself, one request at a time; expansion.
"""

from collections import Counter
from dataclasses import dataclass, field

from ..billing.rules import Refused
from ..billing.store import AlreadyThere, UnknownObject
from ..routing import Refusal, Reply, Request, Route
from . import errors, facts
from .checks import check
from .expanding import Expansion
from .forms import FormError, parse
from .view import View

#: Addresses that basil took away. [SDK CHANGELOG 12.0.0]
OLD_ONLY = ("usage_records", "usage_record_summaries")
TOTAL = "total_count"
FORM = "application/x-www-form-urlencoded"


@dataclass
class Call:
    """One request as a handler sees it: ``given`` are its checked parameters, without
    expand, and ``view`` renders in its version. ``used``: the parameters that a
    handler has looked at; the others are counted as ignored."""

    request: Request
    given: dict
    view: View
    used: set = field(default_factory=set)

    @property
    def id(self):
        """The id in the path."""
        return self.request.params["id"]

    def get(self, name, default=None):
        """A parameter; ``default`` where it isn't given or unset."""
        self.used.add(name)
        value = self.given.get(name)
        return default if value is None else value

    def has(self, name):
        """Whether a parameter is given, be it to unset something."""
        self.used.add(name)
        return name in self.given


class Api:
    """Wires the handlers together; ``parts`` give routes as :class:`.reading.Reading`
    does. ``ignored``: Counter of parameters that Stripe has and that nothing was done
    about."""

    def __init__(self, account, access, idempotency, events, meter, parts):
        self.account = account
        self.access = access
        self.idempotency = idempotency
        self.events = events
        self.meter = meter
        self.parts = parts
        self.ignored = Counter()

    def routes(self):
        """Every endpoint."""
        return [
            Route(method, f"/v1/{path}", self._endpoint(kind, is_list, handler))
            for part in self.parts
            for method, path, kind, is_list, handler in part.routes()
        ]

    def guard(self, request):
        """What stands before every handler."""
        self.access.authenticate(request)
        first = request.path.strip("/").split("/")[1]
        self.access.require(request, facts.RESOURCES.get(first))
        self.access.choose_version(request)
        if self.meter is not None:
            reason = self.meter.take((request.method, request.template))
            if reason:
                raise Refusal(errors.rate_limited(request, reason))

    def _endpoint(self, kind, is_list, handler):
        def answer(request):
            last = request.path.rstrip("/").rpartition("/")[2]
            if request.notes["new"] and last in OLD_ONLY:
                return errors.no_route(request)
            given = self._parameters(request)
            if last == "search":
                _take_count(given)
            view = View(self.account, request.notes["version"])
            expansion = Expansion(request, view)
            paths = expansion.paths(given.pop("expand", None), kind, is_list)
            call = Call(request, given, view)

            def work():
                with self.account.store.lock:
                    body = self._work(handler, call)
                    if request.method != "GET":
                        left = call.given.keys() - call.used
                        self.ignored.update((request.template, name) for name in left)
                    return Reply(200, expansion.apply(body, paths))

            asked = (given, paths, request.notes["version"])
            return self.idempotency.run(request, asked, work)

        return answer

    def _parameters(self, request):
        text = request.target.partition("?")[2]
        if request.method == "POST":
            kind = request.media_type()
            if request.body and kind != FORM:
                raise errors.invalid(
                    request,
                    f"Invalid request (check that your POST content type is {FORM}).",
                )
            body = request.body.decode("utf-8", "replace")
            text = "&".join(part for part in (text, body) if part)
        try:
            given = parse(text)
        except FormError as error:
            raise errors.invalid(request, str(error), error.param) from None
        return check(request, given)

    def _work(self, handler, call):
        self.account.engine.run_due()
        request = call.request
        self.events.asked(
            request.notes["request_id"], request.headers.get("Idempotency-Key")
        )
        try:
            return handler(call)
        except UnknownObject as error:
            what, _space, id = str(error.args[0]).partition(" ")
            raise errors.no_such(request, what, id, what) from None
        except AlreadyThere as error:
            text = f"{error} already exists."
            code = "resource_already_exists"
            raise errors.invalid(request, text, "id", code) from None
        except Refused as error:
            # The engine's words for why are its own: Stripe has a code for few.
            raise errors.invalid(request, str(error)) from None
        finally:
            self.events.asked(None, None)


def _take_count(given):
    """The one thing that is expanded of a search's answer itself."""
    paths = given.get("expand")
    if isinstance(paths, list) and TOTAL in paths:
        given["expand"] = [each for each in paths if each != TOTAL]
        given[TOTAL] = True
