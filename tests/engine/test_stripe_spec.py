"""Stripe's published documents: fixtures map, and requests are as they say."""

import json

import pytest
import requests

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.paths import MISSING, getter
from odoo.addons.connector_base.engine.records import OutgoingRow
from odoo.addons.connector_base.engine.values import ValueProblem, read_value
from odoo.addons.connector_base.providers.http_answers import Reply
from odoo.addons.connector_billing.providers.stripe import describe, form
from odoo.addons.connector_billing.providers.stripe.endpoints import LISTINGS
from odoo.addons.connector_billing.providers.stripe.provider import READERS
from odoo.addons.connector_billing.providers.stripe.reader import StripeReader
from odoo.addons.connector_billing.providers.stripe.streams import STREAMS
from odoo.addons.connector_billing.providers.stripe.writers import writer_of

from .stripe_samples import Specification, fixtures

#: Stream -> object of the fixtures.
OBJECTS = {
    "customers": "customer",
    "products": "product",
    "prices": "price",
    "coupons": "coupon",
    "subscriptions": "subscription",
    "invoices": "invoice",
    "credit_notes": "credit_note",
    "payments": "charge",
    "refunds": "refund",
    "disputes": "dispute",
    "payouts": "payout",
    "balance_transactions": "balance_transaction",
    "unbilled_charges": "invoiceitem",
}
#: Kind of a canonical value by the kind that a field is described with.
READ_AS = {
    "text": "char",
    "long_text": "text",
    "email": "email",
    "url": "url",
    "phone": "phone",
    "number": "decimal",
    "money": "money",
    "integer": "integer",
    "boolean": "boolean",
    "date": "date",
    "datetime": "datetime",
    "option": "choice",
    "reference": "reference",
    "references": "references",
    "list": "structure",
    "object": "structure",
}


class Told:
    """A client that answers every list with one object, and notes what it was asked.

    :param item: what lists hold, and what is made
    :param there: whether anything is there before it is made
    """

    vendor = "Stripe"

    def __init__(self, item, version="2023-08-16", there=True):
        self.api_version = version
        self.item = item
        self.there = there
        self.asked = []

    def clock(self):
        from odoo.fields import Datetime

        return Datetime.now()

    def get(self, path, params=None):
        params = list((params or {}).items() if isinstance(params, dict) else params)
        self.asked.append(("GET", path, [name for name, _value in params]))
        nested = path.count("/") == 2 and not path.endswith("search")
        if nested and not self.there:
            raise errors.RemoteNotFound("No such object.")
        listed = [self.item] if self.there else []
        data = self.item if nested else {"data": listed, "has_more": False}
        return self._reply(data)

    def request(self, method, path, data=None, headers=None, safe=False):
        assert method != "POST" or headers["Idempotency-Key"]
        self.asked.append((method, path, [name for name, _value in data or ()]))
        return self._reply(self.item)

    def _reply(self, data):
        headers = requests.structures.CaseInsensitiveDict(
            {"Date": "Mon, 02 Nov 2026 09:00:00 GMT"}
        )
        return Reply(200, data, headers, "req_1")


@pytest.mark.parametrize("stream", STREAMS, ids=lambda stream: stream.name)
def test_what_is_mapped_is_described(stream):
    known = {each[0] for each in describe.FIELDS[stream.name]} | {"metadata"}

    for line in stream.default_map:
        path = line.remote_path
        assert path in known or path.startswith("metadata."), path


@pytest.mark.parametrize("stream", OBJECTS)
def test_a_fixture_maps(stream):
    """Each value of the first map can be read as what its field is described as."""
    item = json.loads(json.dumps(fixtures()[OBJECTS[stream]]), parse_float=str)
    version = "2026-10-28.endive"
    client = Told(item, version)
    reader = READERS.get(stream, StripeReader)(client, stream)
    reader.look._tax_rates = {}
    reader.look._metered = set()

    [record] = reader._records([item], 1_793_610_000)

    assert record.remote_id == item["id"]
    kinds = {path: kind for path, _label, kind, *_of in describe.FIELDS[stream]}
    [of] = [each for each in STREAMS if each.name == stream]
    for line in of.default_map:
        value = getter(line.remote_path)(record.values)
        if value is MISSING or value is None or line.remote_path not in kinds:
            continue
        try:
            read_value(READ_AS[kinds[line.remote_path]], value)
        except ValueProblem as problem:
            pytest.fail(f"{line.remote_path}: {value!r} is {problem.code}")


@pytest.mark.parametrize("stream", LISTINGS)
def test_readers_ask_what_the_document_knows(stream):
    specification = Specification()
    old = {
        "id": "x_1",
        "object": OBJECTS[stream],
        "created": 1_793_600_000,
        "currency": "usd",
        "amount": 100,
        "deleted": True,
    }
    client = Told(old)
    reader = READERS.get(stream, StripeReader)(client, stream)
    for cursor in (
        None,
        {"phase": "sweep", "after": "x_1", "below": 1_793_600_000, "started": 1},
        {"phase": "sweep", "since": 1_793_000_000},
        {"phase": "events", "since": 4_000_000_000, "repaired": 0, "started": 1},
        {"phase": "repair", "part": 0, "since": 1_793_609_000},
    ):
        if cursor and cursor["phase"] == "events":
            client.item = {
                **old,
                "object": "event",
                "type": "x",
                "data": {"object": old},
            }
        reader.fetch_page(cursor)
        client.item = old
    if stream != "balance_transactions":
        reader.fetch_by_ids(["x_1"])

    problems = [
        problem
        for method, path, names in client.asked
        for problem in specification.problems(method, path, names)
    ]
    assert client.asked and problems == []


ROWS = {
    "customers": {
        **{"name": "Acme", "email": "a@acme.example", "phone": "1"},
        **{"address.line1": "Street", "address.country": "DE", "metadata.x": "y"},
        "tax_exempt": "none",
    },
    "products": {"name": "Seats", "description": "Text", "active": True},
    "prices": {
        **{"product": "prod_1", "billing.currency": "EUR", "billing.amount": "9.99"},
        **{"billing.interval": "month", "billing.interval_count": 3},
        **{"billing.metered": False, "billing.name": "Quarterly", "active": True},
    },
    "coupons": {
        **{"name": "Ten", "billing.amount": "10", "billing.currency": "EUR"},
        "duration": "once",
    },
    "subscriptions": {
        **{"customer": "cus_1", "billing.currency": "EUR"},
        "billing.items": [{"price": "price_1", "quantity": "2", "id": None}],
        "billing.discounts": [{"coupon": "ten"}],
        **{"billing.collection": "invoice", "billing.cancel_at": None},
        "billing.change": {
            **{"key": "k-2", "kind": "quantity", "proration": "none"},
            "items": [{"item": "si_1", "quantity": 2}],
        },
        "metadata.odoo_order": "SO042",
    },
    "usage": {
        **{"subscription_item": "si_1", "value": "12", "event_name": "calls"},
        **{"customer": "cus_1", "timestamp": "2026-11-02T09:00:00+00:00"},
    },
}


@pytest.mark.parametrize("stream", ROWS)
def test_writers_send_what_the_document_knows(stream):
    specification = Specification()
    item = {
        **{"id": "x_1", "price": {"id": "price_1"}, "metadata": {}},
        "items": {"data": [{"id": "si_1", "quantity": 1, "price": {"id": "price_1"}}]},
    }
    client = Told(item)
    writer = writer_of(client, stream)

    for there in (False, True):
        client.there = there
        [result] = writer.create([OutgoingRow("k-1", dict(ROWS[stream]))])
        assert result.error is None, result.error
    writable = {
        name: value for name, value in ROWS[stream].items() if name not in writer.fixed
    }
    if stream != "usage":
        [result] = writer.update([OutgoingRow("k-1", writable, "x_1")])
        assert result.error is None, result.error

    problems = [
        problem
        for method, path, names in client.asked
        for problem in specification.problems(method, path, names)
    ]
    assert client.asked and problems == []


def test_nested_values_are_spelled_as_a_form():
    assert form.encode(
        {"items": [{"price": "p", "quantity": 2}], "active": True, "name": None}
    ) == [
        ("items[0][price]", "p"),
        ("items[0][quantity]", "2"),
        ("active", "true"),
        ("name", ""),
    ]
