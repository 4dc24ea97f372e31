"""Reading an account over HTTP, whole and by events, in both shapes."""

import datetime

import pytest
from simulators.billing import model

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_billing.providers.stripe import reader as reader_module
from odoo.addons.connector_billing.providers.stripe.endpoints import LISTINGS, VERSIONS

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


def visible(stripe_company, cls):
    return {each.id for each in stripe_company.account.rows(cls)}


# -- all -----------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("stream", TYPES)
def test_a_first_load_reads_every_record_once(
    stripe_company, of_stripe_company, stream, version
):
    account = of_stripe_company(stream, version)

    ids = [record.remote_id for record in account.run_in_one()]

    assert set(ids) == visible(stripe_company, TYPES[stream])
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("stream", LISTINGS)
def test_a_first_load_goes_on_in_another_process(
    stripe_company, of_stripe_company, stream
):
    """After each page, and all that is read twice for it is read the same."""
    whole = {r.remote_id: r.values for r in of_stripe_company(stream).run_in_one()}

    records = of_stripe_company(stream).run()

    for record in records:
        assert record.values["billing"] == whole[record.remote_id]["billing"]
    assert {record.remote_id for record in records} == whole.keys()


def test_what_is_listed_while_pages_are_read_shifts_none(
    stripe_account_of, stripe_customers
):
    ids = stripe_customers(150)
    account = stripe_account_of("customers")

    found = [record.remote_id for record in account.page().records]
    stripe_customers(10)
    found += [record.remote_id for record in account.page().records]

    assert sorted(found) == sorted(ids)


def test_a_page_comes_although_the_last_record_was_deleted(
    stripe, stripe_account_of, stripe_customers
):
    stripe_customers(150)
    account = stripe_account_of("customers")
    last = account.page().records[-1].remote_id

    stripe.engine.delete(stripe.store.get(model.Customer, last))

    assert len(account.ids()) >= 49


def test_documents_may_be_read_from_a_date_on(stripe_company, of_stripe_company):
    """And those that are older and still open with them."""
    since = stripe_company.clock.now() - datetime.timedelta(days=30)
    account = of_stripe_company("invoices")
    account.cursor = reader_module.start_cursor(since)

    found = {record.remote_id for record in account.run()}

    rows = stripe_company.account.rows(model.Invoice)
    wanted = {
        each.id
        for each in rows
        if each.created >= since.timestamp() or each.status in ("open", "draft")
    }
    assert wanted and found == wanted


def test_the_time_of_a_version_is_when_it_was_read(
    stripe, stripe_account_of, stripe_customers
):
    """Stripe tells none: of two readings the later one is newer."""
    stripe_customers(1)
    account = stripe_account_of("customers")
    [first] = account.run()
    account.cursor = None
    stripe.clock.advance(60)

    [second] = account.run()

    assert first.updated_at < second.updated_at < stripe.clock.now()


# -- by id ------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("stream", LISTINGS)
def test_records_by_id_are_as_in_a_list(of_stripe_company, stream, version):
    account = of_stripe_company(stream, version)
    listed = {r.remote_id: r for r in account.run_in_one()}
    some = sorted(listed)[:3]

    records = account.reader.fetch_by_ids([*some, "none_1"])

    assert sorted(r.remote_id for r in records) == some
    for record in records:
        assert record.values["billing"] == listed[record.remote_id].values["billing"]


def test_a_payment_is_found_by_its_intent(stripe_company, of_stripe_company):
    payment = stripe_company.account.rows(model.Payment)[0]

    records = of_stripe_company("payments").reader.fetch_by_ids([payment.intent])

    assert payment.id in {record.remote_id for record in records}


def test_refunds_are_found_by_their_charge(stripe_company, of_stripe_company):
    refund = stripe_company.account.rows(model.Refund)[0]

    records = of_stripe_company("refunds").reader.fetch_by_ids([refund.payment])

    assert refund.id in {record.remote_id for record in records}


def test_what_a_payout_paid_out_is_found_by_it(stripe_company, of_stripe_company):
    payout = stripe_company.account.rows(model.Payout)[5]

    records = of_stripe_company("balance_transactions").reader.fetch_by_ids([payout.id])

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


@pytest.mark.parametrize(
    ("stream", "name"),
    [
        ("payments", "pi_none"),
        ("refunds", "ch_none"),
        ("balance_transactions", "po_none"),
    ],
)
def test_what_is_named_by_something_that_is_gone_is_nothing(
    of_stripe_company, stream, name
):
    assert of_stripe_company(stream).reader.fetch_by_ids([name]) == []
