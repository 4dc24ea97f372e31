"""Reading a simulated Chargebee site to its end, as a flow does it run after run."""

import json
from decimal import Decimal
from types import SimpleNamespace

from simulators.billing.model import Coupon, Customer, Price, Product, TaxRate

from odoo.addons.connector_billing.providers.chargebee.reader import reader_of

MINUTE, HOUR, DAY = 60, 3600, 86400


class Site:
    """One stream of a site and the cursor that a flow has of it.

    Between two pages the cursor goes through JSON and the reader is built anew, as if
    the server had been restarted.
    """

    def __init__(self, make_client, stream):
        self.make_client = make_client
        self.stream = stream
        self.cursor = None
        self.pages = 0

    @property
    def reader(self):
        return reader_of(self.make_client(), self.stream)

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

    def parts(self):
        """What :meth:`run` puts under ``billing``, by id."""
        return {record.remote_id: record.values["billing"] for record in self.run()}


def open_shop(chargebee):
    """A plan, an addon and a metered one by the month, a coupon, and a customer who
    pays 20 % VAT in Great Britain."""
    engine = chargebee.engine
    vat = engine.create(
        TaxRate, name="VAT", kind="vat", percent=Decimal("20"), country="GB"
    )
    for name, item in (("team", "plan"), ("storage", "addon"), ("calls", "addon")):
        engine.create(Product, id=name, name=name.title(), item=item, family="apps")
    for name, amount in (("team", 1_000), ("storage", 250), ("calls", 2)):
        engine.create(
            Price,
            id=f"{name}-USD",
            product=name,
            currency="USD",
            amount=amount,
            metered=name == "calls",
        )
    engine.create(
        Coupon, id="TEN", name="Ten off", percent=Decimal("10"), duration="forever"
    )
    customer = engine.create(
        Customer,
        id="acme",
        name="Acme Ltd",
        currency="USD",
        country="GB",
        city="London",
        street="1 High Street",
        tax_id="GB123456789",
        tax_rates=(vat.id,),
    )
    return SimpleNamespace(engine=engine, customer=customer, vat=vat)
