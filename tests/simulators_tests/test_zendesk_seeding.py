"""A desk that has lived for a year: what is in it, and that a reader gets all of it."""

import time
import tracemalloc

import pytest
import requests
from simulators.zendesk import ZendeskSimulator
from simulators.zendesk.drip import Drip


@pytest.fixture
def lived(start_desk):
    return start_desk(40, seed=3)


@pytest.fixture
def reader(lived, desk_client_of):
    return desk_client_of(lived)


def by_cursor(desk, kind, **query):
    """All pages of an export by cursor."""
    query = {"start_time": 0, **query}
    while True:
        page = desk.get(f"/incremental/{kind}/cursor", **query).json()
        yield from page[kind]
        if page["end_of_stream"]:
            return
        query.pop("start_time", None)
        query["cursor"] = page["after_cursor"]


def test_everything_hard_is_in_it(lived):
    truth = lived.truth()
    assert truth["organizations"] == 40
    assert truth["users"] == 400 + truth["agents"]
    assert truth["tickets"] + truth["deleted"] == 1_000
    for name in (
        "merged",
        "suspended",
        "shared_mailboxes",
        "without_organization",
        "aliases",
        "deleted",
        "reopened",
        "rated",
        "breached",
    ):
        assert truth[name] > 0, name
    assert set(truth["by_status"]) >= {"closed", "open", "solved", "pending"}


def test_the_same_seed_makes_the_same_desk(start_desk, lived):
    other = start_desk(40, seed=3)
    assert other.truth() == lived.truth()
    assert other.truth() != start_desk(40, seed=4).truth()

    def tickets(zendesk):
        shown = [zendesk.shape("ticket", each) for each in zendesk.store.tickets.ids]
        return [{**each, "url": None} for each in shown]

    assert tickets(other) == tickets(lived)


def test_the_first_organizations_may_be_customers_that_others_have(start_desk):
    customers = [["Alder Labs 0", "alder-0.example"], ["Birch Works 1", "birch-1.test"]]
    desk = start_desk()
    desk.seed_records(3, customers=customers)
    found = [(each.name, each.domains[0]) for each in desk.store.organizations]
    assert found[:2] == [tuple(each) for each in customers]
    assert len(found) == 3


def test_an_export_gives_each_ticket_once_in_the_order_of_its_change(lived, reader):
    tickets = list(by_cursor(reader, "tickets", per_page=300))
    ids = [each["id"] for each in tickets]
    assert len(ids) == len(set(ids)) == 1_000
    stamps = [each["generated_timestamp"] for each in tickets]
    assert stamps == sorted(stamps)
    deleted = sum(each["status"] == "deleted" for each in tickets)
    assert deleted == lived.truth()["deleted"]


def test_an_export_gives_each_user_once(lived, reader):
    users = list(by_cursor(reader, "users", per_page=70))
    truth = lived.truth()
    assert len({each["id"] for each in users}) == len(users) == truth["users"]
    assert sum(not each["active"] for each in users) == truth["inactive"]


def test_pages_by_time_come_to_all_organizations(lived, reader):
    lived.exports.page = 7
    seen, start = set(), 0
    while True:
        page = reader.get("/incremental/organizations", start_time=start).json()
        seen |= {each["id"] for each in page["organizations"]}
        if page["end_of_stream"]:
            break
        start = page["end_time"]
    assert len(seen) == 40


def test_metric_events_tell_every_breach(lived, reader):
    seen, start = {}, 0
    while True:
        page = reader.get("/incremental/ticket_metric_events", start_time=start).json()
        seen.update({each["id"]: each for each in page["ticket_metric_events"]})
        if page["end_of_stream"]:
            break
        start = page["end_time"]
    breached = {e["ticket_id"] for e in seen.values() if e["type"] == "breach"}
    assert breached == lived.store.levels.breached


def test_many_are_made_in_seconds_and_bounded_memory(clock):
    tracemalloc.start()
    before = time.process_time()
    zendesk = ZendeskSimulator(200, clock=clock)
    seconds = time.process_time() - before
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    truth = zendesk.truth()
    assert truth["tickets"] + truth["deleted"] == 5_000
    assert seconds < 10
    assert peak < 40 * 1024 * 1024


def test_a_desk_at_work_changes_with_every_drop(lived):
    drip = Drip(lived, 60, seed=1)
    versions = []
    for _time in range(30):
        assert drip.drop()
        versions.append(lived.store.version)
    assert sorted(set(versions)) == versions


def test_an_empty_desk_gets_somebody_first(zendesk):
    drip = Drip(zendesk, 60, seed=1)
    for _time in range(20):
        drip.drop()
    assert zendesk.truth()["tickets"] > 0


# By hand


def test_the_control_endpoint_changes_and_tells(lived, reader):
    def control(name, **body):
        answer = requests.post(f"{lived.url}/_control/{name}", json=body, timeout=5)
        assert answer.status_code == 200, answer.text
        return answer.json()

    made = control("create", object="user", record={"name": "Ann"})
    other = control("create", object="user", record={"name": "Bob"})
    control("update", object="user", id=made["id"], record={"phone": "+49 30 1"})
    control("merge", id=made["id"], into=other["id"])
    assert reader.get(f"/users/{made['id']}").json()["user"]["active"] is False
    ticket = control(
        "create",
        object="ticket",
        record={"subject": "Help", "comment": {"body": "Hi"}},
    )
    control("rate", id=ticket["id"], score="bad", comment="Too slow")
    shown = reader.get(f"/tickets/{ticket['id']}").json()["ticket"]
    assert shown["satisfaction_rating"]["comment"] == "Too slow"
    for name in ("touch", "delete", "restore", "delete", "scrub"):
        control(name, object="ticket", id=ticket["id"])
    control("settings", lag=0, job_seconds=1, fail_jobs=0)
    assert lived.exports.lag == 0
    truth = requests.get(f"{lived.url}/_control/truth", timeout=5).json()
    assert truth["organizations"] == 40
    state = requests.get(f"{lived.url}/_control/state", timeout=5).json()
    assert state["vendor"] == "zendesk"
    bad = requests.post(
        f"{lived.url}/_control/create",
        json={"object": "user", "record": {}},
        timeout=5,
    )
    assert bad.status_code == 400
    code = control("authorize", redirect_uri="https://odoo.example/back")["code"]
    form = {"code": code, "redirect_uri": "https://odoo.example/back"}
    assert lived.oauth.consent.redeem(form) == "read write"
    control("revoke")
    assert reader.get("/users/me").status_code == 401
