from odoo import fields
from odoo.tools import SQL


def bulk_insert(model, vals_list):
    """Insert rows in one statement, past the ORM's create.

    For tables that only the engine fills, by the thousand, with every stored column
    given: no defaults, no computed fields, no tracking, no access rights.

    :param model: empty recordset of the model
    :param vals_list: list of dicts with the same keys, as for ``create``
    :return: the new records, in order
    """
    if not vals_list:
        return model.browse()
    columns = list(vals_list[0])
    definitions = [model._fields[column] for column in columns]
    stamps = (
        {"create_uid": model.env.uid, "create_date": fields.Datetime.now()}
        if model._log_access
        else {}
    )
    if stamps:
        stamps |= {
            "write_uid": stamps["create_uid"],
            "write_date": stamps["create_date"],
        }
    # A tuple is adapted by psycopg2 as a whole, as the row that VALUES wants.
    rows = [
        (
            *(
                field.convert_to_column_insert(vals[field.name], model)
                for field in definitions
            ),
            *stamps.values(),
        )
        for vals in vals_list
    ]
    # What these rows point to must be in the database before them.
    model.env.flush_all()
    # Another worker may have been first with a row. That is dealt with; the rows
    # themselves, people's data, have no place in the server's log.
    model.env.cr.execute(
        SQL(
            "INSERT INTO %s (%s) VALUES %s RETURNING id",
            SQL.identifier(model._table),
            SQL(", ").join(SQL.identifier(name) for name in [*columns, *stamps]),
            SQL(", ").join(SQL("%s", row) for row in rows),
        ),
        log_exceptions=False,
    )
    return model.browse([row[0] for row in model.env.cr.fetchall()])
