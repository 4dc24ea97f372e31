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
