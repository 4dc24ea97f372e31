import time

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine import errors
from ..engine.dry_run import dry_run
from ..engine.queue import Again
from .connector_matcher import OUTCOMES

#: Records of one flow that a dry run reads unless more are asked for.
MATCH_LIMIT = 20_000
#: Examples of each outcome that are kept of a flow, and of how many records at most.
EXAMPLES_EACH = 7
EXAMPLES_FROM = 60
EXAMPLES_MOST = 20
#: Seconds that must be left of the worker's time for one more page.
PAGE_SECONDS = 2
UNFINISHED = ("todo", "running")


class ConnectorSetup(models.Model):
    """Step six of the set-up: read the vendor's records and say what they would be.

    A job in the background reads them page by page and asks the matcher. It has no
    connection, for a draft's jobs don't run; its client only reads, and what it keeps
    are numbers and a few names.
    """

    _inherit = "connector.setup"

    match_limit = fields.Integer(
        string="Look at Most at",
        default=MATCH_LIMIT,
        help="Records of each kind that the dry run reads.",
    )
    match_job_id = fields.Many2one("connector.job", readonly=True, copy=False)
    match_error = fields.Char(readonly=True, copy=False)
    match_state = fields.Selection(
        [
            ("none", "Not Run"),
            ("running", "Running"),
            ("done", "Finished"),
            ("stopped", "Stopped"),
            ("failed", "Failed"),
        ],
        compute="_compute_match",
    )
    match_sentence = fields.Char(compute="_compute_match")
    match_percent = fields.Integer(compute="_compute_match")
    included_line_ids = fields.One2many(
        "connector.setup.flow", "setup_id", domain=[("included", "=", True)]
    )
    example_ids = fields.One2many("connector.setup.example", "setup_id")

    @api.depends_context("lang")
    @api.depends(
        "match_error",
        "match_job_id.state",
        "flow_line_ids.included",
        "flow_line_ids.match_state",
        "flow_line_ids.read_count",
    )
    def _compute_match(self):
        for setup in self:
            rows = setup.flow_line_ids.filtered("included")
            setup.match_state = setup._match_state(rows)
            setup.match_sentence = setup._match_sentence(rows)
            wanted = sum(row._match_wanted() for row in rows)
            done = sum(rows.mapped("read_count"))
            setup.match_percent = min(100, 100 * done // wanted) if wanted else 0

    def _match_state(self, rows):
        states = set(rows.mapped("match_state"))
        dead = self.match_job_id.state in ("dead", "cancelled")
        if self.match_error or (dead and states & set(UNFINISHED)):
            return "failed"
        if states & set(UNFINISHED) and self.match_job_id:
            return "running"
        if "stopped" in states:
            return "stopped"
        return "done" if "done" in states else "none"

    def _match_sentence(self, rows):
        if not any(rows.mapped("read_count")):
            return False
        numbers = {name: f"{sum(rows.mapped(f'{name}_count')):,}" for name in OUTCOMES}
        sentence = self.env._(
            "%(exact)s exact, %(review)s to review, %(new)s new", **numbers
        )
        if any(rows.mapped("bound_count")):
            sentence = self.env._(
                "%(counts)s, %(bound)s known already",
                counts=sentence,
                bound=numbers["bound"],
            )
        return self.env._("%s; nobody is mailed.", sentence)

    def action_match(self):
        """Read and match anew, in the background."""
        self._check_open()
        if self.match_state == "running":
            raise UserError(self.env._("The dry run is going on already."))
        if self.match_limit < 1:
            raise UserError(self.env._("Let it look at one record at least."))
        rows = self.flow_line_ids.filtered(
            lambda row: row.included and row.direction != "push"
        )
        if not rows:
            raise UserError(
                self.env._("Nothing comes into Odoo: there is nothing to match.")
            )
        self.example_ids.unlink()
        self.flow_line_ids._reset_match("none")
        rows._reset_match("todo")
        self.match_error = False
        self.match_job_id = self.env["connector.job"].enqueue(
            self.sudo(), "_job_match", name=self.env._("Set-up: match dry run")
        )

    def action_stop_match(self):
        """Let the job end after the page that it is at."""
        self._check_open()
        unfinished = self.flow_line_ids.filtered(
            lambda row: row.match_state in UNFINISHED
        )
        unfinished.match_state = "stopped"

    def _leave_matches(self):
        if self.match_state == "running":
            self._need(
                [self.env._("The dry run goes on: wait for its end, or stop it.")]
            )

    def _summary_matches(self):
        sentence = self.match_sentence
        return sentence or self.env._("Not run")

    def _job_match(self, job):
        """Read page by page until all is read, time is over or a person stops it."""
        connection = self.connection_id
        if not self.exists() or self.state == "done":
            return {"skipped": 1}
        with dry_run():
            try:
                client = connection._provider()._client(connection)
                for row in self.flow_line_ids.sorted("sequence"):
                    if row.match_state not in UNFINISHED:
                        continue
                    after = row._match(job, client)
                    if after is not None:
                        return Again(after=after)
            except (errors.RateLimited, errors.TransientError) as error:
                if job.attempt < 3 or isinstance(error, errors.RateLimited):
                    raise
                self._note_match_error(error)
            except errors.ConnectorError as error:
                self._note_match_error(error)
        return {"read": sum(self.flow_line_ids.mapped("read_count"))}

    def _note_match_error(self, error):
        self.env.cr.rollback()
        sentence = self.env["connector.exception"]._sentence_of_error(error)
        self.match_error = sentence


class ConnectorSetupFlow(models.Model):
    """What the dry run found of one flow."""

    _inherit = "connector.setup.flow"

    match_state = fields.Selection(
        [
            ("none", "Not Run"),
            ("todo", "Waiting"),
            ("running", "Reading"),
            ("done", "Finished"),
            ("stopped", "Stopped"),
        ],
        string="Dry Run",
        default="none",
        readonly=True,
    )
    match_cursor = fields.Json(readonly=True)
    total_count = fields.Integer(string="In the System", readonly=True)
    read_count = fields.Integer(string="Read", readonly=True)
    exact_count = fields.Integer(string="Exact", readonly=True)
    review_count = fields.Integer(string="To Review", readonly=True)
    new_count = fields.Integer(string="New", readonly=True)
    bound_count = fields.Integer(string="Known", readonly=True)
    match_seconds = fields.Float(readonly=True)
    match_requests = fields.Integer(readonly=True)

    def _match_wanted(self):
        """How many records the dry run is to read."""
        limit = self.setup_id.match_limit
        if self.match_state in ("done", "stopped", "none"):
            return self.read_count
        return min(self.total_count, limit) if self.total_count else limit

    def _reset_match(self, state):
        self.write(
            {
                "match_state": state,
                "match_cursor": False,
                "match_seconds": 0,
                "match_requests": 0,
                "read_count": 0,
                **{f"{name}_count": 0 for name in OUTCOMES},
            }
        )

    def _match(self, job, client):
        """Read and match the pages of one flow.

        :return: ``None`` where the flow is done; else the seconds after which to go
            on: time is over, or the vendor prepares what follows
        """
        flow = self.flow_id
        pull = self.env["connector.pull"]
        job._checkpoint()
        if self.match_state == "todo":
            total = flow.connection_id._provider()._asked(
                "_count_records", client, flow.stream
            )
            self.write({"match_state": "running", "total_count": total or 0})
        reader = pull._build(flow, job, client, {}).reader
        while self.match_state == "running":
            cursor = self.match_cursor or None
            left = job._checkpoint()
            if left < PAGE_SECONDS:
                return 0.0
            started, asked = time.monotonic(), getattr(client, "request_count", 0)
            page = reader.fetch_page(cursor)
            self._take_match(page, cursor is None)
            self.match_seconds += time.monotonic() - started
            requests = getattr(client, "request_count", 0) - asked
            self.match_requests += requests
            enough = page.done or self.read_count >= self.setup_id.match_limit
            self.match_cursor = page.next_cursor
            # A person may have stopped it meanwhile: that is a conflict, and the next
            # try sees it.
            if enough:
                self.match_state = "done"
            elif page.wait:
                job._checkpoint()
                return page.wait
        job._checkpoint()
        return None

    def _take_match(self, page, first):
        records = {r.remote_id: r for r in page.records if not r.archived}
        room = self.setup_id.match_limit - self.read_count
        records = list(records.values())[:room]
        if not records:
            return
        matcher = self.env["connector.matcher"]
        run = matcher._run(self.flow_id)
        outcomes = matcher._outcomes(run, records)
        for name in OUTCOMES:
            self[f"{name}_count"] += list(outcomes.values()).count(name)
        self.read_count += len(records)
        if first:
            self._note_examples(run, records[:EXAMPLES_FROM], outcomes)

    def _note_examples(self, run, records, outcomes):
        """Keep some records of each outcome for people to look at."""
        found = {name: [] for name in OUTCOMES}
        for record in records:
            outcome = outcomes[record.remote_id]
            if len(found[outcome]) < EXAMPLES_EACH:
                found[outcome].append(record)
            if sum(map(len, found.values())) >= EXAMPLES_MOST:
                break
        self.env["connector.setup.example"].create(
            [
                {
                    "setup_id": self.setup_id.id,
                    "flow_line_id": self.id,
                    "remote_id": record.remote_id,
                    "label": self._label_of(run, record),
                    "outcome": outcome,
                }
                for outcome in OUTCOMES
                for record in found[outcome]
            ]
        )

    def _label_of(self, run, record):
        """By what a person knows the record."""
        values = self.env["connector.mapper"]._map(run.compiled, record, "").canonical
        names = [values.get("first_name"), values.get("last_name")]
        full = " ".join(str(name) for name in names if name)
        return values.get("name") or full or values.get("email") or False


class ConnectorSetupExample(models.Model):
    """A record that the dry run has met."""

    _name = "connector.setup.example"
    _description = "Connector Set-Up Example"
    _order = "setup_id, flow_line_id, id"
    _rec_name = "remote_id"

    setup_id = fields.Many2one(
        "connector.setup", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="setup_id.company_id", store=True)
    flow_line_id = fields.Many2one(
        "connector.setup.flow", required=True, index=True, ondelete="cascade"
    )
    flow_name = fields.Char(string="Records", related="flow_line_id.name")
    remote_id = fields.Char(string="Remote ID", readonly=True)
    # A person must know which record is meant; who only looks needn't.
    label = fields.Char(
        string="Record", readonly=True, groups="connector_base.group_operator"
    )
    outcome = fields.Selection(
        [
            ("exact", "Exact"),
            ("review", "To Review"),
            ("new", "New"),
            ("bound", "Known"),
        ],
        readonly=True,
    )
    remote_url = fields.Char(compute="_compute_remote_url")

    @api.depends("remote_id")
    def _compute_remote_url(self):
        for example in self:
            flow = example.flow_line_id.flow_id
            connection = flow.connection_id
            example.remote_url = (
                connection._provider()._record_url(
                    connection, flow.stream, example.remote_id
                )
                or False
            )

    def action_open_remote(self):
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": self.remote_url, "target": "new"}
