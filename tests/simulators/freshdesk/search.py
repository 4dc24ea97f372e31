"""Searches in Freshdesk's query language: ``"priority:4 AND (status:2 OR status:3)"``.

Fields, numbers, quoted texts and dates, ``:>`` and ``:<``, null, AND, OR and brackets.
[S filter_tickets, filter_contacts, filter_companies]
"""

import re

from ..routing import Reply
from . import checks, errors, facts
from .render import stamp

TOKEN = re.compile(
    r"\s*(?:(?P<bracket>[()])|(?P<join>AND|OR)\b"
    r"|(?P<field>\w+):(?P<sign>[<>]?)(?:'(?P<text>[^']*)'|(?P<bare>[\w.+-]+)))"
)
#: What may be searched by, and as what. [S; 3P ktsaou/freshdesk_mcp: not by company]
FIELDS = {
    "ticket": {
        "agent_id": "number",
        "group_id": "number",
        "priority": "number",
        "status": "number",
        "tag": "text",
        "type": "text",
        "due_by": "date",
        "fr_due_by": "date",
        "created_at": "date",
        "updated_at": "date",
    },
    "contact": {
        "active": "flag",
        "company_id": "number",
        "email": "text",
        "language": "text",
        "mobile": "text",
        "phone": "text",
        "tag": "text",
        "time_zone": "text",
        "unique_external_id": "text",
        "created_at": "date",
        "updated_at": "date",
    },
    "company": {"domain": "text", "created_at": "date", "updated_at": "date"},
}
NAMES = {"agent_id": "responder_id", "tag": "tags", "domain": "domains"}
CUSTOM = {"custom_number": "number", "custom_checkbox": "flag", "custom_date": "text"}


class Search:
    """Searches of one account. ``lag``: seconds until a new record is found."""

    def __init__(self, store, fields, render, lag=0):
        self.store = store
        self.fields = fields
        self.lag = lag
        self.shapes = {
            "ticket": lambda each: render.ticket(each, listed=True),
            "contact": lambda each: render.contact(each, listed=True),
            "company": render.company,
        }

    def routes(self):
        """(verb, path, handler)."""
        return [
            ("GET", "/search/tickets", lambda request: self.found(request, "ticket")),
            ("GET", "/search/contacts", lambda request: self.found(request, "contact")),
            (
                "GET",
                "/search/companies",
                lambda request: self.found(request, "company"),
            ),
        ]

    def found(self, request, kind):
        """One page of what meets the query, and how many do in all."""
        checks.parameters(request, ("query", "page"))
        query = request.first("query") or ""
        if not query:
            raise errors.invalid(errors.blank("query", "String"))
        if len(query) > facts.SEARCH_LENGTH or not re.fullmatch(r'"[^"]*"', query):
            raise _invalid()
        page = checks.number(request, "page", 1, facts.SEARCH_PAGES)
        meets = self._compiled(query[1:-1], kind)
        latest = self.store.now() - self.lag
        rows = [
            each
            for each in self.store.rows(kind)
            if not each.get("deleted")
            and not each.get("spam")
            and (not self.lag or each["created_at"] <= latest)
            and meets(each)
        ]
        start = (page - 1) * facts.SEARCH_PER_PAGE
        cut = rows[start : start + facts.SEARCH_PER_PAGE]
        shape = self.shapes[kind]
        return Reply(
            200, {"total": len(rows), "results": [shape(each) for each in cut]}
        )

    def _compiled(self, text, kind):
        tokens, at = [], 0
        text = text.strip()
        while at < len(text):
            match = TOKEN.match(text, at)
            if match is None:
                raise _invalid()
            tokens.append(match)
            at = match.end()
        parser = _Parser(tokens, lambda token: self._term(token, kind))
        return parser.whole()

    def _term(self, token, kind):
        name, sign = token["field"], token["sign"]
        kind_of, read = self._field(name, kind)
        if kind_of is None:
            raise errors.invalid(errors.unknown(name))
        given = token["text"] if token["bare"] is None else token["bare"]
        if token["bare"] == "null" and not sign:
            return lambda record: read(record) in (None, "", [])
        wanted = _wanted(name, kind_of, given, token["bare"] is None)
        if sign:
            if kind_of not in ("number", "date"):
                raise _invalid()
            return lambda record: _compares(read(record), wanted, sign, kind_of)
        if kind_of == "date":
            return lambda record: (stamp(read(record)) or "")[:10] == wanted
        return lambda record: _equals(read(record), wanted)

    def _field(self, name, kind):
        if name in FIELDS[kind]:
            kept = NAMES.get(name, name)
            return FIELDS[kind][name], lambda record: record.get(kept)
        custom = self.fields.custom(kind)
        own = name if kind == "ticket" else name.removeprefix("cf_")
        if own not in custom or not (kind == "ticket" or name.startswith("cf_")):
            return None, None
        kind_of = CUSTOM.get(custom[own]["type"], "text")
        return kind_of, lambda record: record["custom_fields"].get(own)


class _Parser:
    """Terms joined by AND and OR, AND first."""

    def __init__(self, tokens, term):
        self.tokens = tokens
        self.term = term
        self.at = 0

    def whole(self):
        found = self._any()
        if self.at != len(self.tokens):
            raise _invalid()
        return found

    def _any(self):
        terms = [self._all()]
        while self._is("join", "OR"):
            terms.append(self._all())
        return lambda record: any(term(record) for term in terms)

    def _all(self):
        terms = [self._one()]
        while self._is("join", "AND"):
            terms.append(self._one())
        return lambda record: all(term(record) for term in terms)

    def _one(self):
        if self._is("bracket", "("):
            found = self._any()
            if not self._is("bracket", ")"):
                raise _invalid()
            return found
        if self.at < len(self.tokens) and self.tokens[self.at]["field"]:
            self.at += 1
            return self.term(self.tokens[self.at - 1])
        raise _invalid()

    def _is(self, group, sign):
        if self.at < len(self.tokens) and self.tokens[self.at][group] == sign:
            self.at += 1
            return True
        return False


def _wanted(name, kind_of, given, quoted):
    """The value of a term as compared. [S: numbers bare, texts and dates quoted]"""
    if kind_of == "number":
        if quoted or not re.fullmatch(r"-?\d+", given):
            raise errors.invalid(errors.mismatch(name, given, "Integer"))
        return int(given)
    if kind_of == "flag":
        if given not in ("true", "false"):
            raise errors.invalid(errors.mismatch(name, given, "Boolean"))
        return given == "true"
    if not quoted:
        raise errors.invalid(errors.mismatch(name, given, "String"))
    if kind_of == "date":
        if not re.match(r"\d{4}-\d\d-\d\d", given):
            raise errors.invalid(checks.bad_date(name))
        return given[:10]
    return given.lower()


def _compares(value, wanted, sign, kind_of):
    """``:>`` and ``:<``, which have the value itself as well. [M]"""
    if value is None:
        return False
    if kind_of == "date":
        value = stamp(value)[:10]
    return value >= wanted if sign == ">" else value <= wanted


def _equals(value, wanted):
    if isinstance(value, list):
        return any(str(each).lower() == wanted for each in value)
    if isinstance(wanted, str):
        return value is not None and str(value).lower() == wanted
    return value == wanted


def _invalid():
    return errors.invalid(errors.wrong("query", "Given query is invalid"))
