from odoo import fields, models

PAYMENT_STATUSES = [
    ("none", "No Business Yet"),
    ("current", "Current"),
    ("overdue", "Overdue"),
]
#: State of an order -> how the other systems are told of it.
ORDER_STATUSES = {
    "draft": "draft",
    "sent": "sent",
    "sale": "confirmed",
    "cancel": "cancelled",
}
#: What a standing says; all else of a row is about the row itself.
STANDING_VALUES = (
    *("open_balance", "overdue_balance", "overdue_days", "is_overdue"),
    *("payment_status", "last_payment_date", "last_payment_amount"),
    *("last_order_number", "last_order_status", "delivery_status", "invoice_status"),
    *("subscription_state", "renewal_date", "recurring_revenue", "is_suspended"),
)


class ConnectorCustomerStanding(models.Model):
    """How a customer stands with a company: balance, overdue, last payment and order.

    One row a commercial entity and company. ``connector_standing_mark`` notes whose
    may have changed, ``connector_standing_compute`` works them out in batches. A row
    changes only when something in it does, and not more often than the company says:
    it is what other systems are told.
    """

    _name = "connector.customer.standing"
    _description = "Customer Standing"
    _order = "overdue_balance desc, id"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    open_balance = fields.Monetary(
        readonly=True, help="What is posted and not paid, payments on account deducted."
    )
    overdue_balance = fields.Monetary(
        readonly=True,
        help="What of it was due before today, at most the open balance.",
    )
    overdue_days = fields.Integer(
        readonly=True, aggregator="max", help="Since the oldest amount was due."
    )
    is_overdue = fields.Boolean(string="Overdue", readonly=True)
    payment_status = fields.Selection(PAYMENT_STATUSES, readonly=True)
    last_payment_date = fields.Date(readonly=True)
    last_payment_amount = fields.Monetary(readonly=True, aggregator=None)
    last_order_number = fields.Char(string="Last Order", readonly=True)
    last_order_status = fields.Char(readonly=True)
    delivery_status = fields.Char(readonly=True)
    invoice_status = fields.Char(readonly=True)
    # What is known of these three comes from the addons that keep contracts and
    # subscriptions; without one they are empty.
    subscription_state = fields.Char(string="Contract Status", readonly=True)
    renewal_date = fields.Date(readonly=True)
    recurring_revenue = fields.Monetary(
        string="Monthly Recurring Revenue",
        readonly=True,
        help="In the company's currency.",
    )
    is_suspended = fields.Boolean(
        string="Suspended",
        readonly=True,
        help="What the customer may use is suspended, see Suspensions.",
    )
    computed_at = fields.Datetime(string="Worked Out", readonly=True)
    published_at = fields.Datetime(
        string="Last Changed",
        readonly=True,
        help="From then on other systems have been told.",
    )

    _partner_company_uniq = models.UniqueIndex(
        "(partner_id, company_id)", "A customer stands in one way with a company."
    )
