"""Answers that are read line by line."""

import gzip

from odoo.addons.connector_base.engine import errors

from .vendor import bytes_server, failure

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\n"


def answer(body, *headers):
    lines = b"".join(header + b"\r\n" for header in headers)
    return HEAD + lines + b"Content-Length: %d\r\n\r\n" % len(body) + body


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
