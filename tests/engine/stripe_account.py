"""Reading a simulated Stripe account to its end, as a flow does it run after run."""

import json

from odoo.addons.connector_billing.providers.stripe.provider import READERS
from odoo.addons.connector_billing.providers.stripe.reader import StripeReader

MINUTE, HOUR, DAY = 60, 3600, 86400


class Account:
    """One stream of an account and the cursor that a flow has of it.

    Between two pages the cursor goes through JSON and the reader is built anew, as if
    the server had been restarted.
    """

    def __init__(self, make_client, stream, **options):
        self.make_client = make_client
        self.stream = stream
        self.options = options
        self.cursor = None
        self.pages = 0
        self.requests = 0
        self.gap = False

    @property
    def reader(self):
        self.client = self.make_client(**self.options)
        return READERS.get(self.stream, StripeReader)(self.client, self.stream)

    def page(self, reader=None):
        """The next page; the cursor moves on."""
        page = (reader or self.reader).fetch_page(self.cursor)
        self.cursor = json.loads(json.dumps(page.next_cursor))
        self.pages += 1
        self.gap |= page.gap
        return page

    def run(self):
        """The records of all pages until there is nothing more for now."""
        records = []
        while True:
            page = self.page()
            records += page.records
            self.requests += self.client.request_count
            if page.done:
                return records

    def run_in_one(self):
        """As :meth:`run`, with one reader for all pages, as a job has it."""
        records, reader = [], self.reader
        while True:
            page = self.page(reader)
            records += page.records
            if page.done:
                self.requests += self.client.request_count
                return records

    def ids(self):
        """The ids of :meth:`run`."""
        return [record.remote_id for record in self.run()]
