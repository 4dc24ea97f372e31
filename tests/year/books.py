"""What Odoo's ledger says, in the terms of ``simulators.billing.truth``."""

from collections import Counter

from simulators.billing.money import decimals

#: By month, currency and account; entries in the company's currency alone, as
#: differences of exchange rates, have no part in it.
LEDGER = """
    SELECT to_char(line.date, 'YYYY-MM'), currency.name, line.account_id,
           SUM(line.amount_currency)
      FROM account_move_line line
      JOIN res_currency currency ON currency.id = line.currency_id
     WHERE line.company_id = %s AND line.parent_state = 'posted'
       AND line.account_id IS NOT NULL
  GROUP BY 1, 2, 3
"""
RECEIVABLE = """
    SELECT binding.remote_id, currency.name, SUM(line.amount_currency)
      FROM account_move_line line
      JOIN res_currency currency ON currency.id = line.currency_id
      JOIN account_account account ON account.id = line.account_id
 LEFT JOIN connector_binding binding
        ON binding.entity = 'billing.customer' AND binding.res_id = line.partner_id
       AND binding.connection_id = %(connection)s
     WHERE line.company_id = %(company)s AND line.parent_state = 'posted'
       AND account.account_type = 'asset_receivable'
  GROUP BY 1, 2
"""
OPEN_ITEMS = """
    SELECT currency.name, SUM(line.amount_residual_currency)
      FROM account_move_line line
      JOIN res_currency currency ON currency.id = line.currency_id
     WHERE line.company_id = %s AND line.parent_state = 'posted'
       AND line.account_id = %s AND NOT line.reconciled
  GROUP BY 1
"""
#: Whatever a pull may write: number of rows and the last time that one was written.
WRITTEN = (
    "account_move",
    "account_move_line",
    "account_payment",
    "account_partial_reconcile",
    "account_full_reconcile",
    "res_partner",
    "product_template",
    "connector_billing_price",
    "connector_billing_coupon",
    "connector_subscription",
    "connector_subscription_version",
    "connector_payment",
    "connector_refund",
    "connector_dispute",
    "connector_payout",
    "connector_balance_transaction",
    "connector_unbilled_charge",
)


class Books:
    """The ledger of one company.

    :param env: environment; :param company: ``res.company``
    :param names: name of the account by id, as ``truth.ledger`` calls them; ``None``
        for those that are left out
    """

    def __init__(self, env, company, names):
        self.env = env
        self.company = company
        self.names = names

    def ledger(self):
        """As :meth:`simulators.billing.truth.Truth.ledger`."""
        found = Counter()
        for month, currency, account, amount in self._rows(LEDGER, [self.company.id]):
            name = self.names.get(account, f"account {account}")
            if name and (minor := _minor(amount, currency)):
                found[month, currency, name] += minor
        return Counter({key: amount for key, amount in found.items() if amount})

    def receivable(self, connection):
        """Amount by (customer id at the vendor, currency)."""
        values = {"company": self.company.id, "connection": connection.id}
        return Counter(
            {
                (customer, currency): minor
                for customer, currency, amount in self._rows(RECEIVABLE, values)
                if (minor := _minor(amount, currency))
            }
        )

    def open_items(self, account):
        """What is not matched of an account, by currency."""
        found = self._rows(OPEN_ITEMS, [self.company.id, account.id])
        return {
            currency: minor
            for currency, amount in found
            if (minor := _minor(amount, currency))
        }

    def written(self):
        """``{table: (rows, last write)}``, and the log but for its runs."""
        found = {}
        for table in WRITTEN:
            if self._rows("SELECT to_regclass(%s)", [table])[0][0]:
                query = f"SELECT COUNT(*), MAX(write_date) FROM {table}"
                found[table] = self._rows(query, [])[0]
        query = "SELECT COUNT(*) FROM connector_log WHERE action != 'run'"
        return {**found, "connector_log": self._rows(query, [])[0]}

    def balanced(self):
        """Debits less credits of all that is posted, in the company's currency."""
        query = """SELECT COALESCE(SUM(balance), 0) FROM account_move_line
                    WHERE company_id = %s AND parent_state = 'posted'"""
        return self._rows(query, [self.company.id])[0][0]

    def _rows(self, query, values):
        self.env.flush_all()
        self.env.cr.execute(query, values)
        return self.env.cr.fetchall()


def _minor(amount, currency):
    return round(amount * 10 ** decimals(currency))
