"""Which writer writes what."""

from .endpoints import LISTINGS
from .ticket_writer import CommentWriter, TicketWriter
from .writer import OrganizationWriter, UserWriter

WRITERS = {
    "organizations": OrganizationWriter,
    "users": UserWriter,
    "tickets": TicketWriter,
    "comments": CommentWriter,
}
#: Streams whose records keep our key.
KEYED = frozenset({"organizations", "users"})


def writer_of(client, stream):
    """The writer of a stream."""
    return WRITERS[stream](client)


def is_writable(stream, path):
    """Whether Zendesk lets a remote path be written."""
    head, dot, rest = path.partition(".")
    if stream in KEYED and head == LISTINGS[stream].kept:
        return bool(dot) and not set(rest) & set(".[")
    return path in WRITERS[stream].writable
