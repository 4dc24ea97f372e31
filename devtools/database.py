"""Databases with their filestores: install, clone, drop, and kept templates.

Two kinds of templates make a test run start in seconds: one with Odoo's modules
that the addons need, and on top of it one with the addons as they are now. Both
are named after what they were made from, and made anew when that changes.
"""

import re
import shutil
import time
from pathlib import Path

from . import fingerprint, locks, paths
from .errors import DevError
from .postgres import psql
from .processes import run
from .progress import step

# Tries, a second apart: an autovacuum's process is not ours to end.
DROP_TRIES = 15
BUSY = "permission denied to terminate process"
# For databases that can be made again: don't wait for the disk at each commit.
UNSAFE = {"PGOPTIONS": "-c synchronous_commit=off"}

NAMES_LIKE = "select datname from pg_database where datname like '%s'"


def exists(access, name):
    return name in names(access, name)


def names(access, beginning):
    """The databases whose names begin so."""
    pattern = beginning.replace("_", r"\_") + "%"
    # Names are made here, of letters and digits.
    return psql(access, NAMES_LIKE % pattern).split()


def drop(access, name):
    """Drop a database, also where PostgreSQL itself is tidying it up just now."""
    for attempt in range(DROP_TRIES):
        try:
            psql(
                access,
                f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)',
                what=f"The database {name} could not be dropped.",
            )
            break
        except DevError as error:
            if attempt == DROP_TRIES - 1 or BUSY not in error.why:
                raise
            time.sleep(1)
    shutil.rmtree(paths.FILESTORE / name, ignore_errors=True)


def clone(access, source, name):
    """Copy a database and its filestore; an old one of this name is dropped."""
    drop(access, name)
    psql(
        access,
        f'CREATE DATABASE "{name}" TEMPLATE "{source}"',
        what=f"The database {source} could not be copied to {name}.",
    )
    # A copy is a database of its own: others must be able to tell it apart.
    psql(
        access,
        "UPDATE ir_config_parameter SET value = gen_random_uuid()"
        " WHERE key IN ('database.uuid', 'database.secret')",
        database=name,
    )
    _copy_filestore(source, name)


def _copy_filestore(source, name):
    """Link the files: Odoo names them after their contents and never changes one."""
    origin, target = paths.FILESTORE / source, paths.FILESTORE / name
    if origin.is_dir():
        shutil.copytree(
            origin,
            target,
            ignore=shutil.ignore_patterns("checklist"),
            copy_function=_link,
        )


def _link(source, target):
    try:
        Path(target).hardlink_to(source)
    except OSError:  # a file system without hard links
        shutil.copy2(source, target)


def install(odoo, name, modules, progress, update=False):
    """Install modules, making the database when it isn't there.

    With ``update`` those that are installed are brought to their present state.
    """

    def show(line):
        if match := re.search(r"Loading module (\S+) \((\d+)/(\d+)\)", line):
            progress.say(f"module {match[2]} of {match[3]}, {match[1]}")

    what = f"Installing {', '.join(modules)} failed."
    configuration = odoo.configuration("install", db_name=name)
    wanted = ["-i", ",".join(modules)] + (["-u", ",".join(modules)] if update else [])
    output = run(
        odoo.command("-d", name, *wanted, "--stop-after-init"),
        what=what,
        log="install",
        on_line=show,
        env=odoo.environment(configuration, **UNSAFE),
        cwd=paths.ROOT,
    )
    query = "select name from ir_module_module where state = 'installed'"
    installed = psql(odoo.access, query, database=name).split()
    if missing := sorted(set(modules) - set(installed)):
        troubles = [
            line for line in output.splitlines() if " ERROR " in line or "WARN" in line
        ]
        raise DevError(
            what,
            "\n".join([f"Not installed: {', '.join(missing)}", *troubles[-8:]]),
            log=paths.LOG / "install.log",
        )


# -- templates ---------------------------------------------------------------


def foundation(odoo):
    """The database with what the addons need of Odoo, made when it isn't there."""
    modules = fingerprint.foundations()
    requirements = (paths.ROOT / "requirements.txt").read_bytes()
    build = f"{odoo.source.kind} {odoo.source.version} {odoo.source.build}"
    fingerprinted = fingerprint.of_foundations(build, requirements, modules)

    def make(draft, progress):
        install(odoo, draft, modules, progress)

    return _template(odoo, "Odoo's modules", "core", fingerprinted, make)


def template(odoo):
    """The database with the addons as they are now, made when it isn't there."""
    base = foundation(odoo)
    fingerprinted = fingerprint.of_addons(base)

    def make(draft, progress):
        clone(odoo.access, base, draft)
        install(odoo, draft, fingerprint.addons(), progress)

    return _template(odoo, "The suite's addons", "template", fingerprinted, make)


def _template(odoo, title, kind, fingerprinted, make):
    access = odoo.access
    name = access.database(f"{kind}_{fingerprinted}")
    with step(title) as progress:
        if exists(access, name):
            progress.result = "ready"
            return name

        def waiting():
            progress.say("another command is making databases")

        with locks.alone("templates", waiting):
            if not exists(access, name):
                # Under another name until it is whole.
                draft = access.database("draft")
                drop(access, draft)
                make(draft, progress)
                _rename(access, draft, name)
                _drop_stale(access, access.database(f"{kind}_"), name)
        progress.result = "installed"
        return name


def _rename(access, old, new):
    psql(access, f'ALTER DATABASE "{old}" RENAME TO "{new}"')
    shutil.rmtree(paths.FILESTORE / new, ignore_errors=True)
    if (paths.FILESTORE / old).is_dir():
        (paths.FILESTORE / old).rename(paths.FILESTORE / new)


def _drop_stale(access, beginning, current):
    """Drop templates of earlier states, but one that is being copied right now."""
    for name in names(access, beginning):
        if name != current:
            try:
                psql(access, f'DROP DATABASE IF EXISTS "{name}"')
            except DevError:
                continue
            shutil.rmtree(paths.FILESTORE / name, ignore_errors=True)
