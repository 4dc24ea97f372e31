"""What an org does to a connection, and what becomes of it."""

from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.connector_salesforce.salesforce import bulk_reader

from .salesforce_case import SalesforceCase

MANY = 60


@tagged("post_install", "-at_install")
class TestSalesforceTrouble(SalesforceCase):
    def bound(self, entity="customer.company"):
        bindings = self.env["connector.binding"].search(
            [("connection_id", "=", self.connection.id), ("entity", "=", entity)]
        )
        return sorted(bindings.mapped("remote_id"))

    # -- the day's limit ------------------------------------------------------

    def test_a_limit_that_is_hit_in_mid_load_is_waited_for_and_no_try_is_burnt(self):
        ids = sorted(self.salesforce.fill("Account", 30))
        self.salesforce.reading.page = 5
        self.connect()
        self.only("Account")
        self.salesforce.limits.daily = self.salesforce.limits.used() + 3
        self.run_jobs()
        job = self.jobs("pending").filtered(lambda j: j.flow_id.stream == "Account")
        self.assertEqual((job.error_class, job.attempt), ("rate_limited", 0))
        self.assertTrue(self.connection.blocked_until)
        self.assertEqual(self.connection.state, "connected")
        some = self.bound()
        self.assertTrue(0 < len(some) < len(ids))
        # The next day: what was used then counts no more.
        self.salesforce.clock.advance(25 * 3600)
        self.run_jobs(ahead=25 * 3600)
        self.assertEqual(self.bound(), ids)
        self.assertEqual(job.state, "done")
        self.assertFalse(self.exceptions().filtered(lambda e: e.error_class == "bug"))

    # -- a long pause ---------------------------------------------------------

    def test_what_was_deleted_for_good_in_a_long_pause_is_found(self):
        kept, gone = self.account("Kept"), self.account("Gone")
        self.connect()
        self.only("Account")
        self.run_jobs()
        partner = self.record("customer.company", gone)
        self.store.delete("Account", gone)
        self.store.purge_one("Account", gone)
        self.salesforce.clock.advance(20 * 24 * 3600)
        self.sync()
        self.assertFalse(partner.active)
        self.assertTrue(self.record("customer.company", kept).active)
        notes = self.env["connector.log"].search([("note", "like", "all records are")])
        self.assertEqual(notes.connection_id, self.connection)

    # -- Bulk jobs ------------------------------------------------------------

    def start_bulk(self):
        """A first load of many accounts, to be read by a Bulk job."""
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param("connector_salesforce.bulk_threshold", MANY)
        self.salesforce.reading.page = 10
        ids = sorted(self.salesforce.fill("Account", MANY))
        self.connect()
        self.only("Account")
        return ids

    def test_a_load_by_bulk_job_holds_no_worker(self):
        ids = self.start_bulk()
        self.run_jobs()
        flow = self.flow("Account")
        self.assertTrue(flow.cursor["job"])
        [job] = self.jobs("pending").filtered(lambda j: j.flow_id == flow)
        self.assertEqual((job.attempt, job.error), (0, False))
        self.assertEqual(len(self.bound()), 10)
        for _look in range(5):
            self.run_jobs(ahead=61)
        self.assertEqual(self.bound(), ids)
        self.assertEqual(job.state, "done")

    def test_after_a_crash_the_same_bulk_job_is_read_on(self):
        ids = self.start_bulk()
        self.salesforce.bulk.polls = 0
        self.startPatcher(patch.object(bulk_reader, "QUERY_PAGE", 7))
        self.startPatcher(
            patch("odoo.addons.connector_base.engine.read_ahead.BATCH_SIZE", 14)
        )
        self.run_jobs()
        self.salesforce.faults.add("drop", path="/results", times=None)
        self.run_jobs(ahead=61)
        self.assertEqual(len(self.bound()), 10)
        self.salesforce.faults.clear()
        self.run_jobs(ahead=3600)
        self.assertEqual(self.bound(), ids)
        self.assertEqual(self.salesforce.requests.count("POST", "/jobs/query"), 1)

    def test_who_wants_all_read_anew_aborts_what_was_begun(self):
        self.start_bulk()
        self.salesforce.bulk.polls = 50
        self.run_jobs()
        self.flow("Account").action_full_sync()
        self.run_jobs()
        self.assertEqual(self.salesforce.requests.count("PATCH", "/jobs/query"), 1)

    # -- writing --------------------------------------------------------------

    def test_a_locked_account_is_tried_again(self):
        acme = self.account()
        self.connect()
        self.run_jobs()
        self.only("Account")
        self.let_send("Account")
        self.store.rules.lock("Account", Id=acme)
        self.record("customer.company", acme).city = "Bonn"
        self.push()
        [job] = self.jobs("pending")
        self.assertEqual(job.error_class, "transient")
        self.run_jobs(ahead=3600)
        self.assertEqual(self.store.get("Account", acme)["BillingCity"], "Bonn")
        self.assertFalse(self.jobs("dead", "pending"))

    def test_a_possible_duplicate_is_for_a_person_and_nothing_is_made(self):
        self.connect()
        self.run_jobs()
        self.only("Account")
        self.let_send("Account")
        self.account("Acme", Website="http://acme.example")
        self.store.rules.find_duplicates("Account", allow_save=False)
        self.env["res.partner"].create(
            {"name": "Acme", "is_company": True, "website": "http://acme.example"}
        )
        self.push()
        [exception] = self.exceptions().filtered(
            lambda e: e.error_class == "ambiguous_match"
        )
        self.assertEqual(exception.direction, "push")
        self.assertEqual(exception.code, "duplicate_remotely")
        self.assertEqual(self.store.count("Account"), 1)
        self.assertFalse(self.jobs("dead").mapped("error"))

    def test_without_our_key_nothing_is_made_and_it_says_what_to_do(self):
        self.store.remove_field("Account", "Odoo_Id__c")
        self.connect()
        self.run_jobs()
        self.only("Account")
        self.let_send("Account")
        self.env["res.partner"].create({"name": "New Ltd", "is_company": True})
        self.push()
        [exception] = self.exceptions().filtered(
            lambda e: e.code == "key_field_missing"
        )
        self.assertIn("Odoo_Id__c", exception.name)
        self.assertIn("Object Manager", exception.advice)
        self.assertEqual(self.store.count("Account"), 0)

    def test_an_org_without_quotes_has_flows_for_the_rest(self):
        for name in ("Quote", "QuoteLineItem"):
            self.salesforce.faults.add(
                "status",
                status=404,
                target="NOT_FOUND",
                path=f"/sobjects/{name}/",
                times=None,
            )
        acme = self.account()
        self.connect()
        self.run_jobs()
        flows = self.connection.with_context(active_test=False).flow_ids
        resting = flows.filtered(lambda flow: not flow.active)
        self.assertEqual(set(resting.mapped("stream")), {"Quote", "QuoteLineItem"})
        self.assertTrue(self.record("customer.company", acme))
        self.assertFalse(self.jobs("dead").mapped("error"))

    # -- sign in --------------------------------------------------------------

    def test_wrong_credentials_pause_the_connection_once(self):
        self.connect()
        self.run_jobs()
        self.salesforce.auth.secret = "another"
        self.salesforce.revoke()
        self.sync()
        self.assertEqual(self.connection.state, "attention")
        [exception] = self.exceptions().filtered(
            lambda e: e.error_class == "authentication"
        )
        self.assertEqual(exception.code, "sign_in_refused")


@tagged("post_install", "-at_install")
class TestTwoOrgs(SalesforceCase):
    def test_two_orgs_of_two_companies_keep_to_themselves(self):
        other_company = self.env["res.company"].create({"name": "Second"})
        other_org = self.start_org(seed=2, multi_currency=False)
        other = self.new_salesforce(
            other_org, name="Second org", company_id=other_company.id
        )
        ours = self.account("Ours")
        theirs = other_org.store.create("Account", {"Name": "Theirs"})
        # Each org counts its ids for itself.
        self.assertEqual(ours, theirs)
        self.connect()
        other.action_connect()
        self.run_jobs()
        mine = self.record("customer.company", ours)
        self.connection, first = other, self.connection
        partner = self.record("customer.company", theirs)
        self.assertEqual((mine.name, partner.name), ("Ours", "Theirs"))
        self.assertNotEqual(first.account_ref, False)
        self.assertFalse(partner.company_id - other_company)
