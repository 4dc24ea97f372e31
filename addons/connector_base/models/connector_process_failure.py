from odoo import fields, models

from ..engine.errors import ConnectorError, error_class_of
from ..engine.hashing import fingerprint
from ..engine.process import COMPENSATE, SKIP

STEP_MODEL = "connector.process.step"


class ConnectorProcess(models.Model):
    """What becomes of a process of which a step failed: retried by the class of the
    error, then as the step's rule says.
    """

    _inherit = "connector.process"

    # -- undo -----------------------------------------------------------------

    def _compensate(self):
        """Take back what was done, the last step first."""
        self.write({"state": "compensating", "needs_approval": False})
        for process in self:
            process._undo_next()

    def _undo_next(self):
        self.ensure_one()
        done = self.step_ids.filtered(lambda s: s.state in ("done", "compensating"))
        undone = [step for step in reversed(done) if step._can_be_undone()]
        if not undone:
            self.write({"state": "compensated", "finished_at": fields.Datetime.now()})
            return
        undone[0].state = "compensating"
        undone[0]._enqueue("_job_undo")

    def _failed(self, step, error, job, state):
        """A step failed for good: a person is asked.

        :param state: ``parked``; ``failed`` where the step could not be undone
        """
        known = isinstance(error, ConnectorError)
        # Of this record; what the job says holds for all of its cause.
        message = error.message if known else job.error
        self.write({"state": state, "message": message, "needs_approval": False})
        step.write({"message": message, "finished_at": fields.Datetime.now()})
        step.exception_id = self._report(
            error_class_of(error),
            error.code if known else "bug",
            message,
            error.params if known else {},
            step=step,
        )

    # -- exceptions -----------------------------------------------------------

    def _report(self, error_class, code, message, params=None, step=None):
        """Open the exception that a person sees; without a flow, an activity.

        :param message: what happened to this process, one sentence
        :param params: values of the sentence of the cause; ``cause`` tells causes apart
        :return: the exception, or an empty recordset
        """
        self.ensure_one()
        exceptions = self.env["connector.exception"].sudo()
        flow = self.flow_id
        if not flow:
            self._schedule(self._whom_to_ask(), message)
            return exceptions
        params = params or {}
        key = fingerprint(
            *(error_class, "process", self.kind, self.company_id.id),
            *(step.name if step else None, code, params.get("cause")),
        )
        kind = self._kind_model()
        causes = exceptions._open_causes(
            flow.connection_id,
            {
                key: {
                    "name": exceptions._sentence(code, {"detail": message, **params}),
                    "connection_id": flow.connection_id.id,
                    "flow_id": flow.id,
                    "domain": kind._process_domain,
                    "error_class": error_class,
                    "code": code,
                    "field_name": False,
                    "cause": params.get("cause"),
                    "blocking": True,
                    "has_items": True,
                    "process_kind": self.kind,
                    "user_id": self.user_id.id
                    or flow.owner_id.id
                    or flow.connection_id.owner_id.id,
                }
            },
        )
        items = self.env["connector.exception.item"].sudo()
        vals = {"message": message, "res_model": self.res_model, "res_id": self.res_id}
        items._note_held(
            flow, "pull", "res_id", [(causes[key], {**kind._stake(self), **vals})]
        )
        items.search(
            [("exception_id", "=", causes[key].id), ("res_id", "=", self.res_id)]
        ).process_id = self
        return causes[key]

    def _whom_to_ask(self):
        """Who is told where no connection is concerned: never nobody."""
        admins = self.env.ref("connector_base.group_administrator").sudo().all_user_ids
        return (
            self.user_id
            or self.requested_by_id
            or admins.filtered(lambda user: self.company_id in user.company_ids)[:1]
        )

    def _schedule(self, user, summary):
        """An activity instead of an exception, which needs a connection."""
        if user:
            self.with_context(mail_activity_quick_update=True).activity_schedule(
                "mail.mail_activity_data_todo", summary=summary, user_id=user.id
            )

    def _call_approvers(self):
        """Tell who should look at it; the list of what waits shows it to all."""
        for process in self:
            process._schedule(process.user_id, process.message)

    def _settle_exceptions(self):
        """Close what was said of these processes: they go on now."""
        self.env["connector.exception.item"].sudo().search(
            [("process_id", "in", self.ids), ("state", "=", "open")]
        )._close("resolved")
        if self.activity_ids:
            self.activity_unlink(["mail.mail_activity_data_todo"])


class ConnectorProcessStep(models.Model):
    _inherit = STEP_MODEL

    def _note_failure(self, job, error):
        """Its job failed; called after the rollback, with the state of the job."""
        self.ensure_one()
        process = self.process_id
        process._hold_rows()
        self.write(
            {
                "attempts": self.attempts + 1,
                "started_at": self.started_at or job.started_at,
                "message": job.error,
            }
        )
        if job.state != "dead":
            process.message = job.error
            return
        if process.state == "compensating":
            process._failed(self, error, job, "failed")
            return
        rule = process._kind_model()._on_failure(process, self, error)
        if rule == SKIP:
            self.write({"state": "skipped", "finished_at": fields.Datetime.now()})
            process._go_on()
            return
        self.state = "failed"
        process._failed(self, error, job, "parked")
        if rule == COMPENSATE:
            process._compensate()


class ConnectorJob(models.Model):
    _inherit = "connector.job"

    def _record_failure(self, error):
        """What it means for the process is recorded with the failure of its job."""
        super()._record_failure(error)
        if self.model_name == STEP_MODEL:
            step = self.env[STEP_MODEL].browse(self.record_ids).exists()
            if step:
                step._note_failure(self, error)


class ConnectorException(models.Model):
    """Causes of processes: trying their records again lets the processes go on."""

    _inherit = "connector.exception"

    process_kind = fields.Char(readonly=True)

    def _retry(self):
        of_processes = self.filtered("process_kind")
        self.env["connector.exception.item"].search(
            [("exception_id", "in", of_processes.ids), ("state", "=", "open")]
        ).process_id.sudo()._resume()
        return super(ConnectorException, self - of_processes)._retry()

    def action_open_processes(self):
        """The processes that stand still for this cause."""
        self.ensure_one()
        return self.item_ids.filtered(
            lambda item: item.state == self.state
        ).process_id._open()

    def _fix_kinds(self):
        if self.process_kind:
            return ["fetch_again", "ignore"]
        return super()._fix_kinds()


class ConnectorExceptionItem(models.Model):
    _inherit = "connector.exception.item"

    process_id = fields.Many2one(
        "connector.process", readonly=True, index="btree_not_null", ondelete="cascade"
    )

    def _retry(self):
        self.process_id.sudo()._resume()
        return super(
            ConnectorExceptionItem, self.filtered(lambda item: not item.process_id)
        )._retry()

    def action_open_process(self):
        self.ensure_one()
        return self.process_id._open()
