import threading

import pytest

from odoo.addons.connector_base.engine.errors import TransientError
from odoo.addons.connector_base.engine.read_ahead import ReadAhead
from odoo.addons.connector_base.engine.records import Page, RemoteRecord

from .vendor import wait_until


class Pages:
    """A reader of ``count`` pages of two records, asked by the number of the page."""

    def __init__(self, count, fails_at=None):
        self.count, self.fails_at = count, fails_at
        self.asked = []

    def fetch_page(self, cursor):
        number = cursor or 0
        self.asked.append(number)
        if number == self.fails_at:
            raise TransientError("broken")
        records = [RemoteRecord(f"{number}.{each}", {}) for each in (1, 2)]
        done = number == self.count - 1
        return Page(records, number + 1, done, request_id=f"r{number}")


def all_of(ahead):
    pages = []
    while not pages or not pages[-1].done:
        pages.append(ahead.next_page())
    return pages


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 100])
def test_all_records_are_handed_out_once_and_in_order(size):
    with ReadAhead(Pages(5).fetch_page, None, size) as ahead:
        pages = all_of(ahead)

    ids = [record.remote_id for page in pages for record in page.records]
    assert ids == [f"{number}.{each}" for number in range(5) for each in (1, 2)]
    assert [page.done for page in pages] == [False] * (len(pages) - 1) + [True]


def test_pages_are_gathered_until_a_batch_is_full():
    with ReadAhead(Pages(5).fetch_page, None, size=4) as ahead:
        pages = all_of(ahead)

    assert [len(page.records) for page in pages] == [4, 4, 2]
    assert [page.next_cursor for page in pages] == [2, 4, 5]
    assert [page.request_id for page in pages] == ["r1", "r3", "r4"]


def test_nothing_is_asked_behind_a_page_that_asks_to_wait():
    pages = Pages(5)

    def fetch_page(cursor):
        page = pages.fetch_page(cursor)
        page.wait, page.gap = (30, False) if cursor == 2 else (0, cursor == 1)
        return page

    with ReadAhead(fetch_page, None, size=100) as ahead:
        page = ahead.next_page()
    assert (len(page.records), page.next_cursor) == (6, 3)
    assert (page.done, page.wait, page.gap) == (False, 30, True)
    assert pages.asked == [0, 1, 2]


def test_reading_goes_on_from_the_cursor_of_any_batch():
    with ReadAhead(Pages(5).fetch_page, None, size=4) as ahead:
        cursor = ahead.next_page().next_cursor

    with ReadAhead(Pages(5).fetch_page, cursor, size=4) as ahead:
        assert ahead.next_page().records[0].remote_id == "2.1"


def test_the_next_batch_is_fetched_while_one_is_written_and_no_further():
    pages = Pages(9)

    with ReadAhead(pages.fetch_page, None, size=4) as ahead:
        ahead.next_page()
        assert wait_until(lambda: pages.asked == [0, 1, 2, 3])
        ahead.next_page()
        assert wait_until(lambda: pages.asked == [0, 1, 2, 3, 4, 5])


def test_what_was_read_before_an_error_is_handed_out_before_it():
    with ReadAhead(Pages(5, fails_at=3).fetch_page, None, size=4) as ahead:
        first, second = ahead.next_page(), ahead.next_page()
        with pytest.raises(TransientError):
            ahead.next_page()

    assert [len(first.records), len(second.records)] == [4, 2]
    assert second.next_cursor == 3 and not second.done  # the failed page comes again


def test_an_error_of_the_first_page_is_raised_at_once():
    with ReadAhead(Pages(5, fails_at=0).fetch_page, None) as ahead:
        with pytest.raises(TransientError):
            ahead.next_page()


def test_no_thread_is_left_behind():
    before = threading.active_count()

    with pytest.raises(RuntimeError):
        with ReadAhead(Pages(9).fetch_page, None, size=2) as ahead:
            ahead.next_page()
            raise RuntimeError("the writer failed")

    assert threading.active_count() == before
