import datetime
import decimal
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.connector_base.engine.paths import MISSING
from odoo.addons.connector_base.engine.values import (
    READERS,
    TEXT_KINDS,
    ValueProblem,
    read_value,
    to_json,
)

D = decimal.Decimal
UTC = datetime.UTC
KINDS = sorted(READERS)
NUMBERS = ("decimal", "money", "integer")
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Tokyo", "Pacific/Apia"]
zones = st.sampled_from(ZONES)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
    ),
    max_leaves=5,
)


def moment(*parts):
    return datetime.datetime(*parts, tzinfo=UTC)


def problem(kind, raw, zone="UTC"):
    with pytest.raises(ValueProblem) as caught:
        read_value(kind, raw, zone)
    return caught.value.code


# -- missing, null, empty, zero, false -----------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_missing_and_null_stay_what_they_are(kind):
    assert read_value(kind, MISSING) is MISSING
    assert read_value(kind, None) is None


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("raw", ["", "  ", "\n\t"])
def test_an_empty_text_is_null_unless_a_text_is_wanted(kind, raw):
    assert read_value(kind, raw) == ("" if kind in TEXT_KINDS else None)


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        ("integer", 0, 0),
        ("integer", "0", 0),
        ("money", 0, D(0)),
        ("money", "0.00", D("0.00")),
        ("boolean", False, False),
        ("boolean", 0, False),
        ("char", 0, "0"),
        ("char", False, "false"),
        ("references", 0, ("0",)),
    ],
)
def test_zero_and_false_are_values_and_not_empty(kind, raw, value):
    found = read_value(kind, raw)

    assert found == value and type(found) is type(value)


@given(st.sampled_from(KINDS), json_values, zones)
def test_any_json_is_read_or_refused_by_name_and_nothing_else(kind, raw, zone):
    try:
        value = read_value(kind, raw, zone)
    except ValueProblem as error:
        assert error.code.startswith(("invalid_", "unknown_"))
    else:
        json.dumps(to_json(value), allow_nan=False)


# -- texts ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("  Acme\n", "Acme"),
        ("two  words", "two  words"),
        (7, "7"),
        (True, "true"),
        ("a\x00b", "ab"),
        ("cut \ud83d emoji", "cut  emoji"),
        ("whole 😀 emoji", "whole 😀 emoji"),
    ],
)
def test_a_text_is_stripped_and_storable(raw, text):
    assert read_value("char", raw) == text


@pytest.mark.parametrize("kind", ["char", "text", "phone", "reference", "value"])
@pytest.mark.parametrize("raw", [["a"], {"a": 1}, []])
def test_a_list_or_an_object_is_no_text(kind, raw):
    assert problem(kind, raw) == "invalid_text"


def test_an_email_is_normal_and_a_country_is_a_code():
    assert read_value("email", " Jane@Example.COM ") == "jane@example.com"
    assert problem("email", "jane at example") == "invalid_email"
    assert read_value("country", "Deutschland") == "DE"
    assert problem("country", "Atlantis") == "unknown_country"


@pytest.mark.parametrize(
    ("raw", "ids"),
    [
        ("12", ("12",)),
        (12, ("12",)),
        (["1", 2], ("1", "2")),
        ([None, "", "3"], ("3",)),
        ([], ()),
        ("", None),
    ],
)
def test_references_are_a_tuple_of_ids(raw, ids):
    assert read_value("references", raw) == ids


def test_an_object_is_no_reference():
    assert problem("references", [{"id": 1}]) == "invalid_text"


# -- booleans ------------------------------------------------------------------


@pytest.mark.parametrize("raw", [True, "true", "TRUE", " Yes ", "y", "on", "1", 1])
def test_true_has_many_spellings(raw):
    assert read_value("boolean", raw) is True


@pytest.mark.parametrize("raw", [False, "false", "False", "no", "N", "off", "0", 0])
def test_false_has_many_spellings(raw):
    assert read_value("boolean", raw) is False


@pytest.mark.parametrize("raw", ["maybe", 2, -1, "ja", [True], {}, 0.5])
def test_what_is_neither_true_nor_false_is_refused(raw):
    assert problem("boolean", raw) == "invalid_boolean"


# -- numbers -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ("19.90", D("19.90")),
        (19.9, D("19.9")),
        (0.1, D("0.1")),  # and not 0.1000000000000000055…
        (1e3, D("1000.0")),
        (7, D(7)),
        ("-3", D(-3)),
        (" 12 000.50 ", D("12000.50")),
        ("12\u00a0000", D(12000)),
        ("1e2", D("1E+2")),
        ("123456789012345678.91", D("123456789012345678.91")),
    ],
)
def test_an_amount_is_exact(raw, number):
    assert read_value("money", raw) == number


@given(st.floats(allow_nan=False, allow_infinity=False, width=32) | st.integers())
def test_an_amount_is_never_a_float(raw):
    if abs(raw) < 10**30:
        assert type(read_value("money", raw)) is D


@given(st.decimals(-(10**12), 10**12, places=2))
def test_an_amount_survives_the_way_through_json(amount):
    assert read_value("money", str(amount)) == amount
    assert read_value("money", json.loads(json.dumps(float(amount)))) == amount


@pytest.mark.parametrize("kind", NUMBERS)
@pytest.mark.parametrize(
    "raw",
    ["12,50", "twelve", "1.2.3", "$5", "NaN", "Infinity", "-inf", "sNaN", "0x10"]
    + [True, False, [1], {}, float("nan"), float("inf")],
)
def test_what_is_no_number_is_refused(kind, raw):
    assert problem(kind, raw) == "invalid_number"


@pytest.mark.parametrize("kind", NUMBERS)
@pytest.mark.parametrize("raw", ["1e31", "-1e400", "1e999999999", 10**40])
def test_a_number_beyond_all_business_is_refused_at_once(kind, raw):
    assert problem(kind, raw) == "invalid_number"


@pytest.mark.parametrize(
    ("raw", "number"), [("3", 3), (3.0, 3), ("3.00", 3), ("1e3", 1000), (-2, -2)]
)
def test_a_whole_number_may_be_written_with_decimals(raw, number):
    found = read_value("integer", raw)

    assert found == number and type(found) is int


@pytest.mark.parametrize("raw", ["3.5", 0.1, "1e-3"])
def test_a_fraction_is_no_whole_number(raw):
    assert problem("integer", raw) == "invalid_integer"


# -- moments -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "zone", "value"),
    [
        ("2026-03-01T12:30:00Z", "Asia/Tokyo", moment(2026, 3, 1, 12, 30)),
        ("2026-03-01T12:30:00+05:30", "UTC", moment(2026, 3, 1, 7)),
        ("2026-03-01T12:30:00.123Z", "UTC", moment(2026, 3, 1, 12, 30, 0, 123000)),
        ("2026-03-01 12:30", "UTC", moment(2026, 3, 1, 12, 30)),
        # Without a zone, it is meant in the account's own.
        ("2026-01-15T12:00:00", "Europe/Berlin", moment(2026, 1, 15, 11)),
        ("2026-07-15T12:00:00", "Europe/Berlin", moment(2026, 7, 15, 10)),
        ("2026-01-15", "America/New_York", moment(2026, 1, 15, 5)),
        # Milliseconds since 1970, as number and as text, before it too.
        (1767225600000, "Asia/Tokyo", moment(2026, 1, 1)),
        ("1767225600123", "UTC", moment(2026, 1, 1, 0, 0, 0, 123000)),
        (1767225600000.0, "UTC", moment(2026, 1, 1)),
        (0, "UTC", moment(1970, 1, 1)),
        (-86400000, "UTC", moment(1969, 12, 31)),
        ("-86400000", "UTC", moment(1969, 12, 31)),
    ],
)
def test_a_moment_is_aware_and_in_utc(raw, zone, value):
    found = read_value("datetime", raw, zone)

    assert found == value and found.tzinfo is UTC


@pytest.mark.parametrize(
    "raw",
    ["soon", "2026-13-01T00:00:00Z", "2026-02-30", "01/02/2026", "12:30", "²"]
    + [True, False, [], {}, float("nan"), float("inf"), 10**20, -(10**20), "--5"],
)
def test_what_is_no_moment_is_refused(raw):
    assert problem("datetime", raw) == "invalid_datetime"


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    "raw", ["0001-01-01T00:00:00", "9999-12-31T23:59:59", "0001-01-01T00:00:00+14:00"]
)
def test_the_ends_of_the_calendar_break_nothing(raw, zone):
    for kind in ("date", "datetime"):
        try:
            read_value(kind, raw, zone)
        except ValueProblem as error:
            assert error.code == f"invalid_{kind}"


@given(st.datetimes(datetime.datetime(1900, 1, 1), timezones=st.just(UTC)), zones)
def test_a_moment_survives_the_way_through_text(value, zone):
    assert read_value("datetime", value.isoformat(), zone) == value


# -- dates ---------------------------------------------------------------------


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    "raw",
    [
        "2026-01-02",
        "2026-01-02T00:00:00Z",
        "2026-01-02T00:00:00.000Z",
        "2026-01-02T00:00:00+00:00",
        1767312000000,
        "1767312000000",
        moment(2026, 1, 2),
        datetime.date(2026, 1, 2),
    ],
)
def test_midnight_utc_means_that_day_in_every_zone(raw, zone):
    assert read_value("date", raw, zone) == datetime.date(2026, 1, 2)


@pytest.mark.parametrize(
    ("raw", "zone", "day"),
    [
        # A moment of the day is the day that it is in the account's zone.
        ("2026-01-02T03:00:00Z", "America/New_York", 1),
        ("2026-01-02T03:00:00Z", "Asia/Tokyo", 2),
        ("2026-01-02T20:00:00Z", "Asia/Tokyo", 3),
        ("2026-01-02T23:30:00Z", "Europe/Berlin", 3),
        ("2026-01-02T20:00:00-05:00", "America/New_York", 2),
        # Midnight elsewhere is a moment like any other.
        ("2026-01-02T00:00:00+09:00", "Europe/Berlin", 1),
        # Midnight UTC as part of a local time is no "that day".
        ("2026-01-01T19:00:00-05:00", "America/New_York", 1),
        ("2026-01-02T09:00:00+09:00", "Asia/Tokyo", 2),
        # Without a zone it is the day that is written.
        ("2026-01-02T00:00:00", "America/New_York", 2),
        ("2026-01-02T19:00:00", "America/New_York", 2),
        ("2026-01-02T23:59:59", "Asia/Tokyo", 2),
    ],
)
def test_a_moment_becomes_the_day_of_the_account(raw, zone, day):
    assert read_value("date", raw, zone) == datetime.date(2026, 1, day)


@given(st.dates(datetime.date(1900, 1, 1), datetime.date(2200, 1, 1)), zones)
def test_every_day_is_read_alike_in_all_its_spellings(day, zone):
    midnight = datetime.datetime.combine(day, datetime.time(), UTC)
    epoch = int(midnight.timestamp()) * 1000

    for raw in (day.isoformat(), midnight.isoformat(), epoch, str(epoch), float(epoch)):
        assert read_value("date", raw, zone) == day


@pytest.mark.parametrize(
    "raw",
    ["tomorrow", "2026-02-30", "02.01.2026", "2026/01/02", True, [], {}, "----------"],
)
def test_what_is_no_date_is_refused(raw):
    assert problem("date", raw) == "invalid_date"


# -- what is stored with a binding ---------------------------------------------


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (D("1.10"), "1.10"),
        (moment(2026, 1, 2, 3), "2026-01-02 03:00:00+00:00"),
        (datetime.date(2026, 1, 2), "2026-01-02"),
        ((D(1), ["a"]), ["1", ["a"]]),
        (None, None),
        (False, False),
        (0, 0),
        ("", ""),
    ],
)
def test_an_agreed_value_has_one_json_form(value, stored):
    found = to_json(value)

    assert found == stored and type(found) is type(stored)
