"""Whatever goes wrong ends in one clear exception or a retry, and nothing is lost."""

from odoo.addons.connector_base.engine.retry import POLICIES
from odoo.addons.connector_base.tests.common import activate

from .hubspot_case import HubSpotCase

HOUR = 3600


class TestVendorTrouble(HubSpotCase):
    def setUp(self):
        super().setUp()
        self.acme = self.company("Acme")
        self.ada = self.contact(company=self.acme)
        self.deal(company=self.acme, contacts=[self.ada])
        self.connect()

    def assertRecovers(self):
        self.run_jobs(ahead=2 * HOUR)
        self.sync(ahead=2 * HOUR)
        self.assertEverythingOnce()
        self.assertFalse(self.exceptions())
        self.assertFalse(self.jobs("pending", "started"))

    def test_a_wrong_token_stops_the_connection_once_and_loses_no_job(self):
        self.hubspot.revoke()
        self.run_jobs()
        self.assertEqual(self.connection.state, "attention")
        self.assertIn("access token", self.connection.attention_reason)
        exception = self.exceptions()
        self.assertEqual(len(exception), 1)
        self.assertEqual(exception.error_class, "authentication")
        self.assertEqual(len(self.connection.activity_ids), 1)
        flows = len(self.connection.flow_ids)
        self.assertEqual(len(self.jobs("pending")), flows, "the jobs wait")
        refused = self.hubspot.requests.count(status=401)
        self.run_jobs(ahead=HOUR)
        self.assertEqual(
            self.hubspot.requests.count(status=401), refused, "nothing knocks again"
        )

        self.hubspot.set_tokens({"a-new-token-from-the-admin": None})
        self.connection.credential_ids.secret = "a-new-token-from-the-admin"
        self.connection.action_resume()
        self.assertRecovers()

    def test_a_missing_scope_is_named(self):
        self.hubspot.faults.add(
            "missing_scope", times=None, path="objects/.*/deals", target="deals"
        )
        self.run_jobs()
        exception = self.exceptions()
        self.assertEqual(len(exception), 1)
        self.assertIn("crm.objects.deals.read", exception.name)

    def test_a_429_storm_waits_as_long_as_the_vendor_says_and_raises_no_exception(self):
        self.hubspot.faults.add("rate_limit", times=6, retry_after=120)
        self.run_jobs()
        self.assertFalse(self.exceptions())
        self.assertTrue(self.connection.blocked_until)
        refused = self.hubspot.requests.count(status=429)
        self.assertEqual(refused, 1, "the other jobs of the account wait as well")
        self.run_jobs()
        self.assertEqual(self.hubspot.requests.count(status=429), refused)
        for _round in range(6):
            self.run_jobs(ahead=121)
        self.assertEqual(max(self.jobs().mapped("attempt")), 1, "no failed try")
        self.assertRecovers()

    def assertRetriedThenReported(self, code):
        """A few failures are retried quietly; lasting ones make one exception."""
        # With fewer the vendor counts as down, and no job loses its tries.
        self.connection.circuit_failures = 100
        self.run_jobs()
        waiting = self.jobs("pending")
        self.assertTrue(waiting)
        self.assertEqual(set(waiting.mapped("error_class")), {"transient"})
        self.assertFalse(self.exceptions(), "not a person's business yet")
        for _try in range(POLICIES["transient"].tries):
            self.run_jobs(ahead=HOUR)
        dead = self.jobs("dead")
        flows = len(self.connection.flow_ids)
        self.assertEqual(len(dead), flows)
        self.assertEqual(set(self.exceptions().mapped("code")), {code})
        self.assertEqual(len(self.exceptions()), flows, "one for each flow")
        self.hubspot.faults.clear()
        self.sync()
        self.assertRecovers()

    def test_malformed_json_is_retried_then_reported_once_a_flow(self):
        self.hubspot.faults.add("malformed", times=None)
        self.assertRetriedThenReported("malformed")

    def test_a_web_page_instead_of_data_is_retried_then_reported(self):
        self.hubspot.faults.add("html", times=None)
        self.assertRetriedThenReported("web_page")

    def test_cut_json_is_never_taken_for_a_shorter_list(self):
        self.hubspot.faults.add("truncated", times=2)
        self.run_jobs()
        self.assertRecovers()

    def test_an_outage_in_the_middle_of_a_load_loses_and_doubles_nothing(self):
        for number in range(350):
            self.company(f"Company {number}")
        # The second page of companies is the last that comes through.
        self.hubspot.faults.add("drop", times=None, after=2)
        self.run_jobs()
        taken = self.env["connector.binding"].search_count(
            [("connection_id", "=", self.connection.id)]
        )
        self.assertIn(taken, (100, 200), "whole pages are kept")
        self.assertTrue(self.flow("companies").cursor["after"])
        self.hubspot.faults.clear()
        self.assertRecovers()
        created = self.env["connector.log"].search_count(
            [("action", "=", "create"), ("connection_id", "=", self.connection.id)]
        )
        self.assertEqual(created, 353)

    def test_a_vendor_that_is_down_is_tried_again_later(self):
        self.hubspot.down()
        self.run_jobs()
        # After some of them nothing is tried any more, see test_circuit.
        failed = self.jobs("pending").filtered(
            lambda job: job.attempt and not job.probe
        )
        self.assertEqual(set(failed.mapped("error_class")), {"transient"})
        self.hubspot.up()
        self.assertRecovers()

    def test_three_days_of_outage_cost_a_look_now_and_then_and_are_made_up_for(self):
        self.run_jobs()
        self.assertEverythingOnce()
        self.hubspot.down()
        for _try in range(3):
            self.sync(ahead=60)
        self.assertEqual(self.connection.circuit_state, "open")
        self.assertIn("HubSpot is down since", self.connection.circuit_text)
        attempts = {job: job.attempt for job in self.jobs("pending")}
        looks = self.connection.circuit_ids.probes
        for _look in range(24):
            self.connection._cron_schedule()
            self.run_jobs(ahead=3 * HOUR)
        self.assertEqual(self.connection.circuit_ids.probes, looks + 24)
        self.assertFalse(self.jobs("dead") or self.exceptions())
        for job, attempt in attempts.items():
            self.assertTrue(job.probe or job.attempt == attempt, "no try is lost")

        self.store.update("companies", self.acme, {"city": "Rome"})
        self.company("Made meanwhile")
        self.hubspot.up()
        self.assertRecovers()
        self.assertEqual(self.connection.circuit_state, "closed")
        partner = self.record("customer.company", self.acme)
        self.assertEqual(partner.city, "Rome")

    def test_the_token_stands_in_no_log_job_or_exception(self):
        self.hubspot.faults.add("malformed", times=None, path="companies")
        self.hubspot.faults.add("revoked", times=None, path="deals")
        for _try in range(POLICIES["transient"].tries + 1):
            self.run_jobs(ahead=HOUR)
        self.env.flush_all()
        for table in (
            "connector_job",
            "connector_log",
            "connector_exception",
            "connector_exception_item",
            "connector_credential",
            "connector_connection",
            "mail_message",
            "mail_activity",
        ):
            self.env.cr.execute(
                f"SELECT COUNT(*) FROM {table} t WHERE t::text LIKE %s",  # noqa: S608
                (f"%{self.hubspot.token}%",),
            )
            self.assertEqual(self.env.cr.fetchone()[0], 0, table)


class TestRecordTrouble(HubSpotCase):
    def test_an_unknown_stage_is_one_exception_and_its_neighbours_go_on(self):
        self.store.add_pipeline(
            "deals",
            "77",
            "Partners",
            [{"id": "7701", "label": "Talks", "metadata": {"probability": "0.2"}}],
        )
        self.connect(decide=False)
        lines = self.connection.value_map_ids.line_ids
        lines.filtered(
            lambda line: line.remote_value in ("default", "77", "appointmentscheduled")
        ).action_accept_suggestion()
        held = [
            self.deal(f"Deal {n}", pipeline="77", dealstage="7701") for n in range(3)
        ]
        fine = self.deal("Fine")
        self.run_jobs()
        self.assertTrue(self.record("opportunity", fine))
        exception = self.exceptions()
        self.assertEqual(len(exception), 1)
        self.assertEqual(exception.open_count, 3)
        self.assertEqual(exception.error_class, "mapping")
        self.assertIn("Talks", exception.name)
        self.assertTrue(exception.value_suggestion)

        exception.action_accept_suggestion()
        self.run_jobs()
        self.assertEqual(exception.state, "resolved")
        for remote_id in held:
            self.assertTrue(self.record("opportunity", remote_id))
        self.assertEverythingOnce()

    def test_a_contact_of_a_missing_company_is_held_until_the_company_is_back(self):
        company = self.company("Gone")
        contact = self.contact(company=company)
        other = self.contact("Bob", "Hope")
        self.store.archive("companies", company)
        self.connect()
        # HubSpot forgets the association with an archived company, this property not.
        draft = self.flow("contacts").active_map_id.copy({"version": 2})
        draft.line_ids.filtered(
            lambda line: line.target == "company"
        ).remote_path = "properties.associatedcompanyid"
        activate(draft)
        self.run_jobs()
        self.assertTrue(self.record("customer.contact", other))
        self.assertFalse(self.record("customer.contact", contact))
        exception = self.exceptions()
        self.assertEqual(len(exception), 1)
        self.assertEqual(exception.error_class, "missing_dependency")
        self.assertIn(company, exception.item_ids.message)
        self.assertTrue(exception.item_ids.payload)

        self.store.restore("companies", company)
        self.store.update("companies", company, {"city": "Rome"})
        self.sync()
        self.assertEqual(
            self.record("customer.contact", contact).parent_id,
            self.record("customer.company", company),
        )
        self.assertEqual(exception.state, "resolved")

    def test_a_contact_brings_its_company_along(self):
        acme = self.company("Acme")
        ada = self.contact(company=acme)
        self.connect()
        self.flow("companies").active = False
        self.flow("companies").active = True
        self.jobs("pending").filtered(
            lambda job: job.flow_id != self.flow("contacts")
        ).action_cancel()
        self.run_jobs()
        self.assertEqual(
            self.record("customer.contact", ada).parent_id,
            self.record("customer.company", acme),
        )

    def test_a_record_without_a_name_is_held_with_a_plain_sentence(self):
        nameless = self.store.create("companies", {"city": "Rome"})
        self.company("Fine")
        self.connect()
        self.run_jobs()
        exception = self.exceptions()
        self.assertEqual(exception.error_class, "validation")
        self.assertEqual(exception.name, "Name is empty, and every record needs it.")
        self.assertEqual(exception.item_ids.remote_id, nameless)
        self.store.update("companies", nameless, {"name": "Now named"})
        self.sync()
        self.assertEqual(exception.state, "resolved")
        self.assertEverythingOnce()

    def test_companies_that_are_each_others_parents_are_taken_and_reported(self):
        one = self.company("One")
        two = self.company("Two", hs_parent_company_id=one)
        self.store.update("companies", one, {"hs_parent_company_id": two})
        self.connect()
        self.run_jobs()
        self.assertEverythingOnce()
        exception = self.exceptions()
        self.assertEqual(len(exception), 1)
        self.assertFalse(exception.blocking)
