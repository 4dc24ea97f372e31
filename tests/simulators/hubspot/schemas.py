"""Objects that an account defines itself, and their schemas.

[S developers.hubspot.com/docs/api-reference/latest/crm/objects/schemas/get-schemas and
get-schema; custom objects guide: name, labels, primaryDisplayProperty,
requiredProperties, associatedObjects, ids of types from 2-]
"""

from dataclasses import replace

from ..clock import iso
from ..routing import Reply
from . import facts, properties
from .table import FIRST_ID, Table


class Schemas:
    """The half of a store that defines objects; ``schemas`` holds them."""

    def define_object(self, name, label=None, fields=(), required=(), links=()):
        """Add an object and return the id of its type, as ``2-4200001``.

        ``fields``: names of text properties, or ``(name, settings)`` as of
        ``define_property``; ``links``: objects whose records it is linked with.
        """
        with self.lock:
            number = facts.FIRST_CUSTOM + len(self.schemas)
            type_id = f"{facts.CUSTOM_PREFIX}{number}"
            group = f"{name}_information"
            self.schemas[type_id] = {
                "id": str(number),
                "objectTypeId": type_id,
                "name": name,
                "fullyQualifiedName": f"p{facts.ACCOUNT['portalId']}_{name}",
                "labels": {"singular": label or name, "plural": f"{label or name}s"},
                "required": tuple(required),
                "links": tuple(links),
                "createdAt": iso(self.tick()),
            }
            self.tables[type_id] = Table((), FIRST_ID)
            self.properties[type_id] = {
                each.name: replace(each, group=group)
                for each in properties.own(facts.kind(type_id).modified)
            }
            self.groups[type_id] = {
                group: {"name": group, "label": label or name, "archived": False}
            }
            self.pipelines[type_id] = {}
            for other in links:
                self.links.define_pair(type_id, other)
        for field in fields:
            field_name, settings = (field, {}) if isinstance(field, str) else field
            self.define_property(type_id, field_name, group=group, **settings)
        return type_id

    def schema_of(self, given):
        """The id of the type that a path names by id or full name, or None."""
        for type_id, schema in self.schemas.items():
            if given in (type_id, schema["fullyQualifiedName"]):
                return type_id
        return None

    def required(self, object_type):
        """Properties that a record can't be without."""
        schema = self.schemas.get(object_type)
        return schema["required"] if schema else facts.kind(object_type).required


class SchemaReading:
    """Handlers of the schemas: they are read here, and defined by tests."""

    def __init__(self, access):
        self.access = access
        self.store = access.store

    def routes(self):
        """(method, resource, path below it, handler)."""
        return [
            ("GET", "schemas", "/schemas", self.list),
            ("GET", "schemas", "/schemas/{objectType}", self.read),
        ]

    def list(self, request):
        """Every object of the account's own, without paging."""
        self.access.version(request)
        self.access.require(request, facts.CUSTOM_PREFIX, schema=True)
        with self.store.lock:
            found = [self._described(type_id) for type_id in self.store.schemas]
        return Reply(200, {"results": found})

    def read(self, request):
        """One of them, by the id of its type or by its full name."""
        name = self.access.object_type(request, schema=True)
        with self.store.lock:
            if name not in self.store.schemas:
                raise self.access.errors.not_found(request)
            return Reply(200, self._described(name))

    def _described(self, type_id):
        schema = self.store.schemas[type_id]
        shape = {
            name: value
            for name, value in schema.items()
            if name not in ("required", "links")
        }
        ends = [(type_id, other) for other in schema["links"]]
        pairs = [*ends, *((other, one) for one, other in ends)]
        return shape | {
            "archived": False,
            "requiredProperties": list(schema["required"]),
            "properties": [
                each.described(schema["createdAt"])
                for each in self.store.properties[type_id].values()
                if not each.archived
            ],
            "associations": [
                {
                    "id": str(self.store.links.types[one, other][0]),
                    "fromObjectTypeId": facts.kind(one).type_id,
                    "toObjectTypeId": facts.kind(other).type_id,
                    "name": f"{one}_to_{other}",
                }
                for one, other in pairs
            ],
        }
