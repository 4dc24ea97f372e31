"""A Zendesk account, simulated over real HTTP, and an Odoo that is connected to it."""

from simulators import Clock
from simulators.zendesk import CLIENT_ID, SECRET, ZendeskSimulator

from .vendor_case import VendorCase

SIGNING_SECRET = "a signing secret of a webhook"
#: Seconds after which an export shows what was changed.
SHOWN = 120


class ZendeskCase(VendorCase):
    """Each test has an account of its own."""

    #: Organizations of the account, with ten users and 25 tickets each.
    organizations, seed = 3, 5

    def setUp(self):
        super().setUp()
        # Wherever the clock of tokens is the wall's, so is the account's.
        self.desk = ZendeskSimulator(self.organizations, seed=self.seed, clock=Clock())
        self.desk.start()
        self.addCleanup(self.desk.stop)
        self.store = self.desk.store
        self.connection = self.new_connection()

    # -- set-up ---------------------------------------------------------------

    def new_connection(self, **values):
        connection = self.env["connector.connection"].create(
            {
                "name": "Zendesk",
                "provider": "zendesk",
                "base_url": self.desk.url,
                "owner_id": self.env.ref("base.user_admin").id,
                "tz": "UTC",
                **values,
            }
        )
        self.enter(
            connection,
            client_id=CLIENT_ID,
            client_secret=SECRET,
            webhook_secret=SIGNING_SECRET,
        )
        # This is not about waiting.
        connection.budget_ids.requests = 100_000
        return connection

    def enter(self, connection, **secrets):
        """Enter credentials as an administrator does."""
        for credential in connection.credential_ids:
            if credential.key in secrets:
                credential.secret = secrets[credential.key]

    def later(self, seconds=SHOWN):
        """Time goes by at the desk."""
        self.desk.clock.advance(seconds)

    def sync(self, **arguments):
        """Pull all flows once what was changed can be seen."""
        self.later()
        super().sync(**arguments)

    def push(self):
        """Whatever was recorded goes out, and jobs of the desk come to their end."""
        super().push()
        for _look in range(3):
            self.later(5)
            self.run_jobs(ahead=60)

    # -- what came of it ------------------------------------------------------

    def bound(self, entity):
        """``{remote id: Odoo id}``"""
        bindings = self.env["connector.binding"].search(
            [
                ("connection_id", "=", self.connection.id),
                ("entity", "=", entity),
                ("state", "=", "synced"),
            ]
        )
        return {int(binding.remote_id): binding.res_id for binding in bindings}

    def asked(self, part, method=None):
        """Requests whose path has a part."""
        return [
            each
            for each in self.desk.requests.entries
            if part in each.path and method in (None, each.method)
        ]

    def assertNoDeadJob(self):
        self.assertFalse(self.jobs("dead").mapped("error"))
