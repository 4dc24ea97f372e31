"""Path templates to handlers, and what a handler is given and gives back."""

import json
from collections import defaultdict
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit


@dataclass
class Reply:
    """An answer. ``body``: a JSON-ready value, bytes, or None for no content."""

    status: int = 200
    body: object = None
    headers: dict = field(default_factory=dict)
    content_type: str = "application/json;charset=utf-8"

    def payload(self):
        """The bytes to send."""
        if self.body is None:
            return b""
        if isinstance(self.body, bytes):
            return self.body
        text = json.dumps(self.body, separators=(",", ":"), ensure_ascii=False)
        return text.encode()


class Refusal(Exception):
    """Raised by a handler to answer with an error; carries the :class:`Reply`."""

    def __init__(self, reply):
        super().__init__(reply.status)
        self.reply = reply


class Request:
    """One request. ``query`` maps names to lists of values, ``params`` holds what
    the template named, ``correlation_id`` is the vendor's id of this request and
    ``notes`` is room for what the vendor's guard found out."""

    __slots__ = (
        "method",
        "target",
        "path",
        "query",
        "headers",
        "body",
        "template",
        "params",
        "correlation_id",
        "notes",
        "_json",
    )

    def __init__(self, method, target, headers, body, correlation_id):
        parts = urlsplit(target)
        self.method = method
        self.target = target
        self.path = parts.path
        self.query = parse_qs(parts.query, keep_blank_values=True)
        self.headers = headers
        self.body = body
        self.correlation_id = correlation_id
        self.template = "(none)"
        self.params = {}
        self.notes = {}
        self._json = None

    def json(self):
        """The body as JSON ({} when empty). Raises ValueError when it is none."""
        if self._json is None:
            self._json = json.loads(self.body) if self.body.strip() else {}
        return self._json

    def first(self, name, default=None):
        """The last value given for a query parameter (vendors take the last)."""
        values = self.query.get(name)
        return values[-1] if values else default

    def listed(self, name):
        """A comma separated query parameter, repeats included, as a list."""
        return [
            part.strip()
            for value in self.query.get(name, ())
            for part in value.split(",")
            if part.strip()
        ]

    def media_type(self):
        """``application/json`` of ``application/json; charset=utf-8``."""
        return self.headers.get("Content-Type", "").split(";")[0].strip().lower()


@dataclass(frozen=True)
class Route:
    """``template`` has parameters in braces: ``/crm/v3/objects/{objectType}``."""

    method: str
    template: str
    handler: object

    @property
    def segments(self):
        """The template cut at its slashes."""
        return tuple(self.template.strip("/").split("/"))


class RouteTable:
    """Finds the most literal route of a path, in time independent of its neighbours."""

    def __init__(self, routes):
        self._by_length = defaultdict(list)
        grouped = defaultdict(dict)
        for route in routes:
            grouped[route.segments][route.method] = route
        for segments, methods in grouped.items():
            literal = tuple(segment.startswith("{") for segment in segments)
            self._by_length[len(segments)].append((literal, segments, methods))
        for candidates in self._by_length.values():
            candidates.sort(key=lambda candidate: candidate[0])

    def find(self, method, path):
        """``(route, params, allowed methods)``; route is None when nothing fits."""
        cut = [unquote(segment) for segment in path.strip("/").split("/")]
        allowed = set()
        for _literal, segments, methods in self._by_length.get(len(cut), ()):
            params = _match(segments, cut)
            if params is None:
                continue
            if method in methods:
                return methods[method], params, allowed
            allowed.update(methods)
        return None, {}, allowed


def _match(segments, cut):
    params = {}
    for segment, given in zip(segments, cut, strict=True):
        if segment[0] == "{":
            params[segment[1:-1]] = given
        elif segment != given:
            return None
    return params
