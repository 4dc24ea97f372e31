"""Reading a simulated Freshdesk account to its end, as a flow does it run after run."""

import json

from simulators.freshdesk.contacts import make_company

from odoo.addons.connector_support.providers.freshdesk.readers import reader_of

MINUTE, HOUR, DAY = 60, 3600, 86400
#: What a field map asks for of tickets, without what costs more.
PLAIN = ("id", "subject", "desk.status")


class Desk:
    """One stream of an account and the cursor that a flow has of it.

    Between two pages the cursor goes through JSON and the reader is built anew, as if
    the server had been restarted.
    """

    def __init__(self, make_client, stream, paths=PLAIN):
        self.make_client = make_client
        self.stream = stream
        self.paths = paths
        self.cursor = None
        self.pages = self.requests = 0
        self.gap = False

    @property
    def reader(self):
        self.client = self.make_client()
        return reader_of(self.client, self.stream, self.paths)

    def page(self):
        """The next page; the cursor moves on."""
        page = self.reader.fetch_page(self.cursor)
        self.cursor = json.loads(json.dumps(page.next_cursor))
        self.pages += 1
        self.requests += self.client.request_count
        self.gap |= page.gap
        return page

    def run(self):
        """The records of all pages until there is nothing more for now."""
        self.pages = self.requests = 0
        records = []
        while True:
            page = self.page()
            records += page.records
            if page.done:
                return records

    def ids(self):
        """The ids of :meth:`run`, as numbers."""
        return [int(record.remote_id) for record in self.run()]


class Builder:
    """Makes records straight in an account."""

    def __init__(self, freshdesk):
        self.store, self.cases = freshdesk.store, freshdesk.cases

    def contact(self, name="Ada Lovelace", **values):
        return self.cases.contact({"name": name, **values})

    def contacts(self, number, **values):
        return [
            self.contact(f"Contact {each:04}", email=f"c{each}@acme.example", **values)
            for each in range(number)
        ]

    def company(self, name="Acme", **values):
        return make_company(self.store, {"name": name, **values})

    def companies(self, number):
        return [self.company(f"Company {each:04}") for each in range(number)]

    def ticket(self, requester=None, **values):
        asker = requester or self.contact()
        values = {"requester_id": asker["id"], "subject": "Help", **values}
        return self.cases.ticket(values)

    def tickets(self, number, **values):
        asker = self.contact()
        return [self.ticket(asker, **values) for _each in range(number)]

    def change(self, kind, record, **values):
        if kind == "ticket":
            return self.cases.change(record, values)
        return self.store.update(kind, record, values)
