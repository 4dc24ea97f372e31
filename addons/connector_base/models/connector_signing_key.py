from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..engine import crypto, sealing


class ConnectorSigningKey(models.Model):
    """The key that seals and exported files are signed with.

    Its secret half is encrypted like a credential: who has the database but not the
    server's connector keys can sign nothing. The public half is for auditors.
    """

    _name = "connector.signing.key"
    _inherit = ["connector.encrypted"]
    _description = "Connector Signing Key"
    _order = "id desc"
    _rec_name = "public_key"
    _encrypted = ("token",)

    public_key = fields.Char(required=True, readonly=True, copy=False)
    token = fields.Char(groups=fields.NO_ACCESS, copy=False, readonly=True)
    active = fields.Boolean(default=True, readonly=True)
    retired_at = fields.Datetime(readonly=True)

    _one_active_uniq = models.UniqueIndex(
        "(active) WHERE active", "There is one signing key at a time."
    )

    @api.model
    def _current(self):
        """The key in use, made on first use.

        :return: ``(record, secret half in hexadecimal digits)``
        :raises UserError: where this server's connector keys don't open it
        """
        key = self.sudo().search([("token", "!=", False)], limit=1)
        if not key:
            key = self.sudo()._make()
        return key, key._open()

    @api.model
    def _make(self):
        private = sealing.new_private_key()
        vault = self.env["connector.credential"].sudo()._vault()
        self.search([("active", "=", True)])._retire()
        return self.create(
            {
                "public_key": sealing.public_key_of(private),
                "token": vault.encrypt(private),
            }
        )

    def _retire(self):
        self.write({"active": False, "retired_at": fields.Datetime.now()})
        self.flush_recordset()

    def _open(self):
        self.ensure_one()
        try:
            private = (
                self.env["connector.credential"].sudo()._vault().decrypt(self.token)
            )
        except crypto.VaultError:
            raise UserError(
                self.env._(
                    "None of the connector keys of this server opens the signing key:"
                    " restore the key that this database was used with, or let an"
                    " administrator make a new signing key."
                )
            ) from None
        if sealing.public_key_of(private) != self.public_key:
            raise UserError(
                self.env._(
                    "The public half of the signing key was altered: it doesn't fit"
                    " the secret half."
                )
            )
        return private

    @api.private
    def action_replace(self):
        """Sign with a new key from now on, where the old one is lost or was known.

        What was sealed before stays signed by the old one, whose public half is kept.
        """
        if not self.env.user.has_group("connector_base.group_administrator"):
            raise AccessError(
                self.env._("Only a connector administrator replaces the signing key.")
            )
        return self.sudo()._make()
