"""Writing into an org: collections, row by row, and never twice."""

import json

import pytest

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.records import OutgoingRow
from odoo.addons.connector_salesforce.salesforce.describe import prepare
from odoo.addons.connector_salesforce.salesforce.writer import SalesforceWriter

from .vendor import failure

KEY = {"external_id": True, "unique": True, "length": 64}


@pytest.fixture
def store(salesforce):
    for name in ("Account", "Contact", "Product2", "Opportunity"):
        salesforce.store.define_field(name, "Odoo_Id__c", **KEY)
    return salesforce.store


@pytest.fixture
def writer(store, salesforce_client):
    def make(object_name="Account"):
        return SalesforceWriter(salesforce_client(), object_name)

    return make


def row(number, remote_id=None, **values):
    return OutgoingRow(f"res.partner,{number}", values, remote_id)


def sent(salesforce):
    """Bodies of the collections that were sent, in order."""
    return [
        json.loads(entry.body)
        for entry in salesforce.requests.entries
        if entry.method == "PATCH"
    ]


def test_new_records_are_made_in_one_request(writer, store, salesforce):
    rows = [row(n, Name=f"Company {n}") for n in range(200)]
    results = writer().create(rows)
    assert [result.key for result in results] == [each.key for each in rows]
    names = [store.get("Account", result.remote_id)["Name"] for result in results]
    assert names == [f"Company {n}" for n in range(200)]
    assert len(sent(salesforce)) == 1
    assert sent(salesforce)[0]["allOrNone"] is False


def test_a_second_try_with_the_same_keys_makes_no_second_records(
    writer, store, salesforce
):
    rows = [row(n, Name=f"Company {n}") for n in range(3)]
    salesforce.faults.add("drop", worked=True, path="composite", times=1)
    first = [result.remote_id for result in writer().create(rows)]
    assert [result.remote_id for result in writer().create(rows)] == first
    assert store.count("Account") == 3


def test_one_that_is_refused_leaves_the_others_alone(writer, store):
    store.rules.add("Account", match={"Name": "Bad"}, fields=["Name"])
    good, bad, other = writer().create(
        [row(1, Name="Good"), row(2, Name="Bad"), row(3, Name="Other")]
    )
    assert good.remote_id and other.remote_id and not good.error
    assert bad.error.error_class == "validation"
    assert bad.error.params["reason"] == "FIELD_CUSTOM_VALIDATION_EXCEPTION"
    assert bad.error.params["property"] == "Name"


def test_known_records_get_what_changed(writer, store):
    account = store.create("Account", {"Name": "Acme", "Phone": "1"})
    [result] = writer().update([row(1, account, Phone="2")])
    assert (result.remote_id, result.error) == (account, None)
    assert store.get("Account", account)["Name"] == "Acme"
    assert store.get("Account", account)["Phone"] == "2"


def test_null_empties_a_field_of_a_known_record(writer, store):
    account = store.create("Account", {"Name": "Acme", "Phone": "1"})
    writer().update([row(1, account, Phone=None)])
    assert store.get("Account", account)["Phone"] is None


def test_what_can_only_be_set_once_is_not_sent_again(writer, store, salesforce):
    lines = writer("OpportunityLineItem")
    [result] = lines.update([row(1, "00k000000000001AAA", OpportunityId="006")])
    assert result.error is None
    assert sent(salesforce) == []


def test_a_record_that_is_gone_is_not_found(writer, store):
    account = store.create("Account", {"Name": "Acme"})
    store.delete("Account", account)
    [result] = writer().update([row(1, account, Phone="2")])
    assert isinstance(result.error, errors.RemoteNotFound)


def test_rows_of_one_parent_stand_beside_each_other(writer, store, salesforce):
    one, two = (store.create("Account", {"Name": name}) for name in ("One", "Two"))
    rows = [row(n, LastName=f"L{n}", AccountId=(one, two)[n % 2]) for n in range(6)]
    results = writer("Contact").create(rows)
    parents = [each["AccountId"] for each in sent(salesforce)[0]["records"]]
    assert parents == sorted(parents)
    names = [store.get("Contact", result.remote_id)["LastName"] for result in results]
    assert names == [f"L{n}" for n in range(6)]


def test_a_locked_row_passes_by_itself(writer, store):
    account = store.create("Account", {"Name": "Acme"})
    store.rules.lock("Account", Id=account)
    [result] = writer().update([row(1, account, Phone="2")])
    assert (result.error.error_class, result.error.code) == ("transient", "row_locked")
    [result] = writer().update([row(1, account, Phone="2")])
    assert result.error is None


def test_a_possible_duplicate_is_for_a_person_with_its_candidates(writer, store):
    known = store.create("Account", {"Name": "Acme", "Website": "https://acme.example"})
    store.rules.find_duplicates("Account", allow_save=False)
    [result] = writer().create([row(1, Name="Acme", Website="https://acme.example")])
    assert isinstance(result.error, errors.AmbiguousMatch)
    assert store.count("Account") == 1
    if result.error.params["candidates"]:
        assert result.error.params["shown"] == f"Acme ({known})"


def test_records_are_put_into_the_recycle_bin(writer, store):
    account = store.create("Account", {"Name": "Acme"})
    one, again = (writer().archive([row(1, account)])[0] for _each in range(2))
    assert one.error is None
    assert store.get("Account", account)["IsDeleted"]
    assert isinstance(again.error, errors.RemoteNotFound)


def test_a_product_is_switched_off_and_stays_where_it_is_named(writer, store):
    product = store.create("Product2", {"Name": "Pump", "IsActive": True})
    writer("Product2").archive([row(1, product)])
    assert store.get("Product2", product)["IsActive"] is False


def test_nothing_is_asked_for_nothing(writer, salesforce):
    assert writer().create([]) == writer().update([]) == writer().archive([]) == []
    assert sent(salesforce) == []


# -- prices -------------------------------------------------------------------


@pytest.fixture
def shop(salesforce, store):
    """A product with a standard price in euros, and a book without one."""
    store.define_field("Order", "Odoo_Id__c", **KEY)
    store.define_field("OrderItem", "Odoo_Id__c", **KEY)
    product = store.create("Product2", {"Name": "Pump", "IsActive": True})
    [standard] = store.find("Pricebook2", IsStandard=True)
    store.create(
        "PricebookEntry",
        {
            "Pricebook2Id": standard["Id"],
            "Product2Id": product,
            "UnitPrice": 100,
            "IsActive": True,
            "CurrencyIsoCode": "EUR",
        },
    )
    return product, standard["Id"]


def order(store, **values):
    account = store.create("Account", {"Name": "Acme"})
    return store.create(
        "Order",
        {
            "AccountId": account,
            "EffectiveDate": "2026-11-02",
            "Status": "Draft",
            "CurrencyIsoCode": "EUR",
            **values,
        },
    )


def item(number, order_id, product):
    values = {"OrderId": order_id, "Product2Id": product}
    return row(number, **values, Quantity=2, UnitPrice=90)


def test_a_line_refers_to_the_price_of_its_product(writer, store, shop, salesforce):
    product, book = shop
    orders = [order(store, Pricebook2Id=book), order(store)]
    salesforce.requests.clear()
    rows = [item(n, orders[n % 2], product) for n in range(10)]
    results = writer("OrderItem").create(rows)
    assert not [result.error for result in results if result.error]
    made = store.get("OrderItem", results[0].remote_id)
    assert made["Product2Id"] == product
    # The order that had no price book has the standard one by now.
    assert store.get("Order", orders[1])["Pricebook2Id"] == book
    assert salesforce.requests.count() == 5


def test_a_product_without_a_price_is_told_and_the_others_go(writer, store, shop):
    product, book = shop
    other = store.create("Product2", {"Name": "Free", "IsActive": True})
    orders = [
        order(store, Pricebook2Id=book),
        order(store, Pricebook2Id=book, CurrencyIsoCode="USD"),
    ]
    good, no_price, no_currency = writer("OrderItem").create(
        [
            item(1, orders[0], product),
            item(2, orders[0], other),
            item(3, orders[1], product),
        ]
    )
    assert good.error is None
    assert no_price.error.code == no_currency.error.code == "no_price"


def test_lines_of_a_second_try_are_the_same_lines(writer, store, shop):
    product, book = shop
    rows = [item(n, order(store, Pricebook2Id=book), product) for n in range(3)]
    first = [result.remote_id for result in writer("OrderItem").create(rows)]
    again = writer("OrderItem").create(rows)
    assert not [result.error for result in again if result.error]
    assert [result.remote_id for result in again] == first
    assert store.count("OrderItem") == 3


# -- our key ------------------------------------------------------------------


def test_an_object_with_our_key_is_ready(store, salesforce_client):
    prepare(salesforce_client(), "Account")


@pytest.mark.parametrize(
    "object_name, settings, code",
    [
        ("Lead", None, "key_field_missing"),
        ("Lead", {"length": 64}, "key_field_wrong"),
        ("Lead", {**KEY, "unique": False}, "key_field_wrong"),
        ("Lead", {**KEY, "updateable": False}, "key_field_locked"),
    ],
)
def test_without_our_key_nothing_is_made(
    store, salesforce_client, object_name, settings, code
):
    if settings is not None:
        store.define_field(object_name, "Odoo_Id__c", **settings)
    error = failure(prepare, salesforce_client(), object_name)
    assert error.code == code
    assert error.params["field"] == "Odoo_Id__c"
