import datetime

from odoo.tests import tagged

from .common_push import PushCase
from .common_vendor import remote

UTC = datetime.UTC


@tagged("post_install", "-at_install")
class TestPushMerge(PushCase):
    """Both directions at once come to rest, with the same values on both sides."""

    def test_a_page_from_before_the_push_does_not_undo_it(self):
        old = remote(1, name="Acme", city="Paris", at="2026-01-01 10:00:00.100")
        self.pull("companies", old)
        partner = self.taken("companies", 1)
        partner.city = "Lyon"
        self.vendor.now = datetime.datetime(2026, 1, 1, 11, tzinfo=UTC)
        self.push()
        stale = remote(1, name="Acme", city="Paris", zip="1", at="2026-01-01 10:30")
        self.pull_again("companies", stale)
        self.assertEqual(partner.city, "Lyon")

    def test_nor_does_a_page_of_the_very_same_second(self):
        self.pull(
            "companies", remote(1, name="Acme", city="Paris", at="2026-01-01 11:00:00")
        )
        partner = self.taken("companies", 1)
        partner.city = "Lyon"
        self.vendor.now = datetime.datetime(2026, 1, 1, 11, tzinfo=UTC)
        self.push()
        stale = remote(1, name="Acme", city="Paris", at="2026-01-01 11:00:00")
        self.vendor.add("companies", stale)
        self.pull_again("companies", stale)
        self.assertEqual(partner.city, "Lyon")

    def test_a_change_there_after_our_push_is_taken(self):
        self.pull("companies", remote(1, name="Acme", city="Paris"))
        partner = self.taken("companies", 1)
        partner.city = "Lyon"
        self.vendor.now = datetime.datetime(2026, 1, 1, 11, tzinfo=UTC)
        self.push()
        self.pull_again(
            "companies", remote(1, name="Acme", city="Nice", at="2026-01-01 11:00:01")
        )
        self.assertEqual(partner.city, "Nice")
        self.assertEqual(self.waiting(), [], "it goes back where it came from")

    def test_what_odoo_owns_is_corrected_there_once(self):
        self.change_map("companies", {"city": {"owner": "odoo"}})
        self.pull("companies", remote(1, name="Acme", city="Paris"))
        partner = self.taken("companies", 1)
        partner.city = "Lyon"
        self.vendor.now = datetime.datetime(2026, 1, 1, 11, tzinfo=UTC)
        self.push()
        self.vendor.sent.clear()
        self.pull_again(
            "companies", remote(1, name="Acme", city="Rome", at="2026-01-01 12:00")
        )
        self.push()
        self.assertEqual(partner.city, "Lyon")
        self.assertEqual(self.sent(), [{"city": "Lyon"}])
        self.pull_again(
            "companies", remote(1, name="Acme", city="Lyon", at="2026-01-01 12:01")
        )
        self.push()
        self.assertEqual(len(self.sent()), 1, "it doesn't come to rest")

    def test_a_vendors_own_spelling_is_not_corrected_again_and_again(self):
        self.change_map("companies", {"name": {"owner": "odoo"}})
        self.pull("companies", remote(1, name="acme"))
        self.push()
        partner = self.taken("companies", 1)
        partner.name = "Acme Inc."
        self.push()
        self.vendor.sent.clear()
        for second in range(3):
            self.pull_again(
                "companies",
                remote(1, name="ACME INC", at=f"2026-01-01 12:00:0{second}"),
            )
            self.push()
        self.assertEqual(self.sent(), [])

    def test_an_edit_at_one_connection_reaches_the_other_and_not_itself(self):
        other = self.connect(name="Other CRM")
        self.send(other, "companies")
        other_flow = self.flow("companies", other)
        self.pull("companies", remote(1, name="Acme", city="Paris"))
        partner = self.taken("companies", 1)
        self.push("companies", other)
        self.vendor.sent.clear()
        self.forget()
        self.pull_again("companies", remote(1, name="Acme", city="Nice"))
        self.push()
        self.push("companies", other)
        self.assertEqual(self.sent(), [{"city": "Nice"}])
        binding = self.binding_of(partner, other_flow)
        [(_operation, _stream, [row])] = self.vendor.sent
        self.assertEqual(row.remote_id, binding.remote_id)
