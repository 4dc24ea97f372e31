from odoo import api, models


class ConnectorFlow(models.Model):
    """A cursor that is thrown away: what a vendor still does for it is ended."""

    _inherit = "connector.flow"

    def write(self, vals):
        dropped = []
        if vals.get("cursor", True) in (False, None):
            dropped = [(flow, flow.cursor) for flow in self if flow.cursor]
        result = super().write(vals)
        for flow, cursor in dropped:
            self.env["connector.pull"]._enqueue_drop(flow, cursor)
        return result


class ConnectorPull(models.AbstractModel):
    _inherit = "connector.pull"

    @api.model
    def _enqueue_drop(self, flow, cursor):
        provider = flow.connection_id._provider()
        if provider._keeps_vendor_busy(cursor):
            flow._enqueue_work(
                self._name,
                "_job_drop",
                kwargs={"cursor": cursor},
                name=self.env._("End what %s has begun", flow.name),
            )

    @api.model
    def _job_drop(self, job, flow_id, cursor):
        """Tell the vendor that nobody waits for what it prepares."""
        flow = self.env["connector.flow"].browse(flow_id)
        provider = flow.connection_id._provider()
        client = provider._client(flow.connection_id)
        job._checkpoint()
        provider._drop_cursor(client, flow.stream, cursor)
