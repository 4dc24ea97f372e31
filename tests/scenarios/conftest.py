"""What the scenarios share."""

import pytest

from .own_database import own_database


@pytest.fixture
def database():
    """The name of a database of the test's own."""
    with own_database() as name:
        yield name
