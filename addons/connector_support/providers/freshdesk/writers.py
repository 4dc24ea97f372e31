"""What writes which stream, and what can be written."""

from .endpoints import CONTACT_KEY, CUSTOM, KEY
from .fields import CustomFields
from .writer import CompanyWriter, ContactWriter
from .writer_tickets import STATUS, CommentWriter, TicketWriter

WRITERS = {
    "companies": CompanyWriter,
    "contacts": ContactWriter,
    "tickets": TicketWriter,
    "comments": CommentWriter,
}
#: Paths of a comment: it only goes out.
COMMENT = frozenset({"ticket_id", "body", "private", "key", STATUS})
#: Paths of our own key.
KEYS = {"companies": f"{CUSTOM}{KEY}", "contacts": CONTACT_KEY}


def writer_of(client, stream):
    """The writer of a stream."""
    return WRITERS[stream](client)


def prepare(client, stream):
    """Make sure that a stream's records can keep our key.

    :raises errors.InvalidRecord: where the field is missing and can't be made
    """
    if stream == "companies":
        CustomFields(client, stream).ensure([KEY])


def is_writable(stream, remote_path):
    """Whether a remote path can be sent."""
    if stream == "tickets":
        return remote_path == STATUS
    if stream == "comments":
        return remote_path in COMMENT
    if remote_path == KEYS.get(stream):
        return False
    return remote_path in WRITERS[stream].writable or (
        remote_path.startswith(CUSTOM) and "." not in remote_path.removeprefix(CUSTOM)
    )
