"""Requests that a dry run would send to a vendor, and does not."""

import contextlib
import contextvars

_would_send = contextvars.ContextVar("connector_dry_run", default=None)


@contextlib.contextmanager
def dry_run():
    """Clients of vendors that are made within this only read.

    :return: list that fills with what they would have sent: dicts of ``method``,
        ``path`` and ``records``, their number
    """
    requests = []
    token = _would_send.set(requests)
    try:
        yield requests
    finally:
        _would_send.reset(token)


def would_send():
    """The list of the dry run that is going on, or ``None``."""
    return _would_send.get()


def count_records(body):
    """How many records a request's body is about: the longest list in it."""
    lists = [value for value in (body or {}).values() if isinstance(value, list)]
    return max((len(value) for value in lists), default=1)
