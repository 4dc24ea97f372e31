from odoo import models


class ConnectorException(models.Model):
    """What a support person is asked about tickets."""

    _inherit = "connector.exception"

    def _fix_kinds(self):
        kinds = super()._fix_kinds()
        if self.code == "unknown_requester":
            return ["choose_requester", *kinds]
        return kinds

    def _sentence_unknown_requester(self, params):
        return self.env._(
            "Nobody in Odoo is known to be %s, who has asked.", params["who"]
        )

    def _advice_unknown_requester(self):
        return self.env._(
            "Choose who it is: all tickets of this requester follow, those to come as"
            " well. Or ignore it: the tickets are kept without a customer."
        )
