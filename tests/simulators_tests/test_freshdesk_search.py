"""Searches of a Freshdesk account, what is generated for it, and what drips."""

import pytest
from simulators.freshdesk.desk import make_desk
from simulators.freshdesk.drip import Drip


@pytest.fixture
def cases(freshdesk, fresh, clock):
    """Three tickets: urgent and open, low and closed, low and open with a field."""
    freshdesk.fields.define("ticket", "Order")
    ann = fresh.made("/contacts", name="Ann", email="ann@x.example", tags=["vip"])
    for values in (
        {"priority": 4, "tags": ["login"]},
        {"priority": 1, "status": 5, "type": "Question"},
        {"priority": 1, "custom_fields": {"cf_order": "S00012"}},
    ):
        freshdesk.cases.ticket({"requester_id": ann["id"], **values})
        clock.advance(86_400)
    return ann


def found(fresh, query, path="/search/tickets"):
    answer = fresh.get(path, query=f'"{query}"')
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["total"] == len(body["results"])
    return [each["id"] for each in body["results"]]


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("priority:4", [1]),
        ("priority:4 OR status:5", [1, 2]),
        ("priority:1 AND status:2", [3]),
        ("priority:1 AND (status:2 OR status:5)", [2, 3]),
        ("priority:>2", [1]),
        ("tag:'login'", [1]),
        ("type:null", [1, 3]),
        ("type:'question'", [2]),
        ("cf_order:'S00012'", [3]),
        ("created_at:>'2026-11-03'", [2, 3]),
        ("created_at:<'2026-11-02'", [1]),
        ("created_at:'2026-11-04'", [3]),
    ],
)
def test_tickets_are_found(fresh, cases, query, ids):
    assert found(fresh, query) == ids


def test_contacts_and_companies_are_found(fresh, cases):
    acme = fresh.made("/companies", name="Acme", domains=["acme.example"])
    fresh.made("/company_fields", label="Odoo ref", type="custom_text")
    fresh.put(f"/companies/{acme['id']}", {"custom_fields": {"odoo_ref": "7"}})
    assert found(fresh, "tag:'vip'", "/search/contacts") == [cases["id"]]
    assert found(fresh, "email:'ann@x.example'", "/search/contacts") == [cases["id"]]
    assert found(fresh, "domain:'acme.example'", "/search/companies") == [acme["id"]]
    assert found(fresh, "cf_odoo_ref:'7'", "/search/companies") == [acme["id"]]


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("priority:4", "query", "invalid_value"),
        ('"priority:"', "query", "invalid_value"),
        ('"(priority:4"', "query", "invalid_value"),
        ('"priority:4 status:2"', "query", "invalid_value"),
        ('"company_id:4"', "company_id", "invalid_field"),
        ('"cf_nothing:4"', "cf_nothing", "invalid_field"),
        ("\"priority:'4'\"", "priority", "datatype_mismatch"),
        ('"tag:login"', "tag", "datatype_mismatch"),
        ("\"created_at:>'today'\"", "created_at", "invalid_date"),
        (f'"{"x" * 600}:1"', "query", "invalid_value"),
    ],
)
def test_a_query_is_checked(fresh, query, field, code, problems_of):
    answer = fresh.get("/search/tickets", query=query)
    assert problems_of(answer) == {field: code}


def test_a_search_gives_three_hundred_at_most(freshdesk, fresh, cases, problems_of):
    for _number in range(40):
        freshdesk.cases.ticket({"requester_id": cases["id"], "priority": 3})
    first = fresh.get("/search/tickets", query='"priority:3"').json()
    assert (first["total"], len(first["results"])) == (40, 30)
    second = fresh.get("/search/tickets", query='"priority:3"', page=2).json()
    assert len(second["results"]) == 10
    answer = fresh.get("/search/tickets", query='"priority:3"', page=11)
    assert problems_of(answer) == {"page": "datatype_mismatch"}


def test_search_sees_a_new_record_later(start_freshdesk, fresh_client_of, clock):
    client = fresh_client_of(start_freshdesk(search_lag=120))
    client.made("/tickets", email="a@x.example", subject="S", description="D")
    assert found(client, "status:2") == []
    clock.advance(120)
    assert found(client, "status:2") == [1]


def test_what_is_generated_is_what_is_listed(start_freshdesk, fresh_client_of, clock):
    simulator = start_freshdesk(12, seed=5, dirt=0.5)
    client, truth = fresh_client_of(simulator), simulator.truth
    since = {"updated_since": "2000-01-01T00:00:00Z"}
    assert len(client.listed("/companies")) == truth["companies"] == 12
    live = client.listed("/contacts")
    blocked = client.listed("/contacts", state="blocked")
    assert len(live) + len(blocked) == truth["contacts"]
    assert len(blocked) == truth["blocked"] > 0
    gone = client.listed("/contacts", state="deleted")
    assert len(gone) == truth["deleted_contacts"] + truth["merged_contacts"]
    assert truth["merged_contacts"] and truth["mailboxes"] and truth["aliases"]
    tickets = client.listed("/tickets", include="stats", **since)
    assert len(tickets) == truth["tickets"]
    deleted = client.listed("/tickets", filter="deleted", **since)
    assert len(deleted) == truth["deleted_tickets"] > 0
    reopened = [each for each in tickets if each["stats"]["reopened_at"]]
    assert len(reopened) == truth["reopened"] > 0
    now = clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    assert all(each["updated_at"] <= now for each in (*tickets, *live))


def test_the_same_seed_gives_the_same_desk():
    assert make_desk(3, seed=4) == make_desk(3, seed=4)
    assert make_desk(3, seed=4) != make_desk(3, seed=5)
    assert len(make_desk(3, seed=4).people) == 30
    assert len(make_desk(3, seed=4).tickets) == 75


def test_no_address_is_of_two_people():
    people = make_desk(20, seed=2, dirt=0.5).people
    found = [
        address.lower()
        for each in people
        if each.state != "merged"
        for address in ([each.email] if each.email else []) + each.aliases
    ]
    assert len(found) == len(set(found))


def test_a_drip_changes_something_each_time(start_freshdesk, clock):
    simulator = start_freshdesk(3, seed=1)
    drip = Drip(simulator, 1, seed=2)
    lines = []
    for _number in range(60):
        version = simulator.store.version
        clock.advance(60)
        lines.append(drip.drop())
        assert simulator.store.version >= version
    assert {each.split(":")[0].split()[0] for each in lines} == {
        "ticket",
        "contact",
        "company",
    }


def test_the_first_companies_may_be_customers_that_others_have():
    customers = [["Alder Labs 0", "alder-0.example"], ["Birch Works 1", "birch-1.test"]]
    desk = make_desk(3, seed=1, customers=customers)
    assert [[each.name, each.domains[0]] for each in desk.companies[:2]] == customers
    assert len(desk.companies) == 3
