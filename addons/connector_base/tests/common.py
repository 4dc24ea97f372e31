"""Builders for tests: a vendor in memory, a connection to it, a worker for jobs."""

import collections
import contextlib
import datetime
import hashlib
import hmac
import json
import os
from unittest.mock import patch

from cryptography.fernet import Fernet

from odoo import SUPERUSER_ID, Command, api, models
from odoo.orm.model_classes import add_to_registry
from odoo.tests.common import TransactionCase, new_test_user
from odoo.tools import SQL

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
from ..models.connector_credential import KEYS_VARIABLE
from ..models.connector_flow import LANES
from .common_writer import FakeWriter

#: The key that secrets are encrypted with while tests run.
KEY = Fernet.generate_key().decode()
SECRET = "fake-secret-of-the-vendor-7f3a"
GROUPS = ("viewer", "operator", "map_editor", "administrator")


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


def approve(draft):
    """One submits a draft, another approves it."""
    env = draft.env
    groups = ("map_editor", "finance_approver")
    login = "connector-reviewer"
    reviewer = env["res.users"].sudo().search([("login", "=", login)])
    reviewer = reviewer or new_test_user(
        env(su=True),
        login,
        groups=",".join(f"connector_base.group_{group}" for group in groups),
        company_id=draft.company_id.id,
    )
    draft.action_submit()
    draft.with_user(reviewer).action_approve()
    return draft


def activate(draft):
    """Let a draft take effect as people do it: approved by a second one."""
    approve(draft).action_activate()
    return draft


def steps(*chain):
    """The chain of a field map's line, as commands.

    :param chain: names of transforms, or pairs of a name and an argument
    """
    pairs = [step if isinstance(step, tuple) else (step, False) for step in chain]
    return [
        Command.clear(),
        *(
            Command.create(
                {"sequence": number, "transform": name, "argument": argument}
            )
            for number, (name, argument) in enumerate(pairs)
        ),
    ]


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
        #: Called with the operation before, and after, a batch is written; may raise.
        self.before_write = self.after_write = lambda operation: None
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
        if number >= len(pages):
            return Page([], {"page": number}, done=True, request_id=f"req-{number}")
        return Page(
            pages[number],
            {"page": number + 1},
            done=number + 1 == len(pages),
            request_id=f"req-{number}",
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


def add_model(test_class, definition):
    """Put a model of a test into the registry, for the time of the test class.

    The definition has ``_module = None``, so that Odoo doesn't take it for one of an
    addon when it loads another registry.
    """
    registry = test_class.registry
    invalidated = registry.registry_invalidated
    add_to_registry(registry, definition)
    test_class.addClassCleanup(registry.__delitem__, definition._name)
    registry._setup_models__(test_class.cr, [definition._name])
    # Other models are as they were: nothing to set up anew at the end.
    registry.registry_invalidated = invalidated


class ConnectorCase(TransactionCase):
    """A connected account of a vendor that exists in memory only."""

    streams = (COMPANIES, CONTACTS, PRODUCTS)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(patch.dict(os.environ, {KEYS_VARIABLE: KEY}))
        cls.vendor = FakeVendor(cls.streams)
        add_model(cls, fake_provider(cls.vendor))
        cls.connection = cls.connect()

    def setUp(self):
        super().setUp()
        self.vendor.reset()

    # -- builders -------------------------------------------------------------

    @classmethod
    def new_connection(cls, **vals):
        return cls.env["connector.connection"].create(
            {"name": "Fake CRM", "provider": "fake", "tz": "UTC", **vals}
        )

    @classmethod
    def connect(cls, **vals):
        """A connection that is connected and whose flows have nothing waiting."""
        connection = cls.new_connection(**vals)
        connection.credential_ids.secret = SECRET
        connection.action_connect()
        cls.env["connector.job"].search(
            [("connection_id", "=", connection.id)]
        ).unlink()
        return connection

    @classmethod
    def user_of(cls, group, **vals):
        """A user of one of ``GROUPS``."""
        return new_test_user(
            cls.env,
            login=f"connector-{group}-{len(vals)}",
            groups=f"connector_base.group_{group}",
            **vals,
        )

    def flow(self, stream, connection=None):
        flows = (connection or self.connection).flow_ids
        return flows.filtered(lambda flow: flow.stream == stream)

    def map_line(self, stream, target):
        lines = self.flow(stream).active_map_id.line_ids
        return lines.filtered(lambda line: line.target == target)

    def change_map(self, stream, line_vals=None, new_lines=()):
        """Activate a new version of a flow's map.

        :param line_vals: ``{target: values of its line}``
        :param new_lines: list of values of further lines
        """
        flow = self.flow(stream)
        action = flow.active_map_id.action_new_draft()
        draft = self.env["connector.field.map"].browse(action["res_id"])
        for target, vals in (line_vals or {}).items():
            draft.line_ids.filtered(lambda li, t=target: li.target == t).write(vals)
        for number, vals in enumerate(new_lines):
            draft.line_ids.create(
                {"map_id": draft.id, "sequence": 100 + number, **vals}
            )
        return activate(draft)

    def other_currency(self, name="QQQ", rate=None):
        """A currency of which ``rate`` units are worth one of the company's."""
        currency = self.env["res.currency"].create({"name": name, "symbol": name})
        if rate:
            self.env["res.currency.rate"].create(
                {"currency_id": currency.id, "rate": rate, "name": "2020-01-01"}
            )
        return currency

    # -- what happens ---------------------------------------------------------

    @contextlib.contextmanager
    def worker(self):
        """An environment whose commits and rollbacks are savepoints of the test's."""
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {})

    def run_jobs(self):
        """Run all lanes until nothing is due."""
        with self.worker() as env:
            for lane, _label in LANES:
                env["connector.job"]._cron_run_lane(lane)

    def pull(self, stream, *records, connection=None):
        """A page of these records arrives; returns the job that took it."""
        if records:
            self.vendor.add_page(stream, *records)
        flow = self.flow(stream, connection)
        flow.action_sync()
        job = self.last_job(flow)
        self.run_jobs()
        self.assertEqual(job.state, "done", job.traceback or job.error)
        return job

    def pull_again(self, stream, *records):
        """These records are read again by their ids, as a person's retry does."""
        self.vendor.add(stream, *records)
        flow = self.flow(stream)
        ids = [record.remote_id for record in records]
        self.env["connector.pull"]._enqueue_ids(flow, ids)
        job = self.last_job(flow)
        self.run_jobs()
        self.assertEqual(job.state, "done", job.traceback or job.error)
        return job

    def last_job(self, flow):
        return self.env["connector.job"].search([("flow_id", "=", flow.id)], limit=1)

    def time_passes(self, **delta):
        """Move what jobs and connections wait for into the past."""
        self.env.flush_all()
        step = datetime.timedelta(**delta)
        for table, column in (
            ("connector_job", "eta"),
            ("connector_job", "lease_until"),
            ("connector_job", "finished_at"),
            ("connector_connection", "blocked_until"),
            ("connector_circuit", "opened_at"),
            ("connector_circuit", "probe_at"),
            ("connector_budget", "refreshed_at"),
        ):
            column = SQL.identifier(column)
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s = %s - %s",
                    SQL.identifier(table),
                    column,
                    column,
                    step,
                )
            )
        self.env.cr.execute(
            SQL(
                """
                UPDATE connector_circuit SET failed_at = (
                    SELECT jsonb_agg((moment::timestamp - %s)::text)
                      FROM jsonb_array_elements_text(failed_at) AS moment)
                 WHERE failed_at <> '[]'
                """,
                step,
            )
        )
        self.env.invalidate_all()

    def receive(self, *events, connection=None):
        """A delivery with these events is stored; nothing is done with it yet."""
        connection = connection or self.connection
        new = self.env["connector.event"]._receive(
            connection.id, connection.company_id.id, events
        )
        self.env["connector.event"].invalidate_model()
        return new

    # -- what came of it ------------------------------------------------------

    def binding(self, stream, remote_id):
        return self.env["connector.binding"].search(
            [
                ("connection_id", "=", self.connection.id),
                ("flow_id.stream", "=", stream),
                ("remote_id", "=", str(remote_id)),
            ]
        )

    def taken(self, stream, remote_id):
        """The Odoo record of a remote one, or an empty recordset."""
        binding = self.binding(stream, remote_id)
        model = self.env[self.flow(stream).res_model]
        return model.browse(binding.res_id).exists() if binding else model

    def event(self, key):
        self.env["connector.event"].invalidate_model()
        return self.env["connector.event"].search([("event_key", "=", key)])

    def exceptions(self, state="open", **vals):
        domain = [("connection_id", "=", self.connection.id), ("state", "=", state)]
        domain += [(name, "=", value) for name, value in vals.items()]
        return self.env["connector.exception"].search(domain, order="id")

    def logs(self, stream, remote_id):
        return self.env["connector.log"].search(
            [
                ("flow_id", "=", self.flow(stream).id),
                ("remote_id", "=", str(remote_id)),
            ],
            order="id",
        )
