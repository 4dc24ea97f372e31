"""Which reader reads what."""

from odoo.addons.connector_base.engine.records import Page

from .reader import ZendeskReader
from .reader_tickets import TicketReader


class NothingReader:
    """Of what only goes out: there is nothing to read."""

    def __init__(self, client, stream, paths=()):
        pass

    def fetch_page(self, cursor):
        """:return: ``records.Page``"""
        return Page([], {}, True)

    def fetch_by_ids(self, ids):
        """:return: an empty list"""
        return []


#: Stream -> what reads it, where it isn't read like most.
READERS = {"tickets": TicketReader, "comments": NothingReader}


def reader_of(client, stream, paths=()):
    """The reader of a stream."""
    return READERS.get(stream, ZendeskReader)(client, stream, paths)
