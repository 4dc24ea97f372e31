from odoo import api, fields, models

from .connector_deal_line import RECURRING_PERIODS
from .crm_lead import DEAL_KINDS

#: A deal that was changed without being worth more or less is none of those of a deal.
VERSION_KINDS = [*DEAL_KINDS, ("change", "Change")]


class ConnectorAgreementVersion(models.Model):
    """What was agreed at one time: lines and amount as they were signed then."""

    _name = "connector.agreement.version"
    _description = "Contract Version"
    _order = "effective_date desc, id desc"
    _check_company_auto = True

    agreement_id = fields.Many2one(
        "connector.agreement",
        string="Contract",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    company_id = fields.Many2one(
        related="agreement_id.company_id", store=True, index=True
    )
    effective_date = fields.Date(required=True)
    kind = fields.Selection(VERSION_KINDS, default="new", required=True)
    reason = fields.Char()
    decided_by_id = fields.Many2one(
        "res.users",
        ondelete="restrict",
        help="Who took a change of the deal as an amendment; empty for what deals"
        " became by themselves.",
    )
    lead_id = fields.Many2one(
        "crm.lead", string="Opportunity", index="btree_not_null", check_company=True
    )
    sale_order_id = fields.Many2one(
        "sale.order", string="Order", index="btree_not_null", check_company=True
    )
    currency_id = fields.Many2one("res.currency", required=True)
    amount = fields.Monetary()
    line_ids = fields.One2many(
        "connector.agreement.version.line", "version_id", string="Lines"
    )

    @api.depends("agreement_id.number", "effective_date")
    def _compute_display_name(self):
        for version in self:
            name = version.agreement_id.number or self.env._("Contract")
            version.display_name = f"{name}, {version.effective_date or ''}"


class ConnectorAgreementVersionLine(models.Model):
    """A line as it was agreed; what becomes of the order later doesn't change it."""

    _name = "connector.agreement.version.line"
    _description = "Contract Version Line"
    _order = "version_id, sequence, id"

    version_id = fields.Many2one(
        "connector.agreement.version", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="version_id.company_id", store=True, index=True
    )
    currency_id = fields.Many2one(related="version_id.currency_id")
    lead_id = fields.Many2one(
        "crm.lead",
        string="Sold By",
        index="btree_not_null",
        ondelete="set null",
        help="The deal that the line is of; a version keeps lines of earlier ones.",
    )
    sequence = fields.Integer(default=10)
    product_id = fields.Many2one("product.product", ondelete="restrict")
    name = fields.Char(required=True)
    quantity = fields.Float(min_display_digits="Product Unit")
    price_unit = fields.Float(string="Unit Price", min_display_digits="Product Price")
    discount = fields.Float(string="Discount (%)", min_display_digits="Discount")
    price_subtotal = fields.Monetary(string="Subtotal")
    recurring_period = fields.Selection(RECURRING_PERIODS, string="Charged")
    term_months = fields.Integer(string="Term (Months)")
    date_start = fields.Date(string="Starts On")
    date_end = fields.Date(string="Ends On")
