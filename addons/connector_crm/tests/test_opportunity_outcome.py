from odoo.tests import tagged

from odoo.addons.connector_base.tests.common_vendor import remote

from .common import DealCase, stage


@tagged("post_install", "-at_install")
class TestOutcome(DealCase):
    """Open, won, lost, and back."""

    # -- won ------------------------------------------------------------------

    def test_a_won_deal_is_won_in_odoo(self):
        lead = self.deal()
        self.deal(stage="won")
        self.assertEqual((lead.stage_id, lead.probability), (self.won, 100.0))
        self.assertEqual(lead.won_status, "won")
        self.assertTrue(lead.date_closed)
        self.assertTrue(lead.active)

    def test_a_deal_that_arrives_won_is_won(self):
        lead = self.deal(stage="won")
        self.assertEqual((lead.won_status, lead.probability), ("won", 100.0))

    def test_a_won_deal_in_a_stage_that_is_not_won_is_held(self):
        self.deal(stage="s2", is_closed=True, is_won=True)
        exception = self.exceptions()
        self.assertEqual(exception.code, "stage_not_won")
        self.assertIn("Second Call", exception.name)
        self.assertFalse(self.taken("deals", 1))

    def test_an_open_deal_in_a_won_stage_is_held(self):
        self.deal(stage="won", is_closed=False, is_won=False)
        self.assertEqual(self.exceptions().code, "stage_won")

    # -- lost -----------------------------------------------------------------

    def test_a_lost_deal_is_lost_in_the_stage_where_it_was_with_its_reason(self):
        lead = self.deal(stage="s2")
        self.deal(stage="lost", lost_reason="Too expensive")
        self.assertEqual(lead.won_status, "lost")
        self.assertEqual((lead.active, lead.probability), (False, 0.0))
        self.assertEqual(lead.stage_id, self.second)
        self.assertEqual(lead.lost_reason_id.name, "Too expensive")
        self.assertFalse(self.exceptions())

    def test_a_deal_that_arrives_lost_is_lost(self):
        lead = self.deal(stage="lost")
        self.assertEqual((lead.active, lead.won_status), (False, "lost"))
        self.assertEqual(self.binding("deals", 1).state, "synced")

    def test_a_known_reason_is_used_again_however_it_is_spelled(self):
        reason = self.env["crm.lost.reason"].create({"name": "Too expensive"})
        self.assertEqual(
            self.deal(1, stage="lost", lost_reason="too  EXPENSIVE").lost_reason_id,
            reason,
        )
        before = self.env["crm.lost.reason"].search_count([])
        first = self.deal(2, stage="lost", lost_reason="Merger")
        second = self.deal(3, stage="lost", lost_reason="merger")
        self.assertEqual(first.lost_reason_id, second.lost_reason_id)
        self.assertEqual(self.env["crm.lost.reason"].search_count([]), before + 1)

    def test_a_long_text_is_a_remark_and_no_reason(self):
        text = "They told us at length why it was not to be, and then some more."
        lead = self.deal(stage="lost", lost_reason=text + text)
        self.assertFalse(lead.lost_reason_id)
        self.assertIn("They told us", self.logs("deals", 1).note)

    def test_a_lost_deal_in_a_stage_that_nobody_mapped_is_lost_all_the_same(self):
        lead = self.deal(stage="unknown", is_closed=True, is_won=False)
        self.assertEqual(lead.won_status, "lost")
        self.assertFalse(self.exceptions())

    # -- reopened -------------------------------------------------------------

    def test_a_lost_deal_that_is_reopened_is_open_without_a_reason(self):
        lead = self.deal(stage="s2")
        self.deal(stage="lost", lost_reason="Budget")
        self.deal(stage="s1")
        self.assertEqual((lead.active, lead.won_status), (True, "pending"))
        self.assertEqual(lead.stage_id, self.first)
        self.assertFalse(lead.lost_reason_id)
        self.assertEqual(lead.probability, lead.automated_probability)

    def test_a_won_deal_that_is_reopened_is_open(self):
        lead = self.deal(stage="won")
        self.deal(stage="s1")
        self.assertEqual((lead.stage_id, lead.won_status), (self.first, "pending"))
        self.assertLess(lead.probability, 100)
        self.assertFalse(lead.date_closed)

    def test_a_lost_deal_that_is_won_after_all_is_won(self):
        lead = self.deal(stage="lost")
        self.deal(stage="won")
        self.assertEqual((lead.active, lead.won_status), (True, "won"))
        self.assertFalse(lead.lost_reason_id)

    def test_what_a_salesperson_closed_in_odoo_follows_the_remote_system(self):
        lead = self.deal()
        lead.action_set_lost()
        self.deal(name="Renamed")
        self.assertEqual((lead.active, lead.won_status), (True, "pending"))

    def test_a_probability_set_by_hand_stays_while_nothing_happens(self):
        lead = self.deal()
        lead.probability = 42
        self.deal(name="Renamed")
        self.assertEqual(lead.probability, 42)

    def test_stages_that_odoo_owns_are_left(self):
        self.change_map("deals", {"stage": {"owner": "odoo"}})
        lead = self.deal()
        lead.stage_id = self.second
        self.deal(stage="won")
        self.assertEqual((lead.stage_id, lead.won_status), (self.second, "pending"))

    # -- archived and restored ------------------------------------------------

    def test_a_deleted_deal_is_archived_and_comes_back_open(self):
        lead = self.deal()
        self.pull("deals", remote(1, archived=True))
        self.assertFalse(lead.active)
        self.deal()
        self.assertTrue(lead.active)
        self.assertEqual(self.binding("deals", 1).state, "synced")

    def test_a_deleted_deal_that_comes_back_lost_stays_lost(self):
        lead = self.deal(stage="lost")
        self.pull("deals", remote(1, archived=True))
        self.deal(stage="lost", name="Renamed")
        self.assertFalse(lead.active)
        self.assertEqual(lead.name, "Renamed")

    # -- stages ---------------------------------------------------------------

    def test_a_deal_in_a_stage_that_nobody_mapped_is_held_until_it_is(self):
        self.assertFalse(self.deal(stage="s9"))
        exception = self.exceptions()
        self.assertEqual((exception.code, exception.blocking), ("unmapped_value", True))
        self.stage_line("s9").res_id = self.second.id
        self.run_jobs()
        self.assertEqual(self.taken("deals", 1).stage_id, self.second)
        self.assertEqual(exception.state, "resolved")

    def test_stages_of_the_same_name_and_the_won_one_are_mapped_at_once(self):
        self.assertEqual(self.stage_line("s1").res_id, self.first.id)
        self.assertEqual(self.stage_line("won").res_id, self.won.id)
        self.assertEqual(self.stage_line("lost").state, "skipped")

    def test_other_stages_are_suggested_by_name_or_by_how_far_they_are(self):
        self.env["connector.value.map"]._refresh(
            self.connection,
            [
                stage("alike", "Second calls"),
                stage("late", "Contract at legal", probability=0.99),
                stage("nothing", "Xyzzy"),
            ],
        )
        self.assertEqual(self.stage_line("alike").state, "suggested")
        self.assertEqual(self.stage_line("alike").suggested_id, self.second.id)
        self.assertEqual(self.stage_line("late").suggested_id, self.second.id)
        self.assertEqual(self.stage_line("nothing").state, "open")

    def test_with_two_won_stages_none_is_guessed(self):
        self.env["crm.stage"].create({"name": "Signed twice", "is_won": True})
        self.env["connector.value.map"]._refresh(
            self.connection, [stage("won2", "Champagne", is_won=True)]
        )
        self.assertNotEqual(self.stage_line("won2").state, "mapped")
