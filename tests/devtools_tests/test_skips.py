from types import SimpleNamespace

import pytest

from devtools import pytest_plugin


def skip(reason):
    return SimpleNamespace(nodeid="a::b", longrepr=("a.py", 3, f"Skipped: {reason}"))


def test_a_skip_is_named_with_its_reason():
    reports = [skip("Chrome executable not found")]

    assert list(pytest_plugin.unwanted_skips(reports)) == [
        "a::b: Chrome executable not found"
    ]


def test_a_skip_for_want_of_sample_data_is_let_through():
    assert list(pytest_plugin.unwanted_skips([skip("Sample data is not here")])) == []


@pytest.mark.parametrize(
    ("value", "expected"), [("true", True), ("1", True), ("", False), ("false", False)]
)
def test_a_build_server_says_so_in_ci(monkeypatch, value, expected):
    monkeypatch.setenv("CI", value)

    assert pytest_plugin.on_build_server() is expected
