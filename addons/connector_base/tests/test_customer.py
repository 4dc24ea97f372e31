from odoo.tests import tagged

from .common import ConnectorCase
from .common_vendor import remote


@tagged("post_install", "-at_install")
class TestCustomer(ConnectorCase):
    # -- addresses ------------------------------------------------------------

    def company(self, **vals):
        self.pull("companies", remote(1, name="Acme", **vals))
        return self.taken("companies", 1)

    def contact(self, remote_id=2, **vals):
        self.pull("contacts", remote(remote_id, last_name="Doe", company="1", **vals))
        return self.taken("contacts", remote_id)

    def test_a_contact_without_an_address_has_its_companys(self):
        company = self.company(street="Main 1", city="Berlin")
        contact = self.contact()
        self.assertEqual((contact.type, contact.city), ("contact", "Berlin"))
        company.city = "Bonn"
        self.assertEqual(contact.city, "Bonn")

    def test_a_contact_with_an_own_address_leaves_its_companys_alone(self):
        company = self.company(street="Main 1", city="Berlin")
        contact = self.contact(street="Side 2", city="Paris")
        self.assertEqual((contact.street, contact.city), ("Side 2", "Paris"))
        self.assertEqual((company.street, company.city), ("Main 1", "Berlin"))

    def test_the_first_contact_gives_its_company_no_address(self):
        company = self.company()
        self.contact(street="Home 3", city="Paris")
        self.assertFalse(company.street or company.city)

    def test_a_contact_that_moves_leaves_its_company_where_it_is(self):
        company = self.company(street="Main 1", city="Berlin")
        contact = self.contact(street="Main 1", city="Berlin")
        self.contact(street="Home 3", city="Paris")
        self.assertEqual(contact.city, "Paris")
        self.assertEqual(company.city, "Berlin")
        self.contact(3)
        self.assertEqual(self.taken("contacts", 3).city, "Berlin")

    def test_a_company_that_moves_takes_contacts_of_its_address_along(self):
        self.company(street="Main 1", city="Berlin")
        own = self.contact(2, city="Paris")
        shared = self.contact(3)
        self.company(street="New 9", city="Bonn")
        self.assertEqual((own.city, shared.city), ("Paris", "Bonn"))

    def test_a_contact_that_changes_company_keeps_its_own_address(self):
        self.company(city="Berlin")
        contact = self.contact(city="Paris")
        self.pull("companies", remote(5, name="Bolt", city="Rome"))
        self.pull("contacts", remote(2, last_name="Doe", company="5", city="Paris"))
        bolt = self.taken("companies", 5)
        self.assertEqual(contact.parent_id, bolt)
        self.assertEqual((contact.city, bolt.city), ("Paris", "Rome"))

    def test_a_subsidiary_keeps_its_address_and_its_mothers(self):
        self.pull(
            "companies",
            remote(2, name="Daughter", city="Paris", parent="1"),
            remote(1, name="Mother", city="Berlin"),
        )
        mother, daughter = self.taken("companies", 1), self.taken("companies", 2)
        self.assertEqual(daughter.parent_id, mother)
        self.assertEqual((daughter.city, mother.city), ("Paris", "Berlin"))
        self.pull("companies", remote(2, name="Daughter", city="Rome", parent="1"))
        self.assertEqual((daughter.city, mother.city), ("Rome", "Berlin"))

    # -- names ----------------------------------------------------------------

    def name_of(self, **values):
        self.pull("contacts", remote(9, **values))
        return self.taken("contacts", 9).name

    def test_a_contacts_name_is_made_of_its_parts(self):
        self.assertEqual(self.name_of(first_name="Jo", last_name="Doe"), "Jo Doe")
        self.assertEqual(self.name_of(first_name=None, last_name="Doe"), "Doe")
        self.assertEqual(
            self.name_of(first_name="", last_name="", email="jo@acme.example"),
            "jo@acme.example",
        )

    def test_a_contact_of_whom_nothing_is_known_is_held(self):
        self.pull("contacts", remote(9, job="Buyer"))
        self.assertFalse(self.taken("contacts", 9))
        self.assertEqual(self.exceptions().code, "required_missing")

    def test_an_update_without_any_name_leaves_the_name(self):
        self.name_of(first_name="Jo", last_name="Doe")
        self.pull("contacts", remote(9, job="Buyer", email="jo@acme.example"))
        self.assertEqual(self.taken("contacts", 9).name, "Jo Doe")
        self.pull("companies", remote(1, name="Acme"))
        self.pull("companies", remote(1, domain="acme.example"))
        self.assertEqual(self.taken("companies", 1).name, "Acme")
        self.assertFalse(self.exceptions())

    def test_a_company_may_have_a_domain_only(self):
        self.pull("companies", remote(1, domain="acme.example"))
        company = self.taken("companies", 1)
        self.assertEqual(company.name, "acme.example")
        self.assertEqual(company.website, "http://acme.example")

    # -- values ---------------------------------------------------------------

    def test_phone_numbers_are_written_in_international_form(self):
        self.change_map(
            "contacts", new_lines=[{"remote_path": "tel", "target": "phone"}]
        )
        self.pull(
            "contacts",
            remote(1, last_name="A", phone="030 901820", country="DE"),
            remote(2, last_name="B", phone="ext. 12"),
        )
        self.assertEqual(self.taken("contacts", 1).phone, "+49 30 901820")
        self.assertEqual(self.taken("contacts", 2).phone, "ext. 12")

    def test_nothing_is_mailed_and_the_chatter_of_new_records_stays_empty(self):
        before = self.env["mail.mail"].search_count([])
        self.pull("contacts", remote(1, last_name="Doe", email="jo@acme.example"))
        self.assertFalse(self.taken("contacts", 1).message_ids)
        self.assertEqual(self.env["mail.mail"].search_count([]), before)

    # -- money ----------------------------------------------------------------

    def price(self, **values):
        self.pull("products", remote(1, name="Seat", **values))
        return self.taken("products", 1).list_price

    def test_prices_are_in_the_companys_currency_at_todays_rate(self):
        currency = self.other_currency(rate=2.0)
        self.assertEqual(self.price(price="10", currency=currency.name), 5.0)

    def test_a_price_without_a_rate_holds_the_product(self):
        currency = self.other_currency()
        self.assertEqual(self.price(price="10", currency=currency.name), 0.0)
        self.assertFalse(self.taken("products", 1))
        self.assertEqual(self.exceptions().code, "no_rate")

    def test_a_rate_of_another_company_is_no_rate(self):
        currency = self.other_currency()
        other = self.env["res.company"].create({"name": "Other"})
        self.env["res.currency.rate"].create(
            {
                "currency_id": currency.id,
                "rate": 2.0,
                "name": "2020-01-01",
                "company_id": other.id,
            }
        )
        self.price(price="10", currency=currency.name)
        self.assertEqual(self.exceptions().code, "no_rate")
