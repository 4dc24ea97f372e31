"""A simulated Freshdesk account over real HTTP, and an Odoo connected to it."""

from simulators import Clock
from simulators.freshdesk import FreshdeskSimulator

from .vendor_case import VendorCase

SECRET = "a long secret of a webhook"


class FreshdeskCase(VendorCase):
    """Each test has an account of its own."""

    #: Companies of the account, with ten contacts and 25 tickets each.
    companies, seed = 3, 5

    def setUp(self):
        super().setUp()
        self.desk = FreshdeskSimulator(
            self.companies, seed=self.seed, clock=Clock("2026-11-02T09:00:00Z")
        )
        self.desk.start()
        self.addCleanup(self.desk.stop)
        self.connection = self.new_connection()

    # -- set-up ---------------------------------------------------------------

    def new_connection(self, **values):
        connection = self.env["connector.connection"].create(
            {
                "name": "Freshdesk",
                "provider": "freshdesk",
                "base_url": self.desk.url,
                "owner_id": self.env.ref("base.user_admin").id,
                "tz": "UTC",
                **values,
            }
        )
        secrets = {"api_key": self.desk.token, "webhook_secret": SECRET}
        for credential in connection.credential_ids:
            credential.secret = secrets[credential.key]
        # This is not about waiting.
        connection.budget_ids.requests = 100_000
        return connection

    # -- what came of it ------------------------------------------------------

    def bound(self, entity):
        """``{remote id: Odoo id}``"""
        bindings = self.env["connector.binding"].search(
            [
                ("connection_id", "=", self.connection.id),
                ("entity", "=", entity),
                ("state", "=", "synced"),
            ]
        )
        return {int(binding.remote_id): binding.res_id for binding in bindings}

    def rows(self, kind):
        """The account's records that are neither deleted nor spam."""
        rows = self.desk.store.rows(kind)
        return [r for r in rows if not r.get("deleted") and not r.get("spam")]

    def assertNothingHeld(self):
        held = self.exceptions().filtered("blocking")
        self.assertFalse([f"{e.flow_id.stream}: {e.name} {e.cause}" for e in held])

    def assertNoDeadJob(self):
        self.assertFalse(self.jobs("dead").mapped("error"))
