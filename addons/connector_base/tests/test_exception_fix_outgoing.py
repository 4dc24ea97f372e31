from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..engine import errors
from .common_fix import FixCase
from .common_push import PushCase
from .common_vendor import remote


@tagged("post_install", "-at_install")
class TestExceptionFixOutgoing(PushCase, FixCase):
    """Settling what doesn't go out, with a look at what would be sent."""

    def refused(self, *names):
        partners = self.env["res.partner"].create(
            [{"name": name, "is_company": True, "city": "Bonn"} for name in names]
        )
        for name in names:
            self.vendor.refused[name] = errors.InvalidRecord("Too short")
        self.push()
        self.vendor.sent.clear()
        return partners

    def cause(self):
        return self.items().exception_id

    def test_a_preview_shows_what_would_be_sent_and_sends_nothing(self):
        partners = self.refused(*(f"C{number}" for number in range(5)))
        partners[0].name = "Acme"
        fix = self.fix(self.cause(), kind="fetch_again")
        lines = self.preview(fix)
        self.assertEqual(len(lines), 3)
        self.assertEqual(set(lines.mapped("outcome")), {"Would be created there"})
        self.assertIn("Name: Acme", lines[0].changes, "plain to who decides")
        self.assertIn("City: Bonn", lines[0].changes)
        self.assertIn("Nothing has been sent", fix.preview_text)
        self.assertEqual(self.vendor.sent, [])
        self.assertFalse(self.binding_of(partners[0]))
        self.assertEqual({state for _id, state in self.waiting()}, {"held", "pending"})
        self.assertEqual(self.cause().open_count, 5)

    def test_a_preview_of_an_update_shows_before_and_after(self):
        self.pull("companies", remote(1, name="Acme", city="Rome"))
        partner = self.taken("companies", 1)
        self.vendor.refused["1"] = errors.InvalidRecord("Locked there")
        partner.city = "Lyon"
        self.push()
        self.vendor.sent.clear()
        lines = self.preview(self.fix(self.cause(), kind="fetch_again"))
        self.assertEqual(lines.outcome, "Would be updated there")
        self.assertIn("Rome", lines.changes)
        self.assertIn("Lyon", lines.changes)
        self.assertEqual(self.vendor.sent, [])

    def test_a_preview_says_what_would_still_be_held(self):
        self.change_map("companies", {"phone": {"required": True}})
        self.env["res.partner"].create({"name": "Acme", "is_company": True})
        self.push()
        lines = self.preview(self.fix(self.cause(), kind="fetch_again"))
        self.assertEqual(lines.outcome, "Still held")
        self.assertFalse(lines.good)

    def test_a_preview_says_where_nothing_is_left_to_send(self):
        self.refused("C1").unlink()
        lines = self.preview(self.fix(self.cause(), kind="fetch_again"))
        self.assertEqual(lines.outcome, "Settled, nothing to send")

    def test_the_form_shows_it_too(self):
        self.refused("C1")
        with self.enter_registry_test_mode():
            action = self.cause().with_user(self.operator()).action_preview()
        fix = self.env["connector.fix"].browse(action["res_id"])
        self.assertEqual(fix.line_ids.outcome, "Would be created there")

    # -- say what it is called there ----------------------------------------------

    def unmapped(self):
        """A company goes out without its owner, whom no remote value stands for."""
        user = self.user_of("viewer", name="Jo Doe")
        self.forget()
        self.partner_of_jo = self.env["res.partner"].create(
            {"name": "Acme", "is_company": True, "user_id": user.id}
        )
        self.push()
        value_map = self.env["connector.value.map"]._ensure(self.connection, "owner")
        self.lines = self.env["connector.value.map.line"].create(
            [
                {"map_id": value_map.id, "remote_value": "77"},
                {
                    "map_id": value_map.id,
                    "remote_value": "78",
                    "res_id": self.env.user.id,
                },
            ]
        )
        self.vendor.sent.clear()
        return user

    def test_a_record_is_given_the_name_that_it_has_there(self):
        user = self.unmapped()
        cause = self.cause()
        self.assertEqual(cause._fix_kinds()[0], "map_record")
        fix = self.fix(cause, kind="map_record")
        self.assertEqual(fix.remote_value_ids, self.lines[0], "what is still free")
        with self.assertRaises(UserError):
            fix.action_apply()
        fix.remote_value_id = self.lines[0]
        lines = self.preview(fix)
        self.assertEqual(lines.outcome, "Would be updated there")
        self.assertIn("Jo Doe", lines.changes)
        self.assertFalse(self.lines[0].res_id, "a preview decides nothing")
        fix.action_apply()
        self.run_jobs()
        self.assertEqual(self.lines[0].res_id, user.id)
        self.assertEqual(self.sent("update"), [{"owner": "77"}])
        self.assertEqual(cause.state, "resolved")

    def test_what_means_another_record_already_is_not_taken_from_it(self):
        self.unmapped()
        fix = self.fix(self.cause(), kind="map_record")
        fix.remote_value_id = self.lines[1]
        with self.assertRaises(UserError):
            fix.action_apply()

    def test_a_viewer_sends_nothing(self):
        self.refused("C1")
        with self.assertRaises(AccessError):
            self.fix(self.cause(), user=self.user_of("viewer"), kind="fetch_again")
