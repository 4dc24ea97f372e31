from odoo import Command, fields
from odoo.tests import tagged

from .common_context import ContextCase
from .common_support import organization, user

STATUS = "account_status"


@tagged("post_install", "-at_install")
class TestContext(ContextCase):
    """What agents see of a customer, and when they see it."""

    def suspend(self):
        suspension = self.env["connector.suspension"].create(
            {"partner_id": self.acme.id, "reason": "Unpaid"}
        )
        suspension._begin()
        return suspension

    def figure(self, name, minutes=20):
        self.minutes_pass(minutes)
        return self.standing()[name]

    # -- flows ----------------------------------------------------------------

    def test_a_desk_is_told_from_the_first_day_on_and_nobody_is_made_there(self):
        told = self.flow("organizations") + self.flow("users")
        self.assertEqual(set(told.mapped("direction")), {"both"})
        self.assertFalse(any(told.mapped("push_create")))
        setup = self.env["connector.setup"].create(
            {"provider": "fake", "connection_id": self.connection.id}
        )
        setup._enter_ownership()
        for owner, makes in (("remote", False), ("odoo", True)):
            for row in setup.flow_line_ids.filtered(lambda row: row.flow_id in told):
                row._apply_owner(owner)
                self.assertEqual((row.direction, row.push_create), ("both", makes))

    # -- figures --------------------------------------------------------------

    def test_an_account_is_as_its_contracts_and_payments_are(self):
        status = self.env["connector.customer.standing"]._account_status
        nothing = {
            "subscription_state": False,
            "is_suspended": False,
            "is_overdue": False,
            "last_order_number": False,
            "payment_status": "none",
        }
        table = (
            ({}, "none"),
            ({"payment_status": "current"}, "active"),
            ({"last_order_number": "S1"}, "active"),
            ({"subscription_state": "active"}, "active"),
            ({"subscription_state": "paused"}, "active"),
            ({"subscription_state": "trial"}, "trial"),
            ({"subscription_state": "trial", "is_overdue": True}, "past_due"),
            ({"subscription_state": "past_due"}, "past_due"),
            ({"payment_status": "overdue", "is_overdue": True}, "past_due"),
            ({"subscription_state": "expired"}, "cancelled"),
            ({"subscription_state": "cancelled", "is_overdue": True}, "cancelled"),
            ({"subscription_state": "suspended"}, "suspended"),
            ({"is_suspended": True, "is_overdue": True}, "suspended"),
        )
        for figures, expected in table:
            with self.subTest(figures):
                self.assertEqual(status({**nothing, **figures}), expected)

    def test_how_a_customer_pays_is_said_in_words(self):
        currency = self.env.company.currency_id.name
        invoice = self.invoice(self.acme, 1200, due=-12)
        self.assertEqual(
            self.standing().payment_standing,
            f"Overdue: {currency} 1,200.00 since 12 days",
        )
        self.payment(self.acme, 1200, of=invoice)
        self.assertEqual(self.standing().payment_standing, "All paid")
        self.invoice(self.acme, 300, due=10)
        self.assertEqual(
            self.figure("payment_standing"), f"Nothing overdue, {currency} 300.00 open"
        )

    def test_it_is_said_in_the_language_of_the_company(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.env.company.partner_id.lang = "fr_FR"
        self.acme.support_level_id = self.level()
        self.acme.support_level_id.with_context(lang="fr_FR").name = "Assistance"
        self.assertEqual(self.standing().service_level, "Assistance")

    def test_orders_are_the_agreements_where_no_contract_is_known(self):
        orders = [self.order(self.acme, price=10 * n) for n in range(1, 8)]
        lines = self.standing().agreements.split("\n")
        self.assertEqual(len(lines), 6)
        self.assertIn(orders[-1].name, lines[0])
        self.assertEqual(lines[-1], "and 2 more")

    def test_installed_is_what_was_delivered_or_invoiced_or_is_entitled(self):
        order = self.order(self.acme)
        self.assertFalse(self.standing().products)
        order.order_line.qty_delivered = 3
        self.assertEqual(self.figure("products"), "Hours (3)")
        self.env["connector.entitlement"].create(
            {"partner_id": self.acme.id, "feature": "sso", "name": "Single Sign-On"}
        )
        self.assertEqual(self.figure("products"), "Hours (3), Single Sign-On")

    def test_the_account_manager_is_that_of_the_company(self):
        self.acme.user_id = self.env.user
        self.ada.user_id = False
        self.assertEqual(self.standing().account_manager, self.env.user.name)
        self.assertEqual(self.ada.support_account_manager, self.env.user.name)

    def test_the_address_opens_the_customer(self):
        base = self.acme.get_base_url()
        self.assertEqual(
            self.acme.support_odoo_url, f"{base}/odoo/res.partner/{self.acme.id}"
        )

    # -- out ------------------------------------------------------------------

    def test_the_desk_is_told_of_the_customer_and_its_people(self):
        self.settle()
        self.invoice(self.acme, 100, due=-7)
        self.work_out()
        acme, ada = self.told()
        self.assertEqual(acme[STATUS], "past_due")
        self.assertEqual(acme["overdue_days"], 7)
        self.assertEqual(float(acme["overdue_balance"]), 100)
        self.assertEqual(ada[STATUS], "past_due")
        self.assertIn("100.00", ada["payment_standing"])
        self.assertNotIn("name", acme.keys() | ada.keys())

    def test_who_is_new_at_the_desk_is_told_about_at_once(self):
        acme, ada = self.news()
        self.assertEqual((acme[STATUS], ada[STATUS]), ("none", "none"))
        self.assertEqual(acme["service_level"], "none")
        self.assertIn(str(self.acme.id), acme["odoo_url"])
        self.acme.user_id = self.env.user
        self.work_out()
        self.assertEqual(self.told()[0]["account_manager"], self.env.user.name)

    def test_what_is_the_same_is_not_told_again(self):
        self.invoice(self.acme, 100, due=-7)
        self.settle()
        self.env["connector.customer.standing"]._cron_daily()
        self.work_out()
        self.assertFalse(self.waiting())
        self.assertEqual(self.told(), ({}, {}))

    def test_a_payment_makes_nobody_at_the_desk(self):
        unknown = self.customer("Unknown at the desk")
        self.customer("Jo", is_company=False, parent_id=self.acme.id)
        # As if both had been in Odoo before the desk was connected.
        self.forget()
        self.settle()
        self.invoice(unknown, 100, due=-7)
        self.invoice(self.acme, 100, due=-7)
        self.work_out()
        told = {partner_id for partner_id, _state in self.waiting()}
        self.assertEqual(told, {self.acme.id, self.ada.id})

    def test_people_who_change_their_company_are_told_about_anew(self):
        self.pull("organizations", organization(2, name="Beta"))
        beta = self.taken("organizations", 2)
        beta.support_level_id = self.level("Basic")
        self.settle()
        self.vendor.sent.clear()
        self.pull("users", user(11, "ada@acme.example", company="2", at="2030-01-01"))
        self.assertEqual(self.ada.commercial_partner_id, beta)
        self.assertEqual(self.news()[1]["service_level"], "Basic")

    # -- when -----------------------------------------------------------------

    def test_a_suspension_and_its_end_do_not_wait(self):
        self.env.company.standing_payment_at_once = False
        self.invoice(self.acme, 100)
        self.settle()
        suspension = self.suspend()
        self.work_out()
        self.assertEqual([one[STATUS] for one in self.told()], 2 * ["suspended"])
        suspension.action_lift()
        self.work_out()
        self.assertEqual([one[STATUS] for one in self.told()], 2 * ["active"])

    def test_who_is_blocked_at_the_desk_is_told_nothing(self):
        self.ada.support_suspended = True
        self.settle()
        self.suspend()
        self.work_out()
        organizations, users = self.told()
        self.assertEqual(organizations[STATUS], "suspended")
        self.assertFalse(users)

    def test_overdue_and_paid_do_not_wait(self):
        self.invoice(self.acme, 10)
        self.settle()
        invoice = self.invoice(self.acme, 100, due=-7)
        self.work_out()
        self.assertEqual([one[STATUS] for one in self.told()], 2 * ["past_due"])
        self.payment(self.acme, 100, of=invoice)
        self.work_out()
        self.assertEqual([one[STATUS] for one in self.told()], 2 * ["active"])

    def test_all_else_waits_for_its_time(self):
        self.invoice(self.acme, 10)
        self.settle()
        self.acme.user_id = self.env.user
        self.work_out()
        self.assertEqual(self.told(), ({}, {}))
        self.minutes_pass(16)
        self.work_out()
        self.assertEqual(self.told()[0]["account_manager"], self.env.user.name)

    # -- cost -----------------------------------------------------------------

    def test_a_thousand_customers_cost_the_queries_of_a_few(self):
        level = self.level(targets=[("high", 4, 8)])
        product = self.env["product.product"].create({"name": "Seat"})
        level.product_ids = product

        def customers(count, name):
            partners = self.env["res.partner"].create(
                [{"name": f"{name} {n}", "is_company": True} for n in range(count)]
            )
            self.env["sale.order"].create(
                [
                    {
                        "partner_id": partner.id,
                        "state": "sale",
                        "order_line": [
                            Command.create(
                                {"product_id": product.id, "product_uom_qty": 1}
                            )
                        ],
                    }
                    for partner in partners[:50]
                ]
            )
            self.env["connector.entitlement"].create(
                [
                    {"partner_id": partner.id, "feature": "sso", "name": "Sign-On"}
                    for partner in partners
                ]
            )
            return partners

        def queries(partners):
            self.env.flush_all()
            self.env.invalidate_all()
            standings = self.env["connector.customer.standing"]
            before = self.env.cr.sql_log_count
            found = standings._work_out(self.env.company, partners.ids)
            self.assertEqual(len(found), len(partners))
            self.assertTrue(found[partners[0].id]["service_level"])
            return self.env.cr.sql_log_count - before

        few = customers(2, "Few")
        many = customers(1000, "Many")
        queries(few)
        allowed = queries(few)
        # Records are read by the thousand: one more read of partners at the most.
        self.assertLessEqual(queries(many), allowed + 2)

    def test_the_people_of_many_companies_are_found_by_one_query_a_path(self):
        self.settle()
        rows = self.env["connector.customer.standing"]
        partners = [self.customer(f"C {n}") for n in range(20)]
        rows = rows.create(
            [
                {"partner_id": partner.id, "company_id": self.env.company.id}
                for partner in partners
            ]
        )
        self.forget()

        def queries(some):
            some.account_status = (
                "trial" if some[0].account_status == "active" else "active"
            )
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.commit()
            return self.env.cr.sql_log_count - before

        queries(rows[:2])
        few = queries(rows[:2])
        self.assertLessEqual(queries(rows), few)

    def test_rows_say_when_they_were_worked_out(self):
        self.invoice(self.acme, 10)
        self.assertLessEqual(self.standing().computed_at, fields.Datetime.now())
