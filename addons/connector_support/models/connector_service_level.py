from odoo import api, fields, models

PRIORITIES = [
    ("urgent", "Urgent"),
    ("high", "High"),
    ("normal", "Normal"),
    ("low", "Low"),
]
#: What is told where there is no level and no tier.
NONE = "none"


class ConnectorServiceLevel(models.Model):
    """What a customer is promised: a tier, and how soon tickets are answered.

    A person gives it to a customer, or what the customer has bought does. The first
    level of the list is the highest.
    """

    _name = "connector.service.level"
    _description = "Service Level"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    code = fields.Char(help="How other systems name it.")
    tier = fields.Char(help="What its customers are called, as Gold.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    coverage = fields.Char(
        translate=True, help="When tickets are worked on, as “24/7” or “Mo-Fr 9-17”."
    )
    target_ids = fields.One2many(
        "connector.service.target", "level_id", string="Targets", copy=True
    )
    product_ids = fields.Many2many(
        "product.product",
        "connector_service_level_product_rel",
        string="Given with Products",
        check_company=True,
        help="Who has bought one of them has this level, or a higher one.",
    )
    category_ids = fields.Many2many(
        "product.category",
        "connector_service_level_category_rel",
        string="Given with Product Categories",
        help="With all products in them and below them.",
    )
    months = fields.Integer(
        string="Lasts (Months)",
        help="So many months from the last order of such a product. 0: as long as it is"
        " theirs. Subscriptions and entitlements give it while they run.",
    )

    _code_uniq = models.UniqueIndex(
        "(company_id, code) WHERE code IS NOT NULL",
        "Two service levels of a company can't have the same code.",
    )
    _months_positive = models.Constraint(
        "CHECK(months >= 0)", "Months are a positive number."
    )

    # -- what changes the customers' standing ---------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        levels = super().create(vals_list)
        levels._mark_customers()
        return levels

    def write(self, vals):
        result = super().write(vals)
        self._mark_customers()
        return result

    def unlink(self):
        self._mark_customers()
        return super().unlink()

    def _mark_customers(self):
        """Have all standings worked out anew: who has which level may be otherwise."""
        if self:
            self.env["connector.standing.mark"].sudo()._mark_all()

    # -- words ----------------------------------------------------------------

    def _targets_in_words(self):
        """Coverage and targets as agents read them, a line each."""
        self.ensure_one()
        lines = [self.coverage] if self.coverage else []
        priorities = dict(
            self.target_ids._fields["priority"]._description_selection(self.env)
        )
        for target in self.target_ids:
            parts = []
            if target.first_reply_hours:
                hours = f"{target.first_reply_hours:g}"
                parts.append(self.env._("first reply in %s h", hours))
            if target.resolution_hours:
                hours = f"{target.resolution_hours:g}"
                parts.append(self.env._("solved in %s h", hours))
            if parts:
                lines.append(f"{priorities[target.priority]}: {', '.join(parts)}")
        return "\n".join(lines) or False


class ConnectorServiceTarget(models.Model):
    """How soon tickets of one priority are answered and solved."""

    _name = "connector.service.target"
    _description = "Service Level Target"
    _order = "level_id, place, id"

    level_id = fields.Many2one(
        "connector.service.level", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="level_id.company_id", store=True, index=True)
    priority = fields.Selection(PRIORITIES, required=True, default="normal")
    place = fields.Integer(compute="_compute_place", store=True)
    first_reply_hours = fields.Float(
        string="First Reply (Hours)", help="Within the hours of coverage. 0: no target."
    )
    resolution_hours = fields.Float(
        string="Resolution (Hours)", help="Within the hours of coverage. 0: no target."
    )

    _priority_uniq = models.UniqueIndex(
        "(level_id, priority)", "A service level has one target for each priority."
    )
    _hours_positive = models.Constraint(
        "CHECK(first_reply_hours >= 0 AND resolution_hours >= 0)",
        "Hours are a positive number.",
    )

    @api.depends("priority")
    def _compute_place(self):
        """The most urgent come first."""
        places = {name: place for place, (name, _label) in enumerate(PRIORITIES)}
        for target in self:
            target.place = places.get(target.priority, len(places))

    @api.model_create_multi
    def create(self, vals_list):
        targets = super().create(vals_list)
        targets.level_id._mark_customers()
        return targets

    def write(self, vals):
        result = super().write(vals)
        self.level_id._mark_customers()
        return result

    def unlink(self):
        levels = self.level_id
        result = super().unlink()
        levels._mark_customers()
        return result
