from odoo.tools import SQL

from .models.connector_metrics import TOKEN_PARAMETER
from .models.connector_sealed import GUARD
from .models.partner_sql import PHONE_INDEX, TRIGRAM_INDEX


def uninstall_hook(env):
    """Drop what was made outside of the models' declarations.

    Indexes of matching, what refuses to change rows of the log and the audit, and the
    token of the metrics, that no later installation shall know.
    """
    env["ir.config_parameter"].set_param(TOKEN_PARAMETER, False)
    env.cr.execute(SQL("DROP FUNCTION IF EXISTS %s() CASCADE", SQL.identifier(GUARD)))
    for name in (PHONE_INDEX, TRIGRAM_INDEX):
        env.cr.execute(SQL("DROP INDEX IF EXISTS %s", SQL.identifier(name)))
