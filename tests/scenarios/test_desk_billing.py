"""What becomes of a customer's payments is seen at the desk, until all is paid."""

import datetime
import json

from simulators import Clock
from simulators.billing import model
from simulators.billing.company import open_company
from simulators.zendesk import CLIENT_ID, SECRET, ZendeskSimulator

from odoo.tests import tagged

from odoo.addons.connector_billing.providers.stripe import webhook

from .stripe_case import StripeCase

HOUR = 3_600
#: Days before today on which the customer subscribed, by the month, and after which the
#: renewal was charged, and charged again.
SUBSCRIBED, RENEWED, PAID = 40, 32, 36
STATUS, STANDING = "odoo_account_status", "odoo_payment_standing"
OVERDUE = "odoo_overdue_amount"


@tagged("post_install", "-at_install")
class TestPaymentsAtTheDesk(StripeCase):
    """Stripe bills the customers whom a Zendesk serves."""

    def setUp(self):
        now = datetime.datetime.now(datetime.UTC)
        self.began = now - datetime.timedelta(days=SUBSCRIBED)
        self.account = {"clock": Clock(self.began)}
        super().setUp()
        shop = open_company(self.engine)
        self.customer = self.engine.create(
            model.Customer,
            name="Acme Ltd",
            email="billing@acme.example",
            is_company=True,
            country="US",
            tax_id="US123456789",
            tax_id_kind="us_ein",
            currency="USD",
        )
        self.engine.subscriptions.subscribe(
            self.customer, [(shop.prices["Team/monthly", "USD"], 5)]
        )
        self.told = len(self.stripe.events.all)
        # Never ahead of Odoo's, however much time goes by there.
        behind = now - datetime.timedelta(days=1)
        self.desk = ZendeskSimulator(clock=Clock(behind))
        self.desk.start()
        self.addCleanup(self.desk.stop)
        self.acme = self.desk.store.add_organization(
            name="Acme Ltd", domains=("acme.example",)
        )
        self.desk.clock.advance(HOUR)

    def load(self):
        """Both systems are connected and read; the desk is told how customers stand."""
        partner = self.env["res.partner"].create(
            {
                "name": "Acme Ltd",
                "is_company": True,
                "email": "billing@acme.example",
                "website": "https://acme.example",
            }
        )
        self.connect()
        self.env["connector.billing.policy"]._for(self.connection).action_set_up_money()
        self.run_jobs()
        self.desk_connection = self.env["connector.connection"].create(
            {
                "name": "Zendesk",
                "provider": "zendesk",
                "company_id": self.company.id,
                "base_url": self.desk.url,
            }
        )
        secrets = {"client_id": CLIENT_ID, "client_secret": SECRET}
        for credential in self.desk_connection.credential_ids:
            if credential.key in secrets:
                credential.secret = secrets[credential.key]
        self.desk_connection.action_connect()
        self.run_jobs()
        self.assertEqual(self.record("billing.customer", self.customer.id), partner)
        self.cycle()

    def cycle(self):
        """What a commit sets off: standings, outbox, and a job of the desk."""
        self.env.cr.flush()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            self.env(cr=cr)["connector.customer.standing"]._cron_compute()
        self.env.invalidate_all()
        self.run_jobs()
        # The desk works on a batch for some seconds.
        self.desk.clock.advance(5)
        self.run_jobs(ahead=10)
        self.assertFalse(self.env["connector.job"].search([("state", "=", "dead")]))

    def until_day(self, day):
        """Time goes by in the billing system, which tells of what happened."""
        moment = self.began + datetime.timedelta(days=day)
        self.stripe.advance(int(moment.timestamp()))
        news = self.stripe.events.all[self.told :]
        self.told += len(news)
        for event in news:
            body = json.dumps(self.stripe.events.body(event)).encode()
            self.env["connector.event"]._receive(
                self.connection.id,
                self.connection.company_id.id,
                webhook.inbound(body),
            )
        self.run_jobs()
        self.cycle()

    def shown(self):
        """What agents see of the customer."""
        return self.desk.shape("organization", self.acme.id)["organization_fields"]

    def test_a_failed_payment_is_seen_at_once_and_gone_with_the_payment(self):
        self.load()
        self.assertEqual(self.shown()[STATUS], "active")
        self.stripe.declines[self.customer.id] = ["card_declined"]
        self.until_day(RENEWED)
        shown = self.shown()
        self.assertEqual(shown[STATUS], "past_due")
        self.assertGreater(float(shown[OVERDUE]), 0)
        self.assertIn("overdue", shown[STANDING].lower())
        asked = self.desk.requests.count()
        self.until_day(PAID)
        shown = self.shown()
        self.assertEqual(shown[STATUS], "active")
        self.assertFalse(float(shown[OVERDUE] or 0))
        self.assertLess(self.desk.requests.count() - asked, 20)
