from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine import compat
from ..entities.entity_added import OF_MODEL, is_no_data
from ..service_user import to_write

#: Code of the verdict on a line whose Odoo field the connectors may not fill.
NOT_GRANTED = "not_granted"


class ConnectorFieldMapLine(models.Model):
    """Whether the connectors' user may fill the Odoo field of a line."""

    _inherit = "connector.field.map.line"

    def _verdict(self, flow, known):
        verdict = super()._verdict(flow, known)
        pulls, _sends = self._ways(flow)
        if verdict.severity != compat.OK or not pulls:
            return verdict
        entity = flow._entity_model()
        target = self._entity_field()
        model = to_write(self.env[entity._entity_model])
        field = target and model._fields.get(target.odoo_field or "")
        if field is None or model.env.su or model._has_field_access(field, "write"):
            return verdict
        return compat.Verdict(compat.WARNING, NOT_GRANTED, {"label": target.label})

    def _check_sentence(self, verdict):
        if verdict.code == NOT_GRANTED:
            return self.env._(
                "The connectors may not fill %s: records are held.",
                verdict.params["label"],
            )
        return super()._check_sentence(verdict)


class ConnectorFieldMap(models.Model):
    """Whether the connectors' user may write what a map brings."""

    _inherit = "connector.field.map"

    rights_warning = fields.Char(compute="_compute_rights_warning")

    @api.depends_context("lang")
    @api.depends("flow_id")
    def _compute_rights_warning(self):
        for field_map in self:
            flow = field_map.flow_id.sudo()
            field_map.rights_warning = (
                flow._rights_warning(flow._entity_model())
                if flow.res_model and flow.direction != "push"
                else False
            )

    def _check_complete(self, lines=True):
        """A map that would write what decides over rights is never activated.

        :raises UserError: where its records are such
        """
        flow = self.flow_id
        model = flow.res_model
        if model and flow.entity.startswith(OF_MODEL) and is_no_data(model):
            problem = self.env["connector.import"]._never_written(model)
            raise UserError(
                self.env["connector.exception"]._sentence(problem.code, problem.params)
            )
        super()._check_complete(lines=lines)


class ConnectorFlow(models.Model):
    _inherit = "connector.flow"

    @api.model
    def _rights_warning(self, entity):
        """What the connectors may not do with an entity's records, in a sentence."""
        exceptions = self.env["connector.exception"]
        for right in ("create", "write"):
            if not entity._may(right):
                problem = self.env["connector.import"]._lacking(entity, right)
                return exceptions._sentence(problem.code, problem.params)
        return False
