"""After the first load: events tell what changed, and nights make up for the rest."""

from simulators.billing import model

from odoo.addons.connector_billing.providers.stripe.reader import DAY


def test_after_the_first_load_events_tell_what_changed(
    stripe, stripe_account_of, stripe_customers
):
    one, _two = stripe_customers(2)
    stripe.clock.advance(600)
    account = stripe_account_of("customers")
    account.run()
    stripe.clock.advance(600)

    stripe.engine.update(stripe.store.get(model.Customer, one), name="Acme Ltd")
    [three] = stripe_customers(1)
    found = {record.remote_id: record.values for record in account.run()}

    assert found.keys() == {one, three}
    assert found[one]["name"] == "Acme Ltd"


def test_a_quiet_run_is_one_request(stripe, stripe_account_of, stripe_customers):
    stripe_customers(3)
    account = stripe_account_of("customers")
    account.run()
    stripe.clock.advance(600)
    account.run()
    account.requests = 0

    assert account.run() == [] and account.requests == 1


def test_what_happened_during_the_first_load_is_told_after_it(
    stripe, stripe_account_of, stripe_customers
):
    ids = stripe_customers(150, name="Before")
    account = stripe_account_of("customers")
    account.page()
    stripe.clock.advance(5)
    stripe.engine.update(stripe.store.get(model.Customer, ids[-1]), name="After")
    account.run()

    found = {record.remote_id: record.values["name"] for record in account.run()}

    assert found[ids[-1]] == "After"


def test_what_was_deleted_comes_as_archived(
    stripe, stripe_account_of, stripe_customers
):
    [one] = stripe_customers(1)
    account = stripe_account_of("customers")
    account.run()
    stripe.clock.advance(600)

    stripe.engine.delete(stripe.store.get(model.Customer, one))
    [record] = account.run()

    assert (record.remote_id, record.archived) == (one, True)


def test_many_new_records_are_read_by_list(stripe, stripe_account_of, stripe_customers):
    account = stripe_account_of("customers")
    account.run()
    stripe.clock.advance(600)
    stripe_customers(90)
    account.requests = 0

    assert len(account.run()) == 90
    assert account.requests <= 3


def test_an_interrupted_run_of_events_loses_none(
    stripe, stripe_account_of, stripe_customers
):
    account = stripe_account_of("customers")
    account.run()
    stripe.clock.advance(600)
    ids = stripe_customers(250)

    assert sorted(account.ids()) == sorted(ids)


def test_a_pause_of_a_month_reads_all_and_looks_for_what_is_gone(
    stripe, stripe_account_of, stripe_customers
):
    stripe_customers(3)
    account = stripe_account_of("customers")
    account.run()
    stripe.clock.advance(40 * DAY)

    assert len(account.run()) == 3
    assert account.gap


def test_what_is_open_is_read_again_every_night(stripe, stripe_account_of):
    """Should an event have been missed, it is made up for within a day."""
    engine = stripe.engine
    customer = engine.create(model.Customer, name="Acme", currency="EUR")
    engine.invoices.add_item(customer, 100, description="Seat")
    invoice = engine.invoices.bill_now(customer, collection="invoice")
    account = stripe_account_of("invoices")
    account.run()
    stripe.clock.advance(20 * DAY)
    account.run()
    stripe.events.all.clear()
    stripe.clock.advance(DAY)

    assert account.ids() == [invoice.id]


def test_a_deleted_price_of_an_item_is_no_trouble(of_stripe_company):
    account = of_stripe_company("prices")

    assert account.reader.fetch_by_ids(["price_none"]) == []
