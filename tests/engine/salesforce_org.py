"""Reading a simulated org to its end, as a flow does it run after run."""

import json

from odoo.addons.connector_salesforce.salesforce.reader import SalesforceReader

PATHS = {
    "Account": ("Name", "BillingCity", "ParentId", "AnnualRevenue", "Owner.Email"),
    "Contact": ("LastName", "Email", "AccountId", "Account.Name"),
    "Opportunity": ("Name", "Amount", "CloseDate", "IsWon", "Probability"),
    "Product2": ("Name", "ProductCode"),
}


class Org:
    """One object of an org and the cursor that a flow has of it.

    Between two pages the cursor goes through JSON and the reader is built anew, as if
    the server had been restarted.

    :param paths: remote paths in place of the usual ones
    """

    def __init__(
        self, make_client, object_name="Account", paths=None, threshold=10_000
    ):
        self.make_client = make_client
        self.object_name = object_name
        self.paths = PATHS[object_name] if paths is None else paths
        self.threshold = threshold
        self.cursor = None
        self.pages = []

    @property
    def reader(self):
        return SalesforceReader(
            self.make_client(), self.object_name, self.paths, self.threshold
        )

    def page(self, reader=None):
        """The next page; the cursor moves on."""
        page = (reader or self.reader).fetch_page(self.cursor)
        self.cursor = json.loads(json.dumps(page.next_cursor))
        self.pages.append(page)
        return page

    def run(self, reader=None):
        """The records of all pages until there is nothing more for now."""
        records = []
        while True:
            page = self.page(reader)
            records += page.records
            if page.done:
                return records

    def ids(self):
        """The ids of :meth:`run`."""
        return [record.remote_id for record in self.run()]
