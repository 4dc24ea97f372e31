import os
import pathlib

from odoo import api, models, tools

from .connector_credential import KEY_FILE, KEYS_OPTION, KEYS_VARIABLE

#: What the keys were when they were read last, and the vault of them: one of a process,
#: since each delivery of a webhook needs it.
_known = {}


class ConnectorCredential(models.Model):
    _inherit = "connector.credential"

    @api.model
    def _vault(self):
        """As it was read last, as long as the keys are the same.

        A look at the file's times costs a hundredth of reading it and building the
        vault; another key, as another file, is noticed at once.
        """
        vault = _known.get(self._keys_state())
        if vault is None:
            vault = super()._vault()
            _known.clear()
            # By now: a file that wasn't there has been made.
            state = self._keys_state()
            if state is not None:
                _known[state] = vault
        return vault

    @api.model
    def _keys_state(self):
        """What tells whether keys have changed; ``None`` where there are none yet."""
        configured = os.environ.get(KEYS_VARIABLE) or tools.config.get(KEYS_OPTION)
        if configured:
            return configured
        try:
            stat = (pathlib.Path(tools.config["data_dir"]) / KEY_FILE).stat()
        except OSError:
            return None
        return stat.st_ino, stat.st_mtime_ns, stat.st_size, stat.st_mode
