import datetime

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import SQL

from .connector_flow import LANES

#: Most workers of a lane: each is a cron row, and a running one holds a database
#: connection and one of Odoo's cron threads or workers.
MOST_WORKERS = 32
#: Minutes that a due job may wait in a lane that nobody works on before it is said.
STANDING_MINUTES = 10


class ConnectorLane(models.Model):
    """A lane of the queue: how many workers it has, and whether they are at work.

    Each worker is a row of ``ir.cron``; their number is a field here, and the rows
    follow it.
    """

    _name = "connector.lane"
    _description = "Connector Lane"
    _inherit = ["connector.guard", "mail.thread", "mail.activity.mixin"]
    _order = "sequence, id"
    _rec_name = "code"

    code = fields.Selection(LANES, string="Lane", required=True, readonly=True)
    sequence = fields.Integer(readonly=True, help="The lower, the more urgent.")
    workers = fields.Integer(
        required=True,
        default=1,
        tracking=True,
        help="How many jobs of the lane may run at the same time. Odoo itself runs two"
        " scheduled actions at once unless its configuration says more"
        " (max_cron_threads).",
    )
    paused = fields.Boolean(readonly=True, tracking=True, copy=False)
    owner_id = fields.Many2one(
        "res.users",
        string="Responsible",
        default=lambda self: self.env.ref("base.user_admin", raise_if_not_found=False),
        help="Is told when the lane stands still.",
    )
    cron_ids = fields.Many2many("ir.cron", string="Scheduled Actions", readonly=True)
    worker_ids = fields.One2many("connector.lane.worker", "lane_id")
    last_beat_at = fields.Datetime(string="Last Ran", compute="_compute_load")
    busy_count = fields.Integer(string="At Work", compute="_compute_load")
    waiting_count = fields.Integer(string="Waiting", compute="_compute_load")
    due_count = fields.Integer(string="Due", compute="_compute_load")
    running_count = fields.Integer(string="Running", compute="_compute_load")
    dead_count = fields.Integer(string="Dead Letters", compute="_compute_load")
    oldest_due_at = fields.Datetime(string="Oldest Due Job", compute="_compute_load")
    health = fields.Selection(
        [
            ("good", "At Work"),
            ("idle", "Idle"),
            ("paused", "Paused"),
            ("standing", "Stands Still"),
        ],
        compute="_compute_load",
    )
    health_text = fields.Char(compute="_compute_load")

    _code_uniq = models.Constraint("UNIQUE(code)", "There is each lane once.")

    @api.depends("code")
    @api.depends_context("lang")
    def _compute_display_name(self):
        names = dict(self._fields["code"]._description_selection(self.env))
        for lane in self:
            lane.display_name = names.get(lane.code, lane.code)

    @api.constrains("workers")
    def _check_workers(self):
        if any(not 1 <= lane.workers <= MOST_WORKERS for lane in self):
            raise ValidationError(
                self.env._(
                    "A lane has 1 to %s workers; to stop it, pause it.", MOST_WORKERS
                )
            )

    def _compute_load(self):
        """What waits and who works, in a handful of queries for all lanes."""
        jobs = self.env["connector.job"]
        now = fields.Datetime.now()
        self.env.flush_all()
        counts = jobs._lane_counts()
        beats = self.env["connector.lane.worker"]._beats()
        claimable = jobs._oldest_claimable()
        for lane in self:
            count = counts.get(lane.code, {})
            last_beat_at, busy = beats.get(lane.code, (False, 0))
            lane.waiting_count = count.get("pending", 0) + count.get("waiting", 0)
            lane.due_count = count.get("due", 0)
            lane.running_count = count.get("started", 0)
            lane.dead_count = count.get("dead", 0)
            lane.last_beat_at = last_beat_at
            lane.busy_count = busy
            lane.oldest_due_at = claimable.get(lane.code, False)
            lane.health = lane._health(now)
            lane.health_text = lane._health_sentence(now)

    def _health(self, now):
        self.ensure_one()
        limit = now - datetime.timedelta(minutes=STANDING_MINUTES)
        if self.paused:
            return "paused"
        due = self.oldest_due_at
        if not due:
            return "good" if self.running_count else "idle"
        quiet = not self.last_beat_at or self.last_beat_at < limit
        return "standing" if due < limit and quiet and not self.busy_count else "good"

    def _health_sentence(self, now):
        self.ensure_one()
        if self.health == "paused":
            return self.env._("%s jobs wait until the lane is resumed.", self.due_count)
        if self.health == "standing":
            return self.env._(
                "%(count)s jobs are due, the oldest for %(minutes)s minutes, and no"
                " worker has come. Look whether Odoo runs scheduled actions"
                " (max_cron_threads) and whether those of this lane are active.",
                count=self.due_count,
                minutes=int((now - self.oldest_due_at).total_seconds() // 60),
            )
        return False

    def write(self, vals):
        result = super().write(vals)
        if "workers" in vals:
            self.sudo()._sync_crons()
        return result

    @api.model
    @api.private
    def of(self, code):
        """The lane of that code."""
        return self.sudo().search([("code", "=", code)], limit=1)

    # -- cron rows ------------------------------------------------------------

    def _sync_crons(self):
        """Make, wake and put to sleep cron rows until each lane has its number."""
        for lane in self:
            rows = lane.with_context(active_test=False).cron_ids.sorted("id")
            if not rows:
                continue
            for number in range(len(rows) + 1, lane.workers + 1):
                rows |= lane._new_cron(rows[0], number)
            lane.cron_ids = rows
            for number, cron in enumerate(rows, 1):
                wanted = number <= lane.workers
                # A row that runs now can't be changed. What there is too much of ends
                # at once when it comes again, and the scheduler repeats this.
                if cron.active != wanted and cron.try_lock_for_update():
                    cron.active = wanted

    def _new_cron(self, first, number):
        """One more worker: a cron row that an uninstallation removes with the addon."""
        cron = first.copy(
            {
                "active": True,
                "code": f'model._cron_run_lane("{self.code}", {number})',
                "nextcall": fields.Datetime.now(),
            }
        )
        cron.name = f"{first.name} ({number})"
        self.env["ir.model.data"].create(
            {
                "module": "connector_base",
                "name": f"cron_lane_{self.code}_{number}",
                "model": "ir.cron",
                "res_id": cron.id,
                "noupdate": True,
            }
        )
        return cron

    # -- alert ----------------------------------------------------------------

    def _check_standing(self):
        """Tell the responsible of a lane that stands still, once; take it back."""
        summary = self.env._("The lane stands still")
        for lane in self:
            alerts = lane.activity_ids.filtered(lambda a: a.summary == summary)
            if lane.health != "standing":
                alerts.unlink()
            elif not alerts:
                lane.activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary=summary,
                    note=lane.health_text,
                    user_id=lane.owner_id.id or self.env.ref("base.user_admin").id,
                )

    # -- people ---------------------------------------------------------------

    def _check_operator(self):
        if not self.env.user.has_group("connector_base.group_operator"):
            raise AccessError(self.env._("Only connector operators can do that."))

    def action_pause(self):
        """Start no further job of the lane; what runs comes to its end."""
        self._check_operator()
        self.sudo().paused = True

    def action_resume(self):
        self._check_operator()
        self.sudo().paused = False
        self.env["connector.job"]._wake_lanes(set(self.mapped("code")))

    def action_open_waiting_jobs(self):
        return self._open_jobs(
            self.env._("Waiting"), [("state", "in", ("pending", "waiting"))]
        )

    def action_open_due_jobs(self):
        now = fields.Datetime.to_string(fields.Datetime.now())
        return self._open_jobs(
            self.env._("Due"), [("state", "=", "pending"), ("eta", "<=", now)]
        )

    def action_open_running_jobs(self):
        return self._open_jobs(self.env._("Running"), [("state", "=", "started")])

    def action_open_dead_jobs(self):
        return self._open_jobs(self.env._("Dead Letters"), [("state", "=", "dead")])

    def _open_jobs(self, name, domain):
        self.ensure_one()
        action = "connector_base.connector_job_action"
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(action),
            "name": f"{self.display_name}: {name}",
            "display_name": f"{self.display_name}: {name}",
            "domain": [("lane", "=", self.code), *domain],
            "context": {},
        }


class ConnectorJob(models.Model):
    _inherit = "connector.job"

    @api.model
    def _lane_counts(self):
        """``{lane: {state: count, "due": count}}`` of what is not finished well."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT lane, state, COUNT(*), COUNT(*) FILTER (WHERE eta <= %s)
                  FROM connector_job
                 WHERE state IN ('pending', 'waiting', 'started', 'dead')
                 GROUP BY lane, state
                """,
                fields.Datetime.now(),
            )
        )
        counts = {}
        for lane, state, count, due in rows:
            counts.setdefault(lane, {})[state] = count
            if state == "pending":
                counts[lane]["due"] = due
        return counts

    @api.model
    def _oldest_claimable(self):
        """``{lane: since when its oldest job could have been run}``."""
        oldest = {}
        for lane, _label in LANES:
            candidates = self._candidates(lane, 1)
            rows = self.env.execute_query(
                SQL("SELECT MIN(eta) FROM (%s) AS candidates", candidates)
            )
            if rows[0][0]:
                oldest[lane] = rows[0][0]
        return oldest
