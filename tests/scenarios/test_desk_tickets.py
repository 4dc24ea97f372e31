"""What becomes of tickets: reopened, deleted, restored; fields of the desk's own."""

from odoo.tests import tagged

from .desk_case import DAY, Freshdesk, Zendesk


class Tickets:
    """The stories, see ``desk_case``."""

    def setUp(self):
        super().setUp()
        self.acme = self.make_organization("Acme", "acme.example")
        self.ada = self.make_person("Ada Byron", "ada@acme.example", self.acme)

    def test_a_ticket_that_is_solved_and_opened_again_is_open(self):
        number = self.make_ticket(self.ada)
        self.load()
        self.assertTrue(self.ticket(number).is_open)
        self.set_status(number, "solved")
        self.pass_on()
        ticket = self.ticket(number)
        self.assertEqual(ticket.status, "solved")
        self.assertTrue(ticket.solved_at)
        self.set_status(number, "open")
        self.pass_on()
        self.assertEqual(ticket.status, "open")
        self.assertFalse(ticket.solved_at)

    def test_a_deleted_ticket_is_out_of_sight_until_it_is_restored(self):
        kept, gone = self.make_ticket(self.ada), self.make_ticket(self.ada)
        self.load()
        ticket = self.ticket(gone)
        self.delete_ticket(gone)
        self.pass_on()
        self.assertEqual((ticket.status, ticket.active), ("deleted", False))
        self.assertTrue(self.ticket(kept).active)
        self.desk.clock.advance(DAY)
        self.restore_ticket(gone)
        self.set_status(gone, "pending")
        self.pass_on()
        self.assertEqual((ticket.status, ticket.active), ("pending", True))

    def test_a_field_that_is_renamed_at_the_desk_goes_on_to_be_read(self):
        key, path = self.make_field("Order number")
        self.load()
        self.connection.action_read_fields()
        self.run_jobs()
        self.map_field("tickets", path, "order_ref")
        number = self.make_ticket(self.ada, **{key: "S00042"})
        self.pass_on()
        self.assertEqual(self.ticket(number).order_ref, "S00042")
        self.rename_field(key, "Sales order")
        other = self.make_ticket(self.ada, **{key: "S00043"})
        self.connection.action_read_fields()
        self.pass_on()
        self.assertEqual(self.ticket(other).order_ref, "S00043")
        field = self.env["connector.remote.field"].search(
            [("connection_id", "=", self.connection.id), ("path", "=", path)]
        )
        self.assertEqual(field.label, "Sales order")
        self.assertFalse(self.exceptions())

    def test_a_refusal_for_too_many_requests_costs_nothing_but_time(self):
        for _number in range(3):
            self.make_ticket(self.ada)
        self.connect()
        for _refusal in range(2):
            self.desk.faults.add("rate_limit", retry_after=30, times=1)
            self.run_jobs()
            waiting = self.jobs("pending")
            self.assertTrue(waiting)
            self.assertFalse(any(waiting.mapped("attempt")))
            self.assertTrue(self.connection.blocked_until)
            self.hurry(31)
            self.desk.clock.advance(31)
        self.run_jobs()
        self.assertFalse(self.jobs("dead", "pending").mapped("error"))
        self.assertFalse(self.exceptions())
        self.assertEqual(len(self.bound("support.ticket")), 3)
        self.assertEqual(self.desk.requests.count(status=429), 2)


@tagged("post_install", "-at_install")
class TestTicketsOfZendesk(Tickets, Zendesk):
    pass


@tagged("post_install", "-at_install")
class TestTicketsOfFreshdesk(Tickets, Freshdesk):
    pass
