"""Salesforce: Bulk API 2.0 jobs, queries and ingests."""

import csv
import io
import time

import pytest

SOQL = "SELECT Id, Name, Phone, IsDeleted, CreatedDate, Owner.Name FROM Account"


def start_query(org, soql=SOQL, operation="query"):
    answer = org.post("/jobs/query", {"operation": operation, "query": soql})
    assert answer.status_code == 200, answer.text
    return answer.json()["id"]


def finish(org, path):
    """Poll a job until it has an outcome; returns the states seen and the job."""
    states, deadline = [], time.monotonic() + 20
    while time.monotonic() < deadline:
        job = org.get(path).json()
        states.append(job["state"])
        if job["state"] in ("JobComplete", "Failed", "Aborted"):
            return list(dict.fromkeys(states)), job
        time.sleep(0.01)
    raise AssertionError(states)


def read(answer):
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


def test_a_query_job_goes_through_its_states(salesforce, org):
    salesforce.fill("Account", 2)
    job = org.post("/jobs/query", {"operation": "query", "query": SOQL}).json()
    assert job["state"] == "UploadComplete"
    assert (job["object"], job["apiVersion"], job["jobType"]) == (
        "Account",
        66.0,
        "V2Query",
    )
    early = org.get(f"/jobs/query/{job['id']}/results")
    assert early.json()[0]["errorCode"] == "INVALIDJOBSTATE"
    states, job = finish(org, f"/jobs/query/{job['id']}")
    assert states == ["InProgress", "JobComplete"]
    assert job["numberRecordsProcessed"] == 2


def test_it_takes_its_time_by_the_clock(start_org, org_client_of, clock):
    org = org_client_of(start_org(bulk={"polls": 0, "seconds": 30}))
    path = f"/jobs/query/{start_query(org)}"
    assert org.get(path).json()["state"] == "InProgress"
    clock.advance(30)
    assert org.get(path).json()["state"] == "JobComplete"


def test_results_come_in_pages_of_csv(salesforce, org):
    store = salesforce.store
    names = ['say "hi"', "two\nlines", "a,b", "é", "last"]
    for name in names:
        store.create("Account", {"Name": name})
    store.delete("Account", store.create("Account", {"Name": "gone"}))
    job = start_query(org)
    finish(org, f"/jobs/query/{job}")
    path, found, locator = f"/jobs/query/{job}/results", [], None
    while locator != "null":
        query = {"maxRecords": 2, **({"locator": locator} if locator else {})}
        answer = org.get(path, **query)
        assert answer.headers["Content-Type"].startswith("text/csv")
        page = read(answer)
        assert answer.headers["Sforce-NumberOfRecords"] == str(len(page))
        found += page
        locator = answer.headers["Sforce-Locator"]
    assert [row["Name"] for row in found] == names
    assert found[0]["Phone"] == ""
    assert found[0]["IsDeleted"] == "false"
    assert found[0]["CreatedDate"] == "2026-11-02T09:00:00.000Z"
    assert found[0]["Owner.Name"] == "Integration"
    assert org.get(path, locator="???").status_code == 400


def test_results_are_packed_when_the_client_can_unpack_them(salesforce, org):
    salesforce.fill("Account", 50)
    job = start_query(org)
    finish(org, f"/jobs/query/{job}")
    path = f"/jobs/query/{job}/results"
    packed = org.get(path)
    plain = org.request("GET", path, headers={"Accept-Encoding": "identity"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert packed.text == plain.text
    assert int(packed.headers["Content-Length"]) < len(plain.content)


def test_deleted_records_come_with_query_all(salesforce, org):
    store = salesforce.store
    store.delete("Account", store.create("Account", {"Name": "gone"}))
    for operation, number in (("query", 0), ("queryAll", 1)):
        job = start_query(org, operation=operation)
        finish(org, f"/jobs/query/{job}")
        assert len(read(org.get(f"/jobs/query/{job}/results"))) == number


def test_another_version_than_its_own_is_a_conflict(org, is_refused):
    job = start_query(org)
    answer = org.get(f"/services/data/v65.0/jobs/query/{job}")
    is_refused(answer, 409, "CONFLICT")


@pytest.mark.parametrize(
    ("soql", "code"),
    [
        ("SELECT", "MALFORMED_QUERY"),
        ("SELECT Nope FROM Account", "INVALID_FIELD"),
        ("SELECT COUNT() FROM Account", "INVALIDJOB"),
        ("SELECT Id FROM Account LIMIT 1 OFFSET 1", "INVALIDJOB"),
    ],
)
def test_a_query_that_is_wrong_makes_no_job(org, is_refused, soql, code):
    answer = org.post("/jobs/query", {"operation": "query", "query": soql})
    is_refused(answer, 400, code)


def test_a_job_can_fail(salesforce, org):
    salesforce.bulk.failures = ["ServerError : try again"]
    _states, job = finish(org, f"/jobs/query/{start_query(org)}")
    assert (job["state"], job["errorMessage"]) == ("Failed", "ServerError : try again")
    compound = start_query(org, "SELECT Id, BillingAddress FROM Account")
    _states, job = finish(org, f"/jobs/query/{compound}")
    assert job["errorMessage"].startswith("FUNCTIONALITY_NOT_ENABLED")
    assert finish(org, f"/jobs/query/{start_query(org)}")[1]["state"] == "JobComplete"


def test_a_job_is_aborted_and_deleted(org, is_refused):
    path = f"/jobs/query/{start_query(org)}"
    assert org.patch(path, {"state": "Aborted"}).json()["state"] == "Aborted"
    is_refused(org.get(f"{path}/results"), 400, "INVALIDJOBSTATE")
    assert len(org.get("/jobs/query").json()["records"]) == 1
    assert org.delete(path).status_code == 204
    is_refused(org.get(path), 404, "NOT_FOUND")


# Ingest


@pytest.fixture
def external(salesforce):
    salesforce.store.define_field(
        "Account", "Odoo_Id__c", external_id=True, unique=True
    )


def ingest(org, operation, lines, object_name="Account", **more):
    """Run an ingest job; returns it and the rows of its three files."""
    job = {"operation": operation, "object": object_name, "contentType": "CSV", **more}
    answer = org.post("/jobs/ingest", job)
    assert answer.status_code == 200, answer.text
    path = f"/jobs/ingest/{answer.json()['id']}"
    assert answer.json()["contentUrl"].endswith(f"{path}/batches")
    put = org.request("PUT", f"{path}/batches", data=lines.encode(), headers=CSV)
    assert put.status_code == 201, put.text
    told = org.patch(path, {"state": "UploadComplete"})
    assert told.json()["state"] == "UploadComplete"
    _states, job = finish(org, path)
    files = ("successfulResults", "failedResults", "unprocessedrecords")
    return job, *(read(org.get(f"{path}/{name}")) for name in files)


CSV = {"Content-Type": "text/csv"}


def test_an_upsert_tells_what_became_of_each_row(salesforce, org, external):
    acme = salesforce.store.create("Account", {"Name": "Acme", "Odoo_Id__c": "1"})
    salesforce.store.update("Account", acme, {"Phone": "1", "Fax": "2"})
    job, good, bad, rest = ingest(
        org,
        "upsert",
        'Odoo_Id__c,Name,Phone,Fax\n1,"Acme, Inc",,#N/A\n2,Bolt,5,\n3,,,\n',
        externalIdFieldName="Odoo_Id__c",
    )
    assert (job["state"], job["numberRecordsProcessed"]) == ("JobComplete", 3)
    assert job["numberRecordsFailed"] == 1
    by_id = {row["Odoo_Id__c"]: row for row in good}
    assert set(by_id) == {"1", "2"}
    assert (by_id["1"]["sf__Created"], by_id["1"]["sf__Id"]) == ("false", acme)
    assert (by_id["2"]["sf__Created"], by_id["2"]["Name"]) == ("true", "Bolt")
    row = salesforce.store.get("Account", acme)
    assert (row["Phone"], row["Fax"]) == ("1", None)  # empty says nothing, #N/A null
    [failed] = bad
    assert failed["sf__Error"] == (
        "REQUIRED_FIELD_MISSING:Required fields are missing: [Name]:Name"
    )
    assert failed["Odoo_Id__c"] == "3"
    assert rest == []


def test_rows_are_inserted_updated_and_deleted(salesforce, org):
    _job, good, _bad, _rest = ingest(
        org, "insert", "Name,NumberOfEmployees\nA,5\nB,many\n"
    )
    _job, _good, bad, _rest = ingest(
        org, "update", f"Id,Phone\n{good[0]['sf__Id']},1\n0015g00000000zzAAA,1\n"
    )
    assert bad[0]["sf__Error"].startswith("INVALID_CROSS_REFERENCE_KEY:")
    [row] = salesforce.store.find("Account")
    assert (row["Name"], row["NumberOfEmployees"], row["Phone"]) == ("A", 5, "1")
    ingest(org, "delete", f"Id\n{row['Id']}\n")
    assert salesforce.store.count("Account") == 0


@pytest.mark.parametrize(
    ("lines", "more", "message"),
    [
        ("Nope\nx\n", {}, "InvalidBatch : Field name not found : Nope"),
        ("Name\r\nx\r\n", {}, "ClientInputError : LineEnding is invalid"),
        ("Name\nx\n", {"lineEnding": "CRLF"}, "ClientInputError : LineEnding"),
    ],
)
def test_a_file_that_does_not_fit_fails_the_job(org, lines, more, message):
    job, good, bad, _rest = ingest(org, "insert", lines, **more)
    assert job["state"] == "Failed"
    assert job["errorMessage"].startswith(message)
    assert (good, bad) == ([], [])


def test_a_job_that_stops_leaves_rows_unprocessed(salesforce, org):
    salesforce.bulk.stop_after = 2
    job, good, _bad, rest = ingest(org, "insert", "Name\nA\nB\nC\nD\n")
    assert (job["state"], len(good)) == ("Failed", 2)
    assert {row["Name"] for row in rest} == {"C", "D"}


def test_results_are_in_an_order_of_their_own(start_org, org_client_of):
    names = [f"N{number}" for number in range(50)]
    lines = "Name\n" + "\n".join(names)
    for shuffle in (True, False):
        org = org_client_of(start_org(bulk={"shuffle": shuffle}))
        _job, good, _bad, _rest = ingest(org, "insert", lines)
        found = [row["Name"] for row in good]
        assert sorted(found) == sorted(names)
        assert (found == names) is not shuffle


def test_data_is_uploaded_once(org, is_refused):
    job = {"operation": "insert", "object": "Account"}
    path = f"/jobs/ingest/{org.post('/jobs/ingest', job).json()['id']}"
    answer = org.patch(path, {"state": "UploadComplete"})
    is_refused(answer, 400, "INVALIDJOBSTATE")
    url = f"{path}/batches"
    assert org.request("PUT", url, data=b"x", headers=CSV).status_code == 201
    again = org.request("PUT", url, data=b"x", headers=CSV)
    is_refused(again, 400, "INVALIDJOBSTATE")
    assert org.request("PUT", url, json={}).status_code == 415
    assert org.patch(path, {"state": "Aborted"}).json()["state"] == "Aborted"


@pytest.mark.parametrize(
    ("job", "code"),
    [
        ({"operation": "insert", "object": "Nope"}, "INVALIDENTITY"),
        ({"operation": "explode", "object": "Account"}, "INVALIDJOB"),
        ({"operation": "upsert", "object": "Account"}, "INVALIDJOB"),
        (
            {"operation": "insert", "object": "Account", "columnDelimiter": "X"},
            "INVALIDJOB",
        ),
    ],
)
def test_a_job_that_is_wrong_is_refused(org, is_refused, job, code):
    is_refused(org.post("/jobs/ingest", job), 400, code)
