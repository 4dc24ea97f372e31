"""A vendor in memory, with a provider that speaks to it."""

import collections
import datetime
import hashlib
import hmac
import json

from odoo import models

from ..engine.errors import AuthenticationError
from ..engine.records import (
    AccountInfo,
    CredentialSpec,
    InboundEvent,
    MapLine,
    Page,
    RemoteRecord,
    Stream,
)
from .common_writer import FakeWriter

SECRET = "fake-secret-of-the-vendor-7f3a"


def same_names(*targets, **options):
    """Lines of a field map whose remote paths are called as their targets."""
    return tuple(MapLine(target, target, **options) for target in targets)


COMPANIES = Stream(
    name="companies",
    entity="customer.company",
    label="Companies",
    default_map=same_names(
        *("name", "domain", "phone", "street", "city", "zip", "country", "parent"),
        *("description", "owner"),
    ),
    sequence=10,
)
CONTACTS = Stream(
    name="contacts",
    entity="customer.contact",
    label="Contacts",
    default_map=same_names(
        *("first_name", "last_name", "email", "phone", "job", "street", "city"),
        *("zip", "country", "company"),
    ),
    sequence=20,
)
PRODUCTS = Stream(
    name="products",
    entity="product",
    label="Products",
    default_map=same_names("name", "sku", "price", "currency", "description"),
    sequence=15,
    lane="bulk",
)


def remote(remote_id, *, at=None, archived=False, key=None, **values):
    """A record as the vendor sends it.

    :param at: when it was changed there, ISO 8601 in UTC
    :param key: our key of it, where we made it
    """
    moment = at and datetime.datetime.fromisoformat(at).replace(tzinfo=datetime.UTC)
    return RemoteRecord(str(remote_id), values, moment, archived, key)


def sign(body, secret=SECRET):
    """What the fake vendor signs its webhooks with."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def inbound(key, stream, remote_id, at=None, **payload):
    """An event as a provider hands it over.

    :param at: when it happened, ISO 8601 in UTC
    """
    moment = at and datetime.datetime.fromisoformat(at).replace(tzinfo=datetime.UTC)
    remote_id = remote_id and str(remote_id)
    return InboundEvent(key, stream, remote_id, "changed", moment, payload)


class FakeVendor:
    """The other end, in memory: pages in order, records by id, failures on demand."""

    def __init__(self, streams):
        self.streams = streams
        self.reset()

    def reset(self):
        self.pages = collections.defaultdict(list)
        self.records = collections.defaultdict(dict)
        self.references = []
        #: What it says about its fields: ``{stream: [RemoteField]}``.
        self.fields = {}
        self.account = AccountInfo(account_id="4711", name="Fake Account")
        #: Raised by the next requests, one each.
        self.failures = []
        #: Raised by access checks, by name of stream.
        self.denied = {}
        #: What was asked, in order: ``(stream, cursor or ids)``.
        self.requests = []
        #: What was sent, in order: ``(operation, stream, [OutgoingRow])``.
        self.sent = []
        #: Errors of rows, by a value that the row carries or by its remote id.
        self.refused = {}
        #: Which streams are taken with others: ``{stream: {children: their link}}``.
        self.families = {}
        #: Called with the operation before, and after, a batch is written; may raise.
        self.before_write = self.after_write = lambda operation: None
        #: ``{number of a page: what the page says besides}``, as ``{"wait": 30}``.
        self.remarks = {}
        #: What time it is there, where it tells when a record was changed.
        self.now = None

    def add_page(self, stream, *records):
        """The next page that the stream has to give."""
        self.pages[stream].append(list(records))
        self.add(stream, *records)

    def add(self, stream, *records):
        """Records that are found by their ids only."""
        self.records[stream].update({record.remote_id: record for record in records})

    def answer(self, *asked):
        self.requests.append(asked)
        if self.failures:
            raise self.failures.pop(0)

    def made(self, stream):
        """``{our key: values}`` of the records that were made from Odoo."""
        return {
            record.external_key: record.values
            for record in self.records[stream].values()
            if record.external_key
        }


class FakeReader:
    def __init__(self, vendor, stream):
        self.vendor = vendor
        self.stream = stream

    def fetch_page(self, cursor):
        number = (cursor or {}).get("page", 0)
        self.vendor.answer(self.stream, number)
        pages = self.vendor.pages[self.stream]
        remarks = self.vendor.remarks.get(number, {})
        if number >= len(pages):
            cursor = {"page": number}
            return Page([], cursor, True, f"req-{number}", **remarks)
        return Page(
            pages[number],
            {"page": number + 1},
            done=number + 1 == len(pages),
            request_id=f"req-{number}",
            **remarks,
        )

    def fetch_by_ids(self, ids):
        self.vendor.answer(self.stream, tuple(ids))
        known = self.vendor.records[self.stream]
        return [known[remote_id] for remote_id in ids if remote_id in known]


def fake_provider(vendor):
    """The definition of a provider that speaks to a :class:`FakeVendor`."""

    class ConnectorProviderFake(models.AbstractModel):
        _module = None
        _name = "connector.provider.fake"
        _inherit = ["connector.provider"]
        _description = "Connector Provider: Fake"

        _provider_label = "Fake"
        _provider_base_url = "https://api.fake.example"
        _provider_api_versions = ("2026-01", "2025-01")
        _provider_webhook_secret = "api_key"

        def _credential_specs(self):
            return (CredentialSpec("api_key", "API Key", "Settings, API."),)

        def _streams(self):
            return vendor.streams

        def _client(self, connection):
            connection._secret("api_key")
            return vendor

        def _reader(self, connection, stream, paths, client):
            return FakeReader(client, stream)

        def _writer(self, connection, stream, client):
            return FakeWriter(client, stream)

        def _key_path(self, stream):
            return "odoo_key"

        def _account_info(self, client):
            client.answer("account")
            return client.account

        def _check_access(self, client, stream):
            if stream.name in client.denied:
                raise client.denied[stream.name]

        def _reference_values(self, client):
            client.answer("references")
            return client.references

        def _describe(self, client, stream):
            return client.fields.get(stream, [])

        def _verify_webhook(self, connection, request):
            expected = sign(request.body, connection._webhook_secret())
            given = request.headers.get("X-Sign") or ""
            if not hmac.compare_digest(expected.encode(), given.encode()):
                raise AuthenticationError("its signature is wrong")

        def _webhook_events(self, connection, request):
            return [inbound(**item) for item in json.loads(request.body)]

        def _record_url(self, connection, stream, remote_id):
            return f"https://app.fake.example/{stream}/{remote_id}"

    return ConnectorProviderFake
