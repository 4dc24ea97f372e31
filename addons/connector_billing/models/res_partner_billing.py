from odoo import fields, models


class ResPartner(models.Model):
    """What a billing system knows of a customer beyond what Odoo has fields for."""

    _inherit = "res.partner"

    billing_currency_id = fields.Many2one(
        "res.currency",
        help="The currency that the billing system invoices this customer in.",
    )
    billing_email = fields.Char(
        string="Billing E-mail",
        help="Where invoices of the billing system go, if not to the customer's own"
        " address.",
    )
    billing_tax_numbers = fields.Char(
        string="Further Tax IDs",
        help="Tax IDs of the customer beside the main one, as the billing system"
        " knows them.",
    )
    billing_delinquent = fields.Boolean(
        string="Payment Failed",
        help="The billing system could not collect the latest invoice.",
    )
    billing_balance = fields.Monetary(
        currency_field="billing_currency_id",
        help="What the billing system adds to the next invoice, or takes off it where"
        " it is negative.",
    )
