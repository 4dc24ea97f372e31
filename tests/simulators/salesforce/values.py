"""What a field takes, from JSON and from CSV, and the moments of the API.

Moments are kept as the REST API writes them, ``2026-11-02T09:00:00.000+0000``: in UTC
and to the second, so that they can be compared as texts. [3P seen in many replies; M
for the second]
"""

import re
import time
from datetime import UTC, date, datetime

from .errors import SalesforceError
from .fields import NUMBERS

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
DATETIME = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(?:\.\d+)?(Z|[+-]\d\d:?\d\d)?"
)
LARGEST = 10.0**18


def moment(milliseconds):
    """The text of a moment in milliseconds, cut to the second."""
    parts = time.gmtime(milliseconds // 1000)
    return (
        f"{parts[0]:04d}-{parts[1]:02d}-{parts[2]:02d}"
        f"T{parts[3]:02d}:{parts[4]:02d}:{parts[5]:02d}.000+0000"
    )


def milliseconds(text):
    """The reverse of :func:`moment`."""
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def read_moment(text):
    """The kept form of a dateTime text, or None when it is none."""
    match = DATETIME.fullmatch(text)
    if match is None:
        return None
    day, clock, zone = match.groups()
    zone = "+0000" if zone in (None, "Z") else zone
    clock = clock if len(clock) == 8 else f"{clock}:00"
    try:
        found = datetime.fromisoformat(f"{day}T{clock}{zone}")
    except ValueError:
        return None
    return found.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def read_date(text):
    """A date text as it is, or None when it is none; a time behind it is cut."""
    match = DATETIME.fullmatch(text)
    text = match.group(1) if match else text
    try:
        return date.fromisoformat(text).isoformat() if len(text) == 10 else None
    except ValueError:
        return None


def parser_error(field, value):
    """400 for JSON of another type. [3P]"""
    kinds = {bool: "VALUE_TRUE" if value else "VALUE_FALSE", str: "VALUE_STRING"}
    kinds.update({int: "VALUE_NUMBER_INT", float: "VALUE_NUMBER_FLOAT"})
    kinds.update({list: "START_ARRAY", dict: "START_OBJECT"})
    wanted = "string" if field.type not in (*NUMBERS, "boolean", "date") else field.type
    wanted = "double" if field.type in ("currency", "percent") else wanted
    wanted = "datetime" if field.type == "datetime" else wanted
    return SalesforceError(
        "JSON_PARSER_ERROR",
        f"Cannot deserialize instance of {wanted} from {kinds[type(value)]} value "
        f"{value} or request may be missing a required field at [line:1, column:1]",
    )


def from_text(field, value):
    """A cell of CSV as the value that JSON would have; a number or truth value that
    is none is INVALID_TYPE_ON_FIELD_IN_RECORD [3P]."""
    if value == "#N/A":
        return None
    if field.type == "boolean":
        return value.strip().lower() in ("true", "1")
    if field.type in NUMBERS:
        try:
            return float(value)
        except ValueError:
            pass
    elif field.type == "date":
        if read_date(value):
            return value
    elif field.type != "datetime" or read_moment(value):
        return value
    raise SalesforceError(
        "INVALID_TYPE_ON_FIELD_IN_RECORD",
        f"{field.label}: value not of required type: {value}",
        [field.name],
    )


def coerce(field, value):
    """The value to keep, None for nothing; references are not looked up here."""
    if value is None or value == "":
        return False if field.type == "boolean" else None
    return _READERS.get(field.type, _text)(field, value)


def _text(field, value):
    if not isinstance(value, str):
        raise parser_error(field, value)
    value = value.replace("\0", "").strip()
    if not value:
        return None
    if field.length and len(value) > field.length:
        raise SalesforceError(
            "STRING_TOO_LONG",
            f"{field.label}: data value too large: {value} (max length={field.length})",
            [field.name],
        )
    return value


def _email(field, value):
    value = _text(field, value)
    if value is not None and not EMAIL.fullmatch(value):
        raise SalesforceError(
            "INVALID_EMAIL_ADDRESS",
            f"{field.label}: invalid email address: {value}",
            [field.name],
        )
    return value


def _picklist(field, value):
    value = _text(field, value)
    if field.restricted and value is not None:
        chosen = value.split(";") if field.type == "multipicklist" else [value]
        for each in chosen:
            if each not in field.values:
                raise SalesforceError(
                    "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
                    f"{field.label}: bad value for restricted picklist field: {each}",
                    [field.name],
                )
    return value


def _number(field, value):
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise parser_error(field, value)
    try:
        number = float(value)
    except ValueError:
        raise parser_error(field, value) from None
    if not abs(number) < 10.0 ** (field.precision - field.scale):
        raise SalesforceError(
            "NUMBER_OUTSIDE_VALID_RANGE",
            f"{field.label}: value outside of valid range on numeric field: {value}",
            [field.name],
        )
    if field.type == "int":
        return round(number)
    return round(number, field.scale)


def _boolean(field, value):
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    if not isinstance(value, bool):
        raise parser_error(field, value)
    return value


def _date(field, value):
    found = read_date(value) if isinstance(value, str) else None
    if found is None:
        raise parser_error(field, value)
    return found


def _datetime(field, value):
    found = read_moment(value) if isinstance(value, str) else None
    if found is None:
        raise parser_error(field, value)
    return found


_READERS = {
    "email": _email,
    "picklist": _picklist,
    "multipicklist": _picklist,
    "boolean": _boolean,
    "date": _date,
    "datetime": _datetime,
    **dict.fromkeys(NUMBERS, _number),
}
