"""./dev year [customers] [seed] [vendor]: a year of billing, and its books."""

from . import database, locks, paths, venv, workplace
from .errors import DevError
from .processes import foreground
from .progress import note
from .testing import drop_leftovers

#: What may stand behind the numbers.
VENDORS = ([], ["stripe"], ["chargebee"])


def main(arguments):
    """Run ``tests/year`` in databases of its own; it prints a line of JSON.

    Returns 1 where the books differ from what was billed.
    """
    numbers, vendor = arguments[:2], arguments[2:]
    if not all(each.isdecimal() for each in numbers) or vendor not in VENDORS:
        raise DevError(
            "How many customers, with which seed, and of whom?",
            todo="./dev year [CUSTOMERS] [SEED] [stripe|chargebee]",
        )
    with workplace.ready(venv.TEST) as odoo:
        template = database.template(odoo)
        # Several may run in one folder: each drops its own databases alone.
        with locks.first_free("year") as number:
            own = odoo.access.database("year" if number == 1 else f"year_{number}")
            drop_leftovers(odoo.access, own)
            try:
                return _run(odoo, own, template, arguments)
            finally:
                drop_leftovers(odoo.access, own)


def _run(odoo, own, template, arguments):
    configuration = odoo.configuration("year", db_name=own)
    paths.LOG.mkdir(parents=True, exist_ok=True)
    note("")
    return foreground(
        [paths.PYTHON, "-m", "year", *arguments],
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
