"""Reading a simulated account to its end, as a flow does it run after run."""

import json

from odoo.addons.connector_hubspot.hubspot.reader import HubSpotReader

MINUTE = 60
PATHS = {
    "companies": ("properties.name", "properties.city"),
    "contacts": ("properties.email", "associations.companies[0]"),
    "deals": (
        "properties.dealname",
        "associations.companies[0]",
        "associations.contacts",
    ),
    "products": ("properties.name",),
    "line_items": ("properties.name", "associations.deals[0]"),
    "quote_line_items": ("properties.name", "associations.quotes[0]"),
    "quotes": ("properties.hs_title", "associations.deals[0]"),
}


class Account:
    """One stream of an account and the cursor that a flow has of it.

    Between two pages the cursor goes through JSON and the reader is built anew, as if
    the server had been restarted.
    """

    def __init__(self, make_client, object_type="companies", version="2026-09"):
        self.make_client = make_client
        self.object_type = object_type
        self.version = version
        self.cursor = None
        self.pages = 0

    @property
    def reader(self):
        client = self.make_client(self.version)
        return HubSpotReader(client, self.object_type, PATHS[self.object_type])

    def page(self):
        """The next page; the cursor moves on."""
        page = self.reader.fetch_page(self.cursor)
        self.cursor = json.loads(json.dumps(page.next_cursor))
        self.pages += 1
        return page

    def run(self):
        """The records of all pages until there is nothing more for now."""
        records = []
        while True:
            page = self.page()
            records += page.records
            if page.done:
                return records

    def ids(self):
        """The ids of :meth:`run`."""
        return [record.remote_id for record in self.run()]
