from odoo import api, models
from odoo.exceptions import AccessError

DEFAULT = "default_"


class ConnectorGuard(models.AbstractModel):
    """What is read-only on screens is read-only over RPC, too.

    Odoo enforces ``readonly`` in its views only. The engine's own fields (ids, states,
    cursors) change by the engine and by buttons, which act with all rights after they
    have checked those of the user.
    """

    _name = "connector.guard"
    _description = "Connector Guard"

    #: Whether people's new records are looked at as well; False where the model
    #: itself fills what they may not give.
    _guards_new = True

    @api.model_create_multi
    def create(self, vals_list):
        if self._guards_new and not self.env.su:
            # A context says what a new record begins with, as its values do.
            defaults = (
                key.removeprefix(DEFAULT)
                for key in self.env.context
                if key.startswith(DEFAULT)
            )
            given = (name for vals in vals_list for name in vals)
            self._check_guarded({*defaults, *given})
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            self._check_guarded(vals)
        return super().write(vals)

    @api.model
    def _check_guarded(self, names):
        """:raises AccessError: where one of these fields is the engine's"""
        known = (self._fields[name] for name in sorted(names) if name in self._fields)
        if guarded := [field for field in known if field.readonly]:
            raise AccessError(
                self.env._(
                    "%s changes by the connector and its buttons only.",
                    ", ".join(field._description_string(self.env) for field in guarded),
                )
            )
