import threading

from odoo import SUPERUSER_ID, api
from odoo.tests import tagged

from ..controllers import webhook
from ..models.connector_webhook import WebhookTarget
from .common import ConnectorCase
from .common_vendor import inbound


@tagged("post_install", "-at_install")
class TestWebhookTwice(ConnectorCase):
    """Deliveries at the same moment, in transactions of their own.

    What they commit is in the database for good and is deleted at the end.
    """

    def setUp(self):
        super().setUp()
        # A trigger of the cron would be committed, too.
        self.patch(self.registry["connector.job"], "_wake_lanes", lambda *_args: None)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            connection = self.new_connection_in(env)
            self.target = WebhookTarget(
                connection.id, connection.company_id.id, "connector.provider.fake", None
            )
        self.addCleanup(self.delete)

    def new_connection_in(self, env):
        return env["connector.connection"].create(
            {"name": "Twice", "provider": "fake", "tz": "UTC"}
        )

    def delete(self):
        with self.registry.cursor() as cr:
            cr.execute(
                "DELETE FROM connector_connection WHERE id = %s",
                [self.target.connection_id],
            )

    def rows(self):
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT event_key, duplicates FROM connector_event"
                " WHERE connection_id = %s ORDER BY 1",
                [self.target.connection_id],
            )
            return cr.fetchall()

    def test_two_identical_deliveries_at_once_are_one_event_and_one_duplicate(self):
        begun, proceed = threading.Event(), threading.Event()
        answers = []

        def second():
            with self.registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                # Its snapshot is from before the first one's commit.
                cr.execute("SELECT COUNT(*) FROM connector_event")
                begun.set()
                proceed.wait(10)
                answers.append(webhook._store(env, self.target, self.delivery))

        self.delivery = [inbound("e1", "companies", 1), inbound("e2", "companies", 2)]
        thread = threading.Thread(target=second)
        thread.start()
        self.assertTrue(begun.wait(10))
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            new = webhook._store(env, self.target, self.delivery[::-1])
            proceed.set()
            # The second one waits at our rows for a while; either way it must give in.
            thread.join(0.3)
        thread.join(10)
        self.assertFalse(thread.is_alive())
        self.assertEqual((new, answers), (2, [0]))
        self.assertEqual(self.rows(), [("e1", 1), ("e2", 1)])
