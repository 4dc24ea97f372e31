import dataclasses

from odoo import Command, api, fields, models

from odoo.addons.connector_base.service_user import as_worker

from .connector_booking import Booking

#: What documents are made with: the log of the connector tells what was made of what.
BOOK_CONTEXT = {
    "tracking_disable": True,
    "mail_create_nosubscribe": True,
    "mail_create_nolog": True,
}
#: Statuses of records that are taken back, or come back, by another movement.
ENDED = ("failed", "cancelled", "won")
BOOKING_STATES = [
    ("waiting", "Waiting"),
    ("booked", "Booked"),
    ("nothing", "Nothing to Book"),
    ("held", "Needs Attention"),
]


class ConnectorBillingMirror(models.AbstractModel):
    """A record of a billing system as it is there, and the documents that it makes.

    The engine writes the record freely, as often as it changes. Its documents are made
    when they are due, each once, and never changed: what they become follows from the
    record's latest state alone, whatever came before. The link to a document is
    written in the transaction that makes it.
    """

    _name = "connector.billing.mirror"
    _description = "Record of a Billing System"
    _inherit = ["connector.bound.mixin"]
    _order = "id desc"
    _rec_name = "remote_id"
    _check_company_auto = True

    #: Link of balance transactions to these records.
    _balance_link = None
    #: Fields that link the documents, in the order in which they are made. For each
    #: there is a method ``_vals_<field>(booking)``, see ``_vals_of``.
    _document_fields = ()

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
    remote_id = fields.Char(string="ID", required=True, readonly=True)
    amount = fields.Monetary(readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    booking = fields.Selection(
        BOOKING_STATES,
        default="waiting",
        required=True,
        readonly=True,
        index=True,
        help="Whether its accounting documents have been made.",
    )
    booking_note = fields.Char(
        string="Why",
        readonly=True,
        help="What the booking waits for, or what keeps it.",
    )

    has_entries = fields.Boolean(compute="_compute_has_entries")

    _remote_uniq = models.Constraint(
        "UNIQUE (connection_id, remote_id)",
        "There is one record for each of the billing system's.",
    )

    def _compute_display_name(self):
        for mirror in self:
            mirror.display_name = mirror.remote_id

    def _compute_has_entries(self):
        for mirror in self:
            mirror.has_entries = any(mirror[name] for name in self._document_fields)

    # -- booking --------------------------------------------------------------

    def _book(self):
        """Make the documents that are due, of all these records, in batches.

        :return: ``{record id: records.Problem}`` of those that are held
        """
        problems = {}
        for connection, mirrors in self.sudo().grouped("connection_id").items():
            policies = self.env["connector.billing.policy"]
            booking = Booking(policies._money_policy_of(connection))
            mirrors = mirrors.with_company(connection.company_id).with_context(
                **BOOK_CONTEXT
            )
            problems |= mirrors._book_batch(booking)
        return problems

    def _book_batch(self, booking):
        problems = {}
        booking.told = self._told_by_balance()
        for name in self._document_fields:
            todo = []
            for mirror in self:
                if mirror[name] or mirror.id in problems:
                    continue
                vals, problem = mirror._vals_of(name, booking)
                if problem:
                    problems[mirror.id] = problem
                elif vals:
                    todo.append((mirror, vals))
            problems |= self._make_isolated(name, todo)
        self._after_booking(booking)
        self._note_booking(problems)
        return problems

    def _vals_of(self, name, booking):
        """What a document is to be made of.

        :return: ``(values, None)``, ``(None, records.Problem)``, or ``(None, None)``
            where it is not due
        """
        return getattr(self, f"_vals_{name}")(booking)

    def _make_isolated(self, name, todo):
        """Make documents in one batch; what Odoo refuses is held, the others go on.

        :param todo: list of ``(record, values)``
        :return: ``{record id: records.Problem}``
        """

        def make(part):
            documents = self._make(name, [vals for _mirror, vals in part])
            for (mirror, _vals), document in zip(part, documents, strict=True):
                mirror[name] = document
            self.env.flush_all()

        refused = self.env["connector.import"]._isolated(todo, make)
        return {
            mirror.id: dataclasses.replace(problem, blocking=False)
            for (mirror, _vals), problem in refused
        }

    def _make(self, name, vals_list):
        """Make posted documents in one batch; entries unless extended."""
        moves = as_worker(self.env["account.move"]).create(vals_list)
        moves._post(soft=False)
        return moves.with_env(self.env)

    def _after_booking(self, booking):
        """Reconcile what has become possible; extend it."""

    def _note_booking(self, problems):
        """Say of each record how far it is, where that has changed."""
        groups = {}
        for mirror in self:
            problem = problems.get(mirror.id)
            if problem:
                sentence = self.env["connector.exception"]._sentence(
                    problem.code, problem.params | problem.details
                )
                state = ("held", sentence)
            else:
                state = mirror._booking_state()
            if (mirror.booking, mirror.booking_note or None) != state:
                groups.setdefault(state, []).append(mirror.id)
        for (booking, note), ids in groups.items():
            self.browse(ids).write({"booking": booking, "booking_note": note})

    def _booking_state(self):
        """:return: ``(one of BOOKING_STATES, a note or None)``"""
        documents = any(self[name] for name in self._document_fields)
        return ("booked", None) if documents else ("nothing", None)

    def _told_by_balance(self):
        """What the balance says of those that have come to an end, in one query.

        :return: ``{(record id, kind of transaction): when, naive UTC}``
        """
        if not self._balance_link:
            return {}
        ended = self.filtered(lambda mirror: mirror.status in ENDED)
        if not ended:
            return {}
        groups = (
            self.env["connector.balance.transaction"]
            .sudo()
            ._read_group(
                [(self._balance_link, "in", ended.ids)],
                [self._balance_link, "kind"],
                ["occurred_at:min"],
            )
        )
        return {(mirror.id, kind): moment for mirror, kind, moment in groups}

    def _ended_at(self, booking, moment, kinds, fallback):
        """When what was booked came to an end.

        Where the vendor doesn't say it, the balance does: then the end waits for that,
        so that it is booked on the same day whatever comes first.

        :param moment: as the vendor says it, or ``False``
        :param kinds: of the transactions of the balance that tell it
        :return: naive UTC, or ``None`` where it has to be waited for
        """
        if moment:
            return moment
        told = [booking.told[self.id, k] for k in kinds if (self.id, k) in booking.told]
        if told:
            return min(told)
        return None if booking.tells_balance() else fallback

    # -- entries --------------------------------------------------------------

    def _entry_vals(self, booking, moment, ref, lines):
        """The values of a journal entry in the clearing journal.

        :param moment: naive UTC or a date; policy decides where its period is closed
        :param lines: function of the date, giving values of lines, see ``_line_vals``
        :return: as ``_vals_of``
        """
        date, problem = booking.date_of(moment)
        if problem:
            return None, problem
        return {
            "move_type": "entry",
            "journal_id": booking.policy.clearing_journal_id.id,
            "company_id": booking.company.id,
            "currency_id": self.currency_id.id,
            "date": date,
            "ref": ref,
            "line_ids": [Command.create(vals) for vals in lines(date)],
        }, None

    def _line_vals(self, account, label, currency, amount, balance, partner=None):
        """The values of a line.

        :param amount: in ``currency``, debit positive
        :param balance: the same in the company's currency
        """
        return {
            "account_id": account.id,
            "name": label,
            "currency_id": currency.id,
            "amount_currency": amount,
            "balance": balance,
            "partner_id": partner.id if partner else False,
        }

    def _transfer(self, booking, label, debit, credit, partner=None):
        """Lines that move the record's amount from one account to another.

        :return: function of the date
        """

        def lines(date):
            amount = self.amount
            balance = booking.in_company_currency(self.currency_id, amount, date)
            return [
                self._line_vals(
                    debit, label, self.currency_id, amount, balance, partner
                ),
                self._line_vals(
                    credit, label, self.currency_id, -amount, -balance, partner
                ),
            ]

        return lines

    # -- what people open -----------------------------------------------------

    def _documents(self):
        """The journal entries of the record's documents."""
        moves = self.env["account.move"]
        for name in self._document_fields:
            document = self[name]
            moves |= document if document._name == "account.move" else document.move_id
        return moves

    def action_open_entries(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Journal Entries"),
            "res_model": "account.move",
            "view_mode": "list,form",
            "domain": [("id", "in", self._documents().ids)],
            "context": {"create": False},
        }

    @api.model
    def _by_remote_id(self, connection, remote_ids):
        """``{remote id: record}``, in one query."""
        found = self.search(
            [
                ("connection_id", "=", connection.id),
                ("remote_id", "in", [i for i in remote_ids if i]),
            ]
        )
        return {mirror.remote_id: mirror for mirror in found}
