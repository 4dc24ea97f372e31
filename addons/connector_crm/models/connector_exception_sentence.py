from odoo import models


class ConnectorException(models.Model):
    _inherit = "connector.exception"

    def _sentence_stage_not_won(self, params):
        return self.env._(
            "The deal is won, but its stage means “%(stage)s” in Odoo, which is no won"
            " stage. Map the stage to a won one.",
            stage=params["stage"],
        )

    def _sentence_stage_won(self, params):
        return self.env._(
            "The deal is not won, but its stage means “%(stage)s” in Odoo, which is a"
            " won stage. Map the stage to an open one.",
            stage=params["stage"],
        )
