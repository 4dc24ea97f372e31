from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL, format_datetime

from ..engine import circuit as breaker
from ..engine import errors
from ..engine.queue import Again
from .own_transaction import in_own_transaction


class ConnectorJob(models.Model):
    _inherit = "connector.job"

    probe = fields.Boolean(
        readonly=True,
        help="Looks whether a system that is down works again: runs although the"
        " others of the connection wait.",
    )

    _probe_idx = models.Index("(lane) WHERE probe AND state = 'pending'")


class ConnectorConnection(models.Model):
    """A connection whose vendor fails again and again is left alone and looked at."""

    _inherit = "connector.connection"

    circuit_failures = fields.Integer(
        string="Down After (failures)",
        default=5,
        required=True,
        help="Failures of the system itself within the time below, without a success"
        " between them, after which its jobs wait.",
    )
    circuit_window = fields.Integer(
        string="Within (seconds)", default=300, required=True
    )
    circuit_first_probe = fields.Integer(
        string="First Look After (seconds)",
        default=30,
        required=True,
        help="Doubled with each look that finds the system still down.",
    )
    circuit_longest_probe = fields.Integer(
        string="Look at Least Every (seconds)", default=900, required=True
    )
    circuit_ids = fields.One2many("connector.circuit", "connection_id", copy=False)
    circuit_event_ids = fields.One2many(
        "connector.circuit.event", "connection_id", copy=False
    )
    circuit_state = fields.Selection(
        "_selection_circuit_state",
        string="System",
        compute="_compute_circuit",
    )
    circuit_text = fields.Char(compute="_compute_circuit")

    @api.model
    def _selection_circuit_state(self):
        return (
            self.env["connector.circuit"]
            ._fields["state"]
            ._description_selection(self.env)
        )

    @api.depends_context("lang", "tz")
    @api.depends(
        "circuit_ids.state",
        "circuit_ids.opened_at",
        "circuit_ids.probe_at",
        "circuit_ids.probes",
    )
    def _compute_circuit(self):
        for connection in self:
            circuit = connection.circuit_ids[:1]
            connection.circuit_state = circuit.state or breaker.CLOSED
            connection.circuit_text = connection._circuit_text(circuit)

    def _circuit_text(self, circuit):
        """One sentence for a circuit that is not closed, in the user's time zone."""
        if not circuit or circuit.state == breaker.CLOSED:
            return False

        def local(moment):
            return format_datetime(self.env, moment, dt_format="medium")

        # Its addon may be gone: then the name that is stored has to do.
        vendor = dict(self._selection_provider()).get(self.provider, self.provider)
        if circuit.state == breaker.HALF_OPEN:
            return self.env._(
                "%(vendor)s is down since %(since)s; we are looking whether it works"
                " again.",
                vendor=vendor,
                since=local(circuit.opened_at),
            )
        return self.env._(
            "%(vendor)s is down since %(since)s; next look at %(next)s.",
            vendor=vendor,
            since=local(circuit.opened_at),
            next=local(circuit.probe_at),
        )

    @api.constrains(
        "circuit_failures",
        "circuit_window",
        "circuit_first_probe",
        "circuit_longest_probe",
    )
    def _check_circuit(self):
        for connection in self:
            if not 1 <= connection.circuit_failures <= 100:
                raise ValidationError(
                    self.env._("A system is down after 1 to 100 failures.")
                )
            if not 1 <= connection.circuit_window <= 86400:
                raise ValidationError(
                    self.env._("Failures are counted within 1 second to a day.")
                )
            first, longest = (
                connection.circuit_first_probe,
                connection.circuit_longest_probe,
            )
            if not 1 <= first <= longest <= 86400:
                raise ValidationError(
                    self.env._(
                        "The first look comes after a second at least, and two looks"
                        " are apart by that and by a day at most."
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        connections = super().create(vals_list)
        self.env["connector.circuit"]._ensure(connections)
        return connections

    # -- entry points of the workers ------------------------------------------

    def _note_failure(self, error_class, sentence):
        """Count a failure of the vendor; after too many, all jobs of it wait.

        Committed at once in a transaction of its own: several workers that fail at the
        same time are all counted, and none of them fails on the other.

        :param error_class: others than ``engine.circuit.COUNTED`` are no failure of the
            vendor and not counted
        :param sentence: why, for the history
        """
        self.ensure_one()
        if error_class in breaker.COUNTED:
            in_own_transaction(
                self.env,
                lambda env: env["connector.circuit"]._fail(
                    self.with_env(env), sentence
                ),
            )

    def _enqueue_probe(self, moment):
        """Enqueue a look at the vendor; one that waits already is moved forward."""
        self.ensure_one()
        key = f"probe:{self.id}"
        jobs = self.env["connector.job"].sudo()
        jobs.enqueue(
            self,
            "_job_probe",
            name=self.env._("%s: see whether it works again", self.name),
            connection=self,
            lane="realtime",
            priority=1,
            eta=moment,
            identity_key=key,
        )
        self.env.execute_query(
            SQL(
                """
                UPDATE connector_job SET probe = TRUE, eta = LEAST(eta, %s)
                 WHERE identity_key = %s AND state = 'pending'
                RETURNING id
                """,
                moment,
                key,
            )
        )
        jobs.invalidate_model(["probe", "eta"], flush=False)

    def _job_probe(self, job):
        """Make one cheap request to see whether the vendor is up again.

        Any answer that shows that it is closes the circuit; a failure is no failed try:
        the job comes back at the time of the next look.
        """
        wait = self._in_circuit("_begin_probe")
        if wait is None:
            return {"closed_already": 1}
        if wait > 0:
            return Again(after=wait, result=job.result or None)
        provider = self._provider()
        try:
            client = provider._client(self)
            client.quick_tries = 1
            job._checkpoint()
            provider._asked("_account_info", client)
        except errors.ConnectorError as error:
            return self._probe_answered(job, error)
        self._in_circuit(
            "_close", self.env._("%s answers again.", provider._provider_label)
        )
        return {"works": 1}

    def _probe_answered(self, job, error):
        """What a look means that ended with an error."""
        if error.code in errors.OURS:
            raise error  # nothing was asked
        looks = (job.result or {}).get("looks", 0) + 1
        sentence = self.env["connector.exception"]._sentence_of_error(error)
        job._checkpoint()
        if error.error_class in breaker.COUNTED:
            wait = self._in_circuit("_probe_failed", sentence)
            if wait is None:
                return {"closed_already": 1}
            return Again(after=wait, result={"looks": looks})
        self._in_circuit("_close", sentence)
        if error.error_class in ("rate_limited", "authentication"):
            raise error  # the queue knows what to do about these
        return {"answered": error.error_class}

    def _in_circuit(self, method, *args):
        """Call a method of the circuit in a transaction of its own."""
        return in_own_transaction(
            self.env,
            lambda env: getattr(env["connector.circuit"], method)(
                self.with_env(env), *args
            ),
        )

    @api.model
    def _ensure_probes(self):
        """See to it that each circuit that is open has somebody who looks.

        Its job may have been cancelled by a person, or have ended as a dead letter.
        """
        self.env["connector.job"].flush_model(["probe", "state"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT k.connection_id, k.probe_at
                  FROM connector_circuit k
                  JOIN connector_connection c ON c.id = k.connection_id
                 WHERE k.state <> 'closed' AND c.active AND c.state = 'connected'
                   AND NOT EXISTS (
                        SELECT FROM connector_job j
                         WHERE j.connection_id = c.id AND j.probe
                           AND j.state IN ('pending', 'started'))
                """
            )
        )
        for connection_id, probe_at in rows:
            self.browse(connection_id)._enqueue_probe(probe_at)

    @api.model
    def _cron_schedule(self):
        self._ensure_probes()
        return super()._cron_schedule()

    # -- people ---------------------------------------------------------------

    def action_connect(self):
        result = super().action_connect()
        self._close_circuit(self.env._("Connected by %s.", self.env.user.name))
        return result

    def action_resume(self):
        result = super().action_resume()
        self._close_circuit(self.env._("Resumed by %s.", self.env.user.name))
        return result

    def _close_circuit(self, sentence):
        self.env["connector.circuit"].sudo()._close(self, sentence)

    def action_look_now(self):
        """Look at once whether a system that is down works again."""
        self.check_access("write")
        if not self:
            return
        now = fields.Datetime.now()
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE connector_circuit SET probe_at = LEAST(probe_at, %s)
                 WHERE connection_id IN %s AND state <> 'closed'
                RETURNING connection_id
                """,
                now,
                tuple(self.ids),
            )
        )
        self.env["connector.circuit"].invalidate_model(["probe_at"], flush=False)
        for (connection_id,) in rows:
            self.browse(connection_id).sudo()._enqueue_probe(now)
