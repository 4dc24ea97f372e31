"""Answers that hold something else than their vendor says end as errors of ours.

Readers take what an answer holds by the names that the vendor documents. Where a name
is missing, or a list comes in place of an object, that is no bug of the reader's: the
vendor, or something in between, answers in a shape that nobody has agreed on.
"""

import contextlib
import datetime
import logging
import traceback

from . import errors
from .normalize import storable

_logger = logging.getLogger(__name__)

#: What Python says where a value is of another kind than expected.
UNFIT = (
    *(ArithmeticError, AttributeError, LookupError, RecursionError, TypeError),
    ValueError,
)


@contextlib.contextmanager
def expected(vendor):
    """Whatever an answer within makes fail is a ``ConnectorError``.

    :param vendor: name for messages
    :raises errors.TransientError: with the code ``UNEXPECTED_SHAPE``; the log says
        where, since it may be a mistake of ours all the same
    """
    try:
        yield
    except UNFIT as error:
        _logger.warning("%s: an answer of another shape\n%s", vendor, place_of(error))
        raise unfit(vendor, type(error).__name__) from error


def place_of(error):
    """Where an error came about, as a traceback without its text: that repeats what
    the vendor has sent."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    return f"{frames}{type(error).__name__}"


def unfit(vendor, what):
    return errors.TransientError(
        f"{vendor} sent an answer that holds something else than it should.",
        code=errors.UNEXPECTED_SHAPE,
        params={"vendor": vendor, "what": what},
    )


class CarefulReader:
    """A reader whose records are what the engine can store, or none at all.

    :param reader: as ``_reader`` of a provider gives it
    :param vendor: name for messages
    """

    def __init__(self, reader, vendor):
        self._reader = reader
        self._vendor = vendor

    def fetch_page(self, cursor):
        """:return: ``records.Page``"""
        with expected(self._vendor):
            page = self._reader.fetch_page(cursor)
        self._check(page.records)
        return page

    def fetch_by_ids(self, ids):
        """:return: list of ``records.RemoteRecord``"""
        with expected(self._vendor):
            records = self._reader.fetch_by_ids(ids)
        self._check(records)
        return records

    def _check(self, records):
        for record in records:
            if problem := _problem(record):
                raise unfit(self._vendor, problem)

    def __getattr__(self, name):
        return getattr(self._reader, name)


def _problem(record):
    """Why a record can't be stored, or ``None``."""
    for each in (record.remote_id, *record.merged_ids):
        if not isinstance(each, str) or not each or storable(each) != each:
            return "id"
    if not isinstance(record.values, dict):
        return "values"
    moment = record.updated_at
    if moment is not None and not (
        isinstance(moment, datetime.datetime) and moment.tzinfo
    ):
        return "updated_at"
    key = record.external_key
    if key is not None and not isinstance(key, str):
        return "external_key"
    return None
