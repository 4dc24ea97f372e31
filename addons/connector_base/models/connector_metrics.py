import datetime
import hashlib
import hmac

from odoo import api, fields, models
from odoo.tools import SQL

from ..engine import circuit as breaker
from ..engine.prometheus import Metric, render

#: Digest of the token that reads the metrics; without one nobody does.
TOKEN_PARAMETER = "connector_base.metrics_token_digest"
#: How far back what was done is counted: finished jobs are too many to count them all.
WINDOW = datetime.timedelta(hours=1)


def digest(token):
    """What is kept of a token: it is random and long, so that no salt is needed."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


class ConnectorMetrics(models.AbstractModel):
    """How the suite is, as numbers for a monitoring system.

    Each method reads one thing for all connections and companies in a fixed number of
    queries, along indexes: the answer costs the same with one flow or a hundred.
    """

    _name = "connector.metrics"
    _description = "Connector Metrics"

    @api.model
    def _accepts(self, token):
        """Whether a token reads the metrics; ``None`` where none does."""
        parameters = self.env["ir.config_parameter"].sudo()
        kept = parameters.get_param(TOKEN_PARAMETER)
        if not kept:
            return None
        return hmac.compare_digest(kept, digest(token))

    @api.model
    def _is_up(self):
        """Whether somebody works on every lane that has something to do."""
        lanes = self.env["connector.lane"].sudo().search([("code", "!=", False)])
        return all(lane.health != "standing" for lane in lanes)

    @api.model
    def _text(self):
        """All metrics in Prometheus' text format."""
        self.env.flush_all()
        now = fields.Datetime.now()
        connections = self._connections()
        return render(
            [
                *self._lanes(now),
                *self._done(now),
                *self._connection_states(connections, now),
                *self._inbox(connections, now),
                *self._outbox(connections),
                *self._exceptions(),
                *self._flows(connections, now),
                *self._budgets(connections),
                *self._expiries(connections),
            ]
        )

    def _connections(self):
        """``{id: labels}``; names alone may be there twice."""
        rows = self.env.execute_query(
            SQL(
                "SELECT id, name, provider FROM connector_connection"
                " WHERE active ORDER BY id"
            )
        )
        return {
            connection_id: {"id": connection_id, "connection": name, "system": provider}
            for connection_id, name, provider in rows
        }

    def _lanes(self, now):
        jobs = Metric("connector_jobs", "Jobs that are not finished, and dead letters.")
        oldest = Metric(
            "connector_oldest_due_job_seconds", "How long the oldest due job waits."
        )
        workers = Metric("connector_workers_busy", "Workers that run jobs of a lane.")
        paused = Metric("connector_lane_paused", "1 where a lane is paused.")
        standing = Metric(
            "connector_lane_standing", "1 where jobs are due and no worker comes."
        )
        lanes = self.env["connector.lane"].sudo().search([("code", "!=", False)])
        for lane in lanes:
            counts = {
                "waiting": lane.waiting_count,
                "due": lane.due_count,
                "running": lane.running_count,
                "dead": lane.dead_count,
            }
            for state, count in counts.items():
                jobs.add(count, lane=lane.code, state=state)
            oldest.add(_age(now, lane.oldest_due_at) or 0, lane=lane.code)
            workers.add(lane.busy_count, lane=lane.code)
            paused.add(lane.paused, lane=lane.code)
            standing.add(lane.health == "standing", lane=lane.code)
        return jobs, oldest, workers, paused, standing

    def _done(self, now):
        done = Metric(
            "connector_jobs_last_hour", "Jobs that ended within the last hour."
        )
        retries = Metric(
            "connector_job_retries_last_hour",
            "Tries beyond the first one of the jobs that ended within the last hour.",
        )
        rows = self.env.execute_query(
            SQL(
                """
                SELECT lane, state, COUNT(*), SUM(GREATEST(attempt - 1, 0))
                  FROM connector_job
                 WHERE state IN ('done', 'cancelled') AND finished_at >= %(since)s
                 GROUP BY lane, state
                 UNION ALL
                SELECT lane, state, COUNT(*), SUM(GREATEST(attempt - 1, 0))
                  FROM connector_job
                 WHERE state = 'dead' AND finished_at >= %(since)s
                 GROUP BY lane, state
                 ORDER BY 1, 2
                """,
                since=now - WINDOW,
            )
        )
        for lane, state, count, tries in rows:
            done.add(count, lane=lane, state=state)
            retries.add(int(tries or 0), lane=lane, state=state)
        return done, retries

    def _connection_states(self, connections, now):
        connected = Metric(
            "connector_connected",
            "1 where a connection works; 0 where it is paused, needs attention or isn't"
            " armed here.",
        )
        circuit = Metric(
            "connector_circuit_open", "1 where the system is down and not asked."
        )
        blocked = Metric(
            "connector_blocked_seconds", "How long the system asked to wait, from now."
        )
        rows = self.env.execute_query(
            SQL(
                """
                SELECT c.id, c.state = 'connected' AND %s IS TRUE, c.environment,
                       c.blocked_until, k.state
                  FROM connector_connection c
                  LEFT JOIN connector_circuit k ON k.connection_id = c.id
                 WHERE c.active AND c.state <> 'draft' ORDER BY c.id
                """,
                self.env["connector.connection"]._armed(),
            )
        )
        for connection_id, works, environment, until, known in rows:
            labels = connections[connection_id]
            connected.add(works, **labels, environment=environment)
            circuit.add((known or breaker.CLOSED) != breaker.CLOSED, **labels)
            blocked.add(max(_age(until, now) or 0, 0), **labels)
        return connected, circuit, blocked

    def _inbox(self, connections, now):
        waiting = Metric("connector_events", "Events of webhooks that wait, or died.")
        lag = Metric(
            "connector_webhook_lag_seconds", "How long the oldest event waits."
        )
        last = Metric(
            "connector_last_webhook_timestamp_seconds", "When the last event came in."
        )
        rows = self.env.execute_query(
            SQL(
                """
                SELECT c.id,
                       (SELECT COUNT(*) FROM connector_event e
                         WHERE e.connection_id = c.id AND e.state = 'pending'),
                       (SELECT COUNT(*) FROM connector_event e
                         WHERE e.connection_id = c.id AND e.state = 'dead'),
                       (SELECT e.received_at FROM connector_event e
                         WHERE e.connection_id = c.id AND e.state = 'pending'
                         ORDER BY e.id LIMIT 1),
                       (SELECT e.received_at FROM connector_event e
                         WHERE e.connection_id = c.id ORDER BY e.id DESC LIMIT 1)
                  FROM connector_connection c WHERE c.active ORDER BY c.id
                """
            )
        )
        for connection_id, pending, dead, oldest, newest in rows:
            labels = connections[connection_id]
            waiting.add(pending, **labels, state="waiting")
            waiting.add(dead, **labels, state="dead")
            lag.add(_age(now, oldest) or 0, **labels)
            last.add(_timestamp(newest), **labels)
        return waiting, lag, last

    def _outbox(self, connections):
        changes = Metric("connector_changes", "Changes of Odoo that are to be sent.")
        rows = self.env.execute_query(
            SQL(
                """
                SELECT f.connection_id, c.state, COUNT(*) FROM connector_change c
                  JOIN connector_flow f ON f.id = c.flow_id
                 GROUP BY f.connection_id, c.state ORDER BY 1, 2
                """
            )
        )
        for connection_id, state, count in rows:
            if connection_id in connections:
                changes.add(count, **connections[connection_id], state=state)
        return (changes,)

    def _exceptions(self):
        opened = Metric("connector_exceptions_open", "Causes that wait for a decision.")
        late = Metric(
            "connector_exceptions_late", "Those of them that are past their time."
        )
        rows = self.env.execute_query(
            SQL(
                """
                SELECT error_class, COUNT(*), COUNT(*) FILTER (WHERE sla_deadline < %s)
                  FROM connector_exception WHERE state = 'open'
                 GROUP BY error_class ORDER BY 1
                """,
                fields.Datetime.now(),
            )
        )
        for error_class, count, overdue in rows:
            opened.add(count, error_class=error_class)
            late.add(overdue, error_class=error_class)
        return opened, late

    def _flows(self, connections, now):
        lag = Metric("connector_flow_lag_seconds", "How old the data in Odoo are.")
        target = Metric("connector_flow_target_seconds", "How old they may be.")
        rows = self.env.execute_query(
            SQL(
                """
                SELECT f.connection_id, f.stream, f.last_success_at, f.latency_target
                  FROM connector_flow f
                  JOIN connector_connection c ON c.id = f.connection_id
                 WHERE f.active AND f.direction <> 'push' AND c.state = 'connected'
                 ORDER BY f.connection_id, f.id
                """
            )
        )
        for connection_id, stream, success, minutes in rows:
            if connection_id in connections:
                labels = {**connections[connection_id], "flow": stream}
                lag.add(_age(now, success), **labels)
                target.add((minutes or 0) * 60, **labels)
        return lag, target

    def _budgets(self, connections):
        limit = Metric("connector_budget_requests", "Requests in an interval.")
        left = Metric(
            "connector_budget_left",
            "What is left of it: as the system said last, else by our own count.",
        )
        rows = self.env.execute_query(
            SQL(
                """
                SELECT connection_id, name, requests, COALESCE(quota_remaining, tokens)
                  FROM connector_budget WHERE active ORDER BY connection_id, id
                """
            )
        )
        for connection_id, name, requests, rest in rows:
            if connection_id in connections:
                labels = {**connections[connection_id], "budget": name}
                limit.add(requests, **labels)
                left.add(rest, **labels)
        return limit, left

    def _expiries(self, connections):
        ends = Metric(
            "connector_token_expiry_timestamp_seconds",
            "When a credential or a token of a connection ends, where that is known.",
        )
        rows = self.env.execute_query(
            SQL(
                """
                SELECT connection_id, key, expires_on::timestamp
                  FROM connector_credential WHERE expires_on IS NOT NULL
                 UNION ALL
                SELECT connection_id, 'token:' || key, expires_at
                  FROM connector_token WHERE expires_at IS NOT NULL
                 ORDER BY 1, 2
                """
            )
        )
        for connection_id, key, moment in rows:
            if connection_id in connections:
                ends.add(_timestamp(moment), **connections[connection_id], key=key)
        return (ends,)


def _age(later, earlier):
    """Seconds between two moments; ``None`` where one isn't known."""
    return (later - earlier).total_seconds() if later and earlier else None


def _timestamp(moment):
    return moment.replace(tzinfo=datetime.UTC).timestamp() if moment else None
