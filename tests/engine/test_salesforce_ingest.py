"""Many rows by a job of Salesforce's: what became of each."""

import pytest

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.records import OutgoingRow
from odoo.addons.connector_salesforce.salesforce.writer import SalesforceWriter


@pytest.fixture
def store(salesforce):
    salesforce.bulk.polls = 0
    salesforce.store.define_field(
        "Account", "Odoo_Id__c", external_id=True, unique=True, length=64
    )
    return salesforce.store


@pytest.fixture
def writer(store, salesforce_client):
    return SalesforceWriter(salesforce_client(), "Account")


def row(number, remote_id=None, **values):
    return OutgoingRow(f"res.partner,{number}", values, remote_id)


def work(writer, action, rows):
    """Submit rows and collect what became of them."""
    ticket, _after = writer.submit(action, rows)
    while writer.seconds_left(ticket):
        pass
    return writer.collect(action, ticket, rows)


def test_new_records_are_made_and_known(writer, store):
    rows = [row(n, Name=f'"{n}",\nÜ', AnnualRevenue=1.5, Phone=None) for n in range(50)]
    found = work(writer, "create", rows)
    assert found.keys() == {each.key for each in rows}
    for each in rows:
        made = store.get("Account", found[each.key].remote_id)
        assert made["Odoo_Id__c"] == each.key == found[each.key].key
        assert made["Name"] == each.values["Name"]


def test_a_second_job_of_the_same_rows_makes_no_second_records(writer, store):
    rows = [row(n, Name=f"A{n}") for n in range(5)]
    work(writer, "create", rows)
    work(writer, "create", rows)
    assert store.count("Account") == 5


def test_known_records_get_what_changed_and_keep_the_rest(writer, store):
    ids = [store.create("Account", {"Name": "A", "Phone": "1"}) for _n in range(2)]
    rows = [row(0, ids[0], Phone=None), row(1, ids[1], BillingCity="Bonn")]
    found = work(writer, "update", rows)
    assert [found[each.key].error for each in rows] == [None, None]
    assert store.get("Account", ids[0])["Phone"] is None
    assert store.get("Account", ids[1])["Phone"] == "1"
    assert store.get("Account", ids[1])["BillingCity"] == "Bonn"


def test_each_refused_row_says_why(writer, store):
    store.rules.add("Account", match={"Name": "Bad"}, fields=["Name"])
    rows = [row(1, Name="Good"), row(2, Name="Bad")]
    found = work(writer, "create", rows)
    good, bad = (found[each.key] for each in rows)
    assert good.error is None
    assert bad.error.params["reason"] == "FIELD_CUSTOM_VALIDATION_EXCEPTION"
    assert bad.error.params["property"] == "Name"
    assert isinstance(bad.error, errors.InvalidRecord)


def test_rows_that_changed_since_are_not_answered(writer, store):
    rows = [row(1, Name="One"), row(2, Name="Two")]
    ticket, _after = writer.submit("create", rows)
    while writer.seconds_left(ticket):
        pass
    now = [row(1, Name="One"), row(2, Name="Two, later"), row(3, Name="Three")]
    assert writer.collect("create", ticket, now).keys() == {"res.partner,1"}


def test_what_a_failed_job_did_not_come_to_is_sent_again(writer, store, salesforce):
    salesforce.bulk.stop_after = 2
    rows = [row(n, Name=f"A{n}") for n in range(5)]
    assert len(work(writer, "create", rows)) == 2


def test_a_job_that_is_gone_says_nothing(writer):
    ticket = {"job": "750000000000999AAA", "version": "67.0"}
    assert writer.seconds_left(ticket) == 0
    assert writer.collect("create", ticket, [row(1, Name="A")]) == {}


def test_where_the_api_is_not_there_the_rows_go_otherwise(writer, salesforce):
    salesforce.faults.add("missing_scope", path="/jobs/ingest", times=None)
    assert writer.submit("create", [row(1, Name="A")]) is None


def test_lines_of_documents_do_not_go_by_jobs(salesforce_client):
    assert SalesforceWriter(salesforce_client(), "OrderItem").bulk_size == 0
