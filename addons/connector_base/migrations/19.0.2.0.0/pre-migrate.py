"""Tables with a row for each record lose the foreign keys that slow inserts down."""

from odoo.tools import sql


def migrate(cr, version):
    for table, column in (
        ("connector_log", "company_id"),
        ("connector_log", "flow_id"),
        ("connector_log", "job_id"),
        ("connector_binding", "company_id"),
        ("connector_binding", "flow_id"),
        ("connector_binding", "create_uid"),
        ("connector_binding", "write_uid"),
    ):
        sql.drop_constraint(cr, table, f"{table}_{column}_fkey")
    if sql.column_exists(cr, "connector_log", "job_id"):
        sql.rename_column(cr, "connector_log", "job_id", "job_number")
    # Found by the unique constraints that begin with it, or by nothing.
    for column in ("connection_id", "company_id"):
        cr.execute(f"DROP INDEX IF EXISTS connector_binding__{column}_index")
