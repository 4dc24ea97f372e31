"""What scenarios do with a connection, whichever vendor is at its other end."""

from odoo import SUPERUSER_ID, api
from odoo.tests.common import TransactionCase

from odoo.addons.connector_base.tests.common import activate

from .waiting import let_pass

LANES = ("realtime", "finance", "default", "bulk")
#: Turns of the workers of all lanes, on a machine that is busy with other things.
PASSES = 3


class VendorCase(TransactionCase):
    """``self.connection`` is the one that is worked on, unless another is named."""

    connection = None

    def connect(self, decide=True):
        """Connect and, as an administrator would, accept what is suggested."""
        self.connection.action_connect()
        if decide:
            lines = self.connection.value_map_ids.line_ids
            lines.action_accept_suggestion()
        return self.connection

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
                  JOIN connector_connection c ON c.id = j.connection_id
                 WHERE j.state = 'pending' AND j.attempt = 0
                   AND j.eta <= clock_timestamp() AT TIME ZONE 'UTC'
                   AND c.state = 'connected'
                   AND COALESCE(c.blocked_until, '-infinity')
                       < clock_timestamp() AT TIME ZONE 'UTC')
            """
        )
        return cr.fetchone()[0]

    def hurry(self, seconds):
        """Let the waiting jobs and connections have waited for so long already."""
        self.env.flush_all()
        let_pass(self.env.cr, seconds)
        self.env.invalidate_all(flush=False)

    def sync(self, **arguments):
        """Pull all flows now."""
        self.connection.action_sync()
        self.run_jobs(**arguments)

    def flow(self, stream):
        return self.connection.flow_ids.filtered(lambda flow: flow.stream == stream)

    def add_object(self, name, entity, model=None):
        """Add an object as an administrator does.

        :param entity: what its records become, or ``model`` for those of ``model``
        :return: the empty draft of its field map
        """
        action = self.connection.action_add_object()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        wizard.write(
            {
                "choice_id": wizard.choice_ids.filtered(
                    lambda choice: choice.object_name == name
                ).id,
                "entity": entity,
                "model_id": self.env["ir.model"]._get(model).id if model else False,
            }
        )
        return self.env["connector.field.map"].browse(wizard.action_add()["res_id"])

    def activate_with(self, draft, lines):
        """Give a draft lines, ``{remote path: target}``, and let it take effect."""
        draft.line_ids.create(
            [
                {"map_id": draft.id, "remote_path": path, "target": target}
                for path, target in lines.items()
            ]
        )
        draft._take_effect()
        return draft

    def let_send(self, *streams):
        """Set flows to both ways, with lines that the last editor owns."""
        for stream in streams:
            flow = self.flow(stream)
            action = flow.active_map_id.action_new_draft()
            draft = self.env["connector.field.map"].browse(action["res_id"])
            draft.line_ids.filtered(lambda li: li.direction == "both").owner = "newest"
            activate(draft)
            flow.write({"direction": "both", "push_create": True})
        self.env.flush_all()

    def push(self):
        """Whatever was recorded goes out."""
        self.env.cr.flush()
        flows = self.connection.flow_ids.filtered(lambda f: f.direction == "both")
        flows._enqueue_push()
        self.run_jobs()

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
