import os
import pathlib

from odoo import api, fields, models, tools
from odoo.exceptions import UserError

from ..engine import crypto

KEYS_VARIABLE = "ODOO_CONNECTOR_KEYS"
KEYS_OPTION = "connector_keys"
KEY_FILE = "connector_base.key"
#: Code of the error where a secret is there and no key of this server opens it.
UNREADABLE = "credential_unreadable"


class ConnectorCredential(models.Model):
    """A secret of a connection, encrypted at rest and shown to nobody.

    Keys come from the environment (``ODOO_CONNECTOR_KEYS``), else from ``odoo.conf``
    (``connector_keys``), both newest first and separated by commas; else from a file
    in Odoo's data folder that is made on first use and readable by Odoo alone.
    """

    _name = "connector.credential"
    _inherit = ["connector.guard", "connector.encrypted"]
    _description = "Connector Credential"
    _order = "connection_id, sequence, id"
    _rec_name = "label"
    _encrypted = ("token",)

    connection_id = fields.Many2one(
        "connector.connection", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="connection_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    key = fields.Char(required=True, readonly=True)
    label = fields.Char(required=True, readonly=True)
    help_text = fields.Char(readonly=True)
    secret = fields.Char(
        string="New Value",
        compute="_compute_secret",
        inverse="_inverse_secret",
        copy=False,
        help="What you enter is encrypted at once and never shown again.",
    )
    token = fields.Char(groups=fields.NO_ACCESS, copy=False, readonly=True)
    hint = fields.Char(string="Stored Value", readonly=True, copy=False)
    changed_at = fields.Datetime(readonly=True, copy=False)
    changed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    expires_on = fields.Date(help="When the vendor ends this secret, if it does.")

    _key_uniq = models.Constraint(
        "UNIQUE(connection_id, key)", "A connection has each credential once."
    )

    def _compute_secret(self):
        # Write-only: what is stored never comes back to a page.
        self.secret = False

    def _inverse_secret(self):
        vault = None
        # What is entered together was entered at one moment.
        now = fields.Datetime.now()
        for credential in self.filtered("secret"):
            vault = vault or self._vault()
            secret = credential.secret.strip()
            credential.sudo().write(
                {
                    "token": vault.encrypt(secret),
                    "hint": "••••••••" + (secret[-4:] if len(secret) >= 16 else ""),
                    "changed_at": now,
                    "changed_by_id": self.env.uid,
                }
            )
            credential.connection_id.sudo()._forget_test()
        # Or the answer to saving the form would bring it back.
        self.invalidate_recordset(["secret"], flush=False)

    @api.model
    def _vault(self):
        """The vault with the keys of this server.

        :raises UserError: where the keys are unusable; the text says what to do
        """
        configured = os.environ.get(KEYS_VARIABLE) or tools.config.get(KEYS_OPTION)
        try:
            if configured:
                return crypto.Vault(crypto.split_keys(configured))
            path = self._key_path()
            known = path.exists()
            vault = crypto.Vault(crypto.load_or_create_key_file(path))
            if not known:
                self._warn_of_new_file(path, vault)
            return vault
        except crypto.VaultError as error:
            raise UserError(str(error)) from None
        except OSError as error:
            raise UserError(
                self.env._(
                    "The file with the connector keys can't be used: %s. Set"
                    " connector_keys in odoo.conf instead.",
                    error.strerror,
                )
            ) from None

    @api.model
    def _key_path(self):
        return pathlib.Path(tools.config["data_dir"]) / KEY_FILE

    def _reveal(self):
        """The secret in clear, for a provider's client only; ``None`` if not set.

        :raises UserError: where no key opens it
        """
        self.ensure_one()
        token = self.sudo().token
        if not token:
            return None
        try:
            return self._vault().decrypt(token)
        except crypto.VaultError as error:
            raise UserError(str(error)) from None

    def action_rotate_key(self):
        """Encrypt the stored secrets anew with the newest key."""
        self.check_access("write")
        vault = self._vault()
        for credential in self.sudo().filtered("token"):
            try:
                credential.token = vault.rotate(credential.token)
            except crypto.VaultError as error:
                raise UserError(
                    self.env._(
                        "%(credential)s: %(problem)s",
                        credential=credential.label,
                        problem=error,
                    )
                ) from None
