"""The bridge to OCA's helpdesk, in a database of its own that has both.

No other test's database has helpdesk_mgmt, as most users' have not.
"""

import os
import pathlib
import re
import subprocess
import sys

import psycopg2

from odoo.sql_db import connection_info_for

from devtools.processes import free_port

from .own_database import own_database

ODOO = pathlib.Path(__file__).parent.parent / "odoo_bin.py"
BRIDGE = "connector_support_helpdesk_mgmt"


def odoo(database, *options):
    """Run Odoo to its end; returns what it logged."""
    done = subprocess.run(
        [sys.executable, str(ODOO), "-d", database, "--stop-after-init", *options],
        env=os.environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-8000:]
    return done.stdout


def query(database, statement):
    _name, info = connection_info_for(database)
    connection = psycopg2.connect(**info)
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall()
    finally:
        connection.close()


def test_the_bridge_installs_itself_passes_its_tests_and_uninstalls_clean():
    with own_database(load=False) as database:
        tested = odoo(
            database,
            *("-i", "helpdesk_mgmt", "--test-tags", f"/{BRIDGE}"),
            *("--http-port", str(free_port())),
        )
        state = f"SELECT state FROM ir_module_module WHERE name = '{BRIDGE}'"
        assert query(database, state) == [("installed",)]
        [(failed, errors, count)] = re.findall(
            r"(\d+) failed, (\d+) error\(s\) of (\d+) tests", tested
        )
        assert (failed, errors) == ("0", "0"), tested[-8000:]
        assert int(count) > 7
        script = pathlib.Path(__file__).with_name("modules.py")
        subprocess.run(
            [sys.executable, str(script), database, f"uninstall:{BRIDGE}"],
            check=True,
            timeout=300,
        )
        left = query(
            database,
            "SELECT name FROM ir_model_data WHERE module ="
            f" '{BRIDGE}' UNION SELECT column_name FROM information_schema.columns"
            " WHERE table_name = 'helpdesk_ticket'"
            " AND column_name IN ('connector_ticket_id', 'desk_number')",
        )
        assert not left
