"""Deals of a connection with a policy that hands them over."""

from odoo import Command
from odoo.tests.common import new_test_user

from odoo.addons.connector_standing.tests.common_books import BooksMixin

from .common import DealCase


class HandoffCase(BooksMixin, DealCase):
    """Deals of a connection are handed over and confirmed, whatever they come to."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_books()
        cls.product = cls.env["product.product"].create(
            {
                "name": "Licence",
                "type": "service",
                "invoice_policy": "order",
                "list_price": 100,
                "taxes_id": [Command.clear()],
                "property_account_income_id": cls.books["income"].id,
            }
        )
        cls.policy = cls.env["connector.handoff.policy"].create(
            {
                "name": "Deals",
                "connection_id": cls.connection.id,
                "confirm": "always",
                "require_taxes": False,
                "since": "2020-01-01",
            }
        )
        cls.acme = cls.env["res.partner"].create(
            {
                "name": "Acme",
                "is_company": True,
                "property_account_receivable_id": cls.books["receivable"].id,
            }
        )

    def commit(self):
        self.env.cr.flush()

    def run_all(self):
        self.commit()
        self.run_jobs()
        self.env.invalidate_all()

    def bound_deal(self, remote_id=1, lines=((1, 100.0),), **vals):
        """An open deal of the connection, with lines of the product."""
        lead = self.env["crm.lead"].create(
            {
                "name": "Rollout",
                "type": "opportunity",
                "stage_id": self.first.id,
                "partner_id": self.acme.id,
                "expected_revenue": sum(q * p for q, p, *_rest in lines),
                "deal_line_ids": [
                    Command.create(
                        {
                            "product_id": self.product.id,
                            "quantity": quantity,
                            "price_unit": price,
                            **(rest[0] if rest else {}),
                        }
                    )
                    for quantity, price, *rest in lines
                ],
                **vals,
            }
        )
        flow = self.flow("deals")
        self.env["connector.binding"].create(
            {
                "connection_id": self.connection.id,
                "flow_id": flow.id,
                "entity": "opportunity",
                "remote_id": str(remote_id),
                "res_model": "crm.lead",
                "res_id": lead.id,
            }
        )
        self.commit()
        return lead

    def win(self, lead):
        lead.stage_id = self.won
        self.run_all()
        return self.process(lead)

    def process(self, lead):
        return self.env["connector.process"].search(
            [("res_model", "=", "crm.lead"), ("res_id", "=", lead.id)], limit=1
        )

    def orders(self, lead):
        return self.env["sale.order"].search([("opportunity_id", "=", lead.id)])

    def states(self, process):
        return {step.name: step.state for step in process.step_ids}

    def approver(self, login="cfo"):
        groups = "connector_base.group_finance_approver"
        return new_test_user(self.env, login=login, groups=groups)

    def held(self, lead, code):
        process = self.win(lead)
        self.assertEqual(process.state, "parked", process.message)
        self.assertTrue(self.exceptions(code=code), process.message)
        self.assertFalse(self.orders(lead))
        return process

    def resume(self, process):
        process.action_resume()
        self.run_all()
        self.assertEqual(process.state, "done", process.message)
