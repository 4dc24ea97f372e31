from odoo.tests import tagged

from ..engine.records import Problem, RemoteRecord
from ..models.connector_mapper import Mapped
from .common import ConnectorCase
from .common_vendor import remote


class MergeCase(ConnectorCase):
    def merge(self, kept, *others):
        """As a person does with Odoo's own wizard."""
        partners = kept.union(*others)
        self.env["base.partner.merge.automatic.wizard"]._merge(partners.ids, kept)
        self.env.flush_all()


@tagged("post_install", "-at_install")
class TestMergedInOdoo(MergeCase):
    """Two partners are made one in Odoo."""

    def test_the_binding_moves_to_the_record_that_is_kept(self):
        kept = self.env["res.partner"].create({"name": "Kept", "is_company": True})
        self.pull("companies", remote(1, name="Acme"))
        self.merge(kept, self.taken("companies", 1))
        self.assertEqual(self.taken("companies", 1), kept)
        self.assertEqual(self.binding("companies", 1).state, "synced")
        self.assertEqual(self.logs("companies", 1)[-1:].action, "merge")
        self.pull("companies", remote(1, name="Acme New", at="2026-11-22"))
        self.assertEqual(self.taken("companies", 1), kept)
        self.assertFalse(self.exceptions(code="merged_in_odoo"))

    def both(self):
        self.pull("companies", remote(1, name="One"), remote(2, name="Two"))
        first, second = self.taken("companies", 1), self.taken("companies", 2)
        self.merge(first, second)
        return first

    def test_two_remote_records_of_one_partner_are_reported(self):
        kept = self.both()
        self.assertEqual(self.taken("companies", 1), kept)
        merged = self.binding("companies", 2)
        self.assertEqual(merged.state, "merged")
        self.assertEqual(merged.merged_into_id, self.binding("companies", 1))
        exception = self.exceptions(code="merged_in_odoo")
        self.assertIn("Fake", exception.name)
        self.assertEqual(exception.item_ids.remote_id, "2")
        self.assertFalse(exception.blocking)

    def test_the_second_remote_record_makes_no_second_partner_again(self):
        self.both()
        before = self.env["res.partner"].search_count([])
        job = self.pull("companies", remote(2, name="Two Changed"))
        self.assertEqual(job.result.get("excluded"), 1)
        self.assertEqual(self.env["res.partner"].search_count([]), before)
        self.assertTrue(self.exceptions(code="merged_in_odoo"))

    def test_what_refers_to_the_second_one_finds_the_partner(self):
        kept = self.both()
        self.pull("contacts", remote(7, last_name="Doe", company="2"))
        self.assertEqual(self.taken("contacts", 7).parent_id, kept)

    def test_it_settles_when_the_vendor_merges_them_too(self):
        kept = self.both()
        merged = RemoteRecord("1", {"name": "One"}, merged_ids=("2",))
        self.pull("companies", merged)
        self.assertFalse(self.binding("companies", 2))
        self.assertFalse(self.exceptions(code="merged_in_odoo"))
        self.assertEqual(self.taken("companies", 1), kept)
        self.assertTrue(kept.active)

    def test_the_vendor_may_keep_the_other_one_of_the_two(self):
        kept = self.both()
        merged = RemoteRecord("2", {"name": "Two"}, merged_ids=("1",))
        self.pull("companies", merged)
        self.assertEqual(self.taken("companies", 2), kept)
        self.assertTrue(kept.active)
        self.assertFalse(self.binding("companies", 1))
        self.assertFalse(self.exceptions(code="merged_in_odoo"))

    def test_it_settles_when_the_second_one_is_archived_there(self):
        kept = self.both()
        self.pull("companies", remote(2, name="Two", archived=True))
        self.assertFalse(self.binding("companies", 2))
        self.assertFalse(self.exceptions(code="merged_in_odoo"))
        self.assertTrue(kept.active)

    def test_several_are_merged_at_once(self):
        self.pull("companies", *(remote(n, name=f"N{n}") for n in (1, 2, 3)))
        kept = self.env["res.partner"].create({"name": "Kept", "is_company": True})
        self.merge(kept, self.taken("companies", 1), self.taken("companies", 2))
        self.merge(self.taken("companies", 3), kept)
        last = self.taken("companies", 3)
        self.assertEqual(self.binding("companies", 1).state, "merged")
        self.assertEqual(self.binding("companies", 2).state, "merged")
        ids = self.env["connector.binding"]._res_ids(
            self.connection, "customer.company", ["1", "2", "3"]
        )
        self.assertEqual(ids, dict.fromkeys(("1", "2", "3"), last.id))

    def test_what_waits_for_the_partner_moves_along(self):
        flow = self.flow("companies")
        kept, gone = (
            self.env["res.partner"].create({"name": name, "is_company": True})
            for name in ("Kept", "Gone")
        )
        self.env["connector.change"].create(
            {
                "flow_id": flow.id,
                "res_model": "res.partner",
                "res_id": gone.id,
                "operation": "write",
            }
        )
        mapped = Mapped(record=remote(5), digest="", canonical={"name": "X"})
        self.env["connector.exception"]._report(
            flow, [(mapped, Problem("ambiguous_match", "several_matches"))]
        )
        item = self.env["connector.exception.item"].search([("remote_id", "=", "5")])
        self.env["connector.match.candidate"].create(
            [
                {
                    "item_id": item.id,
                    "res_model": "res.partner",
                    "res_id": partner.id,
                    "score": 50,
                }
                for partner in (kept, gone)
            ]
        )
        self.env["connector.match.decision"]._decide(flow, {"6": gone.id})
        self.merge(kept, gone)
        change = self.env["connector.change"].search([("flow_id", "=", flow.id)])
        self.assertEqual(change.mapped("res_id"), [kept.id])
        self.assertEqual(item.candidate_ids.mapped("res_id"), [kept.id])
        decision = self.env["connector.match.decision"].search([])
        self.assertEqual(decision.res_id, kept.id)

    def test_bindings_of_two_connections_stay_both(self):
        self.pull("companies", remote(1, name="One"))
        other = self.connect(name="Other CRM")
        self.vendor.reset()
        self.pull("companies", remote(2, name="Two"), connection=other)
        mine = self.taken("companies", 1)
        bindings = self.env["connector.binding"]
        theirs = bindings.search([("connection_id", "=", other.id)])
        self.merge(mine, self.env["res.partner"].browse(theirs.res_id))
        self.assertEqual(theirs.res_id, mine.id)
        self.assertEqual(theirs.state, "synced")
        self.assertFalse(self.exceptions(code="merged_in_odoo"))


@tagged("post_install", "-at_install")
class TestMergedAtTheVendor(MergeCase):
    """Two records are made one at the vendor."""

    def setUp(self):
        super().setUp()
        self.pull("companies", remote(1, name="One"), remote(2, name="Two"))
        self.first, self.second = self.taken("companies", 1), self.taken("companies", 2)

    def merged(self, remote_id, *ids, **values):
        record = remote(remote_id, **values)
        record.merged_ids = tuple(map(str, ids))
        return record

    def test_who_was_merged_under_a_new_id_goes_on_under_that(self):
        self.pull("companies", self.merged(3, 1, name="One"))
        self.assertEqual(self.taken("companies", 3), self.first)
        self.assertFalse(self.binding("companies", 1))
        self.assertIn("1", self.logs("companies", 3)[0].note)
        self.assertTrue(self.first.active)

    def test_the_other_one_follows_the_rule_for_what_is_archived(self):
        self.pull("companies", self.merged(1, 2, name="One"))
        self.assertEqual(self.taken("companies", 1), self.first)
        self.assertTrue(self.second.exists())
        self.assertFalse(self.second.active)
        self.assertEqual(self.binding("companies", 2).state, "archived")
        self.assertIn("Merged at Fake into 1", self.logs("companies", 2)[-1:].note)

    def test_the_other_one_is_kept_where_the_flow_says_so(self):
        self.flow("companies").on_archive = "keep"
        self.pull("companies", self.merged(1, 2, name="One"))
        self.assertTrue(self.second.active)
        self.assertEqual(self.logs("companies", 2)[-1:].action, "keep")

    def test_both_old_ids_lead_to_a_new_one(self):
        self.pull("companies", self.merged(3, 1, 2, name="One"))
        self.assertEqual(self.taken("companies", 3), self.first)
        self.assertFalse(self.second.active)

    def test_the_same_news_twice_changes_nothing_more(self):
        self.pull("companies", self.merged(3, 1, 2, name="One"))
        self.second.active = True
        self.vendor.reset()
        self.flow("companies").cursor = False
        job = self.pull("companies", self.merged(3, 1, 2, name="One"))
        self.assertEqual(job.result, {"unchanged": 1})
        self.assertTrue(self.second.active)

    def test_a_record_that_is_asked_for_by_its_old_id_is_not_gone(self):
        """The vendor answers with the merged one, under its new id."""
        new = self.merged(3, 1, 2, name="One")
        self.vendor.records["companies"] = {"1": new, "3": new}
        pull = self.env["connector.pull"]
        pull._enqueue_ids(self.flow("companies"), ["1", "2", "3"])
        self.run_jobs()
        self.assertEqual(self.taken("companies", 3), self.first)
        self.assertTrue(self.first.active)
        self.assertFalse(self.second.active)

    def test_an_unbound_loser_is_no_news(self):
        job = self.pull("companies", self.merged(1, 99, name="One"))
        self.assertEqual(job.result.get("archived"), None)
        self.assertTrue(self.first.active)
