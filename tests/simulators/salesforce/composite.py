"""Several requests in one: `/composite`, graphs of them, and trees of records.

Sub-requests run in their order; ``@{reference.path}`` in a url or a body stands for a
part of an earlier answer. With allOrNone the first bad one takes back all, and the
others answer PROCESSING_HALTED; that goes for the collections in it as well.
[S resources-composite-composite-post, resources-composite-allornone; 3P for the text]
"""

import json
import re
from email.message import Message

from ..routing import Refusal, Reply, Request
from . import facts
from .bodies import body_of
from .errors import SalesforceError, not_found
from .writing import allow_save, check_size

REFERENCE = re.compile(r"@\{([\w-]+)((?:\.\w+|\[\d+\])*)\}")
#: Letters, digits and underscores. [S composite subrequest, referenceId]
REFERENCE_NAME = re.compile(r"\w+", re.ASCII)
#: What a node of a graph may be. [S using_resources_composite_graph]
NODE = re.compile(r"/services/data/(v[\d.]+)/sobjects/(\w+)(?:/[^/?]+){0,2}/?")
STEP = re.compile(r"\.(\w+)|\[(\d+)\]")


class _Halted(Exception):
    """A sub-request of an allOrNone failed."""


class Composite:
    """Handlers; ``dispatch`` runs a sub-request and returns its Reply."""

    def __init__(self, store, errors, dispatch):
        self.store = store
        self.errors = errors
        self.dispatch = dispatch

    def routes(self):
        """(method, path below the version, handler)."""
        return [
            ("POST", "/composite", self.run),
            ("POST", "/composite/graph", self.graphs),
            ("POST", "/composite/tree/{object}", self.tree),
        ]

    def run(self, request):
        """200 with an answer a sub-request."""
        body = body_of(request)
        listed = body.get("compositeRequest")
        if not isinstance(listed, list) or not listed:
            raise SalesforceError("JSON_PARSER_ERROR", "compositeRequest is needed")
        if len(listed) > facts.COMPOSITE_LIMIT:
            raise SalesforceError(
                "LIMIT_EXCEEDED",
                f"You cannot have more than {facts.COMPOSITE_LIMIT} operations",
            )
        heavy = sum(bool(_HEAVY.search(each.get("url", ""))) for each in listed)
        if heavy > facts.COMPOSITE_QUERIES:
            raise SalesforceError(
                "LIMIT_EXCEEDED",
                f"You cannot have more than {facts.COMPOSITE_QUERIES} of type Query "
                "or sObject Collections",
            )
        self._check_names(listed)
        if body.get("allOrNone") is True:
            answers, _good = self._whole(request, listed)
        else:
            answers = []
            with self.store.transaction():
                self._run(request, listed, answers, False)
        return Reply(200, {"compositeResponse": answers})

    def graphs(self, request):
        """200 with each graph's answers, whatever became of it; a graph is carried
        out as a whole or not at all. [S resources-composite-graph, -graph-limits]"""
        listed = body_of(request).get("graphs")
        if not isinstance(listed, list) or not listed:
            raise SalesforceError("JSON_PARSER_ERROR", "graphs are needed")
        names = [each.get("graphId") for each in listed]
        if None in names or len(set(names)) != len(names):
            raise SalesforceError(
                "INVALID_REQUEST", "a graphId of its own is needed for each"
            )
        nodes = [each.get("compositeRequest") or [] for each in listed]
        kinds = {
            (each.get("method"), _kind_of_node(each)) for one in nodes for each in one
        }
        for number, limit, what in (
            (len(listed), facts.GRAPHS, "graphs"),
            (sum(map(len, nodes)), facts.GRAPH_NODES, "nodes"),
            (len(kinds), facts.GRAPH_KINDS, "different nodes"),
        ):
            if number > limit:
                raise SalesforceError(
                    "LIMIT_EXCEEDED", f"You cannot have more than {limit} {what}"
                )
        answers, failures = [], 0
        for name, parts in zip(names, nodes, strict=True):
            self._check_names(parts)
            for each in parts:
                if not REFERENCE_NAME.fullmatch(each["referenceId"]):
                    raise SalesforceError(
                        "INVALID_REQUEST", f"referenceId {each['referenceId']}"
                    )
            if failures > facts.GRAPH_FAILURES:
                done, good = [_halted(each["referenceId"]) for each in parts], False
            else:
                done, good = self._whole(request, parts)
            failures += not good
            answers.append(
                {
                    "graphId": name,
                    "graphResponse": {"compositeResponse": done},
                    "isSuccessful": good,
                }
            )
        return Reply(200, {"graphs": answers})

    def _whole(self, request, listed):
        """``(answers, whether all of them are good)``; otherwise nothing is kept."""
        answers = []
        try:
            with self.store.transaction():
                self._run(request, listed, answers, True)
        except _Halted:
            failed = answers[-1]
            return [
                failed
                if each["referenceId"] == failed["referenceId"]
                else _halted(each["referenceId"])
                for each in listed
            ], False
        return answers, True

    def _check_names(self, listed):
        names = [each.get("referenceId") for each in listed]
        if None in names or len(set(names)) != len(names):
            raise SalesforceError(
                "INVALID_REQUEST", "a referenceId of its own is needed for each"
            )

    def _run(self, request, listed, answers, all_or_none):
        done = {}
        for each in listed:
            name = each["referenceId"]
            try:
                inner = self._request(request, each, done)
                reply = self.dispatch(inner)
            except SalesforceError as error:
                reply = self.errors.reply(error)
            except Refusal as refusal:
                reply = refusal.reply
            done[name] = reply.body
            answers.append(
                {
                    "body": reply.body,
                    "httpHeaders": {},
                    "httpStatusCode": reply.status,
                    "referenceId": name,
                }
            )
            if all_or_none and _has_failed(reply):
                raise _Halted

    def _request(self, request, each, done):
        text = json.dumps(each.get("body")) if each.get("body") is not None else ""
        url = self._fill(each.get("url") or "", done)
        headers = Message()
        for name, value in (each.get("httpHeaders") or {}).items():
            headers[name] = value
        headers["Content-Type"] = "application/json"
        method = (each.get("method") or "").upper()
        body = self._fill(text, done, quoted=True).encode()
        return Request(method, url, headers, body, request.correlation_id)

    def _fill(self, text, done, quoted=False):
        def value(match):
            name, path = match.groups()
            found = done.get(name)
            for key, number in STEP.findall(path):
                try:
                    found = found[int(number)] if number else found[key]
                except (KeyError, IndexError, TypeError):
                    found = None
                if found is None:
                    break
            if found is None:
                raise SalesforceError(
                    "PROCESSING_HALTED",
                    f"Invalid reference specified. No value for {name}{path} found "
                    f"in {name}",
                )
            return json.dumps(str(found))[1:-1] if quoted else str(found)

        return REFERENCE.sub(value, text)

    # Trees

    def tree(self, request):
        """201 with the ids, or 400 and nothing is kept. Up to 200 records in all; the
        inner ones hang on `{relationship: {"records": [...]}}`.
        [M]"""
        kind = self.store.schema.require(request.params["object"])
        body = body_of(request)
        records = body.get("records")
        if not isinstance(records, list):
            raise SalesforceError("JSON_PARSER_ERROR", "records are needed")
        check_size(records)
        results = []
        try:
            with self.store.transaction():
                for record in records:
                    self._plant(kind, record, None, results, allow_save(request))
        except _BadBranch as bad:
            entry = {"referenceId": bad.name, "errors": [bad.error.row()]}
            return Reply(400, {"hasErrors": True, "results": [entry]})
        return Reply(201, {"hasErrors": False, "results": results})

    def _plant(self, kind, record, parent, results, allow):
        name = (record.get("attributes") or {}).get("referenceId")
        flat = {k: v for k, v in record.items() if not _is_branch(v)}
        if parent:
            flat[parent[0]] = parent[1]
        try:
            made = self.store.checks.create(kind, flat, allow_save=allow)
            check_size(results)
        except SalesforceError as error:
            raise _BadBranch(name, error) from None
        results.append({"referenceId": name, "id": made})
        for branch in filter(_is_branch, record.values()):
            for inner in branch["records"]:
                child = self.store.schema.find(inner["attributes"]["type"])
                if child is None:
                    raise _BadBranch(name, not_found())
                field = next(
                    each.name
                    for each in child.fields.values()
                    if kind.name in each.reference_to and each.indexed
                )
                self._plant(child, inner, (field, made), results, allow)


class _BadBranch(Exception):
    def __init__(self, name, error):
        super().__init__(name)
        self.name, self.error = name, error


_HEAVY = re.compile(r"/(?:query|queryAll)\b|/composite/sobjects")


def _kind_of_node(each):
    """What makes nodes of a graph different: version and object."""
    match = NODE.fullmatch(each.get("url") or "")
    if match is None:
        raise SalesforceError(
            "INVALID_REQUEST", f"{each.get('url')} is not supported in a graph"
        )
    return match.groups()


def _is_branch(value):
    return isinstance(value, dict) and isinstance(value.get("records"), list)


def _has_failed(reply):
    """Whether a sub-request failed, or a record of its collection."""
    rows = reply.body if isinstance(reply.body, list) else ()
    return reply.status >= 300 or any(row.get("success") is False for row in rows)


def _halted(name):
    return {
        "body": [
            {
                "errorCode": "PROCESSING_HALTED",
                "message": "The transaction was rolled back since another operation "
                "in the same transaction failed.",
            }
        ],
        "httpHeaders": {},
        "httpStatusCode": 400,
        "referenceId": name,
    }
