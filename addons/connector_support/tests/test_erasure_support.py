from odoo.tests import tagged
from odoo.tools import SQL

from .common import SupportCase
from .common_support import ticket, user

WORDS = ("quirrel", "zebulon")
TABLES = (
    *("connector_ticket", "connector_ticket_comment", "connector_partner_alias"),
    *("connector_binding", "connector_exception_item", "connector_job"),
)


@tagged("post_install", "-at_install")
class TestErasureSupport(SupportCase):
    """Who wrote to a desk is forgotten with what was written."""

    def traces(self):
        self.env.flush_all()
        return {
            table
            for table in TABLES
            for (text,) in self.env.execute_query(
                SQL("SELECT t::text FROM %s t", SQL.identifier(table))
            )
            if any(word in text.lower() for word in WORDS)
        }

    def test_tickets_comments_and_aliases_go_with_the_person(self):
        email = "zebulon@quirrel.example"
        partner = self.partner("Zebulon Quirrelmeister", email=email)
        self.pull("users", user(1, email, name=partner.name))
        self.assertEqual(self.taken("users", 1), partner)
        self.env["connector.partner.alias"]._add(
            self.connection, "email", [(partner.id, "zq@home.example")]
        )
        self.pull("tickets", ticket(1, subject="Zebulon's printer", requester="1"))
        taken = self.ticket_of(1)
        self.assertEqual(taken.partner_id, partner)
        comment = self.env["connector.ticket.comment"].create(
            {"ticket_id": taken.id, "body": "Dear Zebulon Quirrelmeister"}
        )
        self.assertTrue(self.traces())
        person = self.env["connector.person"]._find(emails=["zq@home.example"])
        self.assertIn("zebulon@quirrel.example", person.emails)
        erasure = self.env["connector.erasure"]._request(person)
        self.run_jobs()
        erasure.with_user(self.user_of("administrator"))._erase("On request")
        self.run_jobs()
        erasure.invalidate_recordset()
        self.assertEqual(erasure.state, "done")
        self.assertEqual(self.traces(), set())
        self.assertEqual((taken.status, taken.partner_id), ("open", partner))
        self.assertEqual(comment.body, "•••")
        # The desk goes on telling of the ticket.
        job = self.pull("tickets", ticket(1, subject="Zebulon again", requester="1"))
        self.assertEqual(job.result["erased"], 1)
        self.assertEqual(self.traces(), set())
