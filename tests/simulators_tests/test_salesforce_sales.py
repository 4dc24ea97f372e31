"""Salesforce: prices, lines, totals, stages, quotes, orders, contracts, ids."""

import pytest
from simulators.salesforce import ids
from simulators.salesforce.derive import end_of_term


@pytest.fixture
def store(salesforce):
    return salesforce.store


@pytest.fixture
def entry(store):
    """The standard price of a product in euros."""
    product = store.create("Product2", {"Name": "Kit", "ProductCode": "KIT-1"})
    return store.create("PricebookEntry", price(store.standard_book, product))


def price(book, product, **more):
    values = {"Pricebook2Id": book, "Product2Id": product, "UnitPrice": 100}
    return {**values, "IsActive": True, "CurrencyIsoCode": "EUR", **more}


def opportunity(store, **more):
    values = {"Name": "Deal", "StageName": "Prospecting", "CloseDate": "2026-12-01"}
    return store.create("Opportunity", {**values, **more})


def test_the_checksum_of_an_id_tells_its_capitals():
    assert ids.long_id("001D000000IRFma") == "001D000000IRFmaIAH"  # the vendor's own
    assert ids.long_id("001D000000IRFmaIAH") == "001D000000IRFmaIAH"
    assert ids.long_id("001d000000IRFmaIAH") is None
    assert ids.long_id("nonsense") is None
    assert ids.new_id("001", 61) < ids.new_id("001", 62)


def test_an_id_that_was_given_is_never_given_again(store):
    given = ids.new_id("001", 2)
    store.create("Account", {"Name": "A"}, id=given)
    others = [store.create("Account", {"Name": name}) for name in "BC"]
    assert len({given, *others}) == store.count("Account") == 3


def test_a_stage_decides_what_is_closed_and_won(store):
    deal = opportunity(store, Amount=200)
    row = store.get("Opportunity", deal)
    assert (row["IsClosed"], row["Probability"], row["ExpectedRevenue"]) == (0, 10, 20)
    store.update("Opportunity", deal, {"StageName": "Closed Won"})
    row = store.get("Opportunity", deal)
    assert (row["IsClosed"], row["IsWon"], row["Probability"]) == (True, True, 100)
    store.update("Opportunity", deal, {"StageName": "Closed Lost", "Probability": 5})
    row = store.get("Opportunity", deal)
    assert (row["IsWon"], row["Probability"], row["ForecastCategory"]) == (
        0,
        5,
        "Omitted",
    )


def test_a_standard_price_comes_first(store, org, is_refused):
    book = store.create("Pricebook2", {"Name": "Partners", "IsActive": True})
    product = store.create("Product2", {"Name": "Kit"})
    path = "/sobjects/PricebookEntry"
    answer = org.post(path, price(book, product))
    is_refused(answer, 400, "STANDARD_PRICE_NOT_DEFINED")
    assert org.post(path, price(store.standard_book, product)).status_code == 201
    answer = org.post(path, price(book, product, CurrencyIsoCode="USD"))
    is_refused(answer, 400, "STANDARD_PRICE_NOT_DEFINED")
    assert org.post(path, price(book, product)).status_code == 201
    is_refused(org.post(path, price(book, product)), 400, "DUPLICATE_VALUE")


def test_lines_make_the_amount(store, org, entry, is_refused):
    deal = opportunity(store, Amount=5)
    path = "/sobjects/OpportunityLineItem"
    line = {"OpportunityId": deal, "PricebookEntryId": entry, "Quantity": 3}
    made = org.post(path, {**line, "UnitPrice": 90, "Discount": 10}).json()["id"]
    row = store.get("OpportunityLineItem", made)
    assert (row["TotalPrice"], row["ProductCode"], row["ListPrice"]) == (
        243,
        "KIT-1",
        100,
    )
    head = store.get("Opportunity", deal)
    assert (head["Amount"], head["HasOpportunityLineItem"]) == (243, True)
    assert head["Pricebook2Id"] == store.standard_book
    other = org.post(path, {**line, "TotalPrice": 60}).json()["id"]
    assert store.get("OpportunityLineItem", other)["UnitPrice"] == 20
    assert org.patch(f"/sobjects/Opportunity/{deal}", {"Amount": 1}).status_code == 204
    assert store.get("Opportunity", deal)["Amount"] == 303
    org.delete(f"{path}/{made}")
    assert store.get("Opportunity", deal)["Amount"] == 60
    both = {**line, "TotalPrice": 60, "UnitPrice": 20}
    fields = ("UnitPrice", "TotalPrice")
    is_refused(org.post(path, both), 400, "FIELD_INTEGRITY_EXCEPTION", *fields)
    answer = org.post(path, line)
    is_refused(answer, 400, "REQUIRED_FIELD_MISSING", "UnitPrice")
    answer = org.patch(f"{path}/{other}", {"OpportunityId": deal})
    is_refused(answer, 400, "INVALID_FIELD_FOR_INSERT_UPDATE", "OpportunityId")


def test_a_line_fits_its_document(store, org, entry, is_refused):
    deal = opportunity(store, CurrencyIsoCode="USD")
    line = {"OpportunityId": deal, "PricebookEntryId": entry, "Quantity": 1}
    answer = org.post("/sobjects/OpportunityLineItem", {**line, "UnitPrice": 1})
    is_refused(answer, 400, "FIELD_INTEGRITY_EXCEPTION", "PricebookEntryId")
    book = store.create("Pricebook2", {"Name": "Partners"})
    line["OpportunityId"] = opportunity(store, Pricebook2Id=book)
    answer = org.post("/sobjects/OpportunityLineItem", {**line, "UnitPrice": 1})
    is_refused(answer, 400, "FIELD_INTEGRITY_EXCEPTION", "PricebookEntryId")


def test_quotes_and_orders_are_totalled(store, org, entry):
    acme = store.create("Account", {"Name": "Acme"})
    deal = opportunity(store, AccountId=acme)
    quote = {"Name": "Offer", "OpportunityId": deal, "Tax": 19}
    quote = org.post("/sobjects/Quote", quote).json()["id"]
    line = {"QuoteId": quote, "PricebookEntryId": entry, "Quantity": 2, "UnitPrice": 50}
    assert org.post("/sobjects/QuoteLineItem", line).status_code == 201
    row = store.get("Quote", quote)
    assert (row["GrandTotal"], row["LineItemCount"], row["AccountId"]) == (119, 1, acme)
    assert (row["QuoteNumber"], row["Status"]) == ("00000001", "Draft")
    order = {"AccountId": acme, "EffectiveDate": "2026-11-02", "Status": "Draft"}
    order = org.post("/sobjects/Order", order).json()["id"]
    line = {"OrderId": order, "PricebookEntryId": entry, "Quantity": 2, "UnitPrice": 7}
    assert org.post("/sobjects/OrderItem", line).status_code == 201
    row = store.get("Order", order)
    assert (row["TotalAmount"], row["OrderNumber"]) == (14, "00000001")


def test_a_contract_ends_with_its_term(store):
    acme = store.create("Account", {"Name": "Acme"})
    contract = store.create(
        "Contract",
        {"AccountId": acme, "StartDate": "2026-01-15", "ContractTerm": 12},
    )
    row = store.get("Contract", contract)
    assert (row["EndDate"], row["Status"]) == ("2027-01-14", "Draft")
    assert end_of_term("2026-01-31", 1) == "2026-02-27"
    assert end_of_term("2026-12-01", 1) == "2026-12-31"
