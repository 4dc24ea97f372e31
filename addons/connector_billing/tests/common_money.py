"""What a payment system sends of its money, and what the books say of it."""

from odoo import Command

from odoo.addons.connector_base.tests.common_vendor import remote

from .common import BillingCase
from .common_billing import payment_record

AT = "T10:00:00+00:00"


def refund_record(remote_id, amount, *credit_notes, at=None, **values):
    """A refund of payment ``ch_1``, in euros, that succeeded.

    :param credit_notes: pairs of a credit note's id and an amount
    """
    values = {
        "customer": "cus_1",
        "payment": "ch_1",
        "amount": str(amount),
        "currency": "EUR",
        "status": "succeeded",
        "refunded_at": f"2026-03-12{AT}",
        **values,
    }
    nested = [{"credit_note": key, "amount": str(part)} for key, part in credit_notes]
    return remote(remote_id, at=at, **values, billing={"credit_notes": nested})


def dispute_record(remote_id, amount, *, at=None, **values):
    """A dispute of payment ``ch_1`` that wants an answer."""
    values = {
        "payment": "ch_1",
        "amount": str(amount),
        "currency": "EUR",
        "status": "needs_response",
        "reason": "fraudulent",
        "opened_at": f"2026-03-15{AT}",
        "due_by": f"2026-03-25{AT}",
        **values,
    }
    return remote(remote_id, at=at, **values)


def balance_record(remote_id, amount, fee=0, *, at=None, **values):
    """A transaction of the balance in euros, a charge unless said otherwise."""
    values = {
        "kind": "charge",
        "amount": str(amount),
        "fee": str(fee),
        "net": str(round(float(amount) - float(fee), 3)),
        "currency": "EUR",
        "occurred_at": f"2026-03-02{AT}",
        **values,
    }
    return remote(remote_id, at=at, **values, billing={"fees": []})


def payout_record(remote_id, amount, *, at=None, **values):
    """A payout in euros that has arrived."""
    values = {
        "amount": str(amount),
        "currency": "EUR",
        "status": "paid",
        "created_at": f"2026-03-04{AT}",
        "arrival_date": "2026-03-06",
        "reference": f"REF-{remote_id}",
        "automatic": True,
        **values,
    }
    return remote(remote_id, at=at, **values)


class MoneyCase(BillingCase):
    """Money of a payment system, in a company whose policy is set up."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.money = cls.env["connector.billing.policy"]._for(cls.connection)
        cls.money.action_set_up_money()
        cls.env["connector.job"].search(
            [("connection_id", "=", cls.connection.id)]
        ).unlink()
        cls.books |= {
            "clearing": cls.money.clearing_account_id,
            "fees": cls.money.fee_account_id,
            "disputed": cls.money.disputed_account_id,
            "dispute_loss": cls.money.dispute_loss_account_id,
            "transit": cls.money.transit_account_id,
        }

    # -- builders -------------------------------------------------------------

    def odoo_invoice(self, remote_id, amount, *, post=True, kind="out_invoice", **vals):
        """A document that both sides know, without the vendor's stream of invoices."""
        entity = "billing.invoice" if kind == "out_invoice" else "billing.credit.note"
        move = self.env["account.move"].create(
            {
                "move_type": kind,
                "partner_id": self.customer().id,
                "journal_id": self.books["sale"].id,
                "invoice_date": "2026-03-01",
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "Pro plan",
                            "account_id": self.books["income"].id,
                            "price_unit": amount,
                            "tax_ids": False,
                        }
                    )
                ],
                **vals,
            }
        )
        self.bind(entity, remote_id, move)
        if post:
            move.action_post()
        return move

    def payment(self, remote_id, amount, *applications, **values):
        self.customer(values.get("customer", "cus_1"))
        record = payment_record(remote_id, amount, *applications, **values)
        return self.brought("payments", record)

    def refund(self, remote_id, amount, *credit_notes, **values):
        self.customer(values.get("customer", "cus_1"))
        return self.brought(
            "refunds", refund_record(remote_id, amount, *credit_notes, **values)
        )

    def dispute(self, remote_id, amount, **values):
        return self.brought("disputes", dispute_record(remote_id, amount, **values))

    def transaction(self, remote_id, amount, fee=0, **values):
        record = balance_record(remote_id, amount, fee, **values)
        return self.brought("balance_transactions", record)

    def payout(self, remote_id, amount, **values):
        return self.brought("payouts", payout_record(remote_id, amount, **values))

    # -- what came of it ------------------------------------------------------

    def open_items(self, key):
        """What is left to be matched in an account: amounts in their currencies."""
        lines = self.env["account.move.line"].search(
            [
                ("account_id", "=", self.books[key].id),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
            ]
        )
        return sorted(lines.mapped("amount_residual_currency"))
