"""Chargebee's records in our terms: to the cent, in each currency."""

from decimal import Decimal

import pytest
from simulators import Clock
from simulators.billing.model import (
    Coupon,
    Customer,
    Invoice,
    Payment,
    Phase,
    Price,
    Product,
    Tier,
)
from simulators.chargebee import ChargebeeSimulator

from odoo.addons.connector_billing.providers.chargebee import catalog, lines, money

from .chargebee_site import DAY, Site, open_shop


@pytest.fixture
def shop(chargebee):
    return open_shop(chargebee)


@pytest.fixture
def parts(chargebee_client):
    """``parts(stream)``: what is under ``billing`` of all records, by id."""
    return lambda stream: Site(chargebee_client, stream).parts()


@pytest.fixture
def only(parts):
    """That of the only record of a stream."""

    def found(stream):
        [(_id, shape)] = parts(stream).items()
        return shape

    return found


def subscribe(shop, *items, **options):
    items = items or (("team-USD", 5),)
    return shop.engine.subscriptions.subscribe(shop.customer, list(items), **options)


def on_account(shop):
    shop.engine.update(shop.customer, collection="invoice", terms_days=14)


# -- money ---------------------------------------------------------------------


def test_amounts_are_hundredths_or_whole():
    assert money.major(1250, "EUR") == "12.50"
    assert money.major(1000, "JPY") == "1000"
    assert money.major(1234, "KWD") == "12.34"
    assert money.minor("12.34", "KWD") == 1234
    assert money.minor(Decimal("1000"), "JPY") == 1000
    with pytest.raises(ValueError, match="too many decimals"):
        money.minor("0.005", "USD")


def test_the_exact_amount_counts_where_a_site_prices_in_more_decimals():
    tier = {"price": 3, "price_in_decimal": "0.031"}
    assert money.exact(tier, "price", "USD") == "0.031"


# -- invoices ------------------------------------------------------------------


def test_an_invoice_with_discount_and_tax(only, shop):
    subscription = subscribe(shop, coupons=["TEN"])
    invoice = only("invoices")
    assert invoice["status"] == "paid"
    assert (invoice["subtotal"], invoice["discount_total"]) == ("50.00", "5.00")
    assert (invoice["tax_total"], invoice["total"]) == ("9.00", "54.00")
    assert (invoice["amount_paid"], invoice["amount_due"]) == ("54.00", "0.00")
    assert invoice["subscriptions"] == [subscription.id]
    [line] = invoice["lines"]
    assert (line["kind"], line["product"], line["price"]) == (
        *("subscription", "team"),
        "team-USD",
    )
    assert (line["quantity"], line["unit_amount"], line["amount"]) == (
        *("5", "10.00"),
        "50.00",
    )
    [discount] = line["discounts"]
    assert (discount["coupon"], discount["label"], discount["amount"]) == (
        *("TEN", "Ten off"),
        "5.00",
    )
    [tax] = line["taxes"]
    assert tax == {
        "tax": "VAT 20% (GB)",
        "label": "VAT 20% (GB)",
        "rate": "20",
        "amount": "9.00",
        "base": "45.00",
        "inclusive": False,
    }
    assert line["period_end"] == "2026-12-02T09:00:00+00:00"


def test_taxes_of_one_name_in_two_places_are_two():
    british = {"tax_name": "VAT", "tax_rate": 20.0, "tax_juris_code": "GB"}
    british["tax_juris_type"] = "country"
    austrian = {**british, "tax_juris_code": "AT"}
    assert lines.tax_name(british, False) != lines.tax_name(austrian, False)
    assert lines.tax_name(british, True) == "VAT 20% (GB), included"
    state = {"tax_name": "Tax", "tax_rate": "8.25", "tax_juris_type": "state"}
    assert lines.tax_name({**state, "tax_juris_code": "CA"}, False) == (
        "Tax 8.25% (state CA)"
    )
    assert lines.tax_name({"tax_name": "GST 5%", "tax_rate": 5}, False) == "GST 5%"


def test_a_prorated_line_has_no_price_of_one(parts, shop, clock, chargebee):
    subscription = subscribe(shop)
    clock.advance(10 * DAY)
    shop.engine.subscriptions.set_quantity(
        subscription, subscription.items[0].id, 8, "invoice"
    )
    later = list(parts("invoices").values())[-1]
    [line] = later["lines"]
    assert (line["quantity"], line["unit_amount"]) == ("8", None)
    note = next(iter(parts("credit_notes").values()))
    assert note["lines"][0]["invoice_line"]


def test_what_a_failed_payment_was_tried_for_is_not_paid(only, shop):
    shop.engine.decline = lambda payment: "insufficient_funds"
    subscribe(shop)
    payment, invoice = only("payments"), only("invoices")
    assert (payment["status"], payment["applications"]) == ("failed", [])
    assert payment["failure_code"] == "insufficient_funds"
    assert payment["failure_message"]
    assert (invoice["status"], invoice["dunning"]) == ("open", "in_progress")
    assert (invoice["amount_paid"], invoice["attempts"]) == ("0.00", 1)
    assert invoice["next_attempt_at"]


def test_a_written_off_invoice_is_uncollectible(only, shop):
    on_account(shop)
    subscribe(shop)
    [invoice] = shop.engine.store.rows(Invoice)
    shop.engine.invoices.mark_uncollectible(invoice)
    shape = only("invoices")
    assert shape["status"] == "uncollectible"
    assert shape["uncollectible_at"] == "2026-11-02T09:00:00+00:00"
    assert (shape["amount_paid"], shape["amount_due"]) == ("0.00", "0.00")


def test_a_void_invoice(only, shop):
    on_account(shop)
    subscribe(shop)
    [invoice] = shop.engine.store.rows(Invoice)
    shop.engine.invoices.void(invoice)
    shape = only("invoices")
    assert (shape["status"], shape["voided_at"]) == (
        "void",
        "2026-11-02T09:00:00+00:00",
    )


def test_terms_order_number_and_memo(only, shop):
    on_account(shop)
    shop.engine.invoices.add_item(shop.customer, 100, description="Workshop")
    shop.engine.invoices.bill_now(shop.customer, reference="PO-7", memo="Thank you")
    shape = only("invoices")
    assert (shape["reference"], shape["memo"]) == ("PO-7", "Thank you")
    assert shape["payment_terms"] == "14"
    assert shape["due_date"] == "2026-11-16T09:00:00+00:00"
    assert shape["lines"][0]["kind"] == "one_off"


# -- credit notes and money ----------------------------------------------------


def test_a_credit_note_before_payment_takes_off_its_invoice(only, shop):
    on_account(shop)
    subscribe(shop)
    [invoice] = shop.engine.store.rows(Invoice)
    shop.engine.credits.issue(invoice, {invoice.lines[0].id: 1_000})
    note = only("credit_notes")
    assert (note["total"], note["tax_total"]) == ("12.00", "2.00")
    [application] = note["applications"]
    assert (application["invoice"], application["amount"]) == (invoice.id, "12.00")
    assert (note["to_balance"], note["refunds"]) == ("0.00", [])


def test_what_is_kept_of_a_credit_note_goes_to_the_next_invoice(parts, shop):
    subscribe(shop)
    [first] = shop.engine.store.rows(Invoice)
    shop.engine.credits.issue(first, {first.lines[0].id: 1_000})
    [note] = parts("credit_notes").values()
    assert (note["applications"], note["to_balance"]) == ([], "12.00")
    shop.engine.invoices.add_item(shop.customer, 5_000, description="Workshop")
    second = shop.engine.invoices.bill_now(shop.customer)
    [note] = parts("credit_notes").values()
    [application] = note["applications"]
    assert (application["invoice"], application["amount"]) == (second.id, "12.00")
    assert note["to_balance"] == "0.00"
    assert parts("invoices")[second.id]["applied_balance"] == "12.00"


def test_a_refund_names_its_payment_and_its_credit_note(only, shop):
    subscribe(shop)
    [invoice] = shop.engine.store.rows(Invoice)
    note = shop.engine.credits.issue(invoice, refund=invoice.total)
    [payment] = shop.engine.store.rows(Payment)
    refund = only("refunds")
    assert (refund["payment"], refund["amount"]) == (payment.id, "60.00")
    [linked] = refund["credit_notes"]
    assert (linked["credit_note"], linked["amount"]) == (note.id, "60.00")
    assert only("credit_notes")["refunds"] == list(note.refunds)


def test_a_lost_dispute_is_a_refund_by_chargeback(parts, shop):
    subscribe(shop)
    [payment] = shop.engine.store.rows(Payment)
    dispute = shop.engine.disputes.open(payment)
    assert parts("refunds") == {}
    shop.engine.disputes.close(dispute, won=False)
    [refund] = parts("refunds").values()
    assert (refund["reason"], refund["payment"]) == ("chargeback", payment.id)


def test_one_payment_for_two_invoices_and_what_is_left(parts, shop):
    on_account(shop)
    invoices = []
    for amount in (1_000, 2_000):
        shop.engine.invoices.add_item(shop.customer, amount, description="Workshop")
        invoices.append(shop.engine.invoices.bill_now(shop.customer))
    shop.engine.payments.pay(
        shop.customer,
        {each.id: each.remaining for each in invoices},
        amount=5_000,
        method="transfer",
        outside=True,
        reference="REF 1",
    )
    [payment] = parts("payments").values()
    amounts = {each["invoice"]: each["amount"] for each in payment["applications"]}
    assert amounts == {invoices[0].id: "12.00", invoices[1].id: "24.00"}
    assert (payment["amount"], payment["method"]) == ("50.00", "bank_transfer")
    assert payment["reference"] == "REF 1"
    # What is left is the customer's, as an account would say it.
    assert parts("customers")["acme"]["balance"] == "-14.00"


# -- subscriptions -------------------------------------------------------------


def test_a_subscription_with_its_items_and_coupon(only, shop):
    subscribe(shop, ("team-USD", 5), ("storage-USD", 2), coupons=["TEN"])
    shape = only("subscriptions")
    assert (shape["status"], shape["collection"]) == ("active", "automatic")
    assert shape["renewal_at"] == shape["period_end"] == "2026-12-02T09:00:00+00:00"
    team, storage = shape["items"]
    assert (team["id"], team["product"], team["amount"]) == (
        *("team-USD", "team"),
        "50.00",
    )
    assert (storage["unit_amount"], storage["interval"]) == ("2.50", "month")
    [discount] = shape["discounts"]
    assert (discount["coupon"], discount["percent"]) == ("TEN", "10")


def test_usage_costs_nothing_in_advance(only, shop):
    subscribe(shop, ("team-USD", 1), ("calls-USD", 1))
    calls = only("subscriptions")["items"][1]
    assert (calls["metered"], calls["amount"], calls["unit_amount"]) == (
        *(True, "0.00"),
        None,
    )


def test_the_states_of_a_subscription(only, shop, chargebee, clock):
    engine = shop.engine
    subscription = subscribe(shop)
    engine.subscriptions.cancel(subscription)
    shape = only("subscriptions")
    assert (shape["status"], shape["cancel_at"]) == ("active", shape["period_end"])
    assert shape["renewal_at"] is None
    engine.subscriptions.undo_cancel(subscription)
    engine.subscriptions.pause(subscription)
    assert only("subscriptions")["status"] == "paused"
    engine.subscriptions.resume(subscription)
    engine.subscriptions.cancel(subscription, at_period_end=False, reason="budget")
    shape = only("subscriptions")
    assert (shape["status"], shape["cancel_reason"]) == ("cancelled", "budget")
    assert shape["ended_at"] == "2026-11-02T09:00:00+00:00"
    assert shape["cancel_at"] is None


def test_one_that_is_not_paid_is_past_due(only, shop):
    shop.engine.decline = lambda payment: "card_declined"
    subscribe(shop)
    assert only("subscriptions")["status"] == "past_due"


def test_a_scheduled_change_is_a_phase(only, shop):
    subscription = subscribe(shop)
    end = subscription.period_end
    now, later = (("team-USD", 5),), (("team-USD", 9),)
    shop.engine.subscriptions.plan(
        subscription,
        (Phase(subscription.period_start, end, now), Phase(end, None, later)),
    )
    first, second = only("subscriptions")["phases"]
    assert first["ends_at"] == second["starts_at"] == "2026-12-02T09:00:00+00:00"
    assert (first["items"][0]["quantity"], second["items"][0]["quantity"]) == (
        "5",
        "9",
    )


# -- catalogue -----------------------------------------------------------------


def test_prices_by_tier_and_by_package(parts, shop):
    tiers = (Tier(100, 0), Tier(None, 5))
    create = shop.engine.create
    create(Price, id="t", product="team", currency="USD", scheme="tiered", tiers=tiers)
    create(
        *(Price,),
        id="p",
        product="team",
        currency="USD",
        amount=900,
        scheme="package",
        package=10,
    )
    found = parts("item_prices")
    assert found["t"]["billing_scheme"] == "tiered"
    assert found["t"]["amount"] is None
    assert found["t"]["tiers"] == [
        {"up_to": "100", "unit_amount": "0.00", "flat_amount": None},
        {"up_to": None, "unit_amount": "0.05", "flat_amount": None},
    ]
    assert found["p"]["billing_scheme"] == "package"
    assert found["calls-USD"]["metered"] is True
    assert found["team-USD"]["metered"] is False
    assert found["team-USD"]["amount"] == "10.00"


def test_steps_of_a_stairstep_cost_as_a_whole():
    item = {
        "currency_code": "USD",
        "pricing_model": "stairstep",
        "tiers": [{"starting_unit": 1, "ending_unit": 10, "price": 500}],
    }
    shape = catalog.price(item, NoReferences())
    assert shape["billing_scheme"] == "volume"
    [tier] = shape["tiers"]
    assert (tier["unit_amount"], tier["flat_amount"]) == (None, "5.00")


class NoReferences:
    """Knows nothing of what records name."""

    def __getattr__(self, _name):
        return lambda *_ids: {}


def test_coupons_by_percent_and_by_amount(parts, shop):
    shop.engine.create(
        *(Coupon,),
        id="FIVE",
        name="Five off",
        amount=500,
        currency="USD",
        duration="repeating",
        months=3,
    )
    found = parts("coupons")
    assert (found["TEN"]["percent"], found["TEN"]["duration"]) == ("10", "forever")
    assert (found["FIVE"]["amount"], found["FIVE"]["currency"]) == ("5.00", "USD")
    assert (found["FIVE"]["duration"], found["FIVE"]["months"]) == ("repeating", 3)


def test_a_vat_number_has_the_letters_of_its_country():
    number = catalog.vat_number
    assert number({"vat_number": "123456789"}, "DE") == "DE123456789"
    assert number({"vat_number": "DE123456789"}, "DE") == "DE123456789"
    assert number({"vat_number": "123456789"}, "GR") == "EL123456789"
    assert number({"vat_number": "12", "vat_number_prefix": "XI"}, "GB") == "XI12"
    assert number({"vat_number": "51 824 753 556"}, "AU") == "51 824 753 556"
    assert number({}, "DE") is None


def test_a_customer_who_is_exempt(parts, shop):
    create = shop.engine.create
    create(Customer, id="charity", name="Charity", tax_exempt="exempt", terms_days=30)
    found = parts("customers")
    assert (found["charity"]["tax_exempt"], found["charity"]["payment_terms"]) == (
        "exempt",
        "30",
    )
    assert found["acme"]["tax_exempt"] == "none"
    assert found["acme"]["tax_ids"][0]["number"] == "GB123456789"
    assert shop.engine.store.count(Product) == 3


# -- a year --------------------------------------------------------------------


def test_a_year_of_documents_adds_up_to_the_cent(chargebee_client):
    year = ChargebeeSimulator(clock=Clock("2026-11-02T09:00:00Z"), seed=9)
    year.live(40)
    with year:
        make = lambda: chargebee_client(site=year)  # noqa: E731
        documents = {
            stream: Site(make, stream).parts()
            for stream in ("invoices", "credit_notes")
        }
        payments = Site(make, "payments").parts()
    assert year.crashes == []
    currencies = set()
    for shapes in documents.values():
        for shape in shapes.values():
            currencies.add(shape["currency"])
            assert net(shape["lines"]) == Decimal(shape["total"])
    assert currencies == {"USD", "JPY", "KWD"}
    paid = {}
    for payment in payments.values():
        for each in payment["applications"]:
            paid[each["invoice"]] = paid.get(each["invoice"], 0) + Decimal(
                each["amount"]
            )
    for number, invoice in documents["invoices"].items():
        assert Decimal(invoice["amount_paid"]) == paid.get(number, 0)


def net(shaped):
    """What lines come to, with the taxes that aren't in their amounts."""
    return sum(
        Decimal(line["amount"])
        - sum(Decimal(each["amount"]) for each in line["discounts"])
        + sum(Decimal(t["amount"]) for t in line["taxes"] if not t["inclusive"])
        for line in shaped
    )
