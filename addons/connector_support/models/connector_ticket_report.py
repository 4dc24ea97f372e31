from odoo import fields, models
from odoo.tools import SQL

from .connector_ticket import KINDS, OPEN_STATUSES, PRIORITIES, SATISFACTIONS, STATUSES

#: Columns that are taken from the tickets as they are.
COPIED = (
    *("id", "number", "name", "connection_id", "company_id", "partner_id"),
    *("commercial_partner_id", "product_id", "sale_order_id", "status", "priority"),
    *("kind", "channel", "assignee", "group", "brand", "satisfaction", "is_breached"),
    *("created_at", "solved_at", "reopens"),
)


class ConnectorTicketReport(models.Model):
    """Tickets in numbers: how many, how old, how often their targets were missed.

    Worked out as it is looked at, since open tickets grow older by themselves. Deleted
    ones don't count.
    """

    _name = "connector.ticket.report"
    _description = "Ticket Analysis"
    _auto = False
    _rec_name = "number"
    _order = "created_at desc, id desc"

    number = fields.Char(readonly=True)
    name = fields.Char(string="Subject", readonly=True)
    connection_id = fields.Many2one(
        "connector.connection", string="Desk", readonly=True
    )
    company_id = fields.Many2one("res.company", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Requester", readonly=True)
    commercial_partner_id = fields.Many2one(
        "res.partner", string="Customer", readonly=True
    )
    product_id = fields.Many2one("product.product", readonly=True)
    sale_order_id = fields.Many2one("sale.order", string="Sales Order", readonly=True)
    status = fields.Selection(STATUSES, readonly=True)
    is_open = fields.Boolean(string="Open", readonly=True)
    priority = fields.Selection(PRIORITIES, readonly=True)
    kind = fields.Selection(KINDS, string="Type", readonly=True)
    channel = fields.Char(readonly=True)
    assignee = fields.Char(readonly=True)
    group = fields.Char(readonly=True)
    brand = fields.Char(readonly=True)
    satisfaction = fields.Selection(SATISFACTIONS, readonly=True)
    is_breached = fields.Boolean(string="Service Level Missed", readonly=True)
    created_at = fields.Datetime(string="Opened", readonly=True)
    solved_at = fields.Datetime(string="Solved", readonly=True)
    reopens = fields.Integer(string="Reopened", readonly=True)
    age_days = fields.Float(
        string="Age (Days)",
        readonly=True,
        aggregator="avg",
        help="From the day it was opened until it was solved; until now where it is"
        " open.",
    )
    first_reply_hours = fields.Float(
        string="First Reply After (Hours)", readonly=True, aggregator="avg"
    )
    breach_count = fields.Integer(string="Missed Service Levels", readonly=True)
    breach_rate = fields.Float(
        string="Missed (%)",
        readonly=True,
        aggregator="avg",
        help="Of the tickets that had a target.",
    )

    def _copied(self):
        """Columns that are taken from the tickets as they are; extend it."""
        return COPIED

    def _columns(self):
        """``{field: SQL of tickets t}``"""
        is_open = SQL("t.status IN %s", OPEN_STATUSES)
        return {
            **{name: SQL.identifier("t", name) for name in self._copied()},
            "is_open": is_open,
            "age_days": SQL(
                """
                EXTRACT(EPOCH FROM CASE WHEN %s THEN now() AT TIME ZONE 'UTC'
                    ELSE COALESCE(t.solved_at, t.closed_at, t.updated_at) END
                    - t.created_at) / 86400.0
                """,
                is_open,
            ),
            "first_reply_hours": SQL(
                "EXTRACT(EPOCH FROM t.first_reply_at - t.created_at) / 3600.0"
            ),
            "breach_count": SQL("CASE WHEN t.is_breached THEN 1 ELSE 0 END"),
            "breach_rate": SQL(
                """
                CASE WHEN t.is_breached THEN 100.0
                     WHEN t.sla_state IN ('active', 'paused', 'achieved') THEN 0.0 END
                """
            ),
        }

    @property
    def _table_query(self):
        columns = SQL(", ").join(
            SQL("%s AS %s", column, SQL.identifier(name))
            for name, column in self._columns().items()
        )
        return SQL("SELECT %s FROM connector_ticket t WHERE t.active", columns)
