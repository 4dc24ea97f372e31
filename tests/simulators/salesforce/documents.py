"""Quotes and contracts that come with seeded opportunities, and orders of some.

Every other opportunity with lines has a quote of the same lines. What was won for an
account has a contract of a year from the day it was closed, and an order if it has
lines.
"""

from .derive import end_of_term

TERM = 12
STATUSES = {True: "Accepted", False: "Denied", None: "Presented"}
COPIED = ("PricebookEntryId", "Quantity", "UnitPrice", "CurrencyIsoCode")


def add_documents(store, ids, deals):
    """Put them in; ``ids``: of the neutral keys, ``deals``: the neutral records."""
    quoted = False
    for deal in deals:
        row = store.tables["Opportunity"].rows[ids[deal.key]]
        when = {"created": deal.created_at, "modified": deal.updated_at}
        if deal.lines:
            quoted = not quoted
        if deal.lines and quoted:
            _quote(store, row, when)
        if row["IsWon"] and row.get("AccountId"):
            _contract(store, row, when)
            if deal.lines:
                _order(store, row, when)


def _lines(store, row):
    return store.tables["OpportunityLineItem"].having("OpportunityId", row["Id"])


def _quote(store, row, when):
    outcome = row["IsWon"] if row["IsClosed"] else None
    quote = store.load(
        "Quote",
        {
            "Name": f"Quote for {row['Name']}"[:255],
            "OpportunityId": row["Id"],
            "Pricebook2Id": row["Pricebook2Id"],
            "ExpirationDate": row["CloseDate"],
            "Status": STATUSES[outcome],
            "OwnerId": row["OwnerId"],
        },
        **when,
    )
    for line in _lines(store, row):
        values = {name: line.get(name) for name in COPIED}
        store.load("QuoteLineItem", {"QuoteId": quote, **values}, **when)


def _contract(store, row, when):
    contract = store.load(
        "Contract",
        {
            "AccountId": row["AccountId"],
            "StartDate": row["CloseDate"],
            "ContractTerm": TERM,
            "Status": _status(store, row),
            "OwnerId": row["OwnerId"],
        },
        **when,
    )
    kind = store.schema.objects["Opportunity"]
    store.put(kind, {**row, "ContractId": contract})


def _status(store, row):
    today = store.clock.now().date().isoformat()
    begun = row["CloseDate"] <= today <= end_of_term(row["CloseDate"], TERM)
    return "Activated" if begun else "Draft"


def _order(store, row, when):
    order = store.load(
        "Order",
        {
            "AccountId": row["AccountId"],
            "OpportunityId": row["Id"],
            "Pricebook2Id": row["Pricebook2Id"],
            "EffectiveDate": row["CloseDate"],
            "Status": "Activated",
            "CurrencyIsoCode": row.get("CurrencyIsoCode"),
            "OwnerId": row["OwnerId"],
        },
        **when,
    )
    for line in _lines(store, row):
        values = {name: line.get(name) for name in COPIED}
        store.load("OrderItem", {"OrderId": order, **values}, **when)
