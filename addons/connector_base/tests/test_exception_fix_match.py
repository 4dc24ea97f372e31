from odoo.exceptions import UserError
from odoo.tests import tagged

from .common_fix import FixCase
from .common_vendor import remote


@tagged("post_install", "-at_install")
class TestExceptionFixMatch(FixCase):
    """Saying which record in Odoo held ones are, for one or all, after a look at it."""

    def company(self, name, website):
        return self.env["res.partner"].create(
            {"name": name, "is_company": True, "website": website}
        )

    def held(self):
        """Two of which each has one candidate, and one that has two alike."""
        domains = ("acme.example", "beta.example", "gamma.example", "gamma.example")
        partners = [
            self.company(f"Old Name {number}", f"https://{domain}")
            for number, domain in enumerate(domains)
        ]
        self.pull(
            "companies",
            remote(1, name="Acme Trading House", domain="acme.example"),
            remote(2, name="Beta Freight", domain="beta.example"),
        )
        self.pull("companies", remote(3, name="Gamma", domain="gamma.example"))
        return partners

    def cause(self, code="uncertain_match"):
        return self.exceptions(code=code)

    def test_choosing_the_record_comes_first(self):
        self.held()
        self.assertEqual(self.cause()._fix_kinds()[0], "choose_record")

    def test_all_are_linked_to_what_is_likeliest(self):
        acme, beta, *_others = self.held()
        fix = self.fix(self.cause(), kind="choose_record", min_score=1)
        self.assertEqual(set(self.preview(fix).mapped("outcome")), {"Would be linked"})
        self.assertFalse(self.taken("companies", 1), "a preview links nothing")
        self.assertFalse(self.env["connector.match.decision"].search([]))
        fix.action_apply()
        self.run_jobs()
        self.assertEqual(self.taken("companies", 1), acme)
        self.assertEqual(self.taken("companies", 2), beta)
        self.assertFalse(self.cause())

    def test_what_is_not_likely_enough_is_not_linked(self):
        self.held()
        with self.assertRaisesRegex(UserError, "likely enough"):
            self.fix(self.cause(), kind="choose_record", min_score=100).action_apply()

    def test_one_is_linked_to_the_record_that_a_person_chose(self):
        self.held()
        other = self.company("Chosen", "https://other.example")
        item = self.cause().item_ids.filtered(lambda i: i.remote_id == "1")
        fix = self.fix(
            self.cause(), kind="choose_record", scope="chosen", item_ids=item.ids
        )
        self.assertEqual(fix.match_res_id, item.candidate_ids[:1].res_id)
        fix.match_res_id = other.id
        self.assertEqual(self.preview(fix).outcome, "Would be linked")
        fix.action_apply()
        self.run_jobs()
        self.assertEqual(self.taken("companies", 1), other)
        self.assertFalse(self.taken("companies", 2))

    def test_a_record_of_another_kind_is_refused(self):
        self.held()
        person = self.env["res.partner"].create({"name": "Jane Doe"})
        item = self.cause().item_ids[:1]
        fix = self.fix(
            self.cause(), kind="choose_record", scope="chosen", item_ids=item.ids
        )
        fix.match_res_id = person.id
        with self.assertRaisesRegex(UserError, "another kind"):
            fix.action_apply()

    def test_all_are_created_where_none_is_there(self):
        partners = self.held()
        fix = self.fix(self.cause(), kind="choose_record", match_action="create")
        self.assertEqual(set(self.preview(fix).mapped("outcome")), {"Would be created"})
        fix.action_apply()
        self.run_jobs()
        for number in (1, 2):
            self.assertNotIn(self.taken("companies", number), partners)
            self.assertTrue(self.taken("companies", number))
