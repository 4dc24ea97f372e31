from odoo.tests import tagged

from .common import ConnectorCase
from .common_vendor import remote


@tagged("post_install", "-at_install")
class TestMatch(ConnectorCase):
    """How records that were never seen find those that are in Odoo already."""

    def company(self, website, **vals):
        return self.env["res.partner"].create(
            {"name": "In Odoo", "is_company": True, "website": website, **vals}
        )

    def person(self, email, **vals):
        return self.env["res.partner"].create(
            {"name": "In Odoo", "email": email, **vals}
        )

    # -- certain --------------------------------------------------------------

    def test_a_company_is_found_by_its_domain_however_it_is_spelled(self):
        spellings = (
            *("http://www.a.example", "https://b.example/", "http://c.example"),
        )
        partners = [
            self.company(website, name=name)
            for website, name in zip(spellings, "ABC", strict=True)
        ]
        job = self.pull(
            "companies",
            remote(1, name="A", domain="a.example"),
            remote(2, name="B", domain="https://www.B.example/start"),
            remote(3, name="C", domain="C.EXAMPLE"),
        )
        self.assertEqual(job.result, {"linked": 3})
        found = [self.taken("companies", number) for number in (1, 2, 3)]
        self.assertEqual(found, partners)
        self.assertEqual(self.logs("companies", 1).action, "link")

    def test_a_person_is_found_by_the_address(self):
        partner = self.person("Jo Doe <Jo.Doe@Acme.example>")
        self.pull("contacts", remote(1, last_name="Doe", email="jo.doe@acme.example"))
        self.assertEqual(self.taken("contacts", 1), partner)

    def test_a_product_is_found_by_its_reference(self):
        product = self.env["product.product"].create(
            {"name": "In Odoo", "default_code": "S-1"}
        )
        self.pull("products", remote(1, name="Seat", sku="S-1"))
        self.assertEqual(self.taken("products", 1), product)

    def test_people_and_companies_are_not_taken_for_each_other(self):
        self.company("http://acme.example", email="info@acme.example")
        self.pull("contacts", remote(1, last_name="Doe", email="info@acme.example"))
        self.assertFalse(self.taken("contacts", 1).is_company)

    # -- not certain ----------------------------------------------------------

    def test_several_candidates_hold_the_record(self):
        self.company("http://acme.example")
        self.company("https://www.acme.example")
        self.pull("companies", remote(1, name="Acme", domain="acme.example"))
        self.assertFalse(self.taken("companies", 1))
        exception = self.exceptions()
        self.assertEqual(exception.error_class, "ambiguous_match")
        self.assertIn("2", exception.item_ids.message)

    def test_several_records_for_one_candidate_are_held(self):
        self.company("http://acme.example")
        self.pull(
            "companies",
            remote(1, name="Acme", domain="acme.example"),
            remote(2, name="Acme twin", domain="acme.example"),
        )
        self.assertEqual(self.exceptions().open_count, 2)

    def test_several_new_records_of_one_domain_are_all_created(self):
        self.pull(
            "companies",
            remote(1, name="Acme", domain="acme.example"),
            remote(2, name="Acme twin", domain="acme.example"),
        )
        self.assertFalse(self.exceptions())
        self.assertNotEqual(self.taken("companies", 1), self.taken("companies", 2))

    def test_what_is_bound_already_is_no_candidate(self):
        self.pull("companies", remote(1, name="Acme", domain="acme.example"))
        self.pull("companies", remote(2, name="Branch", domain="acme.example"))
        self.assertNotEqual(self.taken("companies", 1), self.taken("companies", 2))
        self.assertFalse(self.exceptions())

    def test_a_held_match_is_taken_when_one_candidate_is_left(self):
        first = self.company("http://acme.example", name="ACME GmbH")
        second = self.company("http://acme.example", name="Acme Inc.")
        self.pull("companies", remote(1, name="Acme", domain="acme.example"))
        second.unlink()
        exception = self.exceptions()
        exception.action_retry()
        self.run_jobs()
        self.assertEqual(self.taken("companies", 1), first)
        self.assertEqual(exception.state, "resolved")

    # -- never ----------------------------------------------------------------

    def test_domains_of_free_mail_match_no_company(self):
        for number, domain in enumerate(
            ("gmail.com", "www.outlook.com", "t-online.de")
        ):
            partner = self.company(f"http://{domain}")
            self.pull("companies", remote(number, name="New", domain=domain))
            with self.subTest(domain=domain):
                self.assertTrue(self.taken("companies", number))
                self.assertNotEqual(self.taken("companies", number), partner)

    def test_records_without_a_key_match_nothing(self):
        self.company(False)
        self.person(False)
        self.pull("companies", remote(1, name="In Odoo"))
        self.pull("contacts", remote(1, last_name="In Odoo", email=""))
        self.assertEqual(self.logs("companies", 1).action, "create")
        self.assertEqual(self.logs("contacts", 1).action, "create")

    def test_records_of_other_companies_are_not_found(self):
        other = self.env["res.company"].create({"name": "Other"})
        theirs = self.company("http://acme.example", company_id=other.id)
        self.pull("companies", remote(1, name="Acme", domain="acme.example"))
        self.assertNotEqual(self.taken("companies", 1), theirs)
        ours = self.person("jo@acme.example", company_id=self.env.company.id)
        self.pull("contacts", remote(2, last_name="Doe", email="jo@acme.example"))
        self.assertEqual(self.taken("contacts", 2), ours)

    def test_each_connection_binds_a_record_for_itself(self):
        self.pull("companies", remote(1, name="Acme", domain="acme.example"))
        other = self.connect(name="Other CRM")
        self.vendor.reset()
        self.flow("companies").cursor = False
        self.pull(
            "companies",
            remote(7, name="Acme", domain="acme.example"),
            connection=other,
        )
        bindings = self.env["connector.binding"].search(
            [("res_id", "=", self.taken("companies", 1).id)]
        )
        self.assertEqual(bindings.connection_id, self.connection | other)
