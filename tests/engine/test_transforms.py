import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.connector_base.engine import transforms

CASES = [
    ("trim", "  Jane \t van\n Dijk ", None, "Jane van Dijk"),
    ("trim", "", None, ""),
    ("trim", 7, None, "7"),
    ("trim", True, None, "true"),
    ("lower", "ACME.Com", None, "acme.com"),
    ("upper", "eur", None, "EUR"),
    ("title", "JEAN-PAUL van dijk", None, "Jean-Paul Van Dijk"),
    ("title", "o'neil", None, "O'neil"),
    ("title", "ßen", None, "Ssen"),
    ("default", None, "n/a", "n/a"),
    ("default", "", "n/a", "n/a"),
    ("default", [], "n/a", "n/a"),
    ("default", 0, "n/a", 0),
    ("default", False, "n/a", False),
    ("default", "x", "n/a", "x"),
    ("first", ["b", "a"], None, "b"),
    ("first", [None, "", "a"], None, "a"),
    ("first", [0], None, 0),
    ("first", [], None, None),
    ("first", "red; green", None, "red"),
    ("first", "; green", None, "green"),
    ("first", "red|green", "|", "red"),
    ("first", "red", None, "red"),
    ("first", "red\ngreen", "\\n", "red"),
    ("join", ["a", "b"], None, "a, b"),
    ("join", ["a", 1, True], "/", "a/1/true"),
    ("join", [], None, ""),
    ("join", ["a", None, "b"], ",", "a,b"),
    ("split", "a; b;;c ", None, ["a", "b", "c"]),
    ("split", "a b", " ", ["a", "b"]),
    ("split", "a\nb", "\\n", ["a", "b"]),
    ("split", "", None, []),
    ("split", 12, None, ["12"]),
    ("domain", "https://www.Example.com/about", None, "example.com"),
    ("domain", "jane@Example.com", None, "example.com"),
    ("domain", "no domain", None, None),
    ("constant", "whatever", "fixed", "fixed"),
    ("translate", "paid", "paid=Paid; open=Open", "Paid"),
    ("translate", " paid ", "paid=Paid", "Paid"),
    ("translate", "void", "paid=Paid; *=Other", "Other"),
    ("translate", True, "true=yes; false=no", "yes"),
    ("translate", ["a", "b"], "a=1;b=2", ["1", "2"]),
    ("translate", "x", "x=", ""),
    ("translate_back", "Paid", "paid=Paid; open=Open", "paid"),
    ("join_back", ("a", "b"), None, "a;b"),
    ("split_back", "a, b", None, ["a", "b"]),
]


@pytest.mark.parametrize(("transform", "value", "argument", "result"), CASES)
def test_a_transform_gives(transform, value, argument, result):
    found = getattr(transforms, transform)(value, argument)
    assert found == result
    assert type(found) is type(result)


@pytest.mark.parametrize("transform", ["trim", "lower", "upper", "title", "domain"])
@pytest.mark.parametrize("value", [["a"], {"a": 1}])
def test_a_list_is_never_made_a_text_with_brackets(transform, value):
    with pytest.raises(ValueError):
        getattr(transforms, transform)(value, None)


@pytest.mark.parametrize("value", ["a", 1, {"a": 1}, [["a"]]])
def test_only_a_list_of_plain_values_can_be_joined(value):
    with pytest.raises(ValueError):
        transforms.join(value, None)


@pytest.mark.parametrize("value", ["void", "Paid", "", {"a": 1}])
def test_a_value_without_a_pair_is_not_guessed(value):
    with pytest.raises(ValueError):
        transforms.translate(value, "paid=Paid; open=Open")


@pytest.mark.parametrize("argument", ["", ";", "paid", "=x", "a=1;a=2", "a=1;b"])
def test_what_are_no_pairs_is_refused(argument):
    with pytest.raises(ValueError):
        transforms.parse_pairs(argument)


@pytest.mark.parametrize(
    ("argument", "undoable"),
    [("a=1;b=2", True), ("a=1;b=1", False), ("a=1;*=2", False)],
)
def test_only_one_to_one_pairs_can_be_undone(argument, undoable):
    assert transforms.is_one_to_one(argument) is undoable


@pytest.mark.parametrize("transform", ["trim", "lower", "upper", "title"])
@given(text=st.text())
def test_doing_it_twice_changes_nothing_more(transform, text):
    function = getattr(transforms, transform)
    once = function(text, None)
    assert function(once, None) == once


words = st.text("abcäß 123", min_size=1).map(str.strip).filter(bool)


@given(st.lists(words), st.sampled_from([None, ";", "|", "\\n"]))
def test_what_was_split_can_be_joined_again(parts, separator):
    text = transforms.join_back(parts, separator)
    assert transforms.split(text, separator) == parts


@given(st.lists(words), st.sampled_from([None, "/", " | "]))
def test_what_was_joined_can_be_split_again(parts, separator):
    text = transforms.join(parts, separator)
    assert transforms.split_back(text, separator) == parts


@given(
    st.dictionaries(words, words, min_size=1).filter(
        lambda pairs: len(set(pairs.values())) == len(pairs)
    )
)
def test_one_to_one_pairs_lead_back(pairs):
    argument = "; ".join(f"{key}={value}" for key, value in pairs.items())
    assert transforms.is_one_to_one(argument)
    for key in pairs:
        there = transforms.translate(key, argument)
        assert transforms.translate_back(there, argument) == key
