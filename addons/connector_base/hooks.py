from odoo.tools import SQL

from .models.partner_sql import PHONE_INDEX, TRIGRAM_INDEX


def uninstall_hook(env):
    """Drop the indexes that matching made outside of the models' declarations."""
    for name in (PHONE_INDEX, TRIGRAM_INDEX):
        env.cr.execute(SQL("DROP INDEX IF EXISTS %s", SQL.identifier(name)))
