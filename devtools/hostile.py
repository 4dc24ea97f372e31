"""./dev hostile [number]: malformed webhooks, signatures and answers of vendors."""

from . import testing
from .errors import DevError

#: Examples of all tests together; the suite itself throws fewer, always the same.
MANY = 10_000
TESTS = (
    "tests/engine/test_hostile_deliveries.py",
    "tests/engine/test_hostile_answers.py",
    "tests/scenarios/test_hostile_webhooks.py",
)


def main(arguments):
    """Run the property tests with other examples each time; returns the exit code."""
    if len(arguments) > 1 or not all(each.isdecimal() for each in arguments):
        raise DevError("How many examples?", todo="./dev hostile [NUMBER]")
    many = arguments[0] if arguments else str(MANY)
    return testing.main([*TESTS, "-q"], CONNECTORS_HOSTILE=many)
