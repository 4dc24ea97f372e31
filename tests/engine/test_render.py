"""What goes out and comes back is the same value again."""

import datetime
import decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.connector_base.engine.names import split_name
from odoo.addons.connector_base.engine.normalize import _country_codes
from odoo.addons.connector_base.engine.render import plain_number, write_value
from odoo.addons.connector_base.engine.transforms import trim
from odoo.addons.connector_base.engine.values import read_value
from odoo.addons.connector_hubspot.hubspot.render import property_value

VALUES = {
    "char": st.text("abcäß ", min_size=1).map(str.strip).filter(bool),
    "boolean": st.booleans(),
    "integer": st.integers(-(10**9), 10**9),
    "money": st.decimals(-(10**9), 10**9, places=4),
    "decimal": st.decimals(-(10**9), 10**9, places=6),
    "date": st.dates(datetime.date(1900, 1, 1), datetime.date(2200, 1, 1)),
    "datetime": st.datetimes(
        datetime.datetime(1980, 1, 1),
        datetime.datetime(2200, 1, 1),
        timezones=st.just(datetime.UTC),
    ).map(lambda moment: moment.replace(microsecond=0)),
    "references": st.lists(st.text("123", min_size=1), min_size=1).map(tuple),
}


@pytest.mark.parametrize("kind", VALUES)
def test_a_value_survives_the_way_there_and_back(kind):
    @given(VALUES[kind])
    def check(value):
        assert read_value(kind, write_value(kind, value)) == value

    check()


@pytest.mark.parametrize("kind", sorted(set(VALUES) - {"references"}))
@pytest.mark.parametrize("timezone", ["UTC", "America/Los_Angeles", "Asia/Tokyo"])
def test_a_value_survives_the_way_through_hubspot(kind, timezone):
    @given(VALUES[kind])
    def check(value):
        text = property_value(kind, value)
        assert isinstance(text, str)
        assert read_value(kind, text, timezone) == value

    check()


def test_every_country_is_read_as_itself_again():
    for code in {code for code in _country_codes().values()}:
        assert read_value("country", property_value("country", code)) == code


def test_nothing_empties_a_property_at_hubspot_and_is_null_elsewhere():
    for kind in VALUES:
        assert property_value(kind, None) == ""
        assert write_value(kind, None) is None


def test_zero_and_false_are_values():
    assert write_value("boolean", False) is False
    assert write_value("money", decimal.Decimal(0)) == "0"
    assert property_value("boolean", False) == "false"


@pytest.mark.parametrize(
    ("number", "text"),
    [("1.50", "1.5"), ("1E+3", "1000"), ("-0.00", "0"), ("100", "100"), ("0.1", "0.1")],
)
def test_numbers_are_written_plainly(number, text):
    assert plain_number(decimal.Decimal(number)) == text


@given(st.text(st.characters(codec="utf-8", categories=("L", "Zs", "P", "Cc"))))
def test_both_parts_of_a_name_give_the_name_again(name):
    parts = [trim(part, None) for part in split_name(name)]
    joined = " ".join(part for part in parts if part)
    assert joined == " ".join(name.split())
    # Sent a second time, it is split at the same place.
    assert split_name(joined) == split_name(name)
