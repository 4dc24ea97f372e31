"""A Stripe account, simulated over real HTTP, and an Odoo that is connected to it."""

from simulators.stripe.simulator import StripeSimulator

from .vendor_case import VendorCase


class StripeCase(VendorCase):
    """Each test has an account of its own, and no connection yet."""

    #: Arguments of the simulator.
    account = {}
    #: Version of the API that Odoo speaks.
    version = None

    def setUp(self):
        super().setUp()
        for code in ("EUR", "USD", "GBP", "JPY", "KWD"):
            self.env.ref(f"base.{code}").active = True
        self.stripe = StripeSimulator(**self.account)
        self.stripe.start()
        self.addCleanup(self.stripe.stop)
        self.engine = self.stripe.engine
        self.connection = self.new_connection()

    # -- set-up ---------------------------------------------------------------

    def new_connection(self, **values):
        connection = self.env["connector.connection"].create(
            {
                "name": "Stripe",
                "provider": "stripe",
                "base_url": self.stripe.url,
                "owner_id": self.env.ref("base.user_admin").id,
                **({"api_version": self.version} if self.version else {}),
                **values,
            }
        )
        secrets = {"api_key": self.stripe.token, "webhook_secret": "whsec_test"}
        for credential in connection.credential_ids:
            credential.secret = secrets[credential.key]
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
        return {binding.remote_id: binding.res_id for binding in bindings}
