import functools
import logging

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.sql_db import db_connect
from odoo.tools import SQL

from ..engine.budget import Allowance, Bucket, Budgets, Grant, draw
from .connector_connection import PROVIDER_PREFIX

_logger = logging.getLogger(__name__)

#: Lanes that the reserve is kept for.
URGENT_LANES = ("realtime", "finance")
#: Key of the context that names the lane of the job that runs.
LANE = "connector_lane"
#: Default size of the bucket, as a share of the vendor's limit. What is in the bucket
#: can't be used twice within the interval: the rest flows in evenly.
BURST_SHARE = 0.2
#: How long a draw waits for the row at most: a person's edit may hold it.
LOCK_TIMEOUT = "500ms"


def draw_tokens(dbname, budget_id, urgent, quota):
    """Draw a chunk of tokens in a short transaction of its own.

    Needs no environment: it may be called from a thread that reads ahead. At READ
    COMMITTED whoever waited for the row sees what the other one left.

    :param urgent: may use the reserve
    :param quota: ``engine.budget.Quota`` to write down, or ``None``
    :return: ``engine.budget.Grant``; ``None`` where there is no limit (any more). Where
        the row can't be asked, one request goes out: the vendor's own answer holds us
        back if it must.
    """
    try:
        with db_connect(dbname).cursor() as cr:
            cr.execute(
                SQL(
                    """
                    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
                    SET LOCAL lock_timeout = %s;
                    SET LOCAL synchronous_commit = off;
                    """,
                    LOCK_TIMEOUT,
                ),
                log_exceptions=False,
            )
            return _draw_tokens(cr, budget_id, urgent, quota)
    except psycopg2.Error:
        _logger.warning("Connector budget %s can't be asked", budget_id, exc_info=True)
        return Grant(1, 0.0)


def _draw_tokens(cr, budget_id, urgent, quota):
    cr.execute(
        SQL(
            """
            SELECT requests, seconds, burst, reserve_percent, told,
                   COALESCE(tokens, burst), moment,
                   COALESCE(EXTRACT(EPOCH FROM moment - refreshed_at), 0)
              FROM connector_budget,
                   LATERAL (SELECT clock_timestamp() AT TIME ZONE 'UTC' AS moment) t
             WHERE id = %s AND active
               FOR UPDATE OF connector_budget
            """,
            budget_id,
        ),
        log_exceptions=False,
    )
    row = cr.fetchone()
    if row is None:
        return None
    requests, seconds, burst, reserve, told, tokens, moment, elapsed = row
    learnt = SQL()
    if quota and told and quota.limit:
        # The account's own numbers: what others have used of them is gone as well.
        if quota.limit != requests:
            requests, burst = quota.limit, max(1, int(quota.limit * BURST_SHARE))
        tokens = min(tokens, burst, quota.remaining or 0)
        learnt = SQL(", requests = %s, burst = %s", requests, burst)
    bucket = Bucket(requests, seconds, burst, reserve / 100)
    grant = draw(bucket, tokens, float(elapsed), bucket.chunk, urgent)
    if quota:
        resets_at = quota.resets_at and quota.resets_at.replace(tzinfo=None)
        learnt = SQL(
            "%s, quota_limit = %s, quota_remaining = %s, quota_resets_at = %s,"
            " quota_at = %s",
            learnt,
            quota.limit,
            quota.remaining,
            resets_at,
            moment,
        )
    cr.execute(
        SQL(
            """
            UPDATE connector_budget
               SET tokens = %s, refreshed_at = GREATEST(refreshed_at, %s) %s
             WHERE id = %s
            """,
            grant.tokens,
            moment,
            learnt,
            budget_id,
        ),
        log_exceptions=False,
    )
    return grant


class ConnectorBudget(models.Model):
    """How many requests a connection may send, shared by all workers."""

    _name = "connector.budget"
    _description = "Connector Budget"
    _inherit = ["connector.guard"]
    _order = "connection_id, id"
    _rec_name = "label"

    connection_id = fields.Many2one(
        "connector.connection", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="connection_id.company_id", store=True)
    active = fields.Boolean(
        default=True, help="Switched off, only what the system answers limits us."
    )
    name = fields.Char(required=True, readonly=True)
    label = fields.Char(string="Budget", required=True, readonly=True)
    everything = fields.Boolean(
        readonly=True, help="Each request counts in it, whatever it asks for."
    )
    requests = fields.Integer(
        required=True, help="Most requests that the system allows in the time beside."
    )
    seconds = fields.Float(string="In (seconds)", required=True, digits=(10, 1))
    burst = fields.Integer(
        string="At Once",
        compute="_compute_burst",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        help="Requests that may go out without a pause; the rest of the limit is spread"
        " evenly.",
    )
    reserve_percent = fields.Float(
        string="Reserve (%)",
        default=20,
        required=True,
        digits=(5, 1),
        help="Share of what may go out at once that is kept for the lanes Real Time and"
        " Finance.",
    )
    told = fields.Boolean(
        string="As the System Says",
        help="The system tells the limit of this account with its answers: that takes"
        " the place of the number of requests.",
    )
    tokens = fields.Float(string="In the Bucket", readonly=True, copy=False)
    refreshed_at = fields.Datetime(readonly=True, copy=False)
    quota_limit = fields.Integer(string="Quota", readonly=True, copy=False)
    quota_remaining = fields.Integer(string="Quota Left", readonly=True, copy=False)
    quota_resets_at = fields.Datetime(string="Quota Resets", readonly=True, copy=False)
    quota_at = fields.Datetime(string="Told", readonly=True, copy=False)
    quota_text = fields.Char(string="As the System Counts", compute="_compute_quota")

    _name_uniq = models.Constraint(
        "UNIQUE(connection_id, name)", "A connection has each budget once."
    )

    @api.depends("requests")
    def _compute_burst(self):
        for budget in self:
            budget.burst = max(1, int(budget.requests * BURST_SHARE))

    @api.depends_context("lang")
    @api.depends("quota_limit", "quota_remaining", "quota_at")
    def _compute_quota(self):
        for budget in self:
            budget.quota_text = budget.quota_at and self.env._(
                "%(left)s of %(limit)s left",
                left=budget.quota_remaining,
                limit=budget.quota_limit,
            )

    @api.constrains("requests", "seconds", "burst", "reserve_percent")
    def _check_numbers(self):
        for budget in self:
            if budget.requests < 1 or not 0 < budget.seconds <= 86400:
                raise ValidationError(
                    self.env._("A budget is of one request at least, in a day at most.")
                )
            if not 1 <= budget.burst <= budget.requests:
                raise ValidationError(
                    self.env._("At once go between 1 and %s requests.", budget.requests)
                )
            if not 0 <= budget.reserve_percent <= 100:
                raise ValidationError(
                    self.env._("The reserve is between 0 and 100 percent.")
                )

    @api.model
    def _ensure(self, connections):
        """Give connections the budgets that their providers ask for, once."""
        known = {
            (budget.connection_id, budget.name)
            for budget in self.with_context(active_test=False).search(
                [("connection_id", "in", connections.ids)]
            )
        }
        self.create(
            [
                {
                    "connection_id": connection.id,
                    "name": spec.name,
                    "label": spec.label,
                    "everything": spec.everything,
                    "told": spec.told,
                    "requests": spec.requests,
                    "seconds": spec.seconds,
                }
                for connection in connections
                if f"{PROVIDER_PREFIX}{connection.provider}" in self.env
                for spec in connection._provider()._rate_budgets()
                if (connection, spec.name) not in known
            ]
        )

    @api.model
    def _available(self):
        """SQL of the tokens that bucket ``b`` holds now, as ``Bucket.refilled``."""
        return SQL(
            """
            LEAST(b.burst, COALESCE(b.tokens, b.burst)
                + GREATEST(0, EXTRACT(EPOCH FROM
                    statement_timestamp() AT TIME ZONE 'UTC' - b.refreshed_at))
                * %s)
            """,
            self._rate(),
        )

    @api.model
    def _rate(self):
        """SQL of the tokens that flow into bucket ``b`` in a second."""
        return SQL("((b.requests - b.burst + 1) / b.seconds)")

    @api.model
    def _needed(self, lane):
        """SQL of the tokens of bucket ``b`` from which on a lane gets one.

        :param lane: name of the lane, or SQL of it
        """
        return SQL(
            """
            (1 + CASE WHEN %s IN %s THEN 0
                 ELSE LEAST(b.burst * b.reserve_percent / 100, b.burst - 1) END)
            """,
            lane,
            URGENT_LANES,
        )


class ConnectorConnection(models.Model):
    _inherit = "connector.connection"

    budget_ids = fields.One2many("connector.budget", "connection_id", copy=False)
    quota_text = fields.Char(compute="_compute_quota_text")

    @api.depends_context("lang")
    @api.depends("budget_ids.quota_text")
    def _compute_quota_text(self):
        for connection in self:
            connection.quota_text = ", ".join(
                f"{budget.label}: {budget.quota_text}"
                for budget in connection.budget_ids
                if budget.quota_text
            )

    @api.model_create_multi
    def create(self, vals_list):
        connections = super().create(vals_list)
        self.env["connector.budget"].sudo()._ensure(connections)
        return connections

    def action_connect(self):
        self.env["connector.budget"].sudo()._ensure(self)
        return super().action_connect()

    @api.model
    def _cron_schedule(self):
        # Connections that are older than the budgets of their provider.
        self.env["connector.budget"]._ensure(self.search([("state", "=", "connected")]))
        return super()._cron_schedule()

    def _budgets(self, names_of):
        """The budgets of this connection, for a client of the lane that runs.

        Without a lane a person waits for the answer: that is urgent.

        :param names_of: ``(method, path) -> names`` of the budgets of a request
        :return: ``engine.budget.Budgets``; of use without a database connection
        """
        self.ensure_one()
        lane = self.env.context.get(LANE)
        urgent = lane is None or lane in URGENT_LANES
        return Budgets(
            {
                budget.name: Allowance(
                    functools.partial(
                        draw_tokens, self.env.cr.dbname, budget.id, urgent
                    )
                )
                for budget in self.sudo().budget_ids
            },
            names_of,
        )
