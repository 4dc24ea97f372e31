"""What values a write may carry. Codes other than PROPERTY_DOESNT_EXIST are [M]."""

import json
import re
from datetime import date

from ..clock import iso, to_ms
from . import facts
from .properties import spelled

EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;.]{2,}")


class Validation:
    """Checks the properties of one write against the definitions and the account."""

    def __init__(self, store, account):
        self.store = store
        self.account = account

    def check(self, object_type, given, record=None):
        """``(values as they are kept, problems)``; a problem has name, code, message.

        ``given``: property name to value as sent. ``record``: the one that is changed,
        for rules between properties; None for a new one.
        """
        if not isinstance(given, dict):
            return {}, [problem("properties", "INVALID_JSON", "must be an object")]
        kept, problems = {}, []
        known = self.store.properties[object_type]
        for name, value in given.items():
            definition = known.get(name)
            if definition is None or definition.archived:
                text = f'Property "{name}" does not exist'
                problems.append(problem(name, "PROPERTY_DOESNT_EXIST", text))
            elif definition.read_only:
                text = f'"{name}" is a read only property; its value cannot be set.'
                problems.append(problem(name, "READ_ONLY_VALUE", text))
            elif isinstance(value, dict | list):
                text = f'Property "{name}" must have a single value'
                problems.append(problem(name, "INVALID_JSON", text))
            else:
                value, wrong = self._value(object_type, definition, spelled(value))
                kept[name] = value
                if wrong:
                    problems.append(wrong)
        current = record.properties if record else {}
        problems += self._missing(object_type, kept, current)
        if not problems:
            problems += self._between(object_type, kept, current)
        if not problems and object_type == "quotes":
            problems += self._unpublishable(kept, record)
        return kept, problems

    def _missing(self, object_type, kept, current):
        """What a record can't be without, and would be."""
        return [
            problem(name, "REQUIRED_FIELD", f'Property "{name}" is required')
            for name in self.store.required(object_type)
            if not kept.get(name, current.get(name))
        ]

    def _unpublishable(self, kept, record):
        """A quote without a deal is shown to nobody. [S the rule, M its text]"""
        deals = record and self.store.associated("quotes", record.id, "deals")
        if kept.get("hs_status") not in facts.PUBLISHED or deals:
            return []
        text = "A published quote must be associated with a deal"
        return [problem("hs_status", "INVALID_STATE", text)]

    def message(self, problems):
        """The text of the 400: the list of problems as JSON inside a sentence."""
        listed = [
            {
                "isValid": False,
                "message": each["message"],
                "error": each["code"],
                "name": each["name"],
                "localizedErrorMessage": each["message"],
                "portalId": self.account["portalId"],
            }
            for each in problems
        ]
        return f"Property values were not valid: {json.dumps(listed)}"

    def details(self, problems):
        """The `errors` of the 400."""
        return [
            {
                "message": each["message"],
                "code": each["code"],
                "context": {"propertyName": [each["name"]]},
            }
            for each in problems
        ]

    def _value(self, object_type, definition, value):
        name = definition.name
        if value in (None, ""):
            return value, None
        try:
            if definition.type == "number":
                float(value)
            elif definition.type == "datetime":
                value = iso(int(value) if value.lstrip("-").isdigit() else to_ms(value))
            elif definition.type == "date":
                value = _day(value)
        except ValueError:
            code = "INVALID_DATE" if definition.type != "number" else "INVALID_LONG"
            return value, problem(
                name, code, f"{value} was not a valid {definition.type}."
            )
        if name == "email" and object_type == "contacts":
            value = value.strip().lower()
            if not EMAIL.fullmatch(value):
                text = f"Email address {value} is invalid"
                return value, problem(name, "INVALID_EMAIL", text)
        if name == "hubspot_owner_id" and not self._is_owner(value):
            text = f"Owner {value} does not exist"
            return value, problem(name, "INVALID_OWNER_ID", text)
        allowed = [option for option, _label in definition.options]
        if definition.type == "enumeration" and allowed:
            several = definition.field_type == "checkbox"
            for part in value.split(";") if several else (value,):
                if part not in allowed:
                    text = f"{part} was not one of the allowed options: {allowed}"
                    return value, problem(name, "INVALID_OPTION", text)
        return value, None

    def _is_owner(self, value):
        owner = self.store.owners.get(int(value)) if value.isdigit() else None
        return owner is not None and not owner["archived"]

    def _between(self, object_type, kept, current):
        names = {
            "deals": ("pipeline", "dealstage"),
            "tickets": ("hs_pipeline", "hs_pipeline_stage"),
        }.get(object_type)
        if not names or not (kept.get(names[0]) or kept.get(names[1])):
            return []
        in_pipeline, in_stage = names
        pipelines = self.store.pipelines[object_type]
        pipeline = kept.get(in_pipeline) or current.get(in_pipeline)
        stage = kept.get(in_stage) or current.get(in_stage)
        if not pipeline:
            found, _stage = self.store.stage(object_type, stage)
            pipeline = found["id"] if found else next(iter(pipelines), None)
            kept[in_pipeline] = pipeline
        if pipeline not in pipelines:
            text = f"{pipeline} was not one of the allowed options: {list(pipelines)}"
            return [problem(in_pipeline, "INVALID_OPTION", text)]
        if self.store.stage(object_type, stage, pipeline)[1] is None:
            allowed = [each["id"] for each in pipelines[pipeline]["stages"]]
            text = f"{stage} was not one of the allowed options: {allowed}"
            return [problem(in_stage, "INVALID_OPTION", text)]
        return []


def _day(value):
    """A date: ISO, or the milliseconds of a midnight in UTC. [S properties guide]"""
    if not value.lstrip("-").isdigit():
        return date.fromisoformat(value[:10]).isoformat()
    if int(value) % 86_400_000:
        raise ValueError("no midnight")
    return iso(int(value))[:10]


def problem(name, code, message):
    """One thing wrong with one property."""
    return {"name": name, "code": code, "message": message}
