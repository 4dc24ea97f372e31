"""For vendors that take one record a request: the writer's contract, row by row."""

from ..engine import errors
from ..engine.answers import expected
from ..engine.records import RowResult

#: Rows that are taken together; each is a request of its own.
BATCH_SIZE = 20
#: Errors that concern the rows behind, too.
ENDING = (errors.TransientError, errors.AuthenticationError)


class RowWriter:
    """Writes row by row; a vendor's says how one is made, changed and archived.

    Each of ``_create(row)``, ``_update(row)`` and ``_archive(row)`` gives a
    ``records.RowResult`` and raises ``errors.ConnectorError`` where it is refused.

    :param client: ``HttpClient``
    """

    batch_size = BATCH_SIZE

    def __init__(self, client):
        self.client = client

    def create(self, rows):  # pylint: disable=method-required-super
        """:return: list of ``records.RowResult``"""
        return self._each(rows, self._create)

    def update(self, rows):
        """:return: list of ``records.RowResult``"""
        return self._each(rows, self._update)

    def archive(self, rows):
        """:return: list of ``records.RowResult``"""
        return self._each(rows, self._archive)

    def _each(self, rows, work):
        """The result of each row; behind an error that concerns all, none is sent."""
        results, ending = [], None
        for row in rows:
            error = ending
            if error is None:
                try:
                    # What was done before a row whose answer can't be read is known.
                    with expected(self.client.vendor):
                        results.append(work(row))
                    continue
                except errors.NotSent:
                    raise
                except errors.ConnectorError as refusal:
                    error = refusal
                    ending = error if isinstance(error, ENDING) else None
            results.append(RowResult(row.key, error=error, request_id=error.request_id))
        return results
