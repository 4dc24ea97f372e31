from odoo import api, fields, models
from odoo.exceptions import UserError


class ConnectorRecordMixin(models.AbstractModel):
    """For rows that name an Odoo record by ``res_model`` and ``res_id``."""

    _name = "connector.record.mixin"
    _description = "Connector Record Mixin"

    record_name = fields.Char(string="Record", compute="_compute_record_name")

    @api.depends("res_model", "res_id")
    def _compute_record_name(self):
        """Names of the records that the user may see, one query a model."""
        self.record_name = False
        for model, rows in self.grouped("res_model").items():
            if model not in self.env or not self.env[model].has_access("read"):
                continue
            records = (
                self.env[model]
                .with_context(active_test=False)
                .search([("id", "in", rows.mapped("res_id"))])
            )
            names = {record.id: record.display_name for record in records}
            for row in rows:
                row.record_name = names.get(row.res_id, False)

    def action_open_record(self):
        self.ensure_one()
        if not self.res_id or not self.env[self.res_model].browse(self.res_id).exists():
            raise UserError(self.env._("The Odoo record doesn't exist any more."))
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }
