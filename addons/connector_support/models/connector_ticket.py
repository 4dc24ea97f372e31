from odoo import fields, models

STATUSES = [
    ("new", "New"),
    ("open", "Open"),
    ("pending", "Waiting for the Customer"),
    ("on_hold", "On Hold"),
    ("solved", "Solved"),
    ("closed", "Closed"),
    ("deleted", "Deleted"),
]
#: Somebody still has to do something about these.
OPEN_STATUSES = ("new", "open", "pending", "on_hold")
PRIORITIES = [
    ("low", "Low"),
    ("normal", "Normal"),
    ("high", "High"),
    ("urgent", "Urgent"),
]
KINDS = [
    ("question", "Question"),
    ("incident", "Incident"),
    ("problem", "Problem"),
    ("task", "Task"),
]
SLA_STATES = [
    ("none", "No Target"),
    ("active", "Running"),
    ("paused", "Paused"),
    ("breached", "Missed"),
    ("achieved", "Met"),
]
SATISFACTIONS = [
    ("none", "Not Asked"),
    ("offered", "Asked"),
    ("good", "Good"),
    ("bad", "Bad"),
]


class ConnectorTicket(models.Model):
    """A ticket of a desk: it follows the desk, which owns it.

    ``partner_id`` is who asks, as far as Odoo knows: it is empty as long as nobody has
    said who an unknown requester is.
    """

    _name = "connector.ticket"
    _description = "Ticket"
    _inherit = ["connector.bound.mixin"]
    _order = "created_at desc, id desc"
    _check_company_auto = True

    active = fields.Boolean(default=True, readonly=True)
    name = fields.Char(string="Subject", required=True, readonly=True)
    number = fields.Char(readonly=True, index="btree_not_null")
    connection_id = fields.Many2one(
        "connector.connection",
        string="Desk",
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    description = fields.Text(readonly=True)

    # -- who ------------------------------------------------------------------

    partner_id = fields.Many2one(
        "res.partner",
        string="Requester",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    commercial_partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    sale_order_id = fields.Many2one(
        "sale.order",
        string="Sales Order",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    order_ref = fields.Char(string="Order at the Desk", readonly=True)
    product_id = fields.Many2one(
        "product.product", readonly=True, index="btree_not_null", ondelete="set null"
    )

    # -- what the desk says ---------------------------------------------------

    status = fields.Selection(
        STATUSES, required=True, readonly=True, default="new", index=True
    )
    priority = fields.Selection(PRIORITIES, readonly=True)
    kind = fields.Selection(KINDS, string="Type", readonly=True)
    channel = fields.Char(readonly=True)
    assignee = fields.Char(readonly=True, index="btree_not_null")
    group = fields.Char(readonly=True)
    brand = fields.Char(readonly=True)
    form = fields.Char(readonly=True)
    tags = fields.Char(readonly=True)
    comments_count = fields.Integer(string="Comments", readonly=True)
    reopens = fields.Integer(string="Reopened", readonly=True)
    satisfaction = fields.Selection(SATISFACTIONS, readonly=True)

    # -- when -----------------------------------------------------------------

    created_at = fields.Datetime(string="Opened", readonly=True, index=True)
    updated_at = fields.Datetime(string="Last Change", readonly=True)
    solved_at = fields.Datetime(string="Solved", readonly=True, index="btree_not_null")
    closed_at = fields.Datetime(string="Closed", readonly=True)
    due_at = fields.Datetime(string="Due", readonly=True)
    first_reply_at = fields.Datetime(string="First Reply", readonly=True)
    first_reply_due_at = fields.Datetime(string="First Reply Due", readonly=True)
    resolution_due_at = fields.Datetime(string="Resolution Due", readonly=True)
    sla_state = fields.Selection(
        SLA_STATES, string="Service Level State", readonly=True
    )
    is_breached = fields.Boolean(string="Service Level Missed", readonly=True)
