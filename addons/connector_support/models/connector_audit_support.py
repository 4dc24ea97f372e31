"""What is audited of desks: policies, rules, service levels, and who may read."""

from odoo import api, models

from odoo.addons.connector_base.engine.masking import MASK


class ConnectorSupportPolicy(models.Model):
    """Made with its connection, as the defaults are; people change it."""

    _name = "connector.support.policy"
    _inherit = ["connector.support.policy", "connector.audited"]

    _audit_made = False


class ConnectorSupportRule(models.Model):
    _name = "connector.support.rule"
    _inherit = ["connector.support.rule", "connector.audited"]


class ConnectorServiceLevel(models.Model):
    _name = "connector.service.level"
    _inherit = ["connector.service.level", "connector.audited"]


class ConnectorServiceTarget(models.Model):
    """Targets stand with their level."""

    _name = "connector.service.target"
    _inherit = ["connector.service.target", "connector.audited"]

    def _audited_fields(self):
        return super()._audited_fields() - {"level_id"}

    def _audit_owner(self):
        return self.level_id

    def _audit_part(self):
        priorities = dict(self._fields["priority"]._description_selection(self.env))
        return priorities[self.priority]


class ConnectorContextToken(models.Model):
    """Never the token nor its digest: only that one was made, replaced or revoked."""

    _name = "connector.context.token"
    _inherit = ["connector.context.token", "connector.audited"]

    def _audited_fields(self):
        return super()._audited_fields() | {"digest"}

    def _audit_value(self, name):
        if name == "digest":
            return MASK if self.digest else None
        return super()._audit_value(name)

    def _audit_action(self, vals, before, after):
        if "digest" not in vals or before["digest"] == after["digest"] is None:
            return "update", None
        if not after["digest"]:
            return "remove", None
        return "replace" if before["digest"] else "enter", None


class ConnectorAudit(models.Model):
    _inherit = "connector.audit"

    @api.model
    def _areas(self):
        return {
            **super()._areas(),
            "connector.support.policy": "rule",
            "connector.support.rule": "rule",
            "connector.service.level": "rule",
            "connector.context.token": "credential",
        }
