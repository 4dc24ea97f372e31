"""Field maps as files, and what differs between two of them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.connector_base.engine import map_file
from odoo.addons.connector_base.engine.map_diff import difference
from odoo.addons.connector_hubspot.hubspot.streams import MAPS, STREAMS

LINES = st.lists(
    st.fixed_dictionaries(
        {
            "remote_path": st.sampled_from("abcd"),
            "target": st.sampled_from("wxyz"),
            "direction": st.just("both"),
            "transforms": st.sampled_from([[], [["trim"]], [["join", ", "]]]),
            "owner": st.sampled_from(["remote", "odoo"]),
            "required": st.booleans(),
            "default": st.sampled_from([None, "é"]),
        }
    ),
    max_size=8,
)


def line(path, target=None, **attributes):
    return {
        "remote_path": path,
        "target": target or path,
        **map_file.DEFAULTS,
        **attributes,
    }


# -- files --------------------------------------------------------------------


@given(LINES)
def test_what_is_written_is_read_as_it_was(lines):
    document = {"format": 1, "lines": lines}
    assert json.loads(map_file.dump(document)) == document


def test_a_file_has_an_attribute_a_line():
    document = {"format": 1, "lines": [line("a", transforms=[["join", "é"]])], "x": {}}
    assert map_file.dump(document).splitlines() == [
        "{",
        '  "format": 1,',
        '  "lines": [',
        "    {",
        '      "remote_path": "a",',
        '      "target": "a",',
        '      "direction": "both",',
        '      "transforms": [["join", "é"]],',
        '      "owner": "remote",',
        '      "required": false,',
        '      "default": null,',
        '      "pii": null',
        "    }",
        "  ],",
        '  "x": {}',
        "}",
    ]


@pytest.mark.parametrize("stream", STREAMS, ids=lambda stream: stream.name)
def test_shipped_files_are_written_as_an_export_writes_them(stream):
    text = (MAPS / f"{stream.name}.json").read_text(encoding="utf-8")
    document = {
        "format": map_file.FORMAT,
        "provider": "hubspot",
        "stream": stream.name,
        "entity": stream.entity,
        "lines": [map_file.line_attributes(line) for line in stream.default_map],
    }
    assert text == map_file.dump(document)


@pytest.mark.parametrize(
    "document",
    [
        {"format": 2, "lines": []},
        {"lines": []},
        {"format": 1, "lines": [{"remote_path": "a", "target": "b", "colour": "red"}]},
    ],
)
def test_a_shipped_file_of_another_shape_is_refused(document, tmp_path):
    path = tmp_path / "map.json"
    path.write_text(json.dumps(document))
    with pytest.raises(ValueError, match="map.json"):
        map_file.shipped_lines(path)


def test_the_hash_tells_lines_and_their_order_apart_and_nothing_else():
    lines = [line("a"), line("b")]
    short = [{"remote_path": "a", "target": "a"}, {"remote_path": "b", "target": "b"}]
    assert map_file.lines_hash(lines) == map_file.lines_hash(short)
    assert map_file.lines_hash(lines) != map_file.lines_hash(lines[::-1])
    changed = [line("a", owner="odoo"), line("b")]
    assert map_file.lines_hash(lines) != map_file.lines_hash(changed)


# -- differences --------------------------------------------------------------


@given(LINES)
def test_a_map_does_not_differ_from_itself(lines):
    assert not difference(lines, lines)


@given(LINES, LINES)
def test_each_line_is_told_once(before, after):
    found = difference(before, after)
    same = len(after) - len(found.added) - len(found.changed)
    assert same >= 0
    assert len(before) == len(found.removed) + len(found.changed) + same


@given(LINES, LINES)
def test_a_difference_read_the_other_way_is_its_mirror(before, after):
    there, back = difference(before, after), difference(after, before)
    assert len(there.added) == len(back.removed)
    assert len(there.removed) == len(back.added)


@given(LINES, LINES)
def test_no_difference_means_the_same_lines(before, after):
    if not difference(before, after):
        assert sorted(map(repr, before)) == sorted(map(repr, after))


def test_a_line_is_known_by_its_target_where_its_path_is_another():
    before, after = [line("a", "x"), line("b", "y")], [line("c", "x"), line("b", "y")]
    found = difference(before, after)
    assert not found.added and not found.removed
    assert found.changed == [(before[0], after[0], ["remote_path"])]


def test_a_line_is_known_by_its_path_where_its_target_is_another():
    before, after = [line("a", "x")], [line("a", "y", owner="odoo")]
    assert difference(before, after).changed == [
        (before[0], after[0], ["target", "owner"])
    ]


def test_order_counts_among_the_lines_of_one_target_only():
    first, second, other = line("a", "x"), line("b", "x"), line("c", "y")
    assert not difference([first, second, other], [other, first, second])
    found = difference([first, second], [second, first])
    assert [names for _before, _after, names in found.changed] == [["order"]] * 2


def test_a_line_that_goes_moves_nobody():
    first, second, third = line("a", "x"), line("b", "x"), line("c", "x")
    found = difference([first, second, third], [second, third])
    assert found.removed == [first] and not found.changed
