"""Writes prices by currency: properties of products, a request for each currency.

What is made is not a record but a value of one, so that no key tells whether an earlier
try has made it already. A price that is there is looked at first: the same one is ours
as well, another one is linked and nothing overwritten.
"""

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.records import OutgoingRow, RowResult
from odoo.addons.connector_base.engine.values import ValueProblem, read_value

from . import ask
from .endpoints import BATCH_LIMIT, PROPERTIES, path
from .prices import price_id, property_of
from .writer import HubSpotWriter


class PriceWriter:
    """Writes the stream ``prices``; its rows are told apart by product and currency.

    :param client: ``HttpClient`` that knows the version of the API
    """

    batch_size = BATCH_LIMIT

    def __init__(self, client, stream):
        self.client = client
        self.products = HubSpotWriter(client, "products")

    # -- contract -------------------------------------------------------------

    def create(self, rows):  # pylint: disable=method-required-super
        """Set prices that are empty; :return: list of ``records.RowResult``"""
        ids = {
            row.key: (str(row.values["product"]), row.values["currency"].upper())
            for row in rows
        }
        there = self._prices(ids.values())
        results, empty = {}, []
        for row in rows:
            found = there.get(ids[row.key])
            if found in (None, ""):
                empty.append(row)
                continue
            same = _number(found) == _number(row.values["price"])
            remote_id = price_id(*ids[row.key])
            results[row.key] = RowResult(row.key, remote_id, existing=not same)
        prices = {row.key: row.values["price"] for row in empty}
        results |= self._set(empty, ids, prices)
        return [results[row.key] for row in rows]

    def update(self, rows):
        """Change prices by their ids; :return: list of ``records.RowResult``"""
        ids = {row.key: _parts(row.remote_id) for row in rows}
        results = {row.key: _moved(row, *ids[row.key]) for row in rows}
        changed = [
            row for row in rows if not results[row.key] and "price" in row.values
        ]
        prices = {row.key: row.values["price"] for row in changed}
        results |= self._set(changed, ids, prices)
        return [results[row.key] or RowResult(row.key, row.remote_id) for row in rows]

    def archive(self, rows):
        """Empty the properties: a price that is empty is none."""
        ids = {row.key: _parts(row.remote_id) for row in rows}
        results = self._set(rows, ids, dict.fromkeys(ids, ""))
        return [results[row.key] for row in rows]

    # -- requests -------------------------------------------------------------

    def _prices(self, ids):
        """``{(product, currency): price as it is there}``"""
        ids = list(dict.fromkeys(ids))
        where = path("objects", self.client.api_version, "products", "batch", "read")
        names = sorted({property_of(currency) for _product, currency in ids})
        reply = self.client.post(
            where,
            {
                "inputs": [{"id": p} for p in dict.fromkeys(p for p, _c in ids)],
                "properties": names,
            },
            reads=True,
        )
        held = {
            str(item["id"]): item.get("properties") or {}
            for item in ask.results(reply.data)
        }
        return {
            (product, currency): held.get(product, {}).get(property_of(currency))
            for product, currency in ids
        }

    def _set(self, rows, ids, prices):
        """Write prices; :return: ``{key: records.RowResult}``

        Of two rows of one price the first is written: both get its id, and who keeps
        the ids sees that they are one.
        """
        by_price = {}
        for row in rows:
            by_price.setdefault(ids[row.key], []).append(row)
        results = {}
        for currency in sorted({currency for _product, currency in by_price}):
            inputs = [
                OutgoingRow(
                    key=same[0].key,
                    values={
                        f"{PROPERTIES}{property_of(currency)}": prices[same[0].key]
                    },
                    remote_id=product,
                )
                for (product, code), same in by_price.items()
                if code == currency
            ]
            for given, answer in zip(inputs, self.products.update(inputs), strict=True):
                for row in by_price[given.remote_id, currency]:
                    results[row.key] = RowResult(
                        row.key,
                        price_id(given.remote_id, currency),
                        answer.updated_at,
                        error=answer.error,
                        request_id=answer.request_id,
                    )
        return results


def _parts(remote_id):
    product, _colon, currency = remote_id.partition(":")
    return product, currency


def _moved(row, product, currency):
    """The refusal of a price that would become another product's or currency's."""
    wanted = {"product": product, "currency": currency}
    for name, own in wanted.items():
        if str(row.values.get(name) or own).upper() != own.upper():
            error = errors.InvalidRecord(
                "A price stays with its product and currency.",
                code="refused",
                params={"vendor": "HubSpot", "property": name, "reason": "FIXED"},
            )
            return RowResult(row.key, row.remote_id, error=error)
    return None


def _number(text):
    try:
        return read_value("money", text)
    except ValueProblem:
        return text
