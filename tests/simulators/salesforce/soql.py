"""SOQL read into a :class:`Query`; what cannot be read is MALFORMED_QUERY.

Understood: a list of fields with paths to parents, COUNT(), FIELDS(); conditions with
AND, OR, NOT, parentheses, =, !=, <>, <, <=, >, >=, LIKE, IN, NOT IN (lists and one
subquery), INCLUDES, EXCLUDES; ORDER BY; LIMIT; OFFSET; ALL ROWS. AND and OR are not
mixed without parentheses, nor is NOT with them, as in the product: "parentheses are
required whenever you mix the operators" [S soql_select_logicaloperators].
Not understood: GROUP BY, HAVING, subqueries in SELECT, TYPEOF, functions.
"""

import re
from dataclasses import dataclass, field

from .errors import SalesforceError
from .facts import SOQL_LENGTH, SOQL_TEXT

TOKEN = re.compile(
    r"""\s*(?:
    (?P<string>'(?:[^'\\]|\\.)*')
    |(?P<datetime>\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d))
    |(?P<date>\d{4}-\d\d-\d\d)
    |(?P<number>[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
    |(?P<word>[A-Za-z_][\w.]*(?::\d+)?)
    |(?P<sign><=|>=|!=|<>|[=<>(),:])
    )""",
    re.VERBOSE,
)
ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
#: Put before a wildcard that was escaped, for LIKE to tell it from one.
LITERALLY = "\0"
OPERATORS = frozenset("= != <> < <= > >=".split())
DAY_LITERAL = re.compile(
    r"(?:TODAY|YESTERDAY|TOMORROW|(?:THIS|LAST|NEXT)_(?:WEEK|MONTH|YEAR)"
    r"|(?:LAST|NEXT)_N_DAYS:\d+|(?:LAST|NEXT)_90_DAYS)",
    re.IGNORECASE,
)


@dataclass
class Literal:
    """``kind``: string, number, boolean, null, date, datetime, days."""

    kind: str
    value: object


@dataclass
class Condition:
    """``operator`` as written in capitals; ``value``: a Literal, a list of them, or a
    Query."""

    path: str
    operator: str
    value: object


@dataclass
class Group:
    """``operator``: AND, OR, NOT."""

    operator: str
    parts: list


@dataclass
class Query:
    """One SELECT. ``order``: (path, descending, nulls last)."""

    paths: list
    object: str
    count: bool = False
    where: object = None
    order: list = field(default_factory=list)
    limit: int | None = None
    offset: int = 0
    all_rows: bool = False


def malformed(text):
    """400 MALFORMED_QUERY."""
    return SalesforceError("MALFORMED_QUERY", text)


def parse(text):
    """The :class:`Query` of a text. Raises SalesforceError MALFORMED_QUERY."""
    if len(text) > SOQL_LENGTH:
        raise SalesforceError("QUERY_TOO_COMPLICATED", "SOQL statement is too long")
    reader = _Reader(_tokens(text))
    query = reader.query()
    reader.end()
    return query


def _tokens(text):
    tokens, place = [], 0
    text = text.strip()
    while place < len(text):
        match = TOKEN.match(text, place)
        if match is None or match.end() == place:
            rest = text[place:].strip()
            if rest.startswith("'"):
                raise malformed("Bind variables only allowed in Apex code")
            raise malformed(f"unexpected token: '{rest[:20]}'")
        tokens.append((match.lastgroup, match.group(match.lastgroup)))
        place = match.end()
    return tokens


class _Reader:
    def __init__(self, tokens):
        self.tokens = tokens
        self.place = 0

    # Tokens

    def peek(self, ahead=0):
        place = self.place + ahead
        return self.tokens[place] if place < len(self.tokens) else ("end", "")

    def is_word(self, *words):
        kind, text = self.peek()
        return kind == "word" and text.upper() in words

    def is_sign(self, sign):
        return self.peek() == ("sign", sign)

    def take(self):
        token = self.peek()
        if token[0] == "end":
            raise malformed("unexpected end of query")
        self.place += 1
        return token

    def word(self, *wanted):
        kind, text = self.take()
        if kind != "word" or (wanted and text.upper() not in wanted):
            raise self.unexpected(text)
        return text

    def sign(self, wanted):
        kind, text = self.take()
        if (kind, text) != ("sign", wanted):
            raise malformed(f"expecting '{wanted}', found '{text}'")

    def unexpected(self, text):
        return malformed(f"unexpected token: '{text}'")

    def end(self):
        if self.place < len(self.tokens):
            raise self.unexpected(self.peek()[1])

    # Grammar

    def query(self):
        self.word("SELECT")
        paths, count = self.selected()
        self.word("FROM")
        query = Query(paths, self.word(), count)
        if self.is_word("USING"):
            self.take()
            self.word("SCOPE")
            self.word()
        if self.is_word("WHERE"):
            self.take()
            query.where = self.conditions()
        if self.is_word("ORDER"):
            self.take()
            self.word("BY")
            query.order = self.orders()
        if self.is_word("LIMIT"):
            self.take()
            query.limit = self.whole()
        if self.is_word("OFFSET"):
            self.take()
            query.offset = self.whole()
        if self.is_word("ALL"):
            self.take()
            self.word("ROWS")
            query.all_rows = True
        return query

    def selected(self):
        paths = []
        while True:
            text = self.word()
            if self.is_sign("("):
                self.take()
                if text.upper() == "COUNT":
                    self.sign(")")
                    return [], True
                if text.upper() != "FIELDS":
                    raise self.unexpected(text)
                paths.append(f"FIELDS({self.word().upper()})")
                self.sign(")")
            else:
                paths.append(text)
            if not self.is_sign(","):
                return paths, False
            self.take()

    def conditions(self):
        bare = self.is_word("NOT")
        parts, joined = [self.condition()], None
        while self.is_word("AND", "OR"):
            operator = self.take()[1].upper()
            if bare or self.is_word("NOT") or joined not in (None, operator):
                raise self.unexpected(operator)
            joined = operator
            parts.append(self.condition())
        return Group(joined, parts) if joined else parts[0]

    def condition(self):
        if self.is_word("NOT"):
            self.take()
            return Group("NOT", [self.condition()])
        if self.is_sign("("):
            self.take()
            inner = self.conditions()
            self.sign(")")
            return inner
        path = self.word()
        kind, text = self.take()
        operator = text.upper()
        if kind == "sign" and operator in OPERATORS:
            return Condition(path, "!=" if operator == "<>" else operator, self.value())
        if kind == "word" and operator == "LIKE":
            return Condition(path, "LIKE", self.value())
        if kind == "word" and operator == "NOT":
            self.word("IN")
            return Condition(path, "NOT IN", self.listed())
        if kind == "word" and operator in ("IN", "INCLUDES", "EXCLUDES"):
            return Condition(path, operator, self.listed())
        raise self.unexpected(text)

    def listed(self):
        self.sign("(")
        if self.is_word("SELECT"):
            inner = self.query()
            self.sign(")")
            return inner
        found = [self.value()]
        while self.is_sign(","):
            self.take()
            found.append(self.value())
        self.sign(")")
        return found

    def value(self):
        kind, text = self.take()
        if kind == "string":
            if len(text) > SOQL_TEXT:
                raise malformed(f"a text of more than {SOQL_TEXT} characters")
            return Literal("string", unescape(text[1:-1]))
        if kind == "number":
            return Literal("number", float(text))
        if kind in ("date", "datetime"):
            return Literal(kind, text)
        if kind == "word":
            lower = text.lower()
            if lower in ("true", "false"):
                return Literal("boolean", lower == "true")
            if lower == "null":
                return Literal("null", None)
            if DAY_LITERAL.fullmatch(text):
                return Literal("days", text.upper())
        raise self.unexpected(text)

    def orders(self):
        found = []
        while True:
            path, down, last = self.word(), False, False
            if self.is_word("ASC", "DESC"):
                down = self.take()[1].upper() == "DESC"
            if self.is_word("NULLS"):
                self.take()
                last = self.word("FIRST", "LAST").upper() == "LAST"
            found.append((path, down, last))
            if not self.is_sign(","):
                return found
            self.take()

    def whole(self):
        kind, text = self.take()
        if kind != "number" or not text.isdigit():
            raise self.unexpected(text)
        return int(text)


def unescape(text):
    """The characters behind the backslashes of a quoted text; others than the
    product's are MALFORMED_QUERY. [M]"""
    if "\\" not in text:
        return text

    def sign(match):
        code = match.group(1)
        if code[0] in "uU" and len(code) == 5:
            return chr(int(code[1:], 16))
        if code.lower() in ESCAPES:
            return ESCAPES[code.lower()]
        if code in "'\"\\_%":
            return f"{LITERALLY}{code}" if code in "_%" else code
        raise malformed(f"Illegal escape sequence: \\{code}")

    return re.sub(r"\\(u[0-9A-Fa-f]{4}|.)", sign, text, flags=re.DOTALL)
