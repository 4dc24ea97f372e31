from odoo import models

from ..engine.masking import mask_paths


class ConnectorFlow(models.Model):
    _inherit = "connector.flow"

    def _masked_payload(self, payload, outgoing=False):
        """A payload as people see it: what the field map calls personal is a hint.

        What is addressed by e-mail is masked wherever it stands.

        :param outgoing: whether it was to be sent
        """
        way = "pull" if outgoing else "push"
        lines = self.active_map_id.line_ids.filtered(
            lambda line: line.pii and line.remote_path and line.direction != way
        )
        return mask_paths(payload, lines.mapped("remote_path"))


class ConnectorEvent(models.Model):
    _inherit = "connector.event"

    def _payload_for(self, env, payload):
        if env.su:
            return super()._payload_for(env, payload)
        flow = self._flow_of(self.stream, self.connection_id)
        return flow._masked_payload(payload)


class ConnectorExceptionItem(models.Model):
    _inherit = "connector.exception.item"

    def _payload_for(self, env, payload):
        if env.su:
            return super()._payload_for(env, payload)
        return self.flow_id._masked_payload(payload, self.direction == "push")
