"""Tries of one request, for blips that are over before anybody sees them."""

import pytest

from .vendor import Vendor, failure, wait_until

BLIPS = [
    {"kind": "status", "status": 502},
    {"kind": "status", "status": 503},
    {"kind": "status", "status": 504},
    {"kind": "drop"},
    {"kind": "drop_half"},
]
blips = pytest.mark.parametrize(
    "blip", BLIPS, ids=[str(each.get("status", each["kind"])) for each in BLIPS]
)


@blips
def test_a_blip_is_over_before_anybody_sees_it(vendor, client_of, naps, blip):
    vendor.faults.add(times=2, **blip)

    assert client_of(vendor).get("thing").data
    assert vendor.requests.count() == 3
    assert naps == sorted(naps) and len(naps) == 2


@blips
def test_a_blip_that_lasts_is_left_to_the_queue(vendor, client_of, naps, blip):
    vendor.faults.add(times=None, **blip)

    failure(client_of(vendor).get, "thing")

    assert vendor.requests.count() == 3 and len(naps) == 2


@blips
def test_a_safe_post_is_tried_again(vendor, client_of, blip):
    vendor.faults.add(times=1, **blip)

    assert client_of(vendor).post("thing", {"a": 1}, safe=True).data == {"a": 1}
    assert vendor.requests.count() == 2


@blips
@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT", "DELETE"])
def test_what_could_be_done_twice_is_sent_once(vendor, client_of, naps, blip, method):
    vendor.faults.add(times=None, **blip)

    failure(client_of(vendor).request, method, "thing", json={"a": 1})

    assert vendor.requests.count() == 1 and naps == []


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "status": 500},
        {"kind": "status", "status": 400},
        {"kind": "status", "status": 404},
        {"kind": "status", "status": 423},
        {"kind": "rate_limit"},
        {"kind": "rate_limit", "retry_after": 1},
        {"kind": "revoked"},
        {"kind": "missing_scope"},
        {"kind": "malformed"},
        {"kind": "html"},
    ],
    ids=str,
)
def test_what_is_no_blip_is_not_tried_again_at_once(vendor, client_of, naps, fault):
    vendor.faults.add(times=None, **fault)

    failure(client_of(vendor).get, "thing")

    assert vendor.requests.count() == 1 and naps == []


def test_who_looks_whether_a_vendor_is_up_asks_once(vendor, client_of, naps):
    vendor.faults.add("status", status=503)
    client = client_of(vendor)
    client.quick_tries = 1

    failure(client.get, "thing")

    assert vendor.requests.count() == 1 and naps == []


def test_a_timeout_is_not_waited_for_twice(vendor, client_of):
    vendor.faults.add("latency", times=None, ms=300)

    failure(client_of(vendor, timeout=0.1).get, "thing")

    assert wait_until(vendor.requests.count) == 1


def test_a_vendor_that_names_a_time_is_not_asked_before(hubspot, hubspot_client, naps):
    hubspot.faults.add("status", status=503, retry_after=30, times=None)

    error = failure(hubspot_client().get, "crm/v3/owners")

    assert hubspot.requests.count() == 1 and naps == []
    assert error.retry_at is not None


def test_a_connection_that_the_vendor_closed_meanwhile_is_opened_again(client_of):
    with Vendor() as first:
        port = first.port
        client = client_of(first)
        client.get("thing")
    with Vendor(port=port):
        assert client.get("thing").data


def test_a_worker_never_sleeps_longer_than_a_second(vendor, client_of, naps):
    vendor.faults.add("status", status=503, times=None)
    client = client_of(vendor)

    for _number in range(3):
        failure(client.get, "thing")

    assert len(naps) == 6 and max(naps) <= 1
