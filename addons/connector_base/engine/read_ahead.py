"""Fetch the next records while those before are written."""

import concurrent.futures

from .records import Page

#: Records that are written together. Odoo itself gains nothing beyond some 500; what
#: each batch costs besides (commit, look-ups) is spread over more (``./dev bench pull``
#: measures with it). Vendors' pages hold 100 or 200.
BATCH_SIZE = 2000


class ReadAhead:
    """The pages of a reader, gathered to batches, fetched one batch ahead.

    Nothing is fetched behind a page that asks to wait.

    Use it as a context manager; its thread knows no database. An error of a request is
    raised when all that was fetched before it has been handed out, so that no good page
    is lost to a bad one.

    :param fetch_page: ``fetch_page(cursor) -> records.Page``
    :param cursor: where to begin
    :param size: records from which on a batch is full
    """

    def __init__(self, fetch_page, cursor, size=BATCH_SIZE):
        self._fetch_page = fetch_page
        self._cursor = cursor
        self._size = size
        self._error = None
        self._stopped = False
        self._executor = concurrent.futures.ThreadPoolExecutor(1)
        self._coming = None

    def __enter__(self):
        self._coming = self._executor.submit(self._gather)
        return self

    def __exit__(self, *exc_info):
        self._stopped = True
        self._executor.shutdown(wait=True, cancel_futures=True)

    def next_page(self):
        """The next batch as one page, and the one after it is on its way.

        :raises errors.ConnectorError: as the reader raised it
        """
        page = self._coming.result()
        if not page.done and not page.wait:
            self._coming = self._executor.submit(self._gather)
        return page

    def _gather(self):
        if self._error:
            raise self._error
        records, request_id, gap = [], None, False
        while True:
            try:
                page = self._fetch_page(self._cursor)
            except Exception as error:
                if not records:
                    raise
                self._error = error
                return Page(records, self._cursor, False, request_id, gap=gap)
            records += page.records
            request_id = page.request_id or request_id
            gap |= page.gap
            self._cursor = page.next_cursor
            full = len(records) >= self._size
            if page.done or page.wait or full or self._stopped:
                return Page(
                    records, self._cursor, page.done, request_id, page.wait, gap
                )
