"""The company whose books are kept, connected to the account that bills for it."""

from simulators.billing.model import TaxRate

from odoo import Command

from odoo.addons.connector_billing.tests.common import make_company

SECRET = "whsec_of_the_year_0123456789"
#: Names of accounts, as the truth calls them, by what they are called in the set-up.
ACCOUNTS = {
    "receivable": "receivable",
    "income": "income",
    "bad_debt": "bad_debt",
    "gain": None,
    "loss": None,
}
MONEY = {
    "clearing_account_id": "clearing",
    "fee_account_id": "fees",
    "disputed_account_id": "disputed",
    "dispute_loss_account_id": "dispute_loss",
    "transit_account_id": "transit",
}


class Office:
    """A company in one database: ``company_id``, ``connection_id``, ``token`` of its
    webhooks, and ``names`` of its accounts by id (see :class:`.books.Books`).
    """

    def __init__(self, env, vendor, engine):
        company, books = make_company(env, "Aurora Cloud", currency="USD")
        env = env(context={**env.context, "allowed_company_ids": company.ids})
        self.company_id = company.id
        self.names = {books[key].id: name for key, name in ACCOUNTS.items()}
        connection = self._connect(env, vendor)
        self._set_up_money(env, connection)
        self._map_taxes(env, connection, engine, books)
        self.connection_id = connection.id
        self.token = connection.webhook_token

    def connection(self, env):
        return env["connector.connection"].browse(self.connection_id)

    def company(self, env):
        return env["res.company"].browse(self.company_id)

    def _connect(self, env, vendor):
        connection = env["connector.connection"].create(
            {
                "name": "Stripe",
                "provider": "stripe",
                "base_url": vendor.url,
                "company_id": self.company_id,
                "tz": "UTC",
            }
        )
        secrets = {"api_key": vendor.token, "webhook_secret": SECRET}
        for credential in connection.credential_ids:
            credential.secret = secrets[credential.key]
        # This is not about waiting.
        connection.budget_ids.requests = 100_000
        connection.action_connect()
        return connection

    def _set_up_money(self, env, connection):
        policy = env["connector.billing.policy"]._for(connection)
        policy.action_set_up_money()
        self.names |= {policy[field].id: name for field, name in MONEY.items()}

    def _map_taxes(self, env, connection, engine, books):
        """Each tax rate is a tax of Odoo's, with an account of its own."""
        lines = connection.value_map_ids.line_ids
        lines.filtered(lambda line: not line.res_id).action_accept_suggestion()
        by_value = {
            line.remote_value: line
            for line in lines
            if line.map_id.name == "billing.tax"
        }
        for number, rate in enumerate(engine.store.rows(TaxRate)):
            account = books["tax"].copy({"code": f"2520{number:02d}"})
            self.names[account.id] = f"tax {rate.id}"
            accounts = [
                Command.create({"repartition_type": "base"}),
                Command.create({"repartition_type": "tax", "account_id": account.id}),
            ]
            tax = env["account.tax"].create(
                {
                    "name": f"{rate.name} {rate.percent}",
                    "amount": float(rate.percent),
                    "amount_type": "percent",
                    "type_tax_use": "sale",
                    "company_id": self.company_id,
                    "country_id": books["tax_group"].country_id.id,
                    "tax_group_id": books["tax_group"].id,
                    "price_include_override": "tax_included"
                    if rate.inclusive
                    else "tax_excluded",
                    "invoice_repartition_line_ids": accounts,
                    "refund_repartition_line_ids": accounts,
                }
            )
            by_value[rate.id].res_id = tax.id
