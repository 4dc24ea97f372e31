from odoo.tests import tagged

from .common_push import PushCase
from .common_vendor import remote


@tagged("post_install", "-at_install")
class TestPush(PushCase):
    """What people change in Odoo goes to the vendor, and nothing else does."""

    def test_our_own_people_and_companies_are_no_customers(self):
        company = self.env["res.company"].create({"name": "A Daughter of Ours"})
        user = self.env["res.users"].create({"name": "Jo", "login": "connector-jo"})
        self.send(self.connection, "contacts")
        company.partner_id.city = user.partner_id.city = "Rome"
        self.commit()
        self.assertFalse(self.env["connector.change"].search([]))

    def test_a_new_record_is_made_and_bound(self):
        partner = self.env["res.partner"].create(
            {"name": "Acme", "is_company": True, "city": "Paris"}
        )
        job = self.push()
        binding = self.binding_of(partner)
        self.assertEqual(binding.state, "synced")
        self.assertEqual(
            self.vendor.records["companies"][binding.remote_id].values,
            {"name": "Acme", "city": "Paris"},
        )
        self.assertEqual(job.result, {"created": 1})
        self.assertEqual(self.waiting(), [])
        log = self.logs("companies", binding.remote_id)
        self.assertEqual((log.direction, log.action), ("push", "create"))
        self.assertEqual(log.request_id, "w-1")

    def test_only_what_differs_is_sent(self):
        self.pull("companies", remote(1, name="Acme", city="Paris", zip="75001"))
        self.taken("companies", 1).city = "Lyon"
        self.push()
        self.assertEqual(self.sent("update"), [{"city": "Lyon"}])
        self.assertEqual(
            self.vendor.records["companies"]["1"].values,
            {"name": "Acme", "city": "Lyon", "zip": "75001"},
        )

    def test_the_latest_state_goes_once_however_often_it_was_changed(self):
        self.pull("companies", remote(1, name="Acme"))
        for city in ("Paris", "Lyon", "Nice"):
            self.taken("companies", 1).city = city
            self.commit()
        self.push()
        self.assertEqual(self.sent(), [{"city": "Nice"}])

    def test_what_was_changed_and_changed_back_is_not_sent(self):
        self.pull("companies", remote(1, name="Acme", city="Paris"))
        for city in ("Lyon", "Paris"):
            self.taken("companies", 1).city = city
            self.commit()
        job = self.push()
        self.assertEqual(self.sent(), [])
        self.assertEqual(job.result, {"unchanged": 1})
        self.assertEqual(self.waiting(), [])

    def test_an_emptied_value_is_emptied_there(self):
        self.pull("companies", remote(1, name="Acme", city="Paris"))
        self.taken("companies", 1).city = False
        self.push()
        self.assertEqual(self.sent(), [{"city": None}])

    def test_what_the_vendor_owns_never_goes(self):
        self.change_map("companies", {"city": {"owner": "remote"}})
        self.pull("companies", remote(1, name="Acme", city="Paris"))
        self.taken("companies", 1).write({"city": "Lyon", "zip": "69001"})
        self.push()
        self.assertEqual(self.sent(), [{"zip": "69001"}])

    def test_a_line_that_goes_into_odoo_only_never_goes_out(self):
        self.change_map("companies", {"city": {"direction": "pull"}})
        self.pull("companies", remote(1, name="Acme", city="Paris"))
        self.taken("companies", 1).write({"city": "Lyon", "zip": "69001"})
        self.push()
        self.assertEqual(self.sent(), [{"zip": "69001"}])

    def test_what_we_sent_ourselves_is_no_news_when_it_comes_back(self):
        self.pull("companies", remote(1, name="Acme", at="2026-01-01 10:00"))
        partner = self.taken("companies", 1)
        partner.city = "Lyon"
        self.push()
        self.pull_again(
            "companies", remote(1, name="Acme", city="Lyon", at="2026-01-01 11:00")
        )
        self.assertEqual(partner.city, "Lyon")
        self.assertEqual(self.waiting(), [])

    def test_values_go_in_the_vendors_terms(self):
        user = self.user_of("viewer")
        self.forget()
        value_map = self.env["connector.value.map"]._ensure(self.connection, "owner")
        self.env["connector.value.map.line"].create(
            {"map_id": value_map.id, "remote_value": "77", "res_id": user.id}
        )
        self.env["res.partner"].create(
            {
                "name": "Acme",
                "is_company": True,
                "country_id": self.env.ref("base.de").id,
                "user_id": user.id,
                "comment": "<p>First<br>second</p>",
            }
        )
        self.push()
        self.assertEqual(
            self.sent(),
            [
                {
                    "name": "Acme",
                    "country": "DE",
                    "owner": "77",
                    "description": "First\nsecond",
                }
            ],
        )

    def test_rich_text_stays_rich_when_its_plain_form_comes_back(self):
        self.pull("companies", remote(1, name="Acme", at="2026-01-01 10:00"))
        partner = self.taken("companies", 1)
        partner.comment = "<p>One <b>bold</b> word</p>"
        self.push()
        [sent] = self.sent()
        self.pull_again(
            "companies",
            remote(1, name="Acme", at="2026-01-01 11:00", **sent),
        )
        self.assertIn("bold</", partner.comment)
        self.assertEqual(self.waiting(), [])

    # -- rules of the flow ----------------------------------------------------

    def test_a_flow_that_may_not_create_makes_nothing(self):
        self.companies.push_create = False
        self.env["res.partner"].create({"name": "Acme", "is_company": True})
        self.push()
        self.assertEqual(self.sent(), [])
        self.assertEqual(self.waiting(), [])

    def test_a_flow_that_may_not_update_changes_nothing(self):
        self.pull("companies", remote(1, name="Acme"))
        self.taken("companies", 1).city = "Lyon"
        self.commit()
        self.companies.push_update = False
        self.push()
        self.assertEqual(self.sent(), [])

    def test_only_the_records_of_the_flows_choice_go(self):
        partner = self.env["res.partner"].create({"name": "A", "is_company": True})
        self.commit()
        self.companies.push_domain = "[('city', '=', 'Paris')]"
        self.push()
        self.assertEqual(self.sent(), [])
        partner.city = "Paris"
        self.push()
        self.assertEqual(self.sent("create"), [{"name": "A", "city": "Paris"}])

    def test_a_locked_record_is_left_alone(self):
        self.pull("companies", remote(1, name="Acme"))
        self.binding("companies", 1).state = "locked"
        self.taken("companies", 1).city = "Lyon"
        job = self.push()
        self.assertEqual(self.sent(), [])
        self.assertEqual(job.result, {"locked": 1})

    def test_archived_here_is_archived_there_if_the_flow_says_so(self):
        self.companies.on_unlink = "archive"
        self.pull("companies", remote(1, name="Acme"), remote(2, name="Bolt"))
        kept, gone = self.taken("companies", 1), self.taken("companies", 2)
        kept.active = False
        gone.unlink()
        self.push()
        records = self.vendor.records["companies"]
        self.assertTrue(records["1"].archived and records["2"].archived)
        states = [self.binding("companies", number).state for number in (1, 2)]
        self.assertEqual(states, ["archived", "missing"])

    def test_archived_here_stays_there_if_the_flow_says_so(self):
        self.pull("companies", remote(1, name="Acme"))
        self.taken("companies", 1).active = False
        self.push()
        self.assertEqual(self.sent(), [])

    def test_a_record_made_and_deleted_before_it_went_never_goes(self):
        self.companies.on_unlink = "archive"
        partner = self.env["res.partner"].create({"name": "A", "is_company": True})
        self.commit()
        partner.unlink()
        self.push()
        self.assertEqual(self.sent(), [])
        self.assertEqual(self.waiting(), [])

    def test_a_flow_into_odoo_sends_nothing(self):
        self.pull("companies", remote(1, name="Acme"))
        self.taken("companies", 1).city = "Lyon"
        self.commit()
        self.companies.direction = "pull"
        self.push()
        self.assertEqual(self.sent(), [])

    # -- parents --------------------------------------------------------------

    def test_the_company_of_a_contact_goes_first(self):
        company = self.env["res.partner"].create({"name": "Acme", "is_company": True})
        person = self.env["res.partner"].create(
            {"name": "Ada Lovelace", "parent_id": company.id}
        )
        self.push("contacts")
        streams = [stream for _done, stream, _rows in self.vendor.sent]
        self.assertEqual(streams, ["companies", "contacts"])
        made = self.vendor.records["contacts"][
            self.binding_of(person, self.contacts).remote_id
        ]
        self.assertEqual(made.values["first_name"], "Ada")
        self.assertEqual(made.values["last_name"], "Lovelace")
        self.assertEqual(made.values["company"], self.binding_of(company).remote_id)
        self.push()
        self.assertEqual(len(self.sent("create")), 2, "the company was sent twice")

    def test_a_parent_company_of_the_same_batch_goes_first_and_once(self):
        parent = self.env["res.partner"].create({"name": "Holding", "is_company": True})
        child = self.env["res.partner"].create(
            {"name": "Acme", "is_company": True, "parent_id": parent.id}
        )
        self.push()
        self.assertEqual([row["name"] for row in self.sent()], ["Holding", "Acme"])
        made = self.vendor.records["companies"]
        self.assertEqual(
            made[self.binding_of(child).remote_id].values["parent"],
            self.binding_of(parent).remote_id,
        )

    def test_a_contact_waits_for_a_company_that_no_flow_sends(self):
        self.companies.direction = "pull"
        company = self.env["res.partner"].create({"name": "Acme", "is_company": True})
        person = self.env["res.partner"].create(
            {"name": "Ada Lovelace", "parent_id": company.id}
        )
        self.push("contacts")
        self.assertEqual(self.sent(), [])
        self.assertEqual(self.waiting(), [(person.id, "held")])
        [item] = self.items()
        self.assertIn("Acme", item.message)
        self.pull("companies", remote(1, name="Unknown"))
        self.bind(company, "5")
        self.env["connector.exception.item"]._release_dependents(
            self.connection, "customer.company", ["5"], [company.id]
        )
        self.run_jobs()
        self.assertEqual(self.sent("create")[0]["company"], "5")
        self.assertEqual(self.waiting(), [])
        self.assertFalse(self.items())
