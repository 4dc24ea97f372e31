import contextlib
import json

from odoo import models
from odoo.exceptions import UserError

from ..engine import errors
from ..engine.crypto import VaultError
from ..engine.masking import without


class ConnectorConnection(models.Model):
    """What a mistake in the program says must not tell secrets, whatever its text."""

    _inherit = "connector.connection"

    def _without_secrets(self, text):
        """A text that may repeat a secret of this connection, without any of them.

        For texts of mistakes in the program, which are few.
        """
        return without(text, self._all_secrets())

    def _all_secrets(self):
        """Secrets and tokens in clear; those that no key opens nobody can tell."""
        for credential in self.sudo().credential_ids.filtered("token"):
            with contextlib.suppress(UserError):
                yield credential._reveal()
        tokens = self.env["connector.token"].sudo()
        for token in tokens.search([("connection_id", "in", self.ids)]):
            with contextlib.suppress(errors.ConnectorError, VaultError, ValueError):
                yield json.loads(self._job_vault().decrypt(token.token))[0]
