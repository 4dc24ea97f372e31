"""What is audited of field maps and value maps; their lines stand with their map."""

from odoo import models


class ConnectorFieldMap(models.Model):
    _name = "connector.field.map"
    _inherit = ["connector.field.map", "connector.audited"]

    def _audited_fields(self):
        return {"state", "note", "activate_at", "reject_reason"}

    def _audit_action(self, vals, before, after):
        state, was = after.get("state"), before.get("state")
        if was == state:
            return "schedule" if after.get("activate_at") else "update", None
        if state == "draft":
            reason = after.get("reject_reason")
            return ("reject", reason) if reason else ("withdraw", None)
        if state == "active" and was == "retired":
            return "roll_back", None
        actions = {
            "submitted": "submit",
            "approved": "approve",
            "active": "activate",
            "retired": "retire",
        }
        return actions[state], None


class ConnectorFieldMapLine(models.Model):
    _name = "connector.field.map.line"
    _inherit = ["connector.field.map.line", "connector.audited"]

    def _audit_owner(self):
        return self.map_id

    def _audit_part(self):
        return f"{self.remote_path or ''} → {self.target or ''}"


class ConnectorFieldMapStep(models.Model):
    _name = "connector.field.map.step"
    _inherit = ["connector.field.map.step", "connector.audited"]

    def _audit_owner(self):
        return self.line_id.map_id

    def _audit_part(self):
        return f"{self.line_id._audit_part()} · {self.transform}"


class ConnectorValueMap(models.Model):
    """Value maps are made by what is met; what people decide is audited."""

    _name = "connector.value.map"
    _inherit = ["connector.value.map", "connector.audited"]

    _audit_made = False

    def _audited_fields(self):
        return {"on_unmapped", "default_res_id"}

    def _audit_value(self, name):
        if name == "default_res_id":
            return named_record(self.env, self.res_model, self.default_res_id)
        return super()._audit_value(name)


class ConnectorValueMapLine(models.Model):
    _name = "connector.value.map.line"
    _inherit = ["connector.value.map.line", "connector.audited"]

    def _audited_fields(self):
        return {"res_id", "skip"}

    def _audit_owner(self):
        return self.map_id

    def _audit_part(self):
        return self.remote_label or self.remote_value or "-"

    def _audit_value(self, name):
        if name == "res_id":
            return named_record(self.env, self.res_model, self.res_id)
        return super()._audit_value(name)

    def _audit_made_now(self):
        # What was met in data and nobody has decided on is no change.
        decided = self.filtered("is_decided")
        if decided:
            return super(ConnectorValueMapLine, decided)._audit_made_now()
        return None

    def _audit_gone(self, audit, values):
        if self.is_decided:
            return super()._audit_gone(audit, values)
        return None


def named_record(env, model, record_id):
    """A record by name and id; the id alone where the model is gone."""
    if not record_id:
        return None
    record = env[model].sudo().browse(record_id).exists() if model in env else None
    return f"{record.display_name} ({record_id})" if record else str(record_id)
