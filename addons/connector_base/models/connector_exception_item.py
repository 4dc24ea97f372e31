from odoo import api, fields, models

from ..engine.masking import mask_payload
from .bulk_insert import bulk_insert

#: Items that one retry job reads again from the vendor.
RETRY_BATCH = 500


class ConnectorExceptionItem(models.Model):
    _name = "connector.exception.item"
    _inherit = ["connector.guard"]
    _description = "Connector Exception Item"
    _order = "id desc"
    _rec_name = "remote_id"

    exception_id = fields.Many2one(
        "connector.exception", required=True, index=True, ondelete="cascade"
    )
    connection_id = fields.Many2one(
        related="exception_id.connection_id", store=True, index=True
    )
    company_id = fields.Many2one(related="exception_id.company_id", store=True)
    flow_id = fields.Many2one(
        "connector.flow", required=True, readonly=True, ondelete="cascade"
    )
    blocking = fields.Boolean(related="exception_id.blocking", store=True)
    direction = fields.Selection(
        [("pull", "Into Odoo"), ("push", "Out of Odoo")],
        required=True,
        readonly=True,
        default="pull",
    )
    remote_id = fields.Char(
        string="Remote ID",
        readonly=True,
        help="Empty for a record that the remote system doesn't have yet.",
    )
    res_model = fields.Char(string="Model", readonly=True)
    res_id = fields.Many2oneReference(
        string="Odoo Record", model_field="res_model", readonly=True
    )
    # A person must know which record is meant to decide about it.
    label = fields.Char(
        string="Record", readonly=True, groups="connector_base.group_operator"
    )
    message = fields.Char(string="What Happened", readonly=True)
    payload = fields.Json(readonly=True, groups="connector_base.group_operator")
    state = fields.Selection(
        [("open", "Open"), ("resolved", "Resolved"), ("ignored", "Ignored")],
        required=True,
        default="open",
        readonly=True,
    )
    depends_entity = fields.Char(readonly=True)
    depends_remote_id = fields.Char(readonly=True)
    depends_res_id = fields.Integer(readonly=True, aggregator=None)
    last_seen_at = fields.Datetime(
        string="Last Seen", readonly=True, default=fields.Datetime.now
    )

    _remote_uniq = models.Constraint(
        "UNIQUE(exception_id, flow_id, remote_id)", "A cause names each record once."
    )
    _record_uniq = models.UniqueIndex(
        "(exception_id, flow_id, res_id) WHERE direction = 'push'",
        "A cause names each record once.",
    )
    _flow_idx = models.Index("(flow_id, remote_id) WHERE state = 'open'")
    _depends_idx = models.Index(
        "(connection_id, depends_entity, depends_remote_id)"
        " WHERE state = 'open' AND depends_remote_id IS NOT NULL"
    )

    @api.model
    def _note(self, flow, groups):
        """Note the records of several causes; one that is noted already is renewed.

        :param groups: list of ``(exception, [(connector_mapper.Mapped, Problem)])``
        """
        self._note_held(
            flow,
            "pull",
            "remote_id",
            [
                (exception, self._vals_of(exception, mapped, problem))
                for exception, group in groups
                for mapped, problem in group
            ],
        )

    @api.model
    def _note_held(self, flow, direction, name, cases):
        """Note records that are named by a field of ours, one row a cause and record.

        :param name: ``remote_id`` or ``res_id``
        :param cases: list of ``(exception, values of its item)``, that field among them
        """
        known = {
            (item.exception_id.id, item[name]): item
            for item in self.search(
                [
                    ("exception_id", "in", [exception.id for exception, _v in cases]),
                    ("flow_id", "=", flow.id),
                    ("direction", "=", direction),
                    (name, "in", [vals[name] for _exception, vals in cases]),
                ]
            )
        }
        now = fields.Datetime.now()
        renewed = self.browse()
        rows = []
        for exception, vals in cases:
            item = known.get((exception.id, vals[name]))
            if item is None:
                rows.append(
                    {
                        **vals,
                        "exception_id": exception.id,
                        "connection_id": flow.connection_id.id,
                        "company_id": flow.company_id.id,
                        "flow_id": flow.id,
                        "blocking": exception.blocking,
                        "direction": direction,
                        "state": "open",
                        "last_seen_at": now,
                    }
                )
                # The same record may come twice under one cause.
                known[exception.id, vals[name]] = self.browse()
            elif item:
                renewed |= item
                if any(item[key] != value for key, value in vals.items()):
                    item.write(vals)
        renewed.write({"last_seen_at": now, "state": "open"})
        bulk_insert(self, rows)
        self.invalidate_model()
        self.env["connector.exception"].invalidate_model(["open_count", "item_ids"])

    def _vals_of(self, exception, mapped, problem):
        entity, depends_id = problem.depends_on or (False, False)
        return {
            "remote_id": mapped.record.remote_id,
            "label": mapped.canonical.get("name") or False,
            "payload": mask_payload(mapped.record.values),
            "message": exception._sentence(
                problem.code, {**problem.params, **problem.details}
            ),
            "depends_entity": entity,
            "depends_remote_id": depends_id,
        }

    @api.model
    def _release_dependents(self, connection, entity, remote_ids, res_ids):
        """Try the records again that waited for those which are bound now.

        :param remote_ids: for which records of the remote system waited
        :param res_ids: for which records of Odoo waited
        """
        waiting = self.search(
            [
                ("connection_id", "=", connection.id),
                ("state", "=", "open"),
                ("depends_entity", "=", entity),
                "|",
                ("depends_remote_id", "in", remote_ids),
                ("depends_res_id", "in", res_ids),
            ]
        )
        waiting._retry()

    def _retry(self):
        """Enqueue trying these records again, in jobs of bounded size."""
        outgoing = self.filtered(lambda item: item.direction == "push")
        outgoing._retry_outgoing()
        for flow, items in (self - outgoing).grouped("flow_id").items():
            remote_ids = sorted(set(items.mapped("remote_id")))
            for start in range(0, len(remote_ids), RETRY_BATCH):
                self.env["connector.pull"]._enqueue_ids(
                    flow, remote_ids[start : start + RETRY_BATCH]
                )

    def action_retry(self):
        self.check_access("write")
        self._retry()
