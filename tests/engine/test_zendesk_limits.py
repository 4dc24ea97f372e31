"""Zendesk's limits: which request counts where, and what its answers tell."""

import datetime

import pytest
from simulators.zendesk import ZendeskSimulator, facts

from odoo.addons.connector_support.providers.zendesk import limits
from odoo.addons.connector_support.providers.zendesk.endpoints import (
    LISTINGS,
    path,
)

from .zendesk_desk import SHOWN

NOW = datetime.datetime(2026, 11, 2, 9, tzinfo=datetime.UTC)


@pytest.mark.parametrize("stream", LISTINGS)
def test_exports_have_a_budget_of_their_own(stream):
    names = limits.budget_names("GET", path(*LISTINGS[stream].export))
    assert names == (limits.EXPORTS, limits.REQUESTS)


@pytest.mark.parametrize(
    ("method", "where", "own"),
    [
        ("PUT", path("tickets", 7), (limits.TICKET_UPDATES,)),
        ("GET", path("tickets", 7), ()),
        ("PUT", path("organizations", 7), (limits.ORGANIZATION_UPDATES,)),
        ("PUT", path("organizations", "update_many"), ()),
        ("GET", path("organizations", "show_many"), ()),
        ("PUT", path("users", 7), ()),
    ],
)
def test_single_updates_have_one_and_bulk_requests_none(method, where, own):
    assert limits.budget_names(method, where) == (*own, limits.REQUESTS)


def test_no_budget_is_more_than_every_account_has():
    budgets = {each.name: each for each in limits.BUDGETS}
    assert all(each.seconds == 60 for each in limits.BUDGETS)
    assert budgets[limits.REQUESTS].requests == min(facts.PLANS.values())
    assert budgets[limits.EXPORTS].requests == facts.EXPORTS_A_MINUTE
    most = facts.ORGANIZATION_UPDATES_A_MINUTE
    assert budgets[limits.ORGANIZATION_UPDATES].requests == most
    assert budgets[limits.TICKET_UPDATES].requests == facts.TICKET_UPDATES_A_MINUTE
    assert [each.name for each in limits.BUDGETS if each.told] == [limits.REQUESTS]


def test_what_the_account_tells_of_its_plan_is_read(clock, zendesk_client):
    told = []
    with ZendeskSimulator(clock=clock, plan="enterprise") as zendesk:
        clock.advance(SHOWN)
        client = zendesk_client(zendesk.token)
        client.base_url = zendesk.url
        headers = client.get(path("users", "me")).headers
        told = limits.quotas(headers, NOW)
    [quota] = told
    assert (quota.name, quota.limit) == (limits.REQUESTS, facts.PLANS["enterprise"])
    assert quota.remaining == quota.limit - 1
    assert (quota.resets_at - NOW).total_seconds() == 60


@pytest.mark.parametrize("headers", [{}, {"X-Rate-Limit": "many"}])
def test_an_answer_that_tells_nothing_changes_nothing(headers):
    assert limits.quotas(headers, NOW) == []
