from odoo import api, fields, models

from ..engine.corrections import Corrections, value_key
from ..engine.masking import mask_personal
from ..engine.normalize import storable
from ..engine.paths import MISSING

#: Characters of a wrong value that are kept to show it.
SHOWN = 120


class ConnectorCorrection(models.Model):
    """The right value for a wrong one of the vendor, until the vendor changes it.

    It is applied to the raw value before the map reads it, and only to the very same
    wrong value: whatever else comes is taken as it comes.
    """

    _name = "connector.correction"
    _description = "Connector Correction"
    _inherit = ["connector.guard"]
    _order = "id desc"
    _rec_name = "field_label"

    flow_id = fields.Many2one(
        "connector.flow", required=True, readonly=True, index=True, ondelete="cascade"
    )
    connection_id = fields.Many2one(related="flow_id.connection_id", store=True)
    company_id = fields.Many2one(related="flow_id.company_id", store=True)
    exception_id = fields.Many2one(
        "connector.exception",
        string="Cause",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    field_name = fields.Char(required=True, readonly=True)
    field_label = fields.Char(string="Field", compute="_compute_field_label")
    remote_id = fields.Char(
        string="Remote ID",
        readonly=True,
        help="Empty for every record that has the same wrong value.",
    )
    value_key = fields.Char(required=True, readonly=True)
    wrong_value = fields.Char(readonly=True, groups="connector_base.group_operator")
    value = fields.Char(
        string="Right Value", readonly=True, groups="connector_base.group_operator"
    )
    reason = fields.Char(readonly=True)
    active = fields.Boolean(default=True, readonly=True)
    revoked_by_id = fields.Many2one("res.users", readonly=True)
    revoked_at = fields.Datetime(readonly=True)

    _uniq = models.UniqueIndex(
        "(flow_id, field_name, COALESCE(remote_id, ''), value_key) WHERE active",
        "A wrong value has one right value.",
    )

    @api.depends("flow_id", "field_name")
    def _compute_field_label(self):
        for correction in self:
            field = correction.flow_id._entity_model()._entity_field(
                correction.field_name
            )
            correction.field_label = field.label if field else correction.field_name

    @api.model
    def _of_flow(self, flow):
        """:return: ``engine.corrections.Corrections``, ``None`` where it has none"""
        found = self.sudo().search_fetch(
            [("flow_id", "=", flow.id)],
            ["field_name", "remote_id", "value_key", "value"],
        )
        if not found:
            return None
        return Corrections(
            (c.field_name, c.remote_id or None, c.value_key, c.value or None)
            for c in found
        )

    @api.model
    def _correct(self, flow, field_name, wrong, value, reason, exception=None):
        """Note the right value for wrong ones; what was said of them before is over.

        :param wrong: list of ``(remote id or None for any, raw value)``
        :param value: text that the map reads instead; empty for no value
        :return: the corrections
        """
        field = flow._entity_model()._entity_field(field_name)
        by_key = {(whose, value_key(raw)): raw for whose, raw in wrong}
        before = self.search(
            [
                ("flow_id", "=", flow.id),
                ("field_name", "=", field_name),
                ("remote_id", "in", [whose or False for whose, _key in by_key]),
                ("value_key", "in", [key for _whose, key in by_key]),
            ]
        )
        before.filtered(
            lambda c: (c.remote_id or None, c.value_key) in by_key
        )._revoke()
        # The unique index wants the old ones gone first.
        self.env.flush_all()
        return self.create(
            [
                {
                    "flow_id": flow.id,
                    "exception_id": exception.id if exception else False,
                    "field_name": field_name,
                    "remote_id": whose,
                    "value_key": key,
                    "wrong_value": self._shown(field, raw),
                    "value": value or False,
                    "reason": reason,
                }
                for (whose, key), raw in by_key.items()
            ]
        )

    @api.model
    def _shown(self, field, raw):
        """A raw value as people may see it."""
        if raw is MISSING or raw is None or raw == "":
            return False
        if field is not None and field.pii:
            return mask_personal(raw)
        return storable(str(raw))[:SHOWN]

    def _revoke(self):
        self.write(
            {
                "active": False,
                "revoked_by_id": self.env.uid,
                "revoked_at": fields.Datetime.now(),
            }
        )

    def action_revoke(self):
        """Take the vendor's value again; records that were corrected are read anew."""
        self.check_access("write")
        corrections = self.filtered("active")
        corrections.sudo()._revoke()
        for flow, of_flow in corrections.grouped("flow_id").items():
            remote_ids = [c.remote_id for c in of_flow if c.remote_id]
            self.env["connector.pull"]._enqueue_ids(flow, remote_ids)
