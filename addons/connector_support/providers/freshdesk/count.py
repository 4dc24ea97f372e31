"""How many records there are: a search says it, however few of them it shows.

[S filter_tickets, filter_contacts, filter_companies: ``total``; some minutes late]
"""

from .endpoints import SEARCHES, path

#: Days are compared, and the day itself counts. [S]
ALWAYS = "2000-01-01"


def count_records(client, stream, since=None):
    """How many records a stream has.

    :param since: aware UTC; only those that were changed since that day
    :return: int, or ``None`` where Freshdesk doesn't tell
    """
    if stream not in SEARCHES:
        return None
    name = "updated_at" if since else "created_at"
    day = since.date().isoformat() if since else ALWAYS
    reply = client.get(path(*SEARCHES[stream]), {"query": f"\"{name}:>'{day}'\""})
    return reply.data.get("total")
