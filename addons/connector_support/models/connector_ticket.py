from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

#: Who reads tickets.
READERS = "connector_base.group_viewer,sales_team.group_sale_salesman"
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
    _rec_names_search = ["number", "name"]
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
        related="partner_id.commercial_partner_id",
        string="Customer",
        store=True,
        index="btree_not_null",
    )
    requester_ref = fields.Char(
        string="Requester at the Desk",
        readonly=True,
        index="btree_not_null",
        help="The desk's own name of who asks, or what stands for a hidden address.",
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
    is_open = fields.Boolean(
        string="Open", compute="_compute_is_open", search="_search_is_open"
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

    _desk_time_idx = models.Index("(company_id, status, created_at)")

    @api.depends("number", "name")
    def _compute_display_name(self):
        for ticket in self:
            number = f"#{ticket.number} " if ticket.number else ""
            ticket.display_name = f"{number}{ticket.name or ''}"

    @api.depends("status")
    def _compute_is_open(self):
        for ticket in self:
            ticket.is_open = ticket.status in OPEN_STATUSES

    def _search_is_open(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("status", "in" if True in value else "not in", OPEN_STATUSES)]

    # -- actions --------------------------------------------------------------

    def action_open_remote(self):
        """The ticket's page at the desk."""
        self.ensure_one()
        self.check_access("read")
        binding = self.env["connector.binding"].sudo()
        binding = binding.search(
            [
                ("res_model", "=", self._name),
                ("res_id", "=", self.id),
                ("connection_id", "=", self.connection_id.id),
            ],
            limit=1,
        )
        if not binding:
            raise UserError(self.env._("The desk doesn't know this ticket any more."))
        return binding.action_open_remote()

    def _action_of(self, domain):
        """The window of some customer's or some order's tickets."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "connector_support.connector_ticket_action"
        )
        return {**action, "domain": domain, "context": {"create": False}}

    # -- who asks -------------------------------------------------------------

    @api.model
    def _assign(self, connection, partners, moved=False):
        """Fill the tickets of requesters who are known by now, in one go.

        :param partners: ``{requester's key: Odoo id}``, see ``engine.requesters``
        :param moved: those that had somebody else follow, too
        """
        if not partners:
            return
        self.flush_model(["connection_id", "requester_ref", "partner_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT v.partner_id, array_agg(t.id), array_agg(DISTINCT v.key)
                  FROM connector_ticket t
                  JOIN unnest(%s::varchar[], %s::int[]) AS v(key, partner_id)
                    ON v.key = t.requester_ref
                 WHERE t.connection_id = %s
                   AND t.partner_id IS DISTINCT FROM v.partner_id
                   AND (%s OR t.partner_id IS NULL)
                 GROUP BY v.partner_id
                """,
                list(partners),
                list(partners.values()),
                connection.id,
                moved,
            )
        )
        for partner_id, ids, _keys in rows:
            self.browse(ids)._assign_partner(partner_id)
        if rows:
            keys = {key for _partner_id, _ids, found in rows for key in found}
            self._settle_requesters(connection, keys)

    def _assign_partner(self, partner_id):
        self.write({"partner_id": partner_id})

    def _settle_requesters(self, connection, keys):
        """Close what asked who these requesters are."""
        items = self.env["connector.exception.item"].sudo()
        items.search(
            [
                ("exception_id.connection_id", "=", connection.id),
                ("exception_id.code", "=", "unknown_requester"),
                ("exception_id.cause", "in", list(keys)),
                ("state", "=", "open"),
            ]
        )._close("resolved")
