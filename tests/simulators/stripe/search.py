"""``GET /v1/<objects>/search``: clauses of one kind of word, AND or OR.

[S search: fields, operators and ``total_count``, which comes only when it is expanded]
What was written is found a while later; here ``lag`` seconds, by the clock.
"""

import re

from ..billing import model
from . import errors, facts
from .view import RENDERED

#: Path to the engine's type and the fields that a query may name.
#: [S search#query-fields]
FIELDS = {
    "charges": (
        model.Payment,
        "amount created currency customer disputed metadata refunded status",
    ),
    "customers": (model.Customer, "created email metadata name phone"),
    "invoices": (
        model.Invoice,
        "created currency customer metadata number receipt_number status subscription "
        "total",
    ),
    "payment_intents": (
        model.Intent,
        "amount created currency customer metadata status",
    ),
    "prices": (
        model.Price,
        "active created currency lookup_key metadata product type",
    ),
    "products": (
        model.Product,
        "active created description metadata name shippable url",
    ),
    "subscriptions": (model.Subscription, "canceled_at created metadata status"),
}
CLAUSE = re.compile(
    r"""\s*(?P<minus>-?)(?P<field>\w+)(?:\[(?P<q>['"])(?P<key>.*?)(?P=q)\])?"""
    r"""\s*(?P<operator>>=|<=|:|>|<|~)\s*"""
    r"""(?:(?P<quote>['"])(?P<text>(?:\\.|(?!(?P=quote)).)*)(?P=quote)|(?P<bare>[\w.-]+))"""
    r"""\s*(?P<join>AND|OR|$)"""
)
COMPARE = {
    ":": lambda value, wanted: value == wanted,
    ">": lambda value, wanted: value > wanted,
    ">=": lambda value, wanted: value >= wanted,
    "<": lambda value, wanted: value < wanted,
    "<=": lambda value, wanted: value <= wanted,
}


class Search:
    """Answers queries over an account's objects."""

    def __init__(self, account):
        self.account = account
        self.lag = 0

    def routes(self):
        """As :class:`.reading.Reading`."""
        for path, (cls, _names) in FIELDS.items():
            kind = RENDERED[cls][0]
            yield "GET", f"{path}/search", kind, True, self.search

    def search(self, call):
        path = call.request.path.strip("/").split("/")[1]
        cls, names = FIELDS[path]
        clauses, join = self._clauses(call, names.split())
        known_until = self.account.engine.now() - self.lag
        rows = [
            each
            for each in self.account.rows(cls)
            if each.updated <= known_until
            and join(_holds(call.view, each, clause) for clause in clauses)
        ]
        limit = call.given.get("limit") or facts.LIMIT
        if not 1 <= limit <= facts.MAX_LIMIT:
            text = f"Invalid limit: must be between 1 and {facts.MAX_LIMIT}"
            raise errors.invalid(call.request, text, "limit")
        start = self._start(call, rows)
        chosen = rows[start : start + limit]
        has_more = start + limit < len(rows)
        body = {
            "object": "search_result",
            "url": call.request.path,
            "has_more": has_more,
            "data": [call.view.render(each) for each in chosen],
            "next_page": f"after_{chosen[-1].id}" if has_more else None,
        }
        if call.given.get("total_count"):
            body["total_count"] = len(rows)
        return body

    def _start(self, call, rows):
        page = call.given.get("page")
        if not page:
            return 0
        for at, each in enumerate(rows):
            if page == f"after_{each.id}":
                return at + 1
        raise errors.invalid(call.request, f"Invalid page: {page}", "page")

    def _clauses(self, call, names):
        """The clauses and what joins them. 400 for a query that can't be read."""
        query, at, clauses, joins = call.given["query"], 0, [], set()
        while True:
            match = CLAUSE.match(query, at)
            if match is None or match["field"] not in names:
                text = (
                    "We were unable to parse your search query. Try using the format "
                    '`metadata["key"]:"value"`.'
                )
                raise errors.invalid(call.request, text, "query")
            clauses.append(match)
            at = match.end()
            if not match["join"]:
                break
            joins.add(match["join"])
        if len(joins) > 1:
            text = "You can't combine AND and OR in one query."
            raise errors.invalid(call.request, text, "query")
        return clauses, any if joins == {"OR"} else all


def _holds(view, obj, clause):
    field, operator = clause["field"], clause["operator"]
    if field == "metadata":
        value = obj.metadata.get(clause["key"])
    elif field == "created":
        value = obj.created
    else:
        value = view.render(obj)[field]
    return _meets(value, operator, clause) != bool(clause["minus"])


def _meets(value, operator, clause):
    wanted = clause["bare"] if clause["text"] is None else clause["text"]
    wanted = wanted.replace("\\", "")
    if wanted == "null" and clause["text"] is None:
        return value is None
    if value is None:
        return False
    if isinstance(value, bool):
        return str(value).lower() == wanted.lower()
    if isinstance(value, int):
        return COMPARE[operator](value, int(wanted))
    value, wanted = str(value).lower(), wanted.lower()
    return wanted in value if operator == "~" else value == wanted
