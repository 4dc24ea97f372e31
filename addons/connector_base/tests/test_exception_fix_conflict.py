from odoo.exceptions import UserError
from odoo.tests import tagged

from .common_fix import FixCase
from .common_push import PushCase, owned
from .common_vendor import COMPANIES, CONTACTS, PRODUCTS, remote


@tagged("post_install", "-at_install")
class TestExceptionFixConflict(PushCase, FixCase):
    """Saying which side is right for all records of a cause, after a look at it."""

    streams = (owned(COMPANIES, "ask"), CONTACTS, PRODUCTS)

    def conflict(self, *numbers):
        """Companies whose city both sides change."""
        self.pull("companies", *(remote(n, name=f"C{n}", city="Bonn") for n in numbers))
        for number in numbers:
            self.taken("companies", number).city = "Lyon"
        self.pull("companies", *(remote(n, name=f"C{n}", city="Nice") for n in numbers))
        return self.exceptions(code="conflict")

    def at_vendor(self, number):
        return self.vendor.records["companies"][str(number)].values["city"]

    def test_choosing_a_side_comes_first(self):
        self.assertEqual(
            self.conflict(1)._fix_kinds(), ["choose_side", "fetch_again", "ignore"]
        )

    def test_the_other_systems_value_is_taken_for_all(self):
        cause = self.conflict(1, 2)
        fix = self.fix(cause, kind="choose_side")
        with self.assertRaises(UserError):
            fix.action_apply()
        fix.side = "theirs"
        lines = self.preview(fix)
        self.assertEqual(set(lines.mapped("outcome")), {"Would be updated"})
        self.assertIn("Nice", lines[0].changes)
        self.assertEqual(self.taken("companies", 1).city, "Lyon")
        conflicts = self.env["connector.conflict"].search([])
        self.assertFalse(any(conflicts.mapped("choice")), "a preview decides nothing")
        fix.action_apply()
        self.run_jobs()
        for number in (1, 2):
            self.assertEqual(self.taken("companies", number).city, "Nice")
        self.assertEqual(cause.state, "resolved")

    def test_odoos_value_is_kept_and_sent_for_one_of_several(self):
        cause = self.conflict(1, 2)
        item = cause.item_ids.filtered(lambda i: i.remote_id == "1")
        fix = self.fix(
            cause,
            kind="choose_side",
            side="ours",
            scope="chosen",
            item_ids=item.ids,
        )
        self.assertTrue(all(self.preview(fix).mapped("good")))
        fix.action_apply()
        self.run_jobs()
        self.push()
        self.assertEqual((self.at_vendor(1), self.at_vendor(2)), ("Lyon", "Nice"))
        self.assertEqual(self.taken("companies", 2).city, "Lyon", "still asked")
        self.assertEqual(cause.open_count, 1)
