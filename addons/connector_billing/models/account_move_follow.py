from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from odoo.addons.connector_base.service_user import as_worker


class AccountMove(models.Model):
    """What follows from the billing system's state of a posted document.

    Each entry is a function of the latest state: it is made when the state asks for it,
    and reversed when the state doesn't any more. Nothing posted is edited.
    """

    _inherit = "account.move"

    def _post(self, soft=True):
        """What is posted by a person, too, gets what follows from its state."""
        posted = super()._post(soft)
        documents = posted.filtered(lambda move: move.connector_role == "document")
        if documents:
            waiting = documents.filtered("connector_to_post")
            waiting.write({"connector_to_post": False, "connector_wait_reason": False})
            documents._connector_follow()
            # Whoever posts needs no rights on what the connectors keep.
            applications = self.env["connector.credit.application"].sudo()
            applications._settle_moves(documents)
        return posted

    def _connector_follow(self):
        """Reverse what is void and write off what is uncollectible, in batches."""
        documents = self.sudo().filtered(
            lambda move: move.state == "posted" and move.connector_role == "document"
        )
        for connection, moves in documents.grouped("connector_connection_id").items():
            policy = moves.env["connector.billing.policy"]._for(connection)
            moves = moves.with_company(policy.company_id)
            moves._connector_void(policy)
            moves._connector_write_off(policy)

    # -- void -----------------------------------------------------------------

    def _connector_void(self, policy):
        void = self.filtered(
            lambda move: move.connector_status == "void" and not move._reversals()
        )
        void._connector_reverse(
            policy, {move: move._void_day(policy) for move in void}, "void"
        )

    def _void_day(self, policy):
        """The day that a void document is reversed on, wherever the period stands."""
        voided_at = policy.void_date == "voided" and self.connector_voided_at
        if not voided_at:
            return self.invoice_date or self.date
        return policy.connection_id._local_date(voided_at)

    def _reversals(self):
        return self.connector_entry_ids.filtered(
            lambda entry: entry.connector_role == "reversal" and entry.state == "posted"
        )

    def _connector_reverse(self, policy, days, why):
        """Reverse documents on days, or on the first open day after them.

        What was reconciled with them is free again: money stays on account.

        :param days: ``{move: date}``
        :param why: ``void`` or ``replaced``
        :return: the reversals
        """
        if not self:
            return self
        notes = {
            "void": self.env._("Void in the billing system"),
            "replaced": self.env._("Changed in the billing system"),
            "write_off": self.env._("Collected after all"),
        }
        values = []
        for move in self:
            day, problem = policy._booking_date(
                days[move], move._affect_tax_report(), move.journal_id
            )
            if problem:
                raise UserError(
                    self.env._(
                        "%(move)s can't be reversed on %(day)s: %(locks)s.",
                        move=move.name,
                        day=fields.Date.to_string(day),
                        locks=problem.params["locks"],
                    )
                )
            number = self.env._("%s reversed", move.name)
            values.append(
                {
                    "date": day,
                    "invoice_date": move.is_invoice() and day,
                    "invoice_date_due": move.is_invoice() and day,
                    "invoice_currency_rate": move.invoice_currency_rate,
                    "name": number,
                    "ref": notes[why],
                    "connector_number": number,
                    "connector_role": "reversal",
                    "connector_origin_id": move.id,
                    "connector_connection_id": move.connector_connection_id.id,
                }
            )
        moves = as_worker(self.with_context(tracking_disable=True), self.company_id)
        return moves._reverse_moves(values, cancel=True).with_env(self.env)

    # -- uncollectible --------------------------------------------------------

    def _connector_write_off(self, policy):
        """Make the write-off of each invoice what it should be."""
        entries = self.connector_entry_ids.filtered(
            lambda entry: (
                entry.connector_role == "write_off"
                and entry.state == "posted"
                and not entry.reversal_move_ids
            )
        )
        by_move = entries.grouped("connector_origin_id")
        wrong, todo = self.browse(), {}
        for move in self:
            wanted = move._to_write_off(policy)
            present = by_move.get(move, self.browse())
            written = sum(abs(entry._receivable().amount_currency) for entry in present)
            if not move.currency_id.compare_amounts(wanted, written):
                continue
            wrong |= present
            if wanted > 0:
                todo[move] = wanted
        wrong._connector_reverse(
            policy, {entry: entry.date for entry in wrong}, "write_off"
        )
        if todo:
            self._make_write_offs(policy, todo)

    def _to_write_off(self, policy):
        """What is left of an invoice that is given up, in its currency.

        As the billing system counts: what it says was paid may not have come here yet.
        """
        if (
            self.connector_status != "uncollectible"
            or policy.uncollectible != "write_off"
            or self.move_type != "out_invoice"
        ):
            return 0.0
        credits = sum(
            amount
            for (_debit, credit), amount in self.env["connector.reconcile"]
            ._applied(self._receivable())
            .items()
            if credit.move_id.move_type == "out_refund"
            and credit.move_id.connector_role == "document"
        )
        left = self.amount_total - self.connector_paid - self.connector_balance_used
        return max(self.currency_id.round(left - credits), 0.0)

    def _receivable(self):
        return self.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )

    def _make_write_offs(self, policy, todo):
        """:param todo: ``{invoice: amount in its currency}``"""
        if not policy.entry_journal_id:
            raise UserError(
                self.env._(
                    "The billing policy of %s names no journal of entries.",
                    policy.connection_id.name,
                )
            )
        values = []
        for move, amount in todo.items():
            line = move._receivable()[:1]
            day = move.connector_uncollectible_at
            day = policy.connection_id._local_date(day) if day else move.date
            day, problem = policy._booking_date(day, False, policy.entry_journal_id)
            if problem:
                raise UserError(
                    self.env._(
                        "%(move)s can't be written off on %(day)s: %(locks)s.",
                        move=move.name,
                        day=fields.Date.to_string(day),
                        locks=problem.params["locks"],
                    )
                )
            rate = line.balance / line.amount_currency if line.amount_currency else 1
            balance = move.company_currency_id.round(amount * rate)
            shared = {
                "name": self.env._("Uncollectible: %s", move.name),
                "partner_id": move.commercial_partner_id.id,
                "currency_id": move.currency_id.id,
            }
            values.append(
                {
                    "move_type": "entry",
                    "journal_id": policy.entry_journal_id.id,
                    "date": day,
                    "ref": shared["name"],
                    "connector_role": "write_off",
                    "connector_origin_id": move.id,
                    "connector_connection_id": move.connector_connection_id.id,
                    "line_ids": [
                        Command.create(
                            {
                                **shared,
                                "account_id": account,
                                "amount_currency": sign * amount,
                                "balance": sign * balance,
                            }
                        )
                        for account, sign in (
                            (policy.write_off_account_id.id, 1),
                            (line.account_id.id, -1),
                        )
                    ],
                }
            )
        made = as_worker(self, self.company_id).create(values)
        made._post(soft=False)
        entries = made.with_env(self.env)
        pairs = []
        for entry in entries:
            credit = entry._receivable()
            left = abs(credit.amount_currency)
            for line in entry.connector_origin_id._receivable():
                part = min(left, line.amount_residual_currency)
                pairs.append((line, credit, part))
                left -= part
        self.env["connector.reconcile"]._apply(pairs)


class ConnectorConnection(models.Model):
    _inherit = "connector.connection"

    @api.private
    def _local_date(self, moment):
        """The date of a moment, naive UTC, in the time zone of the connection."""
        return fields.Datetime.context_timestamp(
            self.with_context(tz=self.tz or "UTC"), moment
        ).date()
