"""Properties, pipelines, owners and the account: what the records refer to."""

from dataclasses import replace

from ..clock import iso
from ..routing import Refusal, Reply
from . import facts
from .errors import item
from .reading import batch_reply
from .render import paging

TYPES = ("string", "number", "date", "datetime", "enumeration", "bool", "phone_number")


class Definitions:
    """Handlers of the schema side of the API."""

    def __init__(self, access, account, url):
        self.access = access
        self.errors = access.errors
        self.store = access.store
        self.account = account
        self.url = url
        self._stamp = iso(access.store.clock.now_ms())

    def routes(self):
        """(method, resource, path below it, handler)."""
        one = "/{objectType}/{name}"
        return [
            ("GET", "properties", "/{objectType}", self.properties),
            ("POST", "properties", "/{objectType}", self.create_property),
            ("POST", "properties", "/{objectType}/batch/read", self.batch_read),
            ("POST", "properties", "/{objectType}/batch/create", self.batch_create),
            ("GET", "properties", "/{objectType}/groups", self.groups),
            ("POST", "properties", "/{objectType}/groups", self.create_group),
            ("GET", "properties", one, self.property),
            ("DELETE", "properties", one, self.archive_property),
            ("GET", "pipelines", "/{objectType}", self.pipelines),
            ("GET", "pipelines", "/{objectType}/{pipelineId}", self.pipeline),
            ("GET", "pipelines", "/{objectType}/{pipelineId}/stages", self.stages),
            ("GET", "owners", "", self.owners),
            ("GET", "owners", "/{ownerId}", self.owner),
            ("GET", "account", "/details", self.details),
        ]

    def properties(self, request):
        """Every property of an object, without paging."""
        name = self.access.object_type(request, schema=True)
        archived = self.access.flag(request, "archived")
        with self.store.lock:
            found = [
                each.described(self._stamp)
                for each in self.store.properties[name].values()
                if each.archived == archived
            ]
        return Reply(200, {"results": found})

    def property(self, request):
        """One property; 404 when there is none of that name."""
        name = self.access.object_type(request, schema=True)
        found = self.store.properties[name].get(request.params["name"])
        if found is None or found.archived != self.access.flag(request, "archived"):
            raise self.errors.not_found(
                request, f"Property {request.params['name']} does not exist"
            )
        return Reply(200, found.described(self._stamp))

    def create_property(self, request):
        """A custom property; 409 when the name is taken."""
        name = self.access.object_type(request, write=True)
        return Reply(201, self._create(request, name, self.access.body(request)))

    def batch_read(self, request):
        """Properties by name; those that there are not are errors of a 207."""
        name = self.access.object_type(request, schema=True)
        inputs, _body = self.access.inputs(request)
        asked = [str(each.get("name")) for each in inputs]
        started = iso(self.store.clock.now_ms())
        with self.store.lock:
            known = self.store.properties[name]
            found = [n for n in asked if n in known and not known[n].archived]
            results = [known[each].described(self._stamp) for each in found]
        missing = [each for each in asked if each not in found]
        errors = [
            item(f"Property {each} does not exist", facts.OBJECT_NOT_FOUND)
            for each in missing
        ]
        return batch_reply(self.store, started, results, errors)

    def batch_create(self, request):
        """Several properties: what is taken is an error of a 207. [S OpenAPI]"""
        name = self.access.object_type(request, write=True)
        inputs, _body = self.access.inputs(request)
        started = iso(self.store.clock.now_ms())
        results, errors = [], []
        for each in inputs:
            try:
                results.append(self._create(request, name, each))
            except Refusal as refusal:
                body = refusal.reply.body
                errors.append(item(body["message"], body.get("category")))
        return batch_reply(self.store, started, results, errors, 201)

    def groups(self, request):
        """The groups of an object's properties."""
        name = self.access.object_type(request, schema=True)
        return Reply(200, {"results": list(self.store.groups[name].values())})

    def create_group(self, request):
        """201; 409 when the name is taken."""
        name = self.access.object_type(request, write=True)
        body = self.access.body(request)
        if not body.get("name") or not body.get("label"):
            raise self.errors.invalid(
                request, "Some required fields were not set: [name, label]"
            )
        with self.store.lock:
            if body["name"] in self.store.groups[name]:
                raise self.errors.refuse(
                    request,
                    409,
                    f"Property group {body['name']} already exists",
                    facts.CONFLICT,
                )
            group = {"name": body["name"], "label": body["label"], "archived": False}
            self.store.groups[name][body["name"]] = group
        return Reply(201, group)

    def _create(self, request, name, body):
        needed = ("name", "label", "type", "fieldType", "groupName")
        absent = [field for field in needed if not body.get(field)]
        if absent or body.get("type") not in TYPES:
            raise self.errors.invalid(
                request, f"Some required fields were not set: {absent or ['type']}"
            )
        if body["groupName"] not in self.store.groups[name]:
            raise self.errors.invalid(
                request, f"Property group {body['groupName']} does not exist"
            )
        with self.store.lock:
            if body["name"] in self.store.properties[name]:
                raise self.errors.refuse(
                    request,
                    409,
                    f"A property named '{body['name']}' already exists.",
                    facts.CONFLICT,
                )
            options = body.get("options") or ()
            self.store.define_property(
                name,
                body["name"],
                label=body["label"],
                type=body["type"],
                field_type=body["fieldType"],
                group=body["groupName"],
                unique=bool(body.get("hasUniqueValue")),
                options=[(each["value"], each["label"]) for each in options],
            )
        made = self.store.properties[name][body["name"]]
        return made.described(self._stamp)

    def archive_property(self, request):
        """204; 400 for a property that is the vendor's own."""
        name = self.access.object_type(request, write=True)
        known = self.store.properties[name]
        found = known.get(request.params["name"])
        if found is None:
            raise self.errors.not_found(request)
        if not found.custom:
            raise self.errors.invalid(request, f"{found.name} cannot be archived")
        with self.store.lock:
            known[found.name] = replace(found, archived=True)
        return Reply(204)

    def pipelines(self, request):
        """Every pipeline of an object with its stages, without paging."""
        name = self.access.object_type(request, schema=True)
        with self.store.lock:
            ordered = sorted(
                self.store.pipelines[name].values(),
                key=lambda each: (each["displayOrder"], each["label"]),
            )
            return Reply(200, {"results": [dict(each) for each in ordered]})

    def pipeline(self, request):
        """One pipeline."""
        return Reply(200, dict(self._pipeline(request)))

    def stages(self, request):
        """The stages of one pipeline."""
        return Reply(200, {"results": list(self._pipeline(request)["stages"])})

    def owners(self, request):
        """A page of owners, live or archived, with `email` as a filter."""
        self.access.version(request)
        self.access.require(request, "owners")
        limit = self.access.limit(request, facts.OWNER_DEFAULT, facts.OWNER_LIMIT)
        after = self.access.after(request)
        archived = self.access.flag(request, "archived")
        email = (request.first("email") or "").lower()
        with self.store.lock:
            found = [
                owner
                for number, owner in sorted(self.store.owners.items())
                if number > after
                and owner["archived"] == archived
                and (not email or (owner["email"] or "").lower() == email)
            ]
        body = {"results": [_owner_shape(owner) for owner in found[:limit]]}
        if len(found) > limit:
            body["paging"] = paging(request, self.url(), found[limit - 1]["id"])
        return Reply(200, body)

    def owner(self, request):
        """One owner by id, or by user id with `idProperty=userId`."""
        self.access.version(request)
        self.access.require(request, "owners")
        field = request.first("idProperty", "id")
        archived = self.access.flag(request, "archived")
        for owner in list(self.store.owners.values()):
            if str(owner.get(field)) == request.params["ownerId"]:
                if owner["archived"] == archived:
                    return Reply(200, _owner_shape(owner))
        raise self.errors.not_found(request)

    def details(self, request):
        """The account."""
        self.access.version(request)
        return Reply(200, dict(self.account))

    def _pipeline(self, request):
        name = self.access.object_type(request, schema=True)
        found = self.store.pipelines[name].get(request.params["pipelineId"])
        if found is None:
            raise self.errors.not_found(request)
        return found


def _owner_shape(owner):
    """An owner as given: no `teams` without a team, no `userId` once archived, when
    only `userIdIncludingInactive` is left. [S latest/crm/owners/guide; M]"""
    shape = {name: value for name, value in owner.items() if name != "teams"}
    shape["userIdIncludingInactive"] = shape["userId"]
    if owner["archived"]:
        del shape["userId"]
    if owner["teams"]:
        shape["teams"] = owner["teams"]
    return shape
