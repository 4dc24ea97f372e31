"""A Chargebee site, simulated over real HTTP, and an Odoo that is connected to it."""

from simulators import Clock
from simulators.billing.model import TaxRate
from simulators.chargebee import ChargebeeSimulator

from odoo import Command

from odoo.addons.connector_billing.providers.chargebee.lines import tax_name
from odoo.addons.connector_billing.tests.common import make_company

from .vendor_case import VendorCase

SECRET = "a long password of a webhook"


class ChargebeeCase(VendorCase):
    """Each test has a site of its own, and a company with books."""

    #: Customers of the site, the months that it has been there, and its luck.
    customers, months, seed = 12, 3, 5

    def setUp(self):
        super().setUp()
        self.chargebee = ChargebeeSimulator(
            seed=self.seed, clock=Clock("2026-11-02T09:00:00Z")
        )
        self.engine = self.chargebee.engine
        self.chargebee.live(self.customers, self.months)
        self.chargebee.start()
        self.addCleanup(self.chargebee.stop)
        self.company, self.books = make_company(
            self.env, "Aurora Cloud", currency="USD"
        )
        context = {**self.env.context, "allowed_company_ids": self.company.ids}
        self.env = self.env(context=context)
        self.connection = self.new_connection()

    # -- set-up ---------------------------------------------------------------

    def new_connection(self, **values):
        connection = self.env["connector.connection"].create(
            {
                "name": "Chargebee",
                "provider": "chargebee",
                "base_url": self.chargebee.url,
                "company_id": self.company.id,
                "owner_id": self.env.ref("base.user_admin").id,
                "tz": "UTC",
                **values,
            }
        )
        secrets = {"api_key": self.chargebee.token, "webhook_secret": SECRET}
        for credential in connection.credential_ids:
            credential.secret = secrets[credential.key]
        # This is not about waiting.
        connection.budget_ids.requests = 100_000
        return connection

    def connect(self, decide=True):
        super().connect(decide)
        self.env["connector.billing.policy"]._for(self.connection).action_set_up_money()
        if decide:
            self.map_taxes()
        return self.connection

    def map_taxes(self):
        """Each tax of the site is one of Odoo's."""
        lines = {
            line.remote_value: line
            for line in self.connection.value_map_ids.line_ids
            if line.map_id.name == "billing.tax"
        }
        for rate in self.engine.store.rows(TaxRate):
            told = {
                "tax_name": rate.name,
                "tax_rate": float(rate.percent),
                "tax_juris_type": "state" if rate.state else "country",
                "tax_juris_code": rate.state or rate.country,
            }
            line = lines.get(tax_name(told, rate.inclusive))
            if line:
                line.res_id = self.new_tax(rate).id

    def new_tax(self, rate):
        accounts = [
            Command.create({"repartition_type": "base"}),
            Command.create(
                {"repartition_type": "tax", "account_id": self.books["tax"].id}
            ),
        ]
        return self.env["account.tax"].create(
            {
                "name": f"{rate.name} {rate.percent}",
                "amount": float(rate.percent),
                "amount_type": "percent",
                "type_tax_use": "sale",
                "company_id": self.company.id,
                "country_id": self.books["tax_group"].country_id.id,
                "tax_group_id": self.books["tax_group"].id,
                "price_include_override": "tax_included"
                if rate.inclusive
                else "tax_excluded",
                "invoice_repartition_line_ids": accounts,
                "refund_repartition_line_ids": accounts,
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

    def rows(self, cls):
        return self.engine.store.rows(cls)

    def assertNothingHeld(self):
        held = self.exceptions().filtered("blocking")
        self.assertFalse([f"{e.flow_id.stream}: {e.name} {e.cause}" for e in held])

    def assertNoDeadJob(self):
        self.assertFalse(self.jobs("dead").mapped("error"))
