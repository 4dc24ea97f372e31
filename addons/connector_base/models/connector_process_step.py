import datetime

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..engine.errors import InvalidRecord
from ..engine.process import Done, Skipped, Wait
from .connector_process import OVER
from .connector_process_kind import KIND_PREFIX

STEP_STATES = [
    ("pending", "To Do"),
    ("running", "In Progress"),
    ("waiting", "Waiting"),
    ("failed", "Failed"),
    ("done", "Done"),
    ("skipped", "Skipped"),
    ("compensating", "Being Undone"),
    ("compensated", "Undone"),
]


class ConnectorProcessStep(models.Model):
    """A step of a process: one job, one transaction.

    What the step does and that it is done are committed together, so that it is never
    done twice, whenever a worker dies.
    """

    _name = "connector.process.step"
    _description = "Connector Process Step"
    _inherit = ["connector.record.mixin"]
    _order = "process_id, sequence, id"
    _rec_name = "label"

    process_id = fields.Many2one(
        "connector.process", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="process_id.company_id", store=True)
    sequence = fields.Integer(readonly=True)
    name = fields.Char(string="Technical Name", required=True, readonly=True)
    label = fields.Char(string="Step", compute="_compute_label")
    state = fields.Selection(
        STEP_STATES, required=True, readonly=True, default="pending"
    )
    on_failure = fields.Selection(
        [
            ("park", "Ask a Person"),
            ("compensate", "Undo What Was Done"),
            ("skip", "Go On Without It"),
        ],
        string="If It Fails",
        required=True,
        readonly=True,
        default="park",
    )
    message = fields.Char(string="What Came of It", readonly=True)
    attempts = fields.Integer(string="Tries", readonly=True, aggregator=None)
    res_model = fields.Char(string="Model", readonly=True)
    res_id = fields.Many2oneReference(
        string="Record ID", model_field="res_model", readonly=True
    )
    started_at = fields.Datetime(string="Started", readonly=True)
    finished_at = fields.Datetime(string="Finished", readonly=True)
    approved_by_id = fields.Many2one("res.users", readonly=True)
    approved_at = fields.Datetime(string="Approved On", readonly=True)
    exception_id = fields.Many2one(
        "connector.exception", readonly=True, ondelete="set null"
    )

    @api.depends_context("lang")
    @api.depends("name", "process_id.kind")
    def _compute_label(self):
        for kind, steps in self.grouped(lambda step: step.process_id.kind).items():
            model = self.env.get(f"{KIND_PREFIX}{kind}")
            known = [] if model is None else model._steps()
            labels = {step.name: step.label for step in known}
            for step in steps:
                step.label = labels.get(step.name, step.name)

    @api.private
    def record(self):
        """The record that the step made or found, or an empty recordset.

        :raises ValueError: where the step has none
        """
        self.ensure_one()
        return self.process_id._kind_model().env[self.res_model].browse(self.res_id)

    def _enqueue(self, method, eta=None):
        """One job for each step, in one statement."""
        jobs = self.env["connector.job"].sudo()
        calls = []
        for step in self:
            process = step.process_id
            call = jobs.call(
                step,
                method,
                name=f"{process.display_name}: {step.label}",
                lane=process._kind_model()._process_lane,
                eta=eta,
                order_key=f"process:{process.id}",
                identity_key=f"process-step:{step.id}:{method}",
                correlation_id=process.correlation_id,
            )
            calls.append({**call, "company_id": process.company_id.id})
        enqueued = jobs.enqueue_group(calls)
        if eta is None:
            # One that came back later by itself needn't be waited for.
            enqueued.filtered(
                lambda job: job.eta > fields.Datetime.now()
            ).action_run_now()

    # -- run ------------------------------------------------------------------

    def _job_run(self, job):
        """Do the step, and enqueue the one after it.

        :return: what the job shows of it
        """
        self.ensure_one()
        process = self.process_id
        process._hold_rows()
        if self.state in ("done", "skipped") or process.state in (
            *OVER,
            *("compensating", "failed", "done"),
        ):
            return {"skipped": 1}
        self.write(
            {
                "attempts": self.attempts + 1,
                "started_at": self.started_at or fields.Datetime.now(),
            }
        )
        answer = self._call(f"_run_{self.name}")
        if isinstance(answer, Wait):
            self._wait(answer)
            return {"waiting": 1}
        self._finish(answer)
        process._settle_exceptions()
        process._go_on()
        return {"done": 1}

    def _call(self, method):
        """:raises InvalidRecord: with Odoo's own words where Odoo refuses"""
        kind = self.process_id._kind_model()
        process = self.process_id.with_env(kind.env)
        try:
            return getattr(kind, method)(process, self.with_env(kind.env))
        except AccessError as error:
            problem = self.env["connector.import"]._problem_of(error)
            sentence = self.env["connector.exception"]._sentence(
                problem.code, problem.params
            )
            raise InvalidRecord(
                sentence, code=problem.code, params=problem.params
            ) from error
        except UserError as error:
            detail = str(error)
            raise InvalidRecord(
                detail, code="refused_by_odoo", params={"detail": detail}
            ) from error

    def _finish(self, answer):
        if isinstance(answer, Skipped):
            vals = {"state": "skipped", "message": answer.reason}
        else:
            answer = answer or Done()
            vals = {"state": "done", "message": answer.result}
            if answer.record:
                vals |= {"res_model": answer.record._name, "res_id": answer.record.id}
        self.write({**vals, "finished_at": fields.Datetime.now()})

    def _wait(self, answer):
        self.write({"state": "waiting", "message": answer.reason})
        self.process_id.write(
            {
                "state": "waiting",
                "message": answer.reason,
                "needs_approval": answer.approval,
            }
        )
        self.process_id._settle_exceptions()
        if answer.seconds is not None:
            wait = datetime.timedelta(seconds=answer.seconds)
            self._enqueue("_job_run", eta=fields.Datetime.now() + wait)
        if answer.approval:
            self.process_id._call_approvers()

    # -- undo -----------------------------------------------------------------

    def _job_undo(self, job):
        """Take the step back, and enqueue the undoing of the one before it."""
        self.ensure_one()
        process = self.process_id
        process._hold_rows()
        if self.state == "compensated" or process.state != "compensating":
            return {"skipped": 1}
        message = self._call(f"_undo_{self.name}")
        self.write(
            {
                "state": "compensated",
                "message": message or self.message,
                "finished_at": fields.Datetime.now(),
            }
        )
        process._undo_next()
        return {"undone": 1}

    def _can_be_undone(self):
        kind = self.process_id._kind_model()
        return hasattr(kind, f"_undo_{self.name}")
