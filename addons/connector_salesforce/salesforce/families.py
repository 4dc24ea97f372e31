"""Writes new documents with their lines: all of one, or nothing of it.

Each document is a graph of ``/composite/graph``. Its lines name it by the reference of
its own node, so that no id has to be known before; all are upserted by our key, so that
a second try makes nothing twice.

Sources: https://developer.salesforce.com/docs/platform/api-rest/guide/resources-composite-graph
(request and answer; a graph is carried out as a whole or not at all) and
…/resources-composite-graph-limits (75 graphs and 500 nodes of a request; after 14
failures the other graphs are halted); …/dome-upsert (external id in the address, not
among the values).
"""

import collections
import dataclasses

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.records import RowResult

from . import ask, soql
from .endpoints import CREATE_ONLY, KEY_FIELD, path
from .errors import row_error
from .prices import BOOK, CURRENCY, LINES, needs_price, price_lines, standard_book

#: [S] limits of composite graphs
GRAPH_LIMIT = 75
NODE_LIMIT = 500
#: Keys of one query: 64 characters at most, and the address has 16,384 bytes.
KEYS_LIMIT = 100
#: What a node says that was fine itself. [S composite graph; 3P for the code]
HALTED = "PROCESSING_HALTED"
#: The reference of a document in its graph.
PARENT = "document"


class FamilyWriting:
    """The part of a writer that takes documents with their lines.

    :param client: ``HttpClient`` that knows the version of the API
    :param object_name: as ``Order``
    """

    #: Most rows of a family, and most families of a call.
    family_size = NODE_LIMIT
    family_batch = GRAPH_LIMIT

    @property
    def children(self):
        """``{object of lines: field that names the document}``"""
        return LINES.get(self.object_name, {})

    def placeholder(self, key):
        """What lines say in place of the id of a document that isn't there yet.

        It says which one, so that prices are found; see ``_spelt``.
        """
        return f"@{{{key}}}"

    def create_families(self, families):
        """Upsert documents with their lines by our keys.

        :param families: list of ``records.Family``
        :return: for each a list of ``records.RowResult``: of the document, then of its
            lines. Where one is refused, the others have an ``errors.MissingDependency``
        """
        families, refused = self._priced(families)
        answers = {}
        whole = []
        for number, family in enumerate(families):
            keys = [row.key for _name, row in _nodes(self.object_name, family)]
            own = {key: refused[key] for key in keys if key in refused}
            if own:
                answers[number] = _refusals(keys, own)
            else:
                whole.append((number, family))
        for part in _parts(whole):
            answers |= self._send_graphs(part)
        again = [each for each in whole if any(map(is_made, answers[each[0]]))]
        for part in _parts(self._of_earlier_tries(again)):
            answers |= self._send_graphs(part)
        return [answers[number] for number in range(len(families))]

    # -- prices ---------------------------------------------------------------

    def _priced(self, families):
        """Families whose lines name prices, and ``{key: error}`` where there is none.

        A document without a price book gets the standard one with its lines.
        """
        without = [
            family
            for family in families
            if not family.row.values.get(BOOK)
            and any(needs_price(row) for _name, row in family.children)
        ]
        standard = standard_book(self.client) if without else None
        for family in without if standard else ():
            values = {**family.row.values, BOOK: standard}
            family.row = dataclasses.replace(family.row, values=values)
        books = {
            self.placeholder(family.row.key): (
                family.row.values.get(BOOK),
                family.row.values.get(CURRENCY),
            )
            for family in families
        }
        by_object = collections.defaultdict(list)
        for family in families:
            for name, row in family.children:
                by_object[name].append(row)
        ready, refused = {}, {}
        for name, rows in by_object.items():
            some_ready, some_refused = price_lines(self.client, name, rows, books)
            ready |= some_ready
            refused |= some_refused
        priced = [
            dataclasses.replace(
                family,
                children=[
                    (name, ready.get(row.key, row)) for name, row in family.children
                ],
            )
            for family in families
        ]
        return priced, refused

    # -- second tries ---------------------------------------------------------

    def _of_earlier_tries(self, families):
        """Families that were made before: what is set once for all is set.

        Lines that came to a document since then have it still to be said.
        """
        there = set()
        for name in self.children if families else ():
            keys = [
                row.key
                for _number, family in families
                for child, row in family.children
                if child == name
            ]
            for start in range(0, len(keys), KEYS_LIMIT):
                condition = soql.of_ids(keys[start : start + KEYS_LIMIT], KEY_FIELD)
                query = soql.select(["Id", KEY_FIELD], name, condition)
                found = ask.everything(self.client, query)
                there |= {item[KEY_FIELD] for item in found}
        for number, family in families:
            children = [
                (name, without_fixed(name, row) if row.key in there else row)
                for name, row in family.children
            ]
            yield number, dataclasses.replace(family, children=children)

    # -- graphs ---------------------------------------------------------------

    def _send_graphs(self, part):
        """:param part: ``[(number, family)]``; :return: ``{number: [RowResult]}``"""
        graphs = [
            {
                "graphId": str(number),
                "compositeRequest": [
                    self._node(place, name, row)
                    for place, (name, row) in enumerate(
                        _nodes(self.object_name, family)
                    )
                ],
            }
            for number, family in part
        ]
        reply = self.client.request(
            *("POST", path(self.client.api_version, "composite", "graph")),
            json={"graphs": graphs},
            # The same keys again make and change nothing more.
            safe=True,
        )
        said = reply.data.get("graphs") if isinstance(reply.data, dict) else None
        said = {str(each.get("graphId")): each for each in said or []}
        results = {}
        for number, family in part:
            rows = [row for _name, row in _nodes(self.object_name, family)]
            graph = said.get(str(number)) or {}
            results[number] = _results(rows, graph, reply.request_id)
        every = [result for answer in results.values() for result in answer]
        self._name_candidates(every)
        return results

    def _node(self, place, name, row):
        link = self.children.get(name)
        values = {n: v for n, v in row.values.items() if v is not None}
        if link in values:
            values[link] = f"@{{{PARENT}.id}}"
        return {
            "referenceId": f"line{place}" if place else PARENT,
            "method": "PATCH",
            "url": "/"
            + path(self.client.api_version, "sobjects", name, KEY_FIELD, row.key),
            "body": values,
        }


def is_made(result):
    """Whether a new record was refused since an earlier try has made it.

    Some fields may be given to a record that isn't there yet, and to no other.
    """
    reason = result.error and result.error.params.get("reason")
    return reason == "INVALID_FIELD_FOR_INSERT_UPDATE" and not isinstance(
        result.error, errors.MissingDependency
    )


def without_fixed(name, row):
    """A row without what is set when a record is made and never again."""
    fixed = CREATE_ONLY.get(name, ())
    values = {n: v for n, v in row.values.items() if n not in fixed}
    return dataclasses.replace(row, values=values)


def _nodes(object_name, family):
    """``[(object, row)]``, the document first: it is what the others refer to."""
    return [(object_name, family.row), *family.children]


def _parts(families):
    """Families in requests that are not too large.

    :param families: ``[(number, family)]``
    """
    part, nodes = [], 0
    for number, family in families:
        size = 1 + len(family.children)
        if part and (nodes + size > NODE_LIMIT or len(part) == GRAPH_LIMIT):
            yield part
            part, nodes = [], 0
        part.append((number, family))
        nodes += size
    if part:
        yield part


def _results(rows, graph, request_id):
    """What became of a graph, row by row."""
    items = (graph.get("graphResponse") or {}).get("compositeResponse") or []
    by_place = {each.get("referenceId"): each for each in items}
    found = [
        by_place.get(f"line{place}" if place else PARENT) or {}
        for place in range(len(rows))
    ]
    if graph.get("isSuccessful"):
        return [
            RowResult(
                row.key, (item.get("body") or {}).get("id"), request_id=request_id
            )
            for row, item in zip(rows, found, strict=True)
        ]
    own = {}
    for row, item in zip(rows, found, strict=True):
        body = item.get("body")
        first = body[0] if isinstance(body, list) and body else {}
        if item.get("httpStatusCode", 0) >= 300 and first.get("errorCode") != HALTED:
            own[row.key] = row_error(first)
            own[row.key].request_id = request_id
    if not own:
        # Nothing is wrong with it: it was halted because of others, and goes again.
        error = errors.TransientError(
            "Salesforce did not get to a record.",
            code="rolled_back",
            params={"vendor": "Salesforce"},
        )
        error.request_id = request_id
        own = {row.key: error for row in rows}
    return _refusals([row.key for row in rows], own, request_id)


def _refusals(keys, own, request_id=None):
    """Results of a family of which some were refused.

    :param own: ``{key: error}``
    """
    return [
        RowResult(
            key,
            error=own.get(key)
            or errors.MissingDependency(
                "Another record that belongs to it was refused.",
                code="rolled_back",
                params={"vendor": "Salesforce"},
            ),
            request_id=request_id,
        )
        for key in keys
    ]
