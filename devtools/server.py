"""Odoo's server: odoo-bin in the foreground, or as a daemon for the demo."""

import time
import urllib.error
import urllib.request

from . import paths, workplace
from .processes import Daemon, foreground, free_port
from .progress import step

FIRST_PORT = 8069
# Loading the modules of a large database on a busy machine takes a while.
SECONDS_TO_START = 180

daemon = Daemon("odoo")


def odoo_command(arguments):
    """./dev odoo …: odoo-bin on the demo's database, unless -d names another."""
    with workplace.ready() as odoo:
        configuration = odoo.configuration("odoo", db_name=odoo.access.database("demo"))
        return foreground(
            odoo.command(*arguments),
            cwd=paths.ROOT,
            env=odoo.environment(configuration),
        )


def start(odoo, name, server=daemon):
    """Serve a database; returns the address once it answers."""
    with step("Odoo's server") as progress:
        info = server.info()
        if info is None or info.get("database") != name:
            server.stop()
            info = _start(odoo, name, server)
            _wait(server, info["url"], progress)
        progress.result = info["url"]
        return info["url"]


def _start(odoo, name, server):
    port = free_port(FIRST_PORT)
    configuration = odoo.configuration(
        server.name, db_name=name, dbfilter=f"^{name}$", http_port=port
    )
    return server.start(
        odoo.command(),
        env=odoo.environment(configuration),
        database=name,
        configuration=str(configuration),
        port=port,
        url=f"http://127.0.0.1:{port}",
    )


def _wait(server, url, progress):
    deadline = time.monotonic() + SECONDS_TO_START
    while not _answers(f"{url}/web/health"):
        if server.ended():
            raise server.failed("Odoo's server ended right after its start.")
        if time.monotonic() > deadline:
            raise server.failed("Odoo's server does not answer.")
        progress.say("starting")
        time.sleep(0.2)


def _answers(url):
    # No proxy: the address is this machine's own.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=10) as answer:
            return answer.status == 200
    except (OSError, urllib.error.HTTPError):
        return False
