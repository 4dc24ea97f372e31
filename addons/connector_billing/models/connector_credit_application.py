import collections
import json

from odoo import api, fields, models


class ConnectorCreditApplication(models.Model):
    """How much of a credit note goes to which invoice, as the billing system says.

    A row waits until both sides are posted. What is reconciled in the end depends on
    the latest state only, not on which of both came first.
    """

    _name = "connector.credit.application"
    _description = "Application of a Credit Note"
    _rec_name = "invoice_ref"

    credit_id = fields.Many2one(
        "account.move", required=True, readonly=True, index=True, ondelete="cascade"
    )
    connection_id = fields.Many2one(
        "connector.connection", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="credit_id.company_id", store=True)
    currency_id = fields.Many2one(related="credit_id.currency_id")
    invoice_ref = fields.Char(string="Invoice There", required=True, readonly=True)
    invoice_id = fields.Many2one("account.move", readonly=True, ondelete="set null")
    amount = fields.Monetary(readonly=True)
    applied_amount = fields.Monetary(string="Applied", readonly=True)

    _credit_invoice_unique = models.Constraint(
        "UNIQUE (credit_id, invoice_ref)", "A credit note goes to an invoice once."
    )
    _invoice_idx = models.Index("(connection_id, invoice_ref)")

    @api.model
    def _note(self, credits):
        """Keep what the billing system says of credit notes, as rows."""
        if not credits:
            return
        known = {
            (row.credit_id, row.invoice_ref): row
            for row in self.search([("credit_id", "in", credits.ids)])
        }
        new = []
        for credit in credits:
            wanted = collections.Counter()
            for item in json.loads(credit.connector_applications or "[]"):
                wanted[item["invoice"]] += float(item["amount"])
            for invoice_ref, amount in wanted.items():
                row = known.pop((credit, invoice_ref), None)
                if row is None:
                    new.append(
                        {
                            "credit_id": credit.id,
                            "connection_id": credit.connector_connection_id.id,
                            "invoice_ref": invoice_ref,
                            "amount": amount,
                        }
                    )
                elif row.currency_id.compare_amounts(row.amount, amount):
                    row.amount = amount
        gone = self.browse([row.id for row in known.values()])
        gone.unlink()
        self.create(new)

    @api.model
    def _settle_moves(self, documents):
        """Apply what goes from and to these documents, as far as both are posted.

        :param documents: ``account.move`` of one or several connections
        """
        credits = documents.sudo().filtered(lambda m: m.connector_applications)
        for connection, moves in (
            documents.sudo().grouped("connector_connection_id").items()
        ):
            refs = self._refs_of(connection, moves)
            rows = self.sudo().search(
                [
                    ("connection_id", "=", connection.id),
                    "|",
                    ("credit_id", "in", (moves & credits).ids),
                    ("invoice_ref", "in", list(refs)),
                ]
            )
            balances = moves.filtered(
                lambda m: m.connector_balance_used or m.connector_to_balance
            )
            if rows or balances:
                self._settle(connection, rows.credit_id, balances.partner_id)

    def _refs_of(self, connection, moves):
        """The remote ids of invoices."""
        bindings = self.env["connector.binding"].sudo()
        rows = bindings.search_fetch(
            [
                ("connection_id", "=", connection.id),
                ("entity", "=", "billing.invoice"),
                ("res_model", "=", "account.move"),
                ("res_id", "in", moves.ids),
            ],
            ["remote_id"],
        )
        return rows.mapped("remote_id")

    def _settle(self, connection, credits, partners):
        """Make what is reconciled with credit notes just what it should be.

        :param partners: customers whose credit balances are looked at, too
        """
        # What goes to one invoice must not undo what another took of the balance.
        partners |= credits.filtered("connector_to_balance").partner_id
        credits |= self._balance_credits(connection, partners)
        credits = credits.filtered(lambda m: m.state == "posted")
        rows = self.sudo().search([("credit_id", "in", credits.ids)])
        found = self.env["connector.binding"]._res_ids(
            connection, "billing.invoice", set(rows.mapped("invoice_ref"))
        )
        invoices = self.env["account.move"].browse(set(found.values())).exists()
        by_id = {move.id: move for move in invoices}
        purse = _Purse()
        pairs, owners = [], []
        for row in rows.sorted(lambda row: (row.credit_id.date, row.id)):
            invoice = by_id.get(found.get(row.invoice_ref), invoices.browse())
            if row.invoice_id != invoice:
                row.invoice_id = invoice
            for pair in purse.spend(row.credit_id, invoice, row.amount):
                pairs.append(pair)
                owners.append(row)
        pairs += self._balance_pairs(connection, partners, credits, purse)
        lines = credits._receivable()
        counterparts = lines.matched_debit_ids.debit_move_id
        given = self.env["connector.reconcile"]._agree(
            lines,
            pairs,
            among=counterparts.filtered(
                lambda line: line.move_id.connector_role == "document"
            ),
        )
        applied = dict.fromkeys(rows, 0.0)
        for row, amount in zip(owners, given, strict=False):
            applied[row] += amount
        for row, amount in applied.items():
            if row.currency_id.compare_amounts(row.applied_amount, amount):
                row.applied_amount = amount

    # -- the customer's credit balance ----------------------------------------

    def _balance_credits(self, connection, partners):
        return self.env["account.move"].search(
            [
                ("connector_connection_id", "=", connection.id),
                ("connector_role", "=", "document"),
                ("move_type", "=", "out_refund"),
                ("state", "=", "posted"),
                ("partner_id", "in", partners.ids),
            ]
        )

    def _balance_pairs(self, connection, partners, credits, purse):
        """What invoices took from their customers' credit balances.

        The oldest credit goes to the oldest invoice: a vendor tells sums only.
        """
        if not partners:
            return []
        invoices = self.env["account.move"].search(
            [
                ("connector_connection_id", "=", connection.id),
                ("connector_role", "=", "document"),
                ("move_type", "=", "out_invoice"),
                ("state", "=", "posted"),
                ("partner_id", "in", partners.ids),
                ("connector_balance_used", ">", 0),
            ],
            order="invoice_date, name, id",
        )
        pools = credits.sorted(lambda m: (m.invoice_date, m.name, m.id)).grouped(
            lambda m: (m.partner_id, m.currency_id)
        )
        pairs = []
        for invoice in invoices:
            left = invoice.connector_balance_used
            for credit in pools.get((invoice.partner_id, invoice.currency_id), ()):
                part = invoice.currency_id.round(min(left, purse.balance(credit)))
                if part > 0:
                    pairs += purse.spend(credit, invoice, part, of_balance=True)
                    left -= part
        return pairs


class _Purse:
    """What is left of credit notes while they are spent, and of invoices' parts."""

    def __init__(self):
        self._left = {}
        self._balances = {}

    def balance(self, credit):
        """What of a credit note is left of its customer's balance.

        A void one has nothing; a negative invoice is all on account.
        """
        if credit.connector_status == "void":
            return 0.0
        if credit not in self._balances:
            negative = credit.connector_status in ("open", "paid")
            kept = credit.amount_total if negative else credit.connector_to_balance
            self._balances[credit] = kept
        return self._balances[credit]

    def spend(self, credit, invoice, amount, of_balance=False):
        """Take an amount of a credit note for an invoice.

        :return: list of ``(line of the invoice, line of the credit note, amount)``
        """
        usable = invoice and invoice.state == "posted"
        if not usable or "void" in (credit.connector_status, invoice.connector_status):
            return []
        own = credit._receivable()[:1]
        pairs = []
        for line in invoice._receivable().sorted(lambda li: (li.date_maturity, li.id)):
            if line not in self._left:
                self._left[line] = abs(line.amount_currency)
            part = line.currency_id.round(min(amount, self._left[line]))
            if part <= 0 or line.account_id != own.account_id:
                continue
            pairs.append((line, own, part))
            self._left[line] -= part
            if of_balance:
                self._balances[credit] -= part
            amount -= part
        return pairs
