from odoo import api, fields, models

TARGETS = [
    ("billing.invoice", "Invoice"),
    ("billing.credit.note", "Credit Note"),
    ("billing.payment", "Payment"),
]
STATES = [
    ("waiting", "Waiting"),
    ("applied", "Applied"),
    ("released", "Stays on Account"),
]


class ConnectorPaymentApplication(models.Model):
    """How much of a payment goes to which invoice, or of a refund to which credit note.

    It is kept as the billing system says it, and done as soon as both sides are posted,
    whichever comes first. It is never deleted: one that the billing system takes back
    wants nothing any more.
    """

    _name = "connector.payment.application"
    _description = "Application of a Payment"
    _order = "id"
    _rec_name = "target_remote_id"

    payment_id = fields.Many2one(
        "connector.payment", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    refund_id = fields.Many2one(
        "connector.refund", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    connection_id = fields.Many2one(
        "connector.connection",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="connection_id.company_id", store=True, index=True
    )
    target_entity = fields.Selection(
        TARGETS, string="Applied To", required=True, readonly=True
    )
    target_remote_id = fields.Char(string="ID", required=True, readonly=True)
    move_id = fields.Many2one("account.move", string="Document", readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    amount = fields.Monetary(readonly=True, help="As the billing system says.")
    applied_amount = fields.Monetary(string="Applied", readonly=True)
    applied_at = fields.Datetime(string="On", readonly=True)
    state = fields.Selection(STATES, default="waiting", required=True, readonly=True)

    refund_ref = fields.Char(
        string="Refund's ID",
        readonly=True,
        index="btree_not_null",
        help="Where the credit note says by which refund it was paid out.",
    )

    _source_uniq = models.UniqueIndex(
        "(connection_id, payment_id, refund_id, refund_ref, target_entity,"
        " target_remote_id) NULLS NOT DISTINCT",
        "A payment is applied to a document once.",
    )
    _target_idx = models.Index("(connection_id, target_entity, target_remote_id)")

    # -- what the billing system says -----------------------------------------

    @api.model
    def _note(self, link, wanted):
        """Keep what goes where, as the billing system says it now.

        :param link: ``payment_id`` or ``refund_id``
        :param wanted: ``{mirror: {(target entity, remote id): (amount, when)}}``
        :return: all applications of these mirrors
        """
        mirrors = self.env[self._fields[link].comodel_name].browse(
            mirror.id for mirror in wanted
        )
        known = {
            (row[link], row.target_entity, row.target_remote_id): row
            for row in self.search(
                [(link, "in", mirrors.ids), ("refund_ref", "=", False)]
            )
        }
        new = []
        for mirror, targets in wanted.items():
            for (entity, remote_id), (amount, moment) in targets.items():
                row = known.pop((mirror, entity, remote_id), None)
                if row is None:
                    new.append(
                        {
                            link: mirror.id,
                            "connection_id": mirror.connection_id.id,
                            "target_entity": entity,
                            "target_remote_id": remote_id,
                            "currency_id": mirror.currency_id.id,
                            "amount": amount,
                            "applied_at": moment,
                        }
                    )
                elif row.currency_id.compare_amounts(row.amount, amount):
                    row.write({"amount": amount, "applied_at": moment})
        for row in known.values():
            if row.amount:
                row.amount = 0.0
        self.create(new)

    @api.model
    def _note_refunds(self, connection, refs):
        """Keep by which refunds credit notes were paid out, as those say it.

        :param refs: ``{(credit note's remote id, its document): refunds' remote ids}``
        """
        entity = "billing.credit.note"
        names = [remote_id for remote_id, _move in refs]
        known = {
            (row.target_remote_id, row.refund_ref): row
            for row in self.search(
                [
                    ("connection_id", "=", connection.id),
                    ("target_entity", "=", entity),
                    ("target_remote_id", "in", names),
                    ("refund_ref", "!=", False),
                ]
            )
        }
        new = []
        for (remote_id, move), refunds in refs.items():
            for ref in refunds:
                row = known.pop((remote_id, ref), None)
                if row is None:
                    new.append(
                        {
                            "refund_ref": ref,
                            "connection_id": connection.id,
                            "target_entity": entity,
                            "target_remote_id": remote_id,
                            "currency_id": move.currency_id.id,
                            "amount": move.amount_total,
                        }
                    )
                elif row.currency_id.compare_amounts(row.amount, move.amount_total):
                    row.amount = move.amount_total
        self.browse(row.id for row in known.values()).write({"amount": 0.0})
        self._link_refunds(connection, self.create(new))

    @api.model
    def _link_refunds(self, connection, rows):
        """Link them with the refunds that are there; others do it when they come."""
        refunds = self.env["connector.refund"]._by_remote_id(
            connection, rows.mapped("refund_ref")
        )
        for row in rows:
            row.refund_id = refunds.get(row.refund_ref)

    # -- applying -------------------------------------------------------------

    @api.model
    def _settle_targets(self, connection, entity, remote_ids):
        """Apply what waits for documents that have come, or have changed."""
        rows = self.sudo().search(
            [
                ("connection_id", "=", connection.id),
                ("target_entity", "=", entity),
                ("target_remote_id", "in", list(remote_ids)),
            ]
        )
        rows._settle()

    def _settle(self):
        """Apply these, as far as both sides are posted."""
        rows = self.sudo()
        self._settle_sources(rows.payment_id, rows.refund_id)

    @api.model
    def _settle_sources(self, payments, refunds):
        """Make what is reconciled just what the billing system says, in one go.

        All applications of the payments and refunds concerned are looked at: what one
        of them leaves is what another one may take.
        """
        payments = payments.sudo() | refunds.sudo().payment_id
        refunds = refunds.sudo() | payments.refund_ids
        for connection in payments.connection_id | refunds.connection_id:
            own = [
                mirrors.filtered(lambda m, c=connection: m.connection_id == c)
                for mirrors in (payments, refunds)
            ]
            rows = own[0].application_ids | own[1].application_ids
            if rows or any(mirrors.reversal_move_id for mirrors in own):
                rows = rows.with_company(connection.company_id)
                rows._settle_all(connection, *own)

    def _settle_all(self, connection, payments, refunds):
        sources = {**payments._receivable_lines(), **refunds._receivable_lines()}
        targets = self._target_lines(connection)
        wanted = self._wanted(payments, targets)
        pairs, owners = [], []
        capacity = self._capacity(sources, targets)
        for row, amount in wanted.items():
            line = sources[row._source()]
            for target, part in row._portions(amount, targets, sources, capacity):
                if line and target:
                    debit, credit = (target, line) if row.payment_id else (line, target)
                    pairs.append((debit, credit, part))
                    owners.append(row)
        reversals = self._reversal_pairs(sources)
        mine = self.env["account.move.line"].union(*sources.values())
        others = self.env["account.move.line"].union(
            *targets.values(), *(line for pair in reversals for line in pair[:2])
        )
        given = self.env["connector.reconcile"]._agree(
            mine, pairs + reversals, among=others
        )
        self._note_applied(owners, given, wanted, sources, targets)

    def _source(self):
        return self.payment_id or self.refund_id

    def _in_order(self):
        """Invoices and credit notes first; of refunds the older one."""
        return self.sorted(
            lambda row: (
                row.target_entity == "billing.payment",
                row.refund_id.refunded_at or row.create_date,
                row.refund_id.remote_id or "",
                row.id,
            )
        )

    def _target_lines(self, connection):
        """``{row: posted lines at the customer of the document it goes to}``"""
        documents = self.filtered(lambda row: row.target_entity != "billing.payment")
        found = {}
        bindings = self.env["connector.binding"]
        for entity, rows in documents.grouped("target_entity").items():
            ids = bindings._res_ids(
                connection, entity, set(rows.mapped("target_remote_id"))
            )
            moves = self.env["account.move"].browse(set(ids.values())).exists()
            by_id = {move.id: move for move in moves}
            for row in rows:
                move = by_id.get(ids.get(row.target_remote_id))
                if row.move_id != (move or row.move_id.browse()):
                    row.move_id = move
                found[row] = self._lines_of(move)
        return found

    def _lines_of(self, move):
        lines = self.env["account.move.line"]
        if not move or move.state != "posted":
            return lines
        lines = move.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        return lines.sorted(lambda line: (line.date_maturity or line.date, line.id))

    def _is_void(self, targets):
        """Whether the document is none any more: what was paid stays on account."""
        lines = targets.get(self)
        move = lines.move_id if lines else self.move_id.browse()
        return move.payment_state == "reversed" or move.connector_status == "void"

    def _wanted(self, payments, targets):
        """How much goes where, by what the billing system says alone.

        What a payment doesn't give to invoices its refunds may take, the older one
        first; of a refund what is for credit notes goes first.

        :return: ``{row: amount}``, in the order in which it is taken
        """
        rows = self._in_order()
        told = {
            (row.refund_id, row.target_remote_id)
            for row in rows
            if not row.refund_ref and row.amount
        }
        left = {payment: payment.amount for payment in payments}
        wanted = {}
        for row in rows:
            source = row._source()
            left.setdefault(source, source.amount)
            amount = row.amount
            if row.refund_id:
                amount = min(amount, left[source])
            twice = row.refund_ref and (row.refund_id, row.target_remote_id) in told
            if source.reversal_move_id or row._is_void(targets) or twice:
                amount = 0.0
            if row.target_entity == "billing.payment":
                payment = row.refund_id.payment_id
                if payment.reversal_move_id:
                    amount = 0.0
                amount = max(min(amount, left.get(payment, 0.0)), 0.0)
                left[payment] = left.get(payment, 0.0) - amount
            left[source] -= amount
            wanted[row] = amount
        return wanted

    def _capacity(self, sources, targets):
        """``{line: what these may take of it}``, of documents due in several parts."""
        several = [
            line for lines in targets.values() if len(lines) > 1 for line in lines
        ]
        if not several:
            return {}
        capacity = {line: abs(line.amount_residual_currency) for line in several}
        mine = self.env["account.move.line"].union(*sources.values())
        for pair, amount in self.env["connector.reconcile"]._applied(mine).items():
            for line in pair:
                if line in capacity:
                    capacity[line] += amount
        return capacity

    def _portions(self, amount, targets, sources, capacity):
        """``[(line, amount)]`` of what is to be reconciled with the row's source."""
        if self.target_entity == "billing.payment":
            return [(sources.get(self.refund_id.payment_id), amount)] if amount else []
        portions = []
        for line in targets[self]:
            part = min(amount, capacity[line]) if line in capacity else amount
            if line in capacity:
                capacity[line] -= part
            if part > 0:
                portions.append((line, part))
            amount -= part
        return portions

    def _reversal_pairs(self, sources):
        """What was taken back is matched with what takes it back."""
        pairs = []
        for source, line in sources.items():
            back = source.reversal_move_id.line_ids.filtered(
                lambda item, own=line: item.account_id == own.account_id
            )
            if line and len(back) == 1:
                debit, credit = (line, back) if line.balance > 0 else (back, line)
                pairs.append((debit, credit, abs(line.amount_currency)))
        return pairs

    def _note_applied(self, owners, given, wanted, sources, targets):
        applied = dict.fromkeys(self, 0.0)
        for row, amount in zip(owners, given, strict=False):
            applied[row] += amount
        groups = {}
        for row, amount in applied.items():
            amount = row.currency_id.round(amount)
            state = row._state_of(amount, wanted[row], sources, targets)
            if (row.applied_amount, row.state) != (amount, state):
                # Odoo takes an amount for records of one currency at a time.
                key = amount, state, row.currency_id
                groups.setdefault(key, []).append(row.id)
        for (amount, state, _currency), ids in groups.items():
            self.browse(ids).write({"applied_amount": amount, "state": state})

    def _state_of(self, applied, wanted, sources, targets):
        if wanted and not self.currency_id.compare_amounts(applied, wanted):
            return "applied"
        target = (
            sources.get(self.refund_id.payment_id)
            if self.target_entity == "billing.payment"
            else targets[self]
        )
        # Both are there, and nothing more is left of one of them.
        both = target and sources[self._source()]
        return "released" if both or not self.amount else "waiting"
