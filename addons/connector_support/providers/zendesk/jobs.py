"""Bulk writes: up to 100 rows a request, done by jobs of Zendesk's by and by.

Source: job_statuses, organizations, users below
https://developer.zendesk.com/api-reference/ticketing/ [S]: ``create_many`` and
``update_many`` answer with a job that is ``queued``, ``working``, then ``completed``,
``failed`` or ``killed``; it is known for an hour. A result names its row by ``index``
or by ``id``, has an ``error`` where the row was refused, and beyond that looks
different for each kind of job [3P].
"""

import contextlib
import datetime

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.hashing import content_hash
from odoo.addons.connector_base.engine.records import RowResult
from odoo.addons.connector_base.engine.values import UTC

from . import ask
from .endpoints import BULK, path
from .errors import VENDOR, row_error

#: Jobs that we have at once: a part of the account's 30, which others use as well.
JOBS_AT_ONCE = 20
OVER = frozenset({"completed", "failed", "killed"})
#: Our action -> (method, end of the path).
ACTIONS = {"create": ("POST", "create_many"), "update": ("PUT", "update_many")}
#: Seconds between two looks: at first, and at most.
SHORTEST, LONGEST = 2, 60


def submit(client, stream, action, rows, spell):
    """Hand rows to jobs.

    Where Zendesk takes no more jobs, those that it has are gone on with: the rest goes
    by the next ones.

    :param rows: list of ``records.OutgoingRow``
    :param spell: ``(row) -> fields``
    :return: ``(ticket, seconds)``, or ``None`` where Zendesk refuses the request
    """
    method, end = ACTIONS[action]
    jobs = []
    for part in ask.parts(rows):
        body = {stream: [spell(row) for row in part]}
        try:
            # Sent twice, it makes nothing twice: our key is unique there.
            reply = client.request(method, path(stream, end), json=body, safe=True)
        except (errors.TransientError, errors.AuthenticationError):
            if not jobs:
                raise
            break
        except errors.InvalidRecord:
            if not jobs:
                return None
            break
        sent = [[row.key, content_hash(row.values)] for row in part]
        jobs.append({"id": reply.data["job_status"]["id"], "rows": sent})
    return {"jobs": jobs, "at": int(client.clock().timestamp())}, SHORTEST


def seconds_left(client, ticket):
    """0 once all jobs are over, or are not known any more."""
    states = _states(client, ticket)
    if all(state.get("status") in OVER for state in states.values()):
        return 0
    age = int(client.clock().timestamp()) - ticket["at"]
    return max(SHORTEST, min(LONGEST, age // 4))


def collect(client, ticket, rows):
    """What became of rows.

    :param rows: as they were to be sent now; one that was sent otherwise is left out
    :return: ``({key: records.RowResult}, rows that exist already)``
    """
    wanted = {row.key: row for row in rows}
    states = _states(client, ticket)
    found, doubles = {}, []
    for job in ticket["jobs"]:
        state = states.get(job["id"])
        if state is None:
            # Forgotten: it is sent again.
            continue
        told = _results(state)
        for place, (key, digest) in enumerate(job["rows"]):
            row = wanted.get(key)
            if row is None or content_hash(row.values) != digest:
                continue
            item = told.get(("index", place)) or told.get(("id", row.remote_id))
            result = _result(row, item, state)
            if result.error and result.error.params.get("duplicate"):
                doubles.append(row)
            found[key] = result
    return found, doubles


def _states(client, ticket):
    """``{id: job}`` of those that are still known."""
    ids = [job["id"] for job in ticket["jobs"]]
    found = {}
    for part in ask.parts(ids):
        params = {"ids": ",".join(part)}
        with contextlib.suppress(errors.RemoteNotFound):
            data = client.get(path("job_statuses", "show_many"), params).data
            found |= {each["id"]: each for each in ask.items(data, "job_statuses")}
    return found


def _results(state):
    told = {}
    for place, item in enumerate(state.get("results") or []):
        told.setdefault(("id", str(item.get("id"))), item)
        told[("index", item.get("index", place))] = item
    return told


def _result(row, item, state):
    request_id = state["id"]
    if item is None:
        # Its turn never came: the job ended before.
        error = errors.TransientError(
            f"{VENDOR}'s job ended before it came to the record.",
            code="zendesk_job_ended",
            params={"vendor": VENDOR, "status": state.get("status")},
        )
        return RowResult(row.key, error=error, request_id=request_id)
    if is_refused(item):
        error = row_error(item)
        error.request_id = request_id
        return RowResult(row.key, error=error, request_id=request_id)
    remote_id = row.remote_id or str(item["id"])
    return RowResult(row.key, remote_id, request_id=request_id)


def is_refused(item):
    """Whether the result of a row says that nothing was written."""
    return bool(
        item.get("error")
        or item.get("success") is False
        or str(item.get("status")).lower() == "failed"
    )


def later(client):
    """The error of a row that waits for the next jobs; no try of it is counted."""
    return errors.RateLimited(
        "It goes together with the others that wait.",
        code=errors.BUDGET_SPENT,
        params={"vendor": VENDOR},
        retry_at=datetime.datetime.now(UTC) + datetime.timedelta(seconds=1),
    )


BULK_SIZE = JOBS_AT_ONCE * BULK
