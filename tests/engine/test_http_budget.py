"""The client asks its budgets before each request."""

import datetime

import pytest

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.budget import Quota


class Waits:
    """Budgets that make the next requests wait so long; then they have enough."""

    def __init__(self, *seconds):
        self.seconds = list(seconds)
        self.asked = []
        self.quotas = []

    def take(self, method, path):
        self.asked.append((method, path))
        return self.seconds.pop(0) if self.seconds else 0.0

    def learn(self, quotas):
        self.quotas += quotas


def test_each_request_is_asked_for(vendor, client_of):
    budgets = Waits()
    client = client_of(vendor, budgets=budgets)
    client.get("thing")
    client.post("thing", {})
    assert budgets.asked == [("GET", "thing"), ("POST", "thing")]


def test_the_quick_tries_of_a_request_count_as_well(vendor, client_of, naps):
    budgets = Waits()
    vendor.faults.add("status", status=503)
    client_of(vendor, budgets=budgets).get("thing")
    assert len(budgets.asked) == 2 == vendor.requests.count()


def test_a_short_wait_is_waited_for(vendor, client_of, naps):
    client_of(vendor, budgets=Waits(0.2, 0.3)).get("thing")
    assert naps == [0.2, 0.3]
    assert vendor.requests.count() == 1


def test_waits_of_more_than_a_second_together_go_to_the_queue(vendor, client_of, naps):
    client = client_of(vendor, budgets=Waits(0.6, 0.6))
    with pytest.raises(errors.RateLimited) as caught:
        client.get("thing")
    assert naps == [0.6] and vendor.requests.count() == 0
    assert caught.value.code == errors.BUDGET_SPENT
    wait = caught.value.retry_at - datetime.datetime.now(datetime.UTC)
    assert 0.3 < wait.total_seconds() <= 0.6


def test_the_pause_for_the_vendor_and_for_the_budget_are_a_second_together(
    vendor, client_of, naps
):
    client = client_of(vendor, budgets=Waits(0.6))
    client.wait_until(client.clock() + datetime.timedelta(seconds=0.7))
    with pytest.raises(errors.RateLimited):
        client.get("thing")
    assert sum(naps) < 1


def test_what_the_vendor_counts_is_handed_to_the_budgets(vendor, client_of):
    budgets = Waits()
    quota = Quota("requests", 100, 99)
    client_of(vendor, budgets=budgets, quotas=lambda headers, now: [quota]).get("thing")
    assert budgets.quotas == [quota]
