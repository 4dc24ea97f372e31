from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

STATES = [
    ("proposed", "Proposed"),
    ("waiting", "Waiting for Approval"),
    ("grace", "In Grace Period"),
    ("suspended", "Suspended"),
    ("lifted", "Lifted"),
    ("cancelled", "Cancelled"),
]
SOURCES = [("person", "A Person"), ("rule", "The Rule for Overdue Customers")]
#: States in which it isn't over: a customer has one of those at the most.
OPEN = ("proposed", "waiting", "grace", "suspended")
#: What people may change as long as nothing is decided.
DECIDABLE = frozenset(
    {"partner_id", "company_id", "reason", "grace_days", "lift_when_paid"}
)


class ConnectorSuspension(models.Model):
    """A customer whose access is taken away for a time, and given back.

    Proposed by a person or by the company's rule; approved by somebody else where much
    is at stake; begun after a grace period; lifted by a person or when all is paid.
    While it lasts, the customer's entitlements are suspended, not ended. What happens
    is done by buttons and by a scheduled action, never by writing the state.
    """

    _name = "connector.suspension"
    _description = "Suspension"
    _inherit = [
        *("mail.thread", "mail.activity.mixin"),
        *("connector.guard", "connector.standing.source"),
    ]
    _order = "id desc"
    _rec_name = "partner_id"
    _check_company_auto = True

    _standing_watched = frozenset({"state", "partner_id"})

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id",
        store=True,
        index=True,
        string="Company or Person",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    state = fields.Selection(
        STATES,
        required=True,
        readonly=True,
        copy=False,
        default="proposed",
        index=True,
        tracking=True,
    )
    reason = fields.Text(required=True, help="Why, as the customer would be told.")
    source = fields.Selection(
        SOURCES,
        string="Proposed By",
        required=True,
        readonly=True,
        copy=False,
        default="person",
    )
    overdue_amount = fields.Monetary(
        readonly=True,
        copy=False,
        help="What was overdue when it was proposed or submitted last.",
    )
    lift_when_paid = fields.Boolean(
        default=lambda self: self.env.company.suspension_lift_paid,
        help="It ends by itself as soon as nothing is overdue any more, where something"
        " was to begin with.",
    )
    grace_days = fields.Integer(
        string="Grace Period (Days)",
        default=lambda self: self.env.company.suspension_grace_days,
    )
    grace_until = fields.Date(
        string="Suspended After",
        readonly=True,
        copy=False,
        help="The last day of the grace period.",
    )
    proposed_by_id = fields.Many2one(
        "res.users",
        string="Person",
        readonly=True,
        copy=False,
        default=lambda self: self.env.user,
    )
    submitted_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    approved_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    approved_at = fields.Datetime(readonly=True, copy=False)
    suspended_at = fields.Datetime(readonly=True, copy=False)
    closed_at = fields.Datetime(string="Lifted or Cancelled", readonly=True, copy=False)
    closed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    entitlement_ids = fields.One2many(
        "connector.entitlement", "suspension_id", readonly=True
    )
    needs_approval = fields.Boolean(compute="_compute_needs_approval")
    next_text = fields.Char(compute="_compute_next_text")

    _open_uniq = models.UniqueIndex(
        "(commercial_partner_id, company_id)"
        " WHERE state IN ('proposed', 'waiting', 'grace', 'suspended')",
        "This customer has a suspension already that is not over.",
    )
    _grace_idx = models.Index("(grace_until) WHERE state = 'grace'")
    _grace_positive = models.Constraint(
        "CHECK(grace_days >= 0)", "Days are a positive number."
    )

    @api.depends("overdue_amount", "company_id.suspension_approval_amount")
    def _compute_needs_approval(self):
        """Above the company's amount, and whoever owes nothing."""
        for one in self:
            owes = one.currency_id.compare_amounts(one.overdue_amount, 0) > 0
            limit = one.company_id.suspension_approval_amount
            above = one.currency_id.compare_amounts(one.overdue_amount, limit) > 0
            one.needs_approval = above or not owes

    @api.depends("state", "needs_approval", "grace_days", "grace_until")
    @api.depends_context("lang")
    def _compute_next_text(self):
        _ = self.env._
        for one in self:
            text = False
            if one.state == "proposed" and one.needs_approval:
                text = _("Nothing happens before you submit it and finance approves.")
            elif one.state == "proposed":
                text = _(
                    "Submit it, and the customer is suspended after %s days unless"
                    " somebody cancels it.",
                    one.grace_days,
                )
            elif one.state == "waiting":
                text = _("A finance approver who didn't ask for it has to approve it.")
            elif one.state == "grace":
                text = _("Suspended after %s, unless it is cancelled.", one.grace_until)
            one.next_text = text

    # -- rows -----------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        suspensions = super().create(
            [
                {**vals, "proposed_by_id": False}
                if vals.get("source") == "rule"
                else vals
                for vals in vals_list
            ]
        )
        suspensions.sudo()._note_overdue()
        return suspensions

    def write(self, vals):
        if not self.env.su and not DECIDABLE.isdisjoint(vals):
            decided = self.filtered(lambda one: one.state != "proposed")
            if decided:
                raise UserError(
                    self.env._(
                        "The suspension of %s is decided: cancel it and propose another"
                        " one instead.",
                        decided[:1].display_name,
                    )
                )
        result = super().write(vals)
        if not {"partner_id", "company_id"}.isdisjoint(vals):
            self.sudo()._note_overdue()
        return result

    def _note_overdue(self):
        """Keep what is overdue right now, one query for each company."""
        standings = self.env["connector.customer.standing"]
        for company, suspensions in self.grouped("company_id").items():
            owed = standings._overdue_of(company, suspensions.commercial_partner_id.ids)
            for one in suspensions:
                one.overdue_amount = owed[one.commercial_partner_id.id]

    # -- state ----------------------------------------------------------------

    def _hold_rows(self):
        """Let nobody else change them until our transaction ends."""
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                "SELECT id FROM connector_suspension WHERE id = ANY(%s) ORDER BY id"
                " FOR UPDATE",
                self.ids,
            )
        )
        self.invalidate_recordset(flush=False)

    def _say(self, text):
        self._message_log_batch(dict.fromkeys(self.ids, text))

    def _come_to(self, state, **vals):
        """Change the state; extend it to do what follows from it.

        In the transaction of what changes it, once for all that change together.
        """
        self.write({"state": state, **vals})
        self.activity_unlink(["mail.mail_activity_data_todo"])
        if state in ("suspended", "lifted", "cancelled"):
            self._follow_entitlements()
