import base64

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from ..engine import settlement
from ..models.connector_balance_transaction import KINDS

PRESETS = [
    ("stripe", "Stripe: Payout Reconciliation"),
    ("generic", "Another Table"),
]
#: Rows that a dry run shows.
SHOWN = 80
#: Fields of a transaction that a row fills, of which a second file must not differ.
COMPARED = ("kind", "amount", "fee", "net", "currency_id", "payout_ref")


class ConnectorSettlementImport(models.TransientModel):
    """Takes a settlement file: payments, fees and payouts that no interface tells.

    A dry run says what would be taken. A file is taken whole or not at all: with a row
    that is missing, a payout would not agree. Rows that are known already are left
    alone, so that a file may be taken twice, and files may overlap.
    """

    _name = "connector.settlement.import"
    _description = "Import of a Settlement File"

    connection_id = fields.Many2one(
        "connector.connection",
        required=True,
        domain="[('billing_policy_ids', '!=', False)]",
        default=lambda self: self._default_connection(),
        help="Whose payments were paid out.",
    )
    preset = fields.Selection(PRESETS, string="Kind of File", default="stripe")
    file = fields.Binary(attachment=False)
    file_name = fields.Char()
    decimal_comma = fields.Boolean(help="Amounts are written 1.234,50.")
    column_ids = fields.One2many("connector.settlement.column", "import_id")
    row_ids = fields.One2many("connector.settlement.row", "import_id")
    bad_row_ids = fields.One2many(
        "connector.settlement.row",
        "import_id",
        string="Rows That Can't Be Read",
        domain=[("problem", "!=", False)],
    )
    state = fields.Selection(
        [("file", "File"), ("columns", "Columns"), ("preview", "Dry Run")],
        default="file",
    )
    summary = fields.Char(readonly=True)
    bad_count = fields.Integer(readonly=True)
    new_count = fields.Integer(readonly=True)

    @api.model
    def _default_connection(self):
        connections = self.env["connector.connection"].search([], limit=2)
        connections = connections.filtered("has_billing")
        return connections if len(connections) == 1 else connections.browse()

    # -- steps ----------------------------------------------------------------

    def action_columns(self):
        """Read the header and say which column holds what."""
        headers, _rows = self._file_table()
        found = settlement.guess_columns(self.preset, headers)
        self.column_ids = [
            Command.clear(),
            *(
                Command.create(
                    {"name": what, "header": found.get(what), "required": must}
                )
                for what, must in settlement.COLUMNS.items()
            ),
        ]
        self.state = "columns"
        missing = self.column_ids.filtered(lambda c: c.required and not c.header)
        return self._again() if missing else self.action_preview()

    def action_preview(self):
        """Say what would be taken; nothing is written but the wizard's own rows."""
        rows, bad = self._read()
        known = self._known(rows)
        differing = [row for row in rows if self._differs(row, known.get(row.key))]
        new = [row for row in rows if row.key not in known]
        problems = [(item.number, self._problem(item)) for item in bad]
        problems += [
            (
                row.number,
                self.env._("It differs from what was taken before: %s.", row.key),
            )
            for row in differing
        ]
        problems += self._payout_problems(rows)
        self.row_ids = [
            Command.clear(),
            *(Command.create({"number": n, "problem": text}) for n, text in problems),
            *(Command.create(self._shown(row)) for row in new[:SHOWN]),
        ]
        self.write(
            {
                "state": "preview",
                "bad_count": len(problems),
                "new_count": len(new),
                "summary": self._summary(rows, new),
            }
        )
        return self._again()

    def action_back(self):
        self.state = "columns" if self.state == "preview" else "file"
        return self._again()

    def action_import(self):
        """Take all rows that are new, and book them in the background."""
        self._check_may()
        rows, bad = self._read()
        known = self._known(rows)
        differing = any(self._differs(row, known.get(row.key)) for row in rows)
        if bad or differing or self._payout_problems(rows):
            raise UserError(
                self.env._(
                    "Rows of the file can't be taken. A file is taken whole: correct"
                    " it, then try again."
                )
            )
        new = [row for row in rows if row.key not in known]
        payouts = self._take_payouts(rows)
        transactions = self._take_rows(new)
        connection = self.connection_id.sudo()
        for mirrors in (payouts, transactions):
            if mirrors:
                mirrors._link_all(connection)
                mirrors._enqueue_booking(connection)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Payouts"),
            "res_model": "connector.payout",
            "view_mode": "list,form",
            "domain": [("id", "in", self._payouts_of(rows).ids)],
        }

    def _check_may(self):
        group = "connector_base.group_finance_approver"
        if not self.env.su and not self.env.user.has_group(group):
            raise AccessError(
                self.env._("Settlement files are taken by finance approvers.")
            )
        self.connection_id.check_access("read")

    def _again(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    # -- reading --------------------------------------------------------------

    def _file_table(self):
        if not self.file:
            raise UserError(self.env._("Choose a file."))
        try:
            return settlement.read_table(base64.b64decode(self.file))
        except settlement.BadFile as error:
            raise UserError(self._file_problem(error)) from error

    def _read(self):
        _headers, rows = self._file_table()
        columns = {c.name: c.header for c in self.column_ids if c.header}
        try:
            return settlement.read_rows(rows, columns, decimal_comma=self.decimal_comma)
        except settlement.BadFile as error:
            raise UserError(self._file_problem(error)) from error

    def _file_problem(self, error):
        return {
            "empty": self.env._("The file has no rows."),
            "encoding": self.env._(
                "The file is no table of text. Save it as CSV, then try again."
            ),
            "columns": self.env._("Say which columns hold: %s.", error.value),
        }[error.code]

    def _problem(self, bad):
        value = bad.value[:60]
        return {
            "no_date": self.env._("No date can be read in “%s”.", value),
            "no_amount": self.env._("No amount can be read in “%s”.", value),
            "no_currency": self.env._("“%s” is no currency.", value),
            "unknown_type": self.env._("Nobody knows the type “%s”.", value),
            "net_differs": self.env._(
                "The net amount “%s” isn't gross amount less fee.", value
            ),
            "twice": self.env._("The ID “%s” is in the file twice.", value),
        }[bad.code]

    def _payout_problems(self, rows):
        numbers = {row.payout: row.number for row in rows}
        return [
            (numbers[payout], self.env._("Payout %s has several currencies.", payout))
            for payout, (_net, currency, _day) in settlement.payouts_of(rows).items()
            if not currency
        ] + [
            (row.number, self.env._("Odoo has no currency %s.", row.currency))
            for row in rows
            if row.currency not in self._currencies()
        ]

    # -- taking ---------------------------------------------------------------

    def _currencies(self):
        currencies = self.env["res.currency"].with_context(active_test=False)
        return {c.name: c.id for c in currencies.search([])}

    def _known(self, rows):
        """``{key: transaction}`` of the rows that were taken before."""
        transactions = self.env["connector.balance.transaction"].sudo()
        return transactions._by_remote_id(self.connection_id, [row.key for row in rows])

    def _differs(self, row, known):
        if not known:
            return False
        vals = self._row_vals(row, self._currencies())
        # What is paid out by now had no payout before.
        compared = [
            name for name in COMPARED if name != "payout_ref" or known.payout_ref
        ]
        return any(
            known._fields[name].convert_to_write(known[name], known)
            != (round(vals[name], 6) if isinstance(vals[name], float) else vals[name])
            for name in compared
        )

    def _row_vals(self, row, currencies):
        return {
            "connection_id": self.connection_id.id,
            "remote_id": row.key,
            "kind": row.kind,
            "amount": float(row.amount),
            "fee": float(row.fee),
            "net": float(row.net),
            "currency_id": currencies.get(row.currency),
            "source_amount": float(row.source_amount or 0),
            "source_currency_id": currencies.get(row.source_currency, False),
            "occurred_at": row.occurred_at,
            "description": row.description,
            "settlement_file": self.file_name,
            "payout_ref": row.payout or False,
            **{f"{name}_ref": value for name, value in row.refers.items()},
        }

    def _take_rows(self, rows):
        currencies = self._currencies()
        return (
            self.env["connector.balance.transaction"]
            .sudo()
            .create([self._row_vals(row, currencies) for row in rows])
        )

    def _payouts_of(self, rows):
        payouts = self.env["connector.payout"].sudo()
        found = payouts._by_remote_id(
            self.connection_id, {row.payout for row in rows if row.payout}
        )
        return payouts.union(*found.values())

    def _take_payouts(self, rows):
        """Make the payouts that Odoo doesn't have yet, of what they pay out."""
        currencies = self._currencies()
        known = set(self._payouts_of(rows).mapped("remote_id"))
        today = fields.Date.context_today(self)
        return (
            self.env["connector.payout"]
            .sudo()
            .create(
                [
                    {
                        "connection_id": self.connection_id.id,
                        "remote_id": payout,
                        "amount": float(net),
                        "currency_id": currencies[currency],
                        "status": "in_transit" if day and day > today else "paid",
                        "arrival_date": day or self._last_day(rows, payout),
                        "settlement_file": self.file_name,
                    }
                    for payout, (net, currency, day) in settlement.payouts_of(
                        rows
                    ).items()
                    if payout not in known
                ]
            )
        )

    def _last_day(self, rows, payout):
        return max(row.occurred_at.date() for row in rows if row.payout == payout)

    # -- what is shown --------------------------------------------------------

    def _shown(self, row):
        return {
            "number": row.number,
            "key": row.key,
            "kind": row.kind,
            "occurred_at": row.occurred_at,
            "currency": row.currency,
            "amount": float(row.amount),
            "fee": float(row.fee),
            "net": float(row.net),
            "payout": row.payout,
        }

    def _summary(self, rows, new):
        payouts = settlement.payouts_of(new)
        sums = ", ".join(
            f"{currency} {net}"
            for currency, net in sorted(
                {
                    code: sum(row.net for row in new if row.currency == code)
                    for code in {row.currency for row in new}
                }.items()
            )
        )
        return self.env._(
            "%(new)s new rows of %(all)s, in %(payouts)s payouts. Net: %(sums)s.",
            new=len(new),
            all=len(rows),
            payouts=len(payouts),
            sums=sums or "0",
        )


class ConnectorSettlementColumn(models.TransientModel):
    _name = "connector.settlement.column"
    _description = "Column of a Settlement File"

    import_id = fields.Many2one(
        "connector.settlement.import", required=True, ondelete="cascade"
    )
    name = fields.Selection(
        [
            ("key", "Transaction ID"),
            ("date", "Date"),
            ("type", "Type"),
            ("reference", "ID of Payment, Refund or Dispute"),
            ("gross", "Gross"),
            ("fee", "Fee"),
            ("net", "Net"),
            ("currency", "Currency"),
            ("payout", "Payout ID"),
            ("payout_date", "Payout Date"),
            ("description", "Description"),
            ("source_amount", "Amount Before Conversion"),
            ("source_currency", "Currency Before Conversion"),
        ],
        string="What",
        required=True,
        readonly=True,
    )
    header = fields.Char(string="Column of the File")
    required = fields.Boolean(readonly=True)


class ConnectorSettlementRow(models.TransientModel):
    _name = "connector.settlement.row"
    _description = "Row of a Settlement File"
    _order = "number, id"

    import_id = fields.Many2one(
        "connector.settlement.import", required=True, ondelete="cascade"
    )
    number = fields.Integer(string="Line")
    problem = fields.Char()
    key = fields.Char(string="ID")
    kind = fields.Selection(KINDS)
    occurred_at = fields.Datetime(string="On")
    currency = fields.Char()
    amount = fields.Float(string="Gross", digits=(16, 3))
    fee = fields.Float(digits=(16, 3))
    net = fields.Float(digits=(16, 3))
    payout = fields.Char()
