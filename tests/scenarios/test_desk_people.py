"""Who asks: shared mailboxes, aliases, people who are merged or nobody knows."""

from odoo.tests import tagged

from .desk_case import Freshdesk, Zendesk


class People:
    """The stories, see ``desk_case``."""

    def test_a_shared_mailbox_stands_for_its_company(self):
        acme = self.make_organization("Acme", "acme.example")
        box = self.make_person("Acme support", "support@acme.example", acme)
        ada = self.make_person("Ada Byron", "ada@acme.example", acme)
        asked = self.make_ticket(box), self.make_ticket(ada)
        self.load()
        company = self.organization(acme)
        self.assertTrue(company.is_company)
        by_box, by_ada = map(self.ticket, asked)
        self.assertEqual(by_box.commercial_partner_id, company)
        self.assertEqual(by_ada.commercial_partner_id, company)
        self.assertEqual(by_ada.partner_id, self.person(ada))
        self.assertNotEqual(by_box.partner_id, by_ada.partner_id)
        self.assertFalse(self.unknown())

    def test_a_customer_of_odoo_is_known_by_an_alias_at_the_desk(self):
        company = self.env["res.partner"].create(
            {"name": "Acme", "is_company": True, "website": "https://acme.example"}
        )
        ada = self.env["res.partner"].create(
            {"name": "Ada Byron", "email": "ada@acme.example", "parent_id": company.id}
        )
        acme = self.make_organization("Acme", "acme.example")
        at_desk = self.make_person(
            "Ada Byron", "byron@private.example", acme, aliases=["ada@acme.example"]
        )
        ticket = self.make_ticket(at_desk)
        self.load()
        self.assertEqual(self.person(at_desk), ada)
        self.assertEqual(self.ticket(ticket).partner_id, ada)
        self.assertEqual(self.ticket(ticket).commercial_partner_id, company)

    def test_tickets_of_somebody_who_was_merged_are_those_of_who_stayed(self):
        acme = self.make_organization("Acme", "acme.example")
        one = self.make_person("Ada Byron", "ada@acme.example", acme)
        other = self.make_person("A. Byron", "byron@acme.example", acme)
        before = self.make_ticket(other)
        self.load()
        self.assertNotEqual(self.person(one), self.person(other))
        self.merge_people(other, one)
        after = self.make_ticket(one)
        # Freshdesk doesn't say of a ticket alone that somebody else asks now.
        self.set_status(before, "pending")
        self.pass_on()
        stays = self.person(one)
        self.assertEqual(self.ticket(after).partner_id, stays)
        self.assertEqual(self.ticket(before).partner_id, stays)
        self.assertFalse(self.unknown())
        # Mail to the address of the one who is gone finds who stayed.
        found = self.env["connector.partner.alias"].search(
            [("value", "=", "byron@acme.example"), ("kind", "=", "email")]
        )
        self.assertEqual(found.partner_id, stays)

    def test_who_has_no_organization_is_found_by_the_domain(self):
        acme = self.make_organization("Acme", "acme.example")
        self.load()
        stranger = self.make_person("New Hire", "hire@acme.example")
        ticket = self.make_ticket(stranger)
        self.pass_on()
        found = self.ticket(ticket).commercial_partner_id
        self.assertEqual(found, self.organization(acme))


@tagged("post_install", "-at_install")
class TestPeopleOfZendesk(People, Zendesk):
    def test_one_whom_nobody_knows_is_asked_for_once_and_then_known(self):
        """An agent who asks is no user that Odoo takes."""
        agent = self.make_agent("Gus Agent", "gus@desk.example")
        tickets = [self.make_ticket(agent) for _number in range(2)]
        self.load()
        held = self.unknown()
        self.assertEqual(len(held), 1)
        self.assertFalse(self.ticket(tickets[0]).partner_id)
        gus = self.env["res.partner"].create({"name": "Gus Agent"})
        fix = self.env["connector.fix"].create(
            {"exception_id": held.id, "kind": "choose_requester"}
        )
        fix.requester_partner_id = gus
        fix.action_apply()
        self.run_jobs()
        later = self.make_ticket(agent)
        self.pass_on()
        for ticket in (*tickets, later):
            self.assertEqual(self.ticket(ticket).partner_id, gus)
        self.assertFalse(self.unknown())


@tagged("post_install", "-at_install")
class TestPeopleOfFreshdesk(People, Freshdesk):
    pass
