"""Custom fields of tickets, users and organizations, and what values they take.

A field keeps its id, key and type for good; its title may change. [S ticket_fields,
user_fields, organization_fields] That the value of a drop-down becomes a tag as well is
left out.
"""

import re
from dataclasses import dataclass, field
from datetime import date

from . import facts
from .errors import Invalid

KEY = re.compile(r"^[A-Za-z0-9_]+$")
OWNERS = ("ticket", "user", "organization")


@dataclass(slots=True)
class CustomField:
    """``key``: None for a ticket's, which is known by its id alone; ``options``: of a
    drop-down, ``{"id", "name", "value"}`` each; ``system``: can't be taken away."""

    id: int
    owner: str
    type: str
    title: str
    created: int
    updated: int
    key: str | None = None
    description: str = ""
    active: bool = True
    system: bool = False
    options: list = field(default_factory=list)
    regexp: str | None = None

    def empty(self):
        """The value of who has none."""
        return False if self.type == "checkbox" else None


class Fields:
    """All fields of an account, by owner in the order of their making."""

    def __init__(self, now):
        self.rows = {owner: {} for owner in OWNERS}
        self._next = 360_000_100_001
        self._now = now
        for kind, title in facts.SYSTEM_FIELDS:
            self.define("ticket", kind, title, system=True)

    def define(self, owner, kind, title, key=None, options=(), **more):
        """A new field; raises Invalid. ``options``: names and values, or names."""
        wrong = Invalid()
        if not more.get("system") and kind not in facts.FIELD_TYPES[owner]:
            wrong.add("type", f"Type: {kind!r} is not valid")
        if not title or not str(title).strip():
            wrong.add("title", "Title: cannot be blank", "BlankValue")
        if owner != "ticket":
            if not key or not KEY.match(str(key)):
                wrong.add("key", "Key: is not valid")
            elif self.find(owner, key):
                text = f"Key: {key} has already been taken"
                wrong.add("key", text, "DuplicateValue")
        wrong.raise_if_any()
        now = self._now()
        made = CustomField(self._take(), owner, kind, title, now, now, key, **more)
        self.rows[owner][made.id] = made
        for option in options:
            self.set_option(made, option)
        return made

    def change(self, found, values):
        """Other title, description, ``active`` or options; the rest stays as it is."""
        for name in ("title", "description", "active"):
            if name in values:
                if name == "title" and not values[name]:
                    raise Invalid("title", "Title: cannot be blank", "BlankValue")
                setattr(found, name, values[name])
        if values.get("custom_field_options") is not None:
            options, found.options = list(found.options), []
            known = {each["value"]: each["id"] for each in options}
            for option in values["custom_field_options"]:
                kept = {"id": known.get(option.get("value"))}
                self.set_option(found, {**kept, **option})
        found.updated = self._now()

    def remove(self, found):
        """Take a field away for good."""
        del self.rows[found.owner][found.id]

    def find(self, owner, name):
        """The field of an id or a key, or None."""
        rows = self.rows[owner]
        if isinstance(name, int) or str(name).isdigit():
            return rows.get(int(name))
        return next((each for each in rows.values() if each.key == name), None)

    def custom(self, owner):
        """The active ones that somebody made."""
        return [
            each
            for each in self.rows[owner].values()
            if each.active and not each.system
        ]

    def set_option(self, found, option):
        """Add an option or change the one of its id: ``(option, whether new)``."""
        if isinstance(option, str):
            option = {"name": option, "value": option.lower().replace(" ", "_")}
        if found.type not in facts.OPTIONED:
            raise Invalid("type", f"Type: {found.type} has no options")
        if not option.get("name") or not option.get("value"):
            raise Invalid("value", "Value: cannot be blank", "BlankValue")
        for each in found.options:
            if each["id"] == option.get("id"):
                each.update(name=option["name"], value=option["value"])
                return each, False
            if each["value"] == option["value"]:
                text = f"Value: {option['value']} has already been taken"
                raise Invalid("value", text, "DuplicateValue")
        made = {
            "id": option.get("id") or self._take(),
            "name": option["name"],
            "value": option["value"],
        }
        found.options.append(made)
        return made, True

    def merge(self, owner, before, given, wrong, ignored):
        """Values by key (ticket: by id) after ``given`` came on top of ``before``.

        Names that no field has are counted in ``ignored`` and passed over, as the
        vendor does [M]; values that a field doesn't take go into ``wrong``.
        """
        after = dict(before or {})
        for name, value in given.items():
            found = self.find(owner, name)
            if found is None or found.system or not found.active:
                ignored[(owner, str(name))] += 1
                continue
            slot = found.id if owner == "ticket" else found.key
            try:
                after[slot] = check(found, value)
            except (TypeError, ValueError):
                where = f"{owner}_fields" if owner != "ticket" else "base"
                wrong.add(where, f"{found.title}: {value!r} is not valid")
        return {slot: value for slot, value in after.items() if value is not None}

    def _take(self):
        self._next += 1
        return self._next


def check(found, value):
    """The value as it is kept; raises TypeError or ValueError when it is not taken."""
    if value is None or value == "":
        return found.empty()
    kind = found.type
    if kind == "checkbox":
        if value in ("true", "false"):
            return value == "true"
        if not isinstance(value, bool):
            raise TypeError(value)
        return value
    if kind == "integer":
        if isinstance(value, bool) or int(value) != float(value):
            raise ValueError(value)
        return int(value)
    if kind == "decimal":
        return float(value)
    if kind == "date":
        return date.fromisoformat(str(value)[:10]).isoformat()
    if kind in facts.OPTIONED:
        values = {each["value"] for each in found.options}
        chosen = value if kind == "multiselect" else [value]
        if not isinstance(chosen, list) or not set(chosen) <= values:
            raise ValueError(value)
        return value
    if not isinstance(value, str):
        raise TypeError(value)
    if kind == "regexp" and found.regexp and not re.search(found.regexp, value):
        raise ValueError(value)
    return value
