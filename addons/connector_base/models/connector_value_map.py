from odoo import api, fields, models


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
    unmapped_count = fields.Integer(compute="_compute_unmapped_count")

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
        counts = dict(
            self.env["connector.value.map.line"]._read_group(
                [("map_id", "in", self.ids), ("state", "in", ("open", "suggested"))],
                ["map_id"],
                ["__count"],
            )
        )
        for value_map in self:
            value_map.unmapped_count = counts.get(value_map, 0)

    def action_open_lines(self):
        self.ensure_one()
        action = "connector_base.connector_value_map_line_action"
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(action),
            "name": self.display_name,
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
                }
            )
        return value_map

    @api.model
    def _note_unmapped(self, connection, found):
        """Add lines for values met in data that no list named, and count all of them.

        :param found: ``{(kind, remote value): number of records}``
        """
        lines = self.env["connector.value.map.line"]
        kinds = connection._value_kinds()
        for kind in {kind for kind, _value in found if kind in kinds}:
            value_map = self._ensure(connection, kind)
            known = {line.remote_value: line for line in value_map.line_ids}
            for (value_kind, value), _count in found.items():
                if value_kind == kind and value not in known:
                    line = lines.create({"map_id": value_map.id, "remote_value": value})
                    line._suggest()


class ConnectorValueMapLine(models.Model):
    _name = "connector.value.map.line"
    _description = "Connector Value Map Line"
    _order = "map_id, id"
    _rec_name = "remote_value"

    map_id = fields.Many2one(
        "connector.value.map", required=True, index=True, ondelete="cascade"
    )
    connection_id = fields.Many2one(
        related="map_id.connection_id", store=True, index=True
    )
    company_id = fields.Many2one(related="map_id.company_id", store=True)
    res_model = fields.Char(related="map_id.res_model", store=True)
    remote_value = fields.Char(required=True, readonly=True)
    remote_label = fields.Char(readonly=True)
    hints = fields.Json(readonly=True)
    res_id = fields.Many2oneReference(
        string="Odoo Record", model_field="res_model", copy=False
    )
    target = fields.Reference(
        selection="_selection_target",
        string="Means in Odoo",
        compute="_compute_target",
        inverse="_inverse_target",
    )
    skip = fields.Boolean(
        string="Leave Empty",
        help="Records with this value are taken without it, and nobody is asked.",
    )
    suggested_id = fields.Integer(readonly=True)
    suggestion = fields.Char(
        compute="_compute_suggestion",
        # A viewer of connectors need not be one of the model that it names.
        compute_sudo=True,
    )
    state = fields.Selection(
        [
            ("open", "To Map"),
            ("suggested", "Suggested"),
            ("mapped", "Mapped"),
            ("skipped", "Left Empty"),
        ],
        compute="_compute_state",
        store=True,
    )

    _value_uniq = models.Constraint(
        "UNIQUE(map_id, remote_value)", "A value map has each remote value once."
    )

    @api.model
    def _selection_target(self):
        models_found = self.env["ir.model"].sudo().search_fetch([], ["model", "name"])
        return [(model.model, model.name) for model in models_found]

    @api.depends("res_id", "res_model")
    def _compute_target(self):
        for line in self:
            known = line.res_model in self.env
            record_id = line.res_id or 0
            line.target = f"{line.res_model},{record_id}" if known else False

    def _inverse_target(self):
        for line in self:
            target = line.target
            line.res_id = target.id if target else False

    @api.depends("res_id", "skip", "suggested_id")
    def _compute_state(self):
        for line in self:
            if line.res_id:
                line.state = "mapped"
            elif line.skip:
                line.state = "skipped"
            else:
                line.state = "suggested" if line.suggested_id else "open"

    @api.depends("suggested_id", "res_model")
    def _compute_suggestion(self):
        for line in self:
            record = (
                self.env[line.res_model].browse(line.suggested_id).exists()
                if line.suggested_id and line.res_model in self.env
                else None
            )
            line.suggestion = record.display_name if record else False

    def write(self, vals):
        result = super().write(vals)
        decided = {"res_id", "target", "skip"} & vals.keys()
        if decided and not self.env.context.get("connector_release_later"):
            self._release_held()
        return result

    def _suggest(self):
        """Fill certain matches, suggest likely ones; decided lines stay as they are."""
        for line in self.filtered(lambda line: line.state in ("open", "suggested")):
            value_map = line.map_id
            entity = value_map.connection_id._value_entity(value_map.name)
            suggestion = entity._suggest_value(line)
            if suggestion is None:
                continue
            record, certain = suggestion
            if certain:
                line.write({"res_id": record.id, "skip": not record})
            elif line.suggested_id != record.id:
                line.suggested_id = record.id

    def action_accept_suggestion(self):
        lines = self.filtered(lambda line: line.state == "suggested")
        for line in lines.with_context(connector_release_later=True):
            line.res_id = line.suggested_id
        lines._release_held()

    def _release_held(self):
        """Try the records again that wait for these values."""
        decided = self.filtered(lambda line: line.state in ("mapped", "skipped"))
        for connection, lines in decided.grouped("connection_id").items():
            self.env["connector.exception"].search(
                [
                    ("connection_id", "=", connection.id),
                    ("state", "=", "open"),
                    ("code", "in", ("unmapped_value", "unmapped_value_empty")),
                    (
                        "cause",
                        "in",
                        [f"{line.map_id.name}={line.remote_value}" for line in lines],
                    ),
                ]
            )._retry()
