"""HubSpot: the search endpoint, its limits and its lagging index."""

import random

import pytest
from simulators import Clock, HubSpotSimulator

MINUTE = 60_000


@pytest.fixture
def deals(hubspot, clock):
    """Three deals, a minute apart, with different amounts."""
    ids = []
    for amount in ("1200.50", "300", None):
        values = {"dealname": f"Deal {amount}", "amount": amount, "pipeline": "default"}
        ids.append(hubspot.store.create("deals", values))
        clock.advance(60)
    return ids


def test_an_empty_search_gives_everything_in_order_of_ids(client, deals):
    answer = client.search("deals").json()
    assert answer["total"] == 3
    assert [each["id"] for each in answer["results"]] == deals


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ([("amount", "EQ", "1200.5")], [0]),
        ([("amount", "NEQ", "300")], [0, 2]),
        ([("amount", "GT", "300")], [0]),
        ([("amount", "GTE", "300")], [0, 1]),
        ([("amount", "LT", "1200.50")], [1]),
        ([("amount", "LTE", "1200.50")], [0, 1]),
        ([("amount", "BETWEEN", "100", "400")], [1]),
        ([("amount", "HAS_PROPERTY")], [0, 1]),
        ([("amount", "NOT_HAS_PROPERTY")], [2]),
        ([("dealname", "CONTAINS_TOKEN", "300")], [1]),
        ([("dealname", "NOT_CONTAINS_TOKEN", "none")], [0, 1]),
        ([("dealname", "EQ", "DEAL 300")], [1]),
        ([("amount", "GT", "1"), ("dealname", "CONTAINS_TOKEN", "12*")], [0]),
    ],
)
def test_operators(client, deals, filters, expected):
    assert client.found("deals", *filters) == [deals[n] for n in expected]


def test_a_list_of_texts_must_be_given_in_lower_case(client, deals):
    assert client.found("deals", ("dealname", "IN", ["deal 300"])) == [deals[1]]
    assert client.found("deals", ("dealname", "IN", ["Deal 300"])) == []
    assert client.found("deals", ("dealname", "NOT_IN", ["deal 300"])) == [
        deals[0],
        deals[2],
    ]


def test_groups_are_alternatives(client, deals):
    groups = [
        {"filters": [{"propertyName": "amount", "operator": operator, **value}]}
        for operator, value in (("EQ", {"value": "300"}), ("NOT_HAS_PROPERTY", {}))
    ]
    assert client.found("deals", filterGroups=groups) == deals[1:]


def test_moments_are_given_as_milliseconds_or_iso_text(client, deals):
    for value in ("2026-11-02T09:01:00Z", "1793610060000"):
        found = client.found("deals", ("hs_lastmodifieddate", "GTE", value))
        assert found == deals[1:]


def test_sorting_by_modification_both_ways(hubspot, client, deals):
    hubspot.store.update("deals", deals[0], {"amount": "7"})
    sort = {"propertyName": "hs_lastmodifieddate", "direction": "ASCENDING"}
    assert client.found("deals", sorts=[sort]) == [deals[1], deals[2], deals[0]]
    sort["direction"] = "DESCENDING"
    assert client.found("deals", sorts=[sort]) == [deals[0], deals[2], deals[1]]


def test_sorting_by_any_property_puts_numbers_in_their_order(client, deals):
    sort = [{"propertyName": "amount", "direction": "ASCENDING"}]
    assert client.found("deals", sorts=sort) == [deals[2], deals[1], deals[0]]


def test_free_text_looks_into_the_main_properties(hubspot, client):
    aurora = hubspot.store.create("companies", {"name": "Aurora Optik AG"})
    hubspot.store.create("companies", {"name": "Borealis"})
    assert client.found("companies", query="optik aurora") == [aurora]


def test_archived_records_are_not_found(hubspot, client, deals):
    hubspot.store.archive("deals", deals[1])
    assert client.found("deals") == [deals[0], deals[2]]


def test_paging_in_a_search_counts_records(client, deals):
    first = client.search("deals", limit=2).json()
    assert first["paging"] == {"next": {"after": "2"}}
    second = client.search("deals", limit=2, after="2").json()
    assert "paging" not in second
    assert [each["id"] for each in second["results"]] == deals[2:]


@pytest.mark.parametrize(
    "body",
    [
        {"limit": 201},
        {"limit": 200, "after": "9801"},
        {"after": "x"},
        {"sorts": [{"propertyName": "amount"}, {"propertyName": "dealname"}]},
        {"sorts": [{"propertyName": "nothing"}]},
        {"filterGroups": [{"filters": []}] * 6},
        {"filterGroups": [{"filters": [{"propertyName": "amount"}]}]},
        {"query": "x" * 3001},
    ],
)
def test_a_search_beyond_a_limit_is_a_400(client, body):
    answer = client.search("deals", **body)
    assert answer.status_code == 400
    assert answer.json()["category"] == "VALIDATION_ERROR"
    assert answer.json()["errors"][0]["message"]


def test_the_last_page_of_ten_thousand_is_still_given(client):
    assert client.search("deals", limit=200, after="9800").status_code == 200


def test_more_than_six_filters_a_group_or_eighteen_in_all_are_refused(client):
    one = {"propertyName": "amount", "operator": "GT", "value": "1"}
    assert client.search(
        "deals", filterGroups=[{"filters": [one] * 7}]
    ).status_code == (400)
    four = [{"filters": [one] * 5}] * 4
    assert client.search("deals", filterGroups=four).status_code == 400
    three = [{"filters": [one] * 6}] * 3
    assert client.search("deals", filterGroups=three).status_code == 200


@pytest.mark.parametrize(
    ("object_type", "right", "wrong"),
    [
        ("contacts", "lastmodifieddate", "hs_lastmodifieddate"),
        ("companies", "hs_lastmodifieddate", "lastmodifieddate"),
        ("deals", "hs_lastmodifieddate", "lastmodifieddate"),
    ],
)
def test_the_wrong_last_modified_name_is_refused(client, object_type, right, wrong):
    assert client.search(object_type, (right, "GT", "0")).status_code == 200
    answer = client.search(object_type, (wrong, "GT", "0"))
    assert answer.status_code == 400
    assert wrong in answer.json()["errors"][0]["message"]


def test_an_unknown_property_is_ignored_in_the_properties_but_not_in_a_filter(
    client, deals
):
    assert client.search("deals", properties=["nothing"]).status_code == 200
    assert client.search("deals", ("nothing", "EQ", "1")).status_code == 400
    assert client.search("deals", ("amount", "LIKE", "1")).status_code == 400
    assert client.search("deals", ("amount", "GT", "much")).status_code == 400


def test_many_records_can_share_one_moment(hubspot, client):
    """Paging by a moment alone loses records: the trap must be there."""
    ids = [hubspot.store.create("contacts", {"firstname": str(n)}) for n in range(5)]
    stamps = {hubspot.store.get("contacts", each)["lastmodifieddate"] for each in ids}
    assert len(stamps) == 1
    stamp = stamps.pop()
    assert client.found("contacts", ("lastmodifieddate", "GT", stamp)) == []
    assert (
        client.found(
            "contacts",
            ("lastmodifieddate", "GTE", stamp),
            ("hs_object_id", "GT", ids[2]),
        )
        == ids[3:]
    )


def test_a_lagging_index_does_not_know_new_records_yet(start, client_of, clock):
    hubspot = start(index_lag=10)
    client = client_of(hubspot)
    company = hubspot.store.create("companies", {"name": "Aurora"})
    assert client.found("companies") == []
    assert client.get(f"/crm/v3/objects/companies/{company}").status_code == 200
    clock.advance(10)
    assert client.found("companies") == [company]


def test_a_lagging_index_shows_old_values_and_old_dates(start, client_of, clock):
    hubspot = start(index_lag=10)
    client = client_of(hubspot)
    company = hubspot.store.create("companies", {"name": "Aurora"})
    clock.advance(60)
    hubspot.store.update("companies", company, {"name": "Borealis"})
    old = client.search("companies", ("name", "EQ", "aurora"), properties=["name"])
    assert old.json()["results"][0]["properties"]["name"] == "Aurora"
    assert old.json()["results"][0]["updatedAt"] == "2026-11-02T09:00:00.000Z"
    assert client.found("companies", ("name", "EQ", "borealis")) == []
    moved = ("hs_lastmodifieddate", "GTE", "2026-11-02T09:01:00Z")
    assert client.found("companies", moved) == []
    clock.advance(10)
    assert client.found("companies", moved) == [company]


@pytest.mark.parametrize("by_modified", [True, False])
@pytest.mark.parametrize("downward", [True, False])
@pytest.mark.parametrize("turn", range(10))
def test_the_ready_orders_give_what_comparing_each_record_gives(
    ordered, by_modified, downward, turn
):
    luck = random.Random(turn)
    low, high, beyond = luck.randint(0, 6), luck.randint(4, 12), luck.randint(-1, 8)
    hubspot, client, rows = ordered
    modified = "hs_lastmodifieddate"
    filters = [
        (modified, "GTE", str(rows[0][0] + low * MINUTE)),
        (modified, "LT", str(rows[0][0] + high * MINUTE)),
        ("hs_object_id", "GT", str(rows[0][1] + beyond)),
    ]
    sort = modified if by_modified else "hs_object_id"
    direction = "DESCENDING" if downward else "ASCENDING"
    found = client.found(
        "companies",
        *filters,
        sorts=[{"propertyName": sort, "direction": direction}],
        limit=200,
    )
    first, first_id = rows[0]
    expected = [
        (stamp, number)
        for stamp, number in rows
        if first + low * MINUTE <= stamp < first + high * MINUTE
        and number > first_id + beyond
    ]
    key = (lambda row: row) if by_modified else (lambda row: row[1])
    expected.sort(key=key, reverse=downward)
    assert found == [str(number) for _stamp, number in expected]


@pytest.fixture(scope="module")
def ordered(client_of):
    """Twelve companies with moments and ids in different orders."""
    hubspot = HubSpotSimulator(clock=Clock("2026-11-02T09:00:00Z"))
    first = hubspot.clock.now_ms()
    rows = []
    for number in range(12):
        moment = first + (number * 5 % 12) * MINUTE
        made = hubspot.store.create(
            "companies", {"name": str(number)}, created=first, modified=moment
        )
        rows.append((moment, int(made)))
    with hubspot:
        yield hubspot, client_of(hubspot), rows
