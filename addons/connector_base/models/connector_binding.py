from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .loose_many2one import LooseMany2one


class ConnectorBinding(models.Model):
    """Which remote record stands for which Odoo record, for one connection.

    One generic table: unique both ways per connection and entity. ``agreed`` holds the
    values on which both sides last agreed, in Odoo's terms: the base of the three-way
    merge.
    """

    _name = "connector.binding"
    _inherit = ["connector.guard", "connector.record.mixin"]
    _description = "Connector Binding"
    _order = "id desc"
    _rec_name = "remote_id"
    # The engine alone makes them, by the thousand; the log says when and by which job.
    _log_access = False

    # Found by the unique constraints below, which begin with it.
    connection_id = fields.Many2one(
        "connector.connection", required=True, readonly=True, ondelete="cascade"
    )
    company_id = LooseMany2one("res.company", readonly=True)
    flow_id = LooseMany2one("connector.flow", readonly=True, index=True)
    entity = fields.Char(required=True, readonly=True)
    remote_id = fields.Char(
        string="Remote ID",
        readonly=True,
        help="Empty while the record is being made there.",
    )
    external_key = fields.Char(
        string="Our Key",
        readonly=True,
        help="By which the remote record is known as ours; of those made from Odoo.",
    )
    res_model = fields.Char(string="Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Record ID", model_field="res_model", required=True, readonly=True
    )
    state = fields.Selection(
        [
            ("creating", "Being Made Remotely"),
            ("synced", "In Sync"),
            ("locked", "Locked"),
            ("archived", "Archived Remotely"),
            ("missing", "Deleted in Odoo"),
        ],
        required=True,
        readonly=True,
        default="synced",
    )
    lock_reason = fields.Char(readonly=True)
    remote_updated_at = fields.Datetime(string="Changed Remotely", readonly=True)
    content_hash = fields.Char(readonly=True)
    map_version = fields.Integer(readonly=True)
    agreed = fields.Json(readonly=True, groups="connector_base.group_operator")
    agreed_remote = fields.Json(
        readonly=True,
        groups="connector_base.group_operator",
        help="What the vendor holds where it is known to differ from what was agreed:"
        " its own spelling, or what a person has let be.",
    )
    sent = fields.Json(
        readonly=True,
        groups="connector_base.group_operator",
        help="What was sent since the record was last taken over.",
    )
    synced_at = fields.Datetime(string="Last Taken Over", readonly=True)
    remote_url = fields.Char(string="Remote Page", compute="_compute_remote_url")

    _remote_uniq = models.Constraint(
        "UNIQUE(connection_id, entity, remote_id)",
        "A remote record is bound once per connection.",
    )
    _key_uniq = models.UniqueIndex(
        "(connection_id, entity, external_key) WHERE external_key IS NOT NULL",
        "A key of ours names one record per connection.",
    )
    _record_uniq = models.UniqueIndex(
        "(res_model, res_id, connection_id, entity)",
        "An Odoo record is bound once per connection.",
    )

    @api.depends("remote_id", "flow_id")
    def _compute_remote_url(self):
        for binding in self:
            connection = binding.connection_id
            installed = f"connector.provider.{connection.provider}" in self.env
            binding.remote_url = (
                connection._provider()._record_url(
                    connection, binding.flow_id.stream, binding.remote_id
                )
                if installed and binding.flow_id and binding.remote_id
                else False
            )

    @api.model_create_multi
    def create(self, vals_list):
        """One made by hand belongs to its connection's company, too."""
        bindings = super().create(vals_list)
        for binding in bindings.filtered(lambda b: not b.company_id).sudo():
            binding.company_id = binding.connection_id.company_id
        return bindings

    @api.model
    def _rows(self, connection, entity, name, ids):
        """Rows of bindings as the engine works with them, in one query.

        :param name: ``remote_id`` or ``res_id``
        :return: ``{remote id or Odoo id: dict}``
        """
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT id, remote_id, res_id, state, remote_updated_at, agreed,
                       agreed_remote, sent, synced_at, content_hash, external_key
                  FROM connector_binding
                 WHERE connection_id = %s AND entity = %s AND %s IN %s
                """,
                connection.id,
                entity,
                SQL.identifier(name),
                tuple(ids),
            )
        )
        return {row[name]: row for row in rows}

    @api.model
    def _remote_ids(self, connection, wanted):
        """``{(entity, Odoo id): remote id}`` of what is bound, in one query.

        :param wanted: ``{entity: Odoo ids}``
        """
        pairs = [(entity, i) for entity, ids in wanted.items() for i in ids]
        if not pairs:
            return {}
        rows = self.env.execute_query(
            SQL(
                """
                SELECT entity, res_id, remote_id FROM connector_binding
                 WHERE connection_id = %s AND remote_id IS NOT NULL
                   AND (entity, res_id) IN %s
                """,
                connection.id,
                tuple(pairs),
            )
        )
        return {(entity, res_id): remote_id for entity, res_id, remote_id in rows}

    @api.model
    def _bound_res_ids(self, connection, entity, res_ids):
        """Those of the Odoo ids that are bound already for the connection."""
        return set(
            self.search(
                [
                    ("connection_id", "=", connection.id),
                    ("entity", "=", entity),
                    ("res_id", "in", list(res_ids)),
                ]
            ).mapped("res_id")
        )

    @api.model
    def _external_key(self, res_model, res_id):
        """Our own key of a record: the same at every try, another in each database."""
        database = self.env["ir.config_parameter"].sudo().get_param("database.uuid")
        return f"{database[:8]}-{res_model}-{res_id}"

    @api.model
    def _keyed_res_ids(self, res_model, keys):
        """``{key: Odoo id}`` of those keys that are ours and of that model."""
        prefix = self._external_key(res_model, "")
        found = {key: key.removeprefix(prefix) for key in keys if key}
        return {
            key: int(text)
            for key, text in found.items()
            if key.startswith(prefix) and text.isdecimal()
        }

    def action_open_remote(self):
        self.ensure_one()
        if not self.remote_url:
            raise UserError(self.env._("This system has no page for the record."))
        return {"type": "ir.actions.act_url", "url": self.remote_url, "target": "new"}

    def action_sync_now(self):
        """Read these records again from the other side, whatever the cursor says."""
        self.check_access("write")
        for flow, bindings in self.grouped("flow_id").items():
            remote_ids = list(filter(None, bindings.mapped("remote_id")))
            self.env["connector.pull"]._enqueue_ids(flow, remote_ids)
