import datetime
import email.utils

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.providers.http_answers import (
    LONGEST_WAIT,
    default_classify,
    retry_after,
)

NOW = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC)


def after(text):
    """Seconds from now on that a header asks for, or ``None``."""
    moment = retry_after({"Retry-After": text}, clock=lambda: NOW)
    return moment and (moment - NOW).total_seconds()


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0),
        ("30", 30),
        (" 120 ", 120),
        ("1.5", 1.5),
        ("-5", 0),
        ("Sun, 22 Nov 2026 12:00:30 GMT", 30),
        ("Sunday, 22-Nov-26 12:00:30 GMT", 30),  # RFC 850
        ("Sun Nov 22 12:00:30 2026", 30),  # asctime
        ("Sun, 22 Nov 2026 13:00:30 +0100", 30),
        ("Sun, 22 Nov 2026 11:00:00 GMT", 0),  # past: at once
    ],
)
def test_both_forms_are_understood(text, seconds):
    assert after(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "  ", "soon", "nan", "12:30", "2026-11-22", "1,5"]
)
def test_what_names_no_time_is_none(text):
    assert after(text) is None


def test_no_header_is_none():
    assert retry_after({}) is None


@pytest.mark.parametrize(
    "text", ["999999", "1e30", "inf", "Fri, 31 Dec 9999 23:59:59 GMT"]
)
def test_nobody_stops_us_for_longer_than_a_day(text):
    assert after(text) == LONGEST_WAIT.total_seconds() == 86400


@given(st.text() | st.integers().map(str) | st.floats().map(str))
def test_no_header_breaks_the_reading(text):
    seconds = after(text)

    assert seconds is None or 0 <= seconds <= 86400


@given(st.integers(0, 86400))
def test_both_forms_say_the_same(seconds):
    moment = NOW + datetime.timedelta(seconds=seconds)

    assert after(str(seconds)) == seconds
    assert after(email.utils.format_datetime(moment, usegmt=True)) == seconds


@pytest.mark.parametrize(
    ("status", "error_type"),
    [(429, errors.RateLimited), (503, errors.TransientError)],
)
def test_the_header_reaches_the_error(status, error_type):
    before = datetime.datetime.now(datetime.UTC)

    error = default_classify(status, {}, {"Retry-After": "30"})

    assert type(error) is error_type
    assert 29 < (error.retry_at - before).total_seconds() < 60
    assert default_classify(status, {}, {}).retry_at is None


@given(st.integers(400, 599), st.text())
def test_every_status_has_exactly_one_class(status, body):
    error = default_classify(status, body, {})

    assert error.error_class in errors.ERROR_CLASSES and error.error_class != "bug"
