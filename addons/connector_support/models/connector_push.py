from odoo import models


class ConnectorPush(models.AbstractModel):
    """Comments go in order, and know what became of them."""

    _inherit = "connector.push"

    def _sort_out(self, run, batch):
        live, archived = super()._sort_out(run, batch)
        take_turns = getattr(run.entity, "_take_turns", None)
        return (take_turns(run, live) if take_turns else live), archived

    def _after(self, run, action, done):
        result = super()._after(run, action, done)
        after_push = getattr(run.entity, "_after_push", None)
        if after_push and done:
            after_push(run, done)
        return result

    def _hold(self, run, batch):
        result = super()._hold(run, batch)
        after_hold = getattr(run.entity, "_after_hold", None)
        if after_hold and batch:
            after_hold(run, batch)
        return result
