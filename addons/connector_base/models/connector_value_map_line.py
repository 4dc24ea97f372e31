from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

#: Codes of the problems that a decision about a value solves, on the way in and out.
VALUE_CODES = (
    "unmapped_value",
    "unmapped_value_empty",
    "unmapped_value_default",
    "unmapped_record",
    "several_values",
)

#: Fields by which a person says what a value means.
DECISIONS = {"res_id", "target", "skip"}


class ConnectorValueMapLine(models.Model):
    _name = "connector.value.map.line"
    _inherit = ["connector.guard"]
    _description = "Connector Value Map Line"
    _order = "map_id, is_decided, met_count desc, id"
    _rec_name = "remote_value"
    _rec_names_search = ["remote_label", "remote_value"]

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

    is_decided = fields.Boolean(compute="_compute_state", store=True)
    met_count = fields.Integer(
        string="Records",
        readonly=True,
        default=0,
        help="How often a record was taken in with this value while it wasn't mapped.",
    )
    options_of = fields.Many2one(related="map_id.options_of")

    _value_uniq = models.Constraint(
        "UNIQUE(map_id, remote_value)", "A value map has each remote value once."
    )

    @api.model
    def _selection_target(self):
        models_found = self.env["ir.model"].sudo().search_fetch([], ["model", "name"])
        return [(model.model, model.name) for model in models_found]

    @api.depends("remote_label", "remote_value")
    def _compute_display_name(self):
        for line in self:
            line.display_name = line.remote_label or line.remote_value

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
            line.is_decided = line.state in ("mapped", "skipped")

    @api.depends("suggested_id", "res_model")
    def _compute_suggestion(self):
        for line in self:
            record = (
                self.env[line.res_model].browse(line.suggested_id).exists()
                if line.suggested_id and line.res_model in self.env
                else None
            )
            line.suggestion = record.display_name if record else False

    @api.constrains("res_id")
    def _check_res_id(self):
        for line in self.filtered("res_id"):
            line._check_record(line.res_id)

    def _check_record(self, record_id):
        """Refuse a record that the values of the map can't stand for."""
        value_map = self.map_id
        entity = value_map.connection_id._value_entity(value_map.name)
        domain = Domain("id", "=", record_id) & Domain(entity._value_domain(self))
        model = self.env[value_map.res_model].sudo().with_context(active_test=False)
        if not model.search_count(domain, limit=1):
            raise ValidationError(
                self.env._(
                    "“%s” can't stand for that record.",
                    self.remote_label or self.remote_value or value_map.label,
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            # Met in data, a value has no other name until the vendor tells one.
            vals.setdefault("remote_label", vals.get("remote_value"))
        lines = super().create(vals_list)
        if any(DECISIONS & vals.keys() for vals in vals_list):
            lines.map_id._check_may_decide()
        return lines

    def write(self, vals):
        decided = DECISIONS & vals.keys()
        if decided:
            self.map_id._check_may_decide()
        result = super().write(vals)
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
        """Take the suggestions of those that have one."""
        self.check_access("write")
        lines = self.filtered(lambda line: line.state == "suggested")
        lines.map_id._check_may_decide()
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
                    ("code", "in", VALUE_CODES),
                    (
                        "cause",
                        "in",
                        [
                            cause
                            for line in lines
                            for cause in (
                                f"{line.map_id.name}={line.remote_value}",
                                f"{line.map_id.name}<{line.res_id}",
                            )
                        ],
                    ),
                ]
            )._retry()
