from odoo import api, models

from odoo.addons.connector_base.engine.records import Problem

from .connector_balance_transaction import BOOKED_BY
from .connector_booking import Booking

#: Codes of what a payout may differ by.
DIFFERENCE_CODES = ("payout_differs", "payout_lines_differ")


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
            self.env["connector.reconcile"]._match(plan)
            settled.write({"is_settled": True})

    def _clearing_lines(self, booking):
        """Its item in the clearing account and those of all that it pays out.

        :return: lines that come to nothing, or none as long as one is missing
        """
        lines = self._all_clearing_lines(booking)
        if not self.currency_id.is_zero(sum(lines.mapped("amount_currency"))):
            return lines.browse()
        return lines.filtered(lambda line: not line.reconciled)

    def _all_clearing_lines(self, booking):
        """The same, whatever they come to."""
        lines = booking.clearing_lines(self.move_id, self.currency_id)
        for transaction in self.transaction_ids:
            own = transaction._clearing_lines(booking)
            if own is None:
                return lines.browse()
            lines |= own
        return lines

    # -- what differs ---------------------------------------------------------

    @api.model
    def _check_sums(self, connection):
        """Tell of payouts that differ from what they pay out; close what agrees now.

        Asked when all of the balance is in: what lacks then is missing.
        """
        payouts = self.search(
            [
                ("connection_id", "=", connection.id),
                ("is_settled", "=", False),
                ("move_id", "!=", False),
                ("automatic", "=", True),
            ]
        )
        told = self._told_to_differ(connection)
        booking = Booking(
            self.env["connector.billing.policy"]._money_policy_of(connection)
        )
        problems = {}
        for payout in payouts:
            problem = payout._difference_problem(booking)
            if problem:
                problems[payout.id] = problem
        (payouts | told)._report_problems(DIFFERENCE_CODES, problems)

    def _told_to_differ(self, connection):
        """Those of which the inbox says by now that they differ."""
        items = self.env["connector.exception.item"].search(
            [
                ("connection_id", "=", connection.id),
                ("state", "=", "open"),
                ("exception_id.code", "in", DIFFERENCE_CODES),
            ]
        )
        found = self._by_remote_id(connection, items.mapped("remote_id"))
        return self.union(*found.values())

    def _difference_problem(self, booking):
        currency = self.currency_id
        if not self.transaction_ids:
            return None
        if not currency.is_zero(self.difference):
            return Problem(
                "validation",
                "payout_differs",
                field="amount",
                details={
                    "payout": self.display_name,
                    "amount": currency.format(self.amount),
                    "net": currency.format(self.net),
                    "difference": currency.format(self.difference),
                },
                blocking=False,
            )
        lines = self._all_clearing_lines(booking)
        difference = sum(lines.mapped("amount_currency")) if lines else 0.0
        if currency.is_zero(difference):
            return None
        return Problem(
            "validation",
            "payout_lines_differ",
            field="amount",
            details={
                "payout": self.display_name,
                "difference": currency.format(difference),
            },
            blocking=False,
        )


class ConnectorBalanceTransaction(models.Model):
    _inherit = "connector.balance.transaction"

    @api.model
    def _after_job(self, connection):
        super()._after_job(connection)
        self.env["connector.payout"]._check_sums(connection)

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
            self.env["connector.reconcile"]._match(plan)

    def _document(self):
        """The entry of what the transaction is for, where another record makes it."""
        for link, name in BOOKED_BY.get(self.kind, ()):
            document = self[link][name] if self[link] else None
            if document:
                return (
                    document if document._name == "account.move" else document.move_id
                )
        return self.env["account.move"]

    def _clearing_lines(self, booking):
        """Its items in the clearing account, in the currency of the balance.

        :return: ``None`` as long as something of it is not booked
        """
        lines = booking.clearing_lines(self.move_id, self.currency_id)
        if self._books_something() and not self.move_id:
            return None
        if self.kind in BOOKED_BY and not self._converted():
            document = self._document()
            if not document and not self.currency_id.is_zero(self.amount):
                return None
            lines |= booking.clearing_lines(document, self.currency_id)
        return lines
