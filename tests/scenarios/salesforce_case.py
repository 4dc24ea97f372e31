"""A Salesforce org, simulated over real HTTP, and an Odoo that is connected to it."""

from simulators import SalesforceSimulator

from .vendor_case import VendorCase

#: Our own field, as an administrator makes it.
KEY = {"external_id": True, "unique": True, "length": 64}
KEYED = (
    *("Account", "Contact", "Lead", "Opportunity", "OpportunityLineItem", "Product2"),
    *("Pricebook2", "PricebookEntry", "Quote", "QuoteLineItem", "Contract", "Order"),
    "OrderItem",
)


class SalesforceCase(VendorCase):
    """Each test has an empty org of its own, and no connection yet."""

    #: Arguments of the simulator.
    org = {}

    def setUp(self):
        super().setUp()
        self.salesforce = self.start_org(**self.org)
        self.store = self.salesforce.store
        self.connection = self.new_salesforce(self.salesforce)

    # -- set-up ---------------------------------------------------------------

    def start_org(self, **options):
        salesforce = SalesforceSimulator(token=None, **options)
        salesforce.start()
        self.addCleanup(salesforce.stop)
        for name in KEYED:
            salesforce.store.define_field(name, "Odoo_Id__c", **KEY)
        return salesforce

    def new_salesforce(self, salesforce, **values):
        connection = self.env["connector.connection"].create(
            {
                "name": "Salesforce",
                "provider": "salesforce",
                "base_url": salesforce.url,
                "owner_id": self.env.ref("base.user_admin").id,
                **values,
            }
        )
        self.enter_credentials(connection, salesforce)
        return connection

    def enter_credentials(self, connection, salesforce):
        entered = {
            "consumer_key": salesforce.auth.key,
            "consumer_secret": salesforce.auth.secret,
        }
        for credential in connection.credential_ids:
            if credential.key in entered:
                credential.secret = entered[credential.key]

    def account(self, name="Acme", **values):
        return self.store.create("Account", {"Name": name, **values})

    def person(self, first="Ada", last="Lovelace", account=None, **values):
        return self.store.create(
            "Contact",
            {"FirstName": first, "LastName": last, "AccountId": account, **values},
        )

    def opportunity(self, name="Rollout", account=None, **values):
        return self.store.create(
            "Opportunity",
            {
                "Name": name,
                "AccountId": account,
                "StageName": "Prospecting",
                "CloseDate": "2026-12-31",
                **values,
            },
        )

    # -- work -----------------------------------------------------------------

    def only(self, *streams):
        """Let no other flows run."""
        others = self.connection.flow_ids.filtered(lambda f: f.stream not in streams)
        others.active = False
