import copy
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.connector_base.engine.paths import MISSING, getter, parse_path

PAYLOAD = {
    "name": "Acme",
    "null": None,
    "empty": "",
    "zero": 0,
    "false": False,
    "address": {"lines": ["Main St 1", "2nd floor"], "geo": None},
    "emails": [
        {"value": "a@example.com", "type": "work"},
        {"type": "private"},
        {"value": None},
    ],
    "groups": [{"tags": ["x", "y"]}, {"tags": []}, {}],
    "with blank": {"ünï-cödé_1": 1},
}
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("name", "Acme"),
        ("address.lines", ["Main St 1", "2nd floor"]),
        ("address.lines[0]", "Main St 1"),
        ("address.lines[1]", "2nd floor"),
        ("address.lines[-1]", "2nd floor"),
        ("emails[0].value", "a@example.com"),
        ("with blank.ünï-cödé_1", 1),
    ],
)
def test_a_path_finds_its_value(path, value):
    assert getter(path)(PAYLOAD) == value


@pytest.mark.parametrize(
    ("path", "value"), [("null", None), ("empty", ""), ("zero", 0), ("false", False)]
)
def test_null_empty_zero_and_false_are_found_as_they_are(path, value):
    found = getter(path)(PAYLOAD)

    assert found == value and type(found) is type(value)
    assert found is not MISSING


@pytest.mark.parametrize(
    "path",
    [
        "nobody",
        "name.first",  # a text has no keys
        "name[0]",  # nor elements
        "null.key",
        "zero.key",
        "false.key",
        "address.geo.lat",
        "address.lines.0",
        "address[0]",
        "address[*]",
        "name[*]",
        "null[*]",
        "nobody[*].value",
    ],
)
def test_what_is_not_there_is_missing(path):
    assert getter(path)(PAYLOAD) is MISSING


@pytest.mark.parametrize("path", ["address.lines[2]", "address.lines[-3]"])
def test_an_element_beyond_the_end_of_a_list_is_null(path):
    # The vendor sent the list: it says that there is no such element.
    assert getter(path)(PAYLOAD) is None


@pytest.mark.parametrize("payload", [None, [], "text", 0, MISSING])
def test_a_payload_that_is_no_object_has_nothing(payload):
    assert getter("name")(payload) is MISSING
    assert getter("name[0]")(payload) is MISSING


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("emails[*].type", ["work", "private"]),
        ("emails[*].value", ["a@example.com", None]),  # null is there, missing is not
        ("emails[*].nobody", []),
        ("address.lines[*]", ["Main St 1", "2nd floor"]),
        ("groups[*].tags[*]", [["x", "y"], []]),
        ("groups[*].tags[0]", ["x"]),
    ],
)
def test_a_wildcard_gives_the_list_of_what_is_there(path, value):
    assert getter(path)(PAYLOAD) == value


LINES = {
    "lines": [
        {"type": "setup", "amount": 5},
        {"type": "fee", "amount": 7},
        {"type": "setup"},
        {"type": None, "amount": 1},
        {"primary": True, "id": 8, "rate": 2.5},
        "text",
    ]
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("lines[type=setup].amount", 5),
        ("lines[type=fee].amount", 7),
        ("lines[*type=setup].amount", [5]),
        ("lines[*type=setup].type", ["setup", "setup"]),
        ("lines[primary=true].id", 8),
        ("lines[rate=2.5].id", 8),
        # The list came, and has no such element.
        ("lines[type=tax].amount", None),
        ("lines[*type=tax].amount", []),
        ("lines[type=setup].tax", MISSING),
        ("lines[type=None].amount", None),
        ("none[type=setup].amount", MISSING),
        ("lines[4][type=x]", MISSING),
    ],
)
def test_a_filter_picks_elements_by_a_value(path, value):
    assert getter(path)(LINES) == value


@pytest.mark.parametrize(
    "path",
    ["", None, ".", "a.", ".a", "a..b", "[0]", "a[", "a]", "a[]", "a[x]", "a[1.5]"]
    + ["a[0]b", "a.[0]", "a[**]", "a[0", "a[- 1]", "a[0].", "[*]"]
    + ["a[=x]", "a[b=]", "a[b.c=x]", "a[**b=x]", "[b=x]", "a[b=x", "a[b=[x]]"],
)
def test_a_text_that_is_no_path_is_refused(path):
    with pytest.raises(ValueError, match="not a path"):
        parse_path(path)


def test_a_path_is_split_into_keys_indexes_and_wildcards():
    assert parse_path("a.b[0][*].c[-1]") == ("a", "b", 0, ..., "c", -1)


def test_missing_is_false_and_equals_nothing_else():
    assert not MISSING
    assert all(MISSING != value for value in (None, "", 0, False, [], "missing"))


def test_missing_stays_itself_when_copied():
    assert copy.deepcopy({"key": MISSING})["key"] is MISSING
    assert pickle.loads(pickle.dumps(MISSING)) is MISSING
    assert repr(MISSING) == "MISSING"


@given(json_values)
def test_looking_into_any_payload_never_fails(payload):
    for path in ("a", "a.b", "a[0]", "a[*].b", "a[-1][0]", "a[b=c].d", "a[*b=c].d"):
        getter(path)(payload)
        getter(path)({"a": payload})


@given(json_values)
def test_whatever_lies_at_a_path_comes_back_as_the_same_object(value):
    assert getter("a.b")({"a": {"b": value}}) is value
    assert getter("a[1].b")({"a": [0, {"b": value}]}) is value
    assert getter("a[*]")({"a": [value]})[0] is value
