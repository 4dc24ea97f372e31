from odoo import models


class ConnectorException(models.Model):
    _inherit = "connector.exception"

    def _sentence_handoff_project(self, params):
        return self.env._("Onboarding projects can't be undone, because work is done.")

    def _advice_handoff_project(self):
        return self.env._("Archive the project, if that is right, then try again.")
