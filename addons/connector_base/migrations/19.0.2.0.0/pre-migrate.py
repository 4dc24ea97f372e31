"""Tables with a row for each record lose the foreign keys that slow inserts down."""

from odoo.tools import sql


def migrate(cr, version):
    for table, column in (
        ("connector_log", "company_id"),
        ("connector_log", "flow_id"),
        ("connector_log", "job_id"),
        ("connector_binding", "company_id"),
        ("connector_binding", "flow_id"),
    ):
        sql.drop_constraint(cr, table, f"{table}_{column}_fkey")
    if sql.column_exists(cr, "connector_log", "job_id"):
        sql.rename_column(cr, "connector_log", "job_id", "job_number")
