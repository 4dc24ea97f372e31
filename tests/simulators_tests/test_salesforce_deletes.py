"""Salesforce: Recycle Bin, merges, what was deleted and changed in a span."""

import pytest

START, END = "2026-11-02T08:00:00Z", "2026-11-02T12:00:00Z"


@pytest.fixture
def store(salesforce):
    return salesforce.store


def deleted(org, object_name="Account", start=START, end=END):
    return org.get(f"/sobjects/{object_name}/deleted/", start=start, end=end)


def ids_of(answer):
    assert answer.status_code == 200, answer.text
    return [each["id"] for each in answer.json()["deletedRecords"]]


def test_deleted_records_are_told_with_their_moment(store, org, clock):
    first, second = (store.create("Account", {"Name": name}) for name in "AB")
    clock.advance(60)
    store.delete("Account", second)
    clock.advance(60)
    store.delete("Account", first)
    clock.advance(60)
    body = deleted(org).json()
    assert body == {
        "deletedRecords": [
            {"id": second, "deletedDate": "2026-11-02T09:01:00.000+0000"},
            {"id": first, "deletedDate": "2026-11-02T09:02:00.000+0000"},
        ],
        "earliestDateAvailable": "2026-10-18T09:03:00.000+0000",
        "latestDateCovered": "2026-11-02T09:03:00.000+0000",
    }


def test_the_details_go_with_their_record_and_come_back(store, org):
    acme = store.create("Account", {"Name": "Acme"})
    ada = store.create("Contact", {"LastName": "Ada", "AccountId": acme})
    store.delete("Account", acme)
    assert ids_of(deleted(org, "Contact")) == [ada]
    store.undelete("Account", acme)
    assert ids_of(deleted(org, "Contact")) == []
    assert org.names("SELECT Name FROM Contact") == ["Ada"]


def test_a_merge_leaves_the_loser_with_its_master(store, org):
    master, loser = (store.create("Account", {"Name": name}) for name in "AB")
    ada = store.create("Contact", {"LastName": "Ada", "AccountId": loser})
    child = store.create("Account", {"Name": "C", "ParentId": loser})
    store.merge("Account", master, loser, {"Phone": "1"})
    [gone] = org.rows(
        "SELECT Id, MasterRecordId FROM Account WHERE IsDeleted = true", "/queryAll"
    )
    assert gone == {"Id": loser, "MasterRecordId": master}
    assert store.get("Contact", ada)["AccountId"] == master
    assert store.get("Account", child)["ParentId"] == master
    assert store.get("Account", master)["Phone"] == "1"
    assert ids_of(deleted(org)) == [loser]
    assert org.get(f"/sobjects/Account/{loser}").status_code == 404


def test_what_is_purged_is_told_no_more(store, org, clock):
    ids = [store.create("Account", {"Name": name}) for name in "AB"]
    store.delete("Account", ids[0])
    clock.advance(600)
    store.delete("Account", ids[1])
    store.purge(before="2026-11-02T09:05:00Z")
    body = deleted(org).json()
    assert [each["id"] for each in body["deletedRecords"]] == ids[1:]
    assert body["earliestDateAvailable"] == "2026-11-02T09:00:00.000+0000"
    soql = "SELECT Name FROM Account WHERE IsDeleted = true"
    assert org.names(soql, "/queryAll") == ["B"]


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-10-17T00:00:00Z", END),
        (END, START),
        (START, START),
        ("nonsense", END),
        ("", END),
    ],
)
def test_wrong_spans_are_refused(org, is_refused, start, end):
    is_refused(deleted(org, start=start, end=end), 400, "INVALID_REPLICATION_DATE")


def test_changed_records_are_told_by_their_stamp(store, org, clock, is_refused):
    ids = [store.create("Account", {"Name": name}) for name in "ABC"]
    clock.advance(3600)
    store.update("Account", ids[0], {"Phone": "1"})
    store.touch("Account", ids[1], "2026-11-02T10:30:00Z")
    store.delete("Account", ids[2])
    clock.advance(7200)
    path = "/sobjects/Account/updated/"
    body = org.get(path, start="2026-11-02T09:30:00Z", end=END).json()
    assert body == {"ids": ids[:2], "latestDateCovered": "2026-11-02T12:00:00.000+0000"}
    assert store.get("Account", ids[1])["LastModifiedDate"].startswith("2026-11-02T09")
    answer = org.get(path, start="2026-09-30T00:00:00Z", end=END)
    is_refused(answer, 400, "INVALID_REPLICATION_DATE")


def test_some_objects_cannot_be_deleted(store, org, is_refused):
    answer = org.delete(f"/sobjects/User/{store.user_id}")
    is_refused(answer, 400, "CANNOT_DELETE_OR_DEACTIVATE_ENTITY")
    is_refused(deleted(org, "User"), 400, "INVALID_TYPE")
