"""The records of one simulated org, with the rules that hold for every one of them.

Tests use it directly, as an administrator who may set any field that exists::

    store.create("Account", {"Name": "Acme"})
    store.update("Account", account_id, {"Phone": "1"})
    store.find("Contact", AccountId=account_id)

The API writes through :class:`~.checks.Checks`, which is stricter.
"""

import threading
from contextlib import contextmanager
from dataclasses import dataclass

from . import derive, facts, ids, values
from .checks import Checks
from .errors import SalesforceError, not_found
from .objects import AUTO_NUMBERS, DEFAULTS
from .removing import Removing
from .rules import Rules
from .schema import Schema
from .table import Table


@dataclass(frozen=True)
class Stage:
    """A stage of opportunities; ``probability`` in percent."""

    name: str
    probability: float
    closed: bool
    won: bool
    category: str


class Store(Removing):
    """``lock`` guards everything; all methods take it themselves.

    Attributes: ``schema``, ``tables`` by object, ``rules``, ``stages`` by name,
    ``organization_id``, ``user_id`` (who the API acts as), ``standard_book``,
    ``listener`` (called with object, id, whether created; once it is certain).
    """

    def __init__(self, clock, multi_currency=True, currency="EUR"):
        if multi_currency and currency not in facts.CURRENCIES:
            raise ValueError(f"{currency!r} is none of {sorted(facts.CURRENCIES)}")
        self.clock = clock
        self.lock = threading.RLock()
        self.schema = Schema(multi_currency)
        self.currency = currency
        self.tables = {}
        self.stages = {}
        self.version = 0
        self.listener = None
        self._journal = None
        self._events = []
        self._numbers = {}
        for kind in self.schema.objects.values():
            self._open(kind)
        self.rules = Rules(self)
        self.checks = Checks(self)
        self._found()

    def _found(self):
        """The records every org has."""
        self.user_id = ids.new_id("005", 1)
        self.organization_id = self.load("Organization", facts.ORGANIZATION)
        self.load(
            "User",
            {
                "Username": "integration@northwind-sales.example",
                "LastName": "Integration",
                "Name": "Integration",
                "Email": "integration@northwind-sales.example",
                "Alias": "integr",
                "IsActive": True,
                "UserType": "Standard",
            },
        )
        self.standard_book = self.load(
            "Pricebook2",
            {"Name": "Standard Price Book", "IsActive": True, "IsStandard": True},
        )
        if self.schema.multi_currency:
            for code, rate in facts.CURRENCIES.items():
                self.load(
                    "CurrencyType",
                    {
                        "IsoCode": code,
                        "ConversionRate": rate,
                        "DecimalPlaces": 0 if code == "JPY" else 2,
                        "IsActive": True,
                        "IsCorporate": code == self.currency,
                    },
                )
        for stage in facts.STAGES:
            self.define_stage(*stage)

    def _open(self, kind):
        indexed = [
            name
            for name, each in kind.fields.items()
            if each.indexed or each.external_id or each.unique
        ]
        self.tables[kind.name] = Table(indexed)

    # Reading

    def get(self, object_name, record_id):
        """All fields of a record, deleted or not, as a dict; None when unknown."""
        kind = self.schema.require(object_name)
        with self.lock:
            row = self.tables[kind.name].rows.get(ids.long_id(record_id))
            return row and {name: row.get(name) for name in kind.fields}

    def find(self, object_name, **wanted):
        """Live records whose fields equal what is given, as :meth:`get` gives them."""
        kind = self.schema.require(object_name)
        with self.lock:
            return [
                {name: row.get(name) for name in kind.fields}
                for row in self.tables[kind.name].rows.values()
                if not row.get("IsDeleted")
                and all(row.get(name) == value for name, value in wanted.items())
            ]

    def count(self, object_name):
        """How many live records there are."""
        return self.tables[object_name].live()

    def row(self, kind, record_id):
        """The live row of an id: NOT_FOUND, ENTITY_IS_DELETED."""
        row = self.tables[kind.name].rows.get(ids.long_id(record_id))
        if row is None:
            raise not_found()
        if row.get("IsDeleted"):
            raise SalesforceError("ENTITY_IS_DELETED", "entity is deleted", status=404)
        return row

    # Writing

    def create(self, object_name, given, *, id=None, created=None, modified=None):
        """Create a record and return its id; stamps are moments (ms or ISO text)."""
        kind = self.schema.require(object_name)
        with self.lock:
            kept = self.checks.clean(kind, given, None, admin=True)
            return self.add(kind, kept, id=id, created=created, modified=modified)

    def update(self, object_name, record_id, given, *, modified=None):
        """Change fields of a live record."""
        kind = self.schema.require(object_name)
        with self.lock:
            row = self.row(kind, record_id)
            kept = self.checks.clean(kind, given, row, admin=True)
            self.change(kind, row, kept, modified=modified)

    def load(self, object_name, given, *, id=None, created=None, modified=None):
        """As :meth:`create`, unchecked and quick: dirt stays as it is."""
        kind = self.schema.objects[object_name]
        with self.lock:
            kept = {name: value for name, value in given.items() if value is not None}
            return self.add(kind, kept, id=id, created=created, modified=modified)

    def add(self, kind, kept, *, id=None, created=None, modified=None):
        """Put a new row of checked values in."""
        row = self.draft(kind, kept, id, created, modified)
        derive.before(self, kind, row, None, kept)
        return self.insert(kind, row)

    def draft(self, kind, kept, id=None, created=None, modified=None):
        """The row that a create would put, what is computed left out."""
        table = self.tables[kind.name]
        at = self._stamp(created)
        row = dict(kept)
        row["Id"] = id or self._free_id(kind, table)
        row["CreatedDate"] = at
        row["CreatedById"] = row["LastModifiedById"] = self.user_id
        row["LastModifiedDate"] = row["SystemModstamp"] = (
            self._stamp(modified) if modified else at
        )
        fields = kind.fields
        if "OwnerId" in fields:
            row.setdefault("OwnerId", self.user_id)
        if "CurrencyIsoCode" in fields and fields["CurrencyIsoCode"].createable:
            row.setdefault("CurrencyIsoCode", self.currency)
        for name in kind.auto_numbers:
            number = self._numbers[name] = self._numbers.get(name, 0) + 1
            row.setdefault(name, AUTO_NUMBERS[name].format(number))
        return {**kind.defaults, **DEFAULTS.get(kind.name, {}), **row}

    def _free_id(self, kind, table):
        while True:
            found = ids.new_id(kind.prefix, table.next_number)
            if found not in table.rows:
                return found
            table.next_number += 1

    def insert(self, kind, row):
        """Put a drafted, completed row in; returns its id."""
        self.tables[kind.name].next_number += 1
        self.put(kind, row)
        derive.after(self, kind, row, None, row["SystemModstamp"])
        self._tell(kind, row, True)
        return row["Id"]

    def changed(self, row, kept, modified=None):
        """The row that an update would put, what is computed left out."""
        at = max(self._stamp(modified), row["CreatedDate"])
        new = {**row, **kept, "SystemModstamp": at, "LastModifiedDate": at}
        new["LastModifiedById"] = self.user_id
        return new

    def change(self, kind, row, kept, modified=None):
        """Put a row with checked changes in the place of ``row``."""
        new = self.changed(row, kept, modified)
        derive.before(self, kind, new, row, kept)
        self.replace(kind, new, row)

    def replace(self, kind, new, old):
        """Put a completed row in place of another."""
        self.put(kind, new)
        derive.after(self, kind, new, old, new["SystemModstamp"])
        self._tell(kind, new, False)

    def follow(self, kind, row):
        """Put a row that only follows a change of another record."""
        self.put(kind, row)
        self._tell(kind, row, False)

    def put(self, kind, row):
        """Put a row in as it is, so that :meth:`transaction` can take it back."""
        table = self.tables[kind.name]
        old = table.put(row)
        self.version += 1
        if self._journal is not None:
            self._journal.append((table, row["Id"], old))

    def convert_lead(self, lead_id, account_id, contact_id=None, opportunity_id=None):
        """Convert a lead into records that exist; it can be changed no more."""
        kind = self.schema.objects["Lead"]
        with self.lock:
            row = self.row(kind, lead_id)
            self.change(
                kind,
                row,
                {
                    "IsConverted": True,
                    "Status": "Closed - Converted",
                    "ConvertedDate": self._stamp()[:10],
                    "ConvertedAccountId": account_id,
                    "ConvertedContactId": contact_id,
                    "ConvertedOpportunityId": opportunity_id,
                },
            )

    def touch(self, object_name, record_id, at):
        """Set SystemModstamp alone, as a background process does."""
        kind = self.schema.objects[object_name]
        with self.lock:
            row = self.row(kind, record_id)
            self.put(kind, {**row, "SystemModstamp": self._stamp(at)})

    @contextmanager
    def transaction(self):
        """All of what happens inside is kept, or none when an exception leaves it."""
        with self.lock:
            outer, events = self._journal, self._events
            self._journal, self._events = [], []
            try:
                yield
            except BaseException:
                for table, record_id, old in reversed(self._journal):
                    if old is None:
                        table.remove(record_id)
                    else:
                        table.put(old)
                self._journal, self._events = outer, events
                raise
            done, told = self._journal, self._events
            self._journal, self._events = outer, events
            if outer is not None:
                outer.extend(done)
                events.extend(told)
            else:
                self._announce(told)

    def _tell(self, kind, row, created):
        event = (kind.name, row["Id"], created)
        if self._journal is None:
            self._announce([event])
        else:
            self._events.append(event)

    def _announce(self, events):
        for event in events if self.listener else ():
            self.listener(*event)

    def _stamp(self, moment=None):
        if moment is None:
            return values.moment(self.clock.now_ms())
        if isinstance(moment, str):
            return values.read_moment(moment)
        if isinstance(moment, int | float):
            return values.moment(int(moment))
        return values.moment(int(moment.timestamp() * 1000))

    # Definitions

    def define_field(self, object_name, name, type="string", **settings):
        """Add a custom field, as ``Odoo_Id__c`` with ``external_id=True,
        unique=True``; settings as in :class:`~.fields.Field`."""
        with self.lock:
            made = self.schema.define_field(object_name, name, type, **settings)
            if made.external_id or made.unique or made.indexed:
                self.tables[object_name].index(name)
            return made

    def change_field(self, object_name, name, **changes):
        """Change settings of any field: ``values`` of a picklist, ``restricted``,
        ``createable``, ``updateable``, ``nillable``, ``length``, ..."""
        with self.lock:
            return self.schema.change_field(object_name, name, **changes)

    def remove_field(self, object_name, name):
        """Take a custom field away with its values, as an administrator would."""
        with self.lock:
            self.schema.remove_field(object_name, name)
            table = self.tables[object_name]
            for row in list(table.rows.values()):
                if name in row:
                    table.put({key: row[key] for key in row if key != name})

    def define_object(self, name, label="", fields=None):
        """Add a custom object; ``fields``: name to settings of define_field."""
        with self.lock:
            kind = self.schema.define_object(name, label)
            self.tables.setdefault(name, Table())
            for field_name, settings in (fields or {}).items():
                self.define_field(name, field_name, **settings)
            return kind

    def define_stage(
        self, name, probability, closed=False, won=False, category="Pipeline"
    ):
        """Add or replace a stage of opportunities."""
        with self.lock:
            known = name in self.stages
            self.stages[name] = Stage(name, probability, closed, won, category)
            self.schema.change_field(
                "Opportunity", "StageName", values=tuple(self.stages)
            )
            if not known:
                self.load(
                    "OpportunityStage",
                    {
                        "MasterLabel": name,
                        "ApiName": name,
                        "IsActive": True,
                        "SortOrder": len(self.stages),
                        "IsClosed": closed,
                        "IsWon": won,
                        "ForecastCategory": category,
                        "ForecastCategoryName": category,
                        "DefaultProbability": float(probability),
                    },
                )

    def state(self):
        """Counts, JSON-ready."""
        with self.lock:
            return {
                "objects": {name: each.live() for name, each in self.tables.items()},
                "deleted": {name: each.deleted for name, each in self.tables.items()},
                "version": self.version,
            }
