"""./dev status, stop and reset."""

import shutil

from . import database, paths, postgres, server, simulators
from .errors import DevError
from .processes import Daemon
from .progress import note

# In the order to end them: who uses comes before who is used.
DAEMONS = (
    server.daemon,
    Daemon("odoo-once"),
    *simulators.daemons().values(),
    *simulators.daemons("-once").values(),
    postgres.server,
)


def status(_arguments):
    for daemon in DAEMONS:
        info = daemon.info()
        text = f"runs, port {info.get('port')}, process {info['pid']}" if info else "-"
        print(f"{daemon.name:18}{text}")


def stop(_arguments=()):
    """End every server of this project that runs."""
    for daemon in DAEMONS:
        ran = postgres.stop() if daemon is postgres.server else daemon.stop()
        if ran:
            note(f"Stopped {daemon.name}.")


def reset(arguments):
    """Stop, and delete what can be made again."""
    if unknown := set(arguments) - {"--all"}:
        raise DevError(
            f"reset does not know {' '.join(unknown)}.", todo="./dev reset [--all]"
        )
    stop()
    _drop_databases()
    keep = () if "--all" in arguments else (paths.ODOO, paths.NODE)
    for path in sorted(paths.STATE.glob("*")):
        if path not in keep:
            _delete(path)
    if "--all" in arguments:
        _delete(paths.VENV)
    note("Databases and data are deleted.")


def _drop_databases():
    """Drop this checkout's databases on a server that isn't the project's own."""
    access = postgres.given()
    if access and paths.PYTHON.exists():
        for name in database.names(access, access.database("")):
            database.drop(access, name)


def _delete(path):
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
