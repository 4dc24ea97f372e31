"""A company with books of its own, connected to a billing vendor in memory."""

from odoo import Command, fields

from odoo.addons.connector_base.engine.records import ReferenceValue
from odoo.addons.connector_base.tests.common import ConnectorCase

from .common_billing import billing_streams, credit_record, invoice_record

#: Key in ``books`` -> code, type, reconcile.
ACCOUNTS = {
    "receivable": ("121000", "asset_receivable", True),
    "payable": ("211000", "liability_payable", True),
    "income": ("400000", "income", False),
    "usage_income": ("400100", "income", False),
    "discount": ("409000", "income", False),
    "rounding": ("649000", "expense", False),
    "expense": ("600000", "expense", False),
    "fees": ("627000", "expense", False),
    "bad_debt": ("654000", "expense", False),
    "disputed": ("126000", "asset_current", True),
    "tax": ("251000", "liability_current", False),
    "cash": ("101000", "asset_cash", False),
    "suspense": ("101100", "asset_current", False),
    "outstanding": ("101200", "asset_current", True),
    "transfer": ("101900", "asset_current", True),
    "gain": ("766000", "income_other", False),
    "loss": ("666000", "expense", False),
}
#: Units of a currency for one euro, from the first of 2020 on.
RATES = {"USD": 1.25, "GBP": 0.8, "JPY": 160.0, "KWD": 0.32}


def make_company(env, name="Billed Ltd", currency="EUR"):
    """A company in euros with a small chart of accounts, journals and currencies.

    :return: ``(company, books)``; the books by the keys of ``ACCOUNTS``, and the
        journals ``sale``, ``bank``, ``general``, ``exchange``
    """
    currencies = env["res.currency"].with_context(active_test=False)
    currencies = currencies.search([("name", "in", [currency, *RATES])])
    currencies.active = True
    company = env["res.company"].create(
        {
            "name": name,
            "currency_id": currencies.filtered(lambda c: c.name == currency).id,
            "country_id": env.ref("base.be").id,
        }
    )
    env.user.company_ids = [Command.link(company.id)]
    env["res.currency.rate"].create(
        [
            {
                "currency_id": other.id,
                "company_id": company.id,
                "name": "2020-01-01",
                "rate": RATES[other.name],
            }
            for other in currencies
            if other.name in RATES and other.name != currency
        ]
    )
    env = env(context={**env.context, "allowed_company_ids": company.ids})
    books = dict(
        zip(
            ACCOUNTS,
            env["account.account"].create(
                [
                    {
                        "name": key.replace("_", " ").capitalize(),
                        "code": code,
                        "account_type": kind,
                        "reconcile": reconcile,
                        "company_ids": [Command.set(company.ids)],
                    }
                    for key, (code, kind, reconcile) in ACCOUNTS.items()
                ]
            ),
            strict=True,
        )
    )
    company = company.with_env(env)
    company.write(
        {
            "account_journal_suspense_account_id": books["suspense"].id,
            "transfer_account_id": books["transfer"].id,
            "income_currency_exchange_account_id": books["gain"].id,
            "expense_currency_exchange_account_id": books["loss"].id,
        }
    )
    journals = env["account.journal"].create(
        [
            {
                "name": title,
                "code": code,
                "type": kind,
                "company_id": company.id,
                "default_account_id": books[account].id if account else False,
            }
            for title, code, kind, account in (
                ("Billed", "BILL", "sale", "income"),
                ("Bank", "BNK", "bank", "cash"),
                ("Other", "MISC", "general", None),
                ("Exchange", "EXCH", "general", None),
            )
        ]
    )
    names = ("sale", "bank", "general", "exchange")
    books |= dict(zip(names, journals, strict=True))
    company.currency_exchange_journal_id = books["exchange"]
    for field_name, key in (
        ("property_account_receivable_id", "receivable"),
        ("property_account_payable_id", "payable"),
    ):
        env["ir.default"].set(
            "res.partner", field_name, books[key].id, company_id=company.id
        )
    books["tax_group"] = env["account.tax.group"].create(
        {"name": "VAT", "company_id": company.id, "country_id": env.ref("base.be").id}
    )
    return company, books


class BillingCase(ConnectorCase):
    """Invoices of a billing vendor, in a company with books of its own.

    ``self.env`` works in that company. Its customers are there without the vendor's
    stream of customers: ``self.customer()``.
    """

    streams = ()

    @classmethod
    def connect(cls, **vals):
        if not hasattr(cls, "books"):
            cls.company, cls.books = make_company(cls.env)
            context = {
                **cls.env.context,
                "allowed_company_ids": cls.company.ids,
                "tracking_disable": True,
            }
            cls.env = cls.env(context=context)
            cls.company = cls.company.with_env(cls.env)
            cls.vendor.streams = billing_streams(cls.env)
        connection = super().connect(
            **{"name": "Fake Billing", "company_id": cls.company.id, **vals}
        )
        cls.map_taxes(connection)
        return connection

    @classmethod
    def map_taxes(cls, connection, rates=(20, 6)):
        """The vendor's taxes ``vat20``, ``vat6`` and ``vat20i`` mean taxes of Odoo.

        They are in ``books`` under these names; those with an ``i`` are inclusive.
        """
        names = [f"vat{rate}{kind}" for rate in rates for kind in ("", "i")]
        if names[0] not in cls.books:
            cls.books |= {
                name: cls.new_tax(name, float(name[3:].rstrip("i"))) for name in names
            }
        values = [ReferenceValue("billing.tax", name, name.upper()) for name in names]
        value_maps = cls.env["connector.value.map"]
        known = {
            kind
            for stream in cls.vendor.streams
            for kind in (
                field.value_map
                for field in connection._entity(stream.entity)._entity_fields()
            )
        }
        if "billing.tax" not in known:
            return
        value_maps._refresh(connection, values)
        for line in connection.value_map_ids.line_ids:
            if line.map_id.name == "billing.tax" and line.remote_value in cls.books:
                line.res_id = cls.books[line.remote_value].id

    @classmethod
    def new_tax(cls, name, percent, **vals):
        """A sales tax; one whose name ends in ``i`` is in the price."""
        accounts = [
            Command.create({"repartition_type": "base"}),
            Command.create(
                {"repartition_type": "tax", "account_id": cls.books["tax"].id}
            ),
        ]
        return cls.env["account.tax"].create(
            {
                "name": name.upper(),
                "amount": percent,
                "amount_type": "percent",
                "type_tax_use": "sale",
                "company_id": cls.company.id,
                "country_id": cls.company.country_id.id,
                "tax_group_id": cls.books["tax_group"].id,
                "price_include_override": "tax_included"
                if name.endswith("i")
                else "tax_excluded",
                "invoice_repartition_line_ids": accounts,
                "refund_repartition_line_ids": accounts,
                **vals,
            }
        )

    # -- builders -------------------------------------------------------------

    def day(self, text):
        return fields.Date.to_date(text)

    def bind(self, entity, remote_id, record):
        """Odoo's record of a remote one, as a pull would have left it."""
        return self.env["connector.binding"].create(
            {
                "connection_id": self.connection.id,
                "company_id": self.company.id,
                "entity": entity,
                "remote_id": str(remote_id),
                "res_model": record._name,
                "res_id": record.id,
                "state": "synced",
            }
        )

    def customer(self, remote_id="cus_1", name="Acme", **vals):
        """A customer that both sides know; the same at the next call."""
        binding = self.env["connector.binding"].search(
            [
                ("connection_id", "=", self.connection.id),
                ("entity", "=", "billing.customer"),
                ("remote_id", "=", remote_id),
            ]
        )
        if binding:
            return self.env["res.partner"].browse(binding.res_id)
        partner = self.env["res.partner"].create(
            {"name": name, "is_company": True, **vals}
        )
        self.bind("billing.customer", remote_id, partner)
        return partner

    def product(self, remote_id="prod_1", name="Pro", **vals):
        product = self.env["product.product"].create(
            {"name": name, "type": "service", "taxes_id": False, **vals}
        )
        self.bind("product", remote_id, product)
        return product

    def brought(self, stream, *records, remote_id=None):
        """Records of a stream come; returns Odoo's of the first, or of one of them."""
        self.pull(stream, *records)
        remote_id = remote_id or records[0].remote_id
        record = self.taken(stream, remote_id)
        self.assertTrue(record, self.held(stream, remote_id))
        return record

    def invoice(self, remote_id="in_1", *lines, at=None, **values):
        """The vendor's invoice comes; returns its ``account.move``."""
        self.customer(values.get("customer", "cus_1"))
        record = invoice_record(remote_id, *lines, at=at, **values)
        return self.brought("invoices", record)

    def held_invoice(self, remote_id="in_1", *lines, at=None, **values):
        """The vendor's invoice comes and is held; returns ``[(code, message)]``."""
        self.customer(values.get("customer", "cus_1"))
        self.pull("invoices", invoice_record(remote_id, *lines, at=at, **values))
        self.assertFalse(self.taken("invoices", remote_id))
        return self.held("invoices", remote_id)

    def credit_note(self, remote_id="cn_1", *lines, applications=(), at=None, **values):
        """The vendor's credit note comes; returns its ``account.move``."""
        self.customer(values.get("customer", "cus_1"))
        record = credit_record(
            remote_id, *lines, applications=applications, at=at, **values
        )
        return self.brought("credit_notes", record)

    def policy(self, **vals):
        """The connection's billing policy, with these values."""
        policy = self.env["connector.billing.policy"]._for(self.connection)
        policy.write(vals)
        return policy

    # -- what came of it ------------------------------------------------------

    def held(self, stream, remote_id):
        """What holds a record, as ``[(code, message)]``."""
        items = self.env["connector.exception.item"].search(
            [
                ("flow_id", "=", self.flow(stream).id),
                ("remote_id", "=", str(remote_id)),
                ("state", "=", "open"),
            ],
            order="id",
        )
        return [(item.exception_id.code, item.message) for item in items]

    def queries_of(self, stream, *records):
        """How many queries it takes until a page of records is taken."""
        self.vendor.add_page(stream, *records)
        self.flow(stream).action_sync()
        before = self.env.cr.sql_log_count
        self.run_jobs()
        return self.env.cr.sql_log_count - before

    def codes(self, stream, remote_id):
        return [code for code, _message in self.held(stream, remote_id)]

    def balance(self, *keys):
        """``{key of books: balance of its account in company currency}``, posted."""
        self.env.flush_all()
        keys = keys or list(ACCOUNTS)
        sums = dict(
            self.env["account.move.line"]._read_group(
                [
                    ("company_id", "=", self.company.id),
                    ("parent_state", "=", "posted"),
                ],
                ["account_id"],
                ["balance:sum"],
            )
        )
        found = {key: sums.get(self.books[key], 0.0) for key in keys}
        return {
            key: self.company.currency_id.round(value)
            for key, value in found.items()
            if not self.company.currency_id.is_zero(value)
        }
