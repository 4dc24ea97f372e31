"""./dev bench NAME: a benchmark in a fresh database of its own."""

import sys

from . import database, paths, venv, workplace
from .errors import DevError
from .processes import foreground
from .progress import step

FOLDER = paths.TESTS / "benchmarks"


def main(arguments):
    """Run ``tests/benchmarks/bench_NAME.py`` with what follows the name.

    It finds the configuration in ODOO_RC and the database in CONNECTORS_DB; its
    standard output, a line of JSON, is passed through. Commits wait for the disk
    as they do in production, or the numbers would flatter.
    """
    names = sorted(
        path.stem.removeprefix("bench_") for path in FOLDER.glob("bench_*.py")
    )
    if not arguments or arguments[0] not in names:
        raise DevError(
            f"There is no benchmark {arguments[0]!r}."
            if arguments
            else "Which benchmark?",
            todo=f"./dev bench {'|'.join(names) or '(there is none yet)'}",
        )
    name, *rest = arguments
    with workplace.ready(venv.TEST) as odoo:
        template = database.template(odoo)
        with step("Database") as progress:
            own = odoo.access.database("bench")
            database.clone(odoo.access, template, own)
            progress.result = own
        try:
            return _run(odoo, own, name, rest)
        finally:
            database.drop(odoo.access, own)


def _run(odoo, own, name, arguments):
    configuration = odoo.configuration("bench", db_name=own)
    sys.stdout.flush()
    return foreground(
        [paths.PYTHON, FOLDER / f"bench_{name}.py", *arguments],
        cwd=paths.ROOT,
        env=odoo.environment(
            configuration,
            PYTHONPATH=f"{paths.ROOT}:{paths.TESTS}",
            CONNECTORS_DB=own,
        ),
    )
