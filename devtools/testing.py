"""./dev test: the whole suite through pytest-odoo, in a fresh database."""

import re

from . import chromium, database, locks, paths, venv, workplace
from .processes import foreground
from .progress import note, step


def main(arguments):
    """Run pytest with these arguments; returns its exit code."""
    with workplace.ready(venv.TEST) as odoo:
        chromium.ensure()
        template = database.template(odoo)
        # Several people or editors may test in one folder: each run gets its own.
        with locks.first_free("test") as number:
            name = odoo.access.database("test" if number == 1 else f"test_{number}")
            with step("Test database") as progress:
                drop_leftovers(odoo.access, name)
                database.clone(odoo.access, template, name)
                progress.result = name
            return _pytest(odoo, name, template, arguments)


def drop_leftovers(access, name):
    """Databases that tests of a run which was killed made for themselves."""
    for found in database.names(access, f"{name}_"):
        if re.fullmatch(rf"{name}_[0-9a-f]{{8}}", found):
            database.drop(access, found)


def _pytest(odoo, name, template, arguments):
    configuration = odoo.configuration(name, db_name=name, http_port=8069)
    # Named, or tests outside of the project would be run with no settings.
    command = [paths.PYTHON, "-m", "pytest", "-c", paths.ROOT / "pyproject.toml"]
    command += [f"--rootdir={paths.ROOT}", "-p", "devtools.pytest_plugin"]
    command += [f"--odoo-config={configuration}", f"--odoo-database={name}"]
    command += ["--odoo-http", *arguments]
    environment = odoo.environment(
        configuration,
        PYTHONPATH=str(paths.ROOT),
        # Tests that need real commits clone the template for themselves.
        CONNECTORS_DB=name,
        CONNECTORS_TEMPLATE=template,
        HYPOTHESIS_STORAGE_DIRECTORY=str(paths.STATE / "hypothesis"),
        **database.UNSAFE,
    )
    note("")
    return foreground(command, cwd=paths.ROOT, env=environment)
