import uuid

from odoo import api, fields, models
from odoo.tools import SQL

from .connector_process_kind import KIND_PREFIX

STATES = [
    ("running", "Running"),
    ("waiting", "Waiting"),
    ("parked", "Needs a Decision"),
    ("compensating", "Being Undone"),
    ("failed", "Undoing Failed"),
    ("done", "Done"),
    ("compensated", "Undone"),
    ("cancelled", "Cancelled"),
]
#: States in which nothing more happens by itself, and a new process may begin.
OVER = ("compensated", "cancelled")
#: States from which a person may let it go on.
RESUMABLE = ("parked", "failed", "waiting", "compensated")


class ConnectorProcess(models.Model):
    """A business process across records and systems, step by step.

    Each step is a job of its own, so that a process goes on after whatever killed a
    worker. ``connector_process_step`` has how a step is run,
    ``connector_process_failure`` what becomes of one that failed,
    ``connector_process_people`` what people do.
    """

    _name = "connector.process"
    _description = "Connector Process"
    _inherit = [
        *("connector.guard", "connector.record.mixin"),
        *("mail.thread", "mail.activity.mixin"),
    ]
    _order = "id desc"
    _mail_post_access = "read"

    kind = fields.Selection("_selection_kind", required=True, readonly=True)
    key = fields.Char(
        required=True,
        readonly=True,
        help="There is one process of a kind, company and key.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    connection_id = fields.Many2one(
        "connector.connection",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    flow_id = fields.Many2one(
        "connector.flow",
        string="Came By",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    res_model = fields.Char(string="Model", readonly=True)
    res_id = fields.Many2oneReference(
        string="Record ID", model_field="res_model", readonly=True
    )
    correlation_id = fields.Char(
        string="Trail", readonly=True, index="btree_not_null", copy=False
    )
    state = fields.Selection(
        STATES, required=True, readonly=True, default="running", tracking=True
    )
    step_ids = fields.One2many("connector.process.step", "process_id", readonly=True)
    step_id = fields.Many2one(
        "connector.process.step", string="Current Step", compute="_compute_step_id"
    )
    progress = fields.Char(string="Steps Done", compute="_compute_step_id")
    message = fields.Char(
        string="Why", readonly=True, help="What it waits for, or what stopped it."
    )
    needs_approval = fields.Boolean(string="Waits for Approval", readonly=True)
    reason = fields.Char(
        readonly=True, tracking=True, help="Why somebody ended or undid it."
    )
    requested_by_id = fields.Many2one(
        "res.users", readonly=True, help="Who set it off; can't approve it."
    )
    user_id = fields.Many2one(
        "res.users", string="Responsible", tracking=True, index="btree_not_null"
    )
    started_at = fields.Datetime(
        string="Started", readonly=True, default=fields.Datetime.now
    )
    finished_at = fields.Datetime(string="Finished", readonly=True)
    exception_item_ids = fields.One2many(
        "connector.exception.item", "process_id", readonly=True
    )
    exception_count = fields.Integer(compute="_compute_exception_count")

    _key_uniq = models.UniqueIndex(
        "(kind, company_id, key) WHERE state NOT IN ('compensated', 'cancelled')",
        "There is such a process already.",
    )
    _record_idx = models.Index("(res_model, res_id)")
    # The list as it opens, and its filters.
    _state_idx = models.Index("(state, id) WHERE state NOT IN ('done', 'cancelled')")

    @api.model
    def _selection_kind(self):
        return self.env["connector.process.kind"]._kinds()

    @api.depends("kind")
    def _compute_display_name(self):
        labels = dict(self._selection_kind())
        for process in self:
            label = labels.get(process.kind, process.kind)
            process.display_name = f"{label} {process.id or ''}".strip()

    @api.depends("step_ids.state")
    def _compute_step_id(self):
        for process in self:
            steps = process.step_ids
            over = steps.filtered(lambda step: step.state in ("done", "skipped"))
            process.step_id = (steps - over)[:1]
            process.progress = self.env._(
                "%(done)s of %(total)s", done=len(over), total=len(steps)
            )

    @api.depends("exception_item_ids.state")
    def _compute_exception_count(self):
        counts = dict(
            self.env["connector.exception.item"]._read_group(
                [("process_id", "in", self.ids), ("state", "=", "open")],
                ["process_id"],
                ["__count"],
            )
        )
        for process in self:
            process.exception_count = counts.get(process, 0)

    # -- start ----------------------------------------------------------------

    @api.private
    @api.model
    def start(self, kind, starts):
        """Begin processes, in the transaction that sets them off.

        A key of which there is a process already is left out: set off twice, it runs
        once. Another transaction that begins the same is a serialization failure here,
        and the next try sees it.

        :param kind: name of the kind
        :param starts: list of dicts of ``key``, ``record``, ``company``; and, as far as
            known, ``connection``, ``flow``, ``correlation_id``, ``requested_by``,
            ``user``
        :return: the processes that have begun now
        """
        if not starts:
            return self.browse()
        model = self.env[KIND_PREFIX + kind]
        rows = [self._start_row(kind, **start) for start in starts]
        self.flush_model()
        inserted = self.env.execute_query(
            SQL(
                """
                INSERT INTO connector_process (%s) VALUES %s
                ON CONFLICT (kind, company_id, key)
                      WHERE state NOT IN ('compensated', 'cancelled')
                DO NOTHING RETURNING id
                """,
                SQL(", ").join(SQL.identifier(column) for column in rows[0]),
                SQL(", ").join(SQL("%s", tuple(row.values())) for row in rows),
            )
        )
        processes = self.sudo().browse([row[0] for row in inserted])
        # Of a company without a connection, too.
        self.env["res.users"]._connectors_work_in(processes.company_id)
        self.env["connector.process.step"].sudo().create(
            [
                {
                    "process_id": process.id,
                    "sequence": number,
                    "name": step.name,
                    "on_failure": step.on_failure,
                }
                for process in processes
                for number, step in enumerate(model._steps(), 1)
            ]
        )
        processes.invalidate_recordset(flush=False)
        processes._go_on()
        return processes

    def _start_row(
        self,
        kind,
        key,
        record,
        company,
        connection=None,
        flow=None,
        correlation_id=None,
        requested_by=None,
        user=None,
    ):
        now = fields.Datetime.now()
        return {
            "kind": kind,
            "key": key,
            "company_id": company.id,
            "connection_id": connection.id or None if connection else None,
            "flow_id": flow.id or None if flow else None,
            "res_model": record._name,
            "res_id": record.id,
            "correlation_id": correlation_id or uuid.uuid4().hex,
            "state": "running",
            "requested_by_id": requested_by.id or None if requested_by else None,
            "user_id": user.id or None if user else None,
            "started_at": now,
            "create_uid": self.env.uid,
            "create_date": now,
            "write_uid": self.env.uid,
            "write_date": now,
        }

    # -- go on ----------------------------------------------------------------

    def _kind_model(self):
        """The kind, as it works in the process's company."""
        self.ensure_one()
        return (
            self.env[KIND_PREFIX + self.kind]
            .with_context(allowed_company_ids=self.company_id.ids)
            .with_company(self.company_id)
        )

    def _record(self):
        """The record that set it off, or ``None`` where it is gone."""
        self.ensure_one()
        kind = self._kind_model()
        return kind.env[self.res_model].browse(self.res_id).exists() or None

    def _hold_rows(self):
        """Let nobody else change these processes until our transaction ends."""
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                "SELECT id FROM connector_process WHERE id = ANY(%s) ORDER BY id"
                " FOR UPDATE",
                self.ids,
            )
        )
        self.invalidate_recordset(flush=False)
        self.step_ids.invalidate_recordset(flush=False)

    def _go_on(self):
        """Enqueue the next step of each process, in one statement; or end it."""
        following, ended = self.env["connector.process.step"], self.browse()
        for process in self:
            step = process.step_id
            if step:
                following |= step
            else:
                ended |= process
        following.write({"state": "running", "message": False})
        (self - ended).write({"state": "running", "message": False})
        following._enqueue("_job_run")
        ended.write(
            {"state": "done", "message": False, "finished_at": fields.Datetime.now()}
        )
        ended._settle_exceptions()
