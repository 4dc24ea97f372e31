from odoo import api, models
from odoo.tools import SQL

from .connector_balance_transaction import BOOKED_BY
from .connector_booking import Booking


class ConnectorPayout(models.Model):
    """Matches in the clearing account what was paid out with the payout.

    Whatever came first: it is tried when a payout, a transaction, or what a
    transaction is for has been booked, and done when all of it is there.
    """

    _inherit = "connector.payout"

    @api.model
    def _settle_of(self, name, mirrors):
        """Try the payouts of the transactions of payments, refunds or disputes.

        :param name: link of a transaction to these records
        """
        if not mirrors:
            return
        transactions = self.env["connector.balance.transaction"].sudo()
        transactions = transactions.search([(name, "in", mirrors.ids)])
        transactions._settle()

    def _settle(self, booking):
        """Match those of which all is booked, in one go."""
        plan, settled = [], self.browse()
        for payout in self:
            if payout.is_settled or not payout.move_id or not payout.transaction_ids:
                continue
            if not payout.currency_id.is_zero(payout.difference):
                continue
            lines = payout._clearing_lines(booking)
            if lines:
                plan.append(lines)
                settled |= payout
        if plan:
            self.env["account.move.line"]._reconcile_plan(plan)
            settled.write({"is_settled": True})

    def _clearing_lines(self, booking):
        """Its item in the clearing account and those of all that it pays out.

        :return: lines that come to nothing, or none as long as one is missing
        """
        lines = booking.clearing_lines(self.move_id, self.currency_id)
        for transaction in self.transaction_ids:
            own = transaction._clearing_lines(booking)
            if own is None:
                return lines.browse()
            lines |= own
        if not self.currency_id.is_zero(sum(lines.mapped("amount_currency"))):
            return lines.browse()
        return lines.filtered(lambda line: not line.reconciled)


class ConnectorBalanceTransaction(models.Model):
    _inherit = "connector.balance.transaction"

    def _after_booking(self, booking):
        super()._after_booking(booking)
        self._settle(booking)

    def _settle(self, booking=None):
        """Match what was converted, then the payouts that pay these out."""
        for connection, transactions in self.grouped("connection_id").items():
            policies = self.env["connector.billing.policy"]
            own = booking or Booking(policies._money_policy_of(connection))
            transactions = transactions.with_company(connection.company_id)
            transactions._settle_conversions(own)
            payouts = transactions.payout_id.filtered(lambda p: not p.is_settled)
            payouts._settle(own)
            payouts._note_booking({})

    def _settle_conversions(self, booking):
        """Match what was paid in another currency with its conversion."""
        plan = []
        for transaction in self:
            document = transaction._document()
            if not (transaction.move_id and document and transaction._converted()):
                continue
            currency = transaction.source_currency_id
            lines = booking.clearing_lines(transaction.move_id | document, currency)
            lines = lines.filtered(lambda line: not line.reconciled)
            if len(lines) > 1 and currency.is_zero(
                sum(lines.mapped("amount_currency"))
            ):
                plan.append(lines)
        if plan:
            self.env["account.move.line"]._reconcile_plan(plan)

    def _document(self):
        """The entry of what the transaction is for, where another record makes it."""
        for link, name in BOOKED_BY.get(self.kind, ()):
            document = self[link][name] if self[link] else None
            if document:
                return (
                    document
                    if document._name == "account.move"
                    else document.move_id
                )
        return self.env["account.move"]

    def _clearing_lines(self, booking):
        """Its items in the clearing account, in the currency of the balance.

        :return: ``None`` as long as something of it is not booked
        """
        lines = booking.clearing_lines(self.move_id, self.currency_id)
        if self.booking in ("waiting", "held") or (
            self._books_something() and not self.move_id
        ):
            return None
        if self.kind in BOOKED_BY and not self._converted():
            document = self._document()
            if not document and not self.currency_id.is_zero(self.amount):
                return None
            lines |= booking.clearing_lines(document, self.currency_id)
        return lines

    # -- links ----------------------------------------------------------------

    @api.model
    def _link(self, connection, transactions=None, mirrors=None):
        """Link transactions with what they are for, whichever came first.

        :param transactions: those that have come
        :param mirrors: payments, refunds, disputes or payouts that have come
        """
        self.env.flush_all()
        names = [("payment", True), ("refund", True), ("dispute", False)]
        names += [("payout", False), ("failed_payout", False)]
        linked = self.browse()
        for name, by_gateway in names:
            table = f"connector_{name.removeprefix('failed_')}"
            if mirrors is not None and mirrors._table != table:
                continue
            linked |= self._link_to(
                connection, name, table, by_gateway, transactions, mirrors
            )
        return linked

    def _link_to(self, connection, name, table, by_gateway, transactions, mirrors):
        ref, link = SQL.identifier("b", f"{name}_ref"), SQL.identifier(f"{name}_id")
        same = SQL("%s = m.remote_id", ref)
        if by_gateway:
            same = SQL("(%s OR %s = m.gateway_id)", same, ref)
        part = SQL("TRUE")
        if transactions is not None:
            part = SQL("b.id = ANY(%s)", transactions.ids)
        if mirrors is not None:
            part = SQL("m.id = ANY(%s)", mirrors.ids)
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE connector_balance_transaction b SET %(link)s = m.id
                  FROM %(table)s m
                 WHERE b.connection_id = %(connection)s
                   AND m.connection_id = b.connection_id
                   AND %(same)s AND b.%(link)s IS NULL AND %(part)s
                RETURNING b.id
                """,
                link=link,
                table=SQL.identifier(table),
                connection=connection.id,
                same=same,
                part=part,
            )
        )
        if rows:
            self.invalidate_model([f"{name}_id"])
            self.env["connector.payout"].invalidate_model(["transaction_ids"])
        return self.browse(row[0] for row in rows)
