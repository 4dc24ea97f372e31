"""An account of Stripe and Odoo agree, over real HTTP: load, events, edits, writes."""

import datetime
import itertools
import json

from simulators.billing import model

from odoo.tests import tagged

from odoo.addons.connector_base.engine.errors import AuthenticationError
from odoo.addons.connector_base.engine.records import WebhookRequest
from odoo.addons.connector_billing.providers.stripe import webhook

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

    def setUp(self):
        super().setUp()
        self.numbers = itertools.count(1)

    def assertNothingHeld(self):
        held = self.exceptions().filtered("blocking")
        self.assertFalse(held.mapped("name"))

    def assertEverythingOnce(self):
        for entity, cls in TAKEN.items():
            wanted = {each.id for each in self.stripe.account.rows(cls)}
            self.assertEqual(set(self.bound(entity)), wanted, entity)

    def test_what_an_account_has_is_in_odoo_once(self):
        self.connect()
        self.run_jobs()
        self.assertFalse(self.jobs("dead").mapped("error"))
        self.assertNothingHeld()
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

    def test_records_lead_to_their_page_there(self):
        self.connect()
        self.run_jobs()
        [one, *_others] = self.bound("billing.customer")
        binding = self.env["connector.binding"].search([("remote_id", "=", one)])
        account = self.stripe.account.facts["id"]
        self.assertEqual(
            binding.remote_url,
            f"https://dashboard.stripe.com/{account}/test/customers/{one}",
        )

    def test_each_invoice_comes_to_what_was_billed(self):
        self.connect()
        self.run_jobs()
        moves = self.bound("billing.invoice")
        for invoice in self.stripe.account.rows(model.Invoice):
            move = self.env["account.move"].browse(moves[invoice.id])
            minor = round(move.amount_total * 10**move.currency_id.decimal_places)
            self.assertEqual(minor, abs(invoice.total), invoice.id)
            self.assertEqual(move.currency_id.name, invoice.currency)

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

    def test_a_delivery_is_only_a_hint_of_what_to_read_again(self):
        self.connect()
        self.run_jobs()
        [one, *_others] = self.stripe.account.rows(model.Customer)
        self.engine.update(one, name="By Webhook")
        for name in ("By Webhook", "Older, and Late"):
            # Out of order, and twice: what counts is how it is now.
            self.tell("customer.updated", object="customer", id=one.id, name=name)
        self.assertEqual(self.record("billing.customer", one.id).name, "By Webhook")
        self.assertFalse(
            self.env["connector.event"].search([("state", "in", ("pending", "dead"))])
        )

    def test_a_delivery_may_name_a_payment_by_its_intent(self):
        self.connect()
        self.run_jobs()
        [one, *_others] = self.stripe.account.rows(model.Payment)
        self.tell(
            "invoice_payment.paid",
            object="invoice_payment",
            id="inpay_1",
            payment={"type": "payment_intent", "payment_intent": one.intent},
        )
        self.assertNothingHeld()
        self.assertIn(one.id, self.bound("billing.payment"))

    def test_a_delivery_that_isn_t_genuine_is_refused(self):
        provider = self.connection._provider()
        now = datetime.datetime.now(datetime.UTC)
        body, stamp = b'{"object": "event"}', str(int(now.timestamp()))
        for secret, seconds, genuine in (
            ("whsec_test", 0, True),
            ("whsec_other", 0, False),
            ("whsec_test", 400, False),
        ):
            signed = webhook.signature(secret, stamp, body)
            request = WebhookRequest(
                "POST",
                "https://odoo.example/",
                {"Stripe-Signature": f"t={stamp},v1={signed}"},
                body,
                now + datetime.timedelta(seconds=seconds),
            )
            if genuine:
                provider._verify_webhook(self.connection, request)
                continue
            with self.assertRaises(AuthenticationError):
                provider._verify_webhook(self.connection, request)

    def test_each_line_of_the_first_maps_has_its_field(self):
        for stream in self.connection._provider()._streams():
            entity = self.env[f"connector.entity.{stream.entity}"]
            for line in stream.default_map:
                self.assertTrue(
                    entity._entity_field(line.target), f"{stream.name}: {line.target}"
                )

    def tell(self, kind, **item):
        """A delivery of one event, and what follows from it."""
        event = {
            "id": f"evt_{next(self.numbers)}",
            "object": "event",
            "type": kind,
            "created": self.stripe.clock.now_ms() // 1000 + 60,
            "data": {"object": item},
        }
        self.env["connector.event"]._receive(
            self.connection.id,
            self.connection.company_id.id,
            webhook.inbound(json.dumps(event).encode()),
        )
        self.run_jobs()
        self.assertFalse(self.jobs("dead").mapped("error"))


@tagged("post_install", "-at_install")
class TestStripeBeforeBasil(TestStripe):
    """The same of an account that speaks an older version."""

    version = "2025-02-24.acacia"
