from odoo import fields, models
from odoo.exceptions import UserError


class ConnectorFix(models.TransientModel):
    """Say which side is right where both changed a field, for one record or all."""

    _inherit = "connector.fix"

    side = fields.Selection(
        [("ours", "Odoo's"), ("theirs", "The Other System's")],
        string="The Right Value Is",
    )

    def _explain_choose_side(self):
        return self.env._(
            "Holds for the values as they are now. Where one of them changes meanwhile,"
            " it is asked again. Compare and Choose shows them side by side."
        )

    def _check_choose_side(self):
        if not self.side:
            raise UserError(self.env._("Choose which value is right."))

    def _contested(self):
        """The conflicts that the dialog is about."""
        return self.env["connector.conflict"].search(
            [("item_id", "in", self._items().ids), ("state", "=", "open")]
        )

    def _decide_choose_side(self):
        self._contested()._choose(self.side)
