"""A desk that is told, and rules."""

from odoo.addons.connector_base.tests.common_push import WorkerDied

from .common import SupportCase
from .common_support import ticket


class RuleCase(SupportCase):
    """Tickets come in, comments go out."""

    # -- builders -------------------------------------------------------------

    def rule(self, **vals):
        """A rule that asks the present user to do something about each new ticket."""
        return self.env["connector.support.rule"].create(
            {
                "name": "Look into it",
                "company_id": self.connection.company_id.id,
                "since": "2026-01-01",
                "user_id": self.env.ref("base.user_admin").id,
                **vals,
            }
        )

    def take(self, remote_id=1, **values):
        """A ticket comes in; what rules open for it is opened."""
        self.pull("tickets", ticket(remote_id, **values))
        return self.ticket_of(remote_id)

    def comment(self, found, body="We look into it.", **vals):
        return self.env["connector.ticket.comment"].create(
            {"ticket_id": found.id, "body": body, **vals}
        )

    # -- what happens ---------------------------------------------------------

    def push(self):
        """All comments that wait go out; returns the job."""
        self.env.cr.flush()
        flow = self.flow("comments")
        flow._enqueue_push()
        job = self.last_job(flow)
        self.run_jobs()
        self.env.invalidate_all()
        return job

    def push_dying(self, operation="create", after=True):
        """The worker dies before or after the desk's answer; the next one goes on."""

        def die(done):
            if done == operation:
                self.vendor.before_write = self.vendor.after_write = lambda o: None
                raise WorkerDied

        if after:
            self.vendor.after_write = die
        else:
            self.vendor.before_write = die
        self.env.cr.flush()
        self.flow("comments")._enqueue_push()
        try:
            self.run_jobs()
        except WorkerDied:
            self.time_passes(hours=1)
            self.run_jobs()
            self.env.invalidate_all()
            return
        self.fail("the worker lives")

    # -- what came of it ------------------------------------------------------

    def works(self, **vals):
        return self.env["connector.support.work"].search(
            [(name, "=", value) for name, value in vals.items()], order="id"
        )

    def comments(self, found=None):
        domain = [("ticket_id", "=", found.id)] if found else []
        return self.env["connector.ticket.comment"].search(domain, order="id")

    def at_the_desk(self):
        """``[(ticket, first line of the comment, status)]``, in their order."""
        return [
            (values["ticket"], values["body"].splitlines()[0], values.get("status"))
            for values in self.vendor.made("comments").values()
        ]
