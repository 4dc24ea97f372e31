"""What reads which stream."""

from .reader import CompanyReader, ContactReader, NothingReader
from .reader_tickets import TicketReader

READERS = {
    "companies": CompanyReader,
    "contacts": ContactReader,
    "tickets": TicketReader,
    "comments": NothingReader,
}


def reader_of(client, stream, paths=()):
    """The reader of a stream."""
    return READERS[stream](client, paths)
