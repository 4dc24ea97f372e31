"""Finds the rows that a query asks for, in its order."""

from . import facts
from .conditions import Conditions
from .errors import SalesforceError


class Finder:
    """Runs queries over one store; callers hold its lock."""

    def __init__(self, store):
        self.store = store

    def kind(self, query):
        """The object of a query, INVALID_TYPE when there is none."""
        found = self.store.schema.find(query.object)
        if found is None:
            raise SalesforceError(
                "INVALID_TYPE",
                f"sObject type '{query.object}' is not supported. If you are "
                "attempting to use a custom object, be sure to append the '__c' after "
                "the entity name.",
            )
        return found

    def columns(self, kind, query):
        """``[(fields of the references, field)]`` of what is selected."""
        found = []
        for path in query.paths:
            if path.startswith("FIELDS("):
                found += [((), field) for field in self._all(kind, query, path)]
                continue
            column = self.resolve(kind, path)
            if column in found:
                raise SalesforceError(
                    "INVALID_FIELD", f"duplicate field selected: {path}"
                )
            found.append(column)
        return found

    def resolve(self, kind, path):
        """``(fields of the references, field)`` of a path, INVALID_FIELD for none."""
        *steps, name = path.split(".")
        first = kind
        if steps and steps[0].lower() == kind.name.lower():
            steps = steps[1:]
        chain = []
        for step in steps:
            reference = kind.relationships.get(step.lower())
            if reference is None:
                raise SalesforceError(
                    "INVALID_FIELD",
                    f"Didn't understand relationship '{step}' in field path. If you "
                    "are attempting to use a custom relationship, be sure to append "
                    "the '__r' after the custom relationship name.",
                )
            chain.append(reference)
            kind = self.store.schema.objects[reference.reference_to[0]]
        if len(chain) > 5:
            raise SalesforceError("MALFORMED_QUERY", f"more than 5 levels: {path}")
        field = kind.find(name)
        if field is None:
            raise SalesforceError(
                "INVALID_FIELD",
                f"No such column '{name}' on entity '{kind.name}'. If you are "
                "attempting to use a custom field, be sure to append the '__c' after "
                "the custom field name. Please reference your WSDL or the describe "
                f"call for the appropriate names. (in {first.name})",
            )
        return tuple(chain), field

    def run(self, query, deleted=False):
        """``(object, rows)``: all of them, LIMIT and OFFSET done."""
        kind = self.kind(query)
        if query.offset > facts.OFFSET_LIMIT:
            raise SalesforceError(
                "NUMBER_OUTSIDE_VALID_RANGE",
                f"Maximum SOQL offset allowed is {facts.OFFSET_LIMIT}",
            )
        table = self.store.tables[kind.name]
        conditions = Conditions(self)
        rows = conditions.candidates(kind, table, query.where)
        if table.deleted and not (deleted or query.all_rows):
            rows = [row for row in rows if not row.get("IsDeleted")]
        if query.where is not None:
            keep = conditions.compile(kind, query.where)
            rows = [row for row in rows if keep(row)]
        rows = self._ordered(kind, rows, query.order)
        end = None if query.limit is None else query.offset + query.limit
        if query.offset or end is not None:
            rows = list(rows)[query.offset : end]
        return kind, rows if isinstance(rows, list) else list(rows)

    def getter(self, kind, column):
        """A function that gives a column's value of a row."""
        chain, field = column
        name = field.name
        if not chain:
            return lambda row: row.get(name)

        def get(row):
            parent = self.parent(chain, row)
            return parent.get(name) if parent else None

        return get

    def parent(self, chain, row):
        """The row at the end of a chain of references, or None."""
        for reference in chain:
            record_id = row.get(reference.name)
            if record_id is None:
                return None
            target = self.store.schema.of_id(record_id)
            row = self.store.tables[target.name].rows.get(record_id)
            if row is None:
                return None
        return row

    def _all(self, kind, query, which):
        if which != "FIELDS(STANDARD)" and not (query.limit and query.limit <= 200):
            raise SalesforceError(
                "MALFORMED_QUERY",
                "The SOQL FIELDS function must have a LIMIT of at most 200",
            )
        wanted = {"FIELDS(STANDARD)": (False,), "FIELDS(CUSTOM)": (True,)}
        wanted = wanted.get(which, (True, False))
        return [each for each in kind.fields.values() if each.custom in wanted]

    def _ordered(self, kind, rows, order):
        for path, down, last in reversed(order):
            column = self.resolve(kind, path)
            if not column[1].filterable:
                raise SalesforceError(
                    "INVALID_FIELD", f"field '{path}' can not be sorted in a query call"
                )
            get = self.getter(kind, column)
            if column[1].type in ("string", "email", "url", "phone", "textarea"):
                get = _without_case(get)
            empty = [row for row in rows if get(row) is None]
            full = [row for row in rows if get(row) is not None] if empty else rows
            full = sorted(full, key=get, reverse=down)
            rows = [*full, *empty] if last else [*empty, *full]
        return rows


def _without_case(get):
    def lower(row):
        value = get(row)
        return value.lower() if value is not None else None

    return lower
