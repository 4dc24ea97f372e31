"""A site of Chargebee and Odoo agree, over real HTTP: load, events, edits, writes."""

import base64
import datetime
import json
from collections import Counter

from simulators.billing import model
from simulators.billing.money import major

from odoo.tests import tagged

from odoo.addons.connector_base.engine.errors import AuthenticationError
from odoo.addons.connector_base.engine.records import WebhookRequest

from .chargebee_case import SECRET, ChargebeeCase

#: Entity -> type of the engine's objects.
TAKEN = {
    "billing.customer": model.Customer,
    "product": model.Product,
    "billing.price": model.Price,
    "billing.coupon": model.Coupon,
    "billing.subscription": model.Subscription,
    "billing.credit.note": model.CreditNote,
    "billing.payment": model.Payment,
}


@tagged("post_install", "-at_install")
class TestChargebee(ChargebeeCase):
    # -- first load -----------------------------------------------------------

    def test_what_a_site_has_is_in_odoo_once_and_paid_as_there(self):
        self.connect()
        self.run_jobs()
        self.assertNoDeadJob()
        self.assertNothingHeld()
        for entity, cls in TAKEN.items():
            wanted = {each.id for each in self.rows(cls)}
            self.assertEqual(set(self.bound(entity)), wanted, entity)
        issued = [each for each in self.rows(model.Invoice) if each.finalized_at]
        bound = self.bound("billing.invoice")
        self.assertEqual(set(bound), {each.id for each in issued})
        moves = self.env["account.move"]
        totals, due = Counter(), Counter()
        for invoice in issued:
            move = moves.browse(bound[invoice.id])
            self.assertEqual(move.state, "posted")
            total = float(major(invoice.total, invoice.currency))
            self.assertAlmostEqual(abs(move.amount_total), abs(total), 3)
            if invoice.status == "paid":
                self.assertIn(
                    move.payment_state, ("paid", "in_payment", "reversed"), invoice.id
                )
            if invoice.status == "open":
                left = float(major(invoice.remaining, invoice.currency))
                self.assertAlmostEqual(move.amount_residual, left, 3)
            totals[invoice.status] += 1
            due[invoice.currency] += 1
        self.assertGreater(totals["paid"], 10)
        self.assertGreater(len(due), 1)

    def test_a_second_full_load_writes_nothing(self):
        self.connect()
        self.run_jobs()
        self.env.flush_all()
        logged = self.env["connector.log"].search_count([("action", "!=", "run")])
        self.connection.flow_ids.cursor = False
        self.sync()
        self.assertEqual(
            self.env["connector.log"].search_count([("action", "!=", "run")]), logged
        )
        self.assertNoDeadJob()

    def test_the_connection_says_whose_site_it_is(self):
        self.connection.action_test()
        self.assertTrue(
            self.connection.last_test_passed, self.connection.last_test_result
        )
        self.assertEqual(self.connection.account_ref, "northwind-test")

    def test_taxes_and_methods_are_there_to_be_mapped(self):
        self.connection.action_connect()
        values = {
            (line.map_id.name, line.remote_value)
            for line in self.connection.value_map_ids.line_ids
        }
        self.assertIn(("billing.payment_method", "card"), values)
        self.assertTrue([name for kind, name in values if kind == "billing.tax"])

    def test_each_line_of_the_first_maps_has_its_field(self):
        for stream in self.connection._provider()._streams():
            entity = self.env[f"connector.entity.{stream.entity}"]
            for line in stream.default_map:
                self.assertTrue(
                    entity._entity_field(line.target), f"{stream.name}: {line.target}"
                )

    # -- webhooks -------------------------------------------------------------

    def delivery(self, body, password=SECRET):
        pair = base64.b64encode(f"odoo:{password}".encode()).decode()
        return WebhookRequest(
            "POST",
            "https://odoo.example/",
            {"Authorization": f"Basic {pair}"},
            body,
            datetime.datetime.now(datetime.UTC),
        )

    def tell(self, *events):
        """Deliveries as the site would send them, and what follows from them."""
        provider = self.connection._provider()
        for event in events:
            body = json.dumps(self.chargebee.events.shape(event)).encode()
            request = self.delivery(body)
            provider._verify_webhook(self.connection, request)
            self.env["connector.event"]._receive(
                self.connection.id,
                self.company.id,
                provider._webhook_events(self.connection, request),
            )
        self.run_jobs()
        self.assertNoDeadJob()

    def test_events_come_late_twice_and_in_any_order(self):
        self.connect()
        self.run_jobs()
        [one, *_others] = self.rows(model.Customer)
        seen = len(self.chargebee.events.rows)
        for phone in ("+44 20 7946 0001", "+44 20 7946 0002"):
            self.engine.update(one, phone=phone)
        first, second = self.chargebee.events.rows[seen:]
        self.chargebee.requests.clear()
        self.tell(second, second)
        self.tell(first)
        partner = self.record("billing.customer", one.id)
        self.assertEqual(partner.phone, "+44 20 7946 0002")
        # What Odoo has in a newer version isn't asked for.
        self.assertEqual(self.chargebee.requests.count(template="/customers"), 1)

    def test_a_sale_arrives_by_webhook_with_its_invoice_and_payment(self):
        self.connect()
        self.run_jobs()
        price = next(p for p in self.rows(model.Price) if p.interval == "month")
        customer = self.engine.create(
            model.Customer, name="Late Comer Ltd", currency=price.currency
        )
        seen = len(self.chargebee.events.rows)
        subscription = self.engine.subscriptions.subscribe(customer, [(price, 3)])
        events = self.chargebee.events.rows[seen:]
        self.tell(*reversed(events))
        self.assertNothingHeld()
        contract = self.record("billing.subscription", subscription.id)
        self.assertEqual(contract.partner_id.name, "Late Comer Ltd")
        [invoice] = [i for i in self.rows(model.Invoice) if i.customer == customer.id]
        move = self.record("billing.invoice", invoice.id)
        self.assertIn(move.payment_state, ("paid", "in_payment"))

    def test_a_delivery_that_does_not_know_the_password_is_refused(self):
        provider = self.connection._provider()
        provider._verify_webhook(self.connection, self.delivery(b"{}"))
        with self.assertRaises(AuthenticationError):
            provider._verify_webhook(self.connection, self.delivery(b"{}", "other"))

    # -- edits and writes -----------------------------------------------------

    def test_edits_there_arrive_here(self):
        self.connect()
        self.run_jobs()
        one = next(c for c in self.rows(model.Customer) if c.is_company)
        self.chargebee.clock.advance(3600)
        self.engine.update(one, name="Renamed Ltd")
        self.sync()
        partner = self.record("billing.customer", one.id)
        self.assertEqual(partner.name, "Renamed Ltd")
        self.assertNoDeadJob()

    def test_a_customer_of_odoo_is_made_there_once(self):
        self.connect()
        self.run_jobs()
        self.let_send("customers")
        partner = self.env["res.partner"].create(
            {
                "name": "New Ltd",
                "is_company": True,
                "email": "new@new.example",
                "city": "Leeds",
                "country_id": self.env.ref("base.uk").id,
                "customer_rank": 1,
            }
        )
        self.push()
        self.push()
        [made] = [c for c in self.rows(model.Customer) if c.name == "New Ltd"]
        self.assertEqual((made.city, made.country), ("Leeds", "GB"))
        self.sync()
        self.assertEqual(self.record("billing.customer", made.id), partner)
        partner.city = "York"
        self.push()
        self.assertEqual(made.city, "York")
        self.assertNoDeadJob()
