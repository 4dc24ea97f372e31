"""Salesforce: composite graphs, each carried out as a whole or not at all."""

import pytest


def node(name, path, body, method="POST"):
    url = f"/services/data/v66.0/sobjects/{path}"
    return {"referenceId": name, "method": method, "url": url, "body": body}


def family(number, last_name="Ada"):
    """An account with a contact."""
    contact = {"AccountId": "@{a.id}", **({"LastName": last_name} if last_name else {})}
    return {
        "graphId": str(number),
        "compositeRequest": [
            node("a", "Account", {"Name": f"Company {number}"}),
            node("c", "Contact", contact),
        ],
    }


def test_each_graph_is_a_whole_of_its_own(salesforce, org):
    answer = org.post("/composite/graph", {"graphs": [family(1), family(2, None)]})
    good, bad = answer.json()["graphs"]
    assert (good["graphId"], good["isSuccessful"]) == ("1", True)
    account, contact = good["graphResponse"]["compositeResponse"]
    kept = salesforce.store.get("Contact", contact["body"]["id"])
    assert kept["AccountId"] == account["body"]["id"]
    assert bad["isSuccessful"] is False
    halted, refused = bad["graphResponse"]["compositeResponse"]
    assert halted["body"][0]["errorCode"] == "PROCESSING_HALTED"
    assert refused["body"][0]["errorCode"] == "REQUIRED_FIELD_MISSING"
    assert salesforce.store.count("Account") == 1


def test_after_fourteen_failures_the_rest_is_halted(salesforce, org):
    graphs = [family(number, None) for number in range(16)] + [family(99)]
    answer = org.post("/composite/graph", {"graphs": graphs}).json()["graphs"]
    codes = [
        {
            each["body"][0]["errorCode"]
            for each in graph["graphResponse"]["compositeResponse"]
        }
        for graph in answer
    ]
    assert [len(each) for each in codes] == [2] * 15 + [1] * 2
    assert salesforce.store.count("Account") == 0


def test_a_graph_is_one_request_and_has_limits(salesforce, org, is_refused):
    many = [family(number) for number in range(76)]
    is_refused(org.post("/composite/graph", {"graphs": many}), 400, "LIMIT_EXCEEDED")
    large = family(1)
    large["compositeRequest"] *= 251
    for place, each in enumerate(large["compositeRequest"]):
        large["compositeRequest"][place] = {**each, "referenceId": f"r{place}"}
    answer = org.post("/composite/graph", {"graphs": [large]})
    is_refused(answer, 400, "LIMIT_EXCEEDED")


@pytest.mark.parametrize(
    "broken",
    [
        {"url": "/services/data/v66.0/query?q=x", "method": "GET"},
        {"referenceId": "sale.order-1"},
    ],
)
def test_what_no_node_may_be_is_refused(org, is_refused, broken):
    graph = family(1)
    graph["compositeRequest"][0] |= broken
    answer = org.post("/composite/graph", {"graphs": [graph]})
    is_refused(answer, 400, "INVALID_REQUEST")


def test_two_graphs_of_one_name_are_refused(org, is_refused):
    answer = org.post("/composite/graph", {"graphs": [family(1), family(1)]})
    is_refused(answer, 400, "INVALID_REQUEST")
