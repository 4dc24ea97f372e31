"""Locks between commands that run at the same time in one checkout."""

import fcntl
from contextlib import contextmanager

from . import paths


def _open(name):
    folder = paths.private_folder(paths.RUN)
    return (folder / f"{name}.lock").open("w")


@contextmanager
def alone(name, waiting=None):
    """Hold a lock that one command at a time can hold; wait for it.

    ``waiting`` is called once when another command holds it.
    """
    with _open(name) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if waiting:
                waiting()
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def first_free(name, most=9):
    """Hold the first free of several numbered places; gives its number from 1."""
    for number in range(1, most + 1):
        with _open(f"{name}-{number}") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if number < most:
                    continue
                fcntl.flock(file, fcntl.LOCK_EX)
            yield number
            return


class Users:
    """The commands that use one shared server; the last one out may end it."""

    def __init__(self, name):
        self.file = _open(f"{name}-users")

    def enter(self):
        fcntl.flock(self.file, fcntl.LOCK_SH)

    def leave(self):
        """Stop using it; returns whether nobody else does."""
        try:
            # Not atomic: two leaving at once may both be told no, never both yes.
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            return False

    def close(self):
        self.file.close()
