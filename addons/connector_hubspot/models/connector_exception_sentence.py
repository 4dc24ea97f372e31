from odoo import models


class ConnectorException(models.Model):
    _inherit = "connector.exception"

    def _sentence_key_not_unique(self, params):
        return self.env._(
            "HubSpot's property %(property)s of %(object)s doesn't require unique"
            " values: records made from Odoo could come twice.",
            property=params["property"],
            object=params["object"],
        )

    def _advice_key_not_unique(self):
        return self.env._(
            "Archive the property in HubSpot; the next push makes the right one."
        )
