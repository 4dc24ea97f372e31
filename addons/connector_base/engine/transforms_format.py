"""Transforms of values that are written differently from place to place.

Numbers and currencies by CLDR (``babel``), phone numbers by libphonenumber
(``phonenumbers``), dates by explicit formats or ``python-dateutil``.
"""

import datetime
import decimal
import functools
import re
import unicodedata
import zoneinfo

import babel
from babel import numbers
from dateutil import parser as date_parser

from .normalize import country_code, format_phone, normalize_phone
from .render import decimal_of, milliseconds
from .transforms import plain_text

UTC = datetime.UTC
#: No date, number or code of business is longer.
LONGEST = 100
#: Orders of day, month and year that a date's argument may name.
ORDERS = {"dmy": "day", "mdy": "month", "ymd": "year"}
EPOCHS = {"unix": 1, "ms": 1000}
_TIME_DIRECTIVES = re.compile(r"%-?[HIMSpfXcTRrsz]")
_NUMERIC_DATE = re.compile(
    r"(?P<a>\d{1,4})[./\- ](?P<b>\d{1,2})[./\- ](?P<c>\d{1,4})(?P<rest>\D.*)?"
)
#: From which two digits on a year is one of the last century.
PIVOT = 70
#: Symbols that mean one currency only; CLDR's other symbols are shared.
SYMBOLS = {"€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₩": "KRW", "₺": "TRY"} | {
    **{"₽": "RUB", "₪": "ILS", "₫": "VND", "₴": "UAH", "₱": "PHP", "฿": "THB"},
    **{"zł": "PLN", "Kč": "CZK", "Ft": "HUF", "US$": "USD", "CA$": "CAD"},
    **{"A$": "AUD", "NZ$": "NZD", "HK$": "HKD", "R$": "BRL", "MX$": "MXN"},
}


def _short_text(value):
    text = plain_text(value).strip()
    if len(text) > LONGEST:
        raise ValueError("the text is too long")
    return text


# -- dates and times --------------------------------------------------------------


@functools.lru_cache(maxsize=1024)
def parse_date_argument(argument):
    """``"%d.%m.%Y %H:%M; Europe/Paris"`` as ``(format, ZoneInfo)``, either ``None``.

    :raises ValueError: for what is neither a format nor a zone
    """
    form = zone = None
    for part in (argument or "").split(";"):
        part = part.strip()
        if not part:
            continue
        if "%" in part or part in ORDERS or part in EPOCHS or part == "iso":
            if form:
                raise ValueError("one format is enough")
            form = part
            continue
        try:
            zone = zoneinfo.ZoneInfo(part)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"{part!r} is neither a format nor a time zone") from None
    return form, zone


def check_date(argument):
    """:raises ValueError: where a date written in that format can't be read again"""
    form, _zone = parse_date_argument(argument)
    if form and "%" in form:
        sample = datetime.datetime(2026, 12, 31, 13, 14, 15, tzinfo=UTC)
        again = datetime.datetime.strptime(sample.strftime(form), form)
        if again.date() != sample.date():
            raise ValueError("the format needs day, month and year")


def read_date(value, argument):
    """A date or moment in the named format.

    :param argument: ``iso``, ``dmy``, ``mdy``, ``ymd``, ``unix``, ``ms`` or a format of
        ``strptime``; after a semicolon the zone of times without one
    :return: ``date``, or ``datetime``, aware where the text or the argument has a zone;
        ``None`` for an empty text
    """
    form, zone = parse_date_argument(argument)
    text = _short_text(value)
    if not text:
        return None
    try:
        found = _read_date(text, form)
    except (OverflowError, OSError) as error:
        raise ValueError(str(error)) from None
    if isinstance(found, datetime.datetime) and zone:
        if found.tzinfo is None:
            return found.replace(tzinfo=zone)
        try:
            return found.astimezone(zone)
        except OverflowError as error:
            raise ValueError(str(error)) from None
    return found


def _read_date(text, form):
    if form in EPOCHS:
        return datetime.datetime.fromtimestamp(int(text) / EPOCHS[form], UTC)
    if form in ORDERS:
        return _read_ordered(text, ORDERS[form])
    if form and "%" in form:
        found = datetime.datetime.strptime(text, form)
        return found if _TIME_DIRECTIVES.search(form) else found.date()
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return datetime.date.fromisoformat(text)
    return date_parser.isoparse(text)


def _read_ordered(text, first):
    match = _NUMERIC_DATE.fullmatch(text)
    if not match:
        return _read_words(text)
    a, b, c = (match[group] for group in "abc")
    if len(a) > 2 or first == "year":
        year, month, day = a, b, c
    else:
        year = c
        day, month = (a, b) if first == "day" else (b, a)
    year = int(year)
    if year < 100:
        year += 1900 if year >= PIVOT else 2000
    date = datetime.date(year, int(month), int(day))
    rest = (match["rest"] or "").strip().removeprefix("T").strip(" ,")
    if not rest:
        return date
    moment = date_parser.parse(rest, default=datetime.datetime(2000, 1, 1))
    return datetime.datetime.combine(date, moment.timetz())


def _read_words(text):
    """A date with the name of its month, in English: ``31 Dec 2026``."""
    found, again = (
        date_parser.parse(text, default=datetime.datetime(year, month, day))
        for year, month, day in ((2000, 1, 1), (2004, 2, 2))
    )
    if found != again:
        raise ValueError("day, month or year is missing")
    return found if ":" in text else found.date()


def write_date(value, argument):
    """The way back of :func:`read_date`."""
    form, zone = parse_date_argument(argument)
    if isinstance(value, datetime.datetime) and zone:
        value = value.astimezone(zone)
    if form in EPOCHS:
        return milliseconds(value) * EPOCHS[form] // 1000
    return value.strftime(form) if form and "%" in form else value.isoformat()


def is_exact_format(argument):
    """Whether the argument names one spelling, not several."""
    return parse_date_argument(argument)[0] not in ORDERS


# -- numbers ----------------------------------------------------------------------


@functools.lru_cache(maxsize=256)
def _locale(argument):
    try:
        return babel.Locale.parse(argument)
    except (babel.UnknownLocaleError, ValueError, TypeError):
        raise ValueError(f"{argument!r} is not a locale") from None


def check_locale(argument):
    _locale(argument)


def read_number(value, argument):
    """A number as people of a locale write it, with or without a currency's sign.

    ``(1.234,56)`` and ``1.234,56-`` are negative, as accountants write them.

    :return: ``Decimal``; ``None`` for an empty text
    """
    if isinstance(value, bool):
        raise ValueError("a number is needed")
    if isinstance(value, int | float | decimal.Decimal):
        return decimal_of(value)
    text = _short_text(value).replace("\u2212", "-")
    text = "".join(char for char in text if unicodedata.category(char) != "Sc")
    text = re.sub(r"^[A-Z]{3}(?=[\s\d(+-])|(?<=[\s\d)-])[A-Z]{3}$", "", text).strip()
    if not text:
        return None
    if any(char.isalpha() for char in text):
        raise ValueError("a number has no letters")
    negative = re.fullmatch(r"\((.+)\)|(.+)-", text)
    if negative:
        text = (negative[1] or negative[2]).strip()
        if text.startswith(("-", "+")):
            raise ValueError("two signs")
    locale = _locale(argument)
    group = numbers.get_group_symbol(locale)
    if group.isspace():
        text = re.sub(r"(?<=\d)\s(?=\d)", group, text)
    elif group == "’":
        text = text.replace("'", group)
    text = re.sub(r"^([+-])\s+", r"\1", text)
    try:
        number = numbers.parse_decimal(text, locale=locale, strict=True)
    except (numbers.NumberFormatError, decimal.InvalidOperation) as error:
        raise ValueError(str(error)) from None
    if not number.is_finite():
        raise ValueError("a number is needed")
    return -number if negative else number


def write_number(value, argument):
    """The way back of :func:`read_number`; groups and decimal sign of the locale."""
    text = numbers.format_decimal(
        decimal_of(value), locale=_locale(argument), decimal_quantization=False
    )
    return text.replace("\u2212", "-")


# -- durations --------------------------------------------------------------------

_DURATION = re.compile(r"P(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?")


def months(value, argument):
    """The months of an ISO 8601 duration: ``P1Y6M`` → 18, ``P12M`` → 12.

    :return: int; ``None`` for an empty text
    :raises ValueError: where weeks or days are in it, which are no number of months
    """
    text = _short_text(value).upper()
    if not text:
        return None
    match = _DURATION.fullmatch(text)
    if not match or text == "P":
        raise ValueError("that is no duration")
    years, own, weeks, days = (int(part or 0) for part in match.groups())
    if weeks or days:
        raise ValueError("that is no whole number of months")
    return years * 12 + own


def write_months(value, argument):
    """The way back of :func:`months`: always in months, ``P12M``."""
    number = int(value)
    return f"P{number}M" if number > 0 else None


# -- phone, country, currency -----------------------------------------------------


@functools.lru_cache(maxsize=256)
def parse_phone_argument(argument):
    """``"e164 DE"`` as ``(True, "DE")``.

    :raises ValueError: for another word
    """
    e164, country = False, None
    for word in (argument or "").split():
        if word.lower() == "e164":
            e164 = True
        elif word.lower() != "international":
            country = country_code(word) if len(word) == 2 else None
            if not country:
                raise ValueError(f"{word!r} is not a country")
    return e164, country


def phone(value, argument):
    """A phone number in E.164 or international form.

    :param argument: ``e164`` or ``international``, and the country of numbers without
        country prefix
    """
    e164, country = parse_phone_argument(argument)
    text = _short_text(value)
    if not text:
        return None
    found = normalize_phone(text, country) if e164 else format_phone(text, country)
    if not found:
        raise ValueError("that is no phone number")
    return found


def country(value, argument):
    """The ISO 3166 code of a country, however it is written."""
    text = _short_text(value)
    if not text:
        return None
    code = country_code(text)
    if not code:
        raise ValueError("that is no country")
    return code


@functools.cache
def _currency_codes():
    return frozenset(numbers.list_currencies("en"))


def check_currency(argument):
    if argument and argument not in _currency_codes():
        raise ValueError(f"{argument!r} is not a currency")


def currency(value, argument):
    """The ISO 4217 code of a currency, by code or sign.

    :param argument: the code that a bare ``$`` means
    """
    text = _short_text(value)
    if not text:
        return None
    code = text.upper()
    if code in _currency_codes():
        return code
    found = SYMBOLS.get(text) or (argument if text == "$" else None)
    if not found:
        raise ValueError("that is no currency")
    return found
