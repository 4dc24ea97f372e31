from odoo import api, fields, models
from odoo.fields import Domain

KINDS = [
    ("switch", "Yes or No"),
    ("quantity", "Quantity"),
    ("range", "Quantity in a Range"),
    ("custom", "Level"),
]
STATES = [
    ("upcoming", "Not Begun"),
    ("active", "Active"),
    ("suspended", "Suspended"),
    ("ended", "Ended"),
]


class ConnectorEntitlement(models.Model):
    """What a customer may use: a feature, and how much of it, from when until when.

    Rows of a connection follow its system. Those without one are Odoo's own, kept by
    people or other addons. What is ended is archived, or its last day has passed; what
    is suspended goes on when its customer's suspension is lifted.
    """

    _name = "connector.entitlement"
    _description = "Entitlement"
    _inherit = ["connector.guard", "connector.bound.mixin"]
    _order = "commercial_partner_id, name, id"
    _check_company_auto = True

    connection_id = fields.Many2one(
        "connector.connection",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="cascade",
        help="The system that grants it; empty where Odoo does.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    active = fields.Boolean(
        default=True, help="Off as soon as the customer may use it no more."
    )
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
    product_id = fields.Many2one(
        "product.product",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    feature = fields.Char(
        string="Feature Code",
        required=True,
        index=True,
        help="How the product itself and other systems name what may be used.",
    )
    name = fields.Char(string="Feature", required=True)
    kind = fields.Selection(KINDS, required=True, default="switch")
    value = fields.Char(
        string="Level", help="As the system that grants it spells it, as Gold or 10."
    )
    quantity = fields.Float(
        min_display_digits="Product Unit", help="How many, where that is not unlimited."
    )
    is_unlimited = fields.Boolean(string="Unlimited")
    date_from = fields.Date(string="From")
    date_until = fields.Date(
        string="Until", help="The last day. Empty: until it is taken away."
    )
    state = fields.Selection(STATES, compute="_compute_state", store=True, index=True)
    suspension_id = fields.Many2one(
        "connector.suspension",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="As long as it lasts, the customer may not use it.",
    )
    source_ref = fields.Char(
        string="Source", help="The subscription, order or contract that it comes from."
    )

    _dates_in_order = models.Constraint(
        "CHECK (date_until IS NULL OR date_from IS NULL OR date_until >= date_from)",
        "An entitlement can't end before it begins.",
    )

    @api.depends("active", "date_from", "date_until", "suspension_id")
    def _compute_state(self):
        today = fields.Date.today()
        for one in self:
            if not one.active or (one.date_until and one.date_until < today):
                one.state = "ended"
            elif one.date_from and one.date_from > today:
                one.state = "upcoming"
            elif one.suspension_id:
                one.state = "suspended"
            else:
                one.state = "active"

    @api.model
    def _cron_states(self):
        """Begin and end those whose day has come; :return: how many there were."""
        today = fields.Date.today()
        begins = Domain("state", "=", "upcoming") & Domain("date_from", "<=", today)
        ends = Domain("state", "!=", "ended") & Domain("date_until", "<", today)
        due = self.search(begins | ends)
        self.env.add_to_compute(self._fields["state"], due)
        due.flush_recordset(["state"])
        due._state_came()
        return len(due)

    def _state_came(self):
        """Their day has come, without anybody writing them; extend it."""
