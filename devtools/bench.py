"""./dev bench NAME: a benchmark in a fresh database of its own."""

import subprocess
import sys

from . import database, paths, venv, workplace
from .errors import DevError
from .progress import step

FOLDER = paths.TESTS / "benchmarks"
DATABASE = "connectors_bench"


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
            database.clone(odoo, template, DATABASE)
            progress.result = DATABASE
        try:
            return _run(odoo, name, rest)
        finally:
            database.drop(odoo, DATABASE)


def _run(odoo, name, arguments):
    configuration = odoo.configuration(DATABASE, db_name=DATABASE)
    sys.stdout.flush()
    return subprocess.run(
        [paths.PYTHON, FOLDER / f"bench_{name}.py", *arguments],
        cwd=paths.ROOT,
        env=odoo.environment(
            configuration,
            PYTHONPATH=f"{paths.ROOT}:{paths.TESTS}",
            CONNECTORS_DB=DATABASE,
        ),
        check=False,
    ).returncode
