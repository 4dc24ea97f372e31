"""What is audited of how a billing system's documents are booked."""

from odoo import api, models


class ConnectorBillingPolicy(models.Model):
    _name = "connector.billing.policy"
    _inherit = ["connector.billing.policy", "connector.audited"]


class ConnectorBillingAccount(models.Model):
    """Rows of the account map stand with their policy."""

    _name = "connector.billing.account"
    _inherit = ["connector.billing.account", "connector.audited"]

    def _audit_owner(self):
        return self.policy_id

    def _audit_part(self):
        names = (
            self.product_id.display_name or self.categ_id.display_name,
            self.country_id.code,
            self.fiscal_position_id.name,
        )
        return " · ".join(filter(None, names)) or self.env._("Any Product")


class ConnectorBillingDecision(models.Model):
    """What a person decided of a document whose period is closed, or that is posted."""

    _name = "connector.billing.decision"
    _inherit = ["connector.billing.decision", "connector.audited"]

    _audit_deleted = False

    def _audited_fields(self):
        return {"date", "book_anew"}

    def _audit_action(self, vals, before, after):
        return "decide", vals.get("reason")

    def _audit_made_now(self):
        values = self._audit_values(self._audited_fields())
        for decision in self:
            changes = {
                name: [None, value]
                for name, value in values[decision.id].items()
                if value
            }
            self.env["connector.audit"]._note(
                decision, "decide", changes, decision.reason
            )


class ConnectorAudit(models.Model):
    _inherit = "connector.audit"

    @api.model
    def _areas(self):
        return {
            **super()._areas(),
            "connector.billing.policy": "rule",
            "connector.billing.decision": "exception",
        }
