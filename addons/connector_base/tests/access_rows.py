"""A row of each model as the database alone lets it be, without the models' rules."""

import json

from odoo.tools import SQL

#: What fills a column that has to be filled, by the type of its field.
FILLING = {
    "boolean": False,
    "integer": 1,
    "float": 1.0,
    "monetary": 1.0,
    "char": "x",
    "text": "x",
    "html": "x",
    "json": "[1]",
    "date": "2026-01-01",
    "datetime": "2026-01-01 00:00:00",
    "many2one_reference": 1,
    "binary": b"x",
}
#: Models whose rows are of the company that rows are made for, wherever they may be.
SHARED = ("res.company", "res.partner", "res.currency")


class Rows:
    """Makes one row of each model, with those that it refers to, for one company.

    Rows hold as little as the database wants. References to models of the suite are
    filled wherever there is a place for them: what follows them finds something.

    :param user: who made them
    """

    def __init__(self, env, company, user):
        self.env = env(su=True)
        self.user = user
        self.made = {
            "res.company": company.id,
            "res.partner": company.partner_id.id,
            "res.currency": company.currency_id.id,
            "res.users": user.id,
        }
        self.pending = set()
        columns = self.env.execute_query(
            SQL(
                "SELECT table_name, column_name FROM information_schema.columns"
                " WHERE table_schema = 'public' AND is_nullable = 'NO'"
            )
        )
        self.required = set(columns)

    def of(self, name):
        """The row of a model; an empty recordset where there can't be one (yet)."""
        model = self.env[name]
        if name not in self.made and name not in self.pending and model._auto:
            self.pending.add(name)
            found = self._there(model)
            self.made[name] = found.id or self._insert(model)
            if not found:
                self._fill(model)
        return model.browse(self.made.get(name))

    def _there(self, model):
        """One that nobody has to make: of another addon, or of no company."""
        ours = model._name.startswith("connector.")
        if ours and ("company_id" in model._fields or model._transient):
            return model.browse()
        domain = []
        if "company_id" in model._fields and model._fields["company_id"].store:
            domain = [("company_id", "in", (False, self.made["res.company"]))]
        return model.with_context(active_test=False).search(domain, limit=1)

    def _columns(self, model):
        return [
            field
            for field in model._fields.values()
            if field.store and field.column_type and field.name != "id"
        ]

    def _insert(self, model):
        columns = self._columns(model)
        defaults = model.default_get([field.name for field in columns])
        vals = {
            field.name: self._value(model, field, defaults.get(field.name))
            for field in columns
        }
        vals = {name: value for name, value in vals.items() if value is not None}
        if model._log_access:
            vals |= dict.fromkeys(("create_uid", "write_uid"), self.user.id)
        names = SQL(", ").join(map(SQL.identifier, vals))
        values = SQL(", ").join(SQL("%s", value) for value in vals.values())
        [(row_id,)] = self.env.execute_query(
            SQL(
                "INSERT INTO %s (%s) VALUES (%s) RETURNING id",
                SQL.identifier(model._table),
                names,
                values,
            )
        )
        return row_id

    def _value(self, model, field, default):
        """A value of a column as PostgreSQL takes it; None leaves it empty."""
        required = (model._table, field.name) in self.required
        if field.type == "many2one":
            # A row of the audit is never changed: it comes as it stays.
            if field.comodel_name in SHARED or required or not model._log_access:
                return self.of(field.comodel_name).id or None
            return default or None
        if field.name == "res_model":
            return "res.partner"
        if field.name == "res_id":
            return self.made["res.partner"]
        if field.translate:
            return json.dumps({"en_US": default or "x"})
        if isinstance(default, str | int | float) and default is not False:
            return str(default) if field.type in ("char", "selection") else default
        if not required:
            return "[1]" if field.type == "json" and field.name == "res_ids" else None
        if field.type == "selection":
            return next(iter(field.get_values(self.env)), "x")
        return FILLING[field.type]

    def _fill(self, model):
        """Refer to rows of the suite, which may refer to this one."""
        row_id = self.made[model._name]
        if not model._log_access:
            return
        for field in model._fields.values():
            ours = (field.comodel_name or "").startswith("connector.")
            if not (ours and field.store):
                continue
            if field.type == "many2one":
                if (model._table, field.name) in self.required:
                    continue
                query = "UPDATE %(table)s SET %(column)s = %(other)s WHERE id = %(row)s"
                names = {"table": model._table, "column": field.name}
            elif field.type == "many2many":
                query = (
                    "INSERT INTO %(table)s (%(one)s, %(two)s)"
                    " VALUES (%(row)s, %(other)s) ON CONFLICT DO NOTHING"
                )
                names = {
                    "table": field.relation,
                    "one": field.column1,
                    "two": field.column2,
                }
            else:
                continue
            if other := self.of(field.comodel_name).id:
                names = {key: SQL.identifier(name) for key, name in names.items()}
                self.env.cr.execute(SQL(query, row=row_id, other=other, **names))

    def made_by(self, user):
        """Let somebody be the one who opened all dialogs."""
        for name, row_id in self.made.items():
            model = self.env[name]
            if model._transient and name.startswith("connector."):
                self._change(model, row_id, {"create_uid": user.id})

    def change(self, name, vals):
        """Put values into the row of a model, whatever the model would say."""
        self._change(self.env[name], self.made[name], vals)

    def _change(self, model, row_id, vals):
        changes = SQL(", ").join(
            SQL("%s = %s", SQL.identifier(name), value) for name, value in vals.items()
        )
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET %s WHERE id = %s",
                SQL.identifier(model._table),
                changes,
                row_id,
            )
        )
        self.env.invalidate_all(flush=False)
