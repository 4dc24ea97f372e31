from odoo import api, fields, models
from odoo.exceptions import AccessError

from .bulk_delete import bulk_delete
from .connector_flow import LANES

#: Days that finished jobs are kept, and rows that one pass of the vacuum deletes.
KEEP_DONE_DAYS = 14
VACUUM_BATCH = 5000


class ConnectorJob(models.Model):
    """A unit of background work, run by the workers of its lane.

    Here is what a job is and what people do with it. ``connector_job_enqueue`` has how
    it gets into the queue, ``connector_job_claim`` who gets it, ``connector_job_run``
    how it is run and ``connector_job_failure`` what becomes of one that failed.
    """

    _name = "connector.job"
    _description = "Connector Job"
    _order = "id desc"

    name = fields.Char(required=True, readonly=True)
    model_name = fields.Char(required=True, readonly=True)
    method_name = fields.Char(required=True, readonly=True)
    record_ids = fields.Json(readonly=True)
    kwargs = fields.Json(readonly=True, groups="connector_base.group_operator")
    connection_id = fields.Many2one(
        "connector.connection",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="connection_id.company_id", store=True)
    flow_id = fields.Many2one(
        "connector.flow", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    lane = fields.Selection(LANES, required=True, readonly=True, default="default")
    priority = fields.Integer(default=10, readonly=True, aggregator=None)
    eta = fields.Datetime(
        string="Not Before", required=True, readonly=True, default=fields.Datetime.now
    )
    state = fields.Selection(
        [
            ("waiting", "Waits for Others"),
            ("pending", "Waiting"),
            ("started", "Running"),
            ("done", "Done"),
            ("dead", "Dead Letter"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="pending",
    )
    identity_key = fields.Char(readonly=True)
    order_key = fields.Char(readonly=True)
    correlation_id = fields.Char(readonly=True, index="btree_not_null")
    attempt = fields.Integer(string="Tries", readonly=True, aggregator=None)
    after_ids = fields.Many2many(
        "connector.job",
        "connector_job_dependency",
        "job_id",
        "after_id",
        string="Runs After",
        readonly=True,
    )
    before_ids = fields.Many2many(
        "connector.job",
        "connector_job_dependency",
        "after_id",
        "job_id",
        string="Runs Before",
        readonly=True,
    )
    waiting_text = fields.Char(string="Waits For", compute="_compute_waiting_text")
    worker = fields.Char(readonly=True)
    session_key = fields.Integer(readonly=True)
    lease_until = fields.Datetime(readonly=True)
    started_at = fields.Datetime(readonly=True)
    finished_at = fields.Datetime(readonly=True)
    duration = fields.Char(string="Took", compute="_compute_duration")
    result = fields.Json(string="Result Data", readonly=True)
    result_text = fields.Char(string="Result", compute="_compute_result_text")
    error_class = fields.Selection("_selection_error_class", readonly=True)
    error = fields.Char(readonly=True)
    error_detail = fields.Json(readonly=True, groups="connector_base.group_operator")
    traceback = fields.Text(readonly=True, groups="connector_base.group_operator")

    _claim_idx = models.Index(
        "(lane, connection_id, priority, eta, id) WHERE state = 'pending'",
    )
    _due_idx = models.Index("(lane, eta) WHERE state = 'pending'")
    _started_idx = models.Index("(lease_until) WHERE state = 'started'")
    _waiting_idx = models.Index("(id) WHERE state = 'waiting'")
    _state_idx = models.Index("(state, lane) WHERE state NOT IN ('done', 'cancelled')")
    _order_key_idx = models.Index(
        "(order_key, id) WHERE state IN ('waiting', 'pending', 'started')"
    )
    # Two of one order key never run at once, whatever two workers saw before.
    _order_started_uniq = models.UniqueIndex(
        "(order_key) WHERE state = 'started'", "One job of an order key runs at a time."
    )
    _identity_uniq = models.UniqueIndex(
        "(identity_key) WHERE state IN ('waiting', 'pending')",
        "Such a job waits already.",
    )
    _done_idx = models.Index("(finished_at) WHERE state IN ('done', 'cancelled')")

    @api.model
    def _selection_error_class(self):
        return self.env["connector.exception"]._selection_error_class()

    @api.depends_context("lang")
    @api.depends("started_at", "finished_at")
    def _compute_duration(self):
        """In words: whole seconds are all that is stored."""
        for job in self:
            if not (job.finished_at and job.started_at):
                job.duration = False
                continue
            seconds = int((job.finished_at - job.started_at).total_seconds())
            if seconds < 1:
                job.duration = self.env._("under 1 s")
            elif seconds < 120:
                job.duration = self.env._("%s s", seconds)
            else:
                job.duration = self.env["connector.flow"]._duration_text(seconds // 60)

    @api.depends("result")
    def _compute_result_text(self):
        for job in self:
            job.result_text = ", ".join(
                f"{key.replace('_', ' ')}: {value}"
                for key, value in (job.result or {}).items()
            )

    @api.depends("state", "after_ids.state")
    def _compute_waiting_text(self):
        labels = dict(self._fields["state"]._description_selection(self.env))
        for job in self:
            unfinished = job.after_ids.filtered(lambda after: after.state != "done")
            job.waiting_text = job.state == "waiting" and ", ".join(
                f"{after.name} ({labels[after.state]})" for after in unfinished
            )

    def write(self, vals):
        # Jobs run with all rights: what they call is never a person's choice.
        if not self.env.su:
            raise AccessError(self.env._("A job changes by its buttons only."))
        return super().write(vals)

    # -- people ---------------------------------------------------------------

    def action_run_now(self):
        """Don't wait for the next try."""
        self.check_access("write")
        self.sudo().filtered(lambda job: job.state == "pending").write(
            {"eta": fields.Datetime.now()}
        )
        self._wake_lanes(set(self.mapped("lane")))

    def action_run_anyway(self):
        """Run jobs although those that they wait for have not succeeded."""
        self.check_access("write")
        waiting = self.sudo().filtered(lambda job: job.state == "waiting")
        waiting.write({"state": "pending"})
        self._wake_lanes(set(waiting.mapped("lane")))

    def action_cancel(self):
        self.check_access("write")
        self.sudo().filtered(
            lambda job: job.state in ("waiting", "pending", "dead")
        )._finish({"state": "cancelled"})

    @api.autovacuum
    def _gc_done(self):
        """Delete finished jobs past their time, in bounded batches.

        :return: ``(done, remaining)`` as Odoo's vacuum wants it
        """
        overdue = self.env["connector.retention"]._overdue("job")
        return bulk_delete(self, overdue, VACUUM_BATCH)
