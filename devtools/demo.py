"""./dev demo: Odoo with the suite, connected to simulated vendors, synced once."""

import json
import time
from contextlib import ExitStack

from . import (
    database,
    demo_support,
    fingerprint,
    paths,
    postgres,
    server,
    simulators,
    workplace,
)
from .demo_company import APPROVER
from .errors import DevError
from .processes import Daemon, run
from .progress import note, step

LOGIN = PASSWORD = "admin"  # Odoo's own for a new database
MINUTES_FOR_FIRST_SYNC = 15
# So that there is something to see after the first sync, too.
SECONDS_BETWEEN_CHANGES = 30


def main(arguments):
    started = time.monotonic()
    if unknown := set(arguments) - {"--once"}:
        raise DevError(
            f"demo does not know {' '.join(sorted(unknown))}.",
            todo="./dev demo [--once]",
        )
    if "--once" in arguments:
        counts = _once()
        counts["seconds"] = round(time.monotonic() - started, 1)
        print(json.dumps(counts))
    else:
        _stay()


def _once():
    """The first sync of a new database; everything is ended and removed after."""
    # With names of its own, beside a demo that may be running.
    odoo_daemon, vendors = Daemon("odoo-once"), simulators.daemons("-once")
    with workplace.ready() as odoo, ExitStack() as stack:
        name = odoo.access.database("once")
        stack.callback(database.drop, odoo.access, name)
        _new_database(odoo, name)
        for daemon in (*vendors.values(), odoo_daemon):
            daemon.stop()  # left by a run that was killed
            stack.callback(daemon.stop)
        access = simulators.start(vendors)
        demo_support.fill(access)
        server.start(odoo, name, odoo_daemon)
        _connect(odoo, odoo_daemon, access)
        return _first_sync(odoo, odoo_daemon)


def _stay():
    """Leave everything running; a second run finds it."""
    with workplace.ready() as odoo, ExitStack() as on_failure:
        name = odoo.access.database("demo")
        if not database.exists(odoo.access, name):
            _new_database(odoo, name)
            _remember()
        elif _addons_changed():
            server.daemon.stop()
            _update(odoo, name)
            _remember()
        # The simulated vendors forget whom to tell of changes when they end.
        vendors = simulators.daemons()
        was_running = all(
            daemon.info() for daemon in (server.daemon, *vendors.values())
        )
        access = simulators.start(vendors, drip=SECONDS_BETWEEN_CHANGES)
        demo_support.fill(access)
        url = server.start(odoo, name)
        if not was_running:
            on_failure.callback(server.daemon.stop)
            _connect(odoo, server.daemon, access)
        # From here on a person can look at what happens, and at what fails.
        on_failure.pop_all()
        postgres.keep()
        counts = _first_sync(odoo, server.daemon)
    _tell(url, access, counts)


# -- the database ------------------------------------------------------------


def _record():
    return paths.DATA / "demo.json"


def _new_database(odoo, name):
    template = database.template(odoo)
    with step("Database") as progress:
        database.clone(odoo.access, template, name)
        progress.result = name


def _remember():
    paths.write_private(_record(), json.dumps({"addons": fingerprint.of_addons("")}))


def _addons_changed():
    try:
        known = json.loads(_record().read_text(encoding="utf-8"))["addons"]
    except (OSError, ValueError, KeyError):
        known = None
    return known != fingerprint.of_addons("")


def _update(odoo, name):
    """Bring the demo's addons to their present state; its data stay."""
    with step("The suite's addons") as progress:
        modules = fingerprint.addons()
        database.install(odoo, name, modules, progress, update=True)
        progress.result = "updated"


# -- inside Odoo -------------------------------------------------------------


def _in_odoo(odoo, daemon, piece, what, on_line=None, **values):
    info = daemon.info()
    if info is None:
        raise daemon.failed("Odoo's server has ended.")
    return run(
        [paths.PYTHON, "-m", "devtools.in_odoo", piece],
        what=what,
        log=f"demo-{piece}",
        on_line=on_line,
        cwd=paths.ROOT,
        env=odoo.environment(
            info["configuration"],
            PYTHONPATH=str(paths.ROOT),
            CONNECTORS_DB=info["database"],
            **values,
        ),
    )


def _connect(odoo, daemon, access):
    with step("Connection") as progress:
        progress.say("connecting")
        _in_odoo(
            odoo,
            daemon,
            "connect",
            "The demo could not be connected to the simulated vendors.",
            CONNECTORS_VENDORS=json.dumps(access),
            CONNECTORS_ODOO=daemon.info()["url"],
        )
        progress.result = "connected"


def _first_sync(odoo, daemon):
    """Wait until nothing is left to do; returns the counts."""
    deadline = time.monotonic() + MINUTES_FOR_FIRST_SYNC * 60
    what = "The first sync did not come to its end."
    last = {}

    def look(line):
        if not line.startswith("{"):
            return
        last.update(json.loads(line))
        progress.say(f"{_sentence(last)}, {last['pending_jobs']} jobs to do")
        if daemon.info() is None:
            raise daemon.failed(what)
        if time.monotonic() > deadline:
            raise daemon.failed(
                f"{what} It took over {MINUTES_FOR_FIRST_SYNC} minutes."
            )

    with step("First sync") as progress:
        _in_odoo(odoo, daemon, "watch", what, look)
        # What can only be set up for customers and tickets that are there.
        _in_odoo(odoo, daemon, "settle", "The demo's support could not be set up.")
        _in_odoo(odoo, daemon, "watch", what, look)
        progress.result = _sentence(last)
    return {key: value for key, value in last.items() if key != "pending_jobs"}


def _sentence(counts):
    names = ("companies", "contacts", "deals", "invoices", "tickets", "exceptions")
    return ", ".join(f"{counts.get(name, 0)} {name}" for name in names)


def _tell(url, access, counts):
    note("")
    print(f"Odoo is running, connected and synced: {_sentence(counts)}.")
    print()
    print(f"  Address   {url}/odoo")
    print(f"  Login     {LOGIN}")
    print(f"  Password  {PASSWORD}")
    print()
    print(f"Who approves field maps logs in as {APPROVER}, password {APPROVER}.")
    print("Records keep changing at the simulated vendors and arrive within seconds; a")
    print("company or contact that you edit in Odoo goes out within seconds, too.")
    addresses = ", ".join(
        f"{vendor} at {where}" for vendor, (where, _) in access.items()
    )
    print(f"They answer: {addresses}. ./dev stop ends all.")
