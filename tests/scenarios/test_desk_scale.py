"""A desk under its limits is read whole, read again for nothing, and written in few.

The short form; the long one is ``./dev desk``.
"""

import pytest
from desk.run import desk

#: As few as need several pages, and more of them than the desk gives in a minute.
ORGANIZATIONS, USERS, TICKETS = 40, 400, 1_000
PAGE = 100
PUSHED = 150
#: Longest real seconds of a step.
SECONDS = 180
#: Requests that may come too early: a limit is known by what the desk answers.
REFUSED = 3


@pytest.mark.parametrize("provider", ["zendesk", "freshdesk"])
def test_a_desk_is_read_and_written_within_its_limits(provider):
    numbers, differences = desk(
        provider,
        ORGANIZATIONS,
        USERS,
        TICKETS,
        pushed=PUSHED,
        seconds=SECONDS,
        page=PAGE,
    )
    print(numbers)
    assert not differences, "\n".join(differences[:50])
    assert numbers["tickets"] > TICKETS * 0.9
    assert numbers["pulled"]["requests"] > TICKETS / PAGE
    assert numbers["refused"] <= REFUSED
    for label, most in numbers["limits"].items():
        assert numbers["busiest_minute"][label] <= most
