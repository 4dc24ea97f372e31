import pathlib
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.connector_base.engine import sealing

PRIVATE = sealing.new_private_key()
PUBLIC = sealing.public_key_of(PRIVATE)
digests = st.binary(min_size=32, max_size=32).map(bytes.hex)
leaves = st.dictionaries(st.integers(1, 2**40), digests, max_size=20).map(
    lambda found: sorted(found.items())
)


# -- hashes and signatures ------------------------------------------------------


def test_a_content_has_one_spelling():
    assert (
        sealing.canonical({"b": "ü", "a": [1, None]})
        == '{"a":[1,null],"b":"ü"}'.encode()
    )


def test_texts_that_look_alike_have_different_hashes():
    values = ("1", 1, None, "", "null", False, "false")
    assert len({sealing.digest({"x": value}) for value in values}) == len(values)


@given(leaves)
def test_leaves_come_back_as_they_were_packed(found):
    assert sealing.unpack_leaves(sealing.pack_leaves(found)) == found


def test_leaves_that_are_cut_off_are_refused():
    with pytest.raises(ValueError, match="cut off"):
        sealing.unpack_leaves(b"x" * 39)


@pytest.mark.parametrize(
    ("found", "difference"),
    [
        ([(1, "a"), (2, "b")], None),
        ([(1, "a"), (2, "x")], (2, "altered")),
        ([(2, "b")], (1, "missing")),
        ([(1, "a"), (2, "b"), (3, "c")], (3, "inserted")),
        ([(1, "x"), (3, "c")], (1, "altered")),
    ],
)
def test_the_first_difference_is_named(found, difference):
    assert sealing.first_difference([(1, "a"), (2, "b")], found) == difference


def test_a_signature_is_of_one_key_and_one_hash():
    signature = sealing.sign(PRIVATE, "ab")
    other = sealing.public_key_of(sealing.new_private_key())
    assert sealing.is_signed(PUBLIC, "ab", signature)
    assert not sealing.is_signed(PUBLIC, "ac", signature)
    assert not sealing.is_signed(other, "ab", signature)


@pytest.mark.parametrize("wrong", [None, "", "zz", "ab", 7])
def test_what_is_no_signature_is_none(wrong):
    assert not sealing.is_signed(PUBLIC, "ab", wrong)


# -- files --------------------------------------------------------------------------


def seal_of(number, rows, previous=sealing.NO_SEAL):
    """The header of a seal over rows, its hash and its signature."""
    packed = sealing.pack_leaves([(row["id"], sealing.digest(row)) for row in rows])
    header = {
        "table": "connector.log",
        "number": number,
        "count": len(rows),
        "rows": sealing.leaves_digest(packed),
        "previous": previous,
        "key": PUBLIC,
    }
    own = sealing.digest(header)
    return header, own, sealing.sign(PRIVATE, own)


def file_of(*blocks, chained=True):
    """The lines of a file in which each block of rows has a seal."""
    writer = sealing.ExportWriter(PRIVATE)
    lines, previous = [writer.head({"by": "Jo"})], sealing.NO_SEAL
    for number, rows in enumerate(blocks, 1):
        lines += [writer.row("connector.log", row, number) for row in rows]
        seal = seal_of(number, rows, previous)
        lines.append(writer.seal(*seal, None))
        previous = seal[1] if chained else sealing.NO_SEAL
    return [*lines, writer.end()]


FIRST = [{"id": 1, "note": "a"}, {"id": 2, "note": "b"}]
SECOND = [{"id": 3, "note": "c"}]


def test_a_good_file_is_good():
    found = sealing.check_export(file_of(FIRST, SECOND), PUBLIC)
    assert found == {"rows": 3, "seals": 2, "whole": 2}


def test_a_chain_that_breaks_is_found():
    with pytest.raises(ValueError, match="seal 2 doesn't follow"):
        sealing.check_export(file_of(FIRST, SECOND, chained=False), PUBLIC)


def test_rows_that_are_not_those_of_their_seal_are_found():
    writer = sealing.ExportWriter(PRIVATE)
    lines = [writer.head({})]
    lines += [writer.row("connector.log", {**row, "note": "x"}, 1) for row in FIRST]
    lines += [writer.seal(*seal_of(1, FIRST), None), writer.end()]
    with pytest.raises(ValueError, match="not those of seal 1"):
        sealing.check_export(lines, PUBLIC)


@given(st.data())
def test_no_byte_can_be_changed(data):
    text = b"".join(file_of(FIRST, SECOND))
    place = data.draw(st.integers(0, len(text) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda b: b != text[place]))
    changed = text[:place] + bytes([byte]) + text[place + 1 :]
    with pytest.raises((ValueError, KeyError, TypeError)):
        sealing.check_export(changed.splitlines(keepends=True), PUBLIC)


def test_the_file_is_a_command_that_needs_nothing_of_odoo(tmp_path):
    exported = tmp_path / "audit.jsonl"
    exported.write_bytes(b"".join(file_of(FIRST)))
    command = [sys.executable, "-I", str(pathlib.Path(sealing.__file__)), str(exported)]
    good = subprocess.run([*command, "--key", PUBLIC], capture_output=True, text=True)
    assert (good.returncode, good.stdout) == (
        0,
        "good: 2 rows, 1 seals, 1 of them whole\n",
    )
    exported.write_bytes(exported.read_bytes().replace(b'"b"', b'"x"'))
    bad = subprocess.run([*command, "--key", PUBLIC], capture_output=True, text=True)
    assert (bad.returncode, bad.stderr[:9]) == (1, "NOT GOOD:")
