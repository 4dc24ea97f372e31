"""Builders of what a customer owes: invoices, payments, orders, all by hand.

Accounts and journals of their own, whatever chart of accounts the database has.
"""

import datetime

from odoo import Command, fields


def books(env):
    """Make the accounts and journals that invoices and payments need.

    :return: dict of ``receivable``, ``income``, ``cash`` accounts and ``sale``,
        ``bank`` journals
    """
    account = env["account.account"]
    receivable, income, cash = account.create(
        [
            {
                "code": "TST110",
                "name": "Customers",
                "account_type": "asset_receivable",
                "reconcile": True,
            },
            {"code": "TST400", "name": "Sales", "account_type": "income"},
            {"code": "TST100", "name": "Bank", "account_type": "asset_cash"},
        ]
    )
    sale, bank = env["account.journal"].create(
        [
            {
                "name": "Test Sales",
                "code": "TSTS",
                "type": "sale",
                "default_account_id": income.id,
            },
            {
                "name": "Test Bank",
                "code": "TSTB",
                "type": "bank",
                "default_account_id": cash.id,
            },
        ]
    )
    return {
        "receivable": receivable,
        "income": income,
        "cash": cash,
        "sale": sale,
        "bank": bank,
    }


class BooksMixin:
    """For test classes that have ``env`` and called :meth:`set_up_books`."""

    @classmethod
    def set_up_books(cls):
        cls.books = books(cls.env)

    def day(self, offset):
        return fields.Date.today() + datetime.timedelta(days=offset)

    def customer(self, name="Acme", **vals):
        return self.env["res.partner"].create(
            {
                "name": name,
                "is_company": True,
                "property_account_receivable_id": self.books["receivable"].id,
                **vals,
            }
        )

    def invoice(self, partner, amount=100.0, due=30, post=True):
        """An invoice that is due in so many days; negative is past."""
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "journal_id": self.books["sale"].id,
                "invoice_date": self.day(min(due, 0) - 30),
                "invoice_date_due": self.day(due),
                "invoice_payment_term_id": False,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "Work",
                            "price_unit": amount,
                            "account_id": self.books["income"].id,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
            }
        )
        if post:
            move.action_post()
        return move

    def payment(self, partner, amount=100.0, on=0, of=None):
        """Money that came in by bank, reconciled with an invoice where one is named."""
        move = self.env["account.move"].create(
            {
                "journal_id": self.books["bank"].id,
                "date": self.day(on),
                "line_ids": [
                    Command.create(
                        {"account_id": self.books["cash"].id, "debit": amount}
                    ),
                    Command.create(
                        {
                            "account_id": self.books["receivable"].id,
                            "partner_id": partner.id,
                            "credit": amount,
                        }
                    ),
                ],
            }
        )
        move.action_post()
        if of:
            lines = (move | of).line_ids.filtered(
                lambda line: line.account_id == self.books["receivable"]
            )
            lines.reconcile()
        return move

    def order(self, partner, confirm=True, price=100.0):
        product = self.env["product.product"].create(
            {"name": "Hours", "type": "service", "list_price": price}
        )
        order = self.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "order_line": [Command.create({"product_id": product.id})],
            }
        )
        if confirm:
            order.action_confirm()
        return order
