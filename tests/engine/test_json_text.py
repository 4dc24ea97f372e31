import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.connector_base.engine.json_text import MAX_DEPTH, loads

from .vendor import bytes_server, failure


@pytest.mark.parametrize("opening, closing", [("[", "]"), ('{"a":', "}")])
@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 900, 100_000])
def test_what_is_nested_too_deeply_is_refused(opening, closing, depth):
    middle = "1" if "a" in opening else ""
    with pytest.raises(ValueError, match="deeply"):
        loads(opening * depth + middle + closing * depth)


def test_what_is_nested_as_vendors_do_is_read():
    text = "[" * MAX_DEPTH + "]" * MAX_DEPTH

    assert loads(text) == json.loads(text)


def test_many_things_side_by_side_are_not_deep():
    value = [{"a": [number]} for number in range(1000)]

    assert loads(json.dumps(value)) == value
    assert loads(json.dumps("[{" * 200)) == "[{" * 200


@pytest.mark.parametrize(
    "text", ["NaN", "[Infinity]", "-Infinity", "1e999", "-1e999", "1" * 5000]
)
def test_a_number_that_nothing_can_hold_is_refused(text):
    with pytest.raises(ValueError, match="."):
        loads(text)


def test_of_a_key_that_is_there_twice_the_last_one_counts():
    assert loads('{"id": "1", "id": "2"}') == {"id": "2"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_the_encodings_of_json_are_read(encoding):
    assert loads('{"a": "ü"}'.encode(encoding)) == {"a": "ü"}


@given(st.binary(max_size=200))
def test_bytes_are_read_or_refused(data):
    with contextlib.suppress(ValueError):
        loads(data)


@pytest.mark.parametrize("body", [b"[" * 5000 + b"]" * 5000, b"[NaN]", b"[1e999]"])
@pytest.mark.parametrize("status", [b"200 OK", b"400 Bad Request"])
def test_an_answer_with_it_is_one_that_can_not_be_read(client_of, status, body):
    answer = b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s"
    with bytes_server(answer % (status, len(body), body)) as address:
        error = failure(client_of(address).get, "x")

    assert error.code == ("refused" if status.startswith(b"4") else "malformed")
