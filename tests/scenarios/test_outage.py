"""Three days without the vendor, while people go on working on both sides."""

import datetime
import math
from unittest.mock import patch

from chaos.account import OWNERS, both_ways

from odoo import fields

from .hubspot_case import HubSpotCase

HOURS = 72
#: Seconds between two looks of the workers, at first and later: a fraction of what the
#: circuit waits, so that most of them have to leave the vendor alone, then as much.
STEP = 300
LATER_STEP = 900
LATER_HOURS = 6


class TestOutage(HubSpotCase):
    def setUp(self):
        super().setUp()
        self.clock = datetime.datetime.now().replace(microsecond=0)
        now = patch.object(fields.Datetime, "now", lambda *_args: self.clock)
        now.start()
        self.addCleanup(now.stop)
        self.acme = self.company("Acme")
        self.bolt = self.company("Bolt")
        self.ada = self.contact(company=self.acme)
        self.connect()
        for flow in self.connection.flow_ids:
            if flow.stream in OWNERS:
                both_ways(self.env, flow)
            else:
                flow.active = False
        self.jobs("pending").filtered(lambda j: not j.flow_id.active).action_cancel()
        self.run_jobs()
        self.partner = self.record("customer.company", self.acme)

    def step(self, seconds=STEP):
        """Time goes on, the scheduler looks what is due, the workers work."""
        self.clock += datetime.timedelta(seconds=seconds)
        self.hubspot.clock.advance(seconds)
        self.env.flush_all()
        self.connection._cron_schedule()
        # Test transactions are never committed: what was noted is recorded here.
        self.env.cr.flush()
        self.run_jobs()
        self.env.invalidate_all()

    def change_both_sides(self, hour):
        """What people do meanwhile, each in a field that their side owns."""
        city, name = f"City {hour}", f"Acme {hour}"
        self.store.update("companies", self.acme, {"name": name})
        self.partner.city = city
        if hour == 20:
            self.made_there = self.company("Made there", address="Street 20")
            self.made_here = self.env["res.partner"].create(
                {"name": "Made here", "is_company": True, "city": "Lyon"}
            )
            self.person = self.env["res.partner"].create(
                {
                    "name": "Grace Hopper",
                    "email": "grace@example.com",
                    "parent_id": self.made_here.id,
                }
            )
        elif hour == 50:
            self.store.archive("companies", self.bolt)
            self.store.update("contacts", self.ada, {"lastname": "Byron"})
            self.record("customer.contact", self.ada).email = "ada@example.org"

    def most_looks(self, seconds):
        """How many looks the circuit's schedule has room for."""
        interval = self.connection.circuit_first_probe
        looks = 0
        while interval < self.connection.circuit_longest_probe:
            seconds -= interval
            interval *= 2
            looks += 1
        return looks + math.ceil(seconds / self.connection.circuit_longest_probe)

    def test_after_three_days_both_sides_converge_and_the_vendor_was_left_alone(self):
        self.assertFalse(self.jobs("pending") or self.exceptions())
        # Each request reaches the simulator, is counted, and gets no answer.
        outage = self.hubspot.faults.add("drop", times=None)
        began = self.clock
        while self.connection.circuit_state != "open":
            self.assertLess((self.clock - began).total_seconds(), 3600)
            self.change_both_sides(0)
            self.step(30)
        opened = self.clock
        tries = {job: job.attempt for job in self.jobs("pending") if not job.probe}
        self.assertTrue(tries)
        asked = self.hubspot.requests.count()
        looks = self.connection.circuit_ids.probes

        for hour in range(1, HOURS + 1):
            if hour in (1, 20, 50, 71):
                self.change_both_sides(hour)
            seconds = STEP if hour <= LATER_HOURS else LATER_STEP
            for _step in range(3600 // seconds):
                self.step(seconds)
                self.assertEqual(self.connection.circuit_state, "open")

        asked = self.hubspot.requests.count() - asked
        looks = self.connection.circuit_ids.probes - looks
        self.assertEqual(asked, looks, "somebody asked beside the looks")
        self.assertLessEqual(looks, self.most_looks(HOURS * 3600))
        self.assertGreater(looks, HOURS, "it was looked too rarely")
        self.assertFalse(self.jobs("dead") or self.exceptions())
        for job, attempt in tries.items():
            self.assertEqual((job.state, job.attempt), ("pending", attempt))
        self.assertEqual(
            set(self.jobs("pending").filtered(lambda j: not j.probe).mapped("attempt")),
            set(tries.values()) | {0},
        )
        self.assertEqual((self.clock - opened).total_seconds(), HOURS * 3600)

        self.hubspot.faults.clear(outage.id)
        for _step in range(3600 // STEP):
            self.step()
        self.assertConverged()

    def assertConverged(self):
        self.assertEqual(self.connection.circuit_state, "closed")
        self.assertFalse(self.jobs("dead", "pending", "started", "waiting"))
        self.assertFalse(self.exceptions())
        self.assertFalse(self.env["connector.change"].search([]))
        acme = self.store.get("companies", self.acme)
        self.assertEqual((acme["name"], acme["city"]), ("Acme 71", "City 71"))
        self.assertEqual((self.partner.name, self.partner.city), ("Acme 71", "City 71"))
        made = self.record("customer.company", self.made_there)
        self.assertEqual((made.name, made.street), ("Made there", "Street 20"))
        self.assertFalse(self.record("customer.company", self.bolt).active)
        ada = self.record("customer.contact", self.ada)
        self.assertEqual((ada.name, ada.email), ("Ada Byron", "ada@example.org"))
        kept = self.store.get("contacts", self.ada)
        self.assertEqual((kept["lastname"], kept["email"]), ("Byron", ada.email))
        # Acme, Made there, Made here: each once, as are the two persons.
        self.assertEqual(self.store.count("companies"), 3)
        self.assertEqual(self.store.count("contacts"), 2)
        bound = self.env["connector.binding"].search(
            [
                ("connection_id", "=", self.connection.id),
                ("res_id", "in", (self.made_here + self.person).ids),
            ]
        )
        self.assertEqual(bound.mapped("state"), ["synced", "synced"])
        by_record = {binding.res_id: binding.remote_id for binding in bound}
        company = self.store.get("companies", by_record[self.made_here.id])
        self.assertEqual((company["name"], company["city"]), ("Made here", "Lyon"))
        linked = self.store.associated(
            "contacts", by_record[self.person.id], "companies"
        )
        self.assertEqual(list(linked), [by_record[self.made_here.id]])
