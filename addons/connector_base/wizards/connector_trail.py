from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

#: Trails of a record that are followed, the newest, and steps of each kind.
TRAILS = 20
STEPS = 200


class ConnectorTraced(models.AbstractModel):
    """For rows from which the trail of one change can be followed."""

    _name = "connector.traced"
    _description = "Connector Traced Row"

    def _trail_start(self):
        """What is known of the change, see ``connector.trail._open_from``."""
        self.ensure_one()
        known, start = self._fields, {}
        if "correlation_id" in known and self.correlation_id:
            start["correlation_ids"] = [self.correlation_id]
        if "connection_id" in known and self.connection_id:
            start["connection_id"] = self.connection_id.id
        if "remote_id" in known and self.remote_id:
            start["remote_ids"] = [self.remote_id]
        if "res_id" in known and self.res_id and self.res_model:
            start |= {"res_model": self.res_model, "res_ids": [self.res_id]}
        return start

    def action_show_trail(self):
        """The trail of the change from where it came in to where it went out."""
        return self.env["connector.trail"]._open_from(
            self.display_name, **self._trail_start()
        )


class ConnectorTrail(models.TransientModel):
    """One change from webhook or poll to the document and back out, step by step.

    Its steps are looked up when it is opened, as far as who opens it may see them. They
    are found by the correlation id; a job takes many records at once, so those of one
    record are chosen by its ids on either side.
    """

    _name = "connector.trail"
    _description = "Connector Trail"

    name = fields.Char(readonly=True)
    correlation_ids = fields.Json(readonly=True)
    connection_id = fields.Many2one("connector.connection", readonly=True)
    remote_ids = fields.Json(readonly=True)
    res_model = fields.Char(readonly=True)
    res_ids = fields.Json(readonly=True)
    of_record = fields.Boolean(readonly=True)
    whole = fields.Boolean(readonly=True, help="All that the same jobs did.")
    line_ids = fields.One2many("connector.trail.line", "trail_id", readonly=True)

    @api.model
    def _open_from(
        self,
        name,
        correlation_ids=(),
        connection_id=False,
        remote_ids=(),
        res_model=False,
        res_ids=(),
    ):
        """Show a trail.

        :param correlation_ids: list; without any, the newest of the record
        :param remote_ids: ids of the record at the vendor of the connection
        :param res_ids: ids of the record in Odoo
        :raises UserError: where nothing is known by which it could be followed
        """
        trail = self.create(
            {
                "name": name,
                "connection_id": connection_id,
                "remote_ids": list(remote_ids),
                "res_model": res_model,
                "res_ids": list(res_ids),
                "of_record": bool(remote_ids or res_ids),
                "correlation_ids": list(correlation_ids),
            }
        )
        if not trail.correlation_ids:
            found = trail._correlations_of_record()
            if not found:
                raise UserError(self.env._("Nothing is kept of how it came to be."))
            trail.sudo().correlation_ids = found
        trail._fill()
        return trail._open()

    def _open(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Trail"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    def action_whole(self):
        """Show what the same jobs did with other records, or no longer."""
        self.ensure_one()
        self.sudo().whole = not self.whole
        self._fill()
        return self._open()

    # -- look up --------------------------------------------------------------

    def _of_record(self):
        """Domain of rows that name the record; ``None`` where all are wanted."""
        if self.whole or not self.of_record:
            return None
        domain = Domain.FALSE
        if self.remote_ids:
            remote = Domain("remote_id", "in", self.remote_ids)
            if self.connection_id:
                remote &= Domain("connection_id", "=", self.connection_id.id)
            domain |= remote
        if self.res_ids:
            domain |= Domain("res_model", "=", self.res_model) & Domain(
                "res_id", "in", self.res_ids
            )
        return domain

    def _correlations_of_record(self):
        known = Domain("correlation_id", "!=", False)
        of_record = self._of_record()
        if of_record is None:
            return []
        logs = self.env["connector.log"].search(known & of_record, limit=STEPS)
        found = logs.mapped("correlation_id")
        if self.remote_ids:
            events = self.env["connector.event"].search(
                known
                & Domain("connection_id", "=", self.connection_id.id)
                & Domain("remote_id", "in", self.remote_ids),
                limit=STEPS,
            )
            found += events.mapped("correlation_id")
        return list(dict.fromkeys(found))[:TRAILS]

    def _logs(self):
        """Rows of the log, also those of systems that the record went on to."""
        logs = self.env["connector.log"]
        here = Domain("correlation_id", "in", self.correlation_ids)
        of_record = self._of_record()
        if of_record is None:
            return logs.search(here, limit=STEPS)
        found = logs.search(here & of_record, limit=STEPS)
        for model, rows in found.filtered("res_id").grouped("res_model").items():
            same = Domain("res_model", "=", model) & Domain(
                "res_id", "in", rows.mapped("res_id")
            )
            found |= logs.search(here & same, limit=STEPS)
        return found

    def _fill(self):
        """Look the steps up, and keep them as rows, in the order of time."""
        logs = self._logs()
        jobs = self._jobs(logs)
        rows = [
            *self._event_steps(jobs),
            *self._job_steps(jobs),
            *self._log_steps(logs),
            *self._change_steps(),
            *self._exception_steps(logs),
            *self._process_steps(logs),
            *self._audit_steps(jobs),
        ]
        # Not all moments are kept finer than that.
        rows.sort(key=lambda row: (row["moment"].replace(microsecond=0), row["rank"]))
        self.sudo().line_ids = [
            fields.Command.clear(),
            *(
                fields.Command.create({**row, "sequence": number})
                for number, row in enumerate(rows, 1)
            ),
        ]


class ConnectorTrailLine(models.TransientModel):
    _name = "connector.trail.line"
    _inherit = ["connector.target.mixin"]
    _description = "Connector Trail Step"
    _order = "sequence, id"
    _rec_name = "title"

    trail_id = fields.Many2one(
        "connector.trail", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(string="Step", readonly=True)
    rank = fields.Integer(readonly=True, help="Order of what happens in one second.")
    kind = fields.Selection(
        [
            ("event", "Event"),
            ("job", "Job"),
            ("change", "Change"),
            ("exception", "Exception"),
            ("process", "Process"),
            ("audit", "Decision"),
        ],
        readonly=True,
    )
    moment = fields.Datetime(string="When", readonly=True)
    title = fields.Char(string="What Happened", readonly=True)
    detail = fields.Char(string="What Came of It", readonly=True)
    system = fields.Char(readonly=True)
    direction = fields.Selection(
        [("pull", "Into Odoo"), ("push", "Out of Odoo")], readonly=True
    )
    remote_id = fields.Char(string="Remote ID", readonly=True)
    map_version = fields.Integer(readonly=True)
    request_id = fields.Char(string="Request ID", readonly=True)
    user_id = fields.Many2one("res.users", string="By", readonly=True)


class ConnectorEvent(models.Model):
    _name = "connector.event"
    _inherit = ["connector.event", "connector.traced"]


class ConnectorJob(models.Model):
    _name = "connector.job"
    _inherit = ["connector.job", "connector.traced"]


class ConnectorLog(models.Model):
    _name = "connector.log"
    _inherit = ["connector.log", "connector.traced"]


class ConnectorExceptionItem(models.Model):
    _name = "connector.exception.item"
    _inherit = ["connector.exception.item", "connector.traced"]


class ConnectorProcess(models.Model):
    _name = "connector.process"
    _inherit = ["connector.process", "connector.traced"]


class ConnectorAudit(models.Model):
    """A row of the audit is followed by its trail, not by the record that it names."""

    _name = "connector.audit"
    _inherit = ["connector.audit", "connector.traced"]

    def _trail_start(self):
        return {"correlation_ids": [self.correlation_id]}


class ConnectorRecordPanel(models.TransientModel):
    _inherit = "connector.record.panel"

    def action_show_trail(self):
        """All trails of the record, step by step."""
        self.ensure_one()
        return self.env["connector.trail"]._open_from(
            self.name,
            remote_ids=self._remote_ids(),
            res_model=self.res_model,
            res_ids=self.res_ids,
        )
