from odoo import models


class ProductTemplate(models.Model):
    _name = "product.template"
    _inherit = ["product.template", "connector.bound.mixin"]

    def _connector_bound_records(self):
        # Remote products are bound to variants: those are what is sold.
        return self.product_variant_ids


class ProductProduct(models.Model):
    _name = "product.product"
    _inherit = ["product.product", "connector.bound.mixin"]
