"""What records of a lived company hold, in both shapes, to the cent."""

import decimal

import pytest
from simulators.billing import model

from odoo.addons.connector_billing.providers.stripe.endpoints import LISTINGS, VERSIONS
from odoo.addons.connector_billing.providers.stripe.money import digits


def minor(text, currency):
    return int(decimal.Decimal(text).scaleb(digits(currency)))


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("stream", "cls"), [("invoices", model.Invoice), ("credit_notes", model.CreditNote)]
)
def test_lines_add_up_to_the_total_of_their_document(
    stripe_company, of_stripe_company, stream, cls, version
):
    records = of_stripe_company(stream, version).run_in_one()
    assert any(record.values["billing"]["lines"] for record in records)
    for record in records:
        parts = record.values["billing"]
        total = decimal.Decimal(0)
        for line in parts["lines"]:
            total += decimal.Decimal(line["amount"])
            total -= sum(decimal.Decimal(each["amount"]) for each in line["discounts"])
            total += sum(
                decimal.Decimal(tax["amount"])
                for tax in line["taxes"]
                if not tax["inclusive"]
            )
        assert total == decimal.Decimal(parts["total"]), record.remote_id
        taxes = sum(
            decimal.Decimal(tax["amount"])
            for line in parts["lines"]
            for tax in line["taxes"]
        )
        assert taxes == decimal.Decimal(parts["tax_total"]), record.remote_id


def test_both_shapes_say_the_same(of_stripe_company):
    """Which version an account speaks changes nothing in the books."""
    for stream in LISTINGS:
        new, old = (
            {
                r.remote_id: r.values["billing"]
                for r in of_stripe_company(stream, v).run()
            }
            for v in VERSIONS
        )
        assert new.keys() == old.keys()
        for remote_id, parts in new.items():
            ours = _comparable(parts)
            assert ours == _comparable(old[remote_id]), (stream, remote_id)


#: What only one of both shapes tells, by the key of the parts.
TOLD_BY_ONE = (
    # One discount of a subscription, before basil; meters and trace ids since.
    *("discounts", "meter", "aggregation", "reference"),
    # Told of invoice payments only.
    "applications",
)


def _comparable(parts):
    parts = {name: each for name, each in parts.items() if name not in TOLD_BY_ONE}
    if "lines" in parts:
        parts["lines"] = [
            {
                **line,
                # A name comes with a coupon in full, a price of one with a price.
                "unit_amount": None,
                "discounts": [{**each, "label": None} for each in line["discounts"]],
            }
            for line in parts["lines"]
        ]
    return parts


@pytest.mark.parametrize("version", VERSIONS)
def test_each_payment_says_which_invoices_it_paid(
    stripe_company, of_stripe_company, version
):
    found = {
        record.remote_id: {
            each["invoice"]: minor(each["amount"], record.values["billing"]["currency"])
            for each in record.values["billing"]["applications"]
        }
        for record in of_stripe_company("payments", version).run()
    }

    for payment in stripe_company.account.rows(model.Payment):
        links = stripe_company.store.by(model.InvoicePayment, "payment", payment.id)
        paid = {
            each.invoice: each.amount_paid for each in links if each.status == "paid"
        }
        if payment.status != "succeeded":
            paid = {}
        elif version != VERSIONS[0] and not _is_of_invoice(stripe_company, payment):
            # Before basil nothing says to which invoices a bank transfer goes.
            paid = {}
        assert found[payment.id] == paid


def _is_of_invoice(stripe_company, payment):
    return bool(stripe_company.store.get(model.Intent, payment.intent).invoice)


def test_invoice_payments_of_many_charges_are_few_requests(
    stripe_company, of_stripe_company
):
    account = of_stripe_company("payments")

    records = account.run_in_one()

    assert len(records) > 50
    assert account.requests <= 2 * account.pages + 6


@pytest.mark.parametrize("version", VERSIONS)
def test_payouts_come_to_what_they_paid_out(stripe_company, of_stripe_company, version):
    """Each payout is the sum of its transactions' nets, to the cent."""
    net = {}
    for record in of_stripe_company("balance_transactions", version).run_in_one():
        parts = record.values["billing"]
        if parts.get("payout") and parts["kind"] not in ("payout", "payout_failure"):
            amount = decimal.Decimal(parts["net"])
            net[parts["payout"]] = net.get(parts["payout"], 0) + amount
    payouts = {
        r.remote_id: r.values for r in of_stripe_company("payouts", version).run()
    }

    assert net
    for payout, total in net.items():
        assert decimal.Decimal(payouts[payout]["billing"]["amount"]) == total


def test_a_transaction_by_itself_knows_its_payout(stripe_company, of_stripe_company):
    account = of_stripe_company("balance_transactions")
    known = {
        r.remote_id: r.values["billing"]["payout"]
        for r in account.run_in_one()
        if r.values["billing"].get("payout")
    }
    some = sorted(known)[::40]

    records = account.reader.fetch_by_ids(some)

    assert {r.remote_id: r.values["billing"]["payout"] for r in records} == {
        each: known[each] for each in some
    }


def test_an_invoice_of_many_lines_comes_with_all_of_them(stripe, stripe_account_of):
    engine = stripe.engine
    customer = engine.create(model.Customer, name="Acme", currency="EUR")
    for number in range(230):
        engine.invoices.add_item(customer, 100 + number, description=f"Seat {number}")
    engine.invoices.bill_now(customer)

    [record] = stripe_account_of("invoices").run()

    assert len(record.values["billing"]["lines"]) == 230
    assert len({line["id"] for line in record.values["billing"]["lines"]}) == 230
