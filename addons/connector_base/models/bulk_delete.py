from odoo.tools import SQL


def bulk_delete(model, condition, batch):
    """Delete rows in one bounded statement, past the ORM's unlink.

    For the vacuum of tables that only the engine fills.

    :param model: empty recordset of the model
    :param condition: SQL of which rows, and in which order if that matters
    :param batch: most rows at once
    :return: ``(done, remaining)`` as Odoo's vacuum wants it
    """
    table = SQL.identifier(model._table)
    model.env.cr.execute(
        SQL(
            "DELETE FROM %s WHERE id IN (SELECT id FROM %s WHERE %s LIMIT %s)",
            table,
            table,
            condition,
            batch,
        )
    )
    done = model.env.cr.rowcount
    return done, done == batch
