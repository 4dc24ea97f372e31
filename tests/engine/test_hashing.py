import datetime
import decimal
import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from odoo.addons.connector_base.engine.hashing import content_hash, fingerprint
from odoo.addons.connector_base.engine.paths import MISSING

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4)
    ),
    max_leaves=10,
)


def shuffled(value):
    """The same value with the keys of all its objects in the opposite order."""
    if isinstance(value, dict):
        return {key: shuffled(item) for key, item in reversed(value.items())}
    if isinstance(value, list):
        return [shuffled(item) for item in value]
    return value


@given(json_values)
def test_the_order_of_keys_does_not_matter(value):
    assert content_hash(value) == content_hash(shuffled(value))


def test_the_order_of_elements_matters():
    assert content_hash([1, 2]) != content_hash([2, 1])


@given(json_values, json_values)
def test_different_contents_differ(one, other):
    assume(repr(shuffled(one)) != repr(shuffled(other)) and one != other)

    assert content_hash(one) != content_hash(other)


def test_missing_null_empty_zero_and_false_are_five_contents():
    values = [MISSING, None, "", 0, False]

    assert len({content_hash(value) for value in values}) == 5
    assert len({content_hash([value]) for value in values}) == 5
    assert len({content_hash({"key": value}) for value in values}) == 5


def test_a_number_and_its_text_differ():
    assert len({content_hash(value) for value in (1, "1", True, [1])}) == 4


@given(json_values, st.text(max_size=5), st.text(max_size=5))
def test_another_salt_makes_another_hash(value, one, other):
    assume(one != other)

    assert content_hash(value, one) != content_hash(value, other)
    assert content_hash(value, one) == content_hash(value, one)


def test_a_hash_is_the_same_in_every_process_and_release():
    value = {"b": [1, None, "ü"], "a": MISSING}

    assert content_hash(value, "7:") == "f797665c7bd4da6f53b9cfe7a3691bf1"


def test_typed_values_and_broken_characters_have_a_hash():
    value = [
        decimal.Decimal("1.10"),
        datetime.date(2026, 1, 2),
        datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC),
        "\ud83d",
    ]

    assert re.fullmatch("[0-9a-f]{32}", content_hash(value))


def test_what_has_no_canonical_form_is_refused():
    with pytest.raises(TypeError, match="set has no canonical form"):
        content_hash({1, 2})


def test_a_fingerprint_is_short_and_knows_its_parts_apart():
    assert re.fullmatch("[0-9a-f]{16}", fingerprint("mapping", 3, None))
    assert fingerprint("a", "b") == fingerprint("a", "b")
    assert fingerprint("a", "b") != fingerprint("ab") != fingerprint("b", "a")
    assert fingerprint("a", None) == fingerprint("a", "")
