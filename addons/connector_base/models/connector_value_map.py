import psycopg2

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL

from ..engine.financial import FINANCIAL_MODELS
from ..service_user import is_engine

#: Who may decide on values that say how amounts are booked.
FINANCE_GROUPS = (
    "connector_base.group_finance_approver,connector_base.group_administrator"
)


class ConnectorValueMap(models.Model):
    """Which Odoo record stands for which value of a vendor's list.

    One per connection and list (stages, owners, taxes, …). Its lines come from the
    vendor's own lists and from the values found in data.
    """

    _name = "connector.value.map"
    _description = "Connector Value Map"
    _order = "connection_id, name"

    connection_id = fields.Many2one(
        "connector.connection", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="connection_id.company_id", store=True)
    name = fields.Char(required=True, help="Technical name of the list.")
    label = fields.Char(required=True)
    res_model = fields.Char(string="Odoo Model", required=True)
    line_ids = fields.One2many("connector.value.map.line", "map_id")
    on_unmapped = fields.Selection(
        [
            ("hold", "Hold the Record"),
            ("empty", "Take It Without"),
            ("default", "Take the Default"),
        ],
        string="Unmapped Values",
        help="What happens to a record whose value nobody has mapped yet. Its value is"
        " listed and counted in any case.",
    )
    default_res_id = fields.Many2oneReference(
        string="Default", model_field="res_model", copy=False
    )
    options_of = fields.Many2one(
        "ir.model.fields", compute="_compute_options_of", compute_sudo=True
    )
    needs_finance = fields.Boolean(
        compute="_compute_needs_finance",
        help="A finance approver or an administrator decides on its values.",
    )
    unmapped_count = fields.Integer(compute="_compute_unmapped_count")
    suggested_count = fields.Integer(compute="_compute_unmapped_count")

    _name_uniq = models.Constraint(
        "UNIQUE(connection_id, name)", "A connection has each value map once."
    )

    @api.depends("label", "connection_id.name")
    def _compute_display_name(self):
        for value_map in self:
            value_map.display_name = (
                f"{value_map.connection_id.name} · {value_map.label}"
            )

    @api.depends("line_ids.state")
    def _compute_unmapped_count(self):
        counts = {
            (value_map, state): count
            for value_map, state, count in self.env[
                "connector.value.map.line"
            ]._read_group(
                [("map_id", "in", self.ids), ("state", "in", ("open", "suggested"))],
                ["map_id", "state"],
                ["__count"],
            )
        }
        for value_map in self:
            suggested = counts.get((value_map, "suggested"), 0)
            value_map.suggested_count = suggested
            value_map.unmapped_count = suggested + counts.get((value_map, "open"), 0)

    @api.depends("res_model")
    def _compute_needs_finance(self):
        for value_map in self:
            value_map.needs_finance = value_map.res_model in FINANCIAL_MODELS

    @api.depends("name", "res_model")
    def _compute_options_of(self):
        """The selection field whose options the values stand for, if it is one."""
        known = self.env["ir.model.fields"]
        for value_map in self:
            model, _dot, name = (value_map.name or "").rpartition(".")
            value_map.options_of = (
                known._get(model.removeprefix("odoo."), name)
                if value_map.res_model == "ir.model.fields.selection"
                else False
            )

    @api.constrains("on_unmapped", "default_res_id")
    def _check_default(self):
        for value_map in self:
            if value_map.on_unmapped == "default" and not value_map.default_res_id:
                raise ValidationError(
                    self.env._(
                        "Choose the default that unmapped values of %s get.",
                        value_map.label,
                    )
                )
            if value_map.default_res_id:
                value_map.line_ids.new({"map_id": value_map.id})._check_record(
                    value_map.default_res_id
                )

    @api.model_create_multi
    def create(self, vals_list):
        value_maps = super().create(vals_list)
        if not self.env.su:
            for value_map in value_maps:
                value_map._check_declared()
            value_maps._check_may_decide()
        return value_maps

    def write(self, vals):
        if {"on_unmapped", "default_res_id"} & vals.keys():
            self._check_may_decide()
        if not self.env.su and {"connection_id", "name", "res_model"} & vals.keys():
            raise UserError(self.env._("What a value map is of can't be changed."))
        return super().write(vals)

    def _check_declared(self):
        """Refuse a value map that no field goes through."""
        field = self.connection_id._value_kinds().get(self.name)
        if not field or field.relation != self.res_model:
            raise UserError(
                self.env._("No field of %s uses such a value map.", self.display_name)
            )

    def _check_may_decide(self):
        """Refuse who may not say what the values mean.

        Checked of the person behind a button, too, which acts with all rights.
        """
        user = self.env.user
        if is_engine(self.env):
            return
        for value_map in self:
            financial = value_map.res_model in FINANCIAL_MODELS
            if financial and not user.has_groups(FINANCE_GROUPS):
                raise AccessError(
                    self.env._(
                        "A finance approver decides on %s: it says how amounts are"
                        " booked.",
                        value_map.label,
                    )
                )
            if not financial and not user.has_group("connector_base.group_operator"):
                raise AccessError(
                    self.env._("Only operators of connectors decide on values.")
                )

    def action_accept_suggestions(self):
        self.check_access("read")
        self.line_ids.check_access("write")
        self.line_ids.action_accept_suggestion()

    def action_open_lines(self):
        self.ensure_one()
        action = "connector_base.connector_value_map_line_action"
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(action),
            "name": self.display_name,
            "display_name": self.display_name,
            "domain": [("map_id", "=", self.id)],
            "context": {},
        }

    @api.model
    def _refresh(self, connection, values):
        """Take in the vendor's lists: add lines, update labels, suggest, never unmap.

        :param values: list of ``records.ReferenceValue``
        """
        by_kind = {}
        for value in values:
            by_kind.setdefault(value.kind, []).append(value)
        kinds = connection._value_kinds()
        for kind, found in by_kind.items():
            if kind not in kinds:
                continue
            value_map = self._ensure(connection, kind)
            known = {line.remote_value: line for line in value_map.line_ids}
            missing = []
            for value in found:
                line = known.get(value.value)
                if line is None:
                    missing.append(value)
                elif line.remote_label != value.label or line.hints != value.hints:
                    line.write({"remote_label": value.label, "hints": value.hints})
            self.env["connector.value.map.line"].create(
                [
                    {
                        "map_id": value_map.id,
                        "remote_value": value.value,
                        "remote_label": value.label,
                        "hints": value.hints,
                    }
                    for value in missing
                ]
            )
            value_map.line_ids._suggest()

    @api.model
    def _ensure(self, connection, kind):
        value_map = self.search(
            [("connection_id", "=", connection.id), ("name", "=", kind)]
        )
        if not value_map:
            field = connection._value_kinds()[kind]
            value_map = self.create(
                {
                    "connection_id": connection.id,
                    "name": kind,
                    "label": field.label,
                    "res_model": field.relation,
                    "on_unmapped": field.on_unmapped,
                }
            )
        return value_map

    @api.model
    def _take_in(self, connection, found):
        """Add lines for values met in data that no list named, with suggestions.

        :param found: ``(kind, remote value)`` of each
        :return: the new lines
        """
        lines = self.env["connector.value.map.line"]
        kinds = connection._value_kinds()
        new = []
        for kind in sorted({kind for kind, _value in found if kind in kinds}):
            value_map = self._ensure(connection, kind)
            values = sorted({value for of_kind, value in found if of_kind == kind})
            known = {
                line.remote_value
                for line in lines.search_fetch(
                    [("map_id", "=", value_map.id), ("remote_value", "in", values)],
                    ["remote_value"],
                )
            }
            new += [
                {"map_id": value_map.id, "remote_value": value}
                for value in values
                if value not in known
            ]
        lines = lines.create(new)
        lines._suggest()
        return lines

    @api.model
    def _note_unmapped(self, connection, found):
        """Count the records by the unmapped values that they were met with.

        :param found: ``{(kind, remote value): number of records}``
        """
        self._take_in(connection, found)
        self._count_met(connection, found)

    def _count_met(self, connection, found):
        """Count records by their unmapped values, in one statement.

        A count is not worth a conflict: what another worker counts right now is left.
        """
        self.env["connector.value.map.line"].flush_model(["map_id", "remote_value"])
        rows = SQL(", ").join(
            SQL("(%s, %s, %s)", kind, value, count)
            for (kind, value), count in found.items()
        )
        try:
            with self.env.cr.savepoint(flush=False):
                self.env.cr.execute(
                    SQL(
                        """
                        WITH met AS (
                            SELECT l.id, v.records
                              FROM connector_value_map_line l
                              JOIN connector_value_map m ON m.id = l.map_id
                              JOIN (VALUES %s) AS v(kind, value, records)
                                ON v.kind = m.name AND v.value = l.remote_value
                             WHERE m.connection_id = %s
                               FOR UPDATE OF l SKIP LOCKED)
                        UPDATE connector_value_map_line l
                           SET met_count = COALESCE(l.met_count, 0) + met.records
                          FROM met
                         WHERE l.id = met.id
                        """,
                        rows,
                        connection.id,
                    ),
                    log_exceptions=False,
                )
        except psycopg2.errors.SerializationFailure:
            return
        self.env["connector.value.map.line"].invalidate_model(["met_count"])
