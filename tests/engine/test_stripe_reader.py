"""Reading an account over HTTP, whole and by events, in both shapes."""

import datetime
import decimal

import pytest
from simulators import Clock
from simulators.billing import model
from simulators.stripe.simulator import StripeSimulator

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_billing.providers.stripe import reader as reader_module
from odoo.addons.connector_billing.providers.stripe.endpoints import LISTINGS, VERSIONS
from odoo.addons.connector_billing.providers.stripe.money import digits
from odoo.addons.connector_billing.providers.stripe.reader import DAY

from .conftest import START
from .stripe_account import Account

TYPES = {
    "customers": model.Customer,
    "products": model.Product,
    "prices": model.Price,
    "coupons": model.Coupon,
    "subscriptions": model.Subscription,
    "invoices": model.Invoice,
    "credit_notes": model.CreditNote,
    "payments": model.Payment,
    "refunds": model.Refund,
    "disputes": model.Dispute,
    "payouts": model.Payout,
    "balance_transactions": model.BalanceTransaction,
}


@pytest.fixture(scope="module")
def company():
    """A company after four months, that no test changes."""
    clock = Clock(START)
    with StripeSimulator(records=25, months=4, seed=3, clock=clock) as running:
        yield running
    assert running.crashes == []


@pytest.fixture
def of_company(company, stripe_client):
    def make(stream, version=VERSIONS[0], **options):
        return Account(
            stripe_client, stream, version=version, account=company, **options
        )

    return make


@pytest.fixture
def account_of(stripe_client):
    return lambda stream, **options: Account(stripe_client, stream, **options)


@pytest.fixture
def customers(stripe):
    """Make customers in the account; their ids, the newest last."""

    def make(number=1, **values):
        values.setdefault("name", "Acme")
        create = stripe.engine.create
        return [create(model.Customer, **values).id for _number in range(number)]

    return make


def visible(company, cls):
    return {each.id for each in company.account.rows(cls)}


# -- all -----------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("stream", TYPES)
def test_a_first_load_reads_every_record_once(company, of_company, stream, version):
    account = of_company(stream, version)

    ids = [record.remote_id for record in account.run_in_one()]

    assert set(ids) == visible(company, TYPES[stream])
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("stream", LISTINGS)
def test_a_first_load_goes_on_in_another_process(company, of_company, stream):
    """After each page, and all that is read twice for it is read the same."""
    whole = {r.remote_id: r.values for r in of_company(stream).run_in_one()}

    records = of_company(stream).run()

    for record in records:
        parts = dict(whole[record.remote_id]["billing"])
        if "payout" not in record.values["billing"]:
            # Where it isn't known the key is left out, and what Odoo knows stays.
            parts.pop("payout", None)
        assert record.values["billing"] == parts
    assert {record.remote_id for record in records} == whole.keys()


def test_what_is_listed_while_pages_are_read_shifts_none(account_of, customers):
    ids = customers(150)
    account = account_of("customers")

    found = [record.remote_id for record in account.page().records]
    customers(10)
    found += [record.remote_id for record in account.page().records]

    assert sorted(found) == sorted(ids)


def test_a_page_comes_although_the_last_record_was_deleted(
    stripe, account_of, customers
):
    customers(150)
    account = account_of("customers")
    last = account.page().records[-1].remote_id

    stripe.engine.delete(stripe.store.get(model.Customer, last))

    assert len(account.ids()) >= 49


def test_documents_may_be_read_from_a_date_on(company, of_company):
    """And those that are older and still open with them."""
    since = company.clock.now() - datetime.timedelta(days=30)
    account = of_company("invoices")
    account.cursor = reader_module.start_cursor(since)

    found = {record.remote_id for record in account.run()}

    rows = company.account.rows(model.Invoice)
    wanted = {
        each.id
        for each in rows
        if each.created >= since.timestamp() or each.status in ("open", "draft")
    }
    assert wanted and found == wanted


def test_the_time_of_a_version_is_when_it_was_read(stripe, account_of, customers):
    """Stripe tells none: of two readings the later one is newer."""
    customers(1)
    account = account_of("customers")
    [first] = account.run()
    account.cursor = None
    stripe.clock.advance(60)

    [second] = account.run()

    assert first.updated_at < second.updated_at < stripe.clock.now()


# -- what the records hold ------------------------------------------------------


def minor(text, currency):
    return int(decimal.Decimal(text).scaleb(digits(currency)))


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("stream", "cls"), [("invoices", model.Invoice), ("credit_notes", model.CreditNote)]
)
def test_lines_add_up_to_the_total_of_their_document(
    company, of_company, stream, cls, version
):
    records = of_company(stream, version).run_in_one()
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


def test_both_shapes_say_the_same(of_company):
    """Which version an account speaks changes nothing in the books."""
    for stream in LISTINGS:
        new, old = (
            {r.remote_id: r.values["billing"] for r in of_company(stream, v).run()}
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
def test_each_payment_says_which_invoices_it_paid(company, of_company, version):
    found = {
        record.remote_id: {
            each["invoice"]: minor(each["amount"], record.values["billing"]["currency"])
            for each in record.values["billing"]["applications"]
        }
        for record in of_company("payments", version).run()
    }

    for payment in company.account.rows(model.Payment):
        links = company.store.by(model.InvoicePayment, "payment", payment.id)
        paid = {
            each.invoice: each.amount_paid for each in links if each.status == "paid"
        }
        if payment.status != "succeeded":
            paid = {}
        elif version != VERSIONS[0] and not _is_of_invoice(company, payment):
            # Before basil nothing says to which invoices a bank transfer goes.
            paid = {}
        assert found[payment.id] == paid


def _is_of_invoice(company, payment):
    return bool(company.store.get(model.Intent, payment.intent).invoice)


def test_invoice_payments_of_many_charges_are_few_requests(company, of_company):
    account = of_company("payments")

    records = account.run_in_one()

    assert len(records) > 50
    assert account.requests <= 2 * account.pages + 6


@pytest.mark.parametrize("version", VERSIONS)
def test_payouts_come_to_what_they_paid_out(company, of_company, version):
    """Each payout is the sum of its transactions' nets, to the cent."""
    net = {}
    for record in of_company("balance_transactions", version).run_in_one():
        parts = record.values["billing"]
        if parts.get("payout") and parts["kind"] not in ("payout", "payout_failure"):
            amount = decimal.Decimal(parts["net"])
            net[parts["payout"]] = net.get(parts["payout"], 0) + amount
    payouts = {r.remote_id: r.values for r in of_company("payouts", version).run()}

    assert net
    for payout, total in net.items():
        assert decimal.Decimal(payouts[payout]["billing"]["amount"]) == total


def test_a_transaction_by_itself_knows_its_payout(company, of_company):
    account = of_company("balance_transactions")
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


def test_an_invoice_of_many_lines_comes_with_all_of_them(stripe, account_of):
    engine = stripe.engine
    customer = engine.create(model.Customer, name="Acme", currency="EUR")
    for number in range(230):
        engine.invoices.add_item(customer, 100 + number, description=f"Seat {number}")
    engine.invoices.bill_now(customer)

    [record] = account_of("invoices").run()

    assert len(record.values["billing"]["lines"]) == 230
    assert len({line["id"] for line in record.values["billing"]["lines"]}) == 230


# -- what changed ---------------------------------------------------------------


def test_after_the_first_load_events_tell_what_changed(stripe, account_of, customers):
    one, _two = customers(2)
    stripe.clock.advance(600)
    account = account_of("customers")
    account.run()
    stripe.clock.advance(600)

    stripe.engine.update(stripe.store.get(model.Customer, one), name="Acme Ltd")
    [three] = customers(1)
    found = {record.remote_id: record.values for record in account.run()}

    assert found.keys() == {one, three}
    assert found[one]["name"] == "Acme Ltd"


def test_a_quiet_run_is_one_request(stripe, account_of, customers):
    customers(3)
    account = account_of("customers")
    account.run()
    stripe.clock.advance(600)
    account.run()
    account.requests = 0

    assert account.run() == [] and account.requests == 1


def test_what_happened_during_the_first_load_is_told_after_it(
    stripe, account_of, customers
):
    ids = customers(150, name="Before")
    account = account_of("customers")
    account.page()
    stripe.clock.advance(5)
    stripe.engine.update(stripe.store.get(model.Customer, ids[-1]), name="After")
    account.run()

    found = {record.remote_id: record.values["name"] for record in account.run()}

    assert found[ids[-1]] == "After"


def test_what_was_deleted_comes_as_archived(stripe, account_of, customers):
    [one] = customers(1)
    account = account_of("customers")
    account.run()
    stripe.clock.advance(600)

    stripe.engine.delete(stripe.store.get(model.Customer, one))
    [record] = account.run()

    assert (record.remote_id, record.archived) == (one, True)


def test_many_new_records_are_read_by_list(stripe, account_of, customers):
    account = account_of("customers")
    account.run()
    stripe.clock.advance(600)
    customers(90)
    account.requests = 0

    assert len(account.run()) == 90
    assert account.requests <= 3


def test_an_interrupted_run_of_events_loses_none(stripe, account_of, customers):
    account = account_of("customers")
    account.run()
    stripe.clock.advance(600)
    ids = customers(250)

    assert sorted(account.ids()) == sorted(ids)


def test_a_pause_of_a_month_reads_all_and_looks_for_what_is_gone(
    stripe, account_of, customers
):
    customers(3)
    account = account_of("customers")
    account.run()
    stripe.clock.advance(40 * DAY)

    assert len(account.run()) == 3
    assert account.gap


def test_what_is_open_is_read_again_every_night(stripe, account_of):
    """Should an event have been missed, it is made up for within a day."""
    engine = stripe.engine
    customer = engine.create(model.Customer, name="Acme", currency="EUR")
    engine.invoices.add_item(customer, 100, description="Seat")
    invoice = engine.invoices.bill_now(customer, collection="invoice")
    account = account_of("invoices")
    account.run()
    stripe.clock.advance(20 * DAY)
    account.run()
    stripe.events.all.clear()
    stripe.clock.advance(DAY)

    assert account.ids() == [invoice.id]


def test_a_deleted_price_of_an_item_is_no_trouble(of_company):
    account = of_company("prices")

    assert account.reader.fetch_by_ids(["price_none"]) == []


# -- by id ------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("stream", LISTINGS)
def test_records_by_id_are_as_in_a_list(of_company, stream, version):
    account = of_company(stream, version)
    listed = {r.remote_id: r for r in account.run_in_one()}
    some = sorted(listed)[:3]

    records = account.reader.fetch_by_ids([*some, "none_1"])

    assert sorted(r.remote_id for r in records) == some
    for record in records:
        assert record.values["billing"] == listed[record.remote_id].values["billing"]


def test_a_payment_is_found_by_its_intent(company, of_company):
    payment = company.account.rows(model.Payment)[0]

    records = of_company("payments").reader.fetch_by_ids([payment.intent])

    assert payment.id in {record.remote_id for record in records}


def test_refunds_are_found_by_their_charge(company, of_company):
    refund = company.account.rows(model.Refund)[0]

    records = of_company("refunds").reader.fetch_by_ids([refund.payment])

    assert refund.id in {record.remote_id for record in records}


def test_what_a_payout_paid_out_is_found_by_it(company, of_company):
    payout = company.account.rows(model.Payout)[5]

    records = of_company("balance_transactions").reader.fetch_by_ids([payout.id])

    assert records
    assert {r.values["billing"].get("payout") for r in records} == {payout.id}


# -- trouble ------------------------------------------------------------------------


def test_a_wrong_key_stops_the_connection(stripe, stripe_client):
    account = Account(stripe_client, "customers", key="sk_test_wrong0000000000")

    with pytest.raises(errors.AuthenticationError) as caught:
        account.run()

    assert "wrong0000" not in str(caught.value)


def test_a_key_that_may_not_read_names_what_it_lacks(stripe, stripe_client):
    stripe.set_keys({"rk_test_limited00000000": ["customer_read"]})
    account = Account(stripe_client, "invoices", key="rk_test_limited00000000")

    with pytest.raises(errors.PermissionDenied) as caught:
        account.run()

    assert caught.value.params["scope"] == "rak_invoice_read"
