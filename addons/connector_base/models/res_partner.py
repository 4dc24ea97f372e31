from odoo import models


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "connector.bound.mixin"]

    #: Matching of companies looks partners up by address of their website.
    _connector_website_idx = models.Index("(website) WHERE website IS NOT NULL")
