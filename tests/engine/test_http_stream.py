"""Answers that are read line by line, and how long any may be."""

import gzip
import zlib

import pytest

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.providers import http_stream

from .vendor import bytes_server, failure

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\n"


def answer(body, *headers):
    lines = b"".join(header + b"\r\n" for header in headers)
    return HEAD + lines + b"Content-Length: %d\r\n\r\n" % len(body) + body


def packed_at_no_time(body):
    """The same bytes in each process, which know a test by them."""
    return gzip.compress(body, mtime=0)


def read(client):
    with client.stream("rows") as reply:
        return list(reply.lines)


def test_lines_keep_their_ends_and_other_separators_are_text(client_of):
    body = 'a,b\nÜ\u2028x,"1\r\n2"\nlast'.encode()
    with bytes_server(answer(body)) as address:
        found = read(client_of(address))
    assert found == ["a,b\n", 'Ü\u2028x,"1\r\n', '2"\n', "last"]


def test_what_was_packed_is_unpacked(client_of):
    body = gzip.compress(b"Id\n001\n")
    with bytes_server(answer(body, b"Content-Encoding: gzip")) as address:
        assert read(client_of(address)) == ["Id\n", "001\n"]


@pytest.mark.parametrize("size", [0, 1, 0xFFFF, 0x10000, 0x10001, 0x20000, 200_000])
def test_what_was_packed_in_any_way_is_as_it_was(client_of, size):
    """Whole, in parts, and in parts that end where we stop to read."""
    body = bytes(range(256)) * (size // 256 + 1)
    lines = body[:size].replace(b"\r", b"").decode("latin-1").encode()
    starts = range(0, len(lines), 0x10000)
    parts = [lines[start : start + 0x10000] for start in starts]
    bare = zlib.compressobj(wbits=-15)
    for packing, packed in (
        (b"gzip", gzip.compress(lines)),
        (b"gzip", b"".join(map(gzip.compress, parts or [b""]))),
        (b"x-gzip", gzip.compress(lines)),
        (b"deflate", zlib.compress(lines)),
        (b"deflate", bare.compress(lines) + bare.flush()),
        (b"identity", lines),
    ):
        sent = answer(packed, b"Content-Encoding: " + packing)
        with bytes_server(sent[:5000], sent[5000:]) as address:
            assert "".join(read(client_of(address))).encode() == lines, packing


@pytest.mark.parametrize(
    "packing, packed, code",
    [
        (b"gzip", packed_at_no_time(b"Id\n" * 99)[:-9], "cut_off"),
        (b"gzip", b"no gzip at all", "malformed"),
        (b"deflate", b"\xff\xff no zlib at all", "malformed"),
        (b"br", b"of another kind", "malformed"),
        (b"gzip, gzip", packed_at_no_time(packed_at_no_time(b"7")), "malformed"),
    ],
)
def test_what_cannot_be_unpacked_is_an_error(client_of, packing, packed, code):
    with bytes_server(answer(packed, b"Content-Encoding: " + packing)) as address:
        client = client_of(address)
        assert failure(read, client).code == code
        assert failure(client.get, "x").code == code


def test_a_body_that_breaks_off_is_an_error_and_no_end(client_of):
    whole = answer(b"Id\n001\n002\n")
    with bytes_server(whole[:-4]) as address:
        error = failure(read, client_of(address))
    assert isinstance(error, errors.TransientError)
    assert error.code == "cut_off"


def test_a_refusal_is_classified_as_any_other(client_of):
    refusal = b"HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\n{}"
    with bytes_server(refusal) as address:
        assert isinstance(failure(read, client_of(address)), errors.PermissionDenied)


# -- how long an answer may be -------------------------------------------------

JSON = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
GZIP = b"Content-Encoding: gzip\r\n"
KB = b"4000\r\n" + b" " * 0x4000 + b"\r\n"


def length(number):
    return b"Content-Length: %d\r\n\r\n" % number


def unpacked(size):
    """JSON that is short on its way: a number behind many blanks."""
    many, rest = divmod(size, 0x10000)
    packed = gzip.compress(b" " * 0x10000) * many + gzip.compress(b" " * rest + b"7")
    return length(len(packed)) + packed


@pytest.fixture
def short(monkeypatch):
    """Answers of more than 64 KB are too long."""
    monkeypatch.setattr(http_stream, "LONGEST_ANSWER", 0x10000)
    monkeypatch.setattr(http_stream, "LONGEST_LINE", 0x10000)


@pytest.mark.parametrize(
    "pieces",
    [
        [JSON, length(0x10001), b" " * 100],
        [JSON, b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n"],
        [JSON, b"Transfer-Encoding: chunked\r\n\r\n", *[KB] * 5, b"0\r\n\r\n"],
        # Nobody says how long it is, and it never ends.
        [JSON, b"\r\n", *[KB] * 100],
        [JSON, GZIP, unpacked(0x10000)],
        [JSON.replace(b"200", b"400"), length(0x10001), b" " * 100],
    ],
)
def test_an_answer_that_is_too_long_is_not_read_to_its_end(short, client_of, pieces):
    with bytes_server(*pieces) as address:
        error = failure(client_of(address).get, "rows")
    assert isinstance(error, errors.TransientError)
    assert error.code == "too_long"
    assert error.params["vendor"] == "Vendor"


def test_an_answer_of_just_the_longest_is_taken(short, client_of):
    with bytes_server(JSON, GZIP, unpacked(0xFFFF)) as address:
        assert client_of(address).get("rows").data == 7


def test_a_small_answer_that_unpacks_to_a_huge_one_is_none(client_of):
    with bytes_server(JSON, GZIP, unpacked(http_stream.LONGEST_ANSWER)) as address:
        assert failure(client_of(address).get, "rows").code == "too_long"


def test_a_line_that_is_too_long_is_an_error_and_no_line(short, client_of):
    rows = b"Id\n" + b"x" * 0x20000
    with bytes_server(answer(rows)) as address, client_of(address).stream("x") as reply:
        assert next(reply.lines) == "Id\n"
        assert failure(next, reply.lines).code == "too_long"


def test_many_short_lines_are_no_long_answer(short, client_of):
    with bytes_server(answer(b"Id,Name\n" * 0x4000)) as address:
        assert len(read(client_of(address))) == 0x4000
