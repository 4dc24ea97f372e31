"""Everything Odoo needs: Python packages, PostgreSQL and Odoo itself."""

from contextlib import contextmanager

from . import locks, odoo_source, paths, postgres, progress, venv
from .odoo import Odoo


@contextmanager
def ready(files=venv.SUITE, light=False):
    """Odoo, ready to run, for the time of the block.

    :param light: its databases can be made again, see ``postgres.running``

    Commands that run at the same time prepare one after the other.
    """

    def waiting():
        progress.note("Another ./dev is preparing this folder; waiting for it.")

    paths.STATE.mkdir(exist_ok=True)
    with locks.alone("prepare", waiting):
        venv.ensure(files)
        source = odoo_source.ensure()
    with postgres.running(light) as access:
        yield Odoo(source, access)
