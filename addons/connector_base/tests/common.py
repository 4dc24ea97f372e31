"""Builders for tests: a connection to a vendor in memory, a worker for jobs."""

import contextlib
import datetime
import os
from unittest.mock import patch

from cryptography.fernet import Fernet

from odoo import SUPERUSER_ID, Command, api
from odoo.orm.model_classes import add_to_registry
from odoo.tests.common import TransactionCase, new_test_user
from odoo.tools import SQL

from ..models.connector_credential import KEYS_VARIABLE
from ..models.connector_flow import LANES
from ..models.connector_place import HOST_VARIABLE
from .common_vendor import (
    COMPANIES,
    CONTACTS,
    PRODUCTS,
    SECRET,
    FakeVendor,
    fake_provider,
)

#: The key that secrets are encrypted with while tests run.
KEY = Fernet.generate_key().decode()
#: The host that this Odoo is known by while tests run.
HOST = "odoo.test"
GROUPS = ("viewer", "operator", "map_editor", "administrator")


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
        # The address of Odoo changes with who signs in, and tests do that.
        surroundings = {KEYS_VARIABLE: KEY, HOST_VARIABLE: HOST}
        cls.startClassPatcher(patch.dict(os.environ, surroundings))
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

    def fingerprint(self):
        """``{table: number and checksum of all rows}`` of the whole database."""
        self.env.cr.flush()
        tables = self.env.execute_query(
            SQL("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        )
        return {
            table: self.env.execute_query(
                SQL(
                    "SELECT COUNT(*), SUM(hashtext(t::text)::bigint) FROM %s t",
                    SQL.identifier(table),
                )
            )
            for (table,) in tables
        }

    def logs(self, stream, remote_id):
        return self.env["connector.log"].search(
            [
                ("flow_id", "=", self.flow(stream).id),
                ("remote_id", "=", str(remote_id)),
            ],
            order="id",
        )
