import ast
import datetime
import zoneinfo

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

LANES = [
    ("realtime", "Real Time"),
    ("finance", "Finance"),
    ("default", "Default"),
    ("bulk", "Bulk"),
]


class ConnectorFlow(models.Model):
    """One entity of one connection: which way, how often, how important, whose."""

    _name = "connector.flow"
    _description = "Connector Flow"
    _inherit = ["connector.guard", "mail.thread"]
    _order = "connection_id, sequence, id"

    connection_id = fields.Many2one(
        "connector.connection",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="connection_id.company_id", store=True)
    connection_state = fields.Selection(related="connection_id.state")
    active = fields.Boolean(default=True, tracking=True)
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True)
    stream = fields.Char(required=True, readonly=True, string="Remote Object")
    entity = fields.Char(required=True, readonly=True)
    added_label = fields.Char(
        string="Added as",
        readonly=True,
        copy=False,
        help="What the remote system calls an object that was added here; empty for"
        " what ships with the connector.",
    )
    res_model = fields.Char(string="Odoo Model", compute="_compute_res_model")
    direction = fields.Selection(
        [("pull", "Into Odoo"), ("push", "Out of Odoo"), ("both", "Both Ways")],
        required=True,
        default="pull",
        tracking=True,
    )
    mode = fields.Selection(
        [("batch", "On a Schedule")], required=True, default="batch"
    )
    interval_minutes = fields.Integer(
        string="Every (minutes)", default=5, required=True, tracking=True
    )
    next_run_at = fields.Datetime(default=fields.Datetime.now, index=True, copy=False)
    lane = fields.Selection(LANES, required=True, default="default")
    criticality = fields.Selection(
        [("high", "High"), ("normal", "Normal"), ("low", "Low")],
        required=True,
        default="normal",
    )
    latency_target = fields.Integer(
        string="Latency Target (minutes)",
        default=15,
        help="How old the data in Odoo may be before the flow counts as late.",
    )
    owner_id = fields.Many2one(
        "res.users", string="Business Owner", help="Gets the exceptions of this flow."
    )
    may_create = fields.Boolean(
        string="May Create in Odoo", default=True, tracking=True
    )
    may_update = fields.Boolean(
        string="May Update in Odoo", default=True, tracking=True
    )
    on_archive = fields.Selection(
        [("archive", "Archive in Odoo"), ("keep", "Keep and Say So")],
        string="When Archived Remotely",
        required=True,
        default="archive",
        tracking=True,
    )
    push_create = fields.Boolean(
        string="May Create Remotely", default=True, tracking=True
    )
    push_update = fields.Boolean(
        string="May Update Remotely", default=True, tracking=True
    )
    last_push_at = fields.Datetime(string="Last Sent", readonly=True, copy=False)
    last_push_result = fields.Char(readonly=True, copy=False)
    on_unlink = fields.Selection(
        [("keep", "Keep the Remote Record"), ("archive", "Archive Remotely")],
        string="When Deleted or Archived in Odoo",
        required=True,
        default="keep",
        tracking=True,
    )
    push_domain = fields.Char(
        string="Which Records",
        required=True,
        default="[]",
        tracking=True,
        help="Only records that match go out.",
    )
    pull_since = fields.Date(
        string="Since",
        tracking=True,
        help="What was not made or changed in the remote system since then is left out"
        " of the first load; empty for all of it.",
    )
    cursor = fields.Json(copy=False, readonly=True)
    last_run_at = fields.Datetime(string="Last Run", readonly=True, copy=False)
    last_success_at = fields.Datetime(
        string="Up To Date As Of", readonly=True, copy=False
    )
    last_result = fields.Char(readonly=True, copy=False)
    lag_minutes = fields.Integer(string="Lag (minutes)", compute="_compute_lag")
    health = fields.Selection(
        [
            ("waiting", "First Load"),
            ("good", "On Time"),
            ("late", "Late"),
            ("stopped", "Stopped"),
        ],
        compute="_compute_lag",
    )
    map_ids = fields.One2many("connector.field.map", "flow_id", string="Field Maps")
    active_map_id = fields.Many2one(
        "connector.field.map", compute="_compute_active_map_id"
    )

    _stream_uniq = models.Constraint(
        "UNIQUE(connection_id, stream)", "A connection has each flow once."
    )

    @api.depends("entity")
    def _compute_res_model(self):
        for flow in self:
            entity = self.env["connector.entity"]._named(flow.entity)
            flow.res_model = entity._entity_model if entity is not None else False

    @api.depends("map_ids.state")
    def _compute_active_map_id(self):
        for flow in self:
            flow.active_map_id = flow.map_ids.filtered(lambda m: m.state == "active")

    @api.depends(
        *("last_success_at", "latency_target", "connection_id.state", "active"),
        "direction",
    )
    def _compute_lag(self):
        now = fields.Datetime.now()
        for flow in self:
            seconds = (now - (flow.last_success_at or now)).total_seconds()
            flow.lag_minutes = max(seconds, 0) // 60
            if not flow.active or flow.connection_id.state != "connected":
                flow.health = "stopped"
            elif flow.direction == "push":
                # Nothing is read that could be late.
                flow.health = "good"
            elif not flow.last_success_at:
                flow.health = "waiting"
            else:
                late = flow.lag_minutes > flow.latency_target
                flow.health = "late" if late else "good"

    @api.ondelete(at_uninstall=False)
    def _unlink_unused_only(self):
        """Bindings and the log name their flow for good."""
        of_flow = [("flow_id", "in", self.ids)]
        for model in ("connector.binding", "connector.log"):
            if self.env[model].sudo().search_count(of_flow, limit=1):
                raise UserError(
                    self.env._(
                        "%s has synchronized records: archive it instead.",
                        ", ".join(self.mapped("name")),
                    )
                )

    @api.constrains("interval_minutes")
    def _check_interval(self):
        if any(flow.interval_minutes < 1 for flow in self):
            raise ValidationError(
                self.env._("A flow can run every minute at the most.")
            )

    @api.constrains("push_domain", "entity")
    def _check_push_domain(self):
        for flow in self.filtered("res_model"):
            try:
                flow._push_domain().validate(self.env[flow.res_model])
            except Exception as error:
                raise ValidationError(
                    self.env._(
                        "“%(domain)s” doesn't choose records: %(reason)s",
                        domain=flow.push_domain,
                        reason=error,
                    )
                ) from error

    def _push_domain(self):
        """Which records may go out, as a ``Domain``."""
        self.ensure_one()
        return fields.Domain(ast.literal_eval(self.push_domain or "[]"))

    @api.model
    def _ensure_flows(self, connection, active=True):
        """Make the flows that a provider's streams ask for, with default maps.

        :param active: whether the new ones run as soon as the connection does
        :return: the new ones
        """
        flows = connection.with_context(active_test=False).flow_ids
        existing, new = flows.mapped("stream"), self.browse()
        for stream in connection._provider()._streams():
            if stream.name in existing:
                continue
            flow = self.sudo().create(
                {
                    "connection_id": connection.id,
                    "name": f"{connection.name} · {stream.label}",
                    "stream": stream.name,
                    "entity": stream.entity,
                    "sequence": stream.sequence,
                    "lane": stream.lane,
                    "owner_id": connection.owner_id.id,
                    "active": active,
                }
            )
            flow = flow.sudo(self.env.su)
            self.env["connector.field.map"]._create_default(flow, stream)
            new += flow
        connection.with_context(active_test=False).flow_ids._offer_shipped()
        return new

    def _first_cursor(self):
        """Where a load of all that is wanted begins; ``None`` is the very beginning."""
        self.ensure_one()
        if not self.pull_since:
            return None
        connection = self.connection_id
        zone = zoneinfo.ZoneInfo(connection.tz or "UTC")
        midnight = datetime.datetime.combine(
            self.pull_since, datetime.time(), tzinfo=zone
        )
        return connection._provider()._start_cursor(
            self.stream, midnight.astimezone(datetime.UTC)
        )

    def _takes_nothing(self):
        """Whether the flow has no map in force, or one whose lines all go out of Odoo.

        One that goes out as well looks at what the vendor has nevertheless.
        """
        self.ensure_one()
        if not self.active_map_id:
            return True
        directions = set(self.active_map_id.line_ids.mapped("direction"))
        return self.direction == "pull" and directions == {"push"}

    def _entity_model(self):
        self.ensure_one()
        return self.connection_id._entity(self.entity)

    def action_sync(self):
        """Pull as soon as a worker is free, also where a later retry waits."""
        self.check_access("read")
        self.env["connector.job"].check_access("write")
        self._enqueue_pull()
        waiting = self.env["connector.job"].sudo()
        keys = [f"pull:{flow.id}" for flow in self]
        waiting.search(
            [("identity_key", "in", keys), ("state", "=", "pending")]
        ).action_run_now()

    def _enqueue_pull(self):
        """Enqueue a pull of each flow; one that already waits is enough."""
        now = fields.Datetime.now()
        for flow in self.sudo():
            if flow.connection_id.state == "draft":
                raise UserError(
                    self.env._("Connect %s first.", flow.connection_id.name)
                )
            flow.next_run_at = now + datetime.timedelta(minutes=flow.interval_minutes)
            flow._enqueue_work(
                "connector.pull",
                "_job_pull",
                name=self.env._("Pull %s", flow.name),
                identity_key=f"pull:{flow.id}",
                order_key=f"flow:{flow.id}",
            )

    def _enqueue_work(self, model, method, *, kwargs=None, **options):
        """Enqueue a job of this flow, in its lane and with its rank.

        :param kwargs: arguments of the method besides the flow's id
        :param options: see ``connector.job.call``
        :return: the job
        """
        self.ensure_one()
        return self.env["connector.job"].enqueue(
            self.env[model],
            method,
            kwargs={"flow_id": self.id, **(kwargs or {})},
            connection=self.connection_id,
            flow=self,
            lane=self.lane,
            priority=self.sequence,
            **options,
        )

    def action_full_sync(self):
        """Forget the cursor: read everything again, changing only what differs."""
        self.check_access("write")
        self.sudo().cursor = False
        self.action_sync()

    def action_open_map(self):
        """Open the active version, or a draft where none has been active yet."""
        self.ensure_one()
        field_map = self.active_map_id or self.map_ids[:1]
        return (field_map or field_map._create_draft(self, []))._open()

    def action_open_bindings(self):
        self.ensure_one()
        return self.connection_id._open_related(
            "connector.binding", self.name, [("flow_id", "=", self.id)]
        )

    def action_open_exceptions(self):
        self.ensure_one()
        return self.connection_id._open_related(
            "connector.exception",
            self.name,
            [("flow_id", "=", self.id), ("state", "=", "open")],
        )
