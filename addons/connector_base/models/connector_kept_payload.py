import json

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine import crypto


class ConnectorKeptPayload(models.AbstractModel):
    """For rows that keep what a vendor sent: encrypted with the server's keys.

    The engine reads it as it came, people with what is personal masked, see
    ``connector_payload_mask``.
    """

    _name = "connector.kept.payload"
    _inherit = ["connector.encrypted"]
    _description = "Connector Kept Payload"
    _encrypted = ("payload_token",)

    payload_token = fields.Text(readonly=True, copy=False, groups=fields.NO_ACCESS)
    payload = fields.Json(
        compute="_compute_payload",
        inverse="_inverse_payload",
        readonly=True,
        copy=False,
        groups="connector_base.group_operator",
    )
    payload_problem = fields.Char(
        string="Why It Can't Be Read",
        compute="_compute_payload",
        groups="connector_base.group_operator",
    )

    @api.depends_context("lang", "uid")
    @api.depends("payload_token")
    def _compute_payload(self):
        self.payload = self.payload_problem = False
        kept = self.sudo().filtered("payload_token")
        if not kept:
            return
        try:
            vault = self.env["connector.credential"].sudo()._vault()
        except UserError as error:
            self.browse(kept.ids).payload_problem = self._unreadable(error)
            return
        for row in kept:
            shown = self.browse(row.id)
            try:
                payload = json.loads(vault.decrypt(row.payload_token))
            except crypto.VaultError as error:
                shown.payload_problem = self._unreadable(error)
            else:
                shown.payload = row._payload_for(self.env, payload)

    def _unreadable(self, error):
        return self.env._("What came can't be read: %s", error)

    def _payload_for(self, env, payload):
        """What those who read in ``env`` see of a payload; extend it."""
        return payload

    def _inverse_payload(self):
        for row in self.sudo():
            row.payload_token = self._payload_locked(row.payload)

    @api.model
    def _payload_locked(self, payload):
        """What stands in the database for a payload; nothing for nothing.

        :raises UserError: where no key can be had
        :raises ValueError: where it holds what JSON can't, as an infinite number
        """
        if payload is None or payload is False:
            return None
        text = json.dumps(payload, allow_nan=False, separators=(",", ":"))
        return self.env["connector.credential"].sudo()._vault().encrypt(text)
