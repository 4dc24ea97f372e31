"""Reading a simulated Zendesk account to its end, as a flow does it run after run."""

import json

from odoo.addons.connector_support.providers.zendesk.readers import reader_of

MINUTE, HOUR, DAY = 60, 3600, 86400
#: Seconds after which an export shows what was changed.
SHOWN = 2 * MINUTE


class Desk:
    """One stream of an account and the cursor that a flow has of it.

    Between two pages the cursor goes through JSON and the reader is built anew, as if
    the server had been restarted.
    """

    def __init__(self, simulator, make_client, stream, paths=()):
        self.simulator = simulator
        self.make_client = make_client
        self.stream = stream
        self.paths = paths
        self.cursor = None
        self.pages = 0
        self.gaps = 0

    @property
    def reader(self):
        return reader_of(self.make_client(), self.stream, self.paths)

    def page(self):
        """The next page; the cursor moves on."""
        page = self.reader.fetch_page(self.cursor)
        self.cursor = json.loads(json.dumps(page.next_cursor))
        self.pages += 1
        self.gaps += page.gap
        if page.wait:
            self.simulator.clock.advance(page.wait)
        return page

    def run(self, after=SHOWN):
        """The records of all pages until there is nothing more for now.

        :param after: seconds that pass before
        """
        self.simulator.clock.advance(after)
        records = []
        while True:
            page = self.page()
            records += page.records
            if page.done:
                return records

    def ids(self, after=SHOWN):
        """The ids of :meth:`run`."""
        return [record.remote_id for record in self.run(after)]

    def by_id(self, after=SHOWN):
        """``{id: record}`` of :meth:`run`."""
        return {record.remote_id: record for record in self.run(after)}


def organization(zendesk, name="Acme", **values):
    """Make one straight in the account."""
    with zendesk.store.lock:
        return zendesk.parties.create_organization({"name": name, **values})


def user(zendesk, name="Ada", **values):
    """Make one straight in the account."""
    with zendesk.store.lock:
        return zendesk.parties.create_user({"name": name, **values})


def ticket(zendesk, subject="Help", **values):
    """Make one straight in the account."""
    with zendesk.store.lock:
        given = {"subject": subject, "comment": {"body": "Hello"}, **values}
        return zendesk.ticketing.create(given)


def change(zendesk, record, **values):
    """Change a record straight in the account."""
    kind = type(record).__name__.lower()
    with zendesk.store.lock:
        if kind == "ticket":
            return zendesk.ticketing.update(record, values)
        return getattr(zendesk.parties, f"update_{kind}")(record, values)


def work(writer, action, rows):
    """Submit rows as the engine does, the ticket through JSON, and collect."""
    ticket, _after = writer.submit(action, rows)
    ticket = json.loads(json.dumps(ticket))
    while writer.seconds_left(ticket):
        pass
    return writer.collect(action, ticket, rows)
