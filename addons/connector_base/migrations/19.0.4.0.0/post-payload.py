"""What vendors sent is encrypted; it stood in plain columns until now."""

from odoo import SUPERUSER_ID, api
from odoo.tools import SQL, sql

#: Rows that are encrypted together: their payloads are in memory meanwhile.
BATCH = 1000
MODELS = ("connector.event", "connector.exception.item")


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    for name in MODELS:
        model = env[name]
        if not sql.column_exists(cr, model._table, "payload"):
            continue
        while encrypt_some(cr, model):
            pass
        cr.execute(
            SQL("ALTER TABLE %s DROP COLUMN payload", SQL.identifier(model._table))
        )
    env.invalidate_all()


def encrypt_some(cr, model):
    """Encrypt a batch of payloads; returns how many there were."""
    table = SQL.identifier(model._table)
    cr.execute(
        SQL(
            "SELECT id, payload FROM %s WHERE payload IS NOT NULL LIMIT %s",
            table,
            BATCH,
        )
    )
    rows = cr.fetchall()
    if rows:
        cr.execute(
            SQL(
                """
                UPDATE %s t SET payload_token = v.token, payload = NULL
                  FROM (VALUES %s) AS v (id, token) WHERE t.id = v.id
                """,
                table,
                SQL(", ").join(
                    SQL("(%s, %s)", row_id, model._payload_locked(payload))
                    for row_id, payload in rows
                ),
            )
        )
    return len(rows)
