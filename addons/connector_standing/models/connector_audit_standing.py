"""What is audited of suspensions and entitlements: decisions and settings."""

from odoo import api, models

#: Key of the context of a refusal: it ends as what its author takes back does.
REJECTING = "connector_audit_rejecting"
#: Where one is as long as nobody has decided on it.
UNDECIDED = ("proposed", "waiting")
#: Beginnings of the names of a company's fields that say when standings are told, and
#: when customers are suspended.
SETTINGS = ("standing_", "suspension_")


class ConnectorSuspension(models.Model):
    """Proposed, submitted, approved, begun, ended: each is one row.

    The customer is named by the number of its record: rows outlive who is forgotten.
    """

    _name = "connector.suspension"
    _inherit = ["connector.suspension", "connector.audited"]

    def _audited_fields(self):
        return super()._audited_fields() | {"state"}

    def _audit_value(self, name):
        if name == "partner_id":
            return f"{self.partner_id._name} {self.partner_id.id}"
        return super()._audit_value(name)

    def _audit_action(self, vals, before, after):
        if "state" not in vals or before["state"] == after["state"]:
            return "update", None
        return self._audit_step(before["state"], after["state"]), self.reason

    def _audit_step(self, before, after):
        if after in ("lifted", "cancelled"):
            if not self.closed_by_id:
                # Nobody has decided it: all is paid.
                return "update"
            if self.env.context.get(REJECTING):
                return "reject"
            return "decide" if after == "lifted" else "cancel"
        if before not in UNDECIDED:
            return "activate"
        return "submit" if before == "proposed" else "approve"

    def action_reject(self):
        suspensions = self.with_context(**{REJECTING: True})
        return super(ConnectorSuspension, suspensions).action_reject()


class ResCompany(models.Model):
    _inherit = "res.company"

    def _audited_fields(self):
        own = {name for name in self._fields if name.startswith(SETTINGS)}
        return super()._audited_fields() | own


class ProductTemplate(models.Model):
    """What a product grants is a setting; the rest of products is everyday work."""

    _name = "product.template"
    _inherit = ["product.template", "connector.audited"]

    def _audited_fields(self):
        return {"entitlement_feature"}

    def _audit_made_now(self):
        super(ProductTemplate, self.filtered("entitlement_feature"))._audit_made_now()

    def _audit_gone(self, audit, values):
        if values["entitlement_feature"]:
            super()._audit_gone(audit, values)


class ConnectorAudit(models.Model):
    _inherit = "connector.audit"

    @api.model
    def _areas(self):
        return {**super()._areas(), "connector.suspension": "process"}

    @api.model
    def _label_of(self, record):
        if record._name == "connector.suspension":
            return self.env._("Suspension %s", record.id)
        return super()._label_of(record)
