"""The simulated vendors, as a daemon for the demo or in the foreground."""

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
# Companies at the demo's vendor; the other kinds in proportion.
RECORDS = 200
FIRST_PORT = 18080
# The simulator ends by itself, by default after a day.
YEAR = 365 * 24 * 3600

daemon = Daemon("simulators")


def main(arguments):
    """./dev simulators …: in the foreground, HubSpot unless one is named."""
    _must_exist()
    venv.ensure()
    vendor = [] if arguments[:1] and not arguments[0].startswith("-") else ["hubspot"]
    command = _command(*vendor, *arguments)
    return foreground(command, cwd=paths.ROOT, env=_environment())


def start(server=daemon, drip=None):
    """The address and token of the running simulator; started when it isn't.

    With ``drip`` some of its records change every so many seconds.
    """
    _must_exist()
    with step("Simulated vendor") as progress:
        info = server.info() or _start(server, drip)
        progress.result = info["url"]
        return info["url"], info["token"]


def _start(server, drip):
    port, token = _same_as_last_time(paths.DATA / f"{server.name}.json")
    arguments = ["hubspot", "--port", port, "--token", token, "--records", RECORDS]
    arguments += ["--max-seconds", YEAR]
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
            raise server.failed("The simulated vendor did not start.")
        time.sleep(0.05)
    return server.info()


def _same_as_last_time(record):
    """Port and token; the earlier ones, since a database may know them."""
    try:
        last = json.loads(record.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        last = {"port": FIRST_PORT, "token": secrets.token_hex(16)}
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
