from odoo.tools import SQL

from .models.connector_sealed import GUARD
from .models.partner_sql import PHONE_INDEX, TRIGRAM_INDEX


def uninstall_hook(env):
    """Drop what was made outside of the models' declarations.

    Indexes of matching, and what refuses to change rows of the log and the audit.
    """
    env.cr.execute(SQL("DROP FUNCTION IF EXISTS %s() CASCADE", SQL.identifier(GUARD)))
    for name in (PHONE_INDEX, TRIGRAM_INDEX):
        env.cr.execute(SQL("DROP INDEX IF EXISTS %s", SQL.identifier(name)))
