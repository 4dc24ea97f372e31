import datetime
import io
import json

from odoo import fields

#: Characters with a meaning in the text form of COPY, and how they are written there.
#: https://www.postgresql.org/docs/current/sql-copy.html#id-1.9.3.55.9.2
ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
NULL = r"\N"


def bulk_insert(model, vals_list):
    """Insert rows by COPY, past the ORM's create: a third of what INSERT costs.

    For tables that only the engine fills, by the thousand, with every stored column
    given: no defaults, no computed fields, no tracking, no access rights.

    :param model: empty recordset of the model
    :param vals_list: list of dicts with the same keys, as for ``create``
    """
    if not vals_list:
        return
    columns = list(vals_list[0])
    rows = zip(
        *(
            _column(model, model._fields[name], [vals[name] for vals in vals_list])
            for name in columns
        ),
        strict=True,
    )
    if model._log_access:
        now = fields.Datetime.now()
        uid = model.env.uid
        stamps = {"create_uid": uid, "create_date": now}
        stamps |= {"write_uid": uid, "write_date": now}
        columns += stamps
        tail = "\t" + "\t".join(map(_text, stamps.values())) + "\n"
    else:
        tail = "\n"
    text = io.StringIO("".join(["\t".join(row) + tail for row in rows]))
    # What these rows point to must be in the database before them.
    model.env.flush_all()
    cr = model.env.cr
    # The cursor of a test opens its savepoint at a statement, and COPY is none to it.
    cr.execute("SELECT 1")
    cr.copy_from(text, model._table, columns=columns)


def _column(model, field, values):
    """The texts of one column; what all rows share is converted once."""
    first = values[0]
    if all(value is first for value in values):
        return [_text(field.convert_to_column_insert(first, model))] * len(values)
    convert = field.convert_to_column_insert
    return [_text(convert(value, model)) for value in values]


def _text(value):
    """A value as COPY reads it."""
    if value is None:
        return NULL
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, datetime.datetime | datetime.date):
        return value.isoformat(" ") if hasattr(value, "hour") else value.isoformat()
    if not isinstance(value, str):
        # psycopg2's wrapper of JSON
        value = json.dumps(value.adapted)
    return value.translate(ESCAPES)
