import time

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

#: What a dry run shows at most: jobs, records, and the seconds that it may take.
DRY_RUN_JOBS = 20
DRY_RUN_RECORDS = 500
DRY_RUN_SECONDS = 30
#: Fields of the wizard that choose dead letters -> operator and field of the job.
FILTERS = {
    "date_from": ("finished_at", ">="),
    "date_to": ("finished_at", "<="),
    "connection_id": ("connection_id", "="),
    "flow_id": ("flow_id", "="),
    "error_class": ("error_class", "="),
    "correlation_id": ("correlation_id", "="),
}


class ConnectorReplay(models.TransientModel):
    """Put jobs back into the queue: chosen ones, or dead letters by what they share."""

    _name = "connector.replay"
    _description = "Replay"

    job_ids = fields.Many2many("connector.job", string="Chosen Jobs")
    date_from = fields.Datetime(string="Failed After")
    date_to = fields.Datetime(string="Failed Before")
    connection_id = fields.Many2one("connector.connection")
    flow_id = fields.Many2one("connector.flow")
    error_class = fields.Selection("_selection_error_class", string="Kind of Error")
    correlation_id = fields.Char(string="Trail")
    summary = fields.Text(compute="_compute_summary")
    job_count = fields.Integer(compute="_compute_summary")
    line_ids = fields.One2many("connector.replay.line", "replay_id", readonly=True)
    dry_run_text = fields.Text(string="Dry Run", readonly=True)

    @api.model
    def _selection_error_class(self):
        return self.env["connector.exception"]._selection_error_class()

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        if self.env.context.get("active_model") == "connector.job":
            chosen = self.env.context.get("active_ids") or []
            values["job_ids"] = [fields.Command.set(chosen)]
        return values

    def _domain(self):
        """Dead letters that match the filters; no filter is no choice."""
        domain = Domain("state", "=", "dead")
        for name, (field, operator) in FILTERS.items():
            value = self[name]
            if value:
                value = value.id if isinstance(value, models.BaseModel) else value
                domain &= Domain(field, operator, value)
        return domain

    def _jobs(self):
        self.ensure_one()
        if self.job_ids:
            return self.job_ids.sorted("id")
        return self.env["connector.job"].search(self._domain(), order="id")

    @api.depends("job_ids", *FILTERS)
    def _compute_summary(self):
        states = dict(
            self.env["connector.job"]._fields["state"]._description_selection(self.env)
        )
        for replay in self:
            jobs = self.env["connector.job"]
            domain = (
                Domain("id", "in", replay.job_ids.ids)
                if replay.job_ids
                else replay._domain()
            )
            groups = jobs._read_group(domain, ["flow_id", "state"], ["__count"])
            replay.job_count = sum(count for *_group, count in groups)
            replay.summary = "\n".join(
                f"{count} × {flow.name or self.env._('Other')}: {states[state]}"
                for flow, state, count in groups
            ) or self.env._("No dead letter matches.")

    # -- dry run --------------------------------------------------------------

    def action_dry_run(self):
        """Show what the first jobs would write, without writing anything."""
        self.ensure_one()
        jobs = self._jobs()
        jobs.check_access("write")
        chosen = jobs.sudo().filtered(lambda job: job.state in ("dead", "cancelled"))
        deadline = time.monotonic() + DRY_RUN_SECONDS
        lines, notes = [], []
        for job in chosen[:DRY_RUN_JOBS]:
            room = DRY_RUN_RECORDS - len(lines)
            left = deadline - time.monotonic()
            if room <= 0 or left <= 0:
                break
            found = job._dry_run(left, room)
            lines += [{**line, "job_id": job.id} for line in found["lines"][:room]]
            notes.append(self._note(job, found))
        shown = len(notes)
        if shown < len(jobs):
            notes.append(self._note_of_rest(jobs, chosen, shown))
        self.line_ids.unlink()
        self.write(
            {
                "line_ids": [fields.Command.create(line) for line in lines],
                "dry_run_text": "\n".join(notes),
            }
        )
        return self._reopen()

    def _note(self, job, found):
        parts = [
            self.env._(
                "would send %(method)s %(path)s: %(count)s records",
                method=request["method"],
                path=request["path"],
                count=request["records"],
            )
            for request in found["requests"]
        ]
        if found["error"]:
            parts.append(self.env._("would fail: %s", found["error"]))
        if found["lines"]:
            parts.append(self.env._("would touch %s records", len(found["lines"])))
        if found["cut"]:
            parts.append(self.env._("there is more"))
        nothing = self.env._("would change nothing")
        return f"{job.name}: {'; '.join(parts) or nothing}."

    def _note_of_rest(self, jobs, chosen, shown):
        if shown < len(chosen):
            return self.env._(
                "Shown are %(shown)s of %(all)s jobs; a dry run ends after %(jobs)s"
                " jobs, %(records)s records or %(seconds)s seconds.",
                shown=shown,
                all=len(chosen),
                jobs=DRY_RUN_JOBS,
                records=DRY_RUN_RECORDS,
                seconds=DRY_RUN_SECONDS,
            )
        return self.env._(
            "%s jobs are no dead letters and stay as they are.", len(jobs - chosen)
        )

    # -- replay ---------------------------------------------------------------

    def action_replay(self):
        """Put the jobs back into the queue, and say what became of them."""
        self.ensure_one()
        jobs = self._jobs()
        if not jobs:
            raise UserError(self.env._("No dead letter matches."))
        jobs.check_access("write")
        counts = jobs.sudo()._replay()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if counts["replayed"] else "info",
                "message": " ".join(self._sentences(jobs, counts)),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _sentences(self, jobs, counts):
        texts = {
            "replayed": self.env._("Back in the queue: %s.", counts["replayed"]),
            "covered": self.env._(
                "Closed, another job does their work: %s.", counts["covered"]
            ),
            "done": self._done_sentence(jobs, counts["done"]),
            "running": self.env._(
                "Running right now and left alone: %s.", counts["running"]
            ),
            "waiting": self.env._("Waiting already: %s.", counts["waiting"]),
        }
        return [text for name, text in texts.items() if counts[name]]

    def _done_sentence(self, jobs, count):
        if len(jobs) == 1 and count:
            moment = fields.Datetime.context_timestamp(self, jobs.finished_at)
            return self.env._(
                "Done already on %s: nothing to do.", moment.strftime("%Y-%m-%d %H:%M")
            )
        return self.env._("Done already, nothing to do: %s.", count)

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Replay"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }


class ConnectorReplayLine(models.TransientModel):
    """A record that a replay would write, as its log line would say it."""

    _name = "connector.replay.line"
    _description = "Replay Line"

    replay_id = fields.Many2one("connector.replay", required=True, ondelete="cascade")
    job_id = fields.Many2one("connector.job", ondelete="cascade")
    record = fields.Char()
    action = fields.Char(string="Would Be")
    changes = fields.Text(string="Before and After")
