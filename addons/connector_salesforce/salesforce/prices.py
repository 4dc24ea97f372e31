"""Lines of documents refer to a price of a product, not to the product.

A line names a ``PricebookEntry``: of the price book of its document, of its product
and currency. https://developer.salesforce.com/docs/platform/object-reference/guide:
OrderItem and QuoteLineItem require it, OpportunityLineItem takes it or a product. A
document without a price book has no lines: it gets the standard one with its first one.
"""

import dataclasses

from odoo.addons.connector_base.engine import errors

from . import ask, soql
from .endpoints import path

ENTRY, PRODUCT, BOOK, CURRENCY = (
    *("PricebookEntryId", "Product2Id", "Pricebook2Id", "CurrencyIsoCode"),
)
#: Object of lines -> (field that names the document, object of documents).
DOCUMENTS = {
    "OpportunityLineItem": ("OpportunityId", "Opportunity"),
    "QuoteLineItem": ("QuoteId", "Quote"),
    "OrderItem": ("OrderId", "Order"),
}


#: Object of documents -> ``{object of its lines: field that names the document}``.
LINES = {documents: {lines: link} for lines, (link, documents) in DOCUMENTS.items()}


def price_lines(client, object_name, rows, books=None):
    """New lines with the price that each refers to.

    A look-up for all documents and one for all prices; where a document has no price
    book yet, one more and an update.

    :param rows: list of ``records.OutgoingRow``
    :param books: ``{document: (price book, currency)}`` where they are known
    :return: ``({key: row to send}, {key: errors.InvalidRecord})``
    """
    if object_name not in DOCUMENTS:
        return {row.key: row for row in rows}, {}
    link, documents = DOCUMENTS[object_name]
    wanted = [row for row in rows if needs_price(row)]
    if books is None:
        books = _books(client, documents, {row.values.get(link) for row in wanted})
    products = {row.values[PRODUCT] for row in wanted}
    entries = _entries(client, {book for book, _code in books.values()}, products)
    ready, refused = {row.key: row for row in rows}, {}
    for row in wanted:
        book, code = books.get(row.values.get(link), (None, None))
        entry = entries.get((book, row.values[PRODUCT], code))
        if entry is None:
            del ready[row.key]
            refused[row.key] = _no_price(row, code)
            continue
        values = {name: v for name, v in row.values.items() if name != PRODUCT}
        ready[row.key] = dataclasses.replace(row, values={**values, ENTRY: entry})
    return ready, refused


def needs_price(row):
    """Whether a line names a product and no price of it."""
    return bool(row.values.get(PRODUCT)) and ENTRY not in row.values


def _no_price(row, code):
    return errors.InvalidRecord(
        "The price book has no active price of the product in this currency.",
        code="no_price",
        params={"vendor": "Salesforce", "property": PRODUCT, "reason": "NO_PRICE"},
    )


def _books(client, object_name, ids):
    """``{document: (price book, currency)}``"""
    ids = sorted(filter(None, ids))
    if not ids:
        return {}
    rows = _rows(client, ["Id", BOOK, CURRENCY], object_name, soql.of_ids(ids))
    without = [row["Id"] for row in rows if not row.get(BOOK)]
    standard = standard_book(client) if without else None
    if standard:
        client.request(
            *("PATCH", path(client.api_version, "composite", "sobjects")),
            json={
                "allOrNone": False,
                "records": [
                    {"attributes": {"type": object_name}, "id": one, BOOK: standard}
                    for one in without
                ],
            },
            safe=True,
        )
    return {row["Id"]: (row.get(BOOK) or standard, row.get(CURRENCY)) for row in rows}


def standard_book(client):
    """Id of the price book that every org has; ``None`` where it is out of sight."""
    rows = _rows(client, ["Id"], "Pricebook2", "IsStandard = true")
    return rows[0]["Id"] if rows else None


def _entries(client, books, products):
    """``{(price book, product, currency): price}`` of the active ones."""
    books = sorted(filter(None, books))
    if not books or not products:
        return {}
    condition = " AND ".join(
        [
            soql.of_ids(books, BOOK),
            soql.of_ids(sorted(products), PRODUCT),
            "IsActive = true",
        ]
    )
    names = ["Id", BOOK, PRODUCT, CURRENCY]
    return {
        (row[BOOK], row[PRODUCT], row.get(CURRENCY)): row["Id"]
        for row in _rows(client, names, "PricebookEntry", condition)
    }


def _rows(client, names, object_name, condition):
    """All rows; without a currency where the org has only one."""
    where = path(client.api_version, "query")
    try:
        reply = client.get(where, {"q": soql.select(names, object_name, condition)})
    except errors.InvalidRecord as error:
        if error.code != "unknown_field" or CURRENCY not in names:
            raise
        rest = [name for name in names if name != CURRENCY]
        return _rows(client, rest, object_name, condition)
    return list(ask.following(client, reply))
