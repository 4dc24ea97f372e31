"""A right value is taken for the very same wrong one, and for nothing else."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.connector_base.engine.corrections import Corrections, value_key
from odoo.addons.connector_base.engine.paths import MISSING

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


def corrections(*rows):
    return Corrections([(*row[:2], value_key(row[2]), row[3]) for row in rows])


def test_the_same_wrong_value_is_corrected_and_another_is_not():
    known = corrections(("country", None, "Atlantis", "DE"))
    assert known.correct("country", "1", "Atlantis") == "DE"
    assert known.correct("country", "1", "Lemuria") == "Lemuria"
    assert known.correct("city", "1", "Atlantis") == "Atlantis"


def test_what_was_said_of_one_record_goes_before_what_was_said_of_all():
    known = corrections(
        ("country", None, "Atlantis", "DE"), ("country", "7", "Atlantis", "GR")
    )
    assert known.correct("country", "7", "Atlantis") == "GR"
    assert known.correct("country", "8", "Atlantis") == "DE"


def test_the_right_value_may_be_none():
    known = corrections(("country", None, "n/a", None))
    assert known.correct("country", "1", "n/a") is None


@pytest.mark.parametrize("empty", [None, "", MISSING])
def test_no_value_is_no_value_however_it_is_sent(empty):
    known = corrections(("name", "1", None, "Acme"))
    assert known.correct("name", "1", empty) == "Acme"
    assert known.correct("name", "1", "Beta") == "Beta"


@pytest.mark.parametrize("other", [0, False, "0", [], {}])
def test_zero_false_and_nothing_are_different(other):
    known = corrections(("name", "1", None, "Acme"))
    assert known.correct("name", "1", other) == other


def test_a_number_is_the_same_however_the_database_writes_it():
    assert value_key(100000.0) == value_key(100000)
    assert value_key(0.5) != value_key(0)


@given(json_values)
def test_a_value_is_recognised_after_it_was_stored_as_json(value):
    assert value_key(json.loads(json.dumps(value))) == value_key(value)


@given(json_values, json_values)
def test_only_equal_values_share_a_key(one, other):
    def text(value):
        return json.dumps(None if value == "" else value, sort_keys=True)

    assert (value_key(one) == value_key(other)) == (text(one) == text(other))
