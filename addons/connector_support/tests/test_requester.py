import json
import pathlib

from odoo.tests import tagged

from .common import SupportCase
from .common_support import organization, ticket, user


@tagged("post_install", "-at_install")
class TestRequester(SupportCase):
    """Organizations and end users are partners, each known by all its addresses."""

    def test_an_alias_finds_the_person_that_the_desk_told_it_of(self):
        self.pull("users", user(1, "ada@acme.example", other_emails="al@old.example"))
        ada = self.taken("users", 1)
        self.pull("tickets", ticket(5, requester_email="al@old.example"))
        self.assertEqual(self.ticket_of(5).partner_id, ada)

    def test_an_alias_that_the_desk_drops_finds_nobody_any_more(self):
        self.pull("users", user(1, "ada@acme.example", other_emails="al@old.example"))
        self.pull_again("users", user(1, "ada@acme.example", other_emails=None))
        self.pull("tickets", ticket(5, requester_email="al@old.example"))
        self.assertFalse(self.ticket_of(5).partner_id)

    def test_an_alias_finds_whom_odoo_has_by_another_address(self):
        ada = self.partner(email="ada@acme.example")
        self.pull("users", user(1, "al@old.example", other_emails="ada@acme.example"))
        self.assertEqual(self.taken("users", 1), ada)

    def test_who_is_known_by_an_alias_keeps_the_address_that_odoo_has(self):
        self.change_map("users", {"email": {"owner": "ask"}})
        ada, bob = (self.partner(n, email=f"{n}@Acme.example") for n in ("Ada", "Bob"))
        old = user(1, "al@old.example", name="Ada", other_emails="ada@acme.example")
        self.pull("users", old, user(2, "bob@acme.example", name="Bob"))
        self.assertEqual(self.taken("users", 1), ada)
        self.assertEqual(
            (ada.email, bob.email), ("Ada@Acme.example", "Bob@Acme.example")
        )
        self.assertFalse(self.exceptions())
        self.pull("tickets", ticket(5, requester_email="al@old.example"))
        self.assertEqual(self.ticket_of(5).partner_id, ada)

        newer = user(1, "al@new.example", name="Ada", other_emails="ada@acme.example")
        self.pull("users", newer)
        self.assertEqual(ada.email, "al@new.example", "the desk has changed it")

    def test_the_shipped_maps_ask_whose_address_is_right(self):
        folder = pathlib.Path(__file__).parents[1] / "data" / "field_maps"
        owners = {
            (file.parent.name, line["owner"])
            for file in folder.glob("*/*.json")
            for line in json.loads(file.read_text())["lines"]
            if line["target"] == "email"
        }
        self.assertEqual(owners, {("freshdesk", "ask"), ("zendesk", "ask")})

    def test_two_people_of_a_shared_mail_box_stay_two(self):
        self.pull(
            "users",
            user(1, "info@acme.example", name="Ada Lovelace"),
            user(2, "info@acme.example", name="Charles Babbage"),
        )
        self.assertNotEqual(self.taken("users", 1), self.taken("users", 2))
        self.assertEqual(len(self.taken("users", 1) | self.taken("users", 2)), 2)

    def test_an_organization_is_found_by_any_of_its_domains(self):
        acme = self.company(website="https://www.acme-holding.example")
        self.pull(
            "organizations",
            organization(1, domains=["acme.example", "acme-holding.example"]),
        )
        self.assertEqual(self.taken("organizations", 1), acme)

    def test_free_mail_among_its_domains_finds_no_company(self):
        other = self.company("Acme", website="gmail.com")
        self.pull("organizations", organization(1, domains=["gmail.com"]))
        taken = self.taken("organizations", 1)
        self.assertTrue(taken)
        self.assertNotEqual(taken, other)
        self.assertFalse(taken.website)

    def test_people_belong_to_their_organization(self):
        self.pull("organizations", organization(7))
        self.pull("users", user(1, "ada@acme.example", company="7"))
        acme = self.taken("organizations", 7)
        self.assertEqual(self.taken("users", 1).parent_id, acme)

    def test_language_and_time_zone_are_taken_where_odoo_has_them(self):
        self.pull(
            "users",
            user(1, "ada@acme.example", locale="en-US", timezone="Europe/Paris"),
            user(2, "bob@acme.example", name="Bob", locale="tlh", timezone="Mars"),
        )
        ada, bob = self.taken("users", 1), self.taken("users", 2)
        self.assertEqual((ada.lang, ada.tz), ("en_US", "Europe/Paris"))
        self.assertNotEqual(bob.tz, "Mars")

    def test_users_merged_at_the_desk_take_their_tickets_along(self):
        self.pull("users", user(1, "ada@acme.example"), user(2, "al@old.example"))
        ada, old = self.taken("users", 1), self.taken("users", 2)
        self.pull("tickets", ticket(5, requester="2"))
        self.assertEqual(self.ticket_of(5).partner_id, old)
        merged = user(
            1, "ada@acme.example", other_emails="al@old.example", merged_ids=[2]
        )
        self.pull("users", merged)
        self.assertEqual(self.ticket_of(5).partner_id, ada)
        self.assertFalse(old.active)
        self.pull("tickets", ticket(6, requester_email="al@old.example"))
        self.assertEqual(self.ticket_of(6).partner_id, ada)

    def test_partners_merged_in_odoo_take_tickets_and_aliases_along(self):
        self.pull("users", user(1, "ada@acme.example", other_emails="al@old.example"))
        ada = self.taken("users", 1)
        self.pull("tickets", ticket(5, requester="1"))
        acme = self.company()
        kept = self.partner("Ada King", parent_id=acme.id)
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard._merge((ada | kept).ids, kept, extra_checks=False)
        taken = self.ticket_of(5)
        self.assertEqual(taken.partner_id, kept)
        self.assertEqual(taken.commercial_partner_id, acme)
        self.pull("tickets", ticket(6, requester_email="al@old.example"))
        self.assertEqual(self.ticket_of(6).partner_id, kept)
