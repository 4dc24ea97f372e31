from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.connector_base.engine.records import ReferenceValue
from odoo.addons.connector_base.tests.common_vendor import remote

from .common import BillingCase


@tagged("post_install", "-at_install")
class TestBillingCustomer(BillingCase):
    def taken_customer(self, remote_id="cus_1", at=None, tax_ids=(), **values):
        record = remote(remote_id, at=at, **values, billing={"tax_ids": list(tax_ids)})
        return self.brought("customers", record)

    def number(self, number, **values):
        return {"kind": "eu_vat", "number": number, "country": None, **values}

    def partner(self, **vals):
        return self.env["res.partner"].create(vals)

    # -- companies and persons ------------------------------------------------

    def test_a_name_alone_is_a_persons(self):
        partner = self.taken_customer(name="Jo Doe", email="jo@doe.example")
        self.assertEqual((partner.name, partner.is_company), ("Jo Doe", False))

    def test_a_company_name_or_a_tax_id_makes_a_company(self):
        named = self.taken_customer("cus_1", company_name="Acme", first_name="Jo")
        self.assertEqual((named.name, named.is_company), ("Acme", True))
        taxed = self.taken_customer(
            "cus_2", name="Bolt", tax_ids=[self.number("BE0477472701")]
        )
        self.assertEqual((taxed.vat, taxed.is_company), ("BE0477472701", True))

    def test_several_tax_ids_are_kept(self):
        numbers = [self.number("BE0477472701"), self.number("DE136695976")]
        partner = self.taken_customer(company_name="Acme", tax_ids=numbers)
        self.assertEqual(partner.vat, "BE0477472701")
        self.assertEqual(partner.billing_tax_numbers, "DE136695976")

    def test_who_has_no_name_is_called_by_the_address(self):
        partner = self.taken_customer(email="shop@doe.example")
        self.assertEqual(partner.name, "shop@doe.example")

    # -- terms ----------------------------------------------------------------

    def test_currency_and_balance_are_kept(self):
        partner = self.taken_customer(
            name="Jo", currency="usd", balance="-12.50", delinquent=True
        )
        self.assertEqual(partner.billing_currency_id.name, "USD")
        self.assertEqual(partner.billing_balance, -12.5)
        self.assertTrue(partner.billing_delinquent)

    def test_equal_amounts_of_two_currencies_are_written_without_a_second_try(self):
        entity = self.env.registry["connector.entity.billing.customer"]

        def come(balance, at):
            self.pull(
                "customers",
                *(
                    remote(
                        *(f"cus_{code}",),
                        at=at,
                        name=f"Jo {code}",
                        currency=code,
                        balance=balance,
                        billing={"tax_ids": []},
                    )
                    for code in ("EUR", "USD")
                ),
            )

        come("0", "2026-01-01")
        write = entity._write_records
        with patch.object(entity, "_write_records", autospec=True) as spy:
            spy.side_effect = write
            come("-12.50", "2026-01-02")
        self.assertEqual(spy.call_count, 2)
        partners = self.taken("customers", "cus_EUR") + self.taken(
            "customers", "cus_USD"
        )
        self.assertEqual(partners.mapped("billing_balance"), [-12.5, -12.5])

    def test_an_exemption_is_a_fiscal_position_that_people_choose(self):
        position = self.env["account.fiscal.position"].create(
            {"name": "Reverse Charge", "company_id": self.company.id}
        )
        value = ReferenceValue("billing.tax_exempt", "reverse", "Reverse")
        self.env["connector.value.map"]._refresh(self.connection, [value])
        lines = self.connection.value_map_ids.line_ids
        line = lines.filtered(lambda li: li.map_id.name == "billing.tax_exempt")
        line.res_id = position.id
        partner = self.taken_customer(name="Jo", tax_exempt="reverse", at="2026-01-01")
        self.assertEqual(partner.property_account_position_id, position)
        self.taken_customer(name="Jo", tax_exempt="none", at="2026-01-02")
        self.assertFalse(partner.property_account_position_id)

    def test_who_is_taxed_keeps_the_position_that_people_chose(self):
        position = self.env["account.fiscal.position"].create(
            {"name": "Special", "company_id": self.company.id}
        )
        partner = self.taken_customer(name="Jo", tax_exempt="none", at="2026-01-01")
        partner.property_account_position_id = position
        self.taken_customer(name="Jo B", tax_exempt="none", at="2026-01-02")
        self.assertEqual(partner.property_account_position_id, position)
        self.assertFalse(self.exceptions())

    # -- which partner it is --------------------------------------------------

    def test_a_company_is_found_by_tax_id_and_domain(self):
        acme = self.partner(name="Acme NV", is_company=True, vat="BE0477472701")
        bolt = self.partner(name="Bolt", is_company=True, website="https://bolt.test")
        found = self.taken_customer(
            "cus_1", name="ACME", tax_ids=[self.number("BE 0477.472.701")]
        )
        self.assertEqual(found, acme)
        found = self.taken_customer(
            "cus_2", company_name="Bolt", email="billing@bolt.test"
        )
        self.assertEqual(found, bolt)

    def test_a_person_is_found_by_the_address_and_a_company_is_none(self):
        company = self.partner(name="Doe", is_company=True, email="jo@doe.example")
        person = self.partner(
            name="Jo Doe", parent_id=company.id, email="jo@doe.example"
        )
        found = self.taken_customer(name="Jo Doe", email="jo@doe.example")
        self.assertEqual(found, person)

    def test_a_further_account_of_a_company_is_an_invoice_address_of_it(self):
        numbers = [self.number("BE0477472701")]
        acme = self.taken_customer("cus_1", company_name="Acme", tax_ids=numbers)
        other = self.taken_customer(
            "cus_2", company_name="Acme Labs", tax_ids=numbers, street="Lane 1"
        )
        self.assertNotEqual(other, acme)
        self.assertEqual((other.parent_id, other.type), (acme, "invoice"))
        self.assertEqual((other.name, other.street), ("Acme Labs", "Lane 1"))
        self.assertFalse(acme.street)
        self.assertEqual(other.commercial_partner_id, acme)


@tagged("post_install", "-at_install")
class TestBillingPrice(BillingCase):
    def price(self, at=None, tiers=(), **values):
        self.env["connector.binding"].search([("remote_id", "=", "prod_1")]) or (
            self.product()
        )
        values = {
            "product": "prod_1",
            "currency": "EUR",
            "amount": "12.50",
            "interval": "month",
            "interval_count": 1,
            "is_active": True,
            **values,
        }
        nested = {"tiers": list(tiers)}
        return self.brought(
            "prices", remote("price_1", at=at, **values, billing=nested)
        )

    def test_a_price_comes_with_its_interval(self):
        price = self.price(name="Monthly")
        self.assertEqual((price.amount, price.interval), (12.5, "month"))
        self.assertEqual(price.product_id.name, "Pro")
        self.assertEqual(price.display_name, "Monthly (12.5 EUR per month)")

    def test_a_price_that_is_sold_no_more_is_archived(self):
        price = self.price(at="2026-01-01")
        self.price(at="2026-01-02", is_active=False)
        self.assertFalse(price.active)

    def test_tiers_are_shown_in_words(self):
        tiers = [
            {"up_to": "100", "unit_amount": "5", "flat_amount": None},
            {"up_to": None, "unit_amount": "4", "flat_amount": "10"},
        ]
        price = self.price(amount=None, billing_scheme="tiered", tiers=tiers)
        self.assertEqual(
            price.tier_text, "1 to 100: 5 each\nfrom 101 on: 4 each and 10 once"
        )

    def test_a_coupon_comes_with_its_percent(self):
        coupon = self.brought(
            "coupons",
            remote("c1", name="Welcome", percent="25", duration="repeating", months=3),
        )
        self.assertEqual((coupon.percent, coupon.months), (25, 3))
        self.assertEqual(coupon.connection_id, self.connection)
