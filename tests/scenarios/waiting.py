"""Time that goes by while nothing can be done: Odoo has waited for so long already.

Whoever waits for a vendor's limit, a retry or a budget waits in the database alone. So
a test moves hours by moving those moments back, and its simulator's clock on.
"""

from unittest.mock import patch

from odoo.tools import SQL

from odoo.addons.connector_support.providers.zendesk.endpoints import EXPORT_LAG
from odoo.addons.connector_support.providers.zendesk.reader import ZendeskReader

#: What waits: table, columns with moments, condition.
MOMENTS = (
    ("connector_job", ("eta",), "state IN ('pending', 'waiting')"),
    ("connector_connection", ("blocked_until",), "TRUE"),
    ("connector_circuit", ("probe_at",), "TRUE"),
    # A bucket fills from then on.
    ("connector_budget", ("refreshed_at",), "TRUE"),
)


def let_pass(cr, seconds):
    """Let all that waits have waited so many seconds longer."""
    for table, columns, condition in MOMENTS:
        cr.execute(
            SQL(
                "UPDATE %s SET %s WHERE %s",
                SQL.identifier(table),
                SQL(", ").join(
                    SQL(
                        "%(name)s = %(name)s - make_interval(secs => %(seconds)s)",
                        name=SQL.identifier(name),
                        seconds=seconds,
                    )
                    for name in columns
                ),
                SQL(condition),
            )
        )
    cr.execute(
        """
        UPDATE connector_circuit
           SET failed_at = COALESCE((
                SELECT jsonb_agg((t::timestamp - make_interval(secs => %s))::text)
                  FROM jsonb_array_elements_text(failed_at) AS t), '[]')
        """,
        (seconds,),
    )


def seconds_to_wait(env):
    """Seconds until the first job that waits can be run.

    :return: float, 0 where one is due; ``None`` where no job waits
    """
    env.cr.execute(
        """
        SELECT MIN(GREATEST(j.eta, c.blocked_until))
               - clock_timestamp() AT TIME ZONE 'UTC'
          FROM connector_job j
     LEFT JOIN connector_connection c ON c.id = j.connection_id
         WHERE j.state = 'pending'
        """
    )
    wait = env.cr.fetchone()[0]
    return None if wait is None else max(wait.total_seconds(), 0.0)


def as_late_as(clock):
    """Let what asks for no export of the last minute know a desk's time.

    Odoo looks at its own clock, which goes with real time: a desk whose time was moved
    on would be waited for.

    :return: a patcher, a context manager as well
    """

    def startable(_reader, since):
        return max(0, min(since, clock.now_ms() // 1000 - EXPORT_LAG - 1))

    return patch.object(ZendeskReader, "_startable", startable)
