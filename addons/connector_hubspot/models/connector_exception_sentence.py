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

    def _sentence_grant_refused(self, params):
        return self.env._(
            "%(vendor)s gives no new access token: the refresh token, the client ID or"
            " the client secret is wrong, or the app was uninstalled there.",
            vendor=params["vendor"],
        )

    def _advice_grant_refused(self):
        return self.env._(
            "Install the app in HubSpot again, enter the refresh token that it gives"
            " among the credentials of the connection, then resume it."
        )

    def _advice_key_not_unique(self):
        return self.env._(
            "Archive the property in HubSpot; the next push makes the right one."
        )
