from odoo import api, fields, models

STATUSES = [
    ("draft", "Draft"),
    ("open", "Open"),
    ("paid", "Paid"),
    ("void", "Void"),
    ("uncollectible", "Uncollectible"),
    ("issued", "Issued"),
]
DUNNING = [
    ("none", "None"),
    ("in_progress", "Being Collected"),
    ("exhausted", "Given Up"),
    ("stopped", "Stopped"),
    ("success", "Collected"),
]
ROLES = [
    ("document", "The Document"),
    ("replaced", "Replaced by a Later One"),
    ("reversal", "Its Reversal"),
    ("write_off", "Its Write-Off"),
]


class AccountMove(models.Model):
    """What a billing system says of an invoice or a credit note.

    The engine fills it; it says nothing about what is booked, which the entries do.
    """

    _name = "account.move"
    _inherit = ["account.move", "connector.bound.mixin"]

    connector_connection_id = fields.Many2one(
        "connector.connection",
        string="Billing System",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    connector_role = fields.Selection(ROLES, readonly=True, copy=False)
    connector_origin_id = fields.Many2one(
        "account.move",
        string="Booked For",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The document that it reverses or writes off.",
    )
    connector_entry_ids = fields.One2many(
        "account.move", "connector_origin_id", string="Booked Because of It"
    )
    connector_number = fields.Char(
        string="Number There",
        readonly=True,
        copy=False,
        help="The number that the billing system gave it, which it keeps here.",
    )
    connector_digest = fields.Char(readonly=True, copy=False)
    connector_status = fields.Selection(
        STATUSES, string="Status There", readonly=True, copy=False
    )
    connector_voided_at = fields.Datetime(string="Voided On", readonly=True, copy=False)
    connector_uncollectible_at = fields.Datetime(
        string="Given Up On", readonly=True, copy=False
    )
    connector_paid = fields.Monetary(string="Paid There", readonly=True, copy=False)
    connector_balance_used = fields.Monetary(
        string="Paid by Credit Balance",
        readonly=True,
        copy=False,
        help="What the billing system took from the customer's credit balance.",
    )
    connector_to_balance = fields.Monetary(
        string="Kept as Credit Balance",
        readonly=True,
        copy=False,
        help="What of a credit note the billing system keeps as the customer's credit.",
    )
    connector_total = fields.Monetary(string="Total There", readonly=True, copy=False)
    connector_applications = fields.Text(readonly=True, copy=False)
    connector_credit_ids = fields.One2many(
        "connector.credit.application", "credit_id", string="Applied To"
    )
    connector_dunning = fields.Selection(
        DUNNING, string="Dunning", readonly=True, copy=False
    )
    connector_attempts = fields.Integer(
        string="Payment Attempts", readonly=True, copy=False
    )
    connector_next_attempt_at = fields.Datetime(
        string="Next Attempt", readonly=True, copy=False
    )
    connector_last_failure = fields.Char(
        string="Last Failure", readonly=True, copy=False
    )
    connector_to_post = fields.Boolean(
        string="Waits to Be Posted", readonly=True, copy=False
    )
    connector_wait_reason = fields.Char(
        string="Why It Waits", readonly=True, copy=False
    )

    _connector_to_post_idx = models.Index(
        "(company_id, id) WHERE connector_to_post AND state = 'draft'"
    )

    # -- the vendor's numbers -------------------------------------------------

    def _sequence_matches_date(self):
        """A vendor's number says nothing about periods, however it looks."""
        return bool(self.connector_number) or super()._sequence_matches_date()

    @api.depends("connector_number")
    def _compute_made_sequence_gap(self):
        numbered = self.filtered("connector_number")
        # Gaps among a vendor's numbers are the vendor's: voided drafts, other accounts.
        numbered.made_sequence_gap = False
        super(AccountMove, self - numbered)._compute_made_sequence_gap()

    def _reconcile_reversed_moves(self, reverse_moves, move_reverse_cancel):
        """A vendor says itself how much of a credit note goes to which invoice."""
        pairs = [
            (move, reverse)
            for move, reverse in zip(self, reverse_moves, strict=False)
            if reverse.connector_role != "document"
        ]
        moves = self.browse([move.id for move, _reverse in pairs])
        reverses = self.browse([reverse.id for _move, reverse in pairs])
        super(AccountMove, moves)._reconcile_reversed_moves(
            reverses, move_reverse_cancel
        )
        return reverse_moves


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    connector_period_start = fields.Date(
        string="Period From",
        readonly=True,
        help="The first day that the line is for, as the billing system says.",
    )
    connector_period_end = fields.Date(
        string="Period To",
        readonly=True,
        help="The last day that the line is for, as the billing system says.",
    )
    connector_line_ref = fields.Char(
        string="Line There", readonly=True, help="The billing system's id of the line."
    )
