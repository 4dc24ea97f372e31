from odoo.tools import SQL

from .models.connector_metrics import TOKEN_PARAMETER
from .models.partner_sql import PHONE_INDEX, TRIGRAM_INDEX


def uninstall_hook(env):
    """Drop the indexes that matching made outside of the models' declarations, and the
    token of the metrics, that no later installation shall know."""
    env["ir.config_parameter"].set_param(TOKEN_PARAMETER, False)
    for name in (PHONE_INDEX, TRIGRAM_INDEX):
        env.cr.execute(SQL("DROP INDEX IF EXISTS %s", SQL.identifier(name)))
