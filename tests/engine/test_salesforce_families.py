"""Writing documents with their lines into an org: all of one or nothing of it."""

import pytest

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.records import Family, OutgoingRow
from odoo.addons.connector_salesforce.salesforce.writer import SalesforceWriter

KEY = {"external_id": True, "unique": True, "length": 64}


class Shop:
    """An org that sells a pump for euros, and what is written into it."""

    def __init__(self, salesforce, client):
        self.store = salesforce.store
        self.requests = salesforce.requests
        self.faults = salesforce.faults
        for name in ("Order", "OrderItem"):
            self.store.define_field(name, "Odoo_Id__c", **KEY)
        self.account = self.store.create("Account", {"Name": "Acme"})
        [standard] = self.store.find("Pricebook2", IsStandard=True)
        self.book = standard["Id"]
        self.pump = self.product("Pump", 100)
        self.free = self.product("Free")
        self.writer = SalesforceWriter(client, "Order")

    def product(self, name, price=None):
        product = self.store.create("Product2", {"Name": name, "IsActive": True})
        if price:
            self.store.create(
                "PricebookEntry",
                {
                    "Pricebook2Id": self.book,
                    "Product2Id": product,
                    "UnitPrice": price,
                    "IsActive": True,
                    "CurrencyIsoCode": "EUR",
                },
            )
        return product

    def order(self, number, *lines, **values):
        """An order with lines of ``(product, quantity)``."""
        key = f"db-sale.order-{number}"
        row = OutgoingRow(
            key,
            {
                "AccountId": self.account,
                "EffectiveDate": "2026-11-02",
                "Status": "Draft",
                "CurrencyIsoCode": "EUR",
                **values,
            },
        )
        children = [
            (
                "OrderItem",
                OutgoingRow(
                    f"db-sale.order.line-{number}{place}",
                    {
                        "OrderId": self.writer.placeholder(key),
                        "Product2Id": product,
                        "Quantity": quantity,
                        "UnitPrice": 90,
                    },
                ),
            )
            for place, (product, quantity) in enumerate(lines)
        ]
        return Family(row, children)

    def write(self, *families):
        return self.writer.create_families(list(families))

    def counts(self):
        return self.store.count("Order"), self.store.count("OrderItem")


@pytest.fixture
def shop(salesforce, salesforce_client):
    return Shop(salesforce, salesforce_client())


def test_an_order_arrives_with_its_lines_in_one_request(shop):
    shop.requests.clear()
    families = [shop.order(n, (shop.pump, 1), (shop.pump, 2)) for n in range(20)]
    answers = shop.write(*families)
    assert not [r.error for answer in answers for r in answer if r.error]
    made, first, second = answers[7]
    assert made.key == "db-sale.order-7" and made.request_id == first.request_id
    assert shop.store.get("Order", made.remote_id)["Pricebook2Id"] == shop.book
    for line, quantity in ((first, 1), (second, 2)):
        kept = shop.store.get("OrderItem", line.remote_id)
        assert (kept["OrderId"], kept["Quantity"]) == (made.remote_id, quantity)
        assert kept["Product2Id"] == shop.pump
    # The standard price book, the prices, the graphs.
    assert shop.requests.count() == 3


def test_a_second_try_makes_nothing_twice(shop):
    families = [shop.order(n, (shop.pump, 1)) for n in range(3)]
    shop.faults.add("drop", worked=True, path="graph", times=1)
    first = shop.write(*families)
    ids = [[r.remote_id for r in answer] for answer in first]
    again = shop.write(*families)
    assert [[r.remote_id for r in answer] for answer in again] == ids
    assert not [r.error for answer in again for r in answer if r.error]
    assert shop.counts() == (3, 3)


def test_a_line_that_came_since_goes_along_at_the_second_try(shop):
    shop.write(shop.order(1, (shop.pump, 1)))
    [answer] = shop.write(shop.order(1, (shop.pump, 1), (shop.pump, 5)))
    assert not [result.error for result in answer if result.error]
    assert shop.counts() == (1, 2)


def test_what_is_refused_takes_its_family_along_and_no_other(shop):
    shop.store.rules.add("OrderItem", match={"Quantity": 13}, fields=["Quantity"])
    good, bad = shop.write(
        shop.order(1, (shop.pump, 1)), shop.order(2, (shop.pump, 1), (shop.pump, 13))
    )
    assert not [result.error for result in good if result.error]
    assert shop.counts() == (1, 1)
    order, fine, refused = [result.error for result in bad]
    assert isinstance(refused, errors.InvalidRecord)
    assert refused.params["property"] == "Quantity"
    for waiting in (order, fine):
        assert isinstance(waiting, errors.MissingDependency)


def test_a_product_without_a_price_is_known_before_anything_is_sent(shop):
    [answer] = shop.write(shop.order(1, (shop.pump, 1), (shop.free, 1)))
    assert [result.error.code for result in answer] == [
        *("rolled_back", "rolled_back", "no_price"),
    ]
    assert shop.counts() == (0, 0)


def test_what_salesforce_did_not_get_to_goes_again(shop):
    shop.store.rules.add("OrderItem", match={"Quantity": 13}, fields=["Quantity"])
    bad = [shop.order(number, (shop.pump, 13)) for number in range(16)]
    answers = shop.write(*bad, shop.order(99, (shop.pump, 1)))
    assert isinstance(answers[0][1].error, errors.InvalidRecord)
    for answer in answers[15:]:
        assert all(isinstance(r.error, errors.TransientError) for r in answer)
    assert shop.counts() == (0, 0)


def test_a_lock_is_tried_again_and_refuses_nobody(shop):
    shop.store.rules.add("OrderItem", match={"Quantity": 13}, code="UNABLE_TO_LOCK_ROW")
    [answer] = shop.write(shop.order(1, (shop.pump, 13)))
    assert isinstance(answer[1].error, errors.TransientError)
    assert isinstance(answer[0].error, errors.MissingDependency)


def test_large_families_need_several_requests(shop):
    shop.requests.clear()
    families = [
        shop.order(number, *[(shop.pump, 1)] * 299, Pricebook2Id=shop.book)
        for number in range(2)
    ]
    shop.write(*families)
    assert shop.counts() == (2, 598)
    graphs = [e for e in shop.requests.entries if "graph" in e.path]
    assert len(graphs) == 2


def test_only_documents_have_lines(salesforce_client):
    assert SalesforceWriter(salesforce_client(), "Order").children == {
        "OrderItem": "OrderId"
    }
    assert not SalesforceWriter(salesforce_client(), "Account").children
