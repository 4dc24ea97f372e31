"""A Stripe account, simulated over real HTTP, and an Odoo that is connected to it."""

from simulators.stripe.simulator import StripeSimulator

from odoo import Command

from odoo.addons.connector_billing.tests.common import make_company

from .vendor_case import VendorCase


class StripeCase(VendorCase):
    """Each test has an account of its own, a company with books, no connection yet."""

    #: Arguments of the simulator.
    account = {}
    #: Version of the API that Odoo speaks; ``None`` for the one it speaks by itself.
    version = None

    def setUp(self):
        super().setUp()
        self.company, self.books = make_company(self.env)
        allowed = {"allowed_company_ids": self.company.ids}
        self.env = self.env(context={**self.env.context, **allowed})
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
                "company_id": self.company.id,
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

    def connect(self, decide=True):
        """Connect, and say what each tax of the account is in Odoo."""
        super().connect(decide)
        lines = self.connection.value_map_ids.line_ids
        for line in lines.filtered(lambda line: line.map_id.name == "billing.tax"):
            line.res_id = self.new_tax(line).id
        return self.connection

    def new_tax(self, line):
        """The tax that a tax rate of Stripe means."""
        parts = [
            Command.create({"repartition_type": "base"}),
            Command.create(
                {"repartition_type": "tax", "account_id": self.books["tax"].id}
            ),
        ]
        within = "tax_included" if line.hints["inclusive"] else "tax_excluded"
        return self.env["account.tax"].create(
            {
                "name": f"{line.remote_label} {line.remote_value}",
                "amount": float(line.hints["rate"]),
                "type_tax_use": "sale",
                "company_id": self.company.id,
                "country_id": self.company.country_id.id,
                "tax_group_id": self.books["tax_group"].id,
                "price_include_override": within,
                "invoice_repartition_line_ids": parts,
                "refund_repartition_line_ids": parts,
            }
        )

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
