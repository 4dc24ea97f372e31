"""What is checked before a record is written, in the order of the product. [M]

Field names, whether they may be written, types, references, what is required, unique
values; then rules and duplicates of the org.
"""

from . import derive, ids, values
from .errors import SalesforceError, not_found
from .facts import TEXT_READONLY

IGNORED = frozenset({"attributes"})
#: What a write that holds Id is told, by whether it is an update.
TEXT_ID = {
    False: "cannot specify Id in an insert call",
    True: "The Id field should not be specified in the sobject data.",
}


class Checks:
    """Turns what somebody gives into rows. Callers hold the store's lock."""

    def __init__(self, store):
        self.store = store

    def clean(self, kind, given, old, admin=False, from_csv=False):
        """The values to keep of a write of ``given`` over ``old`` (None: a create).

        ``admin``: read-only fields may be written, as tests do.
        """
        kept, blocked = {}, []
        for name, value in given.items():
            if name in IGNORED:
                continue
            field = kind.find(name)
            if field is None:
                field, value = self._referred(kind, name, value)
            if field.name == "Id":
                raise SalesforceError("INVALID_FIELD", TEXT_ID[old is not None])
            allowed = field.createable if old is None else field.updateable
            if not allowed and not admin:
                blocked.append(field.name)
                continue
            if from_csv and isinstance(value, str):
                if value == "":
                    # says nothing [S datafiles_csv_valid_record_rows]
                    continue
                value = values.from_text(field, value)
            value = values.coerce(field, value)
            if value is not None and field.type == "reference":
                value = self._reference(kind, field, value, old, admin)
            kept[field.name] = value
        if blocked:
            names = ", ".join(blocked)
            raise SalesforceError(
                "INVALID_FIELD_FOR_INSERT_UPDATE",
                TEXT_READONLY.format(names=names),
                blocked,
            )
        self._required(kind, kept, old)
        self._unique(kind, kept, old)
        return kept if old else {k: v for k, v in kept.items() if v is not None}

    def _referred(self, kind, name, value):
        """``Account: {Odoo_Id__c: 5}`` or ``Account.Odoo_Id__c``: a reference by the
        external id of what it refers to. [M]"""
        path, _dot, key = name.partition(".")
        field = kind.relationships.get(path.lower())
        if field is None or not (key or isinstance(value, dict)):
            raise SalesforceError(
                "INVALID_FIELD",
                f"No such column '{name}' on sobject of type {kind.name}",
            )
        if isinstance(value, dict):
            pairs = [pair for pair in value.items() if pair[0] not in IGNORED]
            if len(pairs) != 1:
                raise SalesforceError(
                    "INVALID_FIELD", f"More than one field for {name}", [field.name]
                )
            [(key, value)] = pairs
        target = self.store.schema.objects[field.reference_to[0]]
        found = self.by_external_id(target, key, value)
        if len(found) != 1:
            raise SalesforceError(
                "INVALID_FIELD",
                f"Foreign key external ID: {value} not found for field {key} in "
                f"entity {target.name}",
            )
        return field, found[0]["Id"]

    def by_external_id(self, kind, name, value):
        """Live rows with that value; NOT_FOUND unless the field is an external id."""
        field = kind.find(name)
        if field is None or not (field.external_id or field.name == "Id"):
            raise not_found(
                f"Provided external ID field does not exist or is not accessible: "
                f"{name}"
            )
        table = self.store.tables[kind.name]
        if field.name == "Id":
            row = table.rows.get(ids.long_id(value))
            return [row] if row and not row.get("IsDeleted") else []
        value = values.coerce(field, value)
        if value is None:
            return []
        return [
            row for row in table.having(field.name, value) if not row.get("IsDeleted")
        ]

    def _reference(self, kind, field, value, old, admin):
        value = self.store.schema.check_id(kind, field, value)
        target = self.store.schema.of_id(value)
        row = self.store.tables[target.name].rows.get(value)
        if row is None:
            raise SalesforceError(
                "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", []
            )
        if row.get("IsDeleted"):
            raise SalesforceError("ENTITY_IS_DELETED", "entity is deleted", [])
        if target.name == "RecordType" and row["SobjectType"] != kind.name:
            raise SalesforceError(
                "INVALID_CROSS_REFERENCE_KEY",
                f"{field.label}: this ID value isn't valid for the user: {value}",
                [field.name],
            )
        if field.name == "OwnerId" and not (admin or row.get("IsActive")):
            raise SalesforceError(
                "INACTIVE_OWNER_OR_USER",
                f"operation performed with inactive user [{value}] as owner of "
                f"{kind.label.lower()}",
            )
        if target is kind and old is not None:
            self._circle(kind, field, value, old["Id"])
        return value

    def _circle(self, kind, field, value, record_id):
        """CIRCULAR_DEPENDENCY when a record would be above itself."""
        rows, seen = self.store.tables[kind.name].rows, set()
        while value in rows and value not in seen:
            if value == record_id:
                raise SalesforceError(
                    "CIRCULAR_DEPENDENCY",
                    f"attempt to violate hierarchy constraints: {field.label}",
                    [field.name],
                )
            seen.add(value)
            value = rows[value].get(field.name)

    def _required(self, kind, kept, old):
        missing = [
            name
            for name, field in kind.fields.items()
            if not field.nillable
            and field.type != "boolean"
            and field.createable
            and kept.get(name) is None
            and (name in kept or not (old or field.defaulted))
        ]
        if missing:
            raise SalesforceError(
                "REQUIRED_FIELD_MISSING",
                f"Required fields are missing: [{', '.join(missing)}]",
                missing,
            )

    def _unique(self, kind, kept, old):
        for name, value in kept.items():
            if value is None or not kind.fields[name].unique:
                continue
            for other in self.store.tables[kind.name].having(name, value):
                if not other.get("IsDeleted") and (
                    old is None or other["Id"] != old["Id"]
                ):
                    raise SalesforceError(
                        "DUPLICATE_VALUE",
                        f"duplicate value found: {name} duplicates value on record "
                        f"with id: {other['Id']}",
                    )

    # What the API does with them

    def create(self, kind, given, *, from_csv=False, allow_save=False):
        """Create a record as an API user; returns its id."""
        self._writeable(kind)
        store = self.store
        kept = self.clean(kind, given, None, from_csv=from_csv)
        row = store.draft(kind, kept)
        derive.before(store, kind, row, None, kept)
        store.rules.check(kind, "create", row)
        store.rules.check_duplicates(kind, row, None, allow_save)
        return store.insert(kind, row)

    def update(self, kind, row, given, *, from_csv=False, allow_save=False):
        """Change a live row as an API user."""
        self._writeable(kind)
        store = self.store
        if row.get("IsConverted"):
            raise SalesforceError(
                "CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead"
            )
        kept = self.clean(kind, given, row, from_csv=from_csv)
        new = store.changed(row, kept)
        derive.before(store, kind, new, row, kept)
        store.rules.check(kind, "update", new)
        store.rules.check_duplicates(kind, new, row, allow_save)
        store.replace(kind, new, row)

    def upsert(self, kind, name, value, given, **how):
        """``(id, whether created)`` by an external id; a value that several records
        have is DUPLICATE_EXTERNAL_ID in a collection and 300 alone."""
        found = self.by_external_id(kind, name, value)
        if len(found) > 1:
            raise SalesforceError(
                "DUPLICATE_EXTERNAL_ID",
                f"Duplicate external id specified: {value}",
                [name],
                status=300,
                more={"matches": [row["Id"] for row in found]},
            )
        if found:
            self.update(kind, found[0], given, **how)
            return found[0]["Id"], False
        if name == "Id":
            raise not_found()
        return self.create(kind, {**given, name: value}, **how), True

    def delete(self, kind, record_id):
        """Delete as an API user: NOT_FOUND, ENTITY_IS_DELETED, rules."""
        self._writeable(kind)
        row = self.store.row(kind, record_id)
        if not kind.deletable:
            raise SalesforceError(
                "CANNOT_DELETE_OR_DEACTIVATE_ENTITY"
                if kind.name == "User"
                else "INSUFFICIENT_ACCESS_OR_READONLY",
                f"entity type cannot be deleted: {kind.name}",
            )
        self.store.rules.check(kind, "delete", row)
        self.store.delete(kind.name, row["Id"])

    def _writeable(self, kind):
        if kind.readonly:
            raise SalesforceError(
                "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
                f"entity type cannot be inserted: {kind.label}",
            )
