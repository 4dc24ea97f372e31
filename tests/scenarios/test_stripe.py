"""An account of Stripe and Odoo agree, over real HTTP: load, events, edits, writes."""

import hashlib
import hmac
import json
import time

from simulators.billing import model

from odoo.tests import tagged

from .stripe_case import StripeCase

#: Entity -> type of the simulator's objects.
TAKEN = {
    "billing.customer": model.Customer,
    "product": model.Product,
    "billing.price": model.Price,
    "billing.coupon": model.Coupon,
    "billing.subscription": model.Subscription,
    "billing.invoice": model.Invoice,
    "billing.credit.note": model.CreditNote,
    "billing.payment": model.Payment,
    "billing.refund": model.Refund,
    "billing.dispute": model.Dispute,
    "billing.payout": model.Payout,
    "billing.balance": model.BalanceTransaction,
}


@tagged("post_install", "-at_install")
class TestStripe(StripeCase):
    account = {"records": 12, "months": 3, "seed": 5}

    def taken(self):
        """Those entities that there are."""
        return {
            entity: cls
            for entity, cls in TAKEN.items()
            if f"connector.entity.{entity}" in self.env
        }

    def assertEverythingOnce(self):
        for entity, cls in self.taken().items():
            wanted = {each.id for each in self.stripe.account.rows(cls)}
            self.assertEqual(set(self.bound(entity)), wanted, entity)

    def test_what_an_account_has_is_in_odoo_once(self):
        self.connect()
        self.run_jobs()
        self.assertFalse(self.jobs("dead").mapped("error"))
        self.assertFalse(self.exceptions().filtered("blocking").mapped("code"))
        self.assertEverythingOnce()

    def test_a_second_full_load_writes_nothing(self):
        self.connect()
        self.run_jobs()
        self.env.flush_all()
        logged = self.env["connector.log"].search_count([("action", "!=", "run")])
        flows = self.connection.flow_ids
        flows.cursor = False
        self.sync()
        self.assertEqual(
            self.env["connector.log"].search_count([("action", "!=", "run")]), logged
        )
        self.assertFalse(self.jobs("dead").mapped("error"))

    def test_the_connection_says_whose_account_it_is(self):
        self.connection.action_test()
        self.assertTrue(
            self.connection.last_test_passed, self.connection.last_test_result
        )
        self.assertEqual(self.connection.account_ref, "Aurora Cloud")
        self.assertEqual(self.connection.currency_id.name, "USD")

    def test_edits_there_arrive_here_and_nothing_else_changes(self):
        self.connect()
        self.run_jobs()
        [one, *_others] = self.stripe.account.rows(model.Customer)
        self.engine.update(one, name="Renamed Ltd")
        self.sync()
        partner = self.record("billing.customer", one.id)
        self.assertEqual(partner.name, "Renamed Ltd")
        self.assertFalse(self.jobs("dead").mapped("error"))

    def test_a_customer_of_odoo_is_made_there_once(self):
        self.connect()
        self.run_jobs()
        self.let_send("customers")
        partner = self.env["res.partner"].create(
            {
                "name": "New Ltd",
                "is_company": True,
                "email": "new@new.example",
                "customer_rank": 1,
            }
        )
        self.push()
        self.push()
        made = [
            each
            for each in self.stripe.account.rows(model.Customer)
            if each.name == "New Ltd"
        ]
        self.assertEqual(len(made), 1)
        self.sync()
        self.assertEqual(self.record("billing.customer", made[0].id), partner)
        self.assertFalse(self.jobs("dead").mapped("error"))

    def test_a_delivery_changes_its_record_only_if_it_is_genuine(self):
        self.connect()
        self.run_jobs()
        [one, *_others] = self.stripe.account.rows(model.Customer)
        self.engine.update(one, name="By Webhook")
        self.stripe.clock.advance(60)
        provider = self.connection._provider()
        event = {
            "id": "evt_test_1",
            "object": "event",
            "type": "customer.updated",
            "created": int(time.time()),
            "data": {"object": {"object": "customer", "id": one.id}},
        }
        body = json.dumps(event).encode()
        stamp = str(int(time.time()))
        signed = hmac.new(
            b"whsec_test", stamp.encode() + b"." + body, hashlib.sha256
        ).hexdigest()
        [inbound] = provider._webhook_events(
            self.connection, self._delivery(body, f"t={stamp},v1={signed}")
        )
        provider._verify_webhook(
            self.connection, self._delivery(body, f"t={stamp},v1={signed}")
        )
        self.assertEqual((inbound.stream, inbound.remote_id), ("customers", one.id))

    def _delivery(self, body, header):
        import datetime

        from odoo.addons.connector_base.engine.records import WebhookRequest

        return WebhookRequest(
            "POST",
            "https://odoo.example/",
            {"Stripe-Signature": header},
            body,
            datetime.datetime.now(datetime.UTC),
        )


@tagged("post_install", "-at_install")
class TestStripeBeforeBasil(TestStripe):
    """The same of an account that speaks an older version."""

    version = "2025-02-24.acacia"
