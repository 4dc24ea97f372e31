"""Tests in their long form, each with databases that it makes for itself."""

from . import database, locks, paths, venv, workplace
from .processes import foreground
from .progress import note
from .testing import drop_leftovers


def run(package, arguments):
    """Run ``python -m PACKAGE`` of ``tests``; it prints a line of JSON.

    It finds the name of its first database in CONNECTORS_DB and what to clone in
    CONNECTORS_TEMPLATE. Returns its exit code.
    """
    with workplace.ready(venv.TEST) as odoo:
        template = database.template(odoo)
        # Several may run in one folder: each drops its own databases alone.
        with locks.first_free(package) as number:
            name = package if number == 1 else f"{package}_{number}"
            own = odoo.access.database(name)
            drop_leftovers(odoo.access, own)
            try:
                return _run(odoo, own, template, package, arguments)
            finally:
                drop_leftovers(odoo.access, own)


def _run(odoo, own, template, package, arguments):
    configuration = odoo.configuration(package, db_name=own)
    paths.LOG.mkdir(parents=True, exist_ok=True)
    note("")
    return foreground(
        [paths.PYTHON, "-m", package, *arguments],
        cwd=paths.ROOT,
        env=odoo.environment(
            configuration,
            PYTHONPATH=f"{paths.ROOT}:{paths.TESTS}",
            CONNECTORS_DB=own,
            CONNECTORS_TEMPLATE=template,
            CONNECTORS_LOG=str(paths.LOG),
            **database.UNSAFE,
        ),
    )
