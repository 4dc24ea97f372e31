import dataclasses
import datetime
import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..engine import circuit as breaker
from .bulk_delete import bulk_delete

STATES = [
    (breaker.CLOSED, "Works"),
    (breaker.OPEN, "Down"),
    (breaker.HALF_OPEN, "Looking"),
]
#: Days that the history is kept, and rows that one pass of the vacuum deletes.
KEEP_EVENT_DAYS = 180
VACUUM_BATCH = 5000


class ConnectorCircuit(models.Model):
    """Whether a vendor is asked at all, kept in a row of its own per connection.

    Written in SQL by the workers, so that what people edit on the connection never
    meets it. The rules are plain Python: ``engine.circuit``.
    """

    _name = "connector.circuit"
    _description = "Connector Circuit"
    _inherit = ["connector.guard"]
    _log_access = False
    _rec_name = "connection_id"

    connection_id = fields.Many2one(
        "connector.connection", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="connection_id.company_id", store=True)
    state = fields.Selection(
        STATES, required=True, readonly=True, default=breaker.CLOSED
    )
    failed_at = fields.Json(
        readonly=True, help="Times of the failures since the last success."
    )
    opened_at = fields.Datetime(string="Down Since", readonly=True)
    probes = fields.Integer(string="Looks", readonly=True, default=0)
    probe_at = fields.Datetime(string="Next Look", readonly=True)
    reason = fields.Char(readonly=True)

    _connection_uniq = models.Constraint(
        "UNIQUE(connection_id)", "A connection has one circuit."
    )
    _open_idx = models.Index("(connection_id) WHERE state <> 'closed'")

    # -- rows -----------------------------------------------------------------

    @api.model
    def _ensure(self, connections):
        """Give each connection its circuit, where it has none yet."""
        if not connections:
            return
        connections.flush_recordset(["company_id"])
        self.env.execute_query(
            SQL(
                """
                INSERT INTO connector_circuit
                       (connection_id, company_id, state, failed_at, probes)
                SELECT id, company_id, 'closed', '[]', 0
                  FROM connector_connection WHERE id IN %s
                ON CONFLICT (connection_id) DO NOTHING
                RETURNING id
                """,
                tuple(connections.ids),
            )
        )
        connections.invalidate_recordset(["circuit_ids"], flush=False)

    @api.model
    def _locked(self, connection):
        """The circuit and its rules, locked until the transaction ends.

        :return: ``(engine Circuit, engine Rules)``, or ``None`` where the connection is
            gone
        """
        query = SQL(
            """
            SELECT k.state, k.failed_at, k.opened_at, k.probes, k.probe_at,
                   c.circuit_failures, c.circuit_window, c.circuit_first_probe,
                   c.circuit_longest_probe
              FROM connector_circuit k
              JOIN connector_connection c ON c.id = k.connection_id
             WHERE k.connection_id = %s
               FOR UPDATE OF k
            """,
            connection.id,
        )
        # That another worker was first is nothing to log: the caller tries again.
        self.env.cr.execute(query, log_exceptions=False)
        rows = self.env.cr.fetchall()
        if not rows:
            self._ensure(connection)
            rows = self.env.execute_query(query)
        if not rows:
            return None
        [(state, failed_at, opened_at, probes, probe_at, *rules)] = rows
        moments = tuple(map(datetime.datetime.fromisoformat, failed_at or []))
        circuit = breaker.Circuit(state, moments, opened_at, probes or 0, probe_at)
        return circuit, breaker.Rules(*rules)

    @api.model
    def _store(self, connection, circuit, **vals):
        """Write a circuit into its row."""
        vals |= dataclasses.asdict(circuit)
        vals["failed_at"] = json.dumps([str(moment) for moment in circuit.failed_at])
        self.env.execute_query(
            SQL(
                "UPDATE connector_circuit SET %s WHERE connection_id = %s RETURNING id",
                SQL(", ").join(
                    SQL("%s = %s", SQL.identifier(name), value)
                    for name, value in vals.items()
                ),
                connection.id,
            )
        )
        self.invalidate_model(flush=False)

    # -- what happens ---------------------------------------------------------

    @api.model
    def _fail(self, connection, sentence):
        """Count a failure; the one too many opens the circuit."""
        locked = self._locked(connection)
        if locked is None:
            return
        before, rules = locked
        after = breaker.fail(before, rules, fields.Datetime.now())
        if after == before:
            return
        self._store(connection, after, reason=sentence)
        if after.state == breaker.OPEN:
            self.env["connector.circuit.event"]._note(connection, "opened", sentence)
            connection._enqueue_probe(after.probe_at)

    @api.model
    def _note_success(self, connection_ids):
        """Forget the failures of connections that have just answered.

        One statement that touches no row where there is nothing to forget. A row that
        another worker holds is left to it: it counts a failure at this very moment. May
        raise what PostgreSQL raises where another transaction was first; call it in a
        transaction of its own and let it go then.
        """
        if not connection_ids:
            return
        self.env.execute_query(
            SQL(
                """
                UPDATE connector_circuit SET failed_at = '[]', reason = NULL
                 WHERE id IN (
                    SELECT id FROM connector_circuit
                     WHERE connection_id IN %s AND state = 'closed'
                       AND failed_at <> '[]'
                       FOR UPDATE SKIP LOCKED)
                RETURNING id
                """,
                tuple(connection_ids),
            )
        )
        self.invalidate_model(flush=False)

    @api.model
    def _begin_probe(self, connection):
        """Begin to look whether the vendor is back.

        :return: 0 where to look now, seconds to wait where it is too early, ``None``
            where the circuit is closed or gone
        """
        locked = self._locked(connection)
        if locked is None or locked[0].state == breaker.CLOSED:
            return None
        before, rules = locked
        now = fields.Datetime.now()
        after = breaker.probe(before, rules, now)
        if after is None:
            return (before.probe_at - now).total_seconds()
        self._store(connection, after)
        return 0

    @api.model
    def _probe_failed(self, connection, sentence):
        """Note a look that failed.

        :return: seconds until the next one, ``None`` where somebody closed the circuit
            meanwhile
        """
        locked = self._locked(connection)
        if locked is None or locked[0].state == breaker.CLOSED:
            return None
        after = breaker.probe_failed(locked[0])
        self._store(connection, after, reason=sentence)
        self.env["connector.circuit.event"]._note(connection, "probe_failed", sentence)
        return max((after.probe_at - fields.Datetime.now()).total_seconds(), 0)

    @api.model
    def _close(self, connections, sentence):
        """Close the circuits of connections, with an event where one was open."""
        if not connections:
            return
        rows = self.env.execute_query(
            SQL(
                """
                SELECT connection_id, state FROM connector_circuit
                 WHERE connection_id IN %s
                   AND (state <> 'closed' OR failed_at <> '[]')
                   FOR UPDATE
                """,
                tuple(connections.ids),
            )
        )
        for connection_id, state in rows:
            connection = connections.browse(connection_id)
            self._store(connection, breaker.Circuit(), reason=None)
            if state != breaker.CLOSED:
                self.env["connector.circuit.event"]._note(
                    connection, "closed", sentence
                )
        if rows:
            self.env["connector.job"]._wake_lanes()


class ConnectorCircuitEvent(models.Model):
    """When a circuit opened and closed, and why. Append-only."""

    _name = "connector.circuit.event"
    _description = "Connector Circuit Event"
    _order = "id desc"
    _rec_name = "kind"
    _log_access = False

    connection_id = fields.Many2one(
        "connector.connection",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="connection_id.company_id", store=True)
    create_date = fields.Datetime(
        string="When", default=fields.Datetime.now, readonly=True, index=True
    )
    kind = fields.Selection(
        [
            ("opened", "Went Down"),
            ("probe_failed", "Still Down"),
            ("closed", "Works Again"),
        ],
        string="What",
        required=True,
        readonly=True,
    )
    reason = fields.Char(string="Why", readonly=True)

    @api.model
    def _note(self, connection, kind, reason):
        self.sudo().create(
            {"connection_id": connection.id, "kind": kind, "reason": reason}
        )
        connection.invalidate_recordset(["circuit_event_ids"], flush=False)

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("What happened to a connection stays as it is."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("What happened to a connection can't be deleted."))

    @api.autovacuum
    def _gc_expired(self):
        """Delete events past their time, in bounded batches.

        :return: ``(done, remaining)`` as Odoo's vacuum wants it
        """
        limit = fields.Datetime.now() - datetime.timedelta(days=KEEP_EVENT_DAYS)
        return bulk_delete(
            self, SQL("create_date < %s ORDER BY id", limit), VACUUM_BATCH
        )
