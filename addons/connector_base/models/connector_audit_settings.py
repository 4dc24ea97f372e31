"""What is audited of connections, credentials, flows, rules and settings."""

from odoo import api, models

from ..engine.masking import MASK, is_secret_name, mask_text

#: Beginning of the parameters that are settings of the suite.
PARAMETERS = "connector_"


class ConnectorConnection(models.Model):
    _name = "connector.connection"
    _inherit = ["connector.connection", "connector.audited"]

    def _audited_fields(self):
        return super()._audited_fields() | {"state"}


class ConnectorCredential(models.Model):
    """Never the secret: only that it was entered, replaced or removed."""

    _name = "connector.credential"
    _inherit = ["connector.credential", "connector.audited"]

    _audit_made = False

    def _audited_fields(self):
        return {"token", "expires_on"}

    def _audit_action(self, vals, before, after):
        if "token" not in vals or before["token"] == after["token"] is None:
            return "update", None
        if not after["token"]:
            return "remove", None
        if not before["token"]:
            return "enter", None
        return "replace" if "changed_at" in vals else "rotate", None

    def _audit_gone(self, audit, values):
        if values["token"]:
            audit._note(self, "remove", {"token": [values["token"], None]})


class ConnectorFlow(models.Model):
    _name = "connector.flow"
    _inherit = ["connector.flow", "connector.audited"]

    def _audited_fields(self):
        # The engine moves its next run on each time.
        return super()._audited_fields() - {"next_run_at"}


class ConnectorRetryPolicy(models.Model):
    _name = "connector.retry.policy"
    _inherit = ["connector.retry.policy", "connector.audited"]


class ConnectorExceptionRule(models.Model):
    _name = "connector.exception.rule"
    _inherit = ["connector.exception.rule", "connector.audited"]


class ConnectorTeam(models.Model):
    _name = "connector.team"
    _inherit = ["connector.team", "connector.audited"]


class ConnectorMatchRule(models.Model):
    _name = "connector.match.rule"
    _inherit = ["connector.match.rule", "connector.audited"]


class ConnectorMaintenanceWindow(models.Model):
    _name = "connector.maintenance.window"
    _inherit = ["connector.maintenance.window", "connector.audited"]


class ConnectorBudget(models.Model):
    """Budgets are made from the vendor's limits; people change the numbers."""

    _name = "connector.budget"
    _inherit = ["connector.budget", "connector.audited"]

    _audit_made = False

    def _audited_fields(self):
        return super()._audited_fields() - {"told"}


class ConnectorLane(models.Model):
    _name = "connector.lane"
    _inherit = ["connector.lane", "connector.audited"]

    def _audited_fields(self):
        return super()._audited_fields() | {"paused"}


class IrConfigParameter(models.Model):
    """Parameters of the suite are settings as well."""

    _inherit = "ir.config_parameter"

    @api.model_create_multi
    def create(self, vals_list):
        parameters = super().create(vals_list)
        parameters._connector_note("create", {}, parameters._connector_values())
        return parameters

    def write(self, vals):
        before = self._connector_values()
        result = super().write(vals)
        self._connector_note("update", before, self._connector_values())
        return result

    def unlink(self):
        self._connector_note("delete", self._connector_values(), {})
        return super().unlink()

    def _connector_values(self):
        return {
            parameter.id: MASK
            if is_secret_name(parameter.key)
            else mask_text(str(parameter.value or ""))
            for parameter in self
            if (parameter.key or "").startswith(PARAMETERS)
        }

    def _connector_note(self, action, before, after):
        audit = self.env["connector.audit"]
        for parameter in self:
            pair = [before.get(parameter.id), after.get(parameter.id)]
            if pair[0] != pair[1]:
                audit._note(parameter, action, {"value": pair})


class ResCompany(models.Model):
    """A company's settings of the suite; an addon names its own, beside the others'."""

    _name = "res.company"
    _inherit = ["res.company", "connector.audited"]

    _audit_made = _audit_deleted = False

    def _audited_fields(self):
        return set()


class ConnectorAudit(models.Model):
    _inherit = "connector.audit"

    @api.model
    def _about(self, record):
        about = super()._about(record)
        if record._name == "res.company":
            about["company_id"] = record.id
        return about
