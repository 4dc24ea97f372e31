"""Associations between records: batch read, create, archive, and single links."""

from ..clock import iso
from ..routing import Reply
from . import facts
from .access import token_after
from .associations import HUBSPOT, USER
from .errors import item
from .reading import batch_reply
from .store import UnknownRecord


class Linking:
    """Handlers of the associations API.

    The legacy family gives `toObjectId` as a number [3P observed on v4, against its
    OpenAPI], the date-versioned one as text [S OpenAPI 2026-09]: take both.
    """

    def __init__(self, access):
        self.access = access
        self.errors = access.errors
        self.store = access.store

    def routes(self):
        """(method, resource, path below it, handler)."""
        pair = "/{fromObjectType}/{toObjectType}"
        of_record = "/{fromObjectType}/{objectId}/associations"
        one = of_record + "/{toObjectType}/{toObjectId}"
        default = of_record + "/default/{toObjectType}/{toObjectId}"
        return [
            ("POST", "associations", f"{pair}/batch/read", self.batch_read),
            ("POST", "associations", f"{pair}/batch/create", self.batch_create),
            (
                "POST",
                "associations",
                f"{pair}/batch/associate/default",
                self.batch_link,
            ),
            ("POST", "associations", f"{pair}/batch/archive", self.batch_archive),
            ("POST", "associations", f"{pair}/batch/labels/archive", self.unlabel),
            ("GET", "associations", f"{pair}/labels", self.labels),
            ("POST", "associations", f"{pair}/labels", self.create_label),
            ("GET", "record_associations", of_record + "/{toObjectType}", self.of),
            ("PUT", "record_associations", one, self.link),
            ("PUT", "record_associations", default, self.link_default),
            ("DELETE", "record_associations", one, self.unlink),
        ]

    def batch_read(self, request):
        """The partners of up to 1,000 records; records without any are not in the
        results but in the errors of a 207. [3P observed]"""
        one, other = self._pair(request)
        inputs, _body = self.access.inputs(request, facts.ASSOCIATION_READ_LIMIT)
        started = iso(self.store.clock.now_ms())
        results, errors = [], []
        for each in inputs:
            given = str(each.get("id"))
            after = self.access.after(request, each.get("after") or "")
            shape = self._partners(request, one, given, other, after)
            if shape["to"]:
                results.append({"from": {"id": given}, **shape})
            else:
                errors.append(_none(one, given, other))
        return batch_reply(self.store, started, results, errors)

    def of(self, request):
        """The partners of one record, 500 a page."""
        one, other = self._pair(request)
        given = request.params["objectId"]
        self._record(request, one, given)
        shape = self._partners(request, one, given, other, self.access.after(request))
        body = {"results": shape["to"]}
        if "paging" in shape:
            body["paging"] = shape["paging"]
        return Reply(200, body)

    def batch_create(self, request):
        """201 with labelled or unlabelled links; 207 when some records are unknown."""
        one, other = self._pair(request, write=True)
        inputs, _body = self.access.inputs(request, facts.ASSOCIATION_WRITE_LIMIT)
        checked = [
            (each, self._types(request, one, other, each.get("types")))
            for each in inputs
        ]
        return self._batch_link(one, other, checked, 201)

    def batch_link(self, request):
        """200 with the default link between pairs of records."""
        one, other = self._pair(request, write=True)
        inputs, _body = self.access.inputs(request, facts.ASSOCIATION_WRITE_LIMIT)
        return self._batch_link(one, other, [(each, None) for each in inputs], 200)

    def batch_archive(self, request):
        """Unlink pairs: inputs [{"from": {"id"}, "to": [{"id"}, ...]}]. 204 in the
        legacy family, 200 in the date-versioned one. [S OpenAPI]"""
        one, other = self._pair(request, write=True)
        inputs, _body = self.access.inputs(request, facts.ASSOCIATION_WRITE_LIMIT)
        started = iso(self.store.clock.now_ms())
        for each in inputs:
            for to in each.get("to") or ():
                self._unlink(one, _id(each, "from"), other, to.get("id"))
        if "version" not in request.params:
            return Reply(204)
        return batch_reply(self.store, started, [], [])

    def labels(self, request):
        """The association types of a pair of objects."""
        one, other = self._pair(request)
        return Reply(
            200,
            {
                "results": [
                    {"category": category, "typeId": type_id, "label": label}
                    for type_id, (category, label) in self.store.links.known(
                        one, other
                    ).items()
                ]
            },
        )

    def create_label(self, request):
        """200 with the new label's ids in both directions."""
        one, other = self._pair(request, write=True)
        body = self.access.body(request)
        if not body.get("label") or not body.get("name"):
            raise self.errors.invalid(
                request, "Some required fields were not set: [label, name]"
            )
        with self.store.lock:
            there, back = self.store.links.define_label(
                one, other, body["label"], body.get("inverseLabel")
            )
        return Reply(
            200,
            {
                "results": [
                    {"category": USER, "typeId": there, "label": body["label"]},
                    {
                        "category": USER,
                        "typeId": back,
                        "label": body.get("inverseLabel") or body["label"],
                    },
                ]
            },
        )

    def unlabel(self, request):
        """204: take labels away from links; the links stay. [S associations guide]"""
        one, other = self._pair(request, write=True)
        inputs, _body = self.access.inputs(request, facts.ASSOCIATION_WRITE_LIMIT)
        for each in inputs:
            types = self._types(request, one, other, each.get("types"))
            self.store.unlabel(one, _id(each, "from"), other, _id(each, "to"), types)
        return Reply(204)

    def link(self, request):
        """201: a link with the types in the body."""
        one, other = self._pair(request, write=True)
        types = self._types(request, one, other, self.access.body(request, list))
        ids = request.params["objectId"], request.params["toObjectId"]
        self._record(request, one, ids[0])
        self._record(request, other, ids[1])
        self.store.associate(one, ids[0], other, ids[1], types)
        return Reply(201, _linked(one, ids[0], other, ids[1]))

    def link_default(self, request):
        """200: the most generic link, no body needed."""
        one, other = self._pair(request, write=True)
        ids = request.params["objectId"], request.params["toObjectId"]
        self._record(request, one, ids[0])
        self._record(request, other, ids[1])
        inputs = [{"from": {"id": ids[0]}, "to": {"id": ids[1]}}]
        return self._batch_link(one, other, [(inputs[0], None)], 200)

    def unlink(self, request):
        """204, whether or not there was a link."""
        one, other = self._pair(request, write=True)
        ids = request.params["objectId"], request.params["toObjectId"]
        self._unlink(one, ids[0], other, ids[1])
        return Reply(204)

    def _batch_link(self, one, other, checked, status):
        started = iso(self.store.clock.now_ms())
        results, errors = [], []
        for each, types in checked:
            from_id, to_id = _id(each, "from"), _id(each, "to")
            try:
                made = self.store.associate(one, from_id, other, to_id, types)
            except UnknownRecord as error:
                errors.append(
                    item(
                        f"One or more ids are not valid: {error.args[0]}",
                        facts.OBJECT_NOT_FOUND,
                        {"fromObjectId": [from_id], "toObjectId": [to_id]},
                    )
                )
                continue
            if types is None:
                results += _defaults(from_id, to_id, made)
            else:
                results.append(_linked(one, from_id, other, to_id))
        return batch_reply(self.store, started, results, errors, status)

    def _partners(self, request, one, given, other, after):
        found = sorted(
            (int(to_id), types)
            for to_id, types in self.store.associated(one, given, other).items()
        )
        found = [each for each in found if each[0] > after]
        page = found[: facts.ASSOCIATION_PAGE]
        known = self.store.links.known(one, other)
        dated = "version" in request.params
        shape = {
            "to": [
                {
                    "toObjectId": str(number) if dated else number,
                    "associationTypes": [
                        {
                            "category": known.get(type_id, (HUBSPOT, None))[0],
                            "typeId": type_id,
                            "label": known.get(type_id, (HUBSPOT, None))[1],
                        }
                        for type_id in types
                    ],
                }
                for number, types in page
            ]
        }
        if len(found) > len(page):
            shape["paging"] = {"next": {"after": token_after(page[-1][0])}}
        return shape

    def _pair(self, request, write=False):
        one = self.access.object_type(request, "fromObjectType", write)
        other = self.access.object_type(request, "toObjectType", write)
        if (one, other) not in self.store.links.types:
            raise self.errors.invalid(
                request, f"{one} and {other} cannot be associated"
            )
        return one, other

    def _types(self, request, one, other, given):
        known = self.store.links.known(one, other)
        types = []
        for spec in given if isinstance(given, list) else ():
            category = spec.get("associationCategory")
            type_id = spec.get("associationTypeId")
            if type_id not in known or category != known[type_id][0]:
                raise self.errors.invalid(
                    request,
                    f"Association type {category} {type_id} does not exist between "
                    f"{one} and {other}",
                )
            types.append(type_id)
        if not types:
            raise self.errors.invalid(
                request, "Some required fields were not set: [types]"
            )
        return types

    def _record(self, request, name, record_id):
        record = self.store.tables[name].find(record_id)
        if record is None or record.archived is not None:
            raise self.errors.not_found(request)
        return record

    def _unlink(self, one, from_id, other, to_id):
        try:
            self.store.dissociate(one, from_id, other, to_id)
        except UnknownRecord:
            pass


def _id(each, side):
    return str((each.get(side) or {}).get("id"))


def _none(one, given, other):
    """The error entry of a record that has no partner."""
    singular, partner = facts.kind(one).singular, facts.kind(other).singular
    return item(
        f"No {partner} is associated with {singular} {given}.",
        facts.OBJECT_NOT_FOUND,
        {
            "fromObjectId": [given],
            "fromObjectType": [singular],
            "toObjectType": [partner],
        },
        facts.NO_ASSOCIATIONS,
    )


def _linked(one, from_id, other, to_id):
    return {
        "fromObjectTypeId": facts.kind(one).type_id,
        "fromObjectId": str(from_id),
        "toObjectTypeId": facts.kind(other).type_id,
        "toObjectId": str(to_id),
        "labels": [],
    }


def _defaults(from_id, to_id, types):
    return [
        {
            "from": {"id": from_id},
            "to": {"id": to_id},
            "associationSpec": {
                "associationCategory": "HUBSPOT_DEFINED",
                "associationTypeId": type_id,
            },
        }
        for type_id in types
    ]
