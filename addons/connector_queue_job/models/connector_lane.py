import datetime
import time

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL, config

from odoo.addons.connector_base.models.connector_job_run import END_TIME
from odoo.addons.queue_job.exception import RetryableJobError

#: The runner of a lane whose turns are jobs of OCA's queue_job.
QUEUE_JOB = "queue_job"
#: Seconds of one turn: then other jobs of queue_job get the worker.
TURN_SECONDS = 30
#: Seconds until a turn comes again whose slot another worker has yet.
TAKEN_SECONDS = 1
#: First of the two numbers of the advisory lock of a slot.
SLOT_LOCK_CLASS = 0x636F6E71
#: Turns that have not begun.
WAITING = ("pending", "enqueued")


class ConnectorLane(models.Model):
    """A lane that OCA's queue_job may run.

    For each worker of the lane there is a slot, and for each slot at most one queue.job
    that waits: its turn. A turn works on the lane for ``TURN_SECONDS``; what is left
    then, or comes later, asks for the next one. The jobs themselves stay where they
    are, so claims, order, retries and circuits are those of any lane.
    """

    _inherit = "connector.lane"

    runner = fields.Selection(
        [
            ("cron", "Odoo's scheduled actions"),
            (QUEUE_JOB, "OCA queue_job"),
        ],
        required=True,
        default="cron",
        tracking=True,
        help="Who runs the jobs of the lane. The workers of queue_job may be on several"
        " hosts; its configuration says how many there are (channels).",
    )
    runner_text = fields.Char(compute="_compute_runner_text")

    @api.depends("runner")
    def _compute_runner_text(self):
        loaded = "queue_job" in config["server_wide_modules"]
        for lane in self:
            lane.runner_text = (
                lane.runner == QUEUE_JOB
                and not loaded
                and self.env._(
                    "This Odoo server does not start queue_job's runner. Unless another"
                    " one does, nobody runs this lane: add queue_job to"
                    " server_wide_modules in Odoo's configuration and restart it."
                )
            )

    def write(self, vals):
        result = super().write(vals)
        if "runner" in vals:
            self.env["connector.job"]._wake_lanes(set(self.mapped("code")))
        return result

    def _health_sentence(self, now):
        if self.health != "standing" or self.runner != QUEUE_JOB:
            return super()._health_sentence(now)
        return self.env._(
            "%(count)s jobs are due, the oldest for %(minutes)s minutes, and no worker"
            " of queue_job has come. Look whether an Odoo server runs with queue_job"
            " among its server_wide_modules, and whether its channels give"
            " %(channel)s room; or let Odoo's scheduled actions run the lane.",
            count=self.due_count,
            minutes=int((now - self.oldest_due_at).total_seconds() // 60),
            channel=self._channel(),
        )

    @api.model
    def _runners(self):
        """``{lane: runner}`` as they are in the database."""
        self.flush_model(["runner"])
        return dict(
            self.env.execute_query(SQL("SELECT code, runner FROM connector_lane"))
        )

    # -- turns ----------------------------------------------------------------

    def _channel(self):
        self.ensure_one()
        return f"root.connector_{self.code}"

    def _turn_key(self, slot):
        self.ensure_one()
        return f"connector.lane {self.code} {slot}"

    def _ask_for_turns(self, moments):
        """See that a turn of each slot of these lanes waits, from its moment on.

        Where several do so at the same time, a slot may get more turns than one; they
        find nothing to do and end.

        :param moments: ``{lane: datetime, naive UTC}``
        """
        lanes = self.search(
            [
                ("code", "in", list(moments)),
                ("runner", "=", QUEUE_JOB),
                ("paused", "=", False),
            ]
        )
        slots = {
            lane._turn_key(slot): (lane, slot)
            for lane in lanes
            for slot in range(1, lane.workers + 1)
        }
        waiting = lanes._waiting_turns(list(slots))
        now = fields.Datetime.now()
        for key, (lane, slot) in slots.items():
            moment = moments[lane.code]
            turns = waiting.get(key)
            if not turns:
                lane._new_turn(slot, key, moment if moment > now else None)
            elif all(eta and eta > moment for _id, eta in turns):
                self.env["queue.job"].browse(turns[0][0]).eta = moment

    def _waiting_turns(self, keys):
        """``{key: [(id, eta or None), …]}`` of the turns that have not begun."""
        rows = self.env.execute_query(
            SQL(
                "SELECT identity_key, id, eta FROM queue_job"
                " WHERE identity_key = ANY(%s) AND state IN %s ORDER BY id",
                keys,
                WAITING,
            )
        )
        turns = {}
        for key, turn_id, eta in rows:
            turns.setdefault(key, []).append((turn_id, eta))
        return turns

    def _new_turn(self, slot, key, eta):
        self.with_delay(
            channel=self._channel(),
            description=self.env._(
                "Connectors: lane %(lane)s, worker %(slot)s", lane=self.code, slot=slot
            ),
            eta=eta,
            identity_key=key,
            # It never fails but by being lost, and then it has to come again.
            max_retries=0,
            priority=self.sequence,
        )._take_turn(slot)

    def _take_turn(self, slot):
        """Work in a slot of the lane for a while; called by queue_job.

        In a transaction of its own: by a lock in the one that it called us in queue_job
        knows that the turn is not lost, and a commit would give that lock back.

        :param slot: from 1 to the number of the lane's workers
        :raises RetryableJobError: where another worker still has the slot
        """
        self.ensure_one()
        end = time.monotonic() + TURN_SECONDS
        with self.env.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {END_TIME: end})
            lane = env[self._name].browse(self.id)
            if lane.runner != QUEUE_JOB or slot > lane.workers:
                return
            if not lane._enter_slot(slot):
                lane._come_again(slot)
                return
            try:
                env["connector.job"]._run_lane(lane.code, f"queue_job {slot}")
            finally:
                lane._leave_slot(slot)

    def _come_again(self, slot):
        """Wait for the worker that has the slot: it may have looked for jobs already.

        Unless another turn waits for the same, which then looks for both.
        """
        soon = fields.Datetime.now() + datetime.timedelta(seconds=TAKEN_SECONDS)
        key = self._turn_key(slot)
        turns = self._waiting_turns([key]).get(key, ())
        if all(eta and eta > soon for _id, eta in turns):
            raise RetryableJobError(
                "Another worker has the slot.", seconds=TAKEN_SECONDS, ignore_retry=True
            )

    def _enter_slot(self, slot):
        """Take the slot for this database session, on whichever host it is.

        Channels limit how many turns run at once, too, but only if configured so.

        :return: whether nobody has it
        """
        [(entered,)] = self.env.execute_query(
            SQL(
                "SELECT pg_try_advisory_lock(%s, %s)",
                SLOT_LOCK_CLASS,
                self._slot_number(slot),
            )
        )
        return entered

    def _leave_slot(self, slot):
        self.env.cr.rollback()
        self.env.execute_query(
            SQL(
                "SELECT pg_advisory_unlock(%s, %s)",
                SLOT_LOCK_CLASS,
                self._slot_number(slot),
            )
        )

    def _slot_number(self, slot):
        return self.id * 1000 + slot

    def _drop_turns(self):
        """Delete our turns but those that workers are at: these end by themselves."""
        turns = self.env["queue.job"].search(
            [
                ("model_name", "=", self._name),
                ("method_name", "=", "_take_turn"),
                ("state", "not in", ("done", "cancelled")),
            ]
        )
        # queue_job keeps a lock on a row of its own for as long as a job runs.
        locks = self.env["queue.job.lock"].search([("queue_job_id", "in", turns.ids)])
        running = locks - locks.try_lock_for_update()
        (turns - running.queue_job_id).unlink()
