"""Create, update, archive, merge: one by one and in batches.

A batch fails as a whole, unless every input of a create or upsert carries an
`objectWriteTraceId`: then what is good is written and the rest listed in a 207.
Unknown ids of a batch update are listed in a 207 as well.
[S error-handling, multi-status errors; M for the update]
"""

from ..clock import iso
from ..routing import Refusal, Reply
from . import facts
from .errors import item
from .reading import batch_reply
from .store import UnknownRecord


class Writing:
    """Handlers that change records."""

    def __init__(self, access, reading, validation):
        self.access = access
        self.errors = access.errors
        self.store = access.store
        self.reading = reading
        self.render = reading.render
        self.validation = validation

    def routes(self):
        """(method, resource, path below it, handler)."""
        one = "/{objectType}/{objectId}"
        batch = "/{objectType}/batch"
        return [
            ("POST", "objects", "/{objectType}", self.create),
            ("PATCH", "objects", one, self.update),
            ("DELETE", "objects", one, self.archive),
            ("POST", "objects", "/{objectType}/merge", self.merge),
            ("POST", "objects", f"{batch}/create", self.batch_create),
            ("POST", "objects", f"{batch}/update", self.batch_update),
            ("POST", "objects", f"{batch}/upsert", self.batch_upsert),
            ("POST", "objects", f"{batch}/archive", self.batch_archive),
        ]

    def create(self, request):
        """201 with the record; 400 for bad values, 409 for a unique value taken."""
        name = self.access.object_type(request, write=True)
        body = self.access.body(request)
        with self.store.lock:
            record = self._create(request, name, body, self.store.tick())
            return Reply(201, self.render.whole(name, record))

    def update(self, request):
        """200 with the record; 404 for an unknown id."""
        name = self.access.object_type(request, write=True)
        body = self.access.body(request)
        with self.store.lock:
            record = self.reading.find(
                request, name, request.params["objectId"], request.first("idProperty")
            )
            if record is None or record.archived is not None:
                raise self.errors.not_found(request)
            given = body.get("properties")
            self._update(request, name, record, given, self.store.tick())
            names = self.render.names(name, list(given))
            return Reply(200, self.render.record(name, record, names))

    def archive(self, request):
        """204, for a record that is archived already too; 404 for an unknown id [M]."""
        name = self.access.object_type(request, write=True)
        with self.store.lock:
            record = self.store.tables[name].find(request.params["objectId"])
            if record is None:
                raise self.errors.not_found(request)
            if record.archived is None:
                self.store.archive(name, record.id)
        return Reply(204)

    def merge(self, request):
        """200 with the merged record, which has a new id."""
        name = self.access.object_type(request, write=True)
        body = self.access.body(request)
        pair = [body.get("primaryObjectId"), body.get("objectIdToMerge")]
        if not all(pair) or pair[0] == pair[1]:
            raise self.errors.invalid(
                request,
                "Some required fields were not set: [primaryObjectId, objectIdToMerge]",
            )
        with self.store.lock:
            try:
                merged = self.store.merge(name, *pair)
            except UnknownRecord:
                raise self.errors.not_found(request) from None
            record = self.store.record(name, merged)
            return Reply(200, self.render.whole(name, record))

    def batch_create(self, request):
        """201, or 207 when inputs carry a trace id and some are bad."""

        def write(name, each, at):
            record = self._create(request, name, each, at)
            return self.render.whole(name, record)

        return self._batch(request, write, 201)

    def batch_upsert(self, request):
        """200 with `new` in each result; `idProperty` must be a unique property."""

        def write(name, each, at):
            field = each.get("idProperty") or "hs_object_id"
            record = self.reading.find(request, name, each.get("id"), field)
            new = record is None
            given = dict(each.get("properties") or {})
            if new and field == "hs_object_id":
                raise self.errors.not_found(request)
            if new:
                given.setdefault(field, each.get("id"))
                record = self._create(request, name, {"properties": given}, at)
            else:
                self._update(request, name, record, given, at)
            return {**self.render.whole(name, record), "new": new}

        return self._batch(request, write, 200)

    def batch_update(self, request):
        """200, or 207 with the ids that are unknown; an id twice is a 400 [M]."""
        name = self.access.object_type(request, write=True)
        inputs, _body = self.access.inputs(request)
        started = iso(self.store.clock.now_ms())
        with self.store.lock:
            records, missing = [], []
            for each in inputs:
                record = self.reading.find(
                    request, name, each.get("id"), each.get("idProperty")
                )
                if record is None or record.archived is not None:
                    missing.append(str(each.get("id")))
                    continue
                self._check(request, name, each.get("properties"), record)
                records.append((record, each["properties"]))
            ids = [record.id for record, _given in records]
            if len(ids) != len(set(ids)):
                raise self.errors.invalid(request, "Duplicate IDs found in batch input")
            at, results = self.store.tick(), []
            for record, given in records:
                self._update(request, name, record, given, at)
                names = self.render.names(name, list(given))
                results.append(self.render.record(name, record, names))
        errors = []
        if missing:
            singular = facts.kind(name).singular.upper()
            text = facts.TEXT_BATCH_MISSING.format(singular=singular)
            errors = [item(text, facts.OBJECT_NOT_FOUND, {"ids": missing})]
        return batch_reply(self.store, started, results, errors)

    def batch_archive(self, request):
        """204, whether or not the ids exist [M]."""
        name = self.access.object_type(request, write=True)
        inputs, _body = self.access.inputs(request)
        with self.store.lock:
            at = self.store.tick()
            for each in inputs:
                record = self.store.tables[name].find(each.get("id"))
                if record is not None and record.archived is None:
                    self.store.archive(name, record.id, at)
        return Reply(204)

    def _batch(self, request, write, status):
        name = self.access.object_type(request, write=True)
        inputs, _body = self.access.inputs(request)
        traced = all(each.get("objectWriteTraceId") for each in inputs)
        started = iso(self.store.clock.now_ms())
        results, errors = [], []
        with self.store.lock:
            if not traced:
                self._rehearse(request, name, inputs)
            at = self.store.tick()
            for each in inputs:
                trace = each.get("objectWriteTraceId")
                try:
                    result = write(name, each, at)
                    if trace and not self.access.traceless:
                        result["objectWriteTraceId"] = trace
                    results.append(result)
                except Refusal as refusal:
                    if not traced:
                        raise
                    body = refusal.reply.body
                    category = body.get("category", facts.VALIDATION_ERROR)
                    told = None if self.access.traceless else trace
                    errors.append(item(body["message"], category, trace=told))
        return batch_reply(self.store, started, results, errors, status)

    def _rehearse(self, request, name, inputs):
        """Refuse the whole batch before anything of it is written."""
        taken = set()
        for each in inputs:
            field = each.get("idProperty")
            record = None
            if field or "id" in each:
                record = self.reading.find(request, name, each.get("id"), field)
                if record is None and not field:
                    raise self.errors.not_found(request)
            kept = self._check(request, name, each.get("properties"), record)
            for unique in self.store.tables[name].unique:
                value = kept.get(unique)
                if value and value in taken:
                    raise self.errors.invalid(
                        request, f"Duplicate values of {unique} found in batch input"
                    )
                taken.add(value)

    def _create(self, request, name, body, at):
        kept = self._check(request, name, body.get("properties"), None)
        links = self._links(request, name, body.get("associations") or [])
        values = {key: value for key, value in kept.items() if value is not None}
        record_id = self.store.create(name, values, at=at)
        for other, to_id, types in links:
            self.store.associate(name, record_id, other, to_id, types)
        return self.store.record(name, record_id)

    def _update(self, request, name, record, given, at):
        kept = self._check(request, name, given, record)
        self.store.update(name, record.id, kept, at)

    def _check(self, request, name, given, record):
        """The values to keep. 400 for bad ones, 409 for a unique one that is taken."""
        if not isinstance(given, dict):
            raise self.errors.invalid(
                request, "Some required fields were not set: [properties]"
            )
        kept, problems = self.validation.check(name, given, record)
        if problems:
            raise self.errors.invalid(
                request,
                self.validation.message(problems),
                self.validation.details(problems),
            )
        table = self.store.tables[name]
        for unique in table.unique:
            if kept.get(unique):
                other = table.find_unique(unique, kept[unique])
                if other is not None and other is not record:
                    raise self.errors.refuse(
                        request,
                        409,
                        facts.TEXT_409.format(id=other.id)
                        if name == "contacts" and unique == "email"
                        else f"{unique} is taken. Existing ID: {other.id}",
                        facts.CONFLICT,
                    )
        return kept

    def _links(self, request, name, given):
        """The associations a create asks for, checked: (object, id, type ids)."""
        links = []
        for each in given:
            types = [
                (spec.get("associationCategory"), spec.get("associationTypeId"))
                for spec in each.get("types") or ()
            ]
            to_id = (each.get("to") or {}).get("id")
            other = next(
                (
                    candidate
                    for candidate in self.store.tables
                    if types
                    and all(
                        self.store.links.known(name, candidate).get(type_id, "")[:1]
                        == (category,)
                        for category, type_id in types
                    )
                ),
                None,
            )
            record = self.store.tables[other].find(to_id) if other else None
            if record is None or record.archived is not None:
                raise self.errors.invalid(
                    request, f"The association to {to_id} with {types} is not valid"
                )
            links.append((other, record.id, [type_id for _c, type_id in types]))
        return links
