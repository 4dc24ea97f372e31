"""Rows that are only ever added: the database itself refuses to change them."""

import contextlib

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..engine import sealing
from .loose_many2one import LooseMany2one

#: By this setting of its transaction the retention procedure announces itself.
RETENTION_SETTING = "connector.retention"
GUARD = "connector_refuse_change"
#: How PostgreSQL spells moments for seals, whatever its settings are.
MOMENT = 'YYYY-MM-DD"T"HH24:MI:SS.US'
#: What refuses to change rows that are kept. A row each for UPDATE and DELETE, so that
#: nothing is refused that touches no row; they cost inserts nothing.
GUARD_FUNCTION = f"""
CREATE OR REPLACE FUNCTION {GUARD}() RETURNS trigger LANGUAGE plpgsql AS $guard$
BEGIN
    IF current_setting('{RETENTION_SETTING}', true) = 'on' THEN
        IF TG_LEVEL = 'STATEMENT' THEN RETURN NULL; END IF;
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'Rows of %% are kept as they are: they are neither changed nor'
        ' deleted but by the retention procedure.', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$guard$
"""
GUARDS = (
    ("connector_guard_rows", "BEFORE UPDATE OR DELETE ON %s FOR EACH ROW"),
    ("connector_guard_table", "BEFORE TRUNCATE ON %s FOR EACH STATEMENT"),
)


class ConnectorGuarded(models.AbstractModel):
    """A table that the database lets nobody change, past the ORM neither."""

    _name = "connector.guarded"
    _description = "Connector Guarded Table"
    _log_access = False

    def init(self):
        super().init()
        if not self._auto:
            return
        self.env.cr.execute(SQL(GUARD_FUNCTION))
        for name, when in GUARDS:
            trigger, table = SQL.identifier(name), SQL.identifier(self._table)
            self.env.cr.execute(SQL("DROP TRIGGER IF EXISTS %s ON %s", trigger, table))
            self.env.cr.execute(
                SQL(
                    "CREATE TRIGGER %s %s EXECUTE FUNCTION %s()",
                    trigger,
                    SQL(when, table),
                    SQL.identifier(GUARD),
                )
            )

    def _init_column(self, column_name):
        """Rows that are kept get no values of columns that come later."""

    @contextlib.contextmanager
    def _announced(self):
        """Let the database take changes of kept rows meanwhile, in this transaction.

        For the retention procedure and what marks seals as expired, nothing else.
        """
        cr = self.env.cr
        switch = "SELECT set_config(%s, %s, true)"
        cr.execute(SQL(switch, RETENTION_SETTING, "on"))
        yield
        # Where something is raised meanwhile, the transaction or savepoint is undone,
        # and the setting with it.
        self.env.flush_all()
        cr.execute(SQL(switch, RETENTION_SETTING, "off"))

    @api.model
    def _guards_missing(self):
        """Names of the guards that somebody has removed or switched off."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT tgname FROM pg_trigger
                 WHERE tgrelid = %s::regclass AND tgenabled IN ('O', 'A')
                """,
                self._table,
            )
        )
        return [name for name, _when in GUARDS if (name,) not in rows]


class ConnectorSealed(models.AbstractModel):
    """A row that says what was done; see ``connector.seal.chain`` for how it is sealed.

    Whoever inherits declares the columns that its seals cover.
    """

    _name = "connector.sealed"
    _description = "Connector Sealed Rows"
    _inherit = ["connector.guarded"]
    _order = "id desc"
    _log_access = False

    #: ``{number: columns}`` that seals of that format cover. A column that comes later
    #: makes a format more: what was sealed by an older one is checked by that.
    _seal_formats = {}
    #: Parameter, and the days where it isn't set, after which rows are deleted.
    _retention = (None, 0)

    create_date = fields.Datetime(
        string="When", default=fields.Datetime.now, readonly=True, index=True
    )
    company_id = LooseMany2one("res.company", readonly=True)
    flow_id = LooseMany2one("connector.flow", index="btree_not_null")
    job_number = fields.Integer(string="Job", help="Jobs are deleted before the log.")
    correlation_id = fields.Char(index="btree_not_null")
    res_model = fields.Char(string="Model")
    res_id = fields.Many2oneReference(string="Record ID", model_field="res_model")
    remote_id = fields.Char(string="Remote ID", index="btree_not_null")
    map_version = fields.Integer()
    changes = fields.Json(
        string="Before and After", help="Per field the value before and after, masked."
    )
    request_id = fields.Char(string="Request ID")
    note = fields.Char()
    user_id = LooseMany2one("res.users", string="By")
    changes_text = fields.Text(string="Changes", compute="_compute_changes_text")
    changes_line = fields.Char(string="What Changed", compute="_compute_changes_text")

    # -- in words -------------------------------------------------------------

    @api.depends_context("lang")
    @api.depends("changes", "note", "action")
    def _compute_changes_text(self):
        for row in self:
            lines = [row.note] if row.note else []
            lines += row._changes_in_words()
            row.changes_text = "\n".join(lines)
            row.changes_line = " · ".join(lines)

    def _changes_in_words(self):
        """One line a field that changed: its label, the value before and after.

        Of a new record there is no before.
        """
        self.ensure_one()
        model = self.env.get(self.res_model)
        for name, values in (self.changes or {}).items():
            field = model._fields.get(name) if model is not None else None
            before, after = (self._value_in_words(field, value) for value in values)
            if before == after:
                continue
            label = field._description_string(self.env) if field else name
            new = self.action == "create"
            yield f"{label}: {after}" if new else f"{label}: {before} → {after}"

    def _value_in_words(self, field, value):
        """A value as people know it: the name of an option, yes or no."""
        if field and field.type == "boolean" and isinstance(value, bool):
            return self.env._("yes") if value else self.env._("no")
        if value is False or value in (None, "", []):
            return self.env._("empty")
        if isinstance(value, list):
            return ", ".join(map(str, value))
        if field and field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, value)
        return value

    # -- append-only ----------------------------------------------------------

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("What was done is kept: this can't be changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("What was done is kept: this can't be deleted."))

    # -- for seals ------------------------------------------------------------

    @api.model
    def _seal_format(self):
        """The format that is sealed by from now on."""
        return max(self._seal_formats)

    @api.model
    def _leaves(self, after_id, last_id, number, limit=None):
        """``[(id, digest)]`` of a stretch of rows, as the database has them now.

        :param number: format by which the content is spelled
        """
        return [
            (content["id"], sealing.digest(content))
            for content in self._contents(
                SQL("id > %s AND id <= %s", after_id, last_id), number, limit
            )
        ]

    @api.model
    def _contents(self, condition, number, limit=None):
        """The contents of rows as seals cover them, by id.

        Texts, numbers and truth values as they are, moments as ISO 8601 in UTC with
        microseconds, JSON as PostgreSQL spells it: nothing is rounded on its way.

        :param condition: SQL of which rows
        :return: list of dicts
        """
        self.flush_model()
        return self.env.execute_query_dict(
            SQL(
                "SELECT %s FROM %s WHERE %s ORDER BY id LIMIT %s",
                SQL(", ").join(map(self._spelled, self._seal_formats[number])),
                SQL.identifier(self._table),
                condition,
                limit,
            )
        )

    @api.model
    def _spelled(self, name):
        column = SQL.identifier(name)
        kind = self._fields[name].type
        if kind == "datetime":
            return SQL("to_char(%s, %s) AS %s", column, MOMENT, column)
        return SQL("%s::text AS %s", column, column) if kind == "json" else column

    # -- retention ------------------------------------------------------------

    @api.model
    def _kept_until(self):
        """Moment before which rows are past their time, naive UTC."""
        parameter, days = self._retention
        found = self.env["ir.config_parameter"].sudo().get_param(parameter, days)
        return fields.Datetime.subtract(fields.Datetime.now(), days=int(found))

    @api.autovacuum
    def _gc_expired(self):
        """Delete rows past their time, seal by seal.

        :return: ``(done, remaining)`` as Odoo's vacuum wants it
        """
        if not self._auto:
            return 0, False
        return self.env["connector.seal.chain"].sudo()._of(self)._expire()
