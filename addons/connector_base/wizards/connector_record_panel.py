from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.bulk_insert import bulk_insert
from ..models.connector_lock import LOCKABLE


class ConnectorRecordPanel(models.TransientModel):
    """The panel behind the button of a record.

    What it shows is looked up when it is opened: ids, owners, pending work, why it is
    synced or not, and the trail. Whoever may read the record and view connectors may
    open it.
    """

    _name = "connector.record.panel"
    _description = "Connector Record Panel"

    name = fields.Char(readonly=True)
    res_model = fields.Char(required=True, readonly=True)
    res_ids = fields.Json(required=True, readonly=True)
    verdict = fields.Selection(
        [
            ("good", "In Sync"),
            ("part", "In Part"),
            ("info", "Not Connected"),
            ("bad", "Look"),
        ],
        readonly=True,
    )
    summary = fields.Char(readonly=True)
    binding_ids = fields.Many2many("connector.binding", compute="_compute_binding_ids")
    locked = fields.Boolean(compute="_compute_binding_ids")
    can_sync = fields.Boolean(readonly=True)
    reason_ids = fields.One2many(
        "connector.record.panel.reason", "panel_id", readonly=True
    )
    field_ids = fields.One2many(
        "connector.record.panel.field", "panel_id", readonly=True
    )
    pending_ids = fields.One2many(
        "connector.record.panel.pending", "panel_id", readonly=True
    )
    trail_ids = fields.One2many(
        "connector.record.panel.trail", "panel_id", readonly=True
    )

    @api.depends("res_model", "res_ids")
    def _compute_binding_ids(self):
        for panel in self:
            bindings = self.env["connector.binding"].search(
                [
                    ("res_model", "=", panel.res_model),
                    ("res_id", "in", panel.res_ids or []),
                ]
            )
            panel.binding_ids = bindings
            panel.locked = "locked" in bindings.mapped("state")

    @api.model_create_multi
    def create(self, vals_list):
        panels = super().create(vals_list)
        for panel in panels:
            panel._records().check_access("read")
            panel._fill()
        return panels

    def _records(self):
        """The records that the panel is of.

        :raises UserError: where no such model is installed
        """
        self.ensure_one()
        if self.res_model not in self.env:
            raise UserError(self.env._("There are no records of that kind."))
        return self.env[self.res_model].browse(self.res_ids).exists()

    def _flows(self):
        """The flows that move records of this kind, in the order of their work."""
        entities = self.env["connector.entity"]._entities_of(self.res_model)
        flows = self.env["connector.flow"].with_context(active_test=False)
        return flows.search([("entity", "in", entities)])

    def _fill(self):
        """Look up what is shown, and keep it as rows of the panel."""
        reasons = list(self._reasons())
        rows = self.sudo()
        rows.reason_ids = [fields.Command.create(vals) for vals in reasons]
        rows.field_ids = [fields.Command.create(vals) for vals in self._field_rows()]
        rows.pending_ids = [
            fields.Command.create(vals) for vals in self._pending_rows()
        ]
        rows.trail_ids = [fields.Command.create(vals) for vals in self._trail_rows()]
        verdict, summary = self._headline(reasons)
        rows.write(
            {
                "verdict": verdict,
                "summary": summary,
                "can_sync": bool(self._pulls() or self._pushes()),
            }
        )

    def _headline(self, reasons):
        """The answer in one line.

        :return: ``(verdict, sentence)``
        """
        bad = [vals for vals in reasons if vals["verdict"] == "bad"]
        stops = [vals["sentence"] for vals in bad if not vals["outgoing"]]
        names = ", ".join(self.binding_ids.connection_id.mapped("name"))
        if not self.binding_ids:
            sentence = self.env._("The record isn't linked with any other system.")
            why = bad[0]["sentence"] if bad else ""
            return "info", f"{sentence} {why}".strip()
        if stops:
            return "bad", stops[0]
        if bad:
            sentence = self.env._(
                "It comes from %(systems)s and doesn't go back. %(why)s",
                systems=names,
                why=bad[0]["sentence"],
            )
            return "part", sentence
        return "good", self.env._("In sync with %s.", names)

    def _open(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("%s in other systems", self.name),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    # -- sync -----------------------------------------------------------------

    def _pulls(self):
        """Bindings whose remote record can be read now."""
        return self.binding_ids.filtered(
            lambda binding: (
                binding.remote_id
                and binding.state != "locked"
                and binding.flow_id.active
                and binding.flow_id.direction != "push"
                and binding.connection_id.state != "draft"
            )
        )

    def _pushes(self):
        """``[(flow, Odoo id)]`` of what can be sent now."""
        found = []
        by_flow = {
            (binding.flow_id, binding.res_id): binding for binding in self.binding_ids
        }
        for flow in self._flows():
            sends = flow.active and flow.direction != "pull"
            if not sends or flow.connection_id.state == "draft":
                continue
            for record in self._records():
                binding = by_flow.get((flow, record.id))
                if binding and binding.state == "locked":
                    continue
                may = flow.push_update if binding else flow.push_create
                if may and not list(self._excluding_leaves(flow, record)):
                    found.append((flow, record.id))
        return found

    def action_sync_now(self):
        """Read the record again and send it again.

        It is read first: what changed there is merged before anything goes out.
        """
        self.ensure_one()
        self.env["connector.binding"].check_access("write")
        self._records().check_access("read")
        said = []
        for flow, bindings in self._pulls().grouped("flow_id").items():
            self.env["connector.pull"]._enqueue_ids(flow, bindings.mapped("remote_id"))
            said.append(self.env._("%s: is read again.", flow.name))
        changes = self.env["connector.change"].sudo()
        for flow, res_id in self._pushes():
            waiting = [("flow_id", "=", flow.id), ("res_id", "=", res_id)]
            if not changes.search_count(waiting, limit=1):
                bulk_insert(changes, [changes._written(flow, res_id)])
            flow._enqueue_push()
            said.append(self.env._("%s: what differs is sent then.", flow.name))
        if not said:
            raise UserError(
                self.env._("Nothing can be synced now; the reasons say why.")
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "title": self.env._("Syncing in the background"),
                "message": "\n".join(said),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    # -- lock -----------------------------------------------------------------

    def action_lock(self):
        """Ask why, and lock the record for all connections that it is linked for."""
        self.ensure_one()
        bindings = self.binding_ids.filtered(lambda b: b.state in LOCKABLE)
        if not bindings:
            raise UserError(
                self.env._("The record is being made there, or is gone: try later.")
            )
        action = bindings.action_lock()
        return action | {"context": {**action["context"], "default_panel_id": self.id}}

    def action_unlock(self):
        self.ensure_one()
        bindings = self.binding_ids.filtered(lambda b: b.state == "locked")
        bindings.action_unlock()
        return self._again()

    def _again(self):
        """The same panel, looked up anew."""
        return self.create(
            {"name": self.name, "res_model": self.res_model, "res_ids": self.res_ids}
        )._open()

    # -- more -----------------------------------------------------------------

    def action_refresh(self):
        self.ensure_one()
        return self._again()

    def action_open_trail(self):
        """The trail as a list of its own, to filter and group."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "connector_base.connector_record_panel_trail_action"
            ),
            "name": self.env._("Trail of %s", self.name),
            "domain": [("panel_id", "=", self.id)],
        }
