from odoo import api, fields, models

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

from ..engine.masking import mask_text
from ..engine.trail import JOB
from .bulk_insert import bulk_insert
from .correlation import correlation_of
from .loose_many2one import LooseMany2one

RETENTION_PARAMETER = "connector_base.audit_retention_days"
#: Ten years: as long as the books that the rows explain are kept, in most countries.
RETENTION_DAYS = 3653
NOTES = "connector_audit_notes"
ACTIONS = [
    ("create", "Created"),
    ("update", "Changed"),
    ("delete", "Deleted"),
    ("submit", "Submitted"),
    ("approve", "Approved"),
    ("reject", "Rejected"),
    ("withdraw", "Taken Back"),
    ("schedule", "Scheduled"),
    ("activate", "Activated"),
    ("roll_back", "Rolled Back"),
    ("retire", "Retired"),
    ("enter", "Secret Entered"),
    ("replace", "Secret Replaced"),
    ("rotate", "Secret Encrypted Anew"),
    ("remove", "Secret Removed"),
    ("decide", "Decided"),
    ("ignore", "Ignored"),
    ("reopen", "Opened Again"),
    ("correct", "Corrected"),
    ("revoke", "Correction Revoked"),
    ("retry", "Tried Again"),
    ("replay", "Replayed"),
    ("override", "Run Anyway"),
    ("cancel", "Cancelled"),
    ("lock", "Locked"),
    ("unlock", "Unlocked"),
    ("export", "Exported"),
    ("expire", "Rows Deleted by Retention"),
    ("erase", "Personal Data Erased"),
    ("sign_in", "Signed In at the Vendor"),
    ("sign_out", "Signed Out at the Vendor"),
    ("find", "Personal Data Looked For"),
    ("reveal", "Shown in Full"),
    ("import", "Configuration Imported"),
    ("rearm", "Armed Here"),
    ("disarm", "Declared a Copy"),
]
AREAS = [
    ("connection", "Connections"),
    ("credential", "Credentials"),
    ("flow", "Flows"),
    ("map", "Field Maps"),
    ("value_map", "Value Maps"),
    ("rule", "Rules and Policies"),
    ("exception", "Exceptions"),
    ("job", "Jobs and Events"),
    ("process", "Processes"),
    ("lock", "Locks"),
    ("setting", "Settings"),
    ("audit", "Audit"),
    ("access", "Rights"),
]


class ConnectorAudit(models.Model):
    """Who changed what governs the connectors: when, what before and after, and why.

    What the connectors write into business records stands in ``connector.log``. Rows
    are noted while things happen and written in one statement before the database knows
    of the changes, in the same transaction: neither is there without the other.
    """

    _name = "connector.audit"
    _description = "Connector Audit"
    _inherit = ["connector.sealed", "connector.record.mixin"]
    _rec_name = "summary"
    _log_access = False

    _seal_formats = {
        1: (
            *("id", "create_date", "user_id", "user_name", "company_id"),
            *("connection_id", "flow_id", "area", "action", "res_model", "res_id"),
            *("record_label", "remote_id", "changes", "note", "map_version"),
            *("event_number", "job_number", "request_id", "correlation_id"),
        )
    }
    _retention = (RETENTION_PARAMETER, RETENTION_DAYS)

    connection_id = LooseMany2one("connector.connection", index="btree_not_null")
    user_id = LooseMany2one(index=True)
    user_name = fields.Char(
        string="Name Then", help="Name and login of who did it, as they were."
    )
    area = fields.Selection(AREAS, string="About", required=True)
    action = fields.Selection(ACTIONS, string="What Happened", required=True)
    res_model = fields.Char(index=True)
    model_name = fields.Char(string="Kind of Record", compute="_compute_model_name")
    record_label = fields.Char(string="Record")
    note = fields.Char(string="Reason")
    event_number = fields.Integer(
        string="Event", aggregator=None, help="Events are deleted before the audit."
    )
    summary = fields.Char(compute="_compute_summary")

    _record_idx = models.Index("(res_model, res_id)")

    @api.depends("res_model")
    def _compute_model_name(self):
        names = self.env["ir.model"].sudo()
        for row in self:
            row.model_name = names._get(row.res_model).name or row.res_model

    @api.depends_context("lang")
    @api.depends("action", "record_label")
    def _compute_summary(self):
        actions = dict(self._fields["action"]._description_selection(self.env))
        for row in self:
            parts = [row.record_label, actions.get(row.action)]
            row.summary = " · ".join(part for part in parts if part)

    # -- note -----------------------------------------------------------------

    @api.model
    def _note(self, records, action, changes=None, note=None):
        """Note what somebody does to records; written before the transaction commits.

        :param action: one of ``ACTIONS``
        :param changes: ``{field: [before, after]}`` of all of them, or a dict of those
            by record id; masked already
        :param note: the reason that a person gave
        """
        by_id = {}
        if changes and all(isinstance(key, int) for key in changes):
            by_id, changes = changes, None
        for record in records:
            self._add_note(record, action, by_id.get(record.id, changes), note)

    @api.model
    def _add_note(self, record, action, changes, note):
        if self.env.context.get(MODULE_UNINSTALL_FLAG):
            # The tables go, and this one with them.
            return
        data = self.env.cr.precommit.data
        if NOTES not in data:
            data[NOTES] = {}
            self.env.cr.precommit.add(self.sudo()._write_notes)
        key = (record._name, record.id)
        notes = data[NOTES].setdefault(key, [])
        # What is made and filled, or changed several times, is one fact.
        for known in notes:
            if {known["action"], action} <= {"create", "update"}:
                if action == "create":
                    known["action"] = action
                _merge(known["changes"], changes or {})
                return
        vals = {
            "action": action,
            "changes": dict(changes or {}),
            "note": mask_text(note, 500) if note else None,
            "user": self.env.user,
            "job": self.env.context.get(JOB),
            "correlation_id": correlation_of(self.env),
        }
        if action in ("delete", "remove", "revoke"):
            # It may not be there any more when the notes are written.
            vals["about"] = self._about(record.sudo())
        notes.append(vals)

    # -- write ----------------------------------------------------------------

    @api.model
    def _write_notes(self):
        """Write what was noted, in one statement."""
        notes = self.env.cr.precommit.data.pop(NOTES, None)
        if not notes:
            return
        # What is looked at for a row may note nothing more.
        self.env.flush_all()
        rows = []
        there = self._still_there(notes)
        for (model, record_id), of_record in notes.items():
            about = None
            gone = record_id not in there[model]
            if gone and any(vals["action"] == "create" for vals in of_record):
                continue
            for vals in of_record:
                if vals["action"] == "update" and not _differing(vals["changes"]):
                    continue
                about = vals.get("about") or about
                if about is None:
                    if gone:
                        continue
                    record = self.env[model].browse(record_id).sudo()
                    about = self._about(record)
                rows.append(self._row(model, record_id, vals, about))
        bulk_insert(self, rows)

    @api.model
    def _still_there(self, notes):
        """``{model: ids}``; what was made and undone in one go leaves no row."""
        ids = {}
        for model, record_id in notes:
            ids.setdefault(model, []).append(record_id)
        return {
            model: set(self.env[model].sudo().browse(found).exists()._ids)
            for model, found in ids.items()
        }

    @api.model
    def _row(self, model, record_id, vals, about):
        user = vals["user"].sudo()
        changes, about = vals["changes"], dict(about)
        if vals["action"] == "update":
            changes = _differing(changes)
        return {
            "create_date": fields.Datetime.now(),
            "user_id": user.id,
            "user_name": f"{user.name} ({user.login})",
            "action": vals["action"],
            "res_model": model,
            "res_id": record_id,
            "changes": changes or None,
            "note": vals["note"],
            "job_number": about.pop("job_number", None) or vals["job"] or 0,
            "correlation_id": about.pop("correlation_id", None)
            or vals["correlation_id"],
            **about,
        }

    @api.model
    def _about(self, record):
        """Columns that say what a record is and belongs to."""
        known = record._fields
        flow = record if record._name == "connector.flow" else None
        if flow is None and "flow_id" in known:
            flow = record.flow_id
        connection = record if record._name == "connector.connection" else None
        if connection is None and "connection_id" in known:
            connection = record.connection_id
        if not connection and flow:
            connection = flow.connection_id
        company = record.company_id if "company_id" in known else None
        about = {
            "area": self._areas().get(record._name, "setting"),
            "record_label": mask_text(self._label_of(record), 200),
            "company_id": company.id if company else None,
            "connection_id": connection.id if connection else None,
            "flow_id": flow.id if flow else None,
            "map_version": self._map_version(record, flow),
            "remote_id": record.remote_id if "remote_id" in known else None,
            "event_number": 0,
            "request_id": None,
        }
        if record._name == "connector.job":
            about["job_number"] = record.id
            about["request_id"] = (record.error_detail or {}).get("request_id")
        if record._name == "connector.event":
            about["event_number"] = record.id
        if "correlation_id" in known:
            about["correlation_id"] = record.correlation_id
        return about

    @api.model
    def _label_of(self, record):
        """What a record is called; of a business record only its remote id."""
        if record._name == "connector.binding":
            return f"{record.flow_id.name or record.entity} · {record.remote_id or ''}"
        return record.display_name or ""

    @api.model
    def _map_version(self, record, flow):
        if record._name == "connector.field.map":
            return record.version
        return flow.active_map_id.version if flow else 0

    @api.model
    def _areas(self):
        """``{model: area}``; what isn't named is a setting. Extend it."""
        return {
            "connector.connection": "connection",
            "connector.credential": "credential",
            "connector.flow": "flow",
            "connector.field.map": "map",
            "connector.value.map": "value_map",
            "connector.retry.policy": "rule",
            "connector.exception.rule": "rule",
            "connector.match.rule": "rule",
            "connector.maintenance.window": "rule",
            "connector.budget": "rule",
            "connector.team": "rule",
            "connector.exception": "exception",
            "connector.conflict": "exception",
            "connector.correction": "exception",
            "connector.match.decision": "exception",
            "connector.job": "job",
            "connector.event": "job",
            "connector.process": "process",
            "connector.binding": "lock",
            "connector.seal.chain": "audit",
            "connector.erasure": "audit",
        }


def _merge(known, changes):
    """What was before the first change stays, what is after the last one counts."""
    for name, (before, after) in changes.items():
        known[name] = [known[name][0] if name in known else before, after]


def _differing(changes):
    return {name: pair for name, pair in changes.items() if pair[0] != pair[1]}
