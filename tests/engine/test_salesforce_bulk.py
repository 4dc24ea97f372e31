"""Many records: a Bulk job is waited for, read as it flows, and gone on with."""

import datetime

import pytest
from simulators.salesforce import facts

from odoo.addons.connector_base.engine import dry_run, errors
from odoo.addons.connector_salesforce.salesforce import bulk, bulk_reader
from odoo.addons.connector_salesforce.salesforce.bulk import QueryJob
from odoo.addons.connector_salesforce.salesforce.reader import SalesforceReader

from .salesforce_org import Org
from .vendor import failure

MANY = 60


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Pages of 10 rows, parts of 25."""
    monkeypatch.setattr(bulk_reader, "QUERY_PAGE", 10)
    monkeypatch.setattr(bulk.QueryJob.part.__wrapped__, "__defaults__", (25,))


@pytest.fixture
def org(salesforce, salesforce_client):
    salesforce.reading.page = 10

    def make(object_name="Account", **options):
        return Org(salesforce_client, object_name, threshold=MANY, **options)

    return make


@pytest.fixture
def ids(salesforce):
    return sorted(salesforce.fill("Account", MANY, AnnualRevenue=1500))


def asked(salesforce, method, part):
    return salesforce.requests.count(method, part)


def test_many_records_are_read_by_a_job(salesforce, org, ids):
    reading = org()
    records = reading.run()
    assert sorted({record.remote_id for record in records}) == ids
    assert asked(salesforce, "POST", "/jobs/query") == 1
    # All of what a query would have needed six requests for came in three parts.
    assert asked(salesforce, "GET", "/results") >= 3
    assert reading.cursor["phase"] == "query"


def test_a_few_records_are_read_without_one(salesforce, org):
    salesforce.fill("Account", MANY - 1)
    org().run()
    assert asked(salesforce, "POST", "/jobs/query") == 0


def test_nobody_sleeps_until_a_job_is_ready(salesforce, org, ids, naps):
    salesforce.bulk.polls = 3
    reading = org()
    reading.run()
    waits = [page.wait for page in reading.pages if page.wait]
    assert waits == [5, 10, 20, 40]
    assert naps == []


def test_records_are_the_same_by_job_and_by_query(salesforce, store_with_all, org):
    paths = (
        *("Name", "AnnualRevenue", "NumberOfEmployees", "ParentId", "Description"),
        *("Owner.Email", "Owner.IsActive", "CreatedDate", "LastActivityDate"),
    )
    by_job = {r.remote_id: r for r in org(paths=paths).run()[10:]}
    by_query = {r.remote_id: r for r in _plain(salesforce, org, paths).run()}
    for remote_id, record in by_query.items():
        assert by_job[remote_id] == record
    assert by_job.keys() == by_query.keys()
    assert len(by_job) == MANY + 1


@pytest.fixture
def store_with_all(salesforce):
    ids = salesforce.fill("Account", MANY, AnnualRevenue=1500.5)
    salesforce.store.create(
        "Account",
        {
            "Name": 'Quotes "and", commas',
            "Description": "two\nlines\r\nand\u2028more",
            "NumberOfEmployees": 12,
            "ParentId": ids[0],
        },
    )
    return ids


def _plain(salesforce, org, paths):
    reading = org(paths=paths)
    reading.threshold = 10_000
    return reading


# -- crashes ------------------------------------------------------------------


def test_whoever_comes_after_a_crash_goes_on_with_the_same_job(salesforce, org, ids):
    reading = org()
    found = set()
    while True:
        # Each page by a reader of its own: nothing is known but the cursor.
        page = reading.page()
        found |= {record.remote_id for record in page.records}
        if page.done:
            break
    assert sorted(found) == ids
    assert asked(salesforce, "POST", "/jobs/query") == 1


def test_who_stays_reads_each_part_once(salesforce, org, ids):
    reading = org()
    reading.run(reader=reading.reader)
    assert asked(salesforce, "GET", "/results") == 3


def test_a_part_that_breaks_off_is_read_again_from_where_it_broke(salesforce, org, ids):
    salesforce.faults.add("drop_half", path="/results", times=1)
    reading = org()
    reader = reading.reader
    found = []
    while not reading.pages or not reading.pages[-1].done:
        try:
            found += [r.remote_id for r in reading.page(reader).records]
        except errors.TransientError:
            continue
    assert sorted(found[10:]) == ids


# -- what can go wrong --------------------------------------------------------


@pytest.mark.parametrize("end", ["fail", "abort", "delete"])
def test_a_job_that_comes_to_nothing_loses_no_record(
    salesforce, salesforce_client, org, ids, end
):
    if end == "fail":
        salesforce.bulk.failures = ["InternalError"]
    salesforce.bulk.polls = 2
    reading = org()
    found = {record.remote_id for record in reading.page().records}
    reading.page()
    job = reading.cursor["job"]
    if end == "abort":
        QueryJob(salesforce_client(), job).abort()
    elif end == "delete":
        where = f"services/data/v67.0/jobs/query/{job}"
        QueryJob(salesforce_client(), job).abort()
        salesforce_client().request("DELETE", where)
    found |= set(reading.ids())
    assert sorted(found) == ids


def test_an_org_without_the_api_is_read_page_by_page(salesforce, org, ids):
    salesforce.faults.add("missing_scope", path="/jobs/query", times=None)
    assert sorted(set(org().ids())) == ids


def test_a_field_that_the_org_lacks_is_left_out(salesforce, org, ids):
    records = org(paths=("Name", "Gone__c")).run()
    assert sorted({record.remote_id for record in records}) == ids
    assert all("Gone__c" not in record.values for record in records)


def test_a_job_is_aborted_when_nobody_wants_it_any_more(
    salesforce, salesforce_client, org, ids
):
    salesforce.bulk.polls = 9
    reading = org()
    reading.page()
    reading.page()
    job = QueryJob(salesforce_client(), reading.cursor["job"])
    job.abort()
    assert job.state()[0] == "Aborted"
    job.abort()


def test_a_job_is_asked_for_by_the_version_it_was_made_with(
    salesforce, salesforce_client, org, ids
):
    reading = org()
    reading.page()
    reading.page()
    reading.make_client = lambda: salesforce_client("66.0")
    assert sorted(set(reading.ids())) == ids


def test_later_changes_of_many_records_are_read_by_a_job_with_deletions(
    salesforce, org, ids
):
    reading = org()
    reading.run()
    salesforce.clock.advance(datetime.timedelta(minutes=30).total_seconds())
    for record_id in ids:
        salesforce.store.update("Account", record_id, {"Name": "New"})
    salesforce.store.delete("Account", ids[0])
    records = {record.remote_id: record for record in reading.run()}
    assert sorted(records) == ids
    assert records[ids[0]].archived
    assert asked(salesforce, "POST", "/jobs/query") == 2


def test_a_dry_run_may_read_by_a_job(salesforce, salesforce_client, ids):
    with dry_run.dry_run() as sent:
        job = QueryJob(salesforce_client())
        assert job.create("SELECT Id FROM Account", with_deleted=False)
    assert sent == []


def test_results_that_are_no_csv_are_trouble_of_the_vendor(
    salesforce, salesforce_client, ids
):
    job = QueryJob(salesforce_client())
    job.create("SELECT Id, Name FROM Account", with_deleted=False)
    while job.state()[0] != bulk.COMPLETE:
        pass
    salesforce.faults.add("html", path="/results", times=None)

    def read():
        with job.part(None) as part:
            return list(part.rows)

    assert failure(read).error_class == "transient"


def test_a_row_without_an_end_is_no_row(monkeypatch):
    """A cell may have many lines, and a row many cells: none of them is too long."""
    monkeypatch.setattr(bulk, "LONGEST_ROW", 1000)
    rows = bulk.rows_of(iter(["Id,Name\n", "1,a\n", '2,"\n', *['","\n'] * 1000]))
    assert [next(rows), next(rows)] == [["Id", "Name"], ["1", "a"]]
    assert failure(next, rows).code == "malformed"


def test_the_last_part_names_no_other_one(salesforce, salesforce_client, ids):
    assert facts.LAST_LOCATOR == bulk.LAST_LOCATOR
    reader = SalesforceReader(salesforce_client(), "Account", ("Name",), MANY)
    cursor, parts = None, set()
    while True:
        page = reader.fetch_page(cursor)
        cursor = page.next_cursor
        parts.add(cursor.get("locator"))
        if page.done:
            break
    assert len(parts) == 3
