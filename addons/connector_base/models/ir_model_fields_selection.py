from odoo import api, models
from odoo.fields import Domain


class IrModelFieldsSelection(models.Model):
    _inherit = "ir.model.fields.selection"

    @api.model
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        """Offer a value map of a selection the options of that selection only.

        A field that refers to any model takes no domain in a view.
        """
        field_id = self.env.context.get("connector_options_of")
        if field_id:
            domain = Domain(domain or Domain.TRUE) & Domain("field_id", "=", field_id)
        return super().name_search(name, domain, operator, limit)
