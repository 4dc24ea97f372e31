"""Whether a line holds personal data is stored from now on, see ``end-lines.py``."""

from odoo.tools import sql


def migrate(cr, version):
    if not sql.column_exists(cr, "connector_field_map_line", "pii"):
        # Filled when the addons of all entities are loaded, which tell the default.
        sql.create_column(cr, "connector_field_map_line", "pii", "boolean")
