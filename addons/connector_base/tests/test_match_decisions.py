from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common_match import MatchCase
from .common_vendor import remote


@tagged("post_install", "-at_install")
class TestMatchDecisions(MatchCase):
    """What a person says about a record that was held."""

    def setUp(self):
        super().setUp()
        self.partner = self.company("Musterbau", website="acme.example")
        self.pull("companies", remote(1, name="Acme", domain="acme.example"))
        self.held = self.item(1)

    def test_a_held_record_has_candidates_with_score_and_reasons(self):
        candidate = self.held.candidate_ids
        self.assertEqual(candidate.res_id, self.partner.id)
        self.assertEqual(candidate.reasons, "same domain, other name")
        self.assertTrue(0 < candidate.score < 100)
        self.assertEqual(self.held.best_score, candidate.score)
        self.assertEqual(self.held.remote_website, "acme.example")

    def test_a_candidate_that_is_chosen_is_linked(self):
        operator = self.user_of("operator")
        self.held.with_user(operator).candidate_ids.action_link()
        self.run_jobs()
        self.assertEqual(self.linked("companies", 1), self.partner)
        self.assertEqual(self.held.state, "resolved")
        self.assertIn(operator.name, self.logs("companies", 1).note)
        self.assertFalse(self.held.candidate_ids)
        self.assertFalse(self.held.match_values)
        self.assertFalse(self.env["connector.match.decision"].search([]))

    def test_any_fitting_record_may_be_chosen(self):
        other = self.company("Elsewhere")
        self.held.chosen_res_id = other.id
        self.held.action_link_chosen()
        self.run_jobs()
        self.assertEqual(self.linked("companies", 1), other)

    def test_what_is_said_to_be_new_is_created(self):
        self.held._create_new()
        self.run_jobs()
        self.assertEqual(self.logs("companies", 1)[-1:].action, "create")
        self.assertNotEqual(self.taken("companies", 1), self.partner)
        self.assertEqual(self.held.state, "resolved")

    def test_a_decision_outlives_another_reason_to_hold_the_record(self):
        self.vendor.add("companies", remote(1, name="", domain=""))
        self.held._link_to(self.partner)
        self.run_jobs()
        self.assertFalse(self.taken("companies", 1))
        self.vendor.add("companies", remote(1, name="Acme", domain="acme.example"))
        self.item(1)._retry()
        self.run_jobs()
        self.assertEqual(self.linked("companies", 1), self.partner)

    def test_a_decision_for_a_record_that_is_gone_is_void(self):
        self.held._link_to(self.partner)
        self.partner.unlink()
        self.run_jobs()
        self.assertEqual(self.logs("companies", 1)[-1:].action, "create")

    def test_a_decision_ends_with_the_record_that_it_was_about(self):
        decisions = self.env["connector.match.decision"]
        self.held._link_to(self.partner)
        self.vendor.records["companies"].clear()
        self.run_jobs()
        self.assertEqual(self.held.state, "resolved")
        self.assertFalse(decisions.search([]))
        self.pull("companies", remote(3, name="Musterbau", domain="acme.example"))
        self.assertEqual(self.linked("companies", 3), self.partner)

    def test_who_ignores_a_record_takes_the_decision_back(self):
        self.held._link_to(self.partner)
        self.held.exception_id.ignore_reason = "Not ours"
        self.held.exception_id.action_ignore()
        self.assertFalse(self.env["connector.match.decision"].search([]))

    def test_what_can_not_be_meant_is_refused(self):
        other_company = self.env["res.company"].create({"name": "Other"})
        self.pull("companies", remote(5, name="Bound"))
        wrong = (
            self.person(),
            self.company(company_id=other_company.id),
            self.taken("companies", 5),
            self.env["product.product"].create({"name": "No partner"}),
        )
        for record in wrong:
            with self.subTest(record=record), self.assertRaises(Exception) as caught:
                self.held._link_to(record)
            self.assertIn(record.display_name, str(caught.exception))
        self.assertFalse(self.env["connector.match.decision"].search([]))

    def test_viewers_decide_nothing(self):
        with self.assertRaises(AccessError):
            self.held.with_user(self.user_of("viewer"))._create_new()
        with self.assertRaises(AccessError):
            self.held.with_user(self.user_of("viewer"))._link_to(self.partner)

    def test_a_record_that_is_promised_is_no_candidate_for_another(self):
        self.held._link_to(self.partner)
        self.pull("companies", remote(2, name="Musterbau", domain="acme.example"))
        self.assertEqual(self.linked("companies", 1), self.partner)
        self.assertEqual(self.logs("companies", 2).action, "create")

    def test_the_likely_ones_are_linked_at_once(self):
        partners = [self.company(f"Bau {n}", website=f"{n}.example") for n in range(3)]
        records = [
            remote(10 + n, name="Other Name", domain=f"{n}.example") for n in range(3)
        ]
        self.pull("companies", *records)
        items = self.held.union(*(self.item(10 + n) for n in range(3)))
        wizard = self.env["connector.match.decide"].create(
            {"item_ids": [Command.set(items.ids)], "min_score": items[0].best_score}
        )
        self.assertEqual(wizard.likely_count, 4)
        wizard.action_decide()
        self.run_jobs()
        self.assertEqual([self.linked("companies", 10 + n) for n in range(3)], partners)
        self.assertEqual(set(items.mapped("state")), {"resolved"})

    def test_what_two_want_both_stays_with_a_person(self):
        self.pull("companies", remote(2, name="Acme Two", domain="acme.example"))
        items = self.held | self.item(2)
        linked, left = items._link_best(1)
        self.assertFalse(linked)
        self.assertEqual(left, items)

    def test_all_may_be_created_at_once(self):
        self.pull("companies", remote(2, name="Acme Two", domain="acme.example"))
        wizard = self.env["connector.match.decide"].create(
            {
                "item_ids": [Command.set((self.held | self.item(2)).ids)],
                "action": "create",
            }
        )
        wizard.action_decide()
        self.run_jobs()
        self.assertTrue(self.taken("companies", 1) and self.taken("companies", 2))
        self.assertFalse(self.exceptions())
