from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import html2plaintext

from ..engine.masking import mask_personal

#: Rows of the log, jobs and events that the trail is made of, the newest.
TRAIL_LENGTH = 100
#: Characters of a value that are shown.
VALUE_LENGTH = 80
#: States of jobs that are still to be done.
UNFINISHED = ("waiting", "pending", "started")


class ConnectorRecordPanel(models.TransientModel):
    """Who owns each field, what is still to be done, and what was done."""

    _inherit = "connector.record.panel"

    # -- fields ---------------------------------------------------------------

    def _field_rows(self):
        """One row a line of the maps of the flows that the record is linked by."""
        records = {record.id: record for record in self._records()}
        changed = self._last_changes()
        number = 0
        for binding in self.binding_ids:
            flow, record = binding.flow_id, records.get(binding.res_id)
            if record is None or not flow:
                continue
            entity = flow._entity_model()
            agreed = binding.sudo().agreed or {}
            lines = flow.active_map_id.line_ids
            targets = set(lines.mapped("target"))
            for line in lines:
                number += 1
                field = entity._entity_field(line.target)
                # What is made of others, as a domain, shows what it becomes in Odoo.
                names = field and (
                    entity._sources(field, targets) or entity._owners({field.name: ""})
                )
                name = next(iter(names or ()), None)
                when, by = changed.get((flow.id, name), (False, False))
                yield {
                    "sequence": number,
                    "flow_name": flow.name,
                    "label": field.label if field else line.target,
                    "remote_path": line.remote_path,
                    "owner": line.owner,
                    "direction": self._line_direction(flow, line),
                    "value": self._value_text(record, name),
                    "agreed": self._agreed_text(record, name, agreed, field),
                    "changed_at": when,
                    "changed_by": by,
                }

    def _line_direction(self, flow, line):
        if "both" in (flow.direction, line.direction):
            other = {flow.direction, line.direction} - {"both"}
            return other.pop() if other else "both"
        return flow.direction if flow.direction == line.direction else False

    def _value_text(self, record, name):
        """The value that Odoo has, as far as the reader may see it."""
        field = record._fields.get(name) if name else None
        if field is None or not record._has_field_access(field, "read"):
            return False
        return self._text(field, record[name])

    def _agreed_text(self, record, name, agreed, field):
        """The value that both sides agreed on; personal data for operators only."""
        odoo_field = record._fields.get(name) if name else None
        if odoo_field is None or name not in agreed:
            return False
        if not record._has_field_access(odoo_field, "read"):
            return False
        value = agreed[name]
        if odoo_field.relational and value:
            ids = value if isinstance(value, list) else [value]
            value = self.env[odoo_field.comodel_name].browse(ids).exists()
        text = self._text(odoo_field, value)
        operator = self.env.user.has_group("connector_base.group_operator")
        return mask_personal(text) if field.pii and not operator else text

    def _text(self, field, value):
        if value is None or value is False:
            return self.env._("No") if field.type == "boolean" else False
        if value is True:
            return self.env._("Yes")
        if field.relational:
            # As everywhere in Odoo: who reads the record reads the names in it.
            if isinstance(value, models.BaseModel):
                value = ", ".join(value.sudo().mapped("display_name"))
        elif field.type == "selection":
            value = dict(field._description_selection(self.env)).get(value, value)
        elif field.type == "html":
            value = html2plaintext(value, include_references=False)
        text = str(value).strip()
        return text[:VALUE_LENGTH] + "…" if len(text) > VALUE_LENGTH else text

    def _last_changes(self):
        """``{(flow id, Odoo field): (when, by)}`` as the newest log rows tell."""
        found = {}
        for log in self._logs():
            by = (
                log.connection_id.name
                if log.direction == "pull"
                else self.env._("Odoo")
            )
            for name in log.changes or ():
                found.setdefault((log.flow_id.id, name), (log.create_date, by))
        return found

    # -- pending --------------------------------------------------------------

    def _pending_rows(self):
        """Jobs, changes, events and exceptions of the record that are not over."""
        remote_ids = self._remote_ids()
        flows = self.binding_ids.flow_id
        yield from self._pending_jobs(flows, set(remote_ids))
        changes = self.env["connector.change"].search(
            [("res_id", "in", self.res_ids), ("res_model", "=", self.res_model)],
            limit=TRAIL_LENGTH,
        )
        for change in changes:
            fields_line = change.fields_line or self.env._("all fields")
            yield self._row(
                change,
                "change",
                self.env._(
                    "%(flow)s: goes out (%(fields)s)",
                    flow=change.flow_id.name,
                    fields=fields_line,
                ),
                change.create_date,
                change,
            )
        events = self.env["connector.event"].search(
            [
                ("connection_id", "in", self.binding_ids.connection_id.ids),
                ("remote_id", "in", remote_ids),
                ("state", "in", ("pending", "dead")),
            ],
            limit=TRAIL_LENGTH,
        )
        for event in events:
            yield self._row(event, "event", event.kind, event.received_at, event)
        items = self.env["connector.exception.item"].search(
            Domain("state", "=", "open")
            & Domain("flow_id", "in", self._flows().ids)
            & (
                Domain("remote_id", "in", remote_ids) & Domain("direction", "=", "pull")
                | Domain("res_id", "in", self.res_ids)
                & Domain("direction", "=", "push")
            ),
            limit=TRAIL_LENGTH,
        )
        for item in items:
            yield self._row(
                item,
                "exception",
                item.message or item.exception_id.name,
                item.last_seen_at,
                item.exception_id,
            )

    def _pending_jobs(self, flows, remote_ids):
        jobs = self.env["connector.job"].search(
            [("flow_id", "in", flows.ids), ("state", "in", (*UNFINISHED, "dead"))],
            limit=TRAIL_LENGTH,
        )
        for job in jobs:
            asked = (job.sudo().kwargs or {}).get("remote_ids")
            if asked is None and job.state != "dead" or remote_ids & set(asked or ()):
                yield self._row(job, "job", job.name, job.eta, job)

    def _row(self, source, kind, title, when, target):
        states = dict(source._fields["state"]._description_selection(self.env))
        return {
            "kind": kind,
            "title": title,
            "moment": when,
            "state": states.get(source.state),
            "target_model": target._name,
            "target_id": target.id,
        }

    # -- trail ----------------------------------------------------------------

    def _remote_ids(self):
        return self.binding_ids.filtered("remote_id").mapped("remote_id")

    def _logs(self):
        """The newest rows of the log: of the record, and of its remote twins."""
        logs = self.env["connector.log"]
        found = logs.search(
            [("res_model", "=", self.res_model), ("res_id", "in", self.res_ids)],
            limit=TRAIL_LENGTH,
        )
        found |= logs.search(
            [
                ("connection_id", "in", self.binding_ids.connection_id.ids),
                ("flow_id", "in", self.binding_ids.flow_id.ids),
                ("remote_id", "in", self._remote_ids()),
            ],
            limit=TRAIL_LENGTH,
        )
        return found.sorted("id", reverse=True)[:TRAIL_LENGTH]

    def _trail_rows(self):
        """From the source's event over the job to the document, newest first."""
        logs = self._logs()
        actions = dict(logs._fields["action"]._description_selection(self.env))
        rows = [
            {
                "kind": "change",
                "title": f"{actions[log.action]} · {log.flow_id.name}",
                "detail": log.changes_line,
                "moment": log.create_date,
                "direction": log.direction,
                "correlation_id": log.correlation_id,
                "target_model": log._name,
                "target_id": log.id,
            }
            for log in logs
        ]
        trails = list({log.correlation_id for log in logs if log.correlation_id})
        jobs = self.env["connector.job"].search(
            [("correlation_id", "in", trails)], limit=TRAIL_LENGTH
        )
        states = dict(jobs._fields["state"]._description_selection(self.env))
        rows += [
            {
                "kind": "job",
                "title": job.name,
                "detail": job.error or job.result_text or states[job.state],
                "moment": job.started_at or job.create_date,
                "correlation_id": job.correlation_id,
                "target_model": job._name,
                "target_id": job.id,
            }
            for job in jobs
        ]
        rows += self._trail_events(trails)
        rows.sort(key=lambda row: row["moment"], reverse=True)
        for number, row in enumerate(rows):
            yield {**row, "sequence": number}

    def _trail_events(self, trails):
        events = self.env["connector.event"]
        found = events.search(
            [
                ("connection_id", "in", self.binding_ids.connection_id.ids),
                ("remote_id", "in", self._remote_ids()),
            ],
            limit=TRAIL_LENGTH,
        )
        states = dict(events._fields["state"]._description_selection(self.env))
        return [
            {
                "kind": "event",
                "title": event.kind,
                "detail": event.error or event.note or states[event.state],
                "moment": event.received_at,
                "direction": "pull",
                "correlation_id": event.correlation_id,
                "target_model": event._name,
                "target_id": event.id,
            }
            for event in found
        ]


class ConnectorTargetMixin(models.AbstractModel):
    """A row of a dialog that opens what it speaks of."""

    _name = "connector.target.mixin"
    _description = "Connector Target Mixin"

    target_model = fields.Char(readonly=True)
    target_id = fields.Integer(readonly=True)

    def action_open(self):
        """Open the row's record.

        :raises UserError: where it is gone
        """
        self.ensure_one()
        known = self.target_model in self.env and self.target_id
        if not known or not self.env[self.target_model].browse(self.target_id).exists():
            raise UserError(self.env._("It isn't kept any more."))
        return {
            "type": "ir.actions.act_window",
            "res_model": self.target_model,
            "res_id": self.target_id,
            "views": [(False, "form")],
        }


class ConnectorRecordPanelLine(models.AbstractModel):
    """A row of the panel."""

    _name = "connector.record.panel.line"
    _inherit = ["connector.target.mixin"]
    _description = "Connector Record Panel Line"

    panel_id = fields.Many2one(
        "connector.record.panel", required=True, index=True, ondelete="cascade"
    )


class ConnectorRecordPanelField(models.TransientModel):
    _name = "connector.record.panel.field"
    _inherit = ["connector.record.panel.line"]
    _description = "Connector Record Panel Field"
    _order = "sequence, id"

    sequence = fields.Integer(readonly=True)
    flow_name = fields.Char(string="Flow", readonly=True)
    label = fields.Char(string="Field", readonly=True)
    remote_path = fields.Char(string="Remote Field", readonly=True)
    owner = fields.Selection(
        [("remote", "Remote"), ("odoo", "Odoo"), ("newest", "Newest"), ("ask", "Ask")],
        readonly=True,
    )
    direction = fields.Selection(
        [("pull", "Into Odoo"), ("push", "Out of Odoo"), ("both", "Both Ways")],
        readonly=True,
    )
    value = fields.Char(string="In Odoo", readonly=True)
    agreed = fields.Char(string="Last Agreed", readonly=True)
    changed_at = fields.Datetime(string="Last Changed by Sync", readonly=True)
    changed_by = fields.Char(string="From", readonly=True)


class ConnectorRecordPanelPending(models.TransientModel):
    _name = "connector.record.panel.pending"
    _inherit = ["connector.record.panel.line"]
    _description = "Connector Record Panel Pending Work"

    kind = fields.Selection(
        [
            ("job", "Job"),
            ("change", "Outgoing Change"),
            ("event", "Event"),
            ("exception", "Exception"),
            ("process", "Process"),
        ],
        readonly=True,
    )
    title = fields.Char(string="What", readonly=True)
    state = fields.Char(readonly=True)
    moment = fields.Datetime(string="Since", readonly=True)


class ConnectorRecordPanelTrail(models.TransientModel):
    _name = "connector.record.panel.trail"
    _inherit = ["connector.record.panel.line"]
    _description = "Connector Record Panel Trail"
    _order = "sequence, id"
    _rec_name = "title"

    sequence = fields.Integer(readonly=True)
    kind = fields.Selection(
        [
            ("event", "Event"),
            ("job", "Job"),
            ("change", "Change"),
            ("process", "Process"),
        ],
        readonly=True,
    )
    moment = fields.Datetime(string="When", readonly=True)
    title = fields.Char(string="What", readonly=True)
    detail = fields.Char(string="What Came of It", readonly=True)
    direction = fields.Selection(
        [("pull", "Into Odoo"), ("push", "Out of Odoo")], readonly=True
    )
    correlation_id = fields.Char(string="Trail", readonly=True)
