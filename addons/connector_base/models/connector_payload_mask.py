from odoo import models

from ..engine.masking import mask_keys, mask_paths


class ConnectorFlow(models.Model):
    _inherit = "connector.flow"

    def _personal_paths(self, other_way="push"):
        """Remote paths of what the active field map calls personal.

        :param other_way: direction of the lines that aren't meant
        """
        lines = self.active_map_id.line_ids
        return lines.filtered(
            lambda li: li.pii and li.remote_path and li.direction != other_way
        ).mapped("remote_path")


class ConnectorEvent(models.Model):
    _inherit = "connector.event"

    def _payload_for(self, env, payload):
        if env.su:
            return super()._payload_for(env, payload)
        flow = self._flow_of(self.stream, self.connection_id)
        return mask_keys(payload, flow._personal_paths())


class ConnectorExceptionItem(models.Model):
    _inherit = "connector.exception.item"

    def _payload_for(self, env, payload):
        if env.su:
            return super()._payload_for(env, payload)
        other_way = "pull" if self.direction == "push" else "push"
        return mask_paths(payload, self.flow_id._personal_paths(other_way))
