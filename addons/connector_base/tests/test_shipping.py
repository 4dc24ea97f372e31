import dataclasses
from unittest.mock import patch

from odoo.tests import tagged

from .common_push import PushCase, owned
from .common_vendor import COMPANIES, CONTACTS, remote, same_names

SHIPPING = (
    *("shipping_street", "shipping_street2", "shipping_city", "shipping_zip"),
    *("shipping_state", "shipping_country"),
)
COMPANIES_SHIPPED = dataclasses.replace(
    COMPANIES,
    default_map=(
        *COMPANIES.default_map,
        *same_names("state", *SHIPPING),
    ),
)


@tagged("post_install", "-at_install")
class TestShipping(PushCase):
    """The second address of a company is a delivery address of its partner."""

    streams = (owned(COMPANIES_SHIPPED, "newest"), owned(CONTACTS, "newest"))

    def company(self, remote_id=1, **values):
        values = {
            "name": "Acme",
            "street": "Main Street 1",
            "city": "Berlin",
            "country": "DE",
            **values,
        }
        self.pull("companies", remote(remote_id, **values))
        return self.taken("companies", remote_id)

    def test_it_is_kept_as_a_delivery_address(self):
        company = self.company(
            shipping_street="Dock 5",
            shipping_city="Austin",
            shipping_state="Texas",
            shipping_country="US",
        )
        [address] = company.child_ids
        self.assertEqual(
            (address.type, address.street, address.city),
            ("delivery", "Dock 5", "Austin"),
        )
        self.assertEqual(address.state_id.code, "TX")
        self.assertEqual(company.street, "Main Street 1")
        self.assertEqual(company.address_get(["delivery"])["delivery"], address.id)

    def test_it_is_updated_in_place(self):
        company = self.company(shipping_street="Dock 5", shipping_city="Austin")
        address = company.child_ids
        self.company(shipping_street="Dock 6", shipping_city="Austin")
        self.assertEqual(company.child_ids, address)
        self.assertEqual((address.street, address.city), ("Dock 6", "Austin"))

    def test_the_companys_own_address_is_kept_once(self):
        company = self.company(
            shipping_street="Main Street 1",
            shipping_street2=None,
            shipping_city="Berlin",
            shipping_zip=None,
            shipping_state=None,
            shipping_country="DE",
            street2=None,
            zip=None,
            state=None,
        )
        self.assertFalse(company.child_ids)

    def test_one_that_is_not_another_any_more_is_archived(self):
        company = self.company(shipping_street="Dock 5")
        address = company.child_ids
        self.company(shipping_street=None)
        self.assertFalse(address.active)
        self.company(shipping_street="Dock 7")
        self.assertTrue(address.active)
        self.assertEqual(address.street, "Dock 7")

    def test_without_one_nothing_is_made(self):
        self.assertFalse(self.company().child_ids)

    def test_a_batch_makes_its_addresses_at_once(self):
        def load(numbers):
            self.vendor.add_page(
                "companies",
                *(
                    remote(n, name=f"Company {n}", shipping_street=f"Dock {n}")
                    for n in numbers
                ),
            )
            self.flow("companies").action_sync()
            before = self.env.cr.sql_log_count
            self.run_jobs()
            return self.env.cr.sql_log_count - before

        load(range(1, 3))
        few, many = load(range(3, 8)), load(range(8, 48))
        self.assertLessEqual(many - few, 5)
        self.assertEqual(len(self.taken("companies", 47).child_ids), 1)

    def test_a_delivery_address_that_a_person_makes_goes_out(self):
        company = self.company()
        self.forget()
        self.vendor.sent.clear()
        address = self.env["res.partner"].create(
            {"parent_id": company.id, "type": "delivery", "street": "Dock 5"}
        )
        self.push()
        self.assertEqual(self.sent(), [{"shipping_street": "Dock 5"}])
        address.street = "Dock 8"
        self.push()
        self.assertEqual(self.sent()[1:], [{"shipping_street": "Dock 8"}])

    def test_what_came_is_not_even_noted(self):
        """Neither what it says, nor what Odoo works out when it looks for addresses."""
        came = [remote(n, name=f"N{n}", shipping_street=f"Dock {n}") for n in (1, 2)]
        outbox = self.registry["connector.change"]
        with patch.object(outbox, "_insert", autospec=True) as noted:
            self.pull("companies", *came)
            self.env.cr.flush()
        noted.assert_not_called()

    def test_what_came_does_not_go_back(self):
        self.company(shipping_street="Dock 5", shipping_city="Austin")
        self.push()
        self.assertEqual(self.sent(), [])

    def test_a_new_company_goes_with_it(self):
        company = self.partner(street="Main Street 1")
        self.env["res.partner"].create(
            {"parent_id": company.id, "type": "delivery", "city": "Austin"}
        )
        self.push()
        [row] = self.sent("create")
        self.assertEqual(
            (row["street"], row["shipping_city"]), ("Main Street 1", "Austin")
        )
