import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.connector_base.engine import transforms_pattern as pattern


@pytest.mark.parametrize(
    ("value", "argument", "result"),
    [
        ("Order 4711 of May", r"\d+", "4711"),
        ("Order 4711 of May", r"Order (\d+)", "4711"),
        ("nothing", r"\d+", None),
        ("a-b", r"(?:x)?(b)", "b"),
        (4711, r"^\d\d", "47"),
        ("ACME GmbH", r"(?i)^(.*) (?:gmbh|ag)$", "ACME"),
    ],
)
def test_a_pattern_finds(value, argument, result):
    assert pattern.extract(value, argument) == result


@pytest.mark.parametrize(
    ("value", "argument", "result"),
    [
        ("+49 (30) 12", r"\D+ => ", "493012"),
        ("a.b.c", r"\. => -", "a-b-c"),
        ("Doe, Jane", r"(\w+), (\w+) => \2 \1", "Jane Doe"),
        ("x", r"y => z", "x"),
    ],
)
def test_a_pattern_replaces(value, argument, result):
    assert pattern.replace(value, argument) == result


@pytest.mark.parametrize(
    "argument",
    ["", None, "(", "[a", "*", "a" * 201, "(?P<x>a)(?P<x>b)", "a{99999999999}"]
    # Each may take exponential time.
    + ["(a+)+$", "(a*)*b", "(a|aa)+$", "(a|a)*b", "((a+)b?)+", "(a+){20}b"]
    + [r"(a?){30}a{30}", r"(\w+\s?)*$", "(.*a){12}b", r"(a)\1", "(a)?(?(1)b|c)"]
    # Or n^4 and more.
    + ["a*a*a*a*b", "(?=a*)(?=a*)a*a*"],
)
def test_a_pattern_that_may_run_away_or_is_none_is_refused(argument):
    with pytest.raises(ValueError):
        pattern.compile_pattern(argument)


@pytest.mark.parametrize(
    "argument",
    [r"\d+", r"^([A-Z]{2})-(\d+)$", r"(?:ab)+", "(a|b)c", r"(?>a+)b", "a*+b"]
    + [r"(\d{1,3}) (\d{1,3})", r"^(.*?)\s*\((.*)\)$", "(a++b)+"],
)
def test_everyday_patterns_are_taken(argument):
    pattern.compile_pattern(argument)


@pytest.mark.parametrize("argument", ["a", "a = b", "( => b", r"a => \1", "", None])
def test_what_is_no_replacement_is_refused(argument):
    with pytest.raises(ValueError):
        pattern.parse_replacement(argument)


@pytest.mark.parametrize("argument", ["a*b", "a*a*b", "a*a*a*b", "(a*a*)a*b"])
def test_the_worst_text_of_a_pattern_takes_less_than_a_second(argument):
    _compiled, most = pattern.compile_pattern(argument)
    started = time.process_time()
    assert pattern.extract("a" * most, argument) is None
    assert time.process_time() - started < 1
    with pytest.raises(ValueError, match="too long"):
        pattern.extract("a" * (most + 1), argument)


@pytest.mark.parametrize("value", [True, ["a"], {"a": 1}])
def test_only_texts_and_numbers_are_searched(value):
    with pytest.raises(ValueError):
        pattern.extract(value, "a")


@given(st.text(max_size=60))
def test_any_text_is_a_pattern_or_a_value_error(text):
    try:
        pattern.compile_pattern(text)
    except ValueError:
        pass
