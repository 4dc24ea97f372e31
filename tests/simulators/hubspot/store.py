"""The state of a simulated HubSpot account, thread-safe, with no HTTP in it.

Tests and seeds write here directly; the API writes here after it has checked. Values
are kept as text, as the vendor does. What differs from the product on purpose:

- ids count up from the same number for every object type, so that a company and a
  contact often share an id: what binds records by id alone breaks here;
- linking two records touches their last-modified dates only where a property changes
  (`associatedcompanyid`, `hs_parent_company_id`);
- a contact keeps `associatedcompanyid` when its company is archived or deleted.
"""

import threading

from ..clock import iso, to_ms
from . import facts, properties
from .associations import AssociationGraph
from .calculated import calculated
from .properties import spelled
from .schemas import Schemas
from .table import FIRST_ID, Record, Table


class UnknownRecord(KeyError):
    """No such record."""


class UnknownProperty(KeyError):
    """No such property on that object."""


class Store(Schemas):
    """Objects, associations, property definitions, pipelines and owners.

    ``index_lag``: seconds until the search index sees a change.
    """

    def __init__(self, clock, index_lag=0.0):
        self.clock = clock
        self.index_lag = index_lag
        self.lock = threading.RLock()
        self.version = 0
        self.tables = {
            name: Table(kind.unique, FIRST_ID) for name, kind in facts.OBJECTS.items()
        }
        self.links = AssociationGraph()
        self.properties = {name: properties.standard(name) for name in facts.OBJECTS}
        self.groups = {
            name: {
                each.group: {"name": each.group, "label": each.group, "archived": False}
                for each in known.values()
            }
            for name, known in self.properties.items()
        }
        self.pipelines = {name: {} for name in facts.OBJECTS}
        self.owners = {}
        #: The account's own objects: ``{id of the type: schema}``, see :mod:`schemas`.
        self.schemas = {}
        #: Called as ``(kind, object, id, ms, **details)`` after each change.
        self.listener = None
        self._stamp = 0
        self._born = iso(clock.now_ms())

    # Time

    def tick(self):
        """A modification stamp in ms: the clock's, and never before the last one."""
        with self.lock:
            self._stamp = max(self.clock.now_ms(), self._stamp)
            return self._stamp

    def horizon(self):
        """Changes after this stamp (ms) are not in the search index yet."""
        return self.clock.now_ms() - round(self.index_lag * 1000)

    # Objects

    def number_from(self, record_id):
        """Give new records ids from this one on, or later ones."""
        with self.lock:
            for table in self.tables.values():
                table.next_id = max(table.next_id, int(record_id))

    def create(
        self, object_type, values, *, id=None, created=None, modified=None, **more
    ):
        """Create a record and return its id (text).

        ``values``: property name to value; nothing is checked but the names.
        ``created``, ``modified``: datetime, ISO text or ms, now when left out.
        ``archived=True`` (or a moment) creates it archived. ``at``: one stamp for a
        batch. Raises :class:`UnknownProperty`.
        """
        with self.lock:
            table = self.tables[object_type]
            stamp = more.get("at") or self.tick()
            born = created or values.get("createdate") or None
            born = stamp if born is None else to_ms(born)
            changed = stamp if modified is None else to_ms(modified)
            record_id = table.take_id() if id is None else int(id)
            if record_id in table.rows:
                raise ValueError(f"{object_type} {record_id} is there already")
            kept = self._spell(object_type, values)
            kept["hs_object_id"] = str(record_id)
            kept["createdate"] = iso(born)
            record = Record(record_id, kept, born, max(born, changed))
            self._derive(object_type, record)
            archived = more.get("archived")
            if archived:
                record.archived = stamp if archived is True else to_ms(archived)
            table.add(record)
            self._tell("creation", object_type, record_id, record.modified)
            return str(record_id)

    def update(self, object_type, record_id, values, at=None):
        """Change properties of a live record. Raises :class:`UnknownRecord`."""
        with self.lock:
            record = self.record(object_type, record_id)
            kept = dict(record.properties)
            kept.update(self._spell(object_type, values))
            self._change(object_type, record, kept, at)

    def archive(self, object_type, record_id, at=None):
        """Put a record in the bin, from where ``restore`` brings it back."""
        with self.lock:
            record = self.record(object_type, record_id)
            stamp = at or self.tick()
            self.tables[object_type].archive(record, stamp)
            self._tell("deletion", object_type, record_id, stamp)

    def restore(self, object_type, record_id):
        """Bring an archived record back."""
        with self.lock:
            record = self.record(object_type, record_id, archived=True)
            stamp = max(self.tick(), record.modified + 1)
            self.tables[object_type].restore(record, stamp)
            self._derive(object_type, record)
            self._tell("restore", object_type, record_id, stamp)

    def delete(self, object_type, record_id):
        """Remove a record for good, archived or not, with its associations."""
        with self.lock:
            record = self.tables[object_type].find(record_id)
            if record is None:
                raise UnknownRecord(f"{object_type} {record_id}")
            self.links.forget(object_type, record.id)
            self.tables[object_type].remove(record)
            self._tell("deletion", object_type, record_id, self.tick())

    def merge(self, object_type, primary_id, other_id):
        """Merge two records into a new one and return the new id (text).

        Both old ids lead to the new record from then on; the primary's values win
        and empty ones are filled from the other. [S changelog
        updated-merge-functionality-for-contacts-and-companies]
        """
        with self.lock:
            table = self.tables[object_type]
            primary = self.record(object_type, primary_id)
            other = self.record(object_type, other_id)
            kept = dict(other.properties)
            kept.update({k: v for k, v in primary.properties.items() if v})
            merged = [
                each
                for record in (primary, other)
                for each in (
                    *(record.properties.get("hs_merged_object_ids") or "").split(";"),
                    str(record.id),
                )
                if each
            ]
            kept["hs_merged_object_ids"] = ";".join(merged)
            if object_type == "contacts" and other.properties.get("email"):
                kept["hs_additional_emails"] = other.properties["email"]
            table.remove(primary)
            table.remove(other)
            created = min(primary.created, other.created)
            new_id = int(self.create(object_type, kept, created=created))
            for old in (primary, other):
                self.links.move(object_type, old.id, new_id)
            for old, target in list(table.aliases.items()):
                if target in (primary.id, other.id):
                    table.aliases[old] = new_id
            table.aliases[primary.id] = table.aliases[other.id] = new_id
            ends = {"primaryObjectId": primary.id, "mergedObjectIds": [other.id]}
            ends["newObjectId"] = new_id
            self._tell("merge", object_type, primary.id, self.tick(), **ends)
            return str(new_id)

    def record(self, object_type, record_id, archived=False):
        """The :class:`Record` itself. Raises :class:`UnknownRecord`."""
        found = self.tables[object_type].find(record_id)
        if found is None or (found.archived is not None) != archived:
            raise UnknownRecord(f"{object_type} {record_id}")
        return found

    def get(self, object_type, record_id):
        """A copy of a record's properties, archived or not; None when unknown."""
        with self.lock:
            found = self.tables[object_type].find(record_id)
            return dict(found.properties) if found else None

    def ids(self, object_type, archived=False):
        """Ids (text) in ascending order."""
        with self.lock:
            table = self.tables[object_type]
            ordered = table.gone if archived else table.live
            return [str(number) for number in ordered.items]

    def count(self, object_type, archived=False):
        """How many records are live, or archived."""
        table = self.tables[object_type]
        return len(table.gone if archived else table.live)

    # Associations

    def associate(self, from_type, from_id, to_type, to_id, type_ids=None):
        """Link two live records (``type_ids`` None: the default link) and return
        the type ids that the link has now."""
        with self.lock:
            one = self.record(from_type, from_id)
            other = self.record(to_type, to_id)
            types = self.links.link(from_type, one.id, to_type, other.id, type_ids)
            self._linked(from_type, one, to_type, other)
            return types

    def dissociate(self, from_type, from_id, to_type, to_id):
        """Unlink two records; tells whether they were linked."""
        with self.lock:
            one = self.record(from_type, from_id)
            other = self.record(to_type, to_id)
            there = self.links.unlink(from_type, one.id, to_type, other.id)
            self._linked(from_type, one, to_type, other, removed=True)
            return there

    def unlabel(self, from_type, from_id, to_type, to_id, type_ids):
        """Take types away from the link of two records."""
        with self.lock:
            one = self.record(from_type, from_id)
            other = self.record(to_type, to_id)
            self.links.unlabel(from_type, one.id, to_type, other.id, type_ids)
            self._linked(from_type, one, to_type, other, removed=True)

    def associated(self, from_type, from_id, to_type):
        """``{to id (text): [type ids]}``, live partners only."""
        with self.lock:
            record = self.tables[from_type].find(from_id)
            if record is None or record.archived is not None:
                return {}
            rows = self.tables[to_type].rows
            partners = self.links.partners(from_type, record.id, to_type)
            return {
                str(number): list(types)
                for number, types in partners.items()
                if number in rows and rows[number].archived is None
            }

    # Definitions

    def define_property(self, object_type, name, **settings):
        """Add a custom property; settings as in :class:`properties.Property`."""
        settings.setdefault("label", name)
        settings["options"] = tuple(
            tuple(option) if not isinstance(option, str) else (option, option)
            for option in settings.get("options", ())
        )
        with self.lock:
            definition = properties.Property(name, custom=True, **settings)
            self.properties[object_type][name] = definition
            if definition.unique:
                self.tables[object_type].unique.setdefault(name, {})
            return definition

    def remove_property(self, object_type, name):
        """Take a property away, as an administrator would."""
        with self.lock:
            del self.properties[object_type][name]

    def add_owner(self, owner_id, email, first_name="", last_name="", **more):
        """Add an owner and return its id (text). ``user_id``, ``archived``,
        ``teams`` ([{"id", "name", "primary"}]), ``created`` may be given."""
        stamp = iso(to_ms(more["created"])) if more.get("created") else self._born
        with self.lock:
            self.owners[int(owner_id)] = {
                "id": str(owner_id),
                "email": email,
                "type": more.get("type", "PERSON"),
                "firstName": first_name,
                "lastName": last_name,
                "userId": more.get("user_id") or int(owner_id) // 7,
                "createdAt": stamp,
                "updatedAt": stamp,
                "archived": bool(more.get("archived")),
                "teams": list(more.get("teams", ())),
            }
            return str(owner_id)

    def add_pipeline(self, object_type, pipeline_id, label, stages, order=0):
        """Add or replace a pipeline. ``stages``: dicts with id, label, closed,
        probability (text, deals) in their order."""
        with self.lock:
            self.pipelines[object_type][pipeline_id] = {
                "id": pipeline_id,
                "label": label,
                "displayOrder": order,
                "createdAt": self._born,
                "updatedAt": self._born,
                "archived": False,
                "stages": [
                    self._stage(object_type, number, stage)
                    for number, stage in enumerate(stages)
                ],
            }

    def stage(self, object_type, stage_id, pipeline_id=None):
        """``(pipeline, stage)`` of a stage id, or (None, None)."""
        for pipeline in self.pipelines[object_type].values():
            if pipeline_id in (None, pipeline["id"]):
                for stage in pipeline["stages"]:
                    if stage["id"] == stage_id:
                        return pipeline, stage
        return None, None

    def state(self):
        """Counts, JSON-ready."""
        with self.lock:
            return {
                "objects": {name: self.count(name) for name in self.tables},
                "archived": {name: self.count(name, True) for name in self.tables},
                "owners": len(self.owners),
                "version": self.version,
            }

    # Inner workings

    def _stage(self, object_type, order, stage):
        closed = bool(stage.get("closed"))
        if object_type == "deals":
            metadata = {
                "isClosed": "true" if closed else "false",
                "probability": stage.get("probability", "0.5"),
            }
        else:
            metadata = {"ticketState": "CLOSED" if closed else "OPEN"}
        return {
            "id": stage["id"],
            "label": stage["label"],
            "displayOrder": order,
            "metadata": metadata,
            "createdAt": self._born,
            "updatedAt": self._born,
            "archived": False,
            "writePermissions": "CRM_PERMISSIONS_ENFORCEMENT",
        }

    def _spell(self, object_type, values):
        known = self.properties[object_type]
        for name in values:
            if name not in known:
                raise UnknownProperty(f"{object_type}.{name}")
        return {name: spelled(value) for name, value in values.items()}

    def _change(self, object_type, record, kept, at=None):
        stamp = max(at or self.tick(), record.modified + 1)
        self._stamp = max(self._stamp, stamp)
        if self.index_lag:
            horizon = self.horizon()
            settled = [state for state in record.past if state[0] <= horizon][-1:]
            fresh = [state for state in record.past if state[0] > horizon]
            record.past = [*settled, *fresh, (record.modified, record.properties)]
        before = record.properties
        self.tables[object_type].change(record, kept, stamp)
        self._derive(object_type, record)
        self.version += 1
        for name in kept.keys() | before.keys() if self.listener else ():
            value = kept.get(name)
            if value != before.get(name) and name != facts.kind(object_type).modified:
                details = {"propertyName": name, "propertyValue": value}
                self._tell("propertyChange", object_type, record.id, stamp, **details)

    def _tell(self, kind, object_type, record_id, at_ms, **details):
        self.version += 1
        if self.listener:
            self.listener(kind, object_type, record_id, at_ms, **details)

    def _linked(self, from_type, one, to_type, other, removed=False):
        """What follows from a link that was made or taken away."""
        ends = ((from_type, one, to_type, other), (to_type, other, from_type, one))
        for near, record, far, partner in ends:
            self._reflect(near, record, far)
            details = {"fromObjectId": record.id, "toObjectId": partner.id}
            details |= {"associationRemoved": removed, "toObject": far}
            stamp = self.tick()
            self._tell("associationChange", near, record.id, stamp, **details)

    def _derive(self, object_type, record):
        kept = record.properties
        kept[facts.kind(object_type).modified] = iso(record.modified)
        stage = None
        if object_type == "deals":
            _pipeline, stage = self.stage("deals", kept.get("dealstage"))
        kept.update(calculated(object_type, kept, stage))

    def _reflect(self, from_type, record, to_type):
        """Keep the properties that mirror a link in step with it."""
        if to_type != "companies" or from_type not in ("contacts", "companies"):
            return
        name, type_id = ("associatedcompanyid", 1)
        if from_type == "companies":
            name, type_id = ("hs_parent_company_id", 14)
        partners = self.links.partners(from_type, record.id, to_type)
        chosen = [str(to) for to, types in partners.items() if type_id in types]
        value = chosen[0] if chosen else None
        if (record.properties.get(name) or None) != value:
            self._change(from_type, record, {**record.properties, name: value})
