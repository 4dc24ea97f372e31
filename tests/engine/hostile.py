"""Vendors and deliveries that mean harm, made of those that don't.

:data:`READINGS` and :data:`DELIVERIES` have a line for each vendor. What a simulator
answers to one reading is recorded once; a test then changes an answer at one place and
plays it back. So does it with deliveries, which are changed behind their signature as
if the vendor itself meant harm.
"""

import dataclasses
import functools
import json
import os

import hypothesis
import requests
from hypothesis import strategies as st
from simulators import Clock, HubSpotSimulator, SalesforceSimulator
from simulators.chargebee import ChargebeeSimulator
from simulators.freshdesk import FreshdeskSimulator
from simulators.stripe.simulator import StripeSimulator
from simulators.zendesk import ZendeskSimulator

from odoo.addons.connector_base.engine.answers import CarefulReader
from odoo.addons.connector_base.providers.http_client import HttpClient
from odoo.addons.connector_base.providers.http_session import new_session
from odoo.addons.connector_billing.providers.chargebee import errors as chargebee
from odoo.addons.connector_billing.providers.chargebee import signing as chargebee_key
from odoo.addons.connector_billing.providers.chargebee.reader import reader_of
from odoo.addons.connector_billing.providers.stripe import errors as stripe
from odoo.addons.connector_billing.providers.stripe.endpoints import VERSIONS
from odoo.addons.connector_billing.providers.stripe.provider import READERS
from odoo.addons.connector_billing.providers.stripe.reader import StripeReader
from odoo.addons.connector_hubspot.hubspot import errors as hubspot
from odoo.addons.connector_hubspot.hubspot import limits as hubspot_limits
from odoo.addons.connector_hubspot.hubspot import prices as hubspot_prices
from odoo.addons.connector_hubspot.hubspot.reader import HubSpotReader
from odoo.addons.connector_salesforce.salesforce import errors as salesforce
from odoo.addons.connector_salesforce.salesforce import limits as salesforce_limits
from odoo.addons.connector_salesforce.salesforce.reader import SalesforceReader
from odoo.addons.connector_salesforce.salesforce.values import number_text
from odoo.addons.connector_support.providers.freshdesk import errors as freshdesk
from odoo.addons.connector_support.providers.freshdesk import limits as freshdesk_limits
from odoo.addons.connector_support.providers.freshdesk import readers as freshdesk_read
from odoo.addons.connector_support.providers.freshdesk import signing as freshdesk_key
from odoo.addons.connector_support.providers.zendesk import errors as zendesk
from odoo.addons.connector_support.providers.zendesk import limits as zendesk_limits
from odoo.addons.connector_support.providers.zendesk import readers as zendesk_read

START = "2026-11-02T09:00:00Z"
#: Examples of all vendors together, in the suite and by ``./dev hostile``.
MANY = int(os.environ.get("CONNECTORS_HOSTILE", "1200"))
#: Requests after which a vendor that never comes to an end has gone.
PATIENCE = 60
#: Pages that a reading takes.
PAGES = 4


def examples(share):
    """Settings of a test that has a share of all examples."""
    return hypothesis.settings(
        max_examples=max(20, int(MANY * share)),
        deadline=None,
        derandomize="CONNECTORS_HOSTILE" not in os.environ,
        suppress_health_check=list(hypothesis.HealthCheck),
    )


# -- values that nobody expects ------------------------------------------------

DEEP = "deep"
VALUES = (
    *(None, True, False, 0, -1, 1.5, 10**30, 10**400, 2**63, 253402300800, -(10**12)),
    *("", " ", "x", "0", "-1", "NaN", "1e999", "true", "9999-99-99", "0000-00-00"),
    *("0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999-23:59", "T", "..", "../x"),
    *("\x00", "a\x00b", "\ud800", "ü" * 10_000, "'; DROP TABLE x; --", "%s%(a)s"),
    *("https://evil.example/next", "//evil.example", "<!DOCTYPE x>", "{{7*7}}"),
    *([], {}, [None], [[]], [{}], {"id": None}, {"": ""}, [1, "a", None], {"id": []}),
    DEEP,
)


def places(value, place=()):
    """All places within a JSON value, itself first."""
    yield place
    if isinstance(value, dict):
        for key, item in value.items():
            yield from places(item, (*place, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from places(item, (*place, number))


def changed(value, place, how):
    """A copy with something else at one place; ``how`` may be ``...`` to leave out."""
    if not place:
        return None if how is ... else how
    key, *rest = place
    copy = dict(value) if isinstance(value, dict) else list(value)
    if rest or how is not ...:
        copy[key] = changed(value[key], rest, how)
    else:
        del copy[key]
    return copy


@st.composite
def mutants(draw, value):
    """The text of a JSON value that is another one at one place or two."""
    for _time in range(draw(st.integers(1, 2))):
        found = list(places(value))
        place = found[draw(st.integers(0, len(found) - 1))]
        value = changed(value, place, draw(st.sampled_from((..., *VALUES))))
    text = json.dumps(value)
    return text.replace(json.dumps(DEEP), "[" * 150 + "]" * 150).encode()


#: Bodies that are no JSON, or hardly.
odd_bodies = st.one_of(
    st.binary(max_size=300),
    st.sampled_from(
        [
            b"",
            b"null",
            b"NaN",
            b"[" * 100_000,
            b'{"a":' * 5000,
            b"1" * 5000,
            b"\xff\xfe",
        ]
        + ["{}".encode("utf-16"), b'{"id": 1, "id": 2}', b"<html></html>", b"[1e999]"]
    ),
    st.recursive(
        st.sampled_from(VALUES[:-1]),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(st.sampled_from(["id", "data", "object", "x"]), inner)
        ),
        max_leaves=12,
    ).map(lambda value: json.dumps(value).encode()),
)


# -- vendors that answer -------------------------------------------------------


@dataclasses.dataclass
class Answer:
    status: int
    headers: dict
    body: bytes


class Tape(requests.adapters.BaseAdapter):
    """Plays answers back, in their order; when none is left, nobody is there."""

    def __init__(self, answers):
        super().__init__()
        self.answers = iter(answers)
        self.left = PATIENCE

    def send(self, request, **_options):
        self.left -= 1
        answer = next(self.answers, None)
        if answer is None or self.left < 0:
            raise requests.ConnectionError("gone")
        response = requests.Response()
        response.status_code, response.url = answer.status, request.url
        response.headers.update(answer.headers)
        response._content, response._content_consumed = answer.body, True
        return response

    def close(self):
        pass


def session_of(answers):
    session = requests.Session()
    session.mount("https://", Tape(answers))
    return session


@dataclasses.dataclass(frozen=True)
class Reading:
    """How one vendor is read.

    :param simulator: makes one with records
    :param streams: which are read
    :param reader: ``(client, stream) -> reader``
    :param options: of the ``HttpClient``; ``headers(simulator)`` among them
    """

    vendor: str
    simulator: object
    streams: tuple
    reader: object
    headers: object
    options: dict

    def client(self, address, simulator=None, session=None):
        headers = self.headers(simulator) if simulator else {}
        options = {**self.options, "headers": headers, "session": session}
        client = HttpClient(address, vendor=self.vendor, timeout=20, **options)
        client.quick_tries = 1
        return client

    def read(self, client, stream):
        """The ids of some pages, and of the same records by their ids."""
        reader = CarefulReader(self.reader(client, stream), self.vendor)
        cursor, ids = None, []
        for _page in range(PAGES):
            page = reader.fetch_page(cursor)
            ids += [record.remote_id for record in page.records]
            cursor = json.loads(json.dumps(page.next_cursor))
            if page.done:
                break
        reader.fetch_by_ids(ids[:2])
        return ids


class _Recorder(requests.Session):
    def __init__(self):
        super().__init__()
        self.__dict__.update(new_session().__dict__)
        self.answers = []

    def request(self, *args, **options):
        response = super().request(*args, **options)
        kept = {"Content-Type": response.headers.get("Content-Type", "")}
        kept["Date"] = response.headers.get("Date", "")
        self.answers.append(Answer(response.status_code, kept, response.content))
        response.raw = None
        return response


@functools.cache
def recorded(vendor):
    """``{stream: [Answer]}`` of a vendor that means well."""
    reading = READINGS[vendor]
    found = {}
    with reading.simulator() as simulator:
        for stream in reading.streams:
            session = _Recorder()
            client = reading.client(simulator.url, simulator, session)
            reading.read(client, stream)
            found[stream] = session.answers
    return found


@st.composite
def tapes(draw, vendor):
    """``(stream, answers)`` of a reading in which one answer is another one."""
    found = recorded(vendor)
    stream = draw(st.sampled_from(sorted(found)))
    answers = list(found[stream])
    number = draw(st.integers(0, len(answers) - 1))
    answer = answers[number]
    status = draw(st.sampled_from([answer.status] * 8 + [200, 204, 302, 400, 429, 500]))
    body = draw(st.one_of(mutants(_value(answer.body)), odd_bodies))
    answers[number] = Answer(status, answer.headers, body)
    return stream, answers


def _value(body):
    try:
        return json.loads(body)
    except ValueError:
        return {}


def _stripe():
    clock = Clock(START)
    return StripeSimulator(records=8, months=2, seed=3, clock=clock)


def _chargebee():
    running = ChargebeeSimulator(clock=Clock(START), seed=5)
    running.live(5)
    return running


def _bearer(simulator):
    return {"Authorization": f"Bearer {simulator.token}"}


def _hubspot_reader(client, stream):
    paths = ("properties.name", "properties.amount", "properties.dealstage")
    if stream == "prices":
        return hubspot_prices.PriceReader(client, stream, paths)
    if stream in ("contacts", "deals"):
        paths += ("associations.companies[0].id", "links.companies[0].label")
    return HubSpotReader(client, stream, paths)


def _zendesk():
    # Its exports take no time of the last minute, by the clock of who asks.
    return ZendeskSimulator(4, counts={"users": 8, "tickets": 8})


def _freshdesk():
    return FreshdeskSimulator(5, tickets=8, clock=Clock(START))


#: Whatever costs a request of its own.
ZENDESK_PATHS = (
    *("support.brand", "support.form", "support.custom_status"),
    "support.is_breached",
)
FRESHDESK_PATHS = (
    *("desk.assignee", "desk.group", "desk.brand", "desk.satisfaction"),
    *("desk.solved_at", "desk.other_emails", "description"),
)
SALESFORCE_PATHS = ("Name", "Owner.Email", "AccountId", "Amount", "CurrencyIsoCode")

READINGS = {
    reading.vendor: reading
    for reading in (
        Reading(
            "HubSpot",
            lambda: HubSpotSimulator(records=12, clock=Clock(START)),
            ("companies", "contacts", "deals", "line_items", "quotes", "prices"),
            _hubspot_reader,
            _bearer,
            {
                "classify": hubspot.classify,
                "not_before": hubspot_limits.not_before,
                "api_version": "2026-09",
            },
        ),
        Reading(
            "Salesforce",
            lambda: SalesforceSimulator(records=12, clock=Clock(START)),
            ("Account", "Contact", "Opportunity", "OpportunityLineItem", "Lead"),
            lambda client, stream: SalesforceReader(client, stream, SALESFORCE_PATHS),
            _bearer,
            {
                "classify": salesforce.classify,
                "quotas": salesforce_limits.quotas,
                "parse_float": number_text,
                "api_version": "67.0",
            },
        ),
        Reading(
            "Stripe",
            _stripe,
            (
                *("customers", "products", "prices", "subscriptions", "invoices"),
                *("credit_notes", "payments", "refunds", "payouts"),
                "balance_transactions",
            ),
            lambda client, stream: READERS.get(stream, StripeReader)(client, stream),
            lambda simulator: {**_bearer(simulator), "Stripe-Version": VERSIONS[0]},
            {
                "classify": stripe.classify,
                "request_id_header": "Request-Id",
                "parse_float": str,
                "api_version": VERSIONS[0],
            },
        ),
        Reading(
            "Chargebee",
            _chargebee,
            (
                *("customers", "items", "item_prices", "subscriptions", "invoices"),
                *("credit_notes", "payments", "refunds", "entitlements"),
            ),
            reader_of,
            lambda simulator: chargebee_key.headers(simulator.token),
            {
                "classify": chargebee.classify,
                "parse_float": str,
                "api_version": "v2",
            },
        ),
        Reading(
            "Zendesk",
            _zendesk,
            ("organizations", "users", "tickets"),
            lambda client, stream: zendesk_read.reader_of(
                client, stream, ZENDESK_PATHS
            ),
            _bearer,
            {
                "classify": zendesk.classify,
                "quotas": zendesk_limits.quotas,
                "request_id_header": "X-Request-Id",
                "parse_float": str,
                "api_version": "v2",
            },
        ),
        Reading(
            "Freshdesk",
            _freshdesk,
            ("companies", "contacts", "tickets"),
            lambda client, stream: freshdesk_read.reader_of(
                client, stream, FRESHDESK_PATHS
            ),
            lambda simulator: freshdesk_key.headers(simulator.token),
            {
                "classify": freshdesk.classify,
                "quotas": freshdesk_limits.quotas,
                "request_id_header": "X-Request-Id",
                "parse_float": str,
                "api_version": "v2",
            },
        ),
    )
}
