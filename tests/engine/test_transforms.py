import pytest

from odoo.addons.connector_base.engine import transforms


@pytest.mark.parametrize(
    ("transform", "value", "argument", "result"),
    [
        ("trim", "  Jane \t van\n Dijk ", None, "Jane van Dijk"),
        ("trim", "", None, ""),
        ("trim", 7, None, "7"),
        ("trim", True, None, "true"),
        ("lower", "ACME.Com", None, "acme.com"),
        ("upper", "eur", None, "EUR"),
        ("first", ["b", "a"], None, "b"),
        ("first", [], None, None),
        ("first", "red; green", None, "red"),
        ("first", "red|green", "|", "red"),
        ("first", "red", None, "red"),
        ("join", ["a", "b"], None, "a, b"),
        ("join", ["a", 1, True], "/", "a/1/true"),
        ("join", [], None, ""),
        ("join", ["a", None, "b"], ",", "a,b"),
        ("domain", "https://www.Example.com/about", None, "example.com"),
        ("domain", "jane@Example.com", None, "example.com"),
        ("domain", "no domain", None, None),
        ("constant", "whatever", "fixed", "fixed"),
    ],
)
def test_a_transform_gives(transform, value, argument, result):
    assert getattr(transforms, transform)(value, argument) == result


@pytest.mark.parametrize("transform", ["trim", "lower", "upper", "domain"])
@pytest.mark.parametrize("value", [["a"], {"a": 1}])
def test_a_list_is_never_made_a_text_with_brackets(transform, value):
    with pytest.raises(ValueError):
        getattr(transforms, transform)(value, None)


@pytest.mark.parametrize("value", ["a", 1, {"a": 1}, [["a"]]])
def test_only_a_list_of_plain_values_can_be_joined(value):
    with pytest.raises(ValueError):
        transforms.join(value, None)
