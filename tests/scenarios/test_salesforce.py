"""An org and Odoo agree, over real HTTP: first load, edits, deletions, merges."""

from odoo import Command, fields
from odoo.tests import tagged

from odoo.addons.connector_base.tests.common import activate

from .salesforce_case import SalesforceCase


@tagged("post_install", "-at_install")
class TestSalesforce(SalesforceCase):
    def setUp(self):
        super().setUp()
        euro = self.env.ref("base.EUR")
        euro.active = True
        euro.rate_ids.unlink()
        euro.rate_ids = [Command.create({"name": "2020-01-01", "rate": 0.5})]
        self.env.ref("base.user_admin").email = "mitchell@northwind-sales.example"
        self.owner = self.store.create(
            "User",
            {
                "LastName": "Admin",
                "Email": "mitchell@northwind-sales.example",
                "Username": "mitchell@northwind-sales.example",
            },
        )

    def partner(self, account):
        return self.record("customer.company", account)

    # -- first load -----------------------------------------------------------

    def test_what_an_org_has_is_in_odoo_with_its_relations(self):
        group = self.account("Group", Website="https://group.example")
        acme = self.account(
            *("Acme",),
            ParentId=group,
            Phone="+49 30 123456",
            BillingStreet="Hauptstr. 1",
            BillingCity="Berlin",
            BillingPostalCode="10115",
            BillingCountry="Germany",
            OwnerId=self.owner,
        )
        ada = self.person(account=acme, Email="ada@acme.example", Title="CTO")
        deal = self.opportunity(account=acme, Amount=1500.5, CurrencyIsoCode="EUR")
        self.connect()
        self.run_jobs()
        partner = self.partner(acme)
        self.assertEqual((partner.name, partner.city), ("Acme", "Berlin"))
        self.assertEqual(partner.country_id.code, "DE")
        self.assertEqual(partner.parent_id, self.partner(group))
        self.assertEqual(partner.user_id, self.env.ref("base.user_admin"))
        contact = self.record("customer.contact", ada)
        self.assertEqual((contact.parent_id, contact.function), (partner, "CTO"))
        lead = self.record("opportunity", deal)
        self.assertEqual((lead.partner_id, lead.name), (partner, "Rollout"))
        self.assertEqual(lead.date_deadline, fields.Date.to_date("2026-12-31"))
        binding = self.env["connector.binding"].search([("remote_id", "=", acme)])
        self.assertEqual(
            binding.remote_url, f"{self.salesforce.url}/lightning/r/Account/{acme}/view"
        )
        self.assertFalse(self.exceptions().filtered("blocking").mapped("code"))

    def test_the_connection_tells_whose_org_it_is_and_what_it_may_read(self):
        self.connection.action_test()
        self.assertTrue(
            self.connection.last_test_passed, self.connection.last_test_result
        )
        self.assertEqual(self.connection.account_ref, "Northwind Sales")
        self.assertEqual(self.connection.account_key, self.store.organization_id)
        self.assertEqual(self.connection.currency_id.name, "EUR")

    def test_stages_are_known_by_what_they_mean(self):
        self.connection.action_connect()
        stages = {
            line.remote_value: line
            for line in self.connection.value_line_ids
            if line.map_id.name == "deal_stage"
        }
        self.assertEqual(len(stages), 10)
        self.assertTrue(stages["Closed Won"].remote_label)

    # -- edits ----------------------------------------------------------------

    def test_edits_of_both_sides_arrive_at_the_other(self):
        acme = self.account("Acme", Phone="+49 30 1", BillingCity="Berlin")
        self.connect()
        self.run_jobs()
        self.let_send("Account")
        self.store.update("Account", acme, {"BillingCity": "Bonn"})
        self.sync()
        self.assertEqual(self.partner(acme).city, "Bonn")
        self.partner(acme).zip = "53111"
        self.push()
        self.assertEqual(self.store.get("Account", acme)["BillingPostalCode"], "53111")
        self.assertEqual(self.store.get("Account", acme)["BillingCity"], "Bonn")
        self.sync()
        self.assertEqual(self.partner(acme).zip, "53111")
        self.assertFalse(self.jobs("dead").mapped("error"))

    def test_a_company_of_odoo_is_made_there_once_and_known_again(self):
        self.connect()
        self.run_jobs()
        self.let_send("Account", "Contact")
        partner = self.env["res.partner"].create(
            {
                "name": "New Ltd",
                "is_company": True,
                "child_ids": [
                    Command.create({"name": "Grace Hopper", "email": "g@new.example"})
                ],
            }
        )
        self.push()
        [account] = self.store.find("Account", Name="New Ltd")
        [contact] = self.store.find("Contact", LastName="Hopper")
        self.assertEqual(contact["AccountId"], account["Id"])
        self.assertEqual(
            account["Odoo_Id__c"][-len(str(partner.id)) :], str(partner.id)
        )
        self.sync()
        self.assertEqual(self.partner(account["Id"]), partner)
        self.assertEqual(self.store.count("Account"), 1)

    # -- deleted, merged, converted -------------------------------------------

    def test_what_is_deleted_there_is_archived_here(self):
        acme = self.account()
        self.connect()
        self.run_jobs()
        self.store.delete("Account", acme)
        self.sync()
        self.assertFalse(self.partner(acme).active)
        self.store.undelete("Account", acme)
        self.sync()
        self.assertTrue(self.partner(acme).active)

    def test_merged_accounts_become_one(self):
        one, two = self.account("One"), self.account("Two")
        contact = self.person(account=two)
        self.connect()
        self.run_jobs()
        kept = self.partner(one)
        self.store.merge("Account", one, [two])
        self.sync()
        self.assertEqual(self.record("customer.contact", contact).parent_id, kept)
        self.assertEqual(self.partner(one), kept)
        self.assertFalse(self.exceptions().filtered("blocking").mapped("code"))

    # -- several currencies ---------------------------------------------------

    def test_amounts_keep_the_currency_that_they_are_in(self):
        acme = self.account()
        deal = self.opportunity(account=acme, Amount=1000, CurrencyIsoCode="EUR")
        self.connect()
        self.run_jobs()
        self.assertEqual(self.record("opportunity", deal).expected_revenue, 2000)

    # -- fields that come and go ----------------------------------------------

    def test_a_custom_field_that_vanishes_breaks_nothing_but_its_line(self):
        self.store.define_field("Account", "Reference__c")
        acme = self.account("Acme", Reference__c="A-1")
        self.connect()
        self.map_custom_field()
        self.run_jobs()
        self.assertEqual(self.partner(acme).ref, "A-1")
        self.store.remove_field("Account", "Reference__c")
        self.store.update("Account", acme, {"BillingCity": "Bonn"})
        # The org was asked what fields it has a while ago.
        self.connection.fields_read_at = "2020-01-01"
        self.sync()
        self.assertEqual(self.partner(acme).city, "Bonn")
        self.assertEqual(self.partner(acme).ref, "A-1")
        self.run_jobs()
        self.assertIn("field_gone", self.exceptions().mapped("code"))

    def map_custom_field(self):
        flow = self.flow("Account")
        action = flow.active_map_id.action_new_draft()
        draft = self.env["connector.field.map"].browse(action["res_id"])
        draft.line_ids = [
            Command.create({"remote_path": "Reference__c", "target": "odoo.ref"})
        ]
        activate(draft)


@tagged("post_install", "-at_install")
class TestOneCurrency(SalesforceCase):
    """An org that has no currencies says nothing of them, and lacks nothing."""

    org = {"multi_currency": False}

    def test_amounts_are_in_the_currency_of_the_connection(self):
        acme = self.account()
        deal = self.opportunity(account=acme, Amount=1000)
        self.connection.currency_id = self.connection.company_id.currency_id
        self.connect()
        self.run_jobs()
        self.assertEqual(self.record("opportunity", deal).expected_revenue, 1000)
        codes = set(self.exceptions().mapped("code"))
        # Its user is none of Odoo's.
        self.assertEqual(codes, {"unmapped_value_empty"})
