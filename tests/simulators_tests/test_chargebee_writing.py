"""Writes to a Chargebee site: forms, what is refused, and what comes of them."""

import pytest


def refused(answer, status, code, param=None):
    assert answer.status_code == status, answer.text
    error = answer.json()
    assert error["api_error_code"] == code
    assert error.get("param") == param
    return error["message"]


def items(*pairs):
    """The form of (item price, quantity) pairs."""
    form = {}
    for at, (price, quantity) in enumerate(pairs):
        form[f"subscription_items[item_price_id][{at}]"] = price
        form[f"subscription_items[quantity][{at}]"] = str(quantity)
    return form


@pytest.fixture
def subscription(site, shop):
    """Five seats of Acme."""
    answer = site.post(
        "/customers/acme/subscription_for_items", **items(("team-USD-Monthly", 5))
    )
    assert answer.status_code == 200, answer.text
    return answer.json()["subscription"]


def test_a_customer_with_an_id_of_ours(site):
    answer = site.post(
        "/customers",
        **{
            "id": "odoo-7",
            "company": "Acme Ltd",
            "billing_address[line1]": "1 High Street",
            "billing_address[country]": "GB",
            "meta_data": '{"odoo": "7"}',
            "cf_region": "North",
        },
    )
    customer = answer.json()["customer"]
    assert (customer["id"], customer["company"]) == ("odoo-7", "Acme Ltd")
    assert customer["billing_address"]["line1"] == "1 High Street"
    assert (customer["meta_data"], customer["cf_region"]) == ({"odoo": "7"}, "North")
    refused(site.post("/customers", id="odoo-7"), 400, "duplicate_entry", "id")


def test_address_and_vat_number_have_an_operation_of_their_own(site, shop):
    answer = site.post("/customers/acme", phone="1", vat_number="GB2")
    refused(answer, 400, "param_wrong_value", "vat_number")
    site.post("/customers/acme/update_billing_info", vat_number="GB2")
    site.post("/customers/acme", phone="1")
    customer = site.get("/customers/acme").json()["customer"]
    assert (customer["phone"], customer["vat_number"]) == ("1", "GB2")


def test_bodies_are_forms(site):
    answer = site.request("POST", "/customers", json={"company": "Acme"})
    assert answer.status_code == 415
    refused(site.post("/customers", nonsense="1"), 400, "param_wrong_value", "nonsense")
    answer = site.post("/customers", net_term_days="soon")
    refused(answer, 400, "param_wrong_value", "net_term_days")


def test_an_item_needs_its_family_and_a_price_its_item(site):
    item = {"id": "pro", "name": "Pro", "type": "plan", "item_family_id": "apps"}
    answer = site.post("/items", **item)
    refused(answer, 404, "resource_not_found", "item_family_id")
    site.post("/item_families", id="apps", name="Apps")
    assert site.post("/items", **item).status_code == 200
    price = {"id": "pro-EUR", "name": "Pro", "currency_code": "EUR", "price": "990"}
    refused(site.post("/item_prices", **price), 400, "param_wrong_value", "item_id")
    answer = site.post(
        "/item_prices", item_id="pro", period_unit="month", period="1", **price
    )
    made = answer.json()["item_price"]
    assert (made["price"], made["pricing_model"]) == (990, "flat_fee")
    assert (made["item_type"], made["item_family_id"]) == ("plan", "apps")


def test_a_subscription_is_billed_at_once(site, subscription):
    assert subscription["status"] == "active"
    [invoice] = site.listed("invoices")
    assert (invoice["total"], invoice["status"]) == (6_000, "paid")


def test_a_subscription_needs_a_plan(site, shop):
    answer = site.post(
        "/customers/acme/subscription_for_items", **items(("storage-USD-Monthly", 1))
    )
    refused(answer, 400, "param_wrong_value", "subscription_items[item_price_id][0]")


def test_more_seats_are_prorated_with_an_invoice_at_once(site, subscription, clock):
    clock.advance(10 * 86_400)
    answer = site.post(
        f"/subscriptions/{subscription['id']}/update_for_items",
        **items(("team-USD-Monthly", 8)),
    )
    body = answer.json()
    [item] = body["subscription"]["subscription_items"]
    assert item["quantity"] == 8
    assert body["credit_notes"][0]["reason_code"] == "subscription_change"
    charged = body["invoice"]["sub_total"]
    assert 5_000 < charged < 8_000  # 8 seats for the rest of the month


def test_without_proration_nothing_is_billed(site, subscription, clock):
    clock.advance(10 * 86_400)
    answer = site.post(
        f"/subscriptions/{subscription['id']}/update_for_items",
        prorate="false",
        **items(("team-USD-Monthly", 8)),
    )
    assert "invoice" not in answer.json()


def test_other_items_stay_unless_the_list_is_replaced(site, subscription):
    path = f"/subscriptions/{subscription['id']}/update_for_items"
    answer = site.post(path, **items(("storage-USD-Monthly", 2)))
    found = answer.json()["subscription"]["subscription_items"]
    assert {each["item_price_id"] for each in found} == {
        "team-USD-Monthly",
        "storage-USD-Monthly",
    }
    answer = site.post(
        path, replace_items_list="true", **items(("team-USD-Monthly", 5))
    )
    assert len(answer.json()["subscription"]["subscription_items"]) == 1


def test_a_change_for_later_shows_at_an_endpoint_of_its_own(site, subscription):
    one = f"/subscriptions/{subscription['id']}"
    answer = site.get(f"{one}/retrieve_with_scheduled_changes")
    refused(answer, 409, "invalid_state_for_request")
    answer = site.post(
        f"{one}/update_for_items", end_of_term="true", **items(("team-USD-Monthly", 9))
    )
    now = answer.json()["subscription"]
    assert now["has_scheduled_changes"] is True
    assert now["changes_scheduled_at"] == now["current_term_end"]
    assert now["subscription_items"][0]["quantity"] == 5
    later = site.get(f"{one}/retrieve_with_scheduled_changes").json()["subscription"]
    assert later["subscription_items"][0]["quantity"] == 9


def test_a_cancellation_at_the_end_of_the_term(site, subscription):
    one = f"/subscriptions/{subscription['id']}"
    answer = site.post(f"{one}/cancel_for_items", end_of_term="true")
    body = answer.json()["subscription"]
    assert body["status"] == "non_renewing"
    assert body["cancelled_at"] == subscription["current_term_end"]
    answer = site.post(f"{one}/remove_scheduled_cancellation")
    assert answer.json()["subscription"]["status"] == "active"


def test_what_is_cancelled_cannot_be_changed(site, subscription):
    one = f"/subscriptions/{subscription['id']}"
    site.post(f"{one}/cancel_for_items", cancel_option="immediately")
    answer = site.post(f"{one}/cancel_for_items", cancel_option="immediately")
    refused(answer, 409, "invalid_state_for_request")


def test_a_pause_and_a_resumption(site, subscription):
    one = f"/subscriptions/{subscription['id']}"
    answer = site.post(f"{one}/pause", pause_option="immediately")
    assert answer.json()["subscription"]["status"] == "paused"
    answer = site.post(f"{one}/resume", resume_option="immediately")
    assert answer.json()["subscription"]["status"] == "active"


def test_one_usage_for_one_moment(site, subscription):
    one = f"/subscriptions/{subscription['id']}"
    site.post(f"{one}/update_for_items", **items(("calls-USD-Monthly", 1)))
    moment = subscription["current_term_start"] + 60
    told = {
        "item_price_id": "calls-USD-Monthly",
        "quantity": "70",
        "usage_date": str(moment),
    }
    made = site.post(f"{one}/usages", id="u-1", **told).json()["usage"]
    assert (made["quantity"], made["subscription_id"]) == ("70", subscription["id"])
    answer = site.post(f"{one}/usages", id="u-2", **told)
    refused(answer, 400, "param_wrong_value", "usage_date")
    told["quantity"] = "90"
    answer = site.post(f"{one}/usages", dedupe_option="update_existing", **told)
    assert answer.json()["usage"] == {**made, "quantity": "90"} | {
        name: answer.json()["usage"][name] for name in ("resource_version",)
    }
    told["item_price_id"] = "team-USD-Monthly"
    answer = site.post(f"{one}/usages", **told)
    refused(answer, 400, "param_wrong_value", "item_price_id")


def test_a_write_off_pays_the_invoice_with_a_credit_note(site, shop):
    site.post("/customers/acme", auto_collection="off", net_term_days="14")
    site.post(
        "/customers/acme/subscription_for_items", **items(("team-USD-Monthly", 5))
    )
    [invoice] = site.listed("invoices")
    assert (invoice["status"], invoice["amount_due"]) == ("posted", 6_000)
    body = site.post(f"/invoices/{invoice['id']}/write_off").json()
    assert body["invoice"]["status"] == "paid"
    assert body["invoice"]["write_off_amount"] == 6_000
    note = body["credit_note"]
    assert (note["type"], note["reason_code"]) == ("adjustment", "write_off")
    assert [each["id"] for each in site.listed("credit_notes")] == [note["id"]]
    answer = site.post(f"/invoices/{invoice['id']}/void")
    assert answer.status_code in (200, 409)


def test_a_void_invoice_and_one_that_was_paid(site, subscription, shop):
    [paid] = site.listed("invoices")
    answer = site.post(f"/invoices/{paid['id']}/void")
    refused(answer, 409, "invalid_state_for_request")


def test_a_refund_comes_with_a_credit_note(site, subscription):
    [invoice] = site.listed("invoices")
    body = site.post(f"/invoices/{invoice['id']}/refund", refund_amount="1200").json()
    assert body["credit_note"]["type"] == "refundable"
    assert body["credit_note"]["status"] == "refunded"
    assert body["transaction"]["type"] == "refund"
    assert body["transaction"]["amount"] == 1_200
    [linked] = body["transaction"]["linked_credit_notes"]
    assert linked["cn_reference_invoice_id"] == invoice["id"]


def test_an_offline_payment_is_recorded(site, shop):
    site.post("/customers/acme", auto_collection="off", net_term_days="14")
    site.post(
        "/customers/acme/subscription_for_items", **items(("team-USD-Monthly", 5))
    )
    [invoice] = site.listed("invoices")
    body = site.post(
        f"/invoices/{invoice['id']}/record_payment",
        **{
            "transaction[payment_method]": "bank_transfer",
            "transaction[amount]": "2000",
            "transaction[reference_number]": "REF 1",
        },
    ).json()
    assert body["invoice"]["amount_due"] == 4_000
    assert body["transaction"]["reference_number"] == "REF 1"
