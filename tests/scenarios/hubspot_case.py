"""A HubSpot account, simulated over real HTTP, and an Odoo that is connected to it."""

from simulators import HubSpotSimulator

from odoo import SUPERUSER_ID, api
from odoo.tests.common import TransactionCase

from odoo.addons.connector_base.tests.common import activate

LANES = ("realtime", "finance", "default", "bulk")
#: Turns of the workers of all lanes, on a machine that is busy with other things.
PASSES = 3


class HubSpotCase(TransactionCase):
    """Each test has an empty account of its own, and no connection yet."""

    #: Arguments of the simulator.
    account = {}

    def setUp(self):
        super().setUp()
        self.hubspot = HubSpotSimulator(**self.account)
        self.hubspot.start()
        self.addCleanup(self.hubspot.stop)
        self.store = self.hubspot.store
        self.connection = self.new_connection()

    # -- set-up ---------------------------------------------------------------

    def new_connection(self, **values):
        connection = self.env["connector.connection"].create(
            {
                "name": "HubSpot",
                "provider": "hubspot",
                "base_url": self.hubspot.url,
                "owner_id": self.env.ref("base.user_admin").id,
                **values,
            }
        )
        connection.credential_ids.secret = self.hubspot.token
        return connection

    def connect(self, decide=True):
        """Connect and, as an administrator would, accept what is suggested."""
        self.connection.action_connect()
        if decide:
            lines = self.connection.value_map_ids.line_ids
            lines.action_accept_suggestion()
        return self.connection

    def company(self, name="Acme", **properties):
        return self.store.create("companies", {"name": name, **properties})

    def contact(self, first="Ada", last="Lovelace", company=None, **properties):
        contact_id = self.store.create(
            "contacts", {"firstname": first, "lastname": last, **properties}
        )
        if company:
            self.store.associate("contacts", contact_id, "companies", company)
        return contact_id

    def deal(self, name="Rollout", company=None, contacts=(), **properties):
        properties.setdefault("pipeline", "default")
        properties.setdefault("dealstage", "appointmentscheduled")
        deal_id = self.store.create("deals", {"dealname": name, **properties})
        if company:
            self.store.associate("deals", deal_id, "companies", company)
        for contact_id in contacts:
            self.store.associate("deals", deal_id, "contacts", contact_id)
        return deal_id

    # -- work -----------------------------------------------------------------

    def run_jobs(self, ahead=0):
        """Let the workers of all lanes run, each job in a transaction of its own.

        :param ahead: seconds by which waiting jobs are made due first
        """
        if ahead:
            self.hurry(ahead)
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            self._run_lanes(cr)

    def _run_lanes(self, cr):
        env = api.Environment(cr, SUPERUSER_ID, {})
        for _pass in range(PASSES):
            for lane in LANES:
                env["connector.job"]._cron_run_lane(lane)
            if not self._left_over(cr):
                break

    def _left_over(self, cr):
        """Whether a worker gave its thread back before it came to all new jobs."""
        cr.execute(
            """
            SELECT EXISTS (
                SELECT FROM connector_job j
                  JOIN connector_connection c ON c.id = j.connection_id,
                       LATERAL (SELECT clock_timestamp() AT TIME ZONE 'UTC') AS t(now)
                 WHERE j.state = 'pending' AND j.attempt = 0 AND j.eta <= t.now
                   AND c.state = 'connected'
                   AND COALESCE(c.blocked_until, '-infinity') < t.now)
            """
        )
        return cr.fetchone()[0]

    def hurry(self, seconds):
        """Let the waiting jobs and connections have waited for so long already."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE connector_job SET eta = eta - make_interval(secs => %s)"
            " WHERE state = 'pending'",
            (seconds,),
        )
        self.env.cr.execute(
            "UPDATE connector_connection"
            " SET blocked_until = blocked_until - make_interval(secs => %s)",
            (seconds,),
        )
        self.env.cr.execute(
            "UPDATE connector_circuit"
            "   SET probe_at = probe_at - make_interval(secs => %s),"
            " failed_at = COALESCE(("
            "  SELECT jsonb_agg((t::timestamp - make_interval(secs => %s))::text)"
            "    FROM jsonb_array_elements_text(failed_at) AS t), '[]')",
            (seconds, seconds),
        )
        self.env.invalidate_all(flush=False)

    def sync(self, **arguments):
        """Pull all flows now."""
        self.connection.action_sync()
        self.run_jobs(**arguments)

    def flow(self, stream):
        return self.connection.flow_ids.filtered(lambda flow: flow.stream == stream)

    # -- what came of it ------------------------------------------------------

    def record(self, entity, remote_id):
        """The Odoo record that a remote one is bound to."""
        binding = self.env["connector.binding"].search(
            [
                ("connection_id", "=", self.connection.id),
                ("entity", "=", entity),
                ("remote_id", "=", str(remote_id)),
            ]
        )
        return self.env[binding.res_model or "res.partner"].browse(binding.res_id or [])

    def exceptions(self, state="open"):
        return self.env["connector.exception"].search(
            [("connection_id", "=", self.connection.id), ("state", "=", state)]
        )

    def jobs(self, *states):
        domain = [("connection_id", "=", self.connection.id)]
        if states:
            domain.append(("state", "in", states))
        return self.env["connector.job"].search(domain)

    def assertEverythingOnce(self):
        """Each record that HubSpot has is bound once, to a record of its own."""
        for stream, entity in (
            ("companies", "customer.company"),
            ("contacts", "customer.contact"),
            ("products", "product"),
            ("deals", "opportunity"),
        ):
            bindings = self.env["connector.binding"].search(
                [
                    ("connection_id", "=", self.connection.id),
                    ("entity", "=", entity),
                ]
            )
            self.assertEqual(
                sorted(bindings.mapped("remote_id")),
                sorted(map(str, self.store.ids(stream))),
                stream,
            )
            self.assertEqual(len(set(bindings.mapped("res_id"))), len(bindings), stream)


class SendCase(HubSpotCase):
    """An Odoo that sends, too."""

    def let_send(self, *streams):
        """Set flows to both ways, with lines that the last editor owns."""
        for stream in streams:
            flow = self.flow(stream)
            action = flow.active_map_id.action_new_draft()
            draft = self.env["connector.field.map"].browse(action["res_id"])
            draft.line_ids.write({"owner": "newest"})
            activate(draft)
            flow.direction = "both"
        self.env.flush_all()

    def push(self):
        """Whatever was recorded goes out."""
        self.env.cr.flush()
        flows = self.connection.flow_ids.filtered(lambda f: f.direction == "both")
        flows._enqueue_push()
        self.run_jobs()
        self.assertFalse(self.jobs("dead", "pending").mapped("error"))

    def at_hubspot(self, stream, entity, record):
        """The properties of a record of ours, as HubSpot has them."""
        binding = self.env["connector.binding"].search(
            [
                ("connection_id", "=", self.connection.id),
                ("entity", "=", entity),
                ("res_id", "=", record.id),
            ]
        )
        self.assertEqual(binding.state, "synced")
        return binding.remote_id, self.store.get(stream, binding.remote_id)

    def rest(self):
        """Both sides read each other until nothing moves any more."""
        for _turn in range(3):
            self.sync()
            self.push()
        before = self.store.version
        self.sync()
        self.push()
        self.assertEqual(self.store.version, before, "it never comes to rest")
        self.assertFalse(self.env["connector.change"].search([]))
