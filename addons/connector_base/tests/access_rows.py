"""A row of each model as the database alone lets it be, without the models' rules."""

from odoo.tools import SQL

#: Types of fields and what fills them where something has to.
FILLING = {
    "boolean": False,
    "integer": 1,
    "float": 1.0,
    "monetary": 1.0,
    "char": "x",
    "text": "x",
    "html": "x",
    "json": "{}",
    "date": "2026-01-01",
    "datetime": "2026-01-01 00:00:00",
    "many2one_reference": 1,
    "binary": b"x",
}


class Rows:
    """Makes one row of each model, with those that it refers to, for one company."""

    def __init__(self, env, company, user):
        self.env = env(su=True)
        self.user = user
        self.made = {"res.company": company.id, "res.users": user.id}
        partner = company.partner_id
        self.made |= {
            "res.partner": partner.id,
            "res.currency": company.currency_id.id,
        }
        self.pending = set()

    def of(self, name):
        """Id of the row of a model; None as long as it is being made."""
        if name not in self.made and name not in self.pending:
            self.pending.add(name)
            self.made[name] = self._make(self.env[name])
        return self.made.get(name)

    def record(self, name):
        return self.env[name].browse(self.of(name))

    def _make(self, model):
        if not model._name.startswith("connector."):
            found = self._foreign(model)
            if found is not None:
                return found
        required = self._required(model)
        defaults = model.default_get([f.name for f in self._columns(model)])
        vals = {}
        for field in self._columns(model):
            value = self._value(field, defaults.get(field.name), field.name in required)
            if value is not None:
                vals[field.name] = value
        if model._log_access:
            vals |= {"create_uid": self.user.id, "write_uid": self.user.id}
        return self._insert(model, vals)

    def _foreign(self, model):
        """A row that is there already and that its company may see."""
        domain = []
        if "company_id" in model._fields and model._fields["company_id"].store:
            companies = (False, self.made["res.company"])
            domain = [("company_id", "in", companies)]
        return model.with_context(active_test=False).search(domain, limit=1).id or None

    def _columns(self, model):
        return [
            field
            for field in model._fields.values()
            if field.store and field.column_type and field.name != "id"
        ]

    def _required(self, model):
        rows = self.env.execute_query(
            SQL(
                "SELECT column_name FROM information_schema.columns"
                " WHERE table_name = %s AND is_nullable = 'NO'",
                model._table,
            )
        )
        return {name for (name,) in rows}

    def _value(self, field, default, required):
        if field.type == "many2one":
            return self._reference(field, default, required)
        if field.name == "res_model":
            return "res.partner"
        if field.name == "res_id":
            return self.made["res.partner"]
        if field.type == "selection":
            if default or not required:
                return default or None
            selection = field.get_values(self.env)
            return selection[0] if selection else "x"
        if isinstance(default, str | int | float | bool) and default is not False:
            return str(default) if field.type == "char" else default
        if not required:
            return None
        return FILLING[field.type]

    def _reference(self, field, default, required):
        ours = field.comodel_name.startswith("connector.")
        if field.comodel_name in ("res.company", "res.partner", "res.currency"):
            return self.of(field.comodel_name)
        if isinstance(default, int) and default and not ours:
            return default
        if not required and not ours:
            return None
        return self.of(field.comodel_name)

    def _insert(self, model, vals):
        names = list(vals)
        values = [
            value
            if isinstance(value, SQL)
            else model._fields[name].convert_to_column_insert(value, model)
            if model._fields[name].type in ("json", "text", "char", "html")
            else value
            for name, value in vals.items()
        ]
        [(row_id,)] = self.env.execute_query(
            SQL(
                "INSERT INTO %s (%s) VALUES (%s) RETURNING id",
                SQL.identifier(model._table),
                SQL(", ").join(map(SQL.identifier, names)),
                SQL(", ").join(SQL("%s", value) for value in values),
            )
            if names
            else SQL(
                "INSERT INTO %s DEFAULT VALUES RETURNING id",
                SQL.identifier(model._table),
            )
        )
        self._relate(model, row_id)
        return row_id

    def _relate(self, model, row_id):
        """Fill the relations to rows of the suite: what a dialog is about."""
        for field in model._fields.values():
            if not (field.type == "many2many" and field.store and field.relation):
                continue
            if not field.comodel_name.startswith("connector."):
                continue
            other = self.of(field.comodel_name)
            if other:
                self.env.cr.execute(
                    SQL(
                        "INSERT INTO %s (%s, %s) VALUES (%s, %s) ON CONFLICT DO NOTHING",
                        SQL.identifier(field.relation),
                        SQL.identifier(field.column1),
                        SQL.identifier(field.column2),
                        row_id,
                        other,
                    )
                )
