from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL, format_datetime, format_duration, mute_logger


class ConnectorMaintenanceWindow(models.Model):
    """A time in which no job of a connection starts."""

    _name = "connector.maintenance.window"
    _description = "Connector Maintenance Window"
    _inherit = ["connector.guard"]
    _order = "connection_id, id"
    _rec_name = "reason"

    connection_id = fields.Many2one(
        "connector.connection", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="connection_id.company_id", store=True)
    active = fields.Boolean(default=True)
    recurrence = fields.Selection(
        [("once", "Once"), ("daily", "Every Day"), ("weekly", "Every Week")],
        required=True,
        default="once",
    )
    weekday = fields.Selection(
        [
            ("1", "Monday"),
            ("2", "Tuesday"),
            ("3", "Wednesday"),
            ("4", "Thursday"),
            ("5", "Friday"),
            ("6", "Saturday"),
            ("7", "Sunday"),
        ],
        string="On",
        help="The day on which it begins.",
    )
    from_hour = fields.Float(
        string="From", help="In the time zone of the connection.", digits=(4, 2)
    )
    to_hour = fields.Float(
        string="Until",
        help="In the time zone of the connection; earlier than it begins means on the"
        " next day.",
        digits=(4, 2),
    )
    start_at = fields.Datetime(string="Begins")
    end_at = fields.Datetime(string="Ends")
    reason = fields.Char(required=True)
    zone = fields.Char(
        string="Time Zone", compute="_compute_zone", store=True, readonly=True
    )

    when_text = fields.Char(string="When", compute="_compute_when_text")

    @api.depends(
        "recurrence", "weekday", "from_hour", "to_hour", "start_at", "end_at", "zone"
    )
    @api.depends_context("lang", "tz")
    def _compute_when_text(self):
        names = {
            name: dict(self._fields[name]._description_selection(self.env))
            for name in ("recurrence", "weekday")
        }
        for window in self:
            if window.recurrence == "once":
                day, begin, end = "", window.start_at, window.end_at
                begin, end = (
                    moment and format_datetime(self.env, moment, dt_format="short")
                    for moment in (begin, end)
                )
            else:
                weekly = window.recurrence == "weekly" and window.weekday
                day = names["weekday" if weekly else "recurrence"][
                    window.weekday if weekly else window.recurrence
                ]
                begin = format_duration(window.from_hour)
                end = format_duration(window.to_hour)
            window.when_text = f"{day} {begin or ''} – {end or ''}".strip()

    @api.depends("connection_id.tz")
    def _compute_zone(self):
        known = {}
        for window in self:
            name = window.connection_id.tz or "UTC"
            if name not in known:
                known[name] = self._zone_of_postgresql(name)
            window.zone = known[name]

    def _zone_of_postgresql(self, name):
        """A zone that PostgreSQL knows: one that it doesn't would stop every lane."""
        try:
            with self.env.cr.savepoint(flush=False), mute_logger("odoo.sql_db"):
                self.env.cr.execute(SQL("SELECT now() AT TIME ZONE %s", name))
        except Exception:
            return "UTC"
        return name

    @api.constrains(
        "recurrence", "weekday", "from_hour", "to_hour", "start_at", "end_at"
    )
    def _check_times(self):
        for window in self:
            if window.recurrence == "once":
                if not window.start_at or not window.end_at:
                    raise ValidationError(
                        self.env._("Say when the maintenance begins and ends.")
                    )
                if window.end_at <= window.start_at:
                    raise ValidationError(
                        self.env._("The maintenance ends before it begins.")
                    )
                continue
            if window.recurrence == "weekly" and not window.weekday:
                raise ValidationError(
                    self.env._("Say on which day of the week it begins.")
                )
            if not (0 <= window.from_hour < 24 and 0 <= window.to_hour <= 24):
                raise ValidationError(self.env._("Hours lie between 0:00 and 24:00."))
            if window.from_hour == window.to_hour:
                raise ValidationError(self.env._("The maintenance ends as it begins."))

    @api.model
    def _ends_at(self, now):
        """SQL of the end of window ``w`` where ``now`` lies in it, else null.

        :param now: naive UTC
        """
        return SQL(
            """
            (SELECT MAX(o.ends_at)
               FROM (
                 SELECT w.start_at AS starts_at, w.end_at AS ends_at
                  WHERE w.recurrence = 'once'
                 UNION ALL
                 SELECT (d.day + w.from_hour * INTERVAL '1 hour')
                            AT TIME ZONE w.zone AT TIME ZONE 'UTC',
                        (d.day + w.to_hour * INTERVAL '1 hour'
                            + CASE WHEN w.to_hour <= w.from_hour
                                   THEN INTERVAL '1 day' ELSE INTERVAL '0' END)
                            AT TIME ZONE w.zone AT TIME ZONE 'UTC'
                   FROM (VALUES (0), (1)) AS back (days),
                        LATERAL (
                          SELECT ((%(now)s::timestamp AT TIME ZONE 'UTC'
                                    AT TIME ZONE w.zone)::date - back.days)::timestamp
                        ) AS d (day)
                  WHERE w.recurrence = 'daily'
                     OR w.recurrence = 'weekly'
                        AND EXTRACT(ISODOW FROM d.day) = w.weekday::int
               ) o
              WHERE o.starts_at <= %(now)s AND o.ends_at > %(now)s)
            """,
            now=now,
        )


class ConnectorConnection(models.Model):
    _inherit = "connector.connection"

    maintenance_window_ids = fields.One2many(
        "connector.maintenance.window", "connection_id", copy=False
    )
    maintenance_until = fields.Datetime(compute="_compute_maintenance_until")

    @api.depends(
        "maintenance_window_ids.active",
        "maintenance_window_ids.recurrence",
        "maintenance_window_ids.weekday",
        "maintenance_window_ids.from_hour",
        "maintenance_window_ids.to_hour",
        "maintenance_window_ids.start_at",
        "maintenance_window_ids.end_at",
        "maintenance_window_ids.zone",
    )
    def _compute_maintenance_until(self):
        windows = self.env["connector.maintenance.window"]
        windows.flush_model()
        ends = {}
        if self.ids:
            ends = dict(
                self.env.execute_query(
                    SQL(
                        """
                        SELECT w.connection_id, MAX(%s)
                          FROM connector_maintenance_window w
                         WHERE w.connection_id IN %s AND w.active
                         GROUP BY w.connection_id
                        """,
                        windows._ends_at(fields.Datetime.now()),
                        tuple(self.ids),
                    )
                )
            )
        for connection in self:
            connection.maintenance_until = ends.get(connection._origin.id)
