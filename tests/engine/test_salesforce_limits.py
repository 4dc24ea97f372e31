"""Salesforce's own count of requests drives the budget."""

import datetime

import pytest

from odoo.addons.connector_base.engine.budget import Allowance, Budgets, Grant
from odoo.addons.connector_salesforce.salesforce import limits

from .vendor import failure

NOW = datetime.datetime(2026, 11, 2, tzinfo=datetime.UTC)


def told(text):
    return [
        (quota.name, quota.limit, quota.remaining)
        for quota in limits.quotas({limits.HEADER: text} if text else {}, NOW)
    ]


@pytest.mark.parametrize(
    "text, expected",
    [
        ("api-usage=18/5000", [("requests", 5000, 4982)]),
        ("api-usage=6000/5000", [("requests", 5000, 0)]),
        (
            "api-usage=18/5000; per-app-api-usage=240/250(appName=Odoo)",
            [("requests", 250, 10)],
        ),
        ("api-bursts=1/2, api-usage=1/10", [("requests", 10, 9)]),
        ("none of it", []),
        (None, []),
    ],
)
def test_the_header_tells_what_is_left(text, expected):
    assert told(text) == expected


def test_every_request_counts_in_a_budget_that_is_told():
    assert limits.budget_names("GET", "query") == (limits.REQUESTS,)
    assert [(spec.name, spec.told) for spec in limits.BUDGETS] == [("requests", True)]


def test_what_an_answer_says_is_learnt(salesforce, salesforce_client):
    learnt = []

    def draw(quota):
        learnt.append(quota)
        return Grant(1, 0.0)

    allowance = Allowance(draw)
    budgets = Budgets({"requests": allowance}, limits.budget_names)
    client = salesforce_client(budgets=budgets)
    salesforce.limits.spend(99)
    for _each in range(2):
        client.get("services/data/v67.0/limits")
    assert learnt[0] is None
    assert (learnt[1].limit, learnt[1].remaining) == (100_000, 99_900)


def test_a_limit_that_is_reached_is_a_wait_and_no_failed_try(
    salesforce, salesforce_client
):
    salesforce.limits.daily = 1
    client = salesforce_client()
    client.get("services/data/v67.0/limits")
    error = failure(client.get, "services/data/v67.0/limits")
    assert error.error_class == "rate_limited"
    assert error.retry_at is not None
