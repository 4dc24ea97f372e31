"""Salesforce: generated records, samples, and changes that keep arriving."""

import json
import time
from pathlib import Path

import pytest
from simulators.salesforce import facts
from simulators.salesforce.drip import Drip

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples"


def test_records_are_generated_in_proportion(start_org):
    org = start_org(80, seed=2, dirt=0)
    numbers = org.state()["objects"]
    assert numbers["Account"] == 80
    assert numbers["Contact"] == 120
    assert numbers["Opportunity"] == 64
    assert numbers["Lead"] == 20
    assert numbers["User"] > 3
    store = org.store
    assert store.find("Account", ParentId=None) != store.find("Account")
    renewal = store.find("RecordType", DeveloperName="Renewal")[0]["Id"]
    assert store.find("Opportunity", RecordTypeId=renewal)
    for deal in store.find("Opportunity"):
        assert deal["StageName"] in store.stages
        assert deal["CloseDate"]


def test_lines_and_prices_have_the_currency_of_their_deal(start_org):
    store = start_org(60, seed=3).store
    lines = store.find("OpportunityLineItem")
    assert lines
    for line in lines:
        deal = store.get("Opportunity", line["OpportunityId"])
        entry = store.get("PricebookEntry", line["PricebookEntryId"])
        codes = {row["CurrencyIsoCode"] for row in (line, deal, entry)}
        assert len(codes) == 1
        assert deal["HasOpportunityLineItem"] is True
    per_product = {}
    for entry in store.find("PricebookEntry", Pricebook2Id=store.standard_book):
        per_product.setdefault(entry["Product2Id"], set()).add(entry["CurrencyIsoCode"])
    assert all(codes == set(facts.CURRENCIES) for codes in per_product.values())


def test_documents_come_with_opportunities(start_org):
    store = start_org(60, seed=3).store
    for quote in store.find("Quote"):
        deal = store.get("Opportunity", quote["OpportunityId"])
        assert quote["GrandTotal"] == deal["Amount"]
        assert quote["CurrencyIsoCode"] == deal["CurrencyIsoCode"]
    for order in store.find("Order"):
        assert order["TotalAmount"] == sum(
            line["TotalPrice"] for line in store.find("OrderItem", OrderId=order["Id"])
        )
    contracts = store.find("Contract")
    assert store.find("Quote") and store.find("Order") and contracts
    won = store.find("Opportunity", ContractId=contracts[0]["Id"])
    assert won[0]["AccountId"] == contracts[0]["AccountId"]


def test_numbers_can_be_named(start_org):
    org = start_org(4, counts={"contacts": 1, "deals": 0, "leads": 7}, dirt=0)
    numbers = org.state()["objects"]
    assert [numbers[name] for name in ("Contact", "Opportunity", "Lead")] == [1, 0, 7]


def test_dirt_leaves_deleted_and_vanished_records(start_org):
    org = start_org(400, seed=1, dirt=0.5)
    state = org.state()
    assert state["deleted"]["Account"] > 0
    total = state["objects"]["Account"] + state["deleted"]["Account"]
    assert total < 400


def test_what_is_seeded_keeps_to_the_rules(start_org):
    org = start_org(60, seed=4, dirt=0.5)
    store = org.store
    for name in ("Account", "Contact", "Lead", "Opportunity", "Quote", "Order"):
        kind = store.schema.objects[name]
        for row in store.find(name):
            for field in kind.fields.values():
                value = row[field.name]
                if value is None or field.type == "address":
                    assert field.nillable or field.type == "address", field.name
                elif field.length and isinstance(value, str):
                    assert len(value) <= field.length, field.name
                    assert value == value.strip(), field.name


def test_without_currencies_nothing_has_one(start_org):
    store = start_org(30, seed=1, multi_currency=False).store
    assert "CurrencyIsoCode" not in store.find("Account")[0]
    assert len(store.find("PricebookEntry")) == len(store.find("Product2"))


def test_many_records_are_filled_in_quickly(start_org):
    org = start_org()
    started = time.perf_counter()
    ids = org.fill("Account", 20_000, BillingCity="Bonn")
    assert time.perf_counter() - started < 10
    assert len(set(ids)) == 20_000
    assert org.store.get("Account", ids[-1])["BillingCity"] == "Bonn"


def test_changes_keep_arriving(start_org):
    org = start_org(20, seed=5)
    drip = Drip(org.store, 1, seed=5)
    before = org.store.version
    lines = [line for _round in range(60) for line in drip.drop()]
    kinds = {line.split()[0] for line in lines}
    assert kinds == {"account", "contact", "opportunity", "new", "deleted"}
    assert org.store.version > before


def plan(folder, app, *steps):
    """Write a data plan with its files as the sample apps have them."""
    folder = folder / "salesforce" / app
    folder.mkdir(parents=True)
    listed = []
    for object_name, records in steps:
        name = f"{object_name}s.json"
        for number, record in enumerate(records):
            reference = f"{object_name}Ref{number}"
            record["attributes"] = {"type": object_name, "referenceId": reference}
        (folder / name).write_text(json.dumps({"records": records}))
        listed.append({"sobject": object_name, "files": [name]})
    (folder / "sample-data-plan.json").write_text(json.dumps(listed))


def test_a_data_plan_is_loaded_with_its_custom_objects(
    start_org, org_client_of, tmp_path
):
    plan(
        tmp_path,
        "ebikes-lwc",
        ("Account", [{"Name": "Spokes"}]),
        ("Family__c", [{"Name": "City"}, {"Name": "Trail"}]),
        (
            "Bike__c",
            [{"Name": "T1", "Family__c": "@Family__cRef1", "Price__c": 900.5}],
        ),
    )
    org = start_org(2, samples=tmp_path, dirt=0)
    client = org_client_of(org)
    assert org.store.count("Account") == 3
    [bike] = client.rows(
        "SELECT Name, Price__c, Family__r.Name FROM Bike__c "
        "WHERE Family__r.Name = 'Trail'"
    )
    assert bike["Price__c"] == 900.5
    with pytest.raises(ValueError, match="no salesforce"):
        org.seed_records(samples=tmp_path / "nothing")


@pytest.mark.skipif(
    not (SAMPLES / "salesforce").is_dir(), reason="the samples are not there"
)
def test_samples_are_loaded_with_their_custom_objects(start_org, org_client_of):
    org = start_org(samples=SAMPLES)
    client = org_client_of(org)
    assert "Wheelworks" in client.names("SELECT Name FROM Account")
    rows = client.rows(
        "SELECT Name, Product_Family__r.Name FROM Product__c "
        "WHERE Product_Family__r.Name = 'Fuse'"
    )
    assert rows
    brokers = client.rows("SELECT Broker__r.Name, Price__c FROM Property__c")
    assert all(row["Broker__r"]["Name"] and row["Price__c"] > 0 for row in brokers)
