from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from ..entities.entity_match import MOST_SHARING
from .common_match import MatchCase
from .common_vendor import remote


@tagged("post_install", "-at_install")
class TestMatchRules(MatchCase):
    """Each way of finding a record, and what speaks against it."""

    # -- each rule ------------------------------------------------------------

    def test_a_reference_finds_company_and_contact(self):
        company, person = self.company(ref="C-1"), self.person(ref="P-1")
        self.pull("companies", remote(1, name="Quite Another Name", ref="C-1"))
        self.pull("contacts", remote(2, last_name="Other", ref="P-1"))
        self.assertEqual(self.linked("companies", 1), company)
        self.assertEqual(self.linked("contacts", 2), person)

    def test_a_tax_id_is_the_same_however_it_is_spelled(self):
        spellings = ("DE 811.569.869", "811569869", "de811569869")
        for number, vat in enumerate(spellings):
            with self.subTest(vat=vat):
                partner = self.company(country_id=self.de.id)
                # As an import or an older version of Odoo may have stored it.
                self.env.flush_all()
                self.env.cr.execute(
                    "UPDATE res_partner SET vat = %s WHERE id = %s", (vat, partner.id)
                )
                partner.invalidate_recordset()
                self.pull(
                    "companies",
                    remote(
                        number, name="Renamed", tax_id="DE811569869", country="Germany"
                    ),
                )
                self.assertEqual(self.linked("companies", number), partner)

    def test_every_address_of_a_person_counts(self):
        first = self.person(email="jane@private.example, jane.doe@acme.example")
        second = self.person("Bob Ray", email="bob@acme.example")
        self.pull(
            "contacts",
            remote(1, last_name="Doe", email="jane.doe@acme.example"),
            remote(
                2,
                last_name="Ray",
                email="new@acme.example",
                other_emails="x@y.example;BOB@acme.example",
            ),
        )
        self.assertEqual(self.linked("contacts", 1), first)
        self.assertEqual(self.linked("contacts", 2), second)

    def test_a_mail_box_of_several_people_is_no_proof(self):
        self.person("Jane Doe", email="info@acme.example")
        self.pull(
            "contacts",
            remote(1, first_name="Bob", last_name="Ray", email="info@acme.example"),
        )
        self.assertFalse(self.taken("contacts", 1))
        self.assertIn("other name", self.item(1).message)

    def test_a_mail_box_of_several_people_and_the_same_name_is(self):
        partner = self.person("Jane Doe", email="info@acme.example")
        self.pull(
            "contacts",
            remote(1, first_name="JANE", last_name="Doe", email="info@acme.example"),
        )
        self.assertEqual(self.linked("contacts", 1), partner)

    def test_free_mail_makes_no_company_match(self):
        self.company(email="acme@gmail.com")
        self.pull("companies", remote(1, name="Acme", email="acme@gmail.com"))
        self.assertEqual(self.logs("companies", 1).action, "create")

    def test_a_company_is_found_by_the_domain_of_its_mail(self):
        partner = self.company(email="office@acme.example")
        self.pull("companies", remote(1, name="Acme", domain="acme.example"))
        self.assertEqual(self.linked("companies", 1), partner)

    def test_a_domain_of_several_companies_is_no_proof(self):
        self.company("Acme Logistics GmbH", website="https://acme.example")
        self.pull("companies", remote(1, name="Acme Holding", domain="acme.example"))
        self.assertFalse(self.taken("companies", 1))
        self.assertEqual(self.exceptions().code, "uncertain_match")

    def test_a_phone_number_and_a_name_find_a_person(self):
        partner = self.person(phone="+49 30 901820", country_id=self.de.id)
        self.pull(
            "contacts",
            remote(
                1,
                first_name="Jane",
                last_name="Doe",
                phone="030/90 18 20",
                country="DE",
            ),
        )
        self.assertEqual(self.linked("contacts", 1), partner)

    def test_a_switchboard_makes_nobody_a_candidate(self):
        self.person(phone="+49 30 901820", country_id=self.de.id)
        self.pull(
            "contacts", remote(1, last_name="Someone Else", phone="+49 30 901820")
        )
        self.assertEqual(self.logs("contacts", 1).action, "create")

    def test_name_postal_code_and_country_find_a_company(self):
        partner = self.company(
            "Müller & Söhne GmbH & Co. KG", zip="D-10115", country_id=self.de.id
        )
        self.pull(
            "companies",
            remote(1, name="MUELLER + Söhne", zip="10115", country="Germany"),
        )
        self.assertEqual(self.linked("companies", 1), partner)

    def test_what_a_whole_city_shares_costs_no_look_for_each_pair(self):
        """Its postal code: names tell, and memory doesn't grow with n²."""
        shared = {"zip": "10115", "country_id": self.de.id}
        partners = self.env["res.partner"].create(
            [
                {"name": f"Verein {number}", "is_company": True, **shared}
                for number in range(MOST_SHARING + 20)
            ]
        )
        values = {"zip": "10115", "country": "Germany"}
        rows = []
        model = type(self.env["connector.entity.customer.company"])
        original = model._match_rows

        def counted(entity, *args, **kwargs):
            found = original(entity, *args, **kwargs)
            rows.append(len(found))
            return found

        self.patch(model, "_match_rows", counted)
        self.pull(
            "companies",
            *(remote(n, name=f"Verein {n} Neu", **values) for n in range(50)),
            remote(99, name=partners[-1].name, **values),
        )
        self.assertEqual(self.linked("companies", 99), partners[-1])
        self.assertEqual(self.logs("companies", 7).action, "create")
        self.assertLessEqual(max(rows), len(partners) + 60)

    def test_name_and_postal_code_of_a_person_are_asked_about(self):
        self.person(zip="10115", country_id=self.de.id)
        self.pull(
            "contacts",
            remote(
                1, first_name="Jane", last_name="Doe", zip="10115", country="Germany"
            ),
        )
        self.assertEqual(self.exceptions().code, "uncertain_match")

    def test_a_person_is_found_by_name_and_company(self):
        company = self.company(website="acme.example")
        person = self.person("Doe, Jane", parent_id=company.id)
        self.vendor.add("companies", remote(9, name="Acme", domain="acme.example"))
        self.pull(
            "contacts", remote(1, first_name="Jane", last_name="Doe", company="9")
        )
        self.assertEqual(self.linked("contacts", 1), person)

    # -- similar names --------------------------------------------------------

    def test_a_similar_name_of_the_same_country_is_asked_about(self):
        self.rule("companies", "fuzzy_name").active = True
        partner = self.company("Musterbau Nordwest GmbH", country_id=self.de.id)
        self.company("Musterbau Nordwest SARL", country_id=self.fr.id)
        self.pull("companies", remote(1, name="Musterbau Nordwst", country="Germany"))
        self.assertEqual(self.item(1).candidate_ids.res_id, partner.id)

    def test_similar_names_are_not_looked_for_until_somebody_wants_it(self):
        self.company("Musterbau Nordwest GmbH", country_id=self.de.id)
        self.pull("companies", remote(1, name="Musterbau Nordwst", country="Germany"))
        self.assertEqual(self.logs("companies", 1).action, "create")

    def test_without_trigrams_the_rule_says_so_and_rests(self):
        rules = type(self.env["connector.match.rule"])
        self.patch(rules, "_has_trigrams", lambda rules: False)
        self.patch(rules, "_create_trigrams", lambda rules: False)
        rule = self.rule("companies", "fuzzy_name")
        rule.active = True
        self.assertIn("pg_trgm", rule.hint)
        self.assertIn("Not used", rule.hint)
        self.company("Musterbau Nordwest GmbH")
        self.pull("companies", remote(1, name="Musterbau Nordwst"))
        self.assertEqual(self.logs("companies", 1).action, "create")

    # -- what speaks against it ----------------------------------------------

    def test_what_another_fact_contradicts_is_not_linked(self):
        cases = (
            (
                {"website": "a.example", "vat": "DE811569869"},
                {"domain": "a.example", "tax_id": "DE129273398"},
                "other tax ID",
            ),
            (
                {"website": "b.example", "country_id": self.fr.id},
                {"domain": "b.example", "country": "Germany"},
                "other country",
            ),
            (
                {"ref": "R-1", "website": "one.example"},
                {"ref": "R-1", "domain": "two.example"},
                "other domain",
            ),
        )
        for number, (ours, theirs, reason) in enumerate(cases):
            with self.subTest(reason=reason):
                self.company(**ours)
                self.pull("companies", remote(number, name="Acme", **theirs))
                self.assertFalse(self.taken("companies", number))
                self.assertIn(reason, self.item(number).candidate_ids.reasons)

    def test_two_rules_that_are_sure_of_two_records_link_none(self):
        self.company(ref="R-1")
        self.company(website="acme.example")
        self.pull("companies", remote(1, name="Acme", ref="R-1", domain="acme.example"))
        self.assertEqual(self.exceptions().code, "several_matches")

    def test_a_second_rule_settles_between_several(self):
        self.company("Acme GmbH", website="acme.example", zip="10115")
        second = self.company(
            "Acme GmbH", website="acme.example", zip="80331", country_id=self.de.id
        )
        self.pull(
            "companies",
            remote(
                1, name="Acme", domain="acme.example", zip="80331", country="Germany"
            ),
        )
        self.assertEqual(self.linked("companies", 1), second)

    def test_what_is_archived_in_odoo_is_asked_about(self):
        partner = self.company(website="acme.example", active=False)
        self.pull("companies", remote(1, name="Acme", domain="acme.example"))
        self.assertEqual(self.item(1).candidate_ids.res_id, partner.id)
        self.assertIn("archived", self.item(1).candidate_ids.reasons)

    def test_an_archived_double_is_no_obstacle(self):
        self.company(website="acme.example", active=False)
        partner = self.company(website="acme.example")
        self.pull("companies", remote(1, name="Acme", domain="acme.example"))
        self.assertEqual(self.linked("companies", 1), partner)

    def test_equal_records_of_several_companies_are_not_in_each_others_way(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.company(website="acme.example", company_id=other.id)
        ours = self.company(website="acme.example", company_id=self.env.company.id)
        self.pull("companies", remote(1, name="Acme", domain="acme.example"))
        self.assertEqual(self.linked("companies", 1), ours)

    def test_what_all_companies_share_is_found_and_what_is_anothers_is_not(self):
        other = self.env["res.company"].create({"name": "Other"})
        shared = self.company("Shared", website="shared.example")
        theirs = self.company(
            "Theirs", website="theirs.example", email="a@theirs.example", ref="T-1"
        )
        theirs.company_id = other
        self.pull(
            "companies",
            remote(1, name="Shared", domain="shared.example"),
            remote(2, name="Theirs", domain="theirs.example", ref="T-1"),
        )
        self.assertEqual(self.linked("companies", 1), shared)
        self.assertEqual(self.logs("companies", 2).action, "create")
        self.assertNotEqual(self.taken("companies", 2), theirs)

    def test_who_comes_second_for_a_record_sees_it_taken(self):
        partner = self.company(website="acme.example", ref="R-1")
        self.pull(
            "companies",
            remote(1, name="Acme", ref="R-1"),
            remote(2, name="Acme Holding", domain="acme.example"),
        )
        self.assertEqual(self.linked("companies", 1), partner)
        self.assertEqual(self.logs("companies", 2).action, "create")

    # -- the rules' own settings ----------------------------------------------

    def test_a_rule_that_is_switched_off_finds_nothing(self):
        self.rule("companies", "domain").active = False
        self.company(website="acme.example")
        self.pull("companies", remote(1, name="Acme", domain="acme.example"))
        self.assertEqual(self.logs("companies", 1).action, "create")

    def test_a_rule_that_asks_links_nothing(self):
        self.rule("companies", "domain").certain = "ask"
        self.company(website="acme.example")
        self.pull("companies", remote(1, name="Acme", domain="acme.example"))
        self.assertEqual(self.exceptions().code, "uncertain_match")

    def test_names_need_not_be_alike_where_somebody_says_so(self):
        self.rule("companies", "domain").threshold = 0
        partner = self.company("Musterbau", website="acme.example")
        self.pull("companies", remote(1, name="Acme", domain="acme.example"))
        self.assertEqual(self.linked("companies", 1), partner)

    def test_a_change_of_a_rule_stands_in_the_flows_chatter(self):
        editor = self.user_of("map_editor")
        self.rule("companies", "domain").with_user(editor).threshold = 50
        body = self.flow("companies").message_ids[:1].body
        self.assertIn("85", body)
        self.assertIn("50", body)

    def test_operators_change_no_rules(self):
        rule = self.rule("companies", "domain").with_user(self.user_of("operator"))
        with self.assertRaises(AccessError):
            rule.threshold = 0
        with self.assertRaises(ValidationError):
            self.rule("companies", "domain").threshold = 101

    def test_a_flow_without_rows_matches_by_its_entitys_rules(self):
        self.rule("companies", "domain").unlink()
        partner = self.company(website="acme.example")
        self.pull("companies", remote(1, name="Acme", domain="acme.example"))
        self.assertEqual(self.linked("companies", 1), partner)
        self.env["connector.match.rule"]._ensure_rules(self.flow("companies"))
        self.assertEqual(len(self.rule("companies", "domain")), 1)

    # -- dry run --------------------------------------------------------------

    def test_a_dry_run_counts_and_writes_nothing(self):
        self.pull("companies", remote(1, name="Known"))
        self.company(website="acme.example")
        self.company("Musterbau", website="b.example")
        before = self.env["res.partner"].search_count([])
        unmapped = self.env["connector.value.map.line"].search_count([])
        report = self.env["connector.matcher"]._report(
            self.flow("companies"),
            [
                remote(1, name="Known"),
                remote(2, name="Acme", domain="acme.example"),
                remote(3, name="Quite Other", domain="b.example", owner="77"),
                remote(4, name="New"),
                remote(5, name="Gone", archived=True),
            ],
        )
        self.assertEqual(report, {"exact": 1, "review": 1, "new": 1, "bound": 1})
        self.assertEqual(self.env["res.partner"].search_count([]), before)
        self.assertEqual(
            self.env["connector.value.map.line"].search_count([]), unmapped
        )
        self.assertFalse(self.exceptions())

    def test_a_batch_is_matched_in_a_few_queries_whatever_its_size(self):
        flow = self.flow("companies")
        for number in range(60):
            self.company(f"Firm {number}", website=f"f{number}.example")
        counts = []
        for size in (3, 60):
            records = [
                remote(n, name=f"Firm {n}", domain=f"f{n}.example", zip=str(n))
                for n in range(size)
            ]
            self.env["connector.matcher"]._report(flow, records)
            before = self.env.cr.sql_log_count
            report = self.env["connector.matcher"]._report(flow, records)
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(report["exact"], size)
        self.assertEqual(counts[0], counts[1])
