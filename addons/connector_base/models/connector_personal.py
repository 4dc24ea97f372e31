from psycopg2.extras import Json

from odoo import models
from odoo.tools import SQL

#: Rows that are looked through by one statement, and that are erased together.
SPAN = 20_000
BATCH = 500
#: Types of columns that hold texts, and what they are to PostgreSQL.
TEXTS = {"char": SQL("text"), "text": SQL("text"), "html": SQL("text")} | {
    "json": SQL("jsonb")
}


class ConnectorPersonal(models.AbstractModel):
    """For models of connectors that may hold something about a person.

    A request to find or to erase a person asks each of them, in bounded batches. A
    model says by its two methods where that is and what becomes of it; what only
    quotes people in texts names its columns, and is done.
    """

    _name = "connector.personal"
    _description = "Connector Personal"

    #: Stored columns of texts, JSON among them, that may quote a person.
    _personal_texts = ()
    #: The column that tells how old a row is.
    _personal_date = "create_date"

    def _personal_records(self, person):
        """The records that hold something about a person, of all companies.

        :param person: ``engine.person.Person``
        :return: recordset of this model, or an iterable of ids where it has millions;
            ``None`` where ``_personal_about`` and ``_personal_texts`` tell
        """
        return None

    def _personal_erase(self, person):
        """Take out of these records what they say about a person.

        What was done stays where something depends on it (a binding, a document); who
        it was done to goes. Called with at most a batch of records.

        :param person: ``engine.person.Person``
        :return: number of records that were changed or deleted
        """
        return self._personal_mask(person)

    # -- what is found by columns ---------------------------------------------

    def _personal_about(self, person):
        """SQL of the rows that are about the person, by ids; ``None`` for none."""
        return None

    def _personal_told(self, person, after_id, last_id):
        """Ids of the rows of a stretch whose texts quote the person."""
        if not (self._personal_texts and person.pattern):
            return set()
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM %s WHERE id > %s AND id <= %s AND %s AND %s ~* %s",
                SQL.identifier(self._table),
                after_id,
                last_id,
                self._personal_among(),
                self._personal_text(),
                person.pattern,
            )
        )
        return {row[0] for row in rows}

    def _personal_among(self):
        """SQL of the rows that are a connector's; all of them, in its own tables."""
        return SQL("TRUE")

    def _personal_text(self):
        """SQL of all texts of a row, one after the other."""
        return SQL(
            "concat_ws(%s, %s)",
            "\n",
            SQL(", ").join(
                SQL("%s::text", SQL.identifier(name)) for name in self._personal_texts
            ),
        )

    def _personal_spans(self, person, after_id=0):
        """Batches of what holds something about a person, in the order of ids.

        :param after_id: what was looked at before
        :return: iterator of ``(records, id of the last row that was looked at)``;
            without records where a stretch has none
        """
        self.flush_model()
        found = self._personal_records(person)
        if found is not None:
            found = found._ids if isinstance(found, models.BaseModel) else found
            yield from self._batches({i for i in found if i > after_id}, None)
            return
        about = self._personal_about_ids(person, after_id)
        [(end,)] = self.env.execute_query(
            SQL("SELECT COALESCE(MAX(id), 0) FROM %s", SQL.identifier(self._table))
        )
        while after_id < end:
            last_id = min(after_id + SPAN, end)
            told = self._personal_told(person, after_id, last_id)
            here = {row_id for row_id in about if after_id < row_id <= last_id}
            yield from self._batches(told | here, last_id)
            after_id = last_id

    def _batches(self, ids, last_id):
        ids = sorted(ids)
        for start in range(0, len(ids), BATCH):
            batch = ids[start : start + BATCH]
            yield self.browse(batch), batch[-1]
        if last_id and (not ids or ids[-1] < last_id):
            yield self.browse(), last_id

    def _personal_about_ids(self, person, after_id=0, ids=None):
        """Ids of rows that are about the person, of ``ids`` or of all."""
        about = self._personal_about(person)
        if about is None:
            return set()
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM %s WHERE (%s) AND id > %s AND %s",
                SQL.identifier(self._table),
                about,
                after_id,
                SQL("TRUE") if ids is None else SQL("id = ANY(%s)", list(ids)),
            )
        )
        return {row[0] for row in rows}

    # -- what is erased in columns --------------------------------------------

    def _personal_empty(self, names, values=None):
        """Empty columns of these rows, in one statement.

        :param values: SQL of further columns that are set, ending with a comma
        """
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET %s %s WHERE id = ANY(%s)",
                SQL.identifier(self._table),
                values or SQL(""),
                SQL(", ").join(
                    SQL("%s = NULL", SQL.identifier(name)) for name in names
                ),
                self.ids,
            )
        )
        self.invalidate_model(flush=False)
        return len(self)

    def _personal_mask(self, person, names=None):
        """Put a mask where texts of these rows quote the person, in one statement.

        :return: number of rows that were changed
        """
        names = self._personal_texts if names is None else names
        if not (names and self.ids):
            return 0
        self.flush_model()
        table = SQL.identifier(self._table)
        columns = [SQL.identifier(name) for name in names]
        kinds = [TEXTS[self._fields[name].type] for name in names]
        rows = self.env.execute_query(
            SQL(
                "SELECT id, %s FROM %s WHERE id = ANY(%s) ORDER BY id FOR UPDATE",
                SQL(", ").join(columns),
                table,
                self.ids,
            )
        )
        changed = []
        for row_id, *texts in rows:
            masked = [person.without(text) for text in texts]
            if masked != texts:
                changed.append((row_id, masked))
        if changed:
            self.env.cr.execute(
                SQL(
                    "UPDATE %s AS t SET %s FROM (VALUES %s) AS v (id, %s)"
                    " WHERE t.id = v.id",
                    table,
                    SQL(", ").join(SQL("%s = v.%s", c, c) for c in columns),
                    SQL(", ").join(
                        SQL(
                            "(%s, %s)",
                            row_id,
                            SQL(", ").join(
                                SQL("%s::%s", _adapted(field, value), kind)
                                for field, value, kind in zip(
                                    map(self._fields.get, names),
                                    masked,
                                    kinds,
                                    strict=True,
                                )
                            ),
                        )
                        for row_id, masked in changed
                    ),
                    SQL(", ").join(columns),
                )
            )
            self.invalidate_model(flush=False)
        return len(changed)


def _adapted(field, value):
    return Json(value) if field.type == "json" and value is not None else value
