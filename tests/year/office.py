"""The company whose books are kept, connected to the account that bills for it."""

from scenarios.own_database import committed
from simulators.billing.model import TaxRate

from odoo import Command

from .vendors import SECRET

CURRENCIES = ("USD", "JPY", "KWD")
#: Units for one US dollar, all year.
RATES = {"JPY": 150.0, "KWD": 0.31}
#: Accounts of the policy for money, as the truth calls them.
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

    def __init__(self, database, vendor):
        self.names = {}
        with committed(database) as env:
            self.company_id = self._make_company(env)
        with committed(database) as env:
            env = env(context={"allowed_company_ids": [self.company_id]})
            self._name_accounts(env)
            connection = self._connect(env, vendor)
            self._set_up_money(env, connection)
            self._map_taxes(env, connection, vendor)
            self.connection_id = connection.id
            self.token = connection.webhook_token

    def connection(self, env):
        return env["connector.connection"].browse(self.connection_id)

    def company(self, env):
        return env["res.company"].browse(self.company_id)

    def policy(self, env):
        return env["connector.billing.policy"]._for(self.connection(env))

    def _make_company(self, env):
        currencies = env["res.currency"].with_context(active_test=False)
        currencies = currencies.search([("name", "in", CURRENCIES)])
        currencies.active = True
        by_name = {currency.name: currency for currency in currencies}
        company = env["res.company"].create(
            {
                "name": "Aurora Cloud",
                "currency_id": by_name["USD"].id,
                "country_id": env.ref("base.us").id,
            }
        )
        company.partner_id.tz = "UTC"
        env["account.chart.template"].try_loading(
            "generic_coa", company, install_demo=False
        )
        env["res.currency.rate"].create(
            [
                {
                    "currency_id": by_name[name].id,
                    "company_id": company.id,
                    "name": "2020-01-01",
                    "rate": rate,
                }
                for name, rate in RATES.items()
            ]
        )
        return company.id

    def _name_accounts(self, env):
        company = self.company(env)
        journal = env["account.journal"].search(
            [("company_id", "=", company.id), ("type", "=", "sale")], limit=1
        )
        partner = env["res.partner"].with_company(company)
        self.names |= {
            journal.default_account_id.id: "income",
            partner._fields["property_account_receivable_id"]
            .get_company_dependent_fallback(partner)
            .id: "receivable",
            company.income_currency_exchange_account_id.id: None,
            company.expense_currency_exchange_account_id.id: None,
        }

    def _connect(self, env, vendor):
        connection = env["connector.connection"].create(
            {
                "name": vendor.name,
                "provider": vendor.provider,
                "base_url": vendor.simulator.url,
                "company_id": self.company_id,
                "tz": "UTC",
            }
        )
        secrets = {"api_key": vendor.simulator.token, "webhook_secret": SECRET}
        for credential in connection.credential_ids:
            credential.secret = secrets[credential.key]
        # This is not about waiting.
        connection.budget_ids.requests = 100_000
        connection.action_connect()
        return connection

    def _set_up_money(self, env, connection):
        policy = env["connector.billing.policy"]._for(connection)
        policy.action_set_up_money()
        bad_debt = self._account(env, "Bad Debt", "659900", "expense")
        policy.write(
            {"uncollectible": "write_off", "write_off_account_id": bad_debt.id}
        )
        self.names[bad_debt.id] = "bad_debt"
        self.names |= {policy[field].id: name for field, name in MONEY.items()}

    def _map_taxes(self, env, connection, vendor):
        """Each tax rate is a tax of Odoo's, with an account of its own."""
        rates = vendor.engine.store.rows(TaxRate)
        # Not every vendor has a list of its taxes.
        env["connector.value.map"]._take_in(
            connection, {("billing.tax", vendor.tax_value(rate)) for rate in rates}
        )
        lines = connection.value_map_ids.line_ids
        lines.filtered(lambda line: not line.res_id).action_accept_suggestion()
        by_value = {
            line.remote_value: line
            for line in lines
            if line.map_id.name == "billing.tax"
        }
        for number, rate in enumerate(rates):
            account = self._account(
                env, rate.name, f"2599{number:02d}", "liability_current"
            )
            self.names[account.id] = f"tax {rate.id}"
            by_value[vendor.tax_value(rate)].res_id = self._tax(env, rate, account).id

    def _account(self, env, name, code, kind):
        return env["account.account"].create(
            {
                "name": name,
                "code": code,
                "account_type": kind,
                "company_ids": [Command.set([self.company_id])],
            }
        )

    def _tax(self, env, rate, account):
        accounts = [
            Command.create({"repartition_type": "base"}),
            Command.create({"repartition_type": "tax", "account_id": account.id}),
        ]
        return env["account.tax"].create(
            {
                "name": f"{rate.name} {rate.percent}",
                "amount": float(rate.percent),
                "amount_type": "percent",
                "type_tax_use": "sale",
                "company_id": self.company_id,
                "price_include_override": "tax_included"
                if rate.inclusive
                else "tax_excluded",
                "invoice_repartition_line_ids": accounts,
                "refund_repartition_line_ids": accounts,
            }
        )
