import contextlib
import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.connector_base.engine import config_diff, config_file

TREE = {
    "manifest.json": config_file.dump({"format": 1, "exported_at": "now"}),
    "rules/teams.json": config_file.dump({"format": 1, "records": []}),
}


def zipped(*entries):
    """A ZIP of ``(name, content)`` as another program would make it."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in entries:
            file.writestr(name, content)
    return target.getvalue()


def test_a_tree_goes_around_unchanged():
    assert config_file.unpack(config_file.pack(TREE)) == TREE


def test_equal_trees_are_equal_bytes_in_whatever_order_they_were_made():
    turned = dict(reversed(TREE.items()))

    assert config_file.pack(turned) == config_file.pack(TREE)


def test_who_exported_it_and_when_is_no_part_of_the_digest():
    later = {**TREE, "manifest.json": b"{}"}
    other = {**TREE, "rules/teams.json": b"{}"}

    assert config_file.digest(later) == config_file.digest(TREE)
    assert config_file.digest(other) != config_file.digest(TREE)


@pytest.mark.parametrize(
    "name",
    [
        "../outside.json",
        "rules/../../outside.json",
        "/etc/cron.d/job.json",
        "C:\\windows\\x.json",
        "rules\\x.json",
        "rules/./x.json",
        "rules//x.json",
        ".hidden.json",
        "rules/teams.py",
        "rules/teams.pickle",
        "a/b/c/d/e/f.json",
        "rules/té.json",
        "rules/" + "x" * 200 + ".json",
    ],
)
def test_files_of_other_names_are_refused(name):
    with pytest.raises(ValueError, match="no configuration has a file named"):
        config_file.unpack(zipped((name, "{}")))


def test_a_file_that_grows_when_it_is_unpacked_is_refused():
    bomb = zipped(("rules/teams.json", b"0" * (config_file.MOST_FILE + 1)))

    assert len(bomb) < 10_000
    with pytest.raises(ValueError, match=r"rules/teams\.json is too large"):
        config_file.unpack(bomb)


def test_many_files_are_refused_before_they_are_read():
    many = zipped(*((f"a{n}.json", "") for n in range(config_file.MOST_FILES + 1)))

    with pytest.raises(ValueError, match="too many files"):
        config_file.unpack(many)


def test_a_file_that_is_there_twice_is_refused():
    with pytest.warns(UserWarning, match="Duplicate name"):
        twice = zipped(("rules/teams.json", "{}"), ("rules/teams.json", "[]"))

    with pytest.raises(ValueError, match="twice"):
        config_file.unpack(twice)


@settings(max_examples=100)
@given(st.binary(max_size=200), st.integers(0, 400), st.integers(0, 40))
def test_garbage_is_refused_in_one_way(garbage, place, length):
    whole = config_file.pack(TREE)
    for content in (garbage, whole[:place] + garbage + whole[place + length :]):
        with contextlib.suppress(ValueError):
            for text in config_file.unpack(content).values():
                config_file.load(text)


@given(st.text(max_size=150), st.text(max_size=150))
def test_names_of_files_are_safe_and_tell_what_they_are_of(one, other):
    names = [config_file.name_of(text) for text in (one, other)]

    assert all(
        config_file.is_path(f"connections/x/flows/{name}.json") for name in names
    )
    assert (names[0] == names[1]) == (one == other)


@pytest.mark.parametrize("text", ["[]", "1", '{"format": 2}', "{}", "{", '{"a": NaN}'])
def test_documents_of_another_shape_are_refused(text):
    with pytest.raises(ValueError):
        config_file.load(text.encode())


def test_records_of_one_key_are_paired_in_order():
    ours = {7: {"key": "a"}, 8: {"key": "a"}, 9: {"key": "gone"}}
    theirs = [{"key": "a"}, {"key": "new"}, {"key": "a"}]

    pairs = config_diff.pair(ours, theirs, lambda document: document["key"])

    assert pairs == [(7, theirs[0]), (None, theirs[1]), (8, theirs[2]), (9, None)]
