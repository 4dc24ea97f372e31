"""In a dry run clients only read, and say what they would have sent."""

import pytest

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.dry_run import count_records, dry_run


def test_a_dry_run_sends_nothing_that_may_change_something(vendor, client_of):
    with dry_run() as would_send:
        client = client_of(vendor)
        with pytest.raises(errors.NotSent):
            client.post("/batch/upsert", {"inputs": [{}, {}, {}]}, safe=True)

    assert client.request_count == 0
    assert would_send == [{"method": "POST", "path": "/batch/upsert", "records": 3}]


def test_a_dry_run_reads(vendor, client_of):
    with dry_run() as would_send:
        client = client_of(vendor)
        assert client.get("/thing").status == 200
        with pytest.raises(errors.ConnectorError) as caught:
            client.post("/no/such/search", {}, reads=True)

    assert not isinstance(caught.value, errors.NotSent), "the search was not sent"
    assert would_send == []


def test_a_client_of_a_dry_run_never_writes_later_either(vendor, client_of):
    with dry_run():
        client = client_of(vendor)

    with pytest.raises(errors.NotSent):
        client.post("/thing", {})


def test_a_client_of_no_dry_run_writes(vendor, client_of):
    client = client_of(vendor)
    with dry_run(), pytest.raises(errors.ConnectorError) as caught:
        client.post("/no/such/thing", {})

    assert not isinstance(caught.value, errors.NotSent)
    assert client.request_count == 1


@pytest.mark.parametrize(
    ("body", "count"),
    [(None, 1), ({}, 1), ({"name": "x"}, 1), ({"inputs": [1, 2], "other": [1]}, 2)],
)
def test_records_of_a_request_are_its_longest_list(body, count):
    assert count_records(body) == count
