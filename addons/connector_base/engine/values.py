"""Typed values: from a vendor's JSON to canonical Python values.

Five different things stay different all the way: a missing key (``MISSING``), null
(``None``), the empty string, zero and false.
"""

import datetime
import decimal
import zoneinfo

from dateutil import parser as date_parser

from .normalize import country_code, normalize_email, storable
from .paths import MISSING

UTC = datetime.UTC
_TRUE = frozenset({"true", "1", "yes", "y", "on"})
_FALSE = frozenset({"false", "0", "no", "n", "off"})
#: Digits before the decimal point beyond which nothing is a number of business.
MOST_DIGITS = 30


class ValueProblem(ValueError):
    """A value can't be read as its type.

    :param code: ``invalid_<type>``, the same for all values of the cause
    """

    def __init__(self, code):
        super().__init__(code)
        self.code = code


def read_value(kind, raw, timezone="UTC"):
    """Read a raw JSON value as the given type of entity field.

    :param kind: one of :data:`READERS`
    :param timezone: IANA zone in which a time without zone is meant, and in which a
        moment becomes a date
    :return: the typed value; ``MISSING`` and ``None`` pass unchanged, an empty string
        is ``None`` for every type that isn't text
    :raises ValueProblem: where the value can't be read
    """
    if raw is MISSING or raw is None:
        return raw
    reader, needs_zone = READERS[kind]
    if isinstance(raw, str):
        raw = raw.strip()
        if not raw and kind not in TEXT_KINDS:
            return None
    return reader(raw, timezone) if needs_zone else reader(raw)


def _text(raw):
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, dict | list):
        raise ValueProblem("invalid_text")
    return storable(str(raw))


def _boolean(raw):
    if isinstance(raw, bool):
        return raw
    text = str(raw).lower()
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise ValueProblem("invalid_boolean")


def _decimal(raw):
    if isinstance(raw, bool):
        raise ValueProblem("invalid_number")
    try:
        # A float from JSON is read by its shortest text, never by its binary value.
        number = decimal.Decimal(str(raw).replace("\u00a0", "").replace(" ", ""))
    except decimal.InvalidOperation:
        raise ValueProblem("invalid_number") from None
    # A huge exponent is no amount, and as a whole number it would fill the memory.
    if not number.is_finite() or number.adjusted() > MOST_DIGITS:
        raise ValueProblem("invalid_number")
    return number


def _integer(raw):
    number = _decimal(raw)
    if number != number.to_integral_value():
        raise ValueProblem("invalid_integer")
    return int(number)


def _moment(raw, timezone):
    """ISO 8601 text, or milliseconds since 1970 as vendors send them, with its zone."""
    if isinstance(raw, bool):
        raise ValueProblem("invalid_datetime")
    try:
        if isinstance(raw, datetime.datetime):
            moment = raw
        elif isinstance(raw, int | float) or _is_whole(str(raw)):
            return datetime.datetime.fromtimestamp(int(raw) / 1000, UTC)
        else:
            moment = _iso_datetime(str(raw))
    except (OverflowError, OSError, ValueError):
        raise ValueProblem("invalid_datetime") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zoneinfo.ZoneInfo(timezone))
    return moment


def _iso_datetime(text):
    try:
        return datetime.datetime.fromisoformat(text)
    except ValueError:
        # Slower, and knows more of ISO 8601.
        return date_parser.isoparse(text)


def _is_whole(text):
    return text.removeprefix("-").isdigit()


def _in_zone(moment, zone):
    try:
        return moment.astimezone(zone)
    except OverflowError:
        # The years 1 and 9999, by which some systems say "never".
        raise ValueProblem("invalid_datetime") from None


def _datetime(raw, timezone):
    return _in_zone(_moment(raw, timezone), UTC)


def _date(raw, timezone):
    try:
        if isinstance(raw, str) and len(raw) == 10 and not _is_whole(raw):
            return datetime.date.fromisoformat(raw)
        if isinstance(raw, datetime.date) and not isinstance(raw, datetime.datetime):
            return raw
        moment = _moment(raw, timezone)
        # Midnight UTC is how vendors spell "that day" in a moment: moved into a zone
        # west of Greenwich it would become the day before.
        if moment.time() == datetime.time() and not moment.utcoffset():
            return moment.date()
        return _in_zone(moment, zoneinfo.ZoneInfo(timezone)).date()
    except ValueError:
        raise ValueProblem("invalid_date") from None


def _email(raw):
    text = _text(raw)
    if not text:
        return text
    email = normalize_email(text)
    if email is None:
        raise ValueProblem("invalid_email")
    return email


def _country(raw):
    code = country_code(_text(raw))
    if code is None:
        raise ValueProblem("unknown_country")
    return code


def _references(raw):
    """Several ids; a single one counts as a list of one."""
    items = raw if isinstance(raw, list) else [raw]
    return tuple(_text(item) for item in items if item not in (None, ""))


def _structure(raw):
    """What a vendor nests, as lines and their taxes: the entity's own code reads it."""
    if not isinstance(raw, list | dict):
        raise ValueProblem("invalid_structure")
    return raw


#: Type of entity field -> (reader, whether it takes the time zone).
READERS = {
    "char": (_text, False),
    "text": (_text, False),
    "phone": (_text, False),
    "url": (_text, False),
    "email": (_email, False),
    "boolean": (_boolean, False),
    "integer": (_integer, False),
    "decimal": (_decimal, False),
    "money": (_decimal, False),
    "date": (_date, True),
    "datetime": (_datetime, True),
    "country": (_country, False),
    "state": (_text, False),
    "currency": (_text, False),
    "value": (_text, False),
    "choice": (_text, False),
    "reference": (_text, False),
    "key": (_text, False),
    "values": (_references, False),
    "references": (_references, False),
    "keys": (_references, False),
    "structure": (_structure, False),
}
TEXT_KINDS = frozenset({"char", "text", "phone", "url", "email"})


def to_json(value):
    """The JSON form in which agreed values are stored with a binding."""
    if isinstance(value, decimal.Decimal):
        return str(value)
    if isinstance(value, datetime.datetime):
        return value.isoformat(" ")
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [to_json(item) for item in value]
    return value
