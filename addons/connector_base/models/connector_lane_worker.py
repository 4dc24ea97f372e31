import os
import random
import uuid

from odoo import api, fields, models
from odoo.tools import SQL

from .connector_flow import LANES

#: First of the two numbers of our advisory locks in PostgreSQL; the second is the
#: worker's own.
LOCK_CLASS = 0x636F6E6E
#: Seconds of silence after which PostgreSQL asks a worker's host whether it is there,
#: between two such questions, and how many may stay without an answer. A host that lost
#: its power is so found out within half a minute.
KEEPALIVE = {
    "tcp_keepalives_idle": 10,
    "tcp_keepalives_interval": 5,
    "tcp_keepalives_count": 3,
}


def lives(session_key):
    """SQL: whether the worker that holds this number is connected to the database.

    PostgreSQL gives a session's advisory lock back the moment that the session ends,
    however it ends: no clock and no timeout tells a dead worker sooner.

    :param session_key: SQL of the worker's number
    """
    return SQL(
        """EXISTS (
            SELECT FROM pg_locks l
             WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2
               AND l.database = (
                    SELECT d.oid FROM pg_database d
                     WHERE d.datname = current_database())
               AND l.classid = %s AND l.objid = %s::oid)""",
        LOCK_CLASS,
        session_key,
    )


class ConnectorLaneWorker(models.Model):
    """A worker of a lane, and when it last gave a sign of life: one row a slot."""

    _name = "connector.lane.worker"
    _description = "Connector Lane Worker"
    _order = "lane_id, slot"
    _rec_name = "name"
    _log_access = False

    lane_id = fields.Many2one("connector.lane", required=True, ondelete="cascade")
    slot = fields.Char(required=True, readonly=True)
    name = fields.Char(string="Process", readonly=True)
    session_key = fields.Integer(readonly=True)
    serving = fields.Selection(
        LANES, readonly=True, help="The lane whose jobs it runs; it may help out."
    )
    started_at = fields.Datetime(readonly=True)
    beat_at = fields.Datetime(string="Last Sign of Life", readonly=True)
    job_count = fields.Integer(string="Jobs of This Run", readonly=True)
    is_alive = fields.Boolean(string="At Work", compute="_compute_is_alive")

    _slot_uniq = models.Constraint("UNIQUE(lane_id, slot)", "A slot has one worker.")

    def _compute_is_alive(self):
        rows = self.env.execute_query(
            SQL(
                "SELECT w.id FROM connector_lane_worker w WHERE w.id IN %s AND %s",
                tuple(self.ids or [0]),
                lives(SQL("w.session_key")),
            )
        )
        alive = {row[0] for row in rows}
        for worker in self:
            worker.is_alive = worker.id in alive

    @api.model
    def _beats(self):
        """``{lane: (last sign of life, workers that serve it now)}``."""
        beats = dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT l.code, MAX(w.beat_at) FROM connector_lane_worker w
                      JOIN connector_lane l ON l.id = w.lane_id GROUP BY l.code
                    """
                )
            )
        )
        serving = self._serving()
        return {
            lane: (beats.get(lane, False), serving.get(lane, 0))
            for lane in beats.keys() | serving.keys()
        }

    @api.model
    def _serving(self):
        """``{lane: number of living workers that run its jobs}``."""
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT w.serving, COUNT(*) FROM connector_lane_worker w
                     WHERE w.serving IS NOT NULL AND %s GROUP BY w.serving
                    """,
                    lives(SQL("w.session_key")),
                )
            )
        )

    @api.model
    def _open(self, lane, slot):
        """Take the slot of a lane for this database session.

        :return: ``(name, number)`` under which the worker claims jobs
        """
        # It tells workers apart and is no secret.
        key = random.getrandbits(31)  # nosec B311
        name = f"{os.uname().nodename}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        now = fields.Datetime.now()
        self.env.cr.execute(
            SQL(
                "SELECT pg_advisory_lock(%s, %s), %s",
                LOCK_CLASS,
                key,
                SQL(", ").join(
                    SQL("set_config(%s, %s, false)", setting, str(value))
                    for setting, value in KEEPALIVE.items()
                ),
            )
        )
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO connector_lane_worker
                    (lane_id, slot, name, session_key, serving, started_at, beat_at,
                     job_count)
                SELECT id, %(slot)s, %(name)s, %(key)s, code, %(now)s, %(now)s, 0
                  FROM connector_lane WHERE code = %(lane)s
                ON CONFLICT (lane_id, slot) DO UPDATE
                   SET name = EXCLUDED.name, session_key = EXCLUDED.session_key,
                       serving = EXCLUDED.serving, started_at = EXCLUDED.started_at,
                       beat_at = EXCLUDED.beat_at, job_count = 0
                """,
                slot=slot,
                name=name,
                key=key,
                now=now,
                lane=lane,
            )
        )
        return name, key

    @api.model
    def _beat(self, key, serving, done):
        """Give a sign of life, in the transaction that is open."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE connector_lane_worker
                   SET beat_at = %s, serving = %s, job_count = job_count + %s
                 WHERE session_key = %s
                """,
                fields.Datetime.now(),
                serving,
                done,
                key,
            )
        )

    @api.model
    def _close(self, key):
        """Leave the slot; whatever the worker still had is free for others."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE connector_lane_worker SET serving = NULL, beat_at = %s
                 WHERE session_key = %s
                """,
                fields.Datetime.now(),
                key,
            )
        )
        self.env.cr.execute(SQL("SELECT pg_advisory_unlock(%s, %s)", LOCK_CLASS, key))
