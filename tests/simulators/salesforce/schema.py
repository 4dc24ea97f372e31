"""The objects of one org: the standard ones, and what its administrator adds."""

import re
from dataclasses import dataclass, field, replace

from . import facts, ids
from .errors import SalesforceError
from .fields import Field, label_of, parse
from .objects import (
    CURRENCY,
    CURRENCY_READONLY,
    DELETABLE,
    KEPT,
    OBJECTS,
    READONLY,
    SYSTEM,
    WITH_CURRENCY,
    WITH_TAKEN_CURRENCY,
    text_of,
)

CUSTOM = re.compile(r"[A-Za-z]\w*__[cs]")
CUSTOM_PREFIX = "a{:02d}"
#: Lengths of custom fields when none is given. [M]
LENGTHS = {"string": 255, "url": 255, "email": 80, "phone": 40, "textarea": 255}


@dataclass
class ObjectType:
    """One object; ``fields`` by name, ``lower`` by lower-case name."""

    name: str
    prefix: str
    fields: dict
    custom: bool = False
    label: str = ""
    readonly: bool = False
    lower: dict = field(default_factory=dict)

    def __post_init__(self):
        self.label = self.label or label_of(self.name)
        self.index()

    def index(self):
        """After a field came or went."""
        self.lower = {name.lower(): each for name, each in self.fields.items()}
        self.relationships = {
            each.relationship.lower(): each
            for each in self.fields.values()
            if each.relationship
        }
        fields = self.fields.values()
        self.defaults = {
            each.name: each.default for each in fields if each.default is not None
        }
        self.auto_numbers = [each.name for each in fields if each.auto_number]

    def find(self, name):
        """The field of a name in any case, or None."""
        return self.fields.get(name) or self.lower.get(name.lower())

    @property
    def deletable(self):
        """Whether its records can be deleted by the API."""
        return "IsDeleted" in self.fields


class Schema:
    """The object types by name. ``multi_currency``: CurrencyIsoCode exists."""

    def __init__(self, multi_currency=True, currencies=tuple(facts.CURRENCIES)):
        self.multi_currency = multi_currency
        self.objects = {}
        self._customs = 0
        for name in OBJECTS:
            if name == "CurrencyType" and not multi_currency:
                continue
            fields = parse(SYSTEM)
            if name not in KEPT:
                fields.update(parse(DELETABLE))
            fields.update(parse(text_of(name)))
            if multi_currency:
                fields.update(self._currency(name, currencies))
            self._add(name, facts.PREFIXES[name], fields, readonly=name in READONLY)

    def _currency(self, name, currencies):
        if name in WITH_CURRENCY:
            line = CURRENCY
        elif name in WITH_TAKEN_CURRENCY:
            line = CURRENCY_READONLY
        else:
            return {}
        return {
            key: replace(each, values=tuple(currencies), defaulted=True)
            for key, each in parse(line).items()
        }

    def _add(self, name, prefix, fields, **more):
        self.objects[name] = ObjectType(name, prefix, fields, **more)
        self._lower = {each.lower(): made for each, made in self.objects.items()}
        self._prefixes = {made.prefix: made for made in self.objects.values()}

    def find(self, name):
        """The object of a name in any case, or None."""
        return self.objects.get(name) or self._lower.get(str(name).lower())

    def of_id(self, record_id):
        """The object whose records have such ids, or None."""
        return self._prefixes.get(record_id[:3])

    def require(self, name):
        """The object of a name; 404 NOT_FOUND."""
        found = self.find(name)
        if found is None:
            raise SalesforceError(
                "NOT_FOUND", "The requested resource does not exist", status=404
            )
        return found

    def field(self, kind, name):
        """A field of an object, or INVALID_FIELD."""
        found = kind.find(name)
        if found is None:
            raise SalesforceError(
                "INVALID_FIELD",
                f"No such column '{name}' on sobject of type {kind.name}",
            )
        return found

    # What an administrator does

    def define_object(self, name, label=""):
        """Add a custom object; it has Name, OwnerId and the system fields."""
        if not CUSTOM.fullmatch(name):
            raise ValueError(f"a custom object's name ends in __c: {name!r}")
        if name in self.objects:
            return self.objects[name]
        fields = parse(SYSTEM + DELETABLE)
        fields.update(parse("Name string(80)\nOwnerId reference(User) defaulted"))
        if self.multi_currency:
            fields.update(self._currency("Account", facts.CURRENCIES))
        prefix = CUSTOM_PREFIX.format(self._customs)
        self._customs += 1
        self._add(name, prefix, fields, custom=True, label=label)
        return self.objects[name]

    def define_field(self, object_name, name, type="string", **settings):
        """Add or replace a custom field; settings as in :class:`Field`."""
        kind = self.require(object_name)
        if not CUSTOM.fullmatch(name):
            raise ValueError(f"a custom field's name ends in __c: {name!r}")
        for key in ("values", "reference_to"):
            if key in settings:
                settings[key] = tuple(settings[key])
        settings.setdefault("label", label_of(name))
        settings.setdefault("length", LENGTHS.get(type, 0))
        if type in ("double", "currency", "percent"):
            settings.setdefault("precision", 18)
            settings.setdefault("scale", 2)
        elif type == "reference":
            settings["length"] = 18
        elif type == "boolean":
            settings.setdefault("nillable", False)
            settings.setdefault("default", False)
        made = Field(name, type, custom=True, **settings)
        kind.fields[name] = made
        kind.index()
        return made

    def change_field(self, object_name, name, **changes):
        """Change settings of any field, as an administrator could (picklist values,
        ``restricted``, ``createable``, ...)."""
        kind = self.require(object_name)
        if "values" in changes:
            changes["values"] = tuple(changes["values"])
        kind.fields[name] = replace(self.field(kind, name), **changes)
        kind.index()
        return kind.fields[name]

    def remove_field(self, object_name, name):
        """Take a field away; KeyError when it is not there."""
        kind = self.require(object_name)
        del kind.fields[name]
        kind.index()

    def check_id(self, kind, field_, value):
        """The 18-character form of an id of the right object.

        MALFORMED_ID for nonsense, FIELD_INTEGRITY_EXCEPTION for another object's.
        """
        whole = ids.long_id(value)
        if whole is None:
            raise SalesforceError(
                "MALFORMED_ID",
                f"{field_.label}: id value of incorrect type: {value}",
                [field_.name],
            )
        target = self.of_id(whole)
        if target is None or target.name not in field_.reference_to:
            raise SalesforceError(
                "FIELD_INTEGRITY_EXCEPTION",
                f"{field_.label}: id value of incorrect type: {value}",
                [field_.name],
            )
        return whole
