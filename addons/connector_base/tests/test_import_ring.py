from odoo.tests import tagged

from .common import ConnectorCase
from .common_vendor import remote


@tagged("post_install", "-at_install")
class TestRing(ConnectorCase):
    """Companies that are their own parent's parent."""

    def parents(self, *numbers):
        return {number: self.taken("companies", number).parent_id for number in numbers}

    def assert_linked_but_one(self, numbers):
        """All are there, no ring is, and one says that it lacks its parent."""
        partners = [self.taken("companies", number) for number in numbers]
        self.assertTrue(all(partners))
        parents = self.parents(*numbers)
        self.assertEqual(sum(not parent for parent in parents.values()), 1)
        exception = self.exceptions()
        self.assertEqual(exception.code, "cyclic_reference")
        self.assertEqual(exception.open_count, 1)
        self.assertFalse(exception.item_ids.blocking)

    def test_a_ring_of_new_companies_is_taken_without_the_last_link(self):
        self.pull(
            "companies",
            remote(1, name="A", parent="2"),
            remote(2, name="B", parent="3"),
            remote(3, name="C", parent="1"),
            remote(4, name="D", parent="1"),
        )
        self.assert_linked_but_one((1, 2, 3))
        self.assertEqual(
            self.taken("companies", 4).parent_id, self.taken("companies", 1)
        )

    def test_a_company_that_is_its_own_parent_is_taken_without(self):
        self.pull("companies", remote(1, name="A", parent="1"))
        self.assert_linked_but_one((1,))
        self.assertEqual(
            self.exceptions().item_ids.message,
            "Parent Company: the records refer to each other in a ring. This one was"
            " taken without it; correct it in the remote system.",
        )

    def test_a_ring_of_known_companies_changes_the_rest_of_them(self):
        numbers = (1, 2, 3)
        self.pull("companies", *(remote(n, name=f"C{n}") for n in numbers))
        self.pull(
            "companies",
            *(remote(n, name=f"New {n}", parent=str(n % 3 + 1)) for n in numbers),
        )
        self.assert_linked_but_one(numbers)
        self.assertEqual(self.taken("companies", 3).name, "New 3")

    def test_a_ring_that_is_corrected_closes_its_exception(self):
        self.pull(
            "companies",
            remote(1, name="A", parent="2"),
            remote(2, name="B", parent="1"),
        )
        self.assert_linked_but_one((1, 2))
        self.pull(
            "companies",
            remote(1, name="A", parent=None),
            remote(2, name="B", parent="1"),
        )
        self.run_jobs()
        self.assertFalse(self.exceptions())
        self.assertFalse(self.taken("companies", 1).parent_id)
        self.assertEqual(
            self.taken("companies", 2).parent_id, self.taken("companies", 1)
        )

    def test_a_ring_is_not_closed_by_a_later_page(self):
        self.pull("companies", remote(1, name="A"), remote(2, name="B", parent="1"))
        self.pull("companies", remote(1, name="A", parent="2"))
        self.assert_linked_but_one((1, 2))
        self.pull("companies", remote(1, name="A again", parent="2"))
        self.assert_linked_but_one((1, 2))
        self.assertEqual(self.taken("companies", 1).name, "A again")
