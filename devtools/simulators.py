"""The simulated vendors, as daemons for the demo or in the foreground."""

import json
import os
import secrets
import time

from . import paths, venv
from .errors import DevError
from .processes import Daemon, accepts, foreground, free_port
from .progress import step

PACKAGE = paths.TESTS / "simulators"
# Payloads from public repositories, where somebody has put them beside the project;
# without them all records are generated.
SAMPLES = paths.ROOT.parent / "shared" / "samples"
# Vendor -> companies that the demo's has (the other kinds in proportion), the port
# that it is looked for at first, and the seed of its records. The desks begin empty:
# they serve customers of the others, see demo_support.
VENDORS = {
    "hubspot": (200, 18080, 7),
    "salesforce": (120, 18180, 21),
    "stripe": (30, 18280, 27),
    "chargebee": (20, 18380, 31),
    "zendesk": (0, 18480, 37),
    "freshdesk": (0, 18580, 43),
}
# Those that the demo connects.
DEMO = tuple(VENDORS)
# The simulator ends by itself, by default after a day.
YEAR = 365 * 24 * 3600

# How each is told the secret that opens it.
SECRET_OPTIONS = {
    "hubspot": "--token",
    "salesforce": "--consumer-secret",
    "stripe": "--token",
    "chargebee": "--token",
    "zendesk": "--client-secret",
    "freshdesk": "--token",
}


def daemons(suffix=""):
    """``{vendor: daemon}``; with a suffix those beside a demo that may be running."""
    return {vendor: Daemon(f"{vendor}{suffix}") for vendor in DEMO}


def main(arguments):
    """./dev simulators …: in the foreground, HubSpot unless one is named."""
    _must_exist()
    venv.ensure()
    vendor = [] if arguments[:1] and not arguments[0].startswith("-") else ["hubspot"]
    command = _command(*vendor, *arguments)
    return foreground(command, cwd=paths.ROOT, env=_environment())


def start(servers, drip=None):
    """``{vendor: (address, token)}`` of the simulators; started when they aren't.

    With ``drip`` some of their records change every so many seconds.
    """
    _must_exist()
    with step("Simulated vendors") as progress:
        infos = {
            vendor: server.info() or _start(vendor, server, drip)
            for vendor, server in servers.items()
        }
        progress.result = ", ".join(info["url"] for info in infos.values())
    return {vendor: (info["url"], info["token"]) for vendor, info in infos.items()}


def _start(vendor, server, drip):
    records, first_port, seed = VENDORS[vendor]
    port, token = _same_as_last_time(paths.DATA / f"{server.name}.json", first_port)
    secret = SECRET_OPTIONS[vendor]
    arguments = [vendor, "--port", port, secret, token, "--records", records]
    arguments += ["--seed", seed, "--max-seconds", YEAR]
    if SAMPLES.is_dir():
        arguments += ["--samples", SAMPLES]
    if drip:
        arguments += ["--drip", drip]
    server.start(
        _command(*arguments),
        env=_environment(),
        port=port,
        url=f"http://127.0.0.1:{port}",
        token=token,
    )
    deadline = time.monotonic() + 60
    while not accepts(port):
        if server.ended() or time.monotonic() > deadline:
            raise server.failed("A simulated vendor did not start.")
        time.sleep(0.05)
    return server.info()


def _same_as_last_time(record, first_port):
    """Port and token; the earlier ones, since a database may know them."""
    try:
        last = json.loads(record.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        last = {"port": first_port, "token": secrets.token_hex(16)}
    last["port"] = free_port(last["port"])
    paths.write_private(record, json.dumps(last))
    return last["port"], last["token"]


def _command(*arguments):
    return [str(paths.PYTHON), "-m", "simulators", *map(str, arguments)]


def _environment():
    return {**os.environ, "PYTHONPATH": str(paths.TESTS), "PYTHONNOUSERSITE": "1"}


def _must_exist():
    if not (PACKAGE / "__main__.py").is_file():
        raise DevError(
            "The simulated vendors are not there.",
            f"{PACKAGE} has no __main__.py.",
            "Check out the whole project.",
        )
