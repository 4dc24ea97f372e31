from odoo.tests import tagged

from odoo.addons.connector_support.tests.common import SupportCase
from odoo.addons.connector_support.tests.common_support import ticket


@tagged("post_install", "-at_install")
class TestTicketSubscription(SupportCase):
    """A ticket is about the only subscription of its customer; none is guessed."""

    def setUp(self):
        super().setUp()
        self.acme = self.company()
        self.ada = self.partner(email="ada@acme.example", parent_id=self.acme.id)

    def subscribe(self, **vals):
        company = self.connection.company_id
        return self.env["connector.subscription"].create(
            {
                "partner_id": self.acme.id,
                "connection_id": self.connection.id,
                "currency_id": company.currency_id.id,
                "status": "active",
                **vals,
            }
        )

    def take(self, remote_id=1, **values):
        record = ticket(remote_id, requester_email="ada@acme.example", **values)
        self.pull("tickets", record)
        return self.ticket_of(remote_id)

    def test_the_only_running_subscription_is_meant(self):
        self.subscribe(status="cancelled")
        running = self.subscribe()
        self.assertEqual(self.take().subscription_id, running)

    def test_of_several_none_is_guessed(self):
        self.subscribe()
        self.subscribe()
        self.assertFalse(self.take().subscription_id)

    def test_what_the_ticket_was_about_stays_when_another_one_begins(self):
        running = self.subscribe()
        taken = self.take()
        self.subscribe()
        self.pull_again("tickets", ticket(1, requester_email="ada@acme.example"))
        self.assertEqual(taken.subscription_id, running)

    def test_a_field_of_the_desk_wins_over_the_only_one(self):
        self.subscribe()
        meant = self.subscribe(number="S-2", status="paused")
        self.change_map(
            "tickets",
            new_lines=[
                {
                    "remote_path": "subscription",
                    "target": "odoo.subscription_id",
                    "direction": "pull",
                }
            ],
        )
        self.pull("tickets", ticket(9, subscription="sub_2"))
        value_maps = self.connection.value_map_ids
        line = value_maps.line_ids.filtered(lambda li: li.remote_value == "sub_2")
        line.res_id = meant.id
        self.assertEqual(self.take(1, subscription="sub_2").subscription_id, meant)

    def test_whoever_is_chosen_later_brings_the_subscription_along(self):
        running = self.subscribe()
        self.pull("tickets", ticket(1, requester_email="x@nowhere.example"))
        exception = self.exceptions(code="unknown_requester")
        self.env["connector.fix"].create(
            {"exception_id": exception.id, "requester_partner_id": self.ada.id}
        ).action_apply()
        self.assertEqual(self.ticket_of(1).subscription_id, running)
