"""Stripe: customers, prices and coupons as they are written."""

from stripe_refusals import refused

OLD = "2024-06-20"


def test_a_customer_is_written_and_read_back(stripe_client, post):
    address = {"line1": "Main 1", "line2": "c/o", "city": "Bonn", "country": "DE"}
    body = {
        "name": "Acme",
        "address": address,
        "tax_exempt": "reverse",
        "balance": -500,
        "tax_id_data": [{"type": "eu_vat", "value": "DE123456789"}],
    }
    made = post("/v1/customers", body)
    shown = stripe_client.get(f"/v1/customers/{made['id']}").json()
    assert shown == made
    assert made["address"] == {**address, "postal_code": None, "state": None}
    assert (made["tax_exempt"], made["balance"]) == ("reverse", -500)
    [tax_id] = stripe_client.get(f"/v1/customers/{made['id']}/tax_ids").json()["data"]
    assert (tax_id["type"], tax_id["value"]) == ("eu_vat", "DE123456789")
    shown = post(f"/v1/customers/{made['id']}", {"email": ""})
    assert shown["email"] is None and shown["name"] == "Acme"


def test_prices_may_be_tiered_packaged_or_one_off(post):
    product = post("/v1/products", {"name": "API"})["id"]
    tiers = [
        {"up_to": 10, "unit_amount": 5},
        {"up_to": "inf", "unit_amount_decimal": "3"},
    ]
    body = {
        "currency": "usd",
        "product": product,
        "billing_scheme": "tiered",
        "tiers_mode": "graduated",
        "tiers": tiers,
        "recurring": {"interval": "month"},
        "expand": ["tiers"],
    }
    tiered = post("/v1/prices", body)
    assert [each["up_to"] for each in tiered["tiers"]] == [10, None]
    assert [each["unit_amount"] for each in tiered["tiers"]] == [5, 3]
    assert tiered["unit_amount"] is None
    body = {
        "currency": "jpy",
        "product": product,
        "unit_amount_decimal": "980",
        "transform_quantity": {"divide_by": 100, "round": "up"},
    }
    package = post("/v1/prices", body)
    assert package["type"] == "one_time" and package["unit_amount"] == 980
    assert package["transform_quantity"]["divide_by"] == 100


def test_a_lookup_key_belongs_to_one_price(stripe_client, post):
    body = {
        "currency": "usd",
        "unit_amount": 5,
        "product_data": {"name": "A"},
        "lookup_key": "k1",
    }
    first = post("/v1/prices", body)
    refused(stripe_client.post("/v1/prices", body), 400, None, "lookup_key")
    second = post("/v1/prices", {**body, "transfer_lookup_key": True})
    query = {"lookup_keys[]": "k1"}
    [found] = stripe_client.get("/v1/prices", **query).json()["data"]
    assert found["id"] == second["id"] != first["id"]


def test_metered_prices_need_a_meter_since_basil(
    stripe, stripe_client, stripe_client_of
):
    body = {
        "currency": "usd",
        "unit_amount": 1,
        "product_data": {"name": "Calls"},
        "recurring": {"interval": "month", "usage_type": "metered"},
    }
    answer = stripe_client.post("/v1/prices", body)
    refused(answer, 400, None, "recurring[meter]")
    old = stripe_client_of(stripe, version=OLD)
    assert old.post("/v1/prices", body).status_code == 200


def test_a_coupon_takes_off_either_a_share_or_an_amount(stripe_client, post):
    made = post("/v1/coupons", {"id": "TEN", "percent_off": "10", "duration": "once"})
    assert (made["id"], made["percent_off"]) == ("TEN", 10)
    answer = stripe_client.post("/v1/coupons", {"id": "TEN", "percent_off": "5"})
    refused(answer, 400, "resource_already_exists", "id")
    answer = stripe_client.post("/v1/coupons", {"percent_off": "5", "amount_off": 5})
    refused(answer, 400, None, "percent_off")


def test_a_product_with_prices_stays(stripe_client, price_of):
    price = stripe_client.get(f"/v1/prices/{price_of()}").json()
    answer = stripe_client.delete(f"/v1/products/{price['product']}")
    assert "user-created prices" in refused(answer, 400)
