"""A database that is copied with all its secrets, really, as people copy one."""

import contextlib
import os
import subprocess
import sys
import uuid
from unittest.mock import patch

import pytest
from simulators import HubSpotSimulator

from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.sql_db import close_db
from odoo.tools import SQL, config

from odoo.addons.connector_base.engine import errors

from .own_database import _drop, _execute, committed
from .vendor_case import LANES
from .waiting import let_pass

COMPANIES = 3
TOKEN = "token-of-the-metrics-of-the-original"
SHORT_LIVED = "short-lived-token-of-the-original"


@pytest.fixture(scope="module")
def hubspot():
    with HubSpotSimulator(COMPANIES, seed=3, dirt=0) as simulator:
        yield simulator


@pytest.fixture(scope="module")
def original(hubspot):
    """A database with a connection that works and has much to do."""
    with copied(os.environ["CONNECTORS_TEMPLATE"]) as name:
        with committed(name) as env:
            connection = env["connector.connection"].create(
                {"name": "HubSpot", "provider": "hubspot", "base_url": hubspot.url}
            )
            connection.credential_ids.secret = hubspot.token
            connection.action_connect()
            connection.value_map_ids.line_ids.action_accept_suggestion()
            vault = env["connector.credential"]._vault()
            env["connector.token"].create(
                {
                    "connection_id": connection.id,
                    "key": "access",
                    "token": vault.encrypt(SHORT_LIVED),
                }
            )
            env["ir.config_parameter"].set_param(
                "connector_base.metrics_token_digest", TOKEN
            )
            env["connector.signing.key"]._make()
            env.flush_all()
            secrets = stored_secrets(env)
        # PostgreSQL copies only what nobody is at.
        Registry.delete(name)
        close_db(name)
        yield name, secrets


@contextlib.contextmanager
def copied(source, load=True):
    """A copy of a database, as PostgreSQL makes one: all in it is the same."""
    name = f"{os.environ['CONNECTORS_DB']}_{uuid.uuid4().hex[:8]}"
    _execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
    try:
        if load:
            open_database(name)
        yield name
    finally:
        Registry.delete(name)
        close_db(name)
        _drop(name)


def open_database(name):
    # With tests on, Odoo would run those of every addon while it loads them.
    with patch.dict(config.options, {"test_enable": False}):
        Registry(name)


def work(name):
    """What the scheduled actions do in three minutes."""
    with committed(name) as env:
        env["connector.connection"]._cron_schedule()
        env.cr.commit()
        for _minute in range(3):
            for lane in LANES:
                env["connector.job"]._cron_run_lane(lane)
            let_pass(env.cr, 60)


def requests(hubspot):
    return hubspot.requests.count()


def stored_secrets(env):
    """What whoever has it could act for the original with, as it is stored."""
    rows = env.execute_query(
        SQL(
            """
            SELECT token FROM connector_credential WHERE token IS NOT NULL
            UNION SELECT token FROM connector_token
            UNION SELECT token FROM connector_signing_key WHERE token IS NOT NULL
            UNION SELECT webhook_token FROM connector_connection
            UNION SELECT webhook_token_digest FROM connector_connection
            UNION SELECT value FROM ir_config_parameter
             WHERE key = 'connector_base.metrics_token_digest'
            """
        )
    )
    return {value for (value,) in rows}


def tables_with(env, secrets):
    """Tables of the whole database that hold any of these texts."""
    tables = env.execute_query(
        SQL("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    )
    return {
        table
        for (table,) in tables
        if env.execute_query(
            SQL(
                "SELECT 1 FROM %s t WHERE EXISTS ("
                " SELECT FROM unnest(%s) s WHERE position(s in t::text) > 0) LIMIT 1",
                SQL.identifier(table),
                list(secrets),
            )
        )
    }


def the_connection(env):
    return env["connector.connection"].search([])


def test_a_copy_calls_nobody_until_it_is_said_to_be_the_original(hubspot, original):
    original, secrets = original
    before = requests(hubspot)
    with copied(original) as copy:
        work(copy)
        with committed(copy) as env:
            connection = the_connection(env)
            for press in (
                connection.action_test,
                connection.action_sync,
                connection.action_look_now,
                connection.action_add_object,
                connection.action_pause,
                connection.action_resume,
            ):
                with contextlib.suppress(UserError):
                    press()
            with pytest.raises(errors.RateLimited):
                connection._provider()._client(connection)
            for credential in connection.credential_ids.sudo().filtered("token"):
                with pytest.raises(UserError):
                    credential._reveal()
            banner = env["connector.connection"]._copy_banner()
            assert copy in banner["text"] and original in banner["text"]
            assert env["connector.job"].search_count([("state", "=", "pending")])
            # Or the test would find secrets nowhere.
            assert "connector_credential" in tables_with(env, secrets)
            env.cr.rollback()
        assert requests(hubspot) == before

        with committed(copy) as env:
            env["connector.rearm"].create(
                {"choice": "original", "reason": "The old server is off."}
            ).action_rearm()
            assert env["connector.connection"]._copy_banner() is None
        work(copy)
        with committed(copy) as env:
            bound = env["connector.binding"].search(
                [("entity", "=", "customer.company")]
            )
            assert len(bound) == len(set(bound.mapped("res_id"))) == COMPANIES
            assert not env["connector.job"].search([("state", "=", "dead")])
    assert requests(hubspot) > before


def test_a_neutralized_copy_has_nothing_to_call_with(hubspot, original):
    original, secrets = original
    before = requests(hubspot)
    with copied(original, load=False) as copy:
        addons = ",".join(config["addons_path"])
        subprocess.run(
            [
                *(sys.executable, "-m", "odoo", "neutralize", "-d", copy),
                f"--addons-path={addons}",
            ],
            check=True,
            timeout=150,
            env=dict(os.environ),
        )
        open_database(copy)
        assert len(secrets) > 5
        with committed(copy) as env:
            assert not tables_with(env, secrets)
        work(copy)
        with committed(copy) as env:
            connection = the_connection(env)
            assert (connection.state, connection.environment) == ("draft", "sandbox")
            assert "neutralized" in env["connector.connection"]._copy_banner()["text"]
            with pytest.raises(UserError):
                connection.action_connect()
        assert requests(hubspot) == before

        with committed(copy) as env:
            env["connector.rearm"].create({"reason": "For training"}).action_rearm()
            assert env.ref("connector_base.cron_schedule").active
            connection = the_connection(env)
            connection.credential_ids.secret = hubspot.token
            connection.action_connect()
        work(copy)
        with committed(copy) as env:
            bound = env["connector.binding"].search_count(
                [("entity", "=", "customer.company")]
            )
            assert bound == COMPANIES
