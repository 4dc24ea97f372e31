"""Who is looked for, and in which texts: engine.person."""

import pytest

from odoo.addons.connector_base.engine.person import Person, Remote

JANE = Person().known_by(
    ["Jane.Doe@Example.com"], ["+49 30 1234567"], ["Jane  Doe", "Jane"]
)


@pytest.mark.parametrize(
    "text",
    [
        "to JANE.DOE@example.com.",
        "mailto:jane.doe%40example.com",
        "call 030/123 45 67 now",
        "+49 (0)30 1234567",
        "0049-30-1234567",
        "ask jane doe",
        "Doe, Jane",
        "Jane\nDoe",
    ],
)
def test_a_text_that_quotes_her_is_known_however_it_is_written(text):
    assert JANE.says(text)
    assert not JANE.says(JANE.without(text))


@pytest.mark.parametrize(
    "text",
    [
        "mary.jane.doe@example.com",
        "jane.doe@example.com.au",
        "jane.doe@example.company",
        "9301234567 or 30123456789",
        "Jane Doering",
        "Jane",
        "",
        None,
        7,
    ],
)
def test_others_are_not(text):
    assert not JANE.says(text)
    assert JANE.without(text) == text


def test_what_is_nested_is_masked_and_keeps_its_shape():
    payload = {
        "a": [{"b": "Jane Doe, Berlin"}, 1, None],
        "jane.doe@example.com": 301234567,
    }
    assert JANE.without(payload) == {"a": [{"b": "•••, Berlin"}, 1, None], "•••": "•••"}


def test_one_word_and_half_an_address_are_nobody():
    assert not Person().known_by(["jane@"], ["12"], ["Jane"])


def test_letters_beyond_ascii_are_found_in_json_too():
    zoe = Person().known_by(names=["Zoë Müller"])
    assert zoe.says('{"name": "Zo\\u00eb M\\u00fcller"}')


def test_it_is_kept_and_read_again_as_it_was():
    jane = JANE.with_records([("res.partner", 3)], [Remote(1, "lead", "7", 2, "Lead")])
    assert Person.load(jane.dump()) == jane
    assert jane.partner_ids == {3}


def test_digests_tell_who_it_was_to_who_has_the_key():
    known = set(JANE.digests(b"k" * 32))
    same = Person().known_by(["jane.doe@example.com"])
    assert known & set(same.digests(b"k" * 32))
    assert not known & set(same.digests(b"x" * 32))
