"""Each addon installs alone, upgrades, and leaves nothing behind."""

import pathlib
import subprocess
import sys

import psycopg2

from odoo.sql_db import connection_info_for

SCRIPT = pathlib.Path(__file__).with_name("modules.py")


def change(database, *changes):
    """:param changes: as ``modules.py`` takes them, one after the other"""
    run = subprocess.run(
        [sys.executable, str(SCRIPT), database, *changes],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    troubles = [line for line in run.stderr.splitlines() if " ERROR " in line]
    assert not troubles


def rows(database, query):
    _name, info = connection_info_for(database)
    connection = psycopg2.connect(**info)
    try:
        with connection.cursor() as cursor:
            cursor.execute(query)
            return [row[0] for row in cursor.fetchall()]
    finally:
        connection.close()


def test_addons_uninstall_clean_install_alone_and_upgrade(database):
    change(database, "uninstall:connector_hubspot,connector_salesforce")
    assert "connector_crm" in rows(
        database, "SELECT name FROM ir_module_module WHERE state = 'installed'"
    )
    change(database, "uninstall:connector_base")
    for what, query in (
        ("table", "SELECT tablename FROM pg_tables WHERE tablename ~ '^connector_'"),
        ("model", "SELECT model FROM ir_model WHERE model ~ '^connector[.]'"),
        (
            "scheduled action",
            "SELECT cron_name FROM ir_cron WHERE cron_name ~ 'Connect'",
        ),
        (
            "column",
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_name IN ('crm_lead', 'res_partner')"
            " AND column_name ~ '^(deal_|connector)'",
        ),
        (
            "index",
            "SELECT indexname FROM pg_indexes WHERE indexname ~ 'connector'",
        ),
        (
            "data",
            "SELECT name FROM ir_model_data WHERE module ~ '^connector_'",
        ),
        (
            "function",
            "SELECT proname FROM pg_proc WHERE proname ~ '^connector_'",
        ),
    ):
        assert not rows(database, query), f"a {what} is left behind"

    change(database, "install:connector_base")
    installed = rows(
        database,
        "SELECT name FROM ir_module_module"
        " WHERE state = 'installed' AND name ~ '^connector_'",
    )
    assert installed == ["connector_base"]
    # With what depends on it: the addons of the domains and of the vendors.
    change(
        database,
        "install:connector_hubspot,connector_salesforce",
        "upgrade:connector_base",
    )
