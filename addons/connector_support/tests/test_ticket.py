from odoo.tests import tagged

from .common import SupportCase
from .common_support import ticket


@tagged("post_install", "-at_install")
class TestTicket(SupportCase):
    """What a desk says of a ticket is what Odoo shows of it."""

    def test_a_ticket_is_taken_as_it_comes(self):
        self.pull(
            "tickets",
            ticket(1, tags=["fire", "printer"], reopens=2, sla_state="breached"),
        )
        taken = self.ticket_of(1)
        self.assertRecordValues(
            taken,
            [
                {
                    "number": "1",
                    "name": "The printer is on fire",
                    "status": "open",
                    "priority": "normal",
                    "tags": "fire, printer",
                    "reopens": 2,
                    "sla_state": "breached",
                    "connection_id": self.connection.id,
                    "company_id": self.connection.company_id.id,
                }
            ],
        )
