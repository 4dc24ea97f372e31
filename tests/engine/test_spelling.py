import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.connector_base.engine.paths import MISSING
from odoo.addons.connector_base.engine.spelling import comes_back, is_spelling


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        ("acme inc.", "ACME Inc"),
        ("  Acme ", "Acme"),
        ("+49 30 123-45", "+493012345"),
        ("<p>Call &amp; ask</p>", "Call & ask"),
        ("Ａcme", "Acme"),
        (12.345, 12.35),
        (12.345, 12.34),
        (12.6, 13),
        (1299.999, 1300),
    ],
)
def test_case_blanks_signs_tags_and_rounding_are_spelling(value, stored):
    assert is_spelling(value, stored)


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        ("Acme", "Acme Two"),
        ("Acme", False),
        (False, "Acme"),
        ("+", "-"),
        ("!", ""),
        (12.0, 13),
        (12.345, 12.4),
        (0.4, 0),
        (7, "7"),
        ([1, 2], [1]),
    ],
)
def test_everything_else_is_another_value(value, stored):
    assert not is_spelling(value, stored)


@given(st.text() | st.integers() | st.floats(allow_nan=False, allow_infinity=False))
def test_a_value_is_a_spelling_of_itself(value):
    assert is_spelling(value, value)


@given(st.text(alphabet="ab !"), st.text(alphabet="ab !"))
def test_what_was_not_sent_does_not_come_back(base, stored):
    assert not comes_back(base, MISSING, stored, own_version=True)


def test_what_is_stored_by_our_own_sending_comes_back_whatever_it_is():
    assert comes_back("abc", "abc", "ab", own_version=True)
    assert not comes_back("abc", "abc", "ab", own_version=False)
    assert not comes_back("abd", "abc", "ab", own_version=True)
