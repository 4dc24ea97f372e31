import collections

from odoo import api, models
from odoo.tools import SQL

#: Held records up to which those of several causes are told apart: looking at a million
#: would keep the overview waiting.
EXACT_COUNT = 100_000


class ConnectorException(models.Model):
    """How many records each cause holds up and what they are worth: stored, and kept by
    adding what a batch changes. Nothing is counted when the inbox opens.
    """

    _inherit = "connector.exception"

    @api.model
    def _count(self, changes):
        """Add to what causes count.

        :param changes: ``{exception id: (records, amount)}``, either may be negative
        """
        rows = [
            SQL("(%s, %s, %s::numeric)", exception_id, count, round(amount, 6))
            for exception_id, (count, amount) in sorted(changes.items())
            if count or amount
        ]
        if not rows:
            return
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """
                UPDATE connector_exception e
                   SET open_count = GREATEST(COALESCE(e.open_count, 0) + v.count, 0),
                       amount = COALESCE(e.amount, 0) + v.amount
                  FROM (VALUES %s) AS v(id, count, amount)
                 WHERE e.id = v.id RETURNING e.id
                """,
                SQL(", ").join(rows),
            )
        )
        self._forget_counts()

    @api.model
    def _forget_counts(self):
        self.invalidate_model(["open_count", "amount", "item_ids"], flush=False)

    @api.model
    def _held_records(self, connections):
        """How many records the connections hold.

        A record that is held for two reasons is one record; where there are very many,
        each reason counts.

        :return: ``{connection: number}``
        """
        held = [
            ("connection_id", "in", connections.ids),
            ("state", "=", "open"),
            ("blocking", "=", True),
        ]
        counts = collections.Counter(
            dict(self._read_group(held, ["connection_id"], ["open_count:sum"]))
        )
        few = [c.id for c, count in counts.items() if 0 < count <= EXACT_COUNT]
        groups = self.env["connector.exception.item"]._read_group(
            [*held, ("connection_id", "in", few)],
            ["connection_id", "flow_id"],
            ["remote_id:count_distinct"],
        )
        for connection_id in few:
            counts[connections.browse(connection_id)] = 0
        for connection, _flow, count in groups:
            counts[connection] += count
        return counts

    @api.autovacuum
    def _recount_all(self):
        """Count anew whatever differs from its records, as after a restored table."""
        return self._recount(SQL("x.state = 'open'")), 0

    @api.model
    def _recount(self, which):
        """Count the records of causes anew, in one statement.

        :param which: condition on the causes, which are called ``x``
        :return: how many causes counted something else
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE connector_exception e
                   SET open_count = v.count, amount = v.amount,
                       has_items = e.has_items OR v.any_item
                  FROM (SELECT x.id, COUNT(i.id) FILTER (WHERE i.state = 'open')
                                   AS count,
                               COALESCE(SUM(i.amount) FILTER (WHERE i.state = 'open'),
                                        0) AS amount,
                               COUNT(i.id) > 0 AS any_item
                          FROM connector_exception x
                          LEFT JOIN connector_exception_item i ON i.exception_id = x.id
                         WHERE %s
                         GROUP BY x.id) AS v
                 WHERE e.id = v.id
                   AND (e.open_count IS DISTINCT FROM v.count
                        OR e.amount IS DISTINCT FROM v.amount
                        OR e.has_items IS DISTINCT FROM (e.has_items OR v.any_item))
                RETURNING e.id
                """,
                which,
            )
        )
        self.invalidate_model(["has_items"], flush=False)
        self._forget_counts()
        return len(rows)
