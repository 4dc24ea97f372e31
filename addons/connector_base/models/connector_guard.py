from odoo import models
from odoo.exceptions import AccessError


class ConnectorGuard(models.AbstractModel):
    """What is read-only on screens is read-only over RPC, too.

    Odoo enforces ``readonly`` in its views only. The engine's own fields (ids, states,
    cursors) change by the engine and by buttons, which act with all rights after they
    have checked those of the user.
    """

    _name = "connector.guard"
    _description = "Connector Guard"

    def write(self, vals):
        if not self.env.su:
            guarded = [name for name in vals if self._fields[name].readonly]
            if guarded:
                raise AccessError(
                    self.env._(
                        "%s changes by the connector and its buttons only.",
                        ", ".join(
                            self._fields[name]._description_string(self.env)
                            for name in guarded
                        ),
                    )
                )
        return super().write(vals)
