import pytest

from devtools import database
from devtools.errors import DevError


@pytest.fixture
def busy(monkeypatch):
    """Databases that can't be dropped at the first tries; gives the tries."""
    tries = []

    def refuse(*_args, **_options):
        tries.append(1)
        if len(tries) < 3:
            raise DevError("x could not be dropped.", database.BUSY)

    monkeypatch.setattr(database, "psql", refuse)
    monkeypatch.setattr(database.time, "sleep", lambda _seconds: None)
    return tries


def test_a_database_that_is_being_tidied_up_is_dropped_a_little_later(busy):
    database.drop(None, "x")

    assert len(busy) == 3


def test_one_that_stays_busy_is_told_of(busy, monkeypatch):
    monkeypatch.setattr(database, "DROP_TRIES", 2)

    with pytest.raises(DevError):
        database.drop(None, "x")
