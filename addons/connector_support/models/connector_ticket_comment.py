import uuid

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from odoo.addons.connector_base.models.bulk_insert import bulk_insert
from odoo.addons.connector_base.models.connector_outbox import ORIGIN

#: What a ticket may become together with a comment; a desk makes the others itself.
COMMENT_STATUSES = [
    ("open", "Open"),
    ("pending", "Waiting for the Customer"),
    ("on_hold", "On Hold"),
    ("solved", "Solved"),
]
STATES = [
    ("waiting", "Waiting"),
    ("failed", "Failed"),
    ("sent", "Sent"),
    ("cancelled", "Cancelled"),
]
#: States in which it is still to go.
OPEN_STATES = ("waiting", "failed")
#: Statuses of tickets that a desk takes no comment for.
CLOSED_STATUSES = ("closed", "deleted")
COMMENT_ENTITY = "support.comment"


class ConnectorTicketComment(models.Model):
    """What Odoo writes into a ticket at the desk; rows are made, the outbox sends them.

    Each goes once, and those of a ticket in the order of their ids: one that is refused
    holds up the later ones of its ticket until a person has decided. By ``key`` the
    desk is asked, after a crash, whether it has the comment already.
    """

    _name = "connector.ticket.comment"
    _description = "Comment at the Desk"
    _inherit = ["connector.guard", "connector.bound.mixin"]
    _order = "id desc"
    _rec_name = "key"
    _check_company_auto = True

    ticket_id = fields.Many2one(
        "connector.ticket", required=True, readonly=True, index=True, ondelete="cascade"
    )
    connection_id = fields.Many2one(
        related="ticket_id.connection_id", store=True, index=True
    )
    company_id = fields.Many2one(related="ticket_id.company_id", store=True, index=True)
    body = fields.Text(string="Comment", required=True, readonly=True)
    is_internal = fields.Boolean(
        string="Internal",
        default=True,
        readonly=True,
        help="Seen by agents only; otherwise the desk sends it to the requester.",
    )
    status = fields.Selection(
        COMMENT_STATUSES,
        string="Sets Status",
        readonly=True,
        help="What the ticket becomes at the desk with it; empty leaves it as it is.",
    )
    key = fields.Char(
        string="Reference",
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: uuid.uuid4().hex,
        help="Stands in the comment at the desk, which is known by it.",
    )
    occasion = fields.Char(
        readonly=True,
        copy=False,
        help="What it is about: a ticket is told of it once. Empty for what a person"
        " writes.",
    )
    user_id = fields.Many2one("res.users", string="Written By", readonly=True)
    state = fields.Selection(
        STATES, required=True, readonly=True, default="waiting", index=True
    )
    sent_at = fields.Datetime(string="Sent", readonly=True)
    reason = fields.Char(compute="_compute_reason", string="Why Not Sent")

    _key_uniq = models.UniqueIndex("(key)", "A comment has a reference of its own.")
    _occasion_uniq = models.UniqueIndex(
        "(ticket_id, occasion) WHERE occasion IS NOT NULL",
        "A ticket is told of an occasion once.",
    )

    @api.depends("ticket_id", "create_date")
    def _compute_display_name(self):
        for comment in self:
            comment.display_name = self.env._(
                "Comment on %s", comment.ticket_id.display_name
            )

    @api.depends("state", "ticket_id")
    def _compute_reason(self):
        """What keeps those that are open: a few queries, whatever their number."""
        self.reason = False
        waiting = self.filtered(lambda comment: comment.state in OPEN_STATES)
        if not waiting:
            return
        sending = waiting._flows().connection_id
        items = self.env["connector.exception.item"].sudo()
        held = {
            item.res_id: item.exception_id.name
            for item in items.search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", waiting.ids),
                    ("direction", "=", "push"),
                    ("state", "=", "open"),
                ]
            )
        }
        failed = waiting.sudo().search(
            [("ticket_id", "in", waiting.ticket_id.ids), ("state", "=", "failed")]
        )
        # The newest comes first: what stays is the first of each ticket.
        blocked = {comment.ticket_id: comment.id for comment in failed}
        for comment in waiting:
            if comment.id in held:
                comment.reason = held[comment.id]
            elif comment.connection_id not in sending:
                comment.reason = self.env._(
                    "Comments of %s don't go out: no flow that sends them is on.",
                    comment.connection_id.display_name,
                )
            elif blocked.get(comment.ticket_id, comment.id) < comment.id:
                comment.reason = self.env._(
                    "An earlier comment on the ticket has failed: decide on that first."
                )

    # -- making ---------------------------------------------------------------

    @api.model
    def _say(self, vals_list):
        """Make comments, each occasion of a ticket once, those of known ones left out.

        Tickets that a desk takes no comment for any more get none.

        :param vals_list: list of values with ``ticket_id``, ``body``, ``occasion``; as
            far as wanted ``status``, ``is_internal``, ``user_id``
        :return: the new ones
        """
        tickets = self.env["connector.ticket"].browse(
            {vals["ticket_id"] for vals in vals_list}
        )
        told = {
            (comment.ticket_id.id, comment.occasion)
            for comment in self.sudo().search_fetch(
                [
                    ("ticket_id", "in", tickets.ids),
                    ("occasion", "in", [vals["occasion"] for vals in vals_list]),
                ],
                ["ticket_id", "occasion"],
            )
        }
        closed = set(tickets.filtered(lambda t: t.status in CLOSED_STATUSES).ids)
        new = {
            (vals["ticket_id"], vals["occasion"]): vals
            for vals in vals_list
            if (vals["ticket_id"], vals["occasion"]) not in told
            and vals["ticket_id"] not in closed
        }
        return self.sudo().create(list(new.values()))

    # -- sending --------------------------------------------------------------

    def _flows(self):
        """The flows that send comments of the connections of these."""
        return (
            self.env["connector.flow"]
            .sudo()
            .search(
                [
                    ("entity", "=", COMMENT_ENTITY),
                    ("direction", "!=", "pull"),
                    ("connection_id", "in", self.connection_id.ids),
                ]
            )
        )

    def _of_origin(self, connection):
        """These, as the connection writes them: what it did itself isn't sent to it."""
        return self.with_context(**{ORIGIN: connection.id})

    @api.model
    def _behind(self, flow, ids):
        """Which comments have earlier ones of their ticket that still go by a flow.

        :return: ``{id: set of ids of the earlier ones}``
        """
        self.flush_model(["state"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT c.id, e.id FROM connector_ticket_comment c
                  JOIN connector_ticket_comment e
                    ON e.ticket_id = c.ticket_id AND e.id < c.id
                 WHERE c.id = ANY(%(ids)s) AND e.state IN %(open)s
                   AND EXISTS (
                        SELECT FROM connector_change h
                         WHERE h.res_id = e.id AND h.res_model = %(model)s
                           AND h.flow_id = %(flow)s)
                """,
                ids=list(ids),
                open=OPEN_STATES,
                model=self._name,
                flow=flow.id,
            )
        )
        found = {}
        for comment_id, earlier_id in rows:
            found.setdefault(comment_id, set()).add(earlier_id)
        return found

    @api.model
    def _release(self, tickets, states=("held",)):
        """Let the comments go that wait behind others of these tickets.

        Rows are inserted rather than changed: a push that is about to hold one in its
        own transaction can't undo it.

        :param states: states of the outbox in which they may be
        """
        self.flush_model(["state"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT c.id, h.flow_id FROM connector_ticket_comment c
                  JOIN connector_change h
                    ON h.res_id = c.id AND h.res_model = %s
                 WHERE c.ticket_id = ANY(%s) AND c.state = 'waiting'
                   AND h.state IN %s
                 ORDER BY c.id
                """,
                self._name,
                tickets.ids,
                states,
            )
        )
        changes = self.env["connector.change"].sudo()
        flows = self.env["connector.flow"].sudo().browse({row[1] for row in rows})
        by_id = {flow.id: flow for flow in flows.exists()}
        bulk_insert(
            changes,
            [changes._written(by_id[f], c) for c, f in rows if f in by_id],
        )
        if by_id:
            changes._wake(by_id.values())

    # -- people ---------------------------------------------------------------

    def action_cancel(self):
        """It isn't to go any more; the later ones of its ticket may.

        :raises AccessError: who cancels is no operator
        """
        self.check_access("read")
        if not self.env.user.has_group("connector_base.group_operator"):
            raise AccessError(self.env._("Comments are cancelled by operators."))
        if any(comment.state not in OPEN_STATES for comment in self):
            raise UserError(
                self.env._("What was sent can't be taken back. Delete it at the desk.")
            )
        self.sudo()._cancel()

    def _cancel(self):
        self.write({"state": "cancelled"})
        exceptions = self.env["connector.exception"]
        for flow in self._flows():
            exceptions._settle_outgoing(flow, self.ids)
        self._release(self.ticket_id, ("held", "pending"))
