import datetime
import re

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.connector_base.service_user import as_worker

#: Who may look again for the line of a bank statement, and book by that.
BOOKING = "account.group_account_invoice"


def _squeeze(text):
    """A text as references are compared: letters and digits only, in capitals."""
    return re.sub(r"[\W_]+", "", text or "").upper()


class ConnectorPayout(models.Model):
    """Finds the line of the bank statement with which a payout has arrived.

    By amount, currency and date, and by the bank's reference where several fit. What
    is not certain is left to a person, who sees the candidates.
    """

    _inherit = "connector.payout"

    statement_line_id = fields.Many2one(
        "account.bank.statement.line",
        string="Bank Statement Line",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    candidate_ids = fields.Many2many(
        "account.bank.statement.line",
        string="May Have Arrived With",
        readonly=True,
        copy=False,
    )

    _statement_line_uniq = models.UniqueIndex(
        "(statement_line_id) WHERE statement_line_id IS NOT NULL",
        "A bank statement line is one payout.",
    )

    # -- match ----------------------------------------------------------------

    def _match_statements(self, booking):
        """Match payouts on their way with lines of the bank's statements."""
        waiting = self.filtered(
            lambda payout: (
                payout.move_id
                and not payout.statement_line_id
                and payout.status in ("in_transit", "paid")
            )
        )
        if not waiting or not booking.policy.bank_journal_id:
            return
        lines = waiting._open_statement_lines(booking)
        fitting = {
            payout: payout._fitting(lines, booking) for payout in waiting if lines
        }
        for payout, found in fitting.items():
            rivals = [
                other
                for other, others in fitting.items()
                if other != payout and others & found
            ]
            if len(found) == 1 and not rivals and payout._take_line(booking, found):
                continue
            if payout.candidate_ids != found:
                payout.candidate_ids = found

    def _open_statement_lines(self, booking):
        """Lines that may be one of these payouts, in one query."""
        window = datetime.timedelta(days=booking.policy.statement_days)
        days = [payout._expected_on(booking) for payout in self]
        return self.env["account.bank.statement.line"].search(
            [
                ("journal_id", "=", booking.policy.bank_journal_id.id),
                ("is_reconciled", "=", False),
                ("amount", "in", list(set(self.mapped("amount")))),
                ("date", ">=", min(days) - window),
                ("date", "<=", max(days) + window),
            ]
        )

    def _expected_on(self, booking):
        return self.arrival_date or booking.day(self.created_at)

    def _fitting(self, lines, booking):
        """Those that fit: by the reference where one names it, else all of them."""
        window = datetime.timedelta(days=booking.policy.statement_days)
        day = self._expected_on(booking)
        found = lines.filtered(
            lambda line: (
                line.currency_id == self.currency_id
                and not self.currency_id.compare_amounts(line.amount, self.amount)
                and abs(line.date - day) <= window
            )
        )
        names = [
            name for name in map(_squeeze, (self.reference, self.remote_id)) if name
        ]
        named = found.filtered(
            lambda line: any(
                name in _squeeze(f"{line.payment_ref} {line.ref}") for name in names
            )
        )
        return named or found

    def _take_line(self, booking, statement_line):
        """Reconcile a statement line with what is on its way to the bank.

        As Odoo does when a line is matched: its item in suspense gives way to one in
        the account of the payout.

        :return: whether it was done
        """
        account = booking.policy.transit_account_id
        own = self.move_id.line_ids.filtered(
            lambda line: line.account_id == account and not line.reconciled
        )
        _liquidity, suspense, other = statement_line._seek_for_lines()
        if len(own) != 1 or len(suspense) != 1 or other or not account.reconcile:
            return False
        try:
            with self.env.cr.savepoint():
                move = as_worker(statement_line.move_id, statement_line.company_id)
                move = move.with_context(force_delete=True, skip_readonly_check=True)
                counterpart = {
                    "account_id": account.id,
                    "name": own.name,
                    "currency_id": suspense.currency_id.id,
                    "amount_currency": suspense.amount_currency,
                    "balance": suspense.balance,
                }
                move.write(
                    {
                        "line_ids": [
                            Command.delete(suspense.id),
                            Command.create(counterpart),
                        ]
                    }
                )
                new = move.with_env(self.env).line_ids.filtered(
                    lambda line: line.account_id == account
                )
                self.env["connector.reconcile"]._match([own | new])
                self.write(
                    {
                        "statement_line_id": statement_line.id,
                        "candidate_ids": [Command.clear()],
                    }
                )
                self.env.flush_all()
        except (UserError, ValidationError):
            # A statement of a closed period, or a person is at it: hers to match.
            self.env.invalidate_all(flush=False)
            return False
        return True

    # -- what people do -------------------------------------------------------

    def action_match_statement(self):
        """Look again for the line of the bank statement.

        :raises AccessError: where the user doesn't work on the books
        """
        self.check_access("read")
        if not self.env.user.has_group(BOOKING):
            raise AccessError(
                self.env._(
                    "Payouts are matched by those who book invoices and payments."
                )
            )
        self._book_and_report()

    @api.model
    def _match_new_lines(self, statement_lines):
        """Payouts that may have arrived with lines of a statement that are new."""
        policies = (
            self.env["connector.billing.policy"]
            .sudo()
            .search([("bank_journal_id", "in", statement_lines.journal_id.ids)])
        )
        if not policies:
            return
        payouts = self.sudo().search(
            [
                ("connection_id", "in", policies.connection_id.ids),
                ("amount", "in", list(set(statement_lines.mapped("amount")))),
                ("move_id", "!=", False),
                ("statement_line_id", "=", False),
                ("status", "in", ["in_transit", "paid"]),
            ]
        )
        payouts._book_and_report()


class AccountBankStatementLine(models.Model):
    _inherit = "account.bank.statement.line"

    @api.model_create_multi
    def create(self, vals_list):
        """A line that is new may be a payout that has arrived."""
        lines = super().create(vals_list)
        self.env["connector.payout"]._match_new_lines(lines)
        return lines
