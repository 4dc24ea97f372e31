import datetime
import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .bulk_delete import bulk_delete

#: What came in. It is evidence of what the vendor sent and stays as it is.
RECEIVED_FIELDS = frozenset(
    {
        *("connection_id", "company_id", "event_key", "stream", "remote_id", "kind"),
        *("occurred_at", "received_at", "payload_token"),
    }
)
#: Longest key that is stored as it is; of a longer one its digest is.
KEY_LENGTH = 250
#: Rows that one pass of the vacuum deletes.
VACUUM_BATCH = 5000
RETENTION_DAYS = 30
RETENTION_PARAMETER = "connector_base.event_retention_days"


class ConnectorEvent(models.Model):
    """What a vendor told us of a change, as it was received.

    The inbox: filled by webhooks in one statement a delivery, emptied by the jobs of
    ``connector_event_take``. What came in never changes, its state does.
    """

    _name = "connector.event"
    _inherit = ["connector.guard", "connector.kept.payload"]
    _description = "Connector Event"
    _order = "id desc"
    _rec_name = "kind"
    _log_access = False

    connection_id = fields.Many2one(
        "connector.connection", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", readonly=True)
    event_key = fields.Char(string="Event ID", required=True, readonly=True)
    stream = fields.Char(string="Remote Object", readonly=True)
    remote_id = fields.Char(string="Remote ID", readonly=True, index="btree_not_null")
    kind = fields.Char(string="What Happened", required=True, readonly=True)
    occurred_at = fields.Datetime(string="Happened", readonly=True)
    received_at = fields.Datetime(string="Received", required=True, readonly=True)
    state = fields.Selection(
        [
            ("pending", "Waiting"),
            ("done", "Done"),
            ("ignored", "Ignored"),
            ("dead", "Dead Letter"),
        ],
        required=True,
        readonly=True,
        default="pending",
    )
    duplicates = fields.Integer(
        readonly=True,
        aggregator="sum",
        help="How often the same event came again.",
    )
    job_id = fields.Many2one(
        "connector.job", readonly=True, index="btree_not_null", ondelete="set null"
    )
    correlation_id = fields.Char(readonly=True, index="btree_not_null")
    note = fields.Char(
        string="Remark", readonly=True, help="Why nothing had to be done."
    )
    error = fields.Char(readonly=True)
    processed_at = fields.Datetime(string="Processed", readonly=True)

    _key_uniq = models.Constraint(
        "UNIQUE(connection_id, event_key)", "A connection has each event once."
    )
    # Lists of a connection, newest first, and the last event of each.
    _connection_idx = models.Index("(connection_id, id)")
    # The inbox proper: small however many events are done.
    _pending_idx = models.Index("(connection_id, id) WHERE state = 'pending'")
    _dead_idx = models.Index("(connection_id, id) WHERE state = 'dead'")
    _finished_idx = models.Index("(processed_at) WHERE state IN ('done', 'ignored')")

    def write(self, vals):
        if RECEIVED_FIELDS & vals.keys():
            raise UserError(self.env._("What a vendor sent can't be changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("Events can't be deleted; finished ones go by themselves.")
        )

    # -- receive --------------------------------------------------------------

    @api.model
    def _receive(self, connection_id, company_id, events):
        """Store the events of a delivery in one statement; count those known already.

        Wakes the lane that takes them, unless an earlier event still waits to be taken
        on: whoever stored that one has done it, and the worker takes ours along.
        Should it just have looked when we commit, it looks again before it ends, and
        the cron of the lane does each minute.

        :param events: list of ``records.InboundEvent``
        :return: how many were new
        :raises ValueError: where one holds what JSON can't, as an infinite number
        :raises RecursionError: where one is nested without end
        :raises UserError: where no key can be had that it is encrypted with
        """
        rows = {}
        now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
        for event in events:
            key = _stored_key(event.key)
            if key in rows:
                rows[key][-1] += 1
                continue
            occurred_at = event.occurred_at
            rows[key] = [
                *(connection_id, company_id, key, _clean(event.stream)),
                *(_stored_id(event.remote_id), _clean(event.kind)),
                occurred_at
                and occurred_at.astimezone(datetime.UTC).replace(tzinfo=None),
                now,
                self._payload_locked(_clean(event.payload)),
                "pending",
                0,
            ]
        if not rows:
            return 0
        # In the order of their keys: deliveries that share events then wait for each
        # other instead of locking each other out.
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO connector_event (
                    connection_id, company_id, event_key, stream, remote_id, kind,
                    occurred_at, received_at, payload_token, state, duplicates)
                VALUES %s
                ON CONFLICT (connection_id, event_key) DO UPDATE
                   SET duplicates = connector_event.duplicates
                                    + EXCLUDED.duplicates + 1
                RETURNING xmax = 0, (
                    SELECT p.job_id IS NULL FROM connector_event p
                     WHERE p.connection_id = %s AND p.state = 'pending'
                     ORDER BY p.id DESC LIMIT 1)
                """,
                SQL(", ").join(
                    # A tuple is adapted by psycopg2 as a whole, as a row of VALUES.
                    SQL("%s", tuple(row))
                    for _key, row in sorted(rows.items())
                ),
                connection_id,
            ),
            log_exceptions=False,
        )
        # The statement itself sees what was there before it.
        stored = self.env.cr.fetchall()
        new = sum(is_new for is_new, _others_wait in stored)
        if new and not stored[0][1]:
            self.env["connector.job"]._wake_lanes({"realtime"})
        return new

    # -- people ---------------------------------------------------------------

    def action_process_again(self):
        """Put events back into the inbox; what Odoo knows already says so."""
        self.check_access("write")
        events = self.sudo().filtered(lambda event: event.state != "pending")
        settled = events._already_taken()
        again = events - settled
        again.write(
            {"state": "pending", "error": False, "note": False, "processed_at": False}
        )
        if again:
            self.env["connector.job"]._wake_lanes({"realtime"})
        sentences = []
        if again:
            sentences.append(
                self.env._("%s events are processed again.", len(again))
                if len(again) > 1
                else self.env._("The event is processed again.")
            )
        if settled:
            sentences.append(
                self.env._(
                    "%s events are done already and Odoo has what they told of: nothing"
                    " to do.",
                    len(settled),
                )
                if len(settled) > 1
                else self.env._(
                    "The event is done already and Odoo has what it told of: nothing to"
                    " do."
                )
            )
        if not sentences:
            sentences.append(self.env._("It waits for its turn already."))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": " ".join(sentences),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _already_taken(self):
        """Those that are done and of which Odoo has the state they told of."""
        done = self.filtered(lambda event: event.state == "done" and event.occurred_at)
        taken = self.browse()
        for (connection, stream), events in done.grouped(
            lambda event: (event.connection_id, event.stream)
        ).items():
            known = events._known_until(connection, events._flow_of(stream, connection))
            for event in events:
                until = known.get(event.remote_id)
                # A binding keeps whole seconds.
                if until and event.occurred_at.replace(microsecond=0) <= until:
                    taken |= event
        return taken

    def action_open_job(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "connector.job",
            "res_id": self.job_id.id,
            "views": [(False, "form")],
        }

    # -- vacuum ---------------------------------------------------------------

    @api.autovacuum
    def _gc_finished(self):
        """Delete finished events past their time, in bounded batches.

        :return: ``(done, remaining)`` as Odoo's vacuum wants it
        """
        overdue = self.env["connector.retention"]._overdue("event")
        return bulk_delete(self, overdue, VACUUM_BATCH)


def _stored_key(key):
    key = _clean(key)
    if len(key) <= KEY_LENGTH:
        return key
    return f"sha256:{hashlib.sha256(key.encode()).hexdigest()}"


def _stored_id(remote_id):
    """A text that is too long for an index is no id of any vendor's."""
    remote_id = _clean(remote_id)
    return None if remote_id and len(remote_id) > KEY_LENGTH else remote_id


def _clean(value):
    """Without what JSON knows and PostgreSQL can't store: NUL and half characters."""
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_clean(key): _clean(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_clean(item) for item in value]
    return value
