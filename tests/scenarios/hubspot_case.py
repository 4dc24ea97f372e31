"""A HubSpot account, simulated over real HTTP, and an Odoo that is connected to it."""

from simulators import HubSpotSimulator

from .vendor_case import VendorCase


class HubSpotCase(VendorCase):
    """Each test has an empty account of its own, and no connection yet."""

    #: Arguments of the simulator.
    account = {}

    def setUp(self):
        super().setUp()
        self.hubspot = HubSpotSimulator(**self.account)
        self.hubspot.start()
        self.addCleanup(self.hubspot.stop)
        self.store = self.hubspot.store
        self.connection = self.new_connection()

    # -- set-up ---------------------------------------------------------------

    def new_connection(self, **values):
        connection = self.env["connector.connection"].create(
            {
                "name": "HubSpot",
                "provider": "hubspot",
                "base_url": self.hubspot.url,
                "owner_id": self.env.ref("base.user_admin").id,
                **values,
            }
        )
        connection.credential_ids.secret = self.hubspot.token
        return connection

    def company(self, name="Acme", **properties):
        return self.store.create("companies", {"name": name, **properties})

    def contact(self, first="Ada", last="Lovelace", company=None, **properties):
        contact_id = self.store.create(
            "contacts", {"firstname": first, "lastname": last, **properties}
        )
        if company:
            self.store.associate("contacts", contact_id, "companies", company)
        return contact_id

    def deal(self, name="Rollout", company=None, contacts=(), **properties):
        properties.setdefault("pipeline", "default")
        properties.setdefault("dealstage", "appointmentscheduled")
        deal_id = self.store.create("deals", {"dealname": name, **properties})
        if company:
            self.store.associate("deals", deal_id, "companies", company)
        for contact_id in contacts:
            self.store.associate("deals", deal_id, "contacts", contact_id)
        return deal_id

    # -- what came of it ------------------------------------------------------

    def assertEverythingOnce(self):
        """Each record that HubSpot has is bound once, to a record of its own."""
        for stream, entity in (
            ("companies", "customer.company"),
            ("contacts", "customer.contact"),
            ("products", "product"),
            ("deals", "opportunity"),
        ):
            bindings = self.env["connector.binding"].search(
                [
                    ("connection_id", "=", self.connection.id),
                    ("entity", "=", entity),
                ]
            )
            self.assertEqual(
                sorted(bindings.mapped("remote_id")),
                sorted(map(str, self.store.ids(stream))),
                stream,
            )
            self.assertEqual(len(set(bindings.mapped("res_id"))), len(bindings), stream)


class SendCase(HubSpotCase):
    """An Odoo that sends, too."""

    def push(self):
        super().push()
        self.assertFalse(self.jobs("dead", "pending").mapped("error"))

    def at_hubspot(self, stream, entity, record):
        """The properties of a record of ours, as HubSpot has them."""
        binding = self.env["connector.binding"].search(
            [
                ("connection_id", "=", self.connection.id),
                ("entity", "=", entity),
                ("res_id", "=", record.id),
            ]
        )
        self.assertEqual(binding.state, "synced")
        return binding.remote_id, self.store.get(stream, binding.remote_id)

    def rest(self):
        """Both sides read each other until nothing moves any more."""
        for _turn in range(3):
            self.sync()
            self.push()
        before = self.store.version
        self.sync()
        self.push()
        self.assertEqual(self.store.version, before, "it never comes to rest")
        self.assertFalse(self.env["connector.change"].search([]))
