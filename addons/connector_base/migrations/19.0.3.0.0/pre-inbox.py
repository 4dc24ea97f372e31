"""Currencies of exceptions, filled in two statements instead of record by record."""

from odoo.tools import SQL, sql


def migrate(cr, version):
    for table in ("connector_exception", "connector_exception_item"):
        if sql.column_exists(cr, table, "currency_id"):
            continue
        sql.create_column(cr, table, "currency_id", "int4")
        cr.execute(
            SQL(
                """
                UPDATE %s t SET currency_id = c.currency_id FROM res_company c
                 WHERE c.id = t.company_id
                """,
                SQL.identifier(table),
            )
        )
