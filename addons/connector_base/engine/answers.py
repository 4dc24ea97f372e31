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


def listed(vendor, data, name=None):
    """The records that an answer holds under a name.

    One without its list is none that holds none: what has changed would be passed over,
    and what is there already be made again.

    :param vendor: name for messages
    :param data: the answer, parsed
    :param name: key of the list; ``None`` where the answer is the list
    :return: list of dicts
    :raises errors.TransientError: where it holds something else
    """
    found = data
    if name is not None:
        found = data.get(name) if isinstance(data, dict) else None
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise unfit(vendor, name or type(found).__name__)
    return found


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


class CarefulWriter:
    """A writer whose results are what the engine can store, or none at all.

    An answer that can't be read says nothing of what was done: the rows count neither
    as written nor as refused. Their intents stay, and the next try is made under the
    same keys, by which the vendor, or the writer's look-up, knows what is there.

    :param writer: as ``_writer`` of a provider gives it
    :param vendor: name for messages
    """

    def __init__(self, writer, vendor):
        self._writer = writer
        self._vendor = vendor

    def create(self, rows):  # pylint: disable=method-required-super
        """:return: list of ``records.RowResult``"""
        with expected(self._vendor):
            return self._checked(self._writer.create(rows), made=True)

    def update(self, rows):
        """:return: list of ``records.RowResult``"""
        with expected(self._vendor):
            return self._checked(self._writer.update(rows))

    def archive(self, rows):
        """:return: list of ``records.RowResult``"""
        with expected(self._vendor):
            return self._checked(self._writer.archive(rows))

    def submit(self, action, rows):
        """:return: ``(ticket, seconds)``, or ``None``"""
        with expected(self._vendor):
            return self._writer.submit(action, rows)

    def seconds_left(self, ticket):
        """:return: seconds, 0 once the results can be had"""
        with expected(self._vendor):
            return self._writer.seconds_left(ticket)

    def collect(self, action, ticket, rows):
        """:return: ``{key: records.RowResult}``"""
        with expected(self._vendor):
            found = self._writer.collect(action, ticket, rows)
            self._checked(found.values(), made=action == "create")
        return found

    def create_families(self, families):
        """:return: list of lists of ``records.RowResult``"""
        with expected(self._vendor):
            answers = self._writer.create_families(families)
            return [self._checked(answer, made=True) for answer in answers]

    def _checked(self, results, made=False):
        """:param made: these are new, so that they have ids now"""
        for result in results:
            if result.error:
                continue
            if result.remote_id is None and not made:
                continue
            if not _is_id(result.remote_id) or not _is_moment(result.updated_at):
                raise unfit(self._vendor, "id")
        return results

    def __getattr__(self, name):
        return getattr(self._writer, name)


#: What is left where an id is made text that is none.
NO_IDS = frozenset({"", "None", "True", "False", "[]", "{}"})


def _is_id(value):
    return isinstance(value, str) and value not in NO_IDS and storable(value) == value


def _is_moment(value):
    if value is None:
        return True
    return isinstance(value, datetime.datetime) and value.tzinfo is not None


def _problem(record):
    """Why a record can't be stored, or ``None``."""
    if not all(map(_is_id, (record.remote_id, *record.merged_ids))):
        return "id"
    if not isinstance(record.values, dict):
        return "values"
    if not _is_moment(record.updated_at):
        return "updated_at"
    key = record.external_key
    if key is not None and not isinstance(key, str):
        return "external_key"
    return None
