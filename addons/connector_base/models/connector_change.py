from odoo import api, fields, models
from odoo.exceptions import UserError


class ConnectorChange(models.Model):
    """What must go out: an Odoo record that changed, for one flow (the outbox).

    Written in the business transaction that changed the record, so that what is
    committed is never forgotten and what is rolled back never goes out. Rows are only
    ever inserted there, never updated: two people's transactions don't wait for each
    other. Several rows of a record are made one when the push reads them, which deletes
    what it has done.
    """

    _name = "connector.change"
    _description = "Connector Outgoing Change"
    _inherit = ["connector.guard"]
    _order = "id desc"
    _rec_name = "res_id"
    # Who changed the record stands with the record; a change itself never changes.
    _log_access = False

    create_date = fields.Datetime(string="When", readonly=True)
    flow_id = fields.Many2one(
        "connector.flow", required=True, readonly=True, ondelete="cascade"
    )
    # Not stored: each stored reference costs a look-up per row in people's writes.
    connection_id = fields.Many2one(related="flow_id.connection_id")
    company_id = fields.Many2one(related="flow_id.company_id")
    res_model = fields.Char(string="Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Record ID", model_field="res_model", required=True, readonly=True
    )
    operation = fields.Selection(
        [
            ("create", "Created"),
            ("write", "Changed"),
            ("archive", "Archived"),
            ("unlink", "Deleted"),
        ],
        required=True,
        readonly=True,
    )
    field_names = fields.Json(
        readonly=True, help="Odoo fields that changed; empty for all of them."
    )
    state = fields.Selection(
        [("pending", "Waiting"), ("held", "Held")],
        required=True,
        readonly=True,
        default="pending",
        help="What is held waits for a person's decision.",
    )
    correlation_id = fields.Char(string="Trail", readonly=True)
    remote_id = fields.Char(
        string="Remote ID",
        readonly=True,
        help="The remote record of one that was deleted in Odoo.",
    )
    record_name = fields.Char(string="Record", compute="_compute_record_name")
    fields_line = fields.Char(string="Fields", compute="_compute_fields_line")

    _pending_idx = models.Index("(flow_id, id) WHERE state = 'pending'")
    _record_idx = models.Index("(res_model, res_id)")

    @api.depends("res_model", "res_id")
    def _compute_record_name(self):
        self.record_name = False
        for model, changes in self.grouped("res_model").items():
            if model not in self.env or not self.env[model].has_access("read"):
                continue
            records = (
                self.env[model]
                .with_context(active_test=False)
                .search([("id", "in", changes.mapped("res_id"))])
            )
            names = {record.id: record.display_name for record in records}
            for change in changes:
                change.record_name = names.get(change.res_id, False)

    @api.depends("res_model", "field_names")
    def _compute_fields_line(self):
        for change in self:
            known = (
                self.env[change.res_model]._fields
                if change.res_model in self.env
                else {}
            )
            change.fields_line = ", ".join(
                known[name]._description_string(self.env) if name in known else name
                for name in change.field_names or ()
            )

    def action_open_record(self):
        self.ensure_one()
        record = self.env[self.res_model].browse(self.res_id).exists()
        if not record:
            raise UserError(self.env._("The Odoo record doesn't exist any more."))
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }
