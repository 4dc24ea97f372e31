"""What is read of the JSON of a record alike, whatever it is of."""

import re

from ..clock import to_ms
from .errors import Invalid

EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")


def plain(given, known, ignored, kind):
    """The values of the attributes that names stand for; unknown names are counted in
    ``ignored`` and passed over, as the vendor does [M]."""
    values = {}
    for name, value in given.items():
        if name in known:
            values[known[name]] = value
        else:
            ignored[(kind, name)] += 1
    return values


def texts(values, names, wrong):
    """Those that are texts, or null."""
    for name in names:
        if values.get(name) is not None and not isinstance(values[name], str):
            wrong.add(name, f"{name.title()}: is not a text")


def tags(given, wrong):
    """Tags as a tuple, in their order, each once, lower case, without spaces."""
    if isinstance(given, str):
        given = given.split()
    if not isinstance(given, list) or not all(isinstance(each, str) for each in given):
        wrong.add("tags", "Tags: is not a list of texts")
        return ()
    return tuple(dict.fromkeys(each.strip().lower() for each in given if each.strip()))


def domains(given, wrong):
    """Domains as a tuple, lower case."""
    if isinstance(given, str):
        given = given.split()
    if not isinstance(given, list):
        wrong.add("domain_names", "Domain names: is not a list")
        return ()
    found = tuple(dict.fromkeys(str(each).strip().lower() for each in given))
    for each in found:
        if "." not in each or " " in each:
            wrong.add("domain_names", f"Domain names: {each} is not valid")
    return found


def seconds(given, name, wrong):
    """A moment in seconds, or None."""
    if given is None:
        return None
    try:
        return to_ms(given) // 1000
    except (TypeError, ValueError, AttributeError):
        wrong.add(name, f"{name}: {given!r} is not a date")
        return None


def reference(table, given, name, wrong):
    """The id of a record that has to be there, or None."""
    if given in (None, ""):
        return None
    found = table.get(given)
    if found is None or getattr(found, "active", True) is False:
        wrong.add(name, f"{name.removesuffix('_id').title()}: {given} is not valid")
        return None
    return found.id


def choice(values, name, known, wrong):
    """One of the known values, or null."""
    given = values.get(name)
    if given is not None and given not in known:
        wrong.add(name, f"{name.title()}: {given} is not valid")


def required(value, name, wrong):
    """A text that is not blank."""
    if not isinstance(value, str) or not value.strip():
        wrong.add(name, f"{name.title()}: cannot be blank", "BlankValue")


def taken(name, value):
    """Somebody else has it."""
    text = f"{name.title()}: {value} has already been taken"
    return Invalid(name, text, "DuplicateValue")
