"""List, read, batch read and search of records."""

from ..clock import iso
from ..routing import Reply
from . import facts
from .errors import item
from .render import paging
from .search import BadQuery, Finder, parse


class Reading:
    """Handlers that change nothing."""

    def __init__(self, access, render, url):
        self.access = access
        self.errors = access.errors
        self.store = access.store
        self.render = render
        self.url = url
        self.finder = Finder(access.store)

    def routes(self):
        """(method, resource, path below it, handler)."""
        return [
            ("GET", "objects", "/{objectType}", self.list),
            ("GET", "objects", "/{objectType}/{objectId}", self.read),
            ("POST", "objects", "/{objectType}/batch/read", self.batch_read),
            ("POST", "objects", "/{objectType}/search", self.search),
        ]

    def list(self, request):
        """A page of live or archived records in the order of their ids."""
        name = self.access.object_type(request)
        limit = self.access.limit(request, facts.LIST_DEFAULT, facts.LIST_LIMIT)
        after = self.access.after(request)
        archived = self.access.flag(request, "archived")
        wanted = self._other_types(name, request)
        with self.store.lock:
            names = self.render.names(name, request.listed("properties"))
            found = self.store.tables[name].page(after, limit + 1, archived)
            results = [
                self._with_associations(name, record, names, wanted)
                for record in found[:limit]
            ]
        body = {"results": results}
        if len(found) > limit:
            body["paging"] = paging(request, self.url(), found[limit - 1].id)
        return Reply(200, body)

    def read(self, request):
        """One record by id or by a unique property; merged ids lead to the new one."""
        name = self.access.object_type(request)
        archived = self.access.flag(request, "archived")
        wanted = self._other_types(name, request)
        with self.store.lock:
            record = self.find(
                request, name, request.params["objectId"], request.first("idProperty")
            )
            if record is None or (record.archived is not None) != archived:
                raise self.errors.not_found(request)
            names = self.render.names(name, request.listed("properties"))
            return Reply(200, self._with_associations(name, record, names, wanted))

    def batch_read(self, request):
        """Up to 100 records; 207 with one error for all ids that were not found."""
        name = self.access.object_type(request)
        inputs, body = self.access.inputs(request)
        archived = self.access.flag(request, "archived")
        asked = body.get("properties") or []
        if not isinstance(asked, list):
            raise self.errors.invalid(request, "properties must be a list")
        started = iso(self.store.clock.now_ms())
        with self.store.lock:
            names = self.render.names(name, [str(each) for each in asked])
            results, missing, seen = [], [], set()
            for each in inputs:
                record = self.find(
                    request, name, each.get("id"), body.get("idProperty")
                )
                if record is None or (record.archived is not None) != archived:
                    missing.append(str(each.get("id")))
                elif record.id not in seen:
                    seen.add(record.id)
                    results.append(self.render.record(name, record, names))
        errors = []
        if missing:
            singular = facts.kind(name).singular.upper()
            text = facts.TEXT_BATCH_MISSING.format(singular=singular)
            errors = [item(text, facts.OBJECT_NOT_FOUND, {"ids": missing})]
        return batch_reply(self.store, started, results, errors)

    def search(self, request):
        """Up to 200 records that meet a query, archived ones left out."""
        name = self.access.object_type(request)
        body = self.access.body(request)
        with self.store.lock:
            try:
                query = parse(body, name, self.store.properties[name])
            except BadQuery as error:
                raise self.errors.invalid(
                    request,
                    "There was a problem with the request.",
                    [{"message": str(error)}],
                ) from None
            names = self.render.names(name, query.properties)
            page, total = self.finder.run(name, query)
            results = [
                self.render.record(name, record, names, state) for record, state in page
            ]
        answer = {"total": total, "results": results}
        behind = query.after + len(results)
        if results and behind < total:
            answer["paging"] = {"next": {"after": str(behind)}}
        return Reply(200, answer)

    def find(self, request, name, record_id, id_property=None):
        """The record of an id or of a unique value, or None; 400 when the property
        is not unique."""
        table = self.store.tables[name]
        if id_property in (None, "", "hs_object_id"):
            return table.find(record_id)
        if id_property not in table.unique:
            raise self.errors.invalid(
                request, f"Property {id_property} is not a unique property of {name}"
            )
        return table.find_unique(id_property, record_id)

    def _other_types(self, name, request):
        """The `associations` asked for; unknown ones are ignored [S OpenAPI]."""
        known = map(facts.OBJECT_NAMES.get, request.listed("associations"))
        return [each for each in known if (name, each) in self.store.links.types]

    def _with_associations(self, name, record, names, wanted):
        shape = self.render.record(name, record, names)
        if wanted:
            found = self.render.associations(name, record, wanted)
            if found:
                shape["associations"] = found
        return shape


def batch_reply(store, started, results, errors, status=200):
    """The answer to a batch: 207 when anything went wrong. [S OpenAPI BatchResponse]"""
    body = {
        "status": "COMPLETE",
        "results": results,
        "startedAt": started,
        "completedAt": iso(store.clock.now_ms()),
    }
    if errors:
        body["numErrors"] = len(errors)
        body["errors"] = errors
    return Reply(207 if errors else status, body)
