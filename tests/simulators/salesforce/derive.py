"""What the org computes: names, stages, prices of lines, totals, numbers.

``before(store, kind, row, old, given)`` completes a row that is about to be put and
refuses what the product refuses there; ``after`` lets parents follow their lines.
[M]
"""

from datetime import date, timedelta

from .errors import SalesforceError

#: Line object: (its document's field, document object, field of its total).
LINES = {
    "OpportunityLineItem": ("OpportunityId", "Opportunity", "Amount"),
    "QuoteLineItem": ("QuoteId", "Quote", "Subtotal"),
    "OrderItem": ("OrderId", "Order", "TotalAmount"),
}
LINES_OF = {document: name for name, (_f, document, _t) in LINES.items()}
CONTRACT_CODES = {"Activated": "Activated", "In Approval Process": "InApproval"}
NAMED = frozenset({"Contact", "Lead", "User"})


def before(store, kind, row, old, given):
    """Complete a row in place."""
    name = kind.name
    if name in NAMED:
        parts = (row.get("FirstName"), row.get("LastName"))
        row["Name"] = " ".join(filter(None, parts)) or None
    handler = _BEFORE.get(name)
    if handler:
        handler(store, row, old, given)


def after(store, kind, row, old, at):
    """Let the document of a line follow it."""
    if kind.name in LINES:
        field, document, _total = LINES[kind.name]
        total_up(store, document, row[field], at)


def total_up(store, document, record_id, at):
    """Sum the live lines of a document up."""
    table = store.tables[document]
    row = table.rows.get(record_id)
    if row is None:
        return
    name = LINES_OF[document]
    field, _document, total = LINES[name]
    lines = [
        line
        for line in store.tables[name].having(field, record_id)
        if not line.get("IsDeleted")
    ]
    kept = {
        **row,
        total: round(sum(line.get("TotalPrice") or 0 for line in lines), 2),
        "SystemModstamp": at,
        "LastModifiedDate": at,
    }
    if document == "Opportunity":
        kept["HasOpportunityLineItem"] = bool(lines)
        if not lines:
            kept[total] = row.get("Amount")
        _expect(kept)
    elif document == "Quote":
        kept["LineItemCount"] = len(lines)
        _grand_total(kept)
    store.follow(store.schema.objects[document], kept)


def _opportunity(store, row, old, given):
    stage = store.stages.get(row.get("StageName"))
    closed, won = bool(stage and stage.closed), bool(stage and stage.won)
    row["IsClosed"], row["IsWon"] = closed, won
    moved = old is None or old.get("StageName") != row.get("StageName")
    if stage and moved:
        if "Probability" not in given:
            row["Probability"] = float(stage.probability)
        row["ForecastCategory"] = stage.category
        row["ForecastCategoryName"] = stage.category
    if old and old.get("HasOpportunityLineItem"):
        row["Amount"] = old.get("Amount")  # an update of it is ignored
    row.setdefault("HasOpportunityLineItem", False)
    _expect(row)


def _expect(row):
    amount, share = row.get("Amount"), row.get("Probability")
    row["ExpectedRevenue"] = (
        None if amount is None else round(amount * (share or 0) / 100, 2)
    )


def _line(store, row, old, given):
    """An opportunity's line: either a unit price or a total."""
    _priced(store, row, old, "Opportunity", "OpportunityId")
    quantity, discount = row["Quantity"], row.get("Discount") or 0
    if given.get("UnitPrice") is not None and given.get("TotalPrice") is not None:
        raise SalesforceError(
            "FIELD_INTEGRITY_EXCEPTION",
            "field integrity exception: UnitPrice, TotalPrice (specify one of them)",
            ["UnitPrice", "TotalPrice"],
        )
    if given.get("TotalPrice") is not None:
        share = quantity * (1 - discount / 100)
        row["UnitPrice"] = round(row["TotalPrice"] / share, 2) if share else 0.0
    elif row.get("UnitPrice") is None:
        raise SalesforceError(
            "REQUIRED_FIELD_MISSING",
            "Required fields are missing: [UnitPrice]",
            ["UnitPrice"],
        )
    else:
        row["TotalPrice"] = _price(row)
    row["Subtotal"] = round(row["Quantity"] * row["UnitPrice"], 2)


def _other_line(document, field):
    def complete(store, row, old, given):
        _priced(store, row, old, document, field)
        row["TotalPrice"] = _price(row)
        if document == "Quote":
            row["Subtotal"] = round(row["Quantity"] * row["UnitPrice"], 2)

    return complete


def _price(row):
    discount = row.get("Discount") or 0
    return round(row["Quantity"] * row["UnitPrice"] * (1 - discount / 100), 2)


def _priced(store, row, old, document, field):
    """The price book entry of a new line, which fits its document."""
    if old is not None:
        return
    head = store.tables[document].rows.get(row.get(field)) or {}
    entry = store.tables["PricebookEntry"].rows.get(row.get("PricebookEntryId"))
    if entry is None and row.get("Product2Id"):
        entry = _entry_of(store, head, row["Product2Id"])
    if entry is None:
        raise SalesforceError(
            "REQUIRED_FIELD_MISSING",
            "Required fields are missing: [PricebookEntryId]",
            ["PricebookEntryId"],
        )
    currency = store.schema.multi_currency and head.get("CurrencyIsoCode")
    book = head.get("Pricebook2Id")
    if currency and entry.get("CurrencyIsoCode") != currency:
        raise _misfit("the price book entry has another currency than its document")
    if book and entry["Pricebook2Id"] != book:
        raise _misfit(
            "pricebook entry is in a different pricebook than the one assigned"
        )
    if not book and head:
        kept = {**head, "Pricebook2Id": entry["Pricebook2Id"]}
        store.put(store.schema.objects[document], kept)
    product = store.tables["Product2"].rows.get(entry["Product2Id"], {})
    row["PricebookEntryId"] = entry["Id"]
    row["Product2Id"] = entry["Product2Id"]
    row["ListPrice"] = entry.get("UnitPrice")
    if currency:
        row["CurrencyIsoCode"] = currency
    if document == "Opportunity":
        row["ProductCode"] = product.get("ProductCode")
        row["Name"] = " ".join(filter(None, (head.get("Name"), product.get("Name"))))


def _misfit(text):
    return SalesforceError(
        "FIELD_INTEGRITY_EXCEPTION",
        f"field integrity exception: PricebookEntryId ({text})",
        ["PricebookEntryId"],
    )


def _entry_of(store, head, product_id):
    for entry in store.tables["PricebookEntry"].having("Product2Id", product_id):
        if (
            not entry.get("IsDeleted")
            and entry["Pricebook2Id"] == head.get("Pricebook2Id", store.standard_book)
            and entry.get("CurrencyIsoCode") == head.get("CurrencyIsoCode")
        ):
            return entry
    return None


def _pricebook_entry(store, row, old, given):
    """One price a book, product and currency; the standard price comes first."""
    product = store.tables["Product2"].rows.get(row["Product2Id"], {})
    row["Name"] = product.get("Name")
    row["ProductCode"] = product.get("ProductCode")
    if old is not None:
        return
    standard = False
    for other in store.tables["PricebookEntry"].having("Product2Id", row["Product2Id"]):
        if other.get("IsDeleted") or (
            other.get("CurrencyIsoCode") != row.get("CurrencyIsoCode")
        ):
            continue
        standard = standard or other["Pricebook2Id"] == store.standard_book
        if other["Pricebook2Id"] == row["Pricebook2Id"]:
            raise SalesforceError(
                "DUPLICATE_VALUE",
                "This price definition already exists in this price book",
            )
    if row["Pricebook2Id"] != store.standard_book:
        if not standard:
            raise SalesforceError(
                "STANDARD_PRICE_NOT_DEFINED",
                "Before creating a custom price, create a standard price.",
            )


def _quote(store, row, old, given):
    head = store.tables["Opportunity"].rows.get(row["OpportunityId"], {})
    row["AccountId"] = head.get("AccountId")
    if old is None:
        row.setdefault("Pricebook2Id", head.get("Pricebook2Id"))
        row.update(LineItemCount=0, Subtotal=0.0)
        if store.schema.multi_currency:
            row["CurrencyIsoCode"] = head.get("CurrencyIsoCode")
    _grand_total(row)


def _grand_total(row):
    row["TotalPrice"] = row.get("Subtotal") or 0.0
    extra = (row.get("Tax") or 0) + (row.get("ShippingHandling") or 0)
    row["GrandTotal"] = round(row["TotalPrice"] + extra, 2)


def _contract(store, row, old, given):
    row["StatusCode"] = CONTRACT_CODES.get(row.get("Status"), "Draft")
    start, months = row.get("StartDate"), row.get("ContractTerm")
    if start and months:
        row["EndDate"] = end_of_term(start, months)


def end_of_term(start, months):
    """The last day of a term that begins on a day and lasts so many months."""
    first = date.fromisoformat(start)
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    for day in range(first.day, 27, -1):
        try:
            return (date(year, month + 1, day) - timedelta(days=1)).isoformat()
        except ValueError:
            continue
    return (date(year, month + 1, min(first.day, 28)) - timedelta(days=1)).isoformat()


def _order(store, row, old, given):
    row["StatusCode"] = row.get("Status")
    if old is None:
        row["TotalAmount"] = 0.0


_BEFORE = {
    "Opportunity": _opportunity,
    "OpportunityLineItem": _line,
    "QuoteLineItem": _other_line("Quote", "QuoteId"),
    "OrderItem": _other_line("Order", "OrderId"),
    "PricebookEntry": _pricebook_entry,
    "Quote": _quote,
    "Contract": _contract,
    "Order": _order,
}
