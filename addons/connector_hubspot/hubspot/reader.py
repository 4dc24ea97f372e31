"""Reads one object type of HubSpot: all of it by list, then what changed by search.

The cursor is one of

- ``None``: nothing read yet;
- ``{"phase": "list", "after": …, "since": …}``: in the middle of the first load;
- ``{"phase": "search", "since": …, "last_id": …}``: reading what changed since;
- ``{"phase": "archived", "after": …, "since": …}``: reading what was archived.

``since`` is in milliseconds since 1970, HubSpot's own time (``Date`` header).
"""

import datetime
import email.utils

from odoo.addons.connector_base.engine.records import Page, RemoteRecord
from odoo.addons.connector_base.engine.values import UTC, read_value

from . import ask, derived
from .endpoints import (
    ASSOCIATIONS,
    BATCH_LIMIT,
    DERIVED,
    KEY_PROPERTY,
    LAST_MODIFIED,
    LAST_MODIFIED_DEFAULT,
    LINKS,
    LIST_LIMIT,
    MERGED_PROPERTY,
    PRIMARY_TYPES,
    PROPERTIES,
    SEARCH_LIMIT,
    object_of,
    path,
)
from .limits import SEARCH_INTERVAL
from .links import entries

#: Search shows a change some time after it was made: what was changed in the last
#: minutes before a run is asked for again in the next one. The content hash makes
#: that cheap.
OVERLAP_MS = 5 * 60 * 1000
#: Search leaves out what is archived and the list of that knows no dates: it is read
#: whole, this often.
ARCHIVED_INTERVAL_MS = 15 * 60 * 1000


def start_cursor(since):
    """Where a first load begins that leaves out what was not changed since.

    What is new was changed when it was made: one search finds both.

    :param since: aware UTC
    """
    return {
        "phase": "search",
        "since": int(since.timestamp() * 1000),
        "last_id": "0",
    }


def count_records(client, stream, since=None):
    """How many records there are that were changed since; one search.

    Its total is exact, although no search gives more than the first 10,000 of it. Of
    line items it counts those of deals and quotes together: no search tells them apart.
    """
    object_type, _of = object_of(stream)
    filters = []
    if since:
        filters.append(
            {
                "propertyName": LAST_MODIFIED.get(object_type, LAST_MODIFIED_DEFAULT),
                "operator": "GTE",
                "value": str(int(since.timestamp() * 1000)),
            }
        )
    reply = client.post(
        path("objects", client.api_version, object_type, "search"),
        {"filterGroups": [{"filters": filters}] if filters else [], "limit": 1},
        reads=True,
    )
    return reply.data.get("total")


class HubSpotReader:
    """Reads one stream.

    :param client: ``HttpClient`` that knows the version of the API
    :param stream: ``companies``, ``contacts``, ``deals``, …, see ``streams.py``
    :param paths: remote paths of the field map: they decide which properties and
        associations are asked for
    """

    def __init__(self, client, stream, paths):
        self.client = client
        self.version = client.api_version
        self.object_type, self.owner_type = object_of(stream)
        object_type = self.object_type
        self.last_modified = LAST_MODIFIED.get(object_type, LAST_MODIFIED_DEFAULT)
        names = {
            found.removeprefix(PROPERTIES).split(".")[0].split("[")[0]
            for found in paths
            if found.startswith(PROPERTIES)
        }
        self.derived = sorted(
            found.removeprefix(DERIVED) for found in paths if found.startswith(DERIVED)
        )
        names |= derived.needed(object_type, self.derived)
        self.properties = sorted(names | {self.last_modified, MERGED_PROPERTY})
        self.associations = _linked_types(paths, ASSOCIATIONS)
        self.labelled = _linked_types(paths, LINKS)
        if self.owner_type:
            self.associations = sorted({*self.associations, self.owner_type})

    # -- contract -------------------------------------------------------------

    def fetch_page(self, cursor):
        """:return: ``records.Page``"""
        phase = (cursor or {}).get("phase")
        if phase == "search":
            return self._search(cursor)
        return self._list(cursor or {}, archived=phase == "archived")

    def fetch_by_ids(self, ids):
        """The records of these ids; those that HubSpot doesn't have are left out."""
        found = []
        for start in range(0, len(ids), BATCH_LIMIT):
            reply = self.client.post(
                self._path("batch", "read"),
                {
                    "inputs": [
                        {"id": item} for item in ids[start : start + BATCH_LIMIT]
                    ],
                    "properties": self.properties,
                },
                reads=True,
            )
            found += ask.results(reply.data)
        return self._records(found)

    # -- requests -------------------------------------------------------------

    def _path(self, *rest):
        return path("objects", self.version, self.object_type, *rest)

    def _list(self, cursor, archived):
        params = {"limit": LIST_LIMIT, "properties": ",".join(self.properties)}
        if cursor.get("after"):
            params["after"] = cursor["after"]
        if archived:
            params["archived"] = "true"
        reply = self.client.get(self._path(), params)
        # Changes from before the first page on are read again by search.
        since = cursor.get("since") or self._now(reply) - OVERLAP_MS
        after = _next_after(reply.data)
        if after:
            phase = "archived" if archived else "list"
            following = {"phase": phase, "after": after, "since": since}
        else:
            following = {"phase": "search", "since": since, "last_id": "0"}
            following["archived_at"] = self._now(reply) if archived else 0
        records = self._records(ask.results(reply.data), archived)
        return Page(records, following, not after, reply.request_id)

    def _search(self, cursor):
        """A slice of what changed, ordered by id.

        A search ends at 10,000 results. Going on behind the last id instead of by
        ``after`` never comes near that: each request is the first page of a new search.
        """
        filters = [
            {
                "propertyName": self.last_modified,
                "operator": "GTE",
                "value": str(cursor["since"]),
            },
            {
                "propertyName": "hs_object_id",
                "operator": "GT",
                "value": cursor["last_id"],
            },
        ]
        reply = self.client.post(
            self._path("search"),
            {
                "filterGroups": [{"filters": filters}],
                "sorts": [{"propertyName": "hs_object_id", "direction": "ASCENDING"}],
                "properties": self.properties,
                "limit": SEARCH_LIMIT,
            },
            reads=True,
        )
        self.client.wait_until(
            self.client.clock() + datetime.timedelta(seconds=SEARCH_INTERVAL)
        )
        results = ask.results(reply.data)
        now = self._now(reply)
        started = cursor.get("started") or now
        archived_at = cursor.get("archived_at", 0)
        records = self._records(results)
        if len(results) >= SEARCH_LIMIT or (results and _next_after(reply.data)):
            following = {
                **cursor,
                "last_id": str(max(int(item["id"]) for item in results)),
                "started": started,
            }
            return Page(records, following, False, reply.request_id)
        since = max(started - OVERLAP_MS, cursor["since"])
        if now - archived_at >= ARCHIVED_INTERVAL_MS:
            following = {"phase": "archived", "after": None, "since": since}
            return Page(records, following, False, reply.request_id)
        following = {
            "phase": "search",
            "since": since,
            "last_id": "0",
            "archived_at": archived_at,
        }
        return Page(records, following, True, reply.request_id)

    def _now(self, reply):
        """HubSpot's clock, in milliseconds: ours may differ."""
        stamp = reply.headers.get("Date")
        moment = (
            email.utils.parsedate_to_datetime(stamp)
            if stamp
            else datetime.datetime.now(UTC)
        )
        return int(moment.timestamp() * 1000)

    # -- records --------------------------------------------------------------

    def _records(self, results, archived=False):
        linked = {} if archived else self._links(results)
        return [self._record(item, linked, archived) for item in results]

    def _record(self, item, linked, archived):
        """:param linked: ``{object type: {id: links as the API gives them}}``"""
        remote_id = str(item["id"])
        properties = item.get("properties") or {}
        found = {to: by_id.get(remote_id, []) for to, by_id in linked.items()}
        values = {
            "id": remote_id,
            "properties": properties,
            "associations": {
                to: self._ids(to, found[to]) for to in self.associations if to in found
            },
            "createdAt": item.get("createdAt"),
            "updatedAt": item.get("updatedAt"),
        }
        if self.labelled:
            values["links"] = {
                to: entries(found[to]) for to in self.labelled if to in found
            }
        if self.derived:
            values["derived"] = derived.derive(
                self.object_type, self.derived, properties
            )
        archived = archived or bool(item.get("archived"))
        # What belongs to nothing of the stream's kind any more is none of its records.
        strayed = bool(self.owner_type) and not found.get(self.owner_type)
        return RemoteRecord(
            remote_id=remote_id,
            values=values,
            updated_at=read_value("datetime", item.get("updatedAt")),
            archived=archived or strayed,
            external_key=properties.get(KEY_PROPERTY),
            merged_ids=_merged_ids(item),
        )

    def _links(self, results):
        """``{object type: {id: links}}``"""
        ids = [str(item["id"]) for item in results]
        wanted = sorted({*self.associations, *self.labelled})
        return {to_type: self._links_to(to_type, ids) for to_type in wanted}

    def _ids(self, to_type, found):
        """The linked ids, the primary one first."""
        primary = PRIMARY_TYPES.get((self.object_type, to_type))
        ordered = sorted(found, key=lambda link: not _is_primary(link, primary))
        return [str(link["toObjectId"]) for link in ordered]

    def _links_to(self, to_type, ids):
        """``{id: links}``, in batches; who has many is asked again for more."""
        found = {item: [] for item in ids}
        pending = [{"id": item} for item in ids]
        while pending:
            batch, pending = pending[:BATCH_LIMIT], pending[BATCH_LIMIT:]
            reply = self.client.post(
                path(
                    "associations",
                    self.version,
                    self.object_type,
                    to_type,
                    "batch",
                    "read",
                ),
                {"inputs": batch},
                reads=True,
            )
            for result in ask.results(reply.data):
                item = str(result["from"]["id"])
                found.setdefault(item, []).extend(result.get("to") or [])
                rest = {"id": item, "after": _next_after(result)}
                if rest["after"] and rest not in batch:
                    pending.append(rest)
        return found


def _next_after(data):
    return ((data.get("paging") or {}).get("next") or {}).get("after")


def _merged_ids(item):
    """Ids of the records that were merged into one."""
    text = (item.get("properties") or {}).get(MERGED_PROPERTY)
    if not text:
        return ()
    ids = dict.fromkeys(part.strip() for part in text.split(";"))
    return tuple(i for i in ids if i and i != str(item["id"]))


def _linked_types(paths, prefix):
    """The objects that paths of links name, in order."""
    found = {
        one.removeprefix(prefix).split(".")[0].split("[")[0]
        for one in paths
        if one.startswith(prefix)
    }
    return sorted(found)


def _is_primary(link, primary):
    return any(
        kind.get("typeId") == primary or kind.get("label") == "Primary"
        for kind in link.get("associationTypes") or []
    )
