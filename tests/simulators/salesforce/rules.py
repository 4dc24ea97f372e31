"""What an org adds of its own: validation rules, locked rows, duplicate rules."""

import itertools
from dataclasses import dataclass, field

from . import facts
from .errors import SalesforceError
from .table import index_key


@dataclass
class Rule:
    """Refuses writes of records that meet it.

    ``match``: field to value, all must be equal (empty: every record; ``Id`` and the
    id of a parent are the usual ones to lock); ``when``: a predicate of the row in its
    new state, for Python only. ``operation``: create, update, delete, None for all.
    ``times``: how often it strikes, None: until it is taken back.
    """

    object: str
    code: str = "FIELD_CUSTOM_VALIDATION_EXCEPTION"
    message: str = "A validation rule of this org refused the record."
    fields: tuple = ()
    match: dict = field(default_factory=dict)
    when: object = None
    operation: str | None = None
    times: int | None = None
    id: int = 0
    struck: int = 0

    def meets(self, operation, row):
        """Whether it refuses this write."""
        if self.operation not in (None, operation):
            return False
        if any(row.get(name) != value for name, value in self.match.items()):
            return False
        return self.when is None or bool(self.when(row))

    def describe(self):
        """What the control endpoint shows, JSON-ready."""
        names = "id object code message match operation times struck".split()
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True)
class DuplicateRule:
    """Finds records alike: equal, without case, in all fields of any group.

    ``allow_save``: the rule alerts, and Sforce-Duplicate-Rule-Header: allowSave=true
    saves all the same; False: it blocks.
    """

    object: str
    groups: tuple
    allow_save: bool = True
    name: str = ""


#: The rules that a test switches on: names with website, and addresses of people.
STANDARD = {
    "Account": (("Name", "Website"), ("Name", "BillingStreet")),
    "Contact": (("Email",),),
    "Lead": (("Email",),),
}


class Rules:
    """The rules of one store; callers hold its lock."""

    def __init__(self, store):
        self.store = store
        self._ids = itertools.count(1)
        self._rules = []
        self._duplicates = {}

    def add(self, object, **settings):
        """Refuse writes: see :class:`Rule`. Returns it."""
        settings["fields"] = tuple(settings.get("fields", ()))
        with self.store.lock:
            rule = Rule(object, id=next(self._ids), **settings)
            self._rules.append(rule)
        return rule

    def lock(self, object, times=1, **match):
        """Rows that cannot be locked, so many times: UNABLE_TO_LOCK_ROW."""
        return self.add(
            object, code="UNABLE_TO_LOCK_ROW", message="", match=match, times=times
        )

    def remove(self, rule_id=None):
        """Take one rule back, or all."""
        with self.store.lock:
            kept = [rule for rule in self._rules if rule_id not in (None, rule.id)]
            self._rules = kept

    def list(self):
        """The rules, JSON-ready."""
        return [rule.describe() for rule in self._rules]

    def find_duplicates(self, object, groups=None, allow_save=True):
        """Switch a duplicate rule on; ``groups`` None: the standard one."""
        groups = tuple(map(tuple, groups or STANDARD[object]))
        name = f"Standard_{object}_Duplicate_Rule"
        with self.store.lock:
            table = self.store.tables[object]
            for group in groups:
                if not table.is_indexed(group[0]):
                    table.index(group[0])
            self._duplicates[object] = DuplicateRule(object, groups, allow_save, name)

    def allow_duplicates(self, object):
        """Switch it off."""
        self._duplicates.pop(object, None)

    def check(self, kind, operation, row):
        """Raise what the first rule says that the row meets."""
        for rule in self._rules:
            if rule.object != kind.name or not rule.meets(operation, row):
                continue
            rule.struck += 1
            if rule.times is not None and rule.struck >= rule.times:
                self._rules.remove(rule)
            locked = rule.code == "UNABLE_TO_LOCK_ROW"
            text = facts.TEXT_LOCKED.format(id=row.get("Id") or "unknown")
            raise SalesforceError(
                rule.code, text if locked else rule.message, rule.fields
            )

    def check_duplicates(self, kind, row, old, allow_save):
        """DUPLICATES_DETECTED unless there is none or it may be saved."""
        rule = self._duplicates.get(kind.name)
        if rule is None or (allow_save and rule.allow_save):
            return
        found = self._alike(rule, row, old)
        if found:
            raise SalesforceError(
                "DUPLICATES_DETECTED",
                facts.TEXT_DUPLICATE,
                more={"duplicateResut": duplicate_result(rule, found)},
            )

    def _alike(self, rule, row, old):
        found = {}
        table = self.store.tables[rule.object]
        for group in rule.groups:
            if any(row.get(name) is None for name in group):
                continue
            if old and all(row[name] == old.get(name) for name in group):
                continue
            for other in table.having(group[0], row[group[0]]):
                if other["Id"] == row.get("Id") or other.get("IsDeleted"):
                    continue
                if all(
                    index_key(other.get(name)) == index_key(row[name]) for name in group
                ):
                    found[other["Id"]] = other
        return list(found)


def duplicate_result(rule, record_ids):
    """The misspelt ``duplicateResut`` of a single write. [3P seen in several
    integrations' payloads, versions 48 to 51; shape as in the SOAP DuplicateResult]"""
    return {
        "allowSave": rule.allow_save,
        "duplicateRule": rule.name,
        "duplicateRuleEntityType": rule.object,
        "errorMessage": facts.TEXT_DUPLICATE,
        "matchResults": [
            {
                "entityType": rule.object,
                "errors": [],
                "matchEngine": "ExactMatchEngine",
                "matchRecords": [
                    {
                        "additionalInformation": [],
                        "fieldDiffs": [],
                        "matchConfidence": 100.0,
                        "record": {
                            "attributes": {
                                "type": rule.object,
                                "url": f"/services/data/v{facts.NEWEST_VERSION}.0"
                                f"/sobjects/{rule.object}/{record_id}",
                            },
                            "Id": record_id,
                        },
                    }
                    for record_id in record_ids
                ],
                "rule": f"Standard_{rule.object}_Match_Rule_v1_0",
                "size": len(record_ids),
                "success": True,
            }
        ],
    }
