import datetime

from odoo import api, fields, models, tools
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from ..engine import errors, place
from ..engine.place import Pin

#: Seconds until a job is tried again that began where its connection isn't armed. What
#: has not begun is held by the gate.
RETRY_SECONDS = 60
PIN_FIELDS = {"pin_uuid", "pin_server", "pin_database", "pin_hosts"}


class ConnectorConnection(models.Model):
    """A connection works where it was armed, and nowhere else.

    It is pinned to its place when it is made, and again when its first secret is
    entered after a copy has lost them all. In another place nothing asks its vendor:
    its jobs don't start, its secrets aren't opened and its tokens aren't used, until an
    administrator has said what the place is (``connector.rearm``).
    """

    _inherit = "connector.connection"

    pin_uuid = fields.Char(copy=False, readonly=True, groups=fields.NO_ACCESS)
    pin_server = fields.Char(copy=False, readonly=True, groups=fields.NO_ACCESS)
    pin_database = fields.Char(copy=False, readonly=True, groups=fields.NO_ACCESS)
    pin_hosts = fields.Char(
        copy=False,
        readonly=True,
        groups=fields.NO_ACCESS,
        help="Hosts that this Odoo is known by, with blanks between them.",
    )
    pinned_at = fields.Datetime(copy=False, readonly=True, groups=fields.NO_ACCESS)
    pinned_by_id = fields.Many2one(
        "res.users", copy=False, readonly=True, groups=fields.NO_ACCESS
    )
    elsewhere = fields.Char(
        string="Not Armed",
        compute="_compute_elsewhere",
        compute_sudo=True,
        help="Why nothing runs here although it did where it was armed.",
    )
    armed_for = fields.Char(compute="_compute_elsewhere", compute_sudo=True)

    @api.depends_context("lang", "tz")
    @api.depends("pin_uuid", "pin_server", "pin_database", "pin_hosts")
    def _compute_elsewhere(self):
        for connection in self:
            connection.armed_for = connection._pin_text()
            differing = connection._differing()
            connection.elsewhere = bool(differing) and connection._elsewhere_sentence(
                differing
            )

    # -- pin ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        connections = super().create(vals_list)
        connections._pin()
        return connections

    def write(self, vals):
        result = super().write(vals)
        if PIN_FIELDS & vals.keys():
            self.env.registry.clear_cache()
        return result

    def _pin(self):
        """Arm these connections here, and nowhere else from now on."""
        if not self:
            return
        here = self.env["connector.place"]._here()
        self.sudo().write(
            {
                "pin_uuid": here.uuid,
                "pin_server": here.server,
                "pin_database": here.database,
                "pin_hosts": here.host,
                "pinned_at": fields.Datetime.now(),
                "pinned_by_id": self.env.uid,
            }
        )

    def _pin_if_nowhere(self):
        """Arm those here that a neutralization has left without a place."""
        self.filtered(lambda connection: not connection.sudo().pin_database)._pin()

    def _add_host(self):
        """Know this Odoo by the host that it has now, besides those before."""
        host = self.env["connector.place"]._here().host
        for connection in self.sudo():
            hosts = (connection.pin_hosts or "").split()
            if host not in hosts:
                connection.pin_hosts = " ".join([*hosts, host])

    def _pin_of(self):
        """``engine.place.Pin``, or ``None`` where it is armed nowhere."""
        self.ensure_one()
        connection = self.sudo()
        if not connection.pin_database:
            return None
        return Pin(
            uuid=connection.pin_uuid or "",
            server=connection.pin_server or None,
            database=connection.pin_database,
            hosts=tuple((connection.pin_hosts or "").split()),
        )

    def _differing(self):
        """In which parts this place is another one than that it is armed for.

        :return: tuple of ``engine.place.PARTS``; empty also where it is armed nowhere
        """
        pin = self._pin_of()
        return pin.differing(self.env["connector.place"]._here()) if pin else ()

    # -- what asks the vendor -------------------------------------------------

    @api.model
    def _armed(self):
        """SQL of a condition on connection ``c``: it is armed here."""
        here = self.env["connector.place"]._here()
        return SQL(
            """
            (c.pin_uuid = %(uuid)s AND c.pin_database = %(database)s
             AND (c.pin_server IS NULL OR c.pin_server = COALESCE(%(server)s,
                                                                  c.pin_server))
             AND %(host)s = ANY(string_to_array(c.pin_hosts, ' ')))
            """,
            uuid=here.uuid,
            database=here.database,
            server=here.server,
            host=here.host,
        )

    @api.model
    def _gate(self, lane, probe=None):
        return SQL("%s AND %s", self._armed(), super()._gate(lane, probe))

    @api.model
    def _pinned_elsewhere(self):
        """Connections of all companies, archived ones too, armed in another place."""
        self.env["connector.connection"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT c.id FROM connector_connection c
                 WHERE c.pin_database IS NOT NULL AND %s IS NOT TRUE ORDER BY c.id
                """,
                self._armed(),
            )
        )
        return self.browse([row[0] for row in rows]).sudo()

    def _need_armed(self):
        """:raises UserError: where this isn't the place that it is armed for"""
        for connection in self:
            differing = connection._differing()
            if differing:
                raise UserError(connection._elsewhere_sentence(differing))

    def _refuse_elsewhere(self):
        """As :meth:`_need_armed`, for what talks to the vendor.

        :raises errors.RateLimited: the job waits, and goes on once it is armed
        """
        self.ensure_one()
        differing = self._differing()
        if differing:
            now = datetime.datetime.now(datetime.UTC)
            raise errors.RateLimited(
                f"{self.name} is not armed here.",
                code=errors.NOT_ARMED,
                params={"sentence": self._elsewhere_sentence(differing)},
                retry_at=now + datetime.timedelta(seconds=RETRY_SECONDS),
            )

    def _start(self):
        self._pin_if_nowhere()
        return super()._start()

    def _secret(self, key):
        self._refuse_elsewhere()
        return super()._secret(key)

    def _tokens(self, key, ask, needs=(), rotating=()):
        self._refuse_elsewhere()
        return super()._tokens(key, ask, needs, rotating)

    def action_test(self):
        self._need_armed()
        return super().action_test()

    def action_connect(self):
        self._need_armed()
        return super().action_connect()

    def action_resume(self):
        self._need_armed()
        return super().action_resume()

    def action_sync(self):
        self._need_armed()
        return super().action_sync()

    def action_look_now(self):
        self._need_armed()
        return super().action_look_now()

    def action_read_fields(self):
        self._need_armed()
        return super().action_read_fields()

    def action_add_object(self):
        self._need_armed()
        return super().action_add_object()

    # -- what vendors ask -----------------------------------------------------

    @api.model
    @tools.ormcache()
    def _pins(self):
        """``{connection id: Pin}``, kept as the targets of webhooks are."""
        connections = self.sudo().with_context(active_test=False)
        pinned = connections.search([("pin_database", "!=", False)])
        return {connection.id: connection._pin_of() for connection in pinned}

    def _takes_webhooks(self):
        """Whether a delivery is for this database: it is the one that was armed.

        By whatever address it is reached: what comes in while only that is another one
        is stored, and taken once it is armed. In any other place nothing is stored: a
        vendor repeats what is answered with 503, and the original may hear of it yet.
        """
        self.ensure_one()
        pin = self._pins().get(self.id)
        here = self.env["connector.place"]._here()
        return not pin or not set(pin.differing(here)) - {place.HOST}

    def _webhook_secret(self):
        if self and not self._takes_webhooks():
            raise errors.AuthenticationError(
                "its connection is armed in another place", code=errors.NOT_ARMED
            )
        return super()._webhook_secret()

    # -- words ----------------------------------------------------------------

    def _pin_text(self):
        """Where it is armed, since when and by whom, in one line."""
        self.ensure_one()
        connection = self.sudo()
        if not connection.pin_database:
            return False
        return self.env._(
            "%(host)s, database %(database)s, on %(date)s by %(user)s",
            host=" / ".join((connection.pin_hosts or "").split()),
            database=connection.pin_database,
            date=format_date(self.env, connection.pinned_at),
            user=connection.pinned_by_id.name or self.env._("nobody"),
        )

    def _elsewhere_sentence(self, differing):
        self.ensure_one()
        here = self.env["connector.place"]._here()
        armed = self._pin_text()
        if set(differing) == {place.HOST}:
            return self.env._(
                "%(name)s was armed for %(armed)s. The same database is reached as"
                " %(host)s now. Nothing is sent until an administrator has said that it"
                " is the same Odoo; nothing is lost meanwhile.",
                name=self.name,
                armed=armed,
                host=here.host,
            )
        return self.env._(
            "%(name)s was armed for %(armed)s. This is %(what)s: %(host)s, database"
            " %(database)s. Nothing is sent until an administrator has said whether it"
            " is a copy, or the original that has moved.",
            name=self.name,
            armed=armed,
            what=self._what_differs(differing),
            host=here.host,
            database=here.database,
        )

    def _what_differs(self, differing):
        if place.UUID in differing:
            return self.env._("another database")
        if place.SERVER in differing:
            return self.env._("another database server")
        return self.env._("a database of another name")


class ConnectorCredential(models.Model):
    """Secrets are opened where their connection is armed."""

    _inherit = "connector.credential"

    def _inverse_secret(self):
        connections = self.filtered("secret").connection_id
        connections._need_armed()
        connections._pin_if_nowhere()
        return super()._inverse_secret()

    def _reveal(self):
        self.connection_id._need_armed()
        return super()._reveal()


class ConnectorSetup(models.Model):
    _inherit = "connector.setup"

    def _check_open(self):
        super()._check_open()
        self.connection_id._need_armed()


class ConnectorException(models.Model):
    """Nobody is told from a copy what the original tells them as well."""

    _inherit = "connector.exception"

    def _sentence_not_armed(self, params):
        return params["sentence"]

    def _advice_not_armed(self):
        return self.env._(
            "An administrator says under Connectors whether this database is a copy, or"
            " the original that has moved."
        )

    @api.model
    def _cron_digest(self):
        if self.env["connector.connection"]._pinned_elsewhere():
            return None
        return super()._cron_digest()

    @api.model
    def _cron_escalate(self):
        if self.env["connector.connection"]._pinned_elsewhere():
            return None
        return super()._cron_escalate()
