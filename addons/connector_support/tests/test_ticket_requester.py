from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import SupportCase
from .common_support import organization, ticket, user


@tagged("post_install", "-at_install")
class TestTicketRequester(SupportCase):
    """Who asked in a ticket, and what becomes of those whom nobody knows."""

    def asked(self, remote_id, **values):
        """A ticket is taken; returns who asked, and whose customer that is."""
        self.pull("tickets", ticket(remote_id, **values))
        taken = self.ticket_of(remote_id)
        return taken.partner_id, taken.commercial_partner_id

    # -- the order of questions -----------------------------------------------

    def test_the_desks_own_id_wins_over_the_address(self):
        self.pull("users", user(1, "ada@acme.example"))
        self.partner("Bob", email="bob@acme.example")
        partner, _customer = self.asked(
            5, requester="1", requester_email="bob@acme.example"
        )
        self.assertEqual(partner, self.taken("users", 1))

    def test_a_requester_who_is_not_here_yet_is_fetched(self):
        self.vendor.add("users", user(1, "ada@acme.example"))
        partner, _customer = self.asked(5, requester="1")
        self.assertEqual(partner, self.taken("users", 1))

    def test_the_address_wins_over_the_organization(self):
        self.pull("organizations", organization(7))
        other = self.company("Other")
        bob = self.partner("Bob", email="bob@other.example", parent_id=other.id)
        self.assertEqual(
            self.asked(5, requester_email="Bob@Other.example", organization="7"),
            (bob, other),
        )

    def test_the_organization_is_the_customer_where_the_person_is_unknown(self):
        self.pull("organizations", organization(7))
        acme = self.taken("organizations", 7)
        self.assertEqual(
            self.asked(5, requester_email="new@acme.example", organization="7"),
            (acme, acme),
        )
        self.assertFalse(self.exceptions())

    def test_a_domain_of_the_organization_tells_the_customer(self):
        self.pull("organizations", organization(7, domains=["a.example", "b.example"]))
        acme = self.taken("organizations", 7)
        self.assertEqual(self.asked(5, requester_email="x@b.example"), (acme, acme))

    def test_a_domain_of_free_mail_tells_nothing(self):
        self.company(website="gmail.com", email="acme@gmail.com")
        partner, customer = self.asked(5, requester_email="somebody@gmail.com")
        self.assertFalse(partner | customer)

    def test_a_domain_of_two_companies_tells_nothing(self):
        self.company("Acme", website="acme.example")
        self.company("Acme Two", email="hello@acme.example")
        partner, _customer = self.asked(5, requester_email="x@acme.example")
        self.assertFalse(partner)

    def test_a_shared_mail_box_tells_the_company_and_none_of_its_people(self):
        acme = self.company()
        for name in ("Ada", "Bob"):
            self.partner(name, email="info@acme.example", parent_id=acme.id)
        self.assertEqual(
            self.asked(5, requester_email="info@acme.example"), (acme, acme)
        )

    def test_a_shared_mail_box_of_strangers_tells_nobody(self):
        for name in ("Ada", "Bob"):
            self.partner(name, email="info@acme.example")
        partner, _customer = self.asked(5, requester_email="info@acme.example")
        self.assertFalse(partner)

    def test_partners_of_another_company_are_never_customers_here(self):
        other = self.env["res.company"].create({"name": "Other Ltd"})
        self.partner(email="ada@acme.example", company_id=other.id)
        self.company(website="acme.example", company_id=other.id)
        partner, _customer = self.asked(5, requester_email="ada@acme.example")
        self.assertFalse(partner)

    # -- whom nobody knows ----------------------------------------------------

    def test_an_unknown_requester_is_asked_for_once_and_the_tickets_are_kept(self):
        self.pull(
            "tickets",
            *(ticket(i, requester_email="ada@nowhere.example") for i in (5, 6)),
        )
        for remote_id in (5, 6):
            self.assertTrue(self.ticket_of(remote_id))
            self.assertFalse(self.ticket_of(remote_id).partner_id)
        exception = self.exceptions(code="unknown_requester")
        self.assertEqual(len(exception), 1)
        self.assertEqual(exception.open_count, 2)
        self.assertFalse(exception.blocking)
        self.assertEqual(exception.domain, "support")

    def test_the_address_of_an_unknown_requester_is_nowhere_in_clear(self):
        asked = {"requester_email": "ada@nowhere.example"}
        self.pull("tickets", ticket(5, description="It burns", **asked))
        self.env.flush_all()
        item = self.exceptions(code="unknown_requester").item_ids
        self.assertNotIn("It burns", str(item.payload))
        for table in (
            *("connector_ticket", "connector_exception", "connector_exception_item"),
            *("connector_binding", "connector_log"),
        ):
            self.env.cr.execute(
                f"SELECT COUNT(*) FROM {table} t"  # pylint: disable=sql-injection
                " WHERE t::text LIKE '%ada@nowhere.example%'"
            )
            self.assertEqual(self.env.cr.fetchone()[0], 0, table)

    def fix(self, partner, exception=None, user=None):
        exception = exception or self.exceptions(code="unknown_requester")
        fixes = self.env["connector.fix"].with_user(user or self.env.user)
        return fixes.create(
            {"exception_id": exception.id, "requester_partner_id": partner.id}
        )

    def test_choosing_a_partner_fills_all_tickets_of_the_requester(self):
        self.pull(
            "tickets",
            *(ticket(i, requester_email="ada@nowhere.example") for i in (5, 6)),
        )
        exception = self.exceptions(code="unknown_requester")
        self.pull("tickets", ticket(7, requester_email="bob@nowhere.example"))
        ada = self.partner()
        fix = self.fix(ada, exception)
        self.assertEqual(fix.kind, "choose_requester")
        fix.action_apply()
        self.assertEqual((self.ticket_of(5) | self.ticket_of(6)).partner_id, ada)
        self.assertFalse(self.ticket_of(7).partner_id)
        self.assertEqual(exception.state, "resolved")
        partner, _customer = self.asked(8, requester_email="ada@nowhere.example")
        self.assertEqual(partner, ada, "a ticket that comes later")

    def test_an_operator_may_settle_it(self):
        self.pull("tickets", ticket(5, requester_email="ada@nowhere.example"))
        ada = self.partner()
        exception = self.exceptions(code="unknown_requester")
        self.fix(ada, user=self.user_of("operator")).action_apply()
        self.assertEqual(self.ticket_of(5).partner_id, ada)
        self.assertEqual(exception.state, "resolved")

    def test_a_customer_of_another_company_cant_be_chosen(self):
        self.pull("tickets", ticket(5, requester_email="ada@nowhere.example"))
        other = self.env["res.company"].create({"name": "Other Ltd"})
        ada = self.partner(company_id=other.id)
        with self.assertRaisesRegex(UserError, "Other Ltd"):
            self.fix(ada).action_apply()

    def test_a_requester_who_comes_later_gets_the_tickets_that_waited(self):
        self.pull("tickets", ticket(5, requester="1"))
        self.pull("tickets", ticket(6, requester_email="ada@acme.example"))
        self.assertEqual(len(self.exceptions(code="unknown_requester")), 2)
        self.pull("users", user(1, "ada@acme.example"))
        ada = self.taken("users", 1)
        self.assertEqual(self.ticket_of(5).partner_id, ada)
        self.assertEqual(self.ticket_of(6).partner_id, ada)
        self.assertFalse(self.exceptions(code="unknown_requester"))

    def test_nobody_is_asked_for_a_ticket_that_nobody_has_asked(self):
        partner, _customer = self.asked(5)
        self.assertFalse(partner)
        self.assertFalse(self.exceptions())

    def test_who_is_known_in_odoo_by_now_is_found_at_the_next_try(self):
        self.pull("tickets", ticket(5, requester_email="ada@nowhere.example"))
        ada = self.partner(email="ada@nowhere.example")
        self.pull_again("tickets", ticket(5, requester_email="ada@nowhere.example"))
        self.assertEqual(self.ticket_of(5).partner_id, ada)
        self.assertFalse(self.exceptions())

    def test_who_was_known_once_stays_when_the_address_changes_in_odoo(self):
        ada = self.partner(email="ada@acme.example")
        self.asked(5, requester_email="ada@acme.example")
        ada.email = "ada@other.example"
        again = ticket(5, requester_email="ada@acme.example", status="solved")
        self.pull_again("tickets", again)
        self.assertEqual(self.ticket_of(5).partner_id, ada)
        self.assertFalse(self.exceptions())

    def test_a_choice_can_be_looked_at_before_it_is_made(self):
        self.pull("tickets", ticket(5, requester_email="ada@nowhere.example"))
        fix = self.fix(self.partner())
        with self.enter_registry_test_mode():
            fix.action_preview()
        self.env.invalidate_all()
        self.assertIn("Ada Lovelace", fix.line_ids.changes)
        self.assertFalse(self.ticket_of(5).partner_id)
        self.assertTrue(self.exceptions(code="unknown_requester"))

    # -- contacts that are made -----------------------------------------------

    def test_a_contact_is_made_once_where_the_policy_says_so(self):
        self.policy.unknown_requester = "create"
        acme = self.company(website="acme.example")
        self.pull(
            "tickets",
            *(ticket(i, requester_email="ada@acme.example") for i in (5, 6)),
        )
        ada = self.ticket_of(5).partner_id
        self.assertEqual(self.ticket_of(6).partner_id, ada)
        self.assertRecordValues(
            ada,
            [
                {
                    "email": "ada@acme.example",
                    "parent_id": acme.id,
                    "is_company": False,
                }
            ],
        )
        self.assertFalse(self.exceptions())

    def test_a_stranger_becomes_a_contact_without_a_company(self):
        self.policy.unknown_requester = "create"
        partner, _customer = self.asked(5, requester_email="ada@gmail.com")
        self.assertEqual(partner.email, "ada@gmail.com")
        self.assertFalse(partner.parent_id)

    def test_without_an_address_there_is_nobody_to_make(self):
        self.policy.unknown_requester = "create"
        partner, _customer = self.asked(5, requester="99")
        self.assertFalse(partner)
        self.assertTrue(self.exceptions(code="unknown_requester"))
