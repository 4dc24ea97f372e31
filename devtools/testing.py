"""./dev test: the whole suite through pytest-odoo, in fresh databases.

All of it is run by several processes side by side, each with a database of its own; a
choice of tests by one, which is ready sooner and whose output comes as it is printed.
"""

import os
import re
from pathlib import Path

from . import chromium, database, locks, paths, pytest_plugin, venv, workplace
from .processes import foreground
from .progress import note, step

# Processes for all tests: one a processor. More than these wait for one PostgreSQL.
MOST_WORKERS = 4


def main(arguments, **environment):
    """Run pytest with these arguments; returns its exit code.

    :param environment: more of it for the tests
    """
    workers = _workers(arguments)
    with workplace.ready(venv.TEST, light=True) as odoo:
        chromium.ensure()
        template = database.template(odoo)
        # Several people or editors may test in one folder: each run gets its own.
        with locks.first_free("test") as number:
            name = odoo.access.database("test" if number == 1 else f"test_{number}")
            names = pytest_plugin.worker_databases(name, workers) or [name]
            with step("Test database" if workers < 2 else "Test databases") as progress:
                drop_leftovers(odoo.access, name)
                for one in names:
                    database.clone(odoo.access, template, one)
                progress.result = ", ".join(names)
            return _pytest(odoo, name, template, workers, arguments, environment)


def _workers(arguments):
    """How many processes share the work; 1 where somebody has chosen some tests."""
    chosen = any(
        not argument.startswith("-") and Path(argument.partition("::")[0]).exists()
        for argument in arguments
    )
    return 1 if chosen else min(len(os.sched_getaffinity(0)), MOST_WORKERS)


def drop_leftovers(access, name):
    """Databases that tests of a run which was killed made for themselves."""
    for found in database.names(access, f"{name}_"):
        if re.fullmatch(rf"{name}_(gw\d+|(gw\d+_)?[0-9a-f]{{8}})", found):
            database.drop(access, found)


def _pytest(odoo, name, template, workers, arguments, more):
    configuration = odoo.configuration(name, db_name=name, http_port=8069)
    # Named, or tests outside of the project would be run with no settings.
    command = [paths.PYTHON, "-m", "pytest", "-c", paths.ROOT / "pyproject.toml"]
    command += [f"--rootdir={paths.ROOT}", "-p", "devtools.pytest_plugin"]
    command += [f"--odoo-config={configuration}", f"--odoo-database={name}"]
    command += ["--odoo-http"]
    if workers > 1:
        # A file stays with one process: its cases share what they set up.
        command += [f"--numprocesses={workers}", "--dist=loadfile"]
        command += ["--no-loadscope-reorder"]
    command += arguments
    environment = odoo.environment(
        configuration,
        PYTHONPATH=str(paths.ROOT),
        # Each process must find the same tests in the same order.
        PYTHONHASHSEED="0",
        # Tests that need real commits clone the template for themselves.
        CONNECTORS_DB=name,
        CONNECTORS_TEMPLATE=template,
        HYPOTHESIS_STORAGE_DIRECTORY=str(paths.STATE / "hypothesis"),
        **more,
        **database.UNSAFE,
    )
    note("")
    return foreground(command, cwd=paths.ROOT, env=environment)
