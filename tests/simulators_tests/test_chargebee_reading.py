"""Lists of a Chargebee site: filters, order, pages; and what its records look like."""

import json

import pytest
from simulators import Clock
from simulators.billing.model import Customer


def refused(answer, param):
    assert answer.status_code == 400, answer.text
    error = answer.json()
    assert error["api_error_code"] == "param_wrong_value"
    assert error["param"] == param
    return error["message"]


@pytest.fixture
def customers(chargebee, clock):
    """Seven, an hour apart."""
    made = []
    for number in range(7):
        made.append(chargebee.engine.create(Customer, name=f"Customer {number}"))
        clock.advance(3600)
    return made


def ids(answer):
    return [entry["customer"]["id"] for entry in answer.json()["list"]]


def test_a_page_holds_ten_unless_asked_and_at_most_a_hundred(chargebee, site):
    for number in range(12):
        chargebee.engine.create(Customer, name=f"Customer {number}")
    assert len(site.get("/customers").json()["list"]) == 10
    assert "next_offset" not in site.get("/customers", limit=100).json()
    assert "between 1 and 100" in refused(site.get("/customers", limit=101), "limit")


def test_pages_go_on_from_an_opaque_offset_with_nothing_lost(site, customers):
    found = site.listed("customers", limit=3, **{"sort_by[asc]": "updated_at"})
    assert [each["id"] for each in found] == [each.id for each in customers]
    offset = site.get("/customers", limit=3).json()["next_offset"]
    assert len(json.loads(offset)) == 2


def test_newest_come_first_unless_asked(site, customers):
    answer = site.get("/customers", limit=2)
    assert ids(answer) == [customers[-1].id, customers[-2].id]


def test_a_record_that_changes_meanwhile_comes_again_at_the_end(
    chargebee, site, customers
):
    order = {"sort_by[asc]": "updated_at"}
    first = site.get("/customers", limit=4, **order).json()
    chargebee.engine.update(customers[1], phone="1")
    rest = site.get("/customers", limit=10, offset=first["next_offset"], **order)
    assert ids(rest) == [each.id for each in customers[4:]] + [customers[1].id]


def test_filters_by_time_and_by_ids(site, customers):
    moment = customers[4].updated
    answer = site.get("/customers", **{"updated_at[after]": moment})
    assert set(ids(answer)) == {customers[5].id, customers[6].id}
    wanted = [customers[0].id, customers[3].id, "nobody"]
    answer = site.get("/customers", **{"id[in]": json.dumps(wanted)})
    assert set(ids(answer)) == set(wanted[:2])


def test_what_a_list_does_not_know_is_refused(site):
    text = refused(site.get("/customers", foo="1"), "foo")
    assert text == "foo : This param should not be sent"
    refused(site.get("/customers", **{"id[like]": "x"}), "id[like]")
    refused(site.get("/customers", **{"updated_at[after]": "x"}), "updated_at[after]")
    refused(site.get("/customers", **{"id[in]": "a,b"}), "id[in]")
    refused(site.get("/customers", offset="x"), "offset")


@pytest.mark.parametrize(
    ("name", "sort"),
    [("credit_notes", "updated_at"), ("coupons", "updated_at"), ("features", "id")],
)
def test_not_every_list_is_sorted_by_everything(site, name, sort):
    refused(site.get(f"/{name}", **{"sort_by[asc]": sort}), "sort_by[asc]")


def test_deleted_customers_come_only_when_asked_for(chargebee, site, customers):
    chargebee.engine.delete(customers[0])
    assert customers[0].id not in ids(site.get("/customers"))
    found = site.listed("customers", include_deleted="true")
    assert {each["id"]: each["deleted"] for each in found}[customers[0].id] is True


def test_a_deleted_item_shows_where_its_status_is_asked_for(chargebee, site, shop):
    site.post("/items/storage/delete")
    assert "storage" not in {each["id"] for each in site.listed("items")}
    states = json.dumps(["active", "archived", "deleted"])
    found = site.listed("items", **{"status[in]": states})
    assert {each["id"]: each["status"] for each in found}["storage"] == "deleted"


def test_resource_versions_rise_with_each_change(chargebee, site, customers):
    engine = chargebee.engine
    before = site.get(f"/customers/{customers[0].id}").json()["customer"]
    engine.update(customers[0], phone="1")
    between = site.get(f"/customers/{customers[0].id}").json()["customer"]
    engine.update(customers[0], phone="2")
    after = site.get(f"/customers/{customers[0].id}").json()["customer"]
    versions = [each["resource_version"] for each in (before, between, after)]
    assert versions == sorted(set(versions))
    assert versions[0] // 1000 == before["updated_at"]


def test_a_subscription_brings_its_customer(site, shop):
    shop.engine.subscriptions.subscribe(shop.customer, [("team-USD-Monthly", 5)])
    [entry] = site.get("/subscriptions").json()["list"]
    assert entry["customer"]["id"] == "acme"
    [item] = entry["subscription"]["subscription_items"]
    assert (item["item_price_id"], item["quantity"]) == ("team-USD-Monthly", 5)
    assert (item["unit_price"], item["amount"]) == (1_000, 5_000)
    assert entry["subscription"]["mrr"] == 5_000


def test_an_invoice_tells_discounts_and_taxes_by_line(site, shop):
    shop.engine.subscriptions.subscribe(
        shop.customer, [("team-USD-Monthly", 5)], coupons=["TEN"]
    )
    [invoice] = site.listed("invoices")
    [line] = invoice["line_items"]
    assert (line["amount"], line["discount_amount"]) == (5_000, 500)
    assert line["entity_type"] == "plan_item_price"
    [discount] = invoice["line_item_discounts"]
    assert discount["coupon_id"] == "TEN"
    [tax] = invoice["line_item_taxes"]
    assert (tax["tax_name"], tax["tax_rate"]) == ("VAT", 20.0)
    assert (tax["taxable_amount"], tax["tax_amount"]) == (4_500, 900)
    assert (invoice["sub_total"], invoice["tax"], invoice["total"]) == (
        5_000,
        900,
        5_400,
    )
    [payment] = invoice["linked_payments"]
    assert (payment["applied_amount"], payment["txn_status"]) == (5_400, "success")


def test_amounts_have_two_decimals_or_none(chargebee, site, shop):
    engine = chargebee.engine
    for currency, amount in (("JPY", 1_500), ("KWD", 12_340)):
        customer = engine.create(Customer, name=currency, currency=currency)
        engine.invoices.add_item(customer, amount, description="Workshop")
        engine.invoices.bill_now(customer)
    found = {each["currency_code"]: each["total"] for each in site.listed("invoices")}
    assert found == {"JPY": 1_500, "KWD": 1_234}


def test_a_payment_that_failed_names_what_it_was_tried_for(chargebee, site, shop):
    chargebee.engine.decline = lambda payment: "insufficient_funds"
    shop.engine.subscriptions.subscribe(shop.customer, [("team-USD-Monthly", 1)])
    [transaction] = site.listed("transactions")
    assert transaction["status"] == "failure"
    assert transaction["error_code"] == "insufficient_funds"
    [linked] = transaction["linked_invoices"]
    assert linked["applied_amount"] == 1_200
    [invoice] = site.listed("invoices")
    assert (invoice["status"], invoice["dunning_status"]) == (
        "payment_due",
        "in_progress",
    )
    assert (invoice["amount_paid"], invoice["amount_due"]) == (0, 1_200)


def test_a_year_of_a_company_adds_up(start_site, site_client_of):
    simulator = start_site(clock=Clock("2026-11-02T09:00:00Z"), seed=3)
    simulator.live(20)
    client = site_client_of(simulator)
    invoices = client.listed("invoices", limit=100, **{"sort_by[asc]": "updated_at"})
    assert len(invoices) == len({each["id"] for each in invoices}) > 100
    for invoice in invoices:
        inclusive = invoice["price_type"] == "tax_inclusive"
        taken = sum(each["amount"] for each in invoice.get("discounts", ()))
        added = 0 if inclusive else invoice["tax"]
        assert invoice["total"] == invoice["sub_total"] - taken + added
        if invoice["status"] == "voided":
            continue
        settled = ("amount_paid", "amount_adjusted", "credits_applied")
        left = invoice["total"] - sum(invoice[name] for name in settled)
        assert invoice["amount_due"] == left - invoice["write_off_amount"]
    notes = client.listed("credit_notes", limit=100, **{"sort_by[asc]": "date"})
    for note in notes:
        if note["status"] != "voided":
            parts = ("amount_allocated", "amount_refunded", "amount_available")
            assert note["total"] == sum(note[name] for name in parts)
    assert {each["type"] for each in notes} == {"adjustment", "refundable"}
