import datetime
import decimal
import zoneinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.connector_base.engine import transforms_format as fmt

D = decimal.Decimal
UTC = datetime.UTC
PARIS = zoneinfo.ZoneInfo("Europe/Paris")


def date(*args):
    return datetime.date(*args)


def moment(*args, tz=None):
    return datetime.datetime(*args, tzinfo=tz)


@pytest.mark.parametrize(
    ("value", "argument", "result"),
    [
        ("31.12.2026", "%d.%m.%Y", date(2026, 12, 31)),
        ("31.12.2026 13:05", "%d.%m.%Y %H:%M", moment(2026, 12, 31, 13, 5)),
        (
            "31.12.2026 13:05",
            "%d.%m.%Y %H:%M; Europe/Paris",
            moment(2026, 12, 31, 13, 5, tz=PARIS),
        ),
        ("03/04/2026", "dmy", date(2026, 4, 3)),
        ("03/04/2026", "mdy", date(2026, 3, 4)),
        ("2026-03-04", "dmy", date(2026, 3, 4)),
        ("26/3/4", "ymd", date(2026, 3, 4)),
        ("3.4.26", "dmy", date(2026, 4, 3)),
        ("3.4.85", "dmy", date(1985, 4, 3)),
        ("03/04/2026 5:06 pm", "dmy", moment(2026, 4, 3, 17, 6)),
        ("3 April 2026", "dmy", date(2026, 4, 3)),
        ("Apr 3, 2026 17:06", "mdy", moment(2026, 4, 3, 17, 6)),
        ("1767225600", "unix", moment(2026, 1, 1, tz=UTC)),
        (1767225600000, "ms", moment(2026, 1, 1, tz=UTC)),
        ("2026-01-02", "iso", date(2026, 1, 2)),
        ("2026-01-02T03:04:05Z", None, moment(2026, 1, 2, 3, 4, 5, tz=UTC)),
        ("", "dmy", None),
    ],
)
def test_a_date_is_read(value, argument, result):
    found = fmt.read_date(value, argument)
    assert found == result
    assert type(found) is type(result)


@pytest.mark.parametrize(
    ("value", "argument"),
    [
        ("12/31/2026", "dmy"),
        ("31/12/2026", "mdy"),
        ("31.12.2026", "%Y-%m-%d"),
        ("April", "dmy"),
        ("April 2026", "dmy"),
        ("31.02.2026", "dmy"),
        ("soon", "unix"),
        ("9" * 30, "unix"),
        ("9" * 200, "ms"),
        ("soon", None),
        ("5", "iso"),
        (["2026-01-01"], "iso"),
    ],
)
def test_what_is_no_such_date_is_refused(value, argument):
    with pytest.raises(ValueError):
        fmt.read_date(value, argument)


@pytest.mark.parametrize(
    "argument", ["%d.%m", "%H:%M", "Mars/Olympus", "%d.%m.%Y; %Y", "xyz", "%q", "/etc"]
)
def test_a_format_that_tells_no_date_is_refused(argument):
    with pytest.raises(ValueError):
        fmt.check_date(argument)


@pytest.mark.parametrize(
    "argument", ["iso", "dmy", "unix", "ms; UTC", "Europe/Paris", "%d.%m.%y", "%Y-%j"]
)
def test_a_format_is_taken(argument):
    fmt.check_date(argument)


@pytest.mark.parametrize(
    ("argument", "exact"),
    [("iso", True), ("%d.%m.%Y", True), ("ms", True), (None, True), ("dmy", False)],
)
def test_only_an_exact_format_can_be_undone(argument, exact):
    assert fmt.is_exact_format(argument) is exact


@given(st.dates(min_value=datetime.date(1000, 1, 1)))
def test_a_date_that_was_written_is_read_as_the_same(day):
    for argument in ("%d.%m.%Y", "%Y%m%d", "iso", None):
        assert fmt.read_date(fmt.write_date(day, argument), argument) == day


@given(st.datetimes(datetime.datetime(1970, 1, 2), datetime.datetime(2100, 1, 1)))
def test_a_moment_that_was_written_is_read_as_the_same(moment):
    moment = moment.replace(microsecond=0, tzinfo=UTC)
    for argument in ("%d.%m.%Y %H:%M:%S; UTC", "%d/%m/%y %H:%M:%S %z; Asia/Tokyo"):
        if moment.year >= 1970 and ("%y" not in argument or moment.year < 2068):
            assert fmt.read_date(fmt.write_date(moment, argument), argument) == moment
    for argument in ("unix", "ms", "iso", "ms; Asia/Tokyo"):
        assert fmt.read_date(fmt.write_date(moment, argument), argument) == moment


@pytest.mark.parametrize(
    ("value", "argument", "result"),
    [
        ("1.234,56", "de_DE", D("1234.56")),
        ("1,234.56", "en_US", D("1234.56")),
        ("1 234,56", "fr_FR", D("1234.56")),
        ("1\u202f234,56", "fr_FR", D("1234.56")),
        ("1'234.50", "de_CH", D("1234.50")),
        ("12,34,567.8", "en_IN", D("1234567.8")),
        ("(1.234,56)", "de_DE", D("-1234.56")),
        ("1.234,56-", "de_DE", D("-1234.56")),
        ("-1.234,56", "de_DE", D("-1234.56")),
        ("\u22121,5", "de_DE", D("-1.5")),
        ("€ 1.234,56", "de_DE", D("1234.56")),
        ("1.234,56 €", "de_DE", D("1234.56")),
        ("1.234,56 EUR", "de_DE", D("1234.56")),
        ("USD 12.50", "en_US", D("12.50")),
        (12.5, "de_DE", D("12.5")),
        (0, "de_DE", D("0")),
        ("", "de_DE", None),
    ],
)
def test_a_number_is_read(value, argument, result):
    assert fmt.read_number(value, argument) == result


@pytest.mark.parametrize(
    ("value", "argument"),
    [("12.34", "de_DE"), ("1,23", "en_US"), ("many", "de_DE"), ("1e5", "de_DE")]
    + [("NaN", "en_US"), ("--1", "en_US"), ("(-1)", "en_US"), (True, "de_DE")]
    + [(["1"], "de_DE"), ("1" * 200, "de_DE"), ("10 %", "de_DE")],
)
def test_what_is_no_number_of_the_locale_is_refused(value, argument):
    with pytest.raises(ValueError):
        fmt.read_number(value, argument)


@pytest.mark.parametrize("argument", ["xx_YY", "", "german", None])
def test_what_is_no_locale_is_refused(argument):
    with pytest.raises(ValueError):
        fmt.check_locale(argument)


@given(
    st.decimals(-(10**12), 10**12, places=4),
    st.sampled_from(["de_DE", "en_US", "fr_FR", "de_CH", "sv_SE", "en_IN", "pt_BR"]),
)
def test_a_number_that_was_written_is_read_as_the_same(number, locale):
    assert fmt.read_number(fmt.write_number(number, locale), locale) == number


@pytest.mark.parametrize(
    ("value", "argument", "result"),
    [
        ("030 12345678", "e164 DE", "+493012345678"),
        ("030 12345678", "international DE", "+49 30 12345678"),
        ("+49 30 12345678", None, "+49 30 12345678"),
        ("", "DE", None),
    ],
)
def test_a_phone_number_is_written_in_one_form(value, argument, result):
    assert fmt.phone(value, argument) == result
    if result:
        assert fmt.phone(result, argument) == result


@pytest.mark.parametrize(("value", "argument"), [("030 123", None), ("call me", "DE")])
def test_what_is_no_phone_number_is_refused(value, argument):
    with pytest.raises(ValueError):
        fmt.phone(value, argument)


@pytest.mark.parametrize("argument", ["E.164", "XX", "DEU"])
def test_a_phone_argument_names_a_form_and_a_country(argument):
    with pytest.raises(ValueError):
        fmt.parse_phone_argument(argument)


@pytest.mark.parametrize(
    ("value", "result"),
    [("Deutschland", "DE"), ("usa", "US"), ("fr", "FR"), ("", None)],
)
def test_a_country_becomes_its_code(value, result):
    assert fmt.country(value, None) == result


@pytest.mark.parametrize(
    ("value", "argument", "result"),
    [("eur", None, "EUR"), ("€", None, "EUR"), ("$", "CAD", "CAD"), ("", None, None)],
)
def test_a_currency_becomes_its_code(value, argument, result):
    assert fmt.currency(value, argument) == result


@pytest.mark.parametrize(
    ("value", "argument"), [("$", None), ("XYZ", None), ("?", "USD")]
)
def test_what_is_no_currency_is_not_guessed(value, argument):
    with pytest.raises(ValueError):
        fmt.currency(value, argument)


def test_only_a_currency_may_be_meant_by_a_dollar():
    fmt.check_currency("USD")
    with pytest.raises(ValueError):
        fmt.check_currency("dollars")


def test_what_is_no_country_is_refused():
    with pytest.raises(ValueError):
        fmt.country("Atlantis", None)


@pytest.mark.parametrize(
    ("text", "number"),
    [("P12M", 12), ("P1Y", 12), ("P1Y6M", 18), ("p3m", 3), ("", None), ("P0M", 0)],
)
def test_a_duration_is_a_number_of_months(text, number):
    assert fmt.months(text, None) == number


@pytest.mark.parametrize("text", ["P", "P2W", "P30D", "P1Y2W", "12", "PT5M", "P1.5Y"])
def test_what_is_no_whole_number_of_months_is_not_guessed(text):
    with pytest.raises(ValueError):
        fmt.months(text, None)


@given(st.integers(1, 9999))
def test_months_that_were_written_are_read_as_the_same(number):
    assert fmt.months(fmt.write_months(number, None), None) == number
