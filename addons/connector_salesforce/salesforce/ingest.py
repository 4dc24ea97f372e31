"""Bulk API 2.0 ingest: many rows at once, whose results come by and by.

Sources: https://developer.salesforce.com/docs/platform/api-asynch/guide/create_job,
upload_job_data, close_job, get_job_info, get_job_successful_results,
get_job_failed_results: ``POST /jobs/ingest``, ``PUT …/batches`` (CSV, once, 150 MB),
``PATCH`` state UploadComplete; results repeat the columns that were sent, behind
``sf__Id`` and ``sf__Created`` or ``sf__Error``, in any order. An empty cell leaves a
field as it is, ``#N/A`` empties it.
"""

import contextlib
import csv
import io

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.records import RowResult

from .bulk import COMPLETE, ENDED, poll_seconds, rows_of
from .endpoints import KEY_FIELD, path
from .errors import row_error

EMPTY = "#N/A"
#: Our action -> (operation, column that tells rows apart).
OPERATIONS = {"create": ("upsert", KEY_FIELD), "update": ("update", "Id")}
#: Errors of a submission after which the rows go by other requests.
NO_INGEST = (errors.InvalidRecord, errors.PermissionDenied, errors.RemoteNotFound)


def submit(client, object_name, action, rows):
    """Upload rows and let Salesforce begin.

    :param rows: list of ``(key or id, {field: JSON value})``, by parent
    :return: ``(ticket, seconds)``, or ``None`` where Salesforce doesn't take them so
    """
    operation, column = OPERATIONS[action]
    body = {"object": object_name, "operation": operation, "contentType": "CSV"}
    if operation == "upsert":
        body["externalIdFieldName"] = column
    body["lineEnding"] = "LF"
    try:
        reply = client.post(path(client.api_version, "jobs", "ingest"), body)
        ticket = {"job": reply.data["id"], "version": client.api_version}
        client.request(
            *("PUT", _path(ticket, "batches")),
            data=_csv(column, rows),
            headers={"Content-Type": "text/csv; charset=UTF-8"},
        )
        client.request("PATCH", _path(ticket), json={"state": "UploadComplete"})
    except NO_INGEST:
        return None
    return ticket, poll_seconds(0)


def seconds_left(client, ticket):
    """0 once a job is over, or there is no such job any more."""
    try:
        state = client.get(_path(ticket)).data.get("state")
    except errors.RemoteNotFound:
        return 0
    return 0 if state == COMPLETE or state in ENDED else poll_seconds(2)


def collect(client, action, ticket, rows):
    """What became of rows.

    :param rows: as they were to be sent now; one that was sent otherwise is left out
    :return: ``{key or id: records.RowResult}``; results have no key of ours yet
    """
    _operation, column = OPERATIONS[action]
    wanted = {key: cells(values) for key, values in rows}
    found = {}
    # Kept for seven days only: what is not known goes again.
    with contextlib.suppress(*NO_INGEST):
        for item in _results(client, ticket, "successfulResults"):
            if _is_as_sent(item, wanted.get(item[column])):
                found[item[column]] = RowResult("", item["sf__Id"])
        for item in _results(client, ticket, "failedResults"):
            if _is_as_sent(item, wanted.get(item[column])):
                error = row_error(_error(item["sf__Error"]))
                found[item[column]] = RowResult("", error=error)
    return found


def cells(values):
    """Values as the cells of a row: ``{field: text}``."""
    return {name: _cell(value) for name, value in values.items()}


def _cell(value):
    if value is None or value == "":
        return EMPTY
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _csv(column, rows):
    names = list(dict.fromkeys(name for _key, values in rows for name in values))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([column, *names])
    for key, values in rows:
        row = cells(values)
        writer.writerow([key, *(row.get(name, "") for name in names)])
    return out.getvalue().encode()


def _is_as_sent(item, row):
    if row is None:
        return False
    sent = {
        name: cell
        for name, cell in item.items()
        if cell and not name.startswith("sf__") and name not in (KEY_FIELD, "Id")
    }
    return sent == row


def _results(client, ticket, kind):
    """Rows of a file of results, as dicts."""
    with client.stream(_path(ticket, kind), headers={"Accept": "text/csv"}) as reply:
        rows = rows_of(reply.lines)
        header = next(rows, [])
        for row in rows:
            yield dict(zip(header, row, strict=True))


def _error(text):
    """``CODE:message:fields --``"""
    code, _colon, rest = text.partition(":")
    message, _colon, fields = rest.rpartition(":")
    names = [name.strip() for name in fields.replace("--", "").split(",")]
    return {
        "statusCode": code.strip(),
        "message": (message or rest).strip(),
        "fields": [name for name in names if name],
    }


def _path(ticket, *rest):
    return path(ticket["version"], "jobs", "ingest", ticket["job"], *rest)
