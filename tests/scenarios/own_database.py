"""A database of a test's own, with real commits, worked on by real processes."""

import contextlib
import os
import pathlib
import subprocess
import sys
import time
import uuid
from unittest.mock import patch

import psycopg2
import psycopg2.errors
import psycopg2.extensions

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.sql_db import close_db, connection_info_for
from odoo.tools import config

#: Tries, a second apart: an autovacuum's process is not ours to end.
DROP_TRIES = 30
#: Tries of a transaction, so long apart: workers that write the same rows finish soon.
TRIES, PAUSE_SECONDS = 50, 0.05
WORKER = pathlib.Path(__file__).with_name("worker.py")


@contextlib.contextmanager
def own_database(load=True):
    """Clone the prepared database; gives the clone's name, drops it afterwards.

    :param load: whether this process works on it, too
    """
    name = f"{os.environ['CONNECTORS_DB']}_{uuid.uuid4().hex[:8]}"
    _execute(f'CREATE DATABASE "{name}" TEMPLATE "{os.environ["CONNECTORS_TEMPLATE"]}"')
    try:
        if load:
            # With tests on, Odoo would run those of every addon while it loads them.
            with patch.dict(config.options, {"test_enable": False}):
                Registry(name)
        yield name
    finally:
        Registry.delete(name)
        close_db(name)
        _drop(name)


@contextlib.contextmanager
def committed(database):
    """An environment whose work is committed at the end of the block."""
    with Registry(database).cursor() as cr:
        yield api.Environment(cr, SUPERUSER_ID, {})


def transact(database, work):
    """Do work in a transaction of its own, again where a worker got in its way, as
    Odoo does with a person's request.

    :param work: called with an environment; nothing it does outside the database may
        matter twice
    :return: what ``work`` returned
    """
    for attempt in range(1, TRIES + 1):
        try:
            with committed(database) as env:
                result = work(env)
                env.cr.flush()
            return result
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            if attempt == TRIES:
                raise
            time.sleep(PAUSE_SECONDS)
    return None


def start_worker(database):
    """Start a process that works on the lanes until nothing is left to do.

    :return: ``subprocess.Popen``; the caller waits for it or kills it
    """
    # A pipe that nobody reads from would stop a worker that has much to say.
    return subprocess.Popen(
        [sys.executable, str(WORKER), database],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _drop(name):
    """Drop a database, also where PostgreSQL itself is tidying it up just now."""
    for attempt in range(DROP_TRIES):
        try:
            return _execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        except psycopg2.errors.InsufficientPrivilege:
            if attempt == DROP_TRIES - 1:
                raise
            time.sleep(1)


def _execute(statement):
    _name, info = connection_info_for("postgres")
    connection = psycopg2.connect(**info)
    connection.set_isolation_level(psycopg2.extensions.ISOLATION_LEVEL_AUTOCOMMIT)
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
    finally:
        connection.close()
