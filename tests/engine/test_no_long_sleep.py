"""Nothing in the addons sleeps longer than a second: a worker has other work to do."""

import ast
from pathlib import Path

import pytest

ADDONS = Path(__file__).resolve().parents[2] / "addons"
LONGEST_SECONDS = 1.0
#: Name of the constant that bounds a pause.
BOUND = "LONGEST_PAUSE"
FILES = sorted(
    path
    for path in ADDONS.rglob("*.py")
    if "tests" not in path.relative_to(ADDONS).parts
)


def name_of(node):
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def is_bounded(seconds):
    """Whether a pause is a short constant, the bound, or cut down to it by min()."""
    if isinstance(seconds, ast.Constant):
        return seconds.value <= LONGEST_SECONDS
    if name_of(seconds) == BOUND:
        return True
    if isinstance(seconds, ast.Call) and name_of(seconds.func) == "min":
        return any(is_bounded(argument) for argument in seconds.args)
    return False


def long_sleeps(source):
    """Lines with a call that sleeps, whatever it is called, for nobody knows how long.

    A sleep that is injected is called by the name it was given, so it is found as well.
    """
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = name_of(node.func)
        if name.strip("_") == "sleep" or name == "pg_sleep":
            arguments = [*node.args, *(each.value for each in node.keywords)]
            if len(arguments) != 1 or not is_bounded(arguments[0]):
                yield node.lineno
        elif name == "execute" and "pg_sleep" in ast.unparse(node):
            yield node.lineno


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ADDONS)))
def test_no_file_sleeps_longer_than_a_second(path):
    assert not list(long_sleeps(path.read_text()))


def test_the_bound_is_a_second():
    from odoo.addons.connector_base.providers import http_client

    assert http_client.LONGEST_PAUSE <= LONGEST_SECONDS


@pytest.mark.parametrize(
    ("source", "is_long"),
    [
        ("time.sleep(0.5)", False),
        ("time.sleep(60)", True),
        ("time.sleep(seconds)", True),
        ("sleep(60)", True),
        ("self._sleep(seconds)", True),
        ("self._sleep(min(LONGEST_PAUSE, seconds))", False),
        ("self._sleep(min(60, seconds))", True),
        ("time.sleep(LONGEST_PAUSE)", False),
        ("gevent.sleep(seconds=5)", True),
        ("cr.execute('SELECT pg_sleep(5)')", True),
    ],
)
def test_this_test_finds_what_it_looks_for(source, is_long):
    assert bool(list(long_sleeps(source))) is is_long
