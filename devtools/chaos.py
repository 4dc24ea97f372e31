"""./dev chaos [jobs] [seed]: workers die and the vendor fails, and nothing is lost."""

from . import database, paths, venv, workplace
from .errors import DevError
from .processes import foreground
from .progress import note, step


def main(arguments):
    """Run ``tests/chaos`` in a fresh database; its standard output is a line of JSON.

    Returns 1 where anything was lost or doubled or got stuck.
    """
    if len(arguments) > 2 or not all(each.isdecimal() for each in arguments):
        raise DevError(
            "How many jobs, and with which seed?", todo="./dev chaos [JOBS] [SEED]"
        )
    with workplace.ready(venv.TEST) as odoo:
        template = database.template(odoo)
        with step("Database") as progress:
            own = odoo.access.database("chaos")
            database.clone(odoo.access, template, own)
            progress.result = own
        try:
            return _run(odoo, own, arguments)
        finally:
            database.drop(odoo.access, own)


def _run(odoo, own, arguments):
    configuration = odoo.configuration("chaos", db_name=own)
    paths.LOG.mkdir(parents=True, exist_ok=True)
    note("")
    return foreground(
        [paths.PYTHON, "-m", "chaos", *arguments],
        cwd=paths.ROOT,
        env=odoo.environment(
            configuration,
            PYTHONPATH=f"{paths.ROOT}:{paths.TESTS}",
            CONNECTORS_DB=own,
            CONNECTORS_LOG=str(paths.LOG),
            **database.UNSAFE,
        ),
    )
