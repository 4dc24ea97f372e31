from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..engine.bodies import mask_body
from .common import SupportCase
from .common_support import ticket, user

BODY = "Call me at +33 6 12 34 56 78, ada@acme.example. Order S00012 of 2026-03-01."


@tagged("post_install", "-at_install")
class TestTicket(SupportCase):
    """What a desk says of a ticket is what Odoo shows of it."""

    def take(self, remote_id=1, **values):
        self.pull("tickets", ticket(remote_id, **values))
        return self.ticket_of(remote_id)

    def again(self, remote_id=1, **values):
        self.pull_again("tickets", ticket(remote_id, **values))
        return self.ticket_of(remote_id)

    def test_a_ticket_is_taken_as_it_comes(self):
        taken = self.take(tags=["fire", "printer"], reopens=2, sla_state="breached")
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
        self.assertEqual(taken.display_name, "#1 The printer is on fire")

    def test_a_ticket_without_a_subject_is_taken_too(self):
        self.assertEqual(self.take(subject=None).name, "No subject")

    # -- status ---------------------------------------------------------------

    def test_a_deleted_ticket_stays_with_that_status_apart_from_the_others(self):
        self.take()
        taken = self.again(status="deleted")
        self.assertEqual((taken.status, taken.active), ("deleted", False))
        taken = self.again(status="open")
        self.assertEqual((taken.status, taken.active), ("open", True))

    def test_a_ticket_that_is_gone_at_the_desk_counts_as_deleted(self):
        self.take()
        taken = self.again(archived=True)
        self.assertEqual((taken.status, taken.active), ("deleted", False))
        taken = self.again(status="solved")
        self.assertEqual((taken.status, taken.active), ("solved", True))

    def test_a_reopened_ticket_is_counted_and_no_more_solved(self):
        taken = self.take(status="solved", solved_at="2026-03-02T10:00:00+00:00")
        self.assertTrue(taken.solved_at)
        self.again(status="open", solved_at=None)
        self.assertEqual((taken.solved_at, taken.reopens), (False, 1))
        self.again(status="solved", solved_at="2026-03-03T10:00:00+00:00")
        self.again(status="open", solved_at=None)
        self.assertEqual(taken.reopens, 2)

    def test_the_desks_own_count_of_reopenings_wins(self):
        taken = self.take(status="solved", reopens=4)
        self.again(status="open", reopens=5)
        self.assertEqual(taken.reopens, 5)

    # -- what people write ----------------------------------------------------

    def test_descriptions_are_not_kept_unless_the_company_wants_them(self):
        taken = self.take(description=BODY)
        self.assertFalse(taken.description)
        self.assertNotIn("description", self.binding("tickets", 1).agreed)

    def test_personal_data_is_hidden_in_descriptions(self):
        self.policy.keep_bodies = True
        text = self.take(description=BODY).description
        self.assertNotIn("12 34 56", text)
        self.assertNotIn("ada@", text)
        self.assertIn("Order S00012 of 2026-03-01", text)

    def test_what_is_hidden_in_a_description_and_what_is_not(self):
        for text, shown in (
            ("tel.0612345678", "tel.•••"),
            ("+49 (0) 30-1234567x", "•••x"),
            ("DE89 3704 0044 0532 0130 00!", "•••!"),
            ("4111 1111 1111 1111", "•••"),
            ("password: hunter2", "password: •••"),
            ("at 2026-03-01 09:15", "at 2026-03-01 09:15"),
            ("S00012345678 of 3.4.2026", "S00012345678 of 3.4.2026"),
            ("We are 120 people, 3 of them ill", "We are 120 people, 3 of them ill"),
        ):
            self.assertEqual(mask_body(text), shown)

    def test_descriptions_are_kept_whole_where_the_company_says_so(self):
        self.policy.write({"keep_bodies": True, "mask_bodies": False})
        self.assertEqual(self.take(description=BODY).description, BODY)

    def test_what_was_kept_follows_the_policy_when_it_changes(self):
        self.policy.write({"keep_bodies": True, "mask_bodies": False})
        taken = self.take(description=BODY)
        self.policy.mask_bodies = True
        self.assertNotIn("ada@", taken.description)
        self.policy.keep_bodies = False
        self.assertFalse(taken.description)
        self.assertNotIn("description", self.binding("tickets", 1).agreed)

    # -- orders ---------------------------------------------------------------

    def order(self, partner):
        return self.env["sale.order"].create({"partner_id": partner.id})

    def test_a_ticket_names_its_order_by_number_or_by_our_key(self):
        ada = self.partner(email="ada@acme.example")
        order = self.order(ada)
        key = self.env["connector.binding"]._external_key("sale.order", order.id)
        asked = {"requester_email": "ada@acme.example"}
        self.assertEqual(
            self.take(1, order_ref=order.name, **asked).sale_order_id, order
        )
        self.assertEqual(self.take(2, order_ref=key, **asked).sale_order_id, order)
        self.assertEqual(order.support_ticket_count, 2)

    def test_an_order_of_another_customer_is_not_shown_the_ticket(self):
        self.partner(email="ada@acme.example")
        order = self.order(self.partner("Bob"))
        taken = self.take(requester_email="ada@acme.example", order_ref=order.name)
        self.assertFalse(taken.sale_order_id)
        self.assertEqual(taken.order_ref, order.name)

    # -- who sees them --------------------------------------------------------

    def test_a_customer_shows_the_tickets_of_all_its_people(self):
        acme = self.company()
        for name in ("ada", "bob"):
            email = f"{name}@acme.example"
            self.partner(name, email=email, parent_id=acme.id)
        self.take(1, requester_email="ada@acme.example")
        self.take(2, requester_email="bob@acme.example", status="solved")
        self.assertEqual(
            (acme.support_ticket_count, acme.support_ticket_open_count), (2, 1)
        )

    def test_salespeople_read_tickets_and_change_nothing(self):
        taken = self.take()
        seller = new_test_user(
            self.env, "seller", groups="sales_team.group_sale_salesman"
        )
        self.assertEqual(taken.with_user(seller).status, "open")
        with self.assertRaises(AccessError):
            taken.with_user(seller).write({"status": "solved"})

    def test_nobody_sees_tickets_of_another_company(self):
        taken = self.take()
        other = self.env["res.company"].create({"name": "Other Ltd"})
        viewer = self.user_of("viewer", company_id=other.id, company_ids=[other.id])
        tickets = self.env["connector.ticket"].with_user(viewer)
        self.assertFalse(tickets.search([("id", "=", taken.id)]))
        report = self.env["connector.ticket.report"].with_user(viewer)
        self.assertFalse(report.search([("id", "=", taken.id)]))
        with self.assertRaises(AccessError):
            taken.with_user(viewer).read(["status"])

    def test_a_ticket_leads_to_its_page_at_the_desk(self):
        action = self.take().action_open_remote()
        self.assertEqual(action["url"], "https://app.fake.example/tickets/1")

    def test_a_ticket_keeps_the_level_and_tier_that_its_customer_had(self):
        levels = self.env["connector.service.level"]
        gold = levels.create({"name": "Gold support", "tier": "Gold"})
        ada = self.partner(email="ada@acme.example", support_level_id=gold.id)
        taken = self.take(requester_email="ada@acme.example")
        self.assertEqual(taken.service_level_id, gold)
        self.assertEqual(taken.account_tier, "Gold")
        ada.support_level_id = False
        self.again(requester_email="ada@acme.example", status="solved")
        self.assertEqual(taken.service_level_id, gold)

    # -- numbers --------------------------------------------------------------

    def test_open_tickets_grow_older_and_solved_ones_do_not(self):
        self.take(1, created_at="2026-03-01T00:00:00+00:00")
        self.take(
            2,
            status="solved",
            created_at="2026-03-01T00:00:00+00:00",
            solved_at="2026-03-03T12:00:00+00:00",
            is_breached=True,
            sla_state="breached",
        )
        self.env.flush_all()
        rows = self.env["connector.ticket.report"].search([], order="number")
        rows = rows.filtered(lambda row: row.connection_id == self.connection)
        age = fields.Datetime.now() - fields.Datetime.to_datetime("2026-03-01")
        self.assertAlmostEqual(rows[0].age_days, age.total_seconds() / 86400, 1)
        self.assertAlmostEqual(rows[1].age_days, 2.5)
        self.assertEqual(rows.mapped("breach_count"), [0, 1])

    def test_numbers_are_told_by_tier_and_product(self):
        self.take(1, is_breached=True, sla_state="breached")
        self.take(2, sla_state="achieved")
        self.take(3)
        self.env.flush_all()
        [row] = self.env["connector.ticket.report"].formatted_read_group(
            [("connection_id", "=", self.connection.id)],
            ["account_tier", "product_id"],
            ["__count", "age_days:avg", "breach_count:sum", "breach_rate:avg"],
        )
        self.assertEqual((row["__count"], row["breach_count:sum"]), (3, 1))
        self.assertAlmostEqual(row["breach_rate:avg"], 50)

    # -- speed ----------------------------------------------------------------

    def queries_of(self, count, first):
        records = [
            ticket(
                first + i,
                requester=str(i) if i % 2 else None,
                requester_email=f"u{i}@acme.example",
                order_ref=f"none-{i}",
            )
            for i in range(count)
        ]
        self.vendor.add_page("tickets", *records)
        flow = self.flow("tickets")
        with self.worker() as env:
            pull = env["connector.pull"]
            run = pull._start(flow.with_env(env), env["connector.job"])
            before = env.cr.sql_log_count
            env["connector.import"]._import(run, pull._changed(run, records, True))
            env.flush_all()
            return env.cr.sql_log_count - before

    def test_a_page_takes_as_many_queries_as_one_ticket(self):
        self.pull("users", *(user(i, f"u{i}@acme.example") for i in range(40)))
        self.vendor.pages["tickets"] = []
        few = self.queries_of(4, first=1000)
        many = self.queries_of(40, first=2000)
        self.assertLess(many, few + 10)
