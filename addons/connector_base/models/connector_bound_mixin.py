from odoo import fields, models


class ConnectorBoundMixin(models.AbstractModel):
    """What a business record shows of its life in other systems."""

    _name = "connector.bound.mixin"
    _description = "Connector Bound Record"

    connector_state = fields.Selection(
        [
            ("none", "Not connected"),
            ("synced", "In sync"),
            ("excluded", "Excluded"),
            ("failing", "Needs attention"),
        ],
        string="Sync State",
        compute="_compute_connector_state",
        groups="connector_base.group_viewer",
    )

    def _connector_bound_records(self):
        """The records whose bindings are shown here; usually the record itself."""
        return self

    def _connector_bindings(self):
        records = self._connector_bound_records()
        return self.env["connector.binding"].search(
            [("res_model", "=", records._name), ("res_id", "in", records.ids)]
        )

    def _compute_connector_state(self):
        for record in self:
            bindings = record._connector_bindings()
            failing = bindings and self.env["connector.exception.item"].search_count(
                [
                    ("flow_id", "in", bindings.flow_id.ids),
                    ("state", "=", "open"),
                    "|",
                    "&",
                    ("direction", "=", "pull"),
                    ("remote_id", "in", bindings.mapped("remote_id")),
                    "&",
                    ("direction", "=", "push"),
                    ("res_id", "in", bindings.mapped("res_id")),
                ],
                limit=1,
            )
            if not bindings:
                record.connector_state = "none"
            elif failing:
                record.connector_state = "failing"
            else:
                synced = all(b.state in ("synced", "creating") for b in bindings)
                record.connector_state = "synced" if synced else "excluded"

    def action_open_connector_panel(self):
        """Where the record lives elsewhere, who owns what, and why it is as it is."""
        self.ensure_one()
        records = self._connector_bound_records()
        panel = self.env["connector.record.panel"].create(
            {
                "res_model": records._name,
                "res_ids": records.ids,
                "name": self.display_name,
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("%s in other systems", self.display_name),
            "res_model": panel._name,
            "res_id": panel.id,
            "views": [(False, "form")],
            "target": "new",
        }
