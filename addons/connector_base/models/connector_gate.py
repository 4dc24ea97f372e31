from odoo import api, fields, models
from odoo.tools import SQL


class ConnectorConnection(models.Model):
    """The gate: what must be so for a job of a connection to start."""

    _inherit = "connector.connection"

    @api.model
    def _gate(self, lane, probe=None):
        """SQL of a condition on connection ``c`` (and job ``j``): the job may start.

        The connection is active, connected and not asked to wait; its circuit is
        closed, or the job is the one that looks; no maintenance goes on; and each
        budget that all requests count in holds a token for the lane.

        :param lane: name of the lane, or SQL of it
        :param probe: SQL of whether the job is a look at a vendor that is down;
            ``j.probe`` where not given. To ask about connections without a job, pass
            ``SQL("FALSE")`` for those whose ordinary jobs may start and ``SQL("TRUE")``
            for those whose looks may.
        """
        windows = self.env["connector.maintenance.window"]
        budgets = self.env["connector.budget"]
        now = fields.Datetime.now()
        return SQL(
            """
            c.active AND c.state = 'connected'
            AND (c.blocked_until IS NULL OR c.blocked_until <= %(now)s)
            AND (%(probe)s OR NOT EXISTS (
                SELECT FROM connector_circuit k
                 WHERE k.connection_id = c.id AND k.state <> 'closed'
            ))
            AND NOT EXISTS (
                SELECT FROM connector_maintenance_window w
                 WHERE w.connection_id = c.id AND w.active AND %(ends_at)s IS NOT NULL
            )
            AND NOT EXISTS (
                SELECT FROM connector_budget b
                 WHERE b.connection_id = c.id AND b.active AND b.everything
                   AND %(available)s < %(needed)s
            )
            """,
            now=now,
            probe=SQL("COALESCE(%s, FALSE)", probe or SQL("j.probe")),
            ends_at=windows._ends_at(now),
            available=budgets._available(),
            needed=budgets._needed(lane),
        )

    @api.model
    def _next_gate_change(self):
        """The earliest moment at which a gate that is shut may open again by itself.

        Over all connections that are connected: the end of a vendor's wait or of a
        maintenance, the next look at a vendor that is down, a budget that has filled up
        enough for any lane.

        :return: naive UTC, later than now, or ``None``
        """
        windows = self.env["connector.maintenance.window"]
        budgets = self.env["connector.budget"]
        now = fields.Datetime.now()
        [(moment,)] = self.env.execute_query(
            SQL(
                """
                WITH connected AS (
                    SELECT id, blocked_until FROM connector_connection
                     WHERE active AND state = 'connected')
                SELECT MIN(moment) FROM (
                    SELECT c.blocked_until AS moment FROM connected c
                    UNION ALL
                    SELECT k.probe_at FROM connector_circuit k
                      JOIN connected c ON c.id = k.connection_id
                     WHERE k.state <> 'closed'
                    UNION ALL
                    SELECT %(ends_at)s FROM connector_maintenance_window w
                      JOIN connected c ON c.id = w.connection_id
                     WHERE w.active
                    UNION ALL
                    SELECT %(now)s::timestamp
                           + (%(needed)s - %(available)s) / %(rate)s
                             * INTERVAL '1 second'
                      FROM connector_budget b
                      JOIN connected c ON c.id = b.connection_id
                     WHERE b.active AND b.everything AND %(available)s < %(needed)s
                ) AS openings
                 WHERE moment > %(now)s
                """,
                now=now,
                ends_at=windows._ends_at(now),
                available=budgets._available(),
                needed=budgets._needed("bulk"),
                rate=budgets._rate(),
            )
        )
        return moment
