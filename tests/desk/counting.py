"""Requests as a vendor counts them, and rows as a database does."""

from collections import deque

MINUTE = 60_000
#: Whatever a pull may write, but for the flows' own notes of their runs.
WRITTEN = (
    "res_partner",
    "connector_ticket",
    "connector_exception_item",
    "connector_binding",
)


def busiest(entries, counts):
    """Most requests that were answered in any sixty seconds.

    :param entries: of a ``simulators.request_log``, oldest first
    :param counts: whether an entry counts
    """
    window, most = deque(), 0
    for entry in entries:
        if entry.status == 429 or not counts(entry):
            continue
        window.append(entry.at_ms)
        while window[0] <= entry.at_ms - MINUTE:
            window.popleft()
        most = max(most, len(window))
    return most


def refused(entries):
    """Requests that came too early."""
    return sum(entry.status == 429 for entry in entries)


def written(env):
    """``{table: (rows, last transaction that wrote one)}``, and the log but for its
    runs."""
    env.flush_all()
    found = {}
    for table in WRITTEN:
        env.cr.execute(f"SELECT COUNT(*), MAX(xmin::text::bigint) FROM {table}")
        found[table] = env.cr.fetchone()
    env.cr.execute("SELECT COUNT(*) FROM connector_log WHERE action != 'run'")
    return {**found, "connector_log": env.cr.fetchone()}
