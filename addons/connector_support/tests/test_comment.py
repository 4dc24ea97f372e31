from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.tests.common_vendor import remote

from .common_rule import RuleCase
from .common_support import ticket


@tagged("post_install", "-at_install")
class TestComment(RuleCase):
    """What Odoo says in a ticket is there once, and in order."""

    def test_a_comment_goes_with_its_key_and_the_status_that_it_sets(self):
        comment = self.comment(self.take(), status="solved")
        self.push()
        [values] = self.vendor.made("comments").values()
        self.assertEqual(
            values,
            {
                "ticket": "1",
                "body": "We look into it.",
                "is_internal": True,
                "status": "solved",
                "key": comment.key,
            },
        )
        self.assertEqual(comment.state, "sent")
        self.assertTrue(comment.sent_at)

    def test_without_a_status_the_ticket_stays_as_it_is_there(self):
        self.comment(self.take())
        self.push()
        self.assertEqual(self.at_the_desk(), [("1", "We look into it.", None)])

    def test_one_that_was_sent_is_not_sent_again(self):
        self.comment(self.take())
        self.push()
        self.vendor.sent.clear()
        self.flow("comments").action_send_all()
        self.push()
        self.assertEqual(self.vendor.sent, [])
        self.assertFalse(self.env["connector.change"].search([]))

    def test_what_the_desk_says_of_a_status_is_never_sent_back(self):
        found = self.take()
        self.pull("tickets", ticket(1, at="2026-03-02T09:00:00", status="solved"))
        self.assertEqual(found.status, "solved")
        self.push()
        self.assertEqual(self.vendor.sent, [])

    def test_a_worker_that_dies_after_the_request_makes_no_second_comment(self):
        comment = self.comment(self.take())
        self.push_dying()
        self.assertEqual(len(self.vendor.made("comments")), 1)
        self.assertEqual(comment.state, "sent")

    def test_a_worker_that_dies_before_the_request_loses_nothing(self):
        comment = self.comment(self.take())
        self.push_dying(after=False)
        self.assertEqual(len(self.vendor.made("comments")), 1)
        self.assertEqual(comment.state, "sent")

    # -- in order -------------------------------------------------------------

    def test_comments_of_a_ticket_go_one_after_the_other(self):
        one, two = self.take(1), self.take(2)
        for number in range(4):
            self.comment(one, f"one {number}")
        self.comment(two, "two")
        self.push()
        said = [body for number, body, _s in self.at_the_desk() if number == "1"]
        self.assertEqual(said, [f"one {number}" for number in range(4)])
        together = [
            [row.values["ticket"] for row in rows]
            for _operation, _stream, rows in self.vendor.sent
        ]
        self.assertTrue(all(len(set(part)) == len(part) for part in together))
        self.assertEqual(set(self.comments().mapped("state")), {"sent"})

    def test_one_that_is_refused_holds_up_the_later_ones_of_its_ticket_only(self):
        one, two = self.take(1), self.take(2)
        first, second = self.comment(one, "first"), self.comment(one, "second")
        other = self.comment(two, "other")
        self.vendor.refused["first"] = errors.InvalidRecord("Too long.")
        self.push()
        self.assertEqual(self.at_the_desk(), [("2", "other", None)])
        self.assertEqual(first.state, "failed")
        self.assertIn("refuses", first.reason)
        self.assertEqual(second.state, "waiting")
        self.assertIn("earlier comment", second.reason)
        self.assertEqual(other.state, "sent")
        self.assertEqual(self.exceptions().open_count, 1, "the first one only")
        return first, second

    def test_when_it_is_tried_again_the_later_ones_follow(self):
        self.test_one_that_is_refused_holds_up_the_later_ones_of_its_ticket_only()
        self.vendor.refused.clear()
        self.exceptions().action_retry()
        self.push()
        said = [body for number, body, _s in self.at_the_desk() if number == "1"]
        self.assertEqual(said, ["first", "second"])

    def test_when_it_is_cancelled_the_later_ones_go(self):
        _test = self.test_one_that_is_refused_holds_up_the_later_ones_of_its_ticket_only
        first, second = _test()
        first.with_user(self.user_of("operator")).action_cancel()
        self.assertFalse(self.exceptions())
        self.push()
        self.assertEqual(first.state, "cancelled")
        self.assertEqual(second.state, "sent")

    def test_when_its_exception_is_ignored_it_is_cancelled(self):
        _test = self.test_one_that_is_refused_holds_up_the_later_ones_of_its_ticket_only
        first, second = _test()
        exception = self.exceptions()
        exception.ignore_reason = "Never mind"
        exception.action_ignore()
        self.push()
        self.assertEqual((first.state, second.state), ("cancelled", "sent"))

    # -- once -----------------------------------------------------------------

    def test_a_ticket_is_told_of_an_occasion_once(self):
        found = self.take()
        comments = self.env["connector.ticket.comment"]
        vals = {"ticket_id": found.id, "body": "Once", "occasion": "work:1:done"}
        self.assertEqual(len(comments._say([vals, dict(vals)])), 1)
        self.assertFalse(comments._say([vals]))

    def test_a_ticket_that_is_closed_there_is_told_nothing(self):
        found = self.take(status="closed")
        vals = {"ticket_id": found.id, "body": "Late", "occasion": "work:1:done"}
        self.assertFalse(self.env["connector.ticket.comment"]._say([vals]))

    # -- people ---------------------------------------------------------------

    def write_by_hand(self, found, user, **vals):
        wizards = self.env["connector.ticket.comment.write"].with_user(user)
        wizard = wizards.create({"ticket_id": found.id, "body": "By hand", **vals})
        wizard.action_write()

    def test_an_operator_writes_one_by_hand(self):
        found, operator = self.take(), self.user_of("operator")
        self.write_by_hand(found, operator, is_internal=False)
        self.assertEqual(found.comment_ids.user_id, operator)
        self.push()
        [values] = self.vendor.made("comments").values()
        self.assertFalse(values["is_internal"])

    def test_a_viewer_writes_and_cancels_none(self):
        found, viewer = self.take(), self.user_of("viewer")
        comment = self.comment(found)
        with self.assertRaises(AccessError):
            self.write_by_hand(found, viewer)
        with self.assertRaises(AccessError):
            comment.with_user(viewer).action_cancel()
        self.assertEqual(found.with_user(viewer).comment_ids, comment)

    def test_nobody_writes_into_a_ticket_that_is_closed_there(self):
        found = self.take(status="closed")
        with self.assertRaisesRegex(UserError, "closed or deleted"):
            self.write_by_hand(found, self.env.user)

    def test_one_that_nothing_sends_says_so(self):
        self.flow("comments").active = False
        comment = self.comment(self.take())
        self.assertIn("don't go out", comment.reason)
        wizard = self.env["connector.ticket.comment.write"].new(
            {"ticket_id": comment.ticket_id.id}
        )
        self.assertIn("don't go out yet", wizard.warning)

    def test_what_was_sent_is_not_cancelled(self):
        comment = self.comment(self.take())
        self.push()
        with self.assertRaisesRegex(UserError, "Delete it at the desk"):
            comment.action_cancel()

    # -- flows ----------------------------------------------------------------

    def test_comments_go_out_whoever_owns_all_else(self):
        flow = self.flow("comments")
        self.assertEqual((flow.direction, flow.lane), ("push", "realtime"))
        setup = self.env["connector.setup"].create(
            {"provider": "fake", "connection_id": self.connection.id}
        )
        setup._enter_ownership()
        row = setup.flow_line_ids.filtered(lambda row: row.flow_id == flow)
        for owner in ("remote", "odoo"):
            row._apply_owner(owner)
            self.assertEqual(row.direction, "push")
            self.assertTrue(row.push_create)

    def test_a_comment_that_the_desk_tells_of_is_not_taken(self):
        self.flow("comments").direction = "both"
        before = self.comments()
        self.pull("comments", remote(9, body="From there", ticket="1"))
        self.assertEqual(self.comments(), before)
