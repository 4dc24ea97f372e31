"""HubSpot's limits are kept before they are hit."""

import datetime

import pytest
from simulators import HubSpotSimulator
from simulators.hubspot import RateLimit

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.budget import Quota
from odoo.addons.connector_base.providers.http_client import HttpClient
from odoo.addons.connector_hubspot.hubspot import limits
from odoo.addons.connector_hubspot.hubspot.errors import classify
from odoo.addons.connector_hubspot.hubspot.reader import HubSpotReader

NOW = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC)
SECOND = datetime.timedelta(seconds=1)


def headers(**values):
    return {limits.PREFIX + name.replace("_", "-"): v for name, v in values.items()}


@pytest.mark.parametrize(
    ("sent", "seconds"),
    [
        (headers(), None),
        (headers(Remaining="5", Daily_Remaining="100"), None),
        (headers(Remaining="0", Interval_Milliseconds="10000"), 10),
        (headers(Remaining="0"), 10),
        (headers(Secondly_Remaining="0"), 1),
        (headers(Remaining="0", Daily_Remaining="0"), 900),
        (headers(Remaining="soon"), None),
    ],
)
def test_what_is_used_up_says_when_to_go_on(sent, seconds):
    expected = None if seconds is None else NOW + seconds * SECOND
    assert limits.not_before(sent, NOW) == expected


def client_of(hubspot, slept):
    return HttpClient(
        hubspot.url,
        headers={"Authorization": f"Bearer {hubspot.token}"},
        vendor="HubSpot",
        classify=classify,
        not_before=limits.not_before,
        api_version="2026-09",
        sleep=slept.append,
    )


def test_the_last_request_of_the_interval_is_followed_by_none():
    with HubSpotSimulator(rate_limit=RateLimit(4)) as hubspot:
        for number in range(600):
            hubspot.store.create("companies", {"name": f"Company {number}"})
        reader = HubSpotReader(client_of(hubspot, []), "companies", ["properties.name"])
        cursor = None
        with pytest.raises(errors.RateLimited) as raised:
            for _page in range(6):
                cursor = reader.fetch_page(cursor).next_cursor
        assert hubspot.requests.count(status=429) == 0
        assert hubspot.requests.count(status=200) == 4
        assert raised.value.retry_at > datetime.datetime.now(datetime.UTC)


def test_searches_are_spread_and_no_pause_is_longer_than_a_second():
    slept = []
    with HubSpotSimulator() as hubspot:
        reader = HubSpotReader(
            client_of(hubspot, slept), "companies", ["properties.name"]
        )
        cursor = reader.fetch_page(None).next_cursor
        for _search in range(3):
            cursor = {**reader.fetch_page(cursor).next_cursor, "phase": "search"}
            cursor.setdefault("last_id", "0")
    assert len(slept) == 2
    assert all(0 < seconds <= limits.SEARCH_INTERVAL for seconds in slept)


@pytest.mark.parametrize(
    ("method", "path", "names"),
    [
        ("GET", "crm/objects/2026-09/companies", ("requests",)),
        ("POST", "crm/objects/2026-09/companies/search", ("searches", "requests")),
        ("POST", "crm/v3/objects/deals/search", ("searches", "requests")),
        ("POST", "crm/objects/2026-09/companies/batch/read", ("requests",)),
        ("GET", "crm/objects/2026-09/search", ("requests",)),
    ],
)
def test_a_search_counts_twice(method, path, names):
    assert limits.budget_names(method, path) == names
    assert set(names) <= {spec.name for spec in limits.BUDGETS}


@pytest.mark.parametrize(
    ("sent", "quota"),
    [
        (headers(), []),
        (
            headers(Daily="250000", Daily_Remaining="249000", Max="100"),
            [Quota("requests", 250000, 249000)],
        ),
        (
            headers(Max="100", Remaining="60", Interval_Milliseconds="10000"),
            [Quota("requests", 100, 60, NOW + 10 * SECOND)],
        ),
        (headers(Daily="many"), [Quota("requests", None, None)]),
    ],
)
def test_what_hubspot_counts_is_read_from_its_headers(sent, quota):
    assert limits.quotas(sent, NOW) == quota


def test_what_the_simulator_counts_is_learnt():
    learnt = []

    class Learning:
        def take(self, method, path):
            return 0.0

        def learn(self, quotas):
            learnt.extend(quotas)

    with HubSpotSimulator(rate_limit=RateLimit(daily=1000)) as hubspot:
        client = HttpClient(
            hubspot.url,
            headers={"Authorization": f"Bearer {hubspot.token}"},
            budgets=Learning(),
            quotas=limits.quotas,
        )
        client.get("crm/objects/2026-09/companies")
        client.get("crm/objects/2026-09/companies")
    assert [(quota.limit, quota.remaining) for quota in learnt] == [
        (1000, 999),
        (1000, 998),
    ]
