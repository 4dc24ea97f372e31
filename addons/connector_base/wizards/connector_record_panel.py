from odoo import api, fields, models

#: Lines of the trail that the panel shows; the log has them all.
TRAIL_LENGTH = 20


class ConnectorRecordPanel(models.TransientModel):
    """The panel behind the button of a record: ids, owners, why, and the trail."""

    _name = "connector.record.panel"
    _description = "Connector Record Panel"

    name = fields.Char(readonly=True)
    res_model = fields.Char(required=True, readonly=True)
    res_ids = fields.Json(required=True, readonly=True)
    binding_ids = fields.Many2many("connector.binding", compute="_compute_trail")
    log_ids = fields.Many2many("connector.log", compute="_compute_trail")
    reason_ids = fields.One2many(
        "connector.record.panel.reason", "panel_id", readonly=True
    )
    owner_line_ids = fields.Many2many(
        "connector.field.map.line", compute="_compute_trail"
    )

    @api.depends("res_model", "res_ids")
    def _compute_trail(self):
        for panel in self:
            domain = [
                ("res_model", "=", panel.res_model),
                ("res_id", "in", panel.res_ids or []),
            ]
            bindings = self.env["connector.binding"].search(domain)
            panel.binding_ids = bindings
            panel.log_ids = self.env["connector.log"].search(domain, limit=TRAIL_LENGTH)
            panel.owner_line_ids = bindings.flow_id.active_map_id.line_ids

    @api.model_create_multi
    def create(self, vals_list):
        panels = super().create(vals_list)
        for panel in panels:
            panel.sudo().reason_ids = [
                fields.Command.create({"verdict": verdict, "sentence": sentence})
                for verdict, sentence in panel._reasons()
            ]
        return panels

    def _reasons(self):
        """Why the record is, or is not, as in the other systems: rule by rule.

        :return: list of ``(verdict, sentence)``, verdict ``good``, ``info`` or ``bad``
        """
        entities = self.env["connector.entity"]._entities_of(self.res_model)
        flows = self.env["connector.flow"].search([("entity", "in", entities)])
        if not flows:
            return [
                ("info", self.env._("No connection takes records of this kind over."))
            ]
        reasons = []
        for flow in flows:
            bindings = self.binding_ids.filtered(
                lambda binding, flow=flow: binding.flow_id == flow
            )
            if bindings:
                reasons += self._reasons_of_flow(flow)
                for binding in bindings:
                    reasons += self._reasons_of_binding(flow, binding)
        if not self.binding_ids:
            names = ", ".join(flows.mapped("name"))
            reasons.append(
                (
                    "info",
                    self.env._(
                        "No remote record is linked with it. Records of this kind come"
                        " by: %s.",
                        names,
                    ),
                )
            )
        return reasons

    def _reasons_of_flow(self, flow):
        connection = flow.connection_id
        states = dict(connection._fields["state"]._description_selection(self.env))
        if connection.state != "connected":
            yield (
                "bad",
                self.env._(
                    "The connection %(name)s doesn't run: %(state)s. %(reason)s",
                    name=connection.name,
                    state=states[connection.state],
                    reason=connection.attention_reason or "",
                ),
            )
        elif not flow.active:
            yield "bad", self.env._("The flow %s is switched off.", flow.name)
        elif flow.last_success_at:
            verdict = "good" if flow.health == "good" else "bad"
            yield (
                verdict,
                self.env._(
                    "%(flow)s is up to date as of %(lag)s minutes ago; its target is"
                    " %(target)s minutes.",
                    flow=flow.name,
                    lag=flow.lag_minutes,
                    target=flow.latency_target,
                ),
            )
        else:
            yield "info", self.env._("%s is loading for the first time.", flow.name)

    def _reasons_of_binding(self, flow, binding):
        if binding.state == "locked":
            yield (
                "bad",
                self.env._("The record is locked: %s", binding.lock_reason or ""),
            )
        elif binding.state == "creating":
            yield "info", self.env._("The record is being made in the remote system.")
        elif binding.state == "archived":
            yield "info", self.env._("The record is archived in the remote system.")
        else:
            yield (
                "good",
                self.env._(
                    "Remote record %(remote_id)s was last taken over on %(date)s by"
                    " version %(version)s of the field map.",
                    remote_id=binding.remote_id,
                    date=fields.Datetime.context_timestamp(
                        self, binding.synced_at
                    ).strftime("%Y-%m-%d %H:%M"),
                    version=binding.map_version,
                ),
            )
        items = self.env["connector.exception.item"].search(
            [
                ("flow_id", "=", flow.id),
                ("state", "=", "open"),
                "|",
                "&",
                ("direction", "=", "pull"),
                ("remote_id", "=", binding.remote_id),
                "&",
                ("direction", "=", "push"),
                ("res_id", "=", binding.res_id),
            ]
        )
        for item in items:
            yield "bad", item.message
        waiting = self.env["connector.job"].search_count(
            [("flow_id", "=", flow.id), ("state", "in", ("pending", "started"))]
        )
        if waiting:
            yield (
                "info",
                self.env._(
                    "%(count)s jobs of %(flow)s wait or run.",
                    count=waiting,
                    flow=flow.name,
                ),
            )

    def action_sync_now(self):
        self.binding_ids.action_sync_now()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._("The record is read again in the background."),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }


class ConnectorRecordPanelReason(models.TransientModel):
    _name = "connector.record.panel.reason"
    _description = "Connector Record Panel Reason"

    panel_id = fields.Many2one(
        "connector.record.panel", required=True, ondelete="cascade"
    )
    verdict = fields.Selection(
        [("good", "OK"), ("info", "Note"), ("bad", "Look")], readonly=True
    )
    sentence = fields.Char(readonly=True)
