import datetime
from unittest.mock import patch

from psycopg2.errors import UniqueViolation

from odoo.tests import tagged

from odoo.addons.connector_base.engine.errors import TransientError
from odoo.addons.connector_base.tests.common_vendor import remote

from .common_trade import BOOKS, PRICES, TradeCase


class PriceCase(TradeCase):
    streams = (*TradeCase.streams, BOOKS, PRICES)

    def setUp(self):
        super().setUp()
        self.licence = self.product()
        self.book = self.brought("books", 1, name="Retail", is_active=True)
        self.euro = self.connection.company_id.currency_id

    def price(self, remote_id=1, at=None, **values):
        values = {
            "price_book": "1",
            "product": "1",
            "currency": self.euro.name,
            "price": "99.90",
            "is_active": True,
            **values,
        }
        return self.brought("prices", remote_id, at=at, **values)


@tagged("post_install", "-at_install")
class TestPriceBook(PriceCase):
    def test_a_book_of_the_same_name_is_the_one(self):
        mine = self.env["connector.price.book"].create({"name": "Wholesale"})
        self.assertEqual(self.brought("books", 2, name="Wholesale"), mine)

    def test_a_book_of_another_company_is_another_one(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        theirs = self.env["connector.price.book"].create(
            {"name": "Wholesale", "company_id": other.id}
        )
        self.assertNotEqual(self.brought("books", 2, name="Wholesale"), theirs)

    def test_a_book_that_is_not_used_any_more_is_archived_with_its_pricelists(self):
        self.price()
        pricelist = self.book.pricelist_ids
        self.brought("books", 1, name="Retail", is_active=False)
        self.assertFalse(self.book.active)
        self.assertFalse(pricelist.active)
        self.brought("books", 1, name="Retail", is_active=True)
        self.assertTrue(self.book.active)
        self.assertTrue(pricelist.active)

    def test_its_pricelists_are_called_as_it_is(self):
        self.price()
        self.brought("books", 1, name="Shop", is_active=True)
        self.assertEqual(self.book.pricelist_ids.name, "Shop")


@tagged("post_install", "-at_install")
class TestPrice(PriceCase):
    """A price is a fixed price in the pricelist of its book and currency."""

    def test_the_pricelist_is_made_with_the_first_price(self):
        item = self.price()
        pricelist = item.pricelist_id
        self.assertEqual(pricelist.price_book_id, self.book)
        self.assertEqual(pricelist.currency_id, self.euro)
        self.assertEqual(pricelist.company_id, self.connection.company_id)
        self.assertEqual(
            (item.product_id, item.compute_price, item.fixed_price),
            (self.licence, "fixed", 99.9),
        )
        self.assertEqual(pricelist._get_product_price(self.licence, 1.0), 99.9)

    def test_each_currency_has_a_pricelist_of_its_own(self):
        other = self.other_currency(rate=2)
        ours = self.price(1)
        theirs = self.price(2, currency=other.name, price="200")
        self.assertEqual(theirs.pricelist_id.currency_id, other)
        self.assertEqual(theirs.fixed_price, 200)
        self.assertEqual(
            self.book.pricelist_ids, ours.pricelist_id | theirs.pricelist_id
        )

    def test_a_currency_that_odoo_does_not_use_is_never_converted(self):
        other = self.other_currency(rate=2)
        other.active = False
        self.assertFalse(self.price(currency=other.name))
        self.assertEqual(self.codes("prices"), ["inactive_currency"])
        other.active = True
        self.assertTrue(self.price(currency=other.name))
        self.assertEqual(self.codes("prices"), [])

    def test_a_currency_that_nobody_knows_is_reported(self):
        self.assertFalse(self.price(currency="XQX"))
        self.assertEqual(self.codes("prices"), ["unknown_currency"])

    def test_without_a_currency_it_is_that_of_the_account(self):
        self.assertEqual(self.price(currency=None).currency_id, self.euro)

    def test_a_price_of_odoo_for_the_same_product_is_the_one(self):
        pricelist = self.env["connector.price.book"]._pricelists(
            [(self.book.id, self.euro.id)]
        )
        mine = self.env["product.pricelist.item"].create(
            {
                "pricelist_id": pricelist[self.book.id, self.euro.id],
                "product_id": self.licence.id,
                "fixed_price": 1,
            }
        )
        self.assertEqual(self.price(), mine)
        self.assertEqual(mine.fixed_price, 99.9)

    def test_a_price_that_is_not_valid_any_more_ends(self):
        item = self.price()
        self.price(at="2020-05-01T12:00:00", is_active=False)
        self.assertEqual(item.date_end, datetime.datetime(2020, 5, 1, 12))
        self.assertNotEqual(
            item.pricelist_id._get_product_price(self.licence, 1.0), 99.9
        )
        self.price(at="2020-06-01T12:00:00", is_active=True)
        self.assertFalse(item.date_end)

    def test_so_does_one_that_is_deleted_there(self):
        item = self.price()
        self.pull("prices", remote(1, archived=True))
        self.assertTrue(item.date_end)
        self.price(price="98")
        self.assertFalse(item.date_end)
        self.assertEqual(item.fixed_price, 98)

    def test_a_price_waits_for_its_product_and_follows_by_itself(self):
        self.assertFalse(self.price(product="7"))
        self.assertEqual(self.codes("prices"), ["missing_parent"])
        self.product(7)
        self.run_jobs()
        self.assertEqual(self.taken("prices", 1).product_id, self.taken("products", 7))
        self.assertEqual(self.codes("prices"), [])

    def test_a_price_needs_a_book_and_an_amount(self):
        self.assertFalse(self.price(price_book=None, price=None))
        self.assertEqual(self.codes("prices"), ["required_missing"] * 2)

    def test_a_pricelist_that_another_worker_makes_is_tried_again(self):
        pricelists = type(self.env["product.pricelist"])
        books = self.env["connector.price.book"]
        with (
            patch.object(pricelists, "create", side_effect=UniqueViolation),
            self.assertRaises(TransientError),
        ):
            books._pricelists([(self.book.id, self.euro.id)])

    def test_nothing_is_written_again_that_is_as_it_was(self):
        item = self.price()
        written = item.write_date
        self.pull_again(
            "prices",
            remote(
                1,
                price_book="1",
                product="1",
                currency=self.euro.name,
                price="99.9",
                is_active=True,
            ),
        )
        self.assertEqual(item.write_date, written)

    def test_a_batch_costs_no_query_a_price(self):
        self.pull("products", *(remote(n, name=f"P{n}") for n in range(10, 60)))

        def page(numbers, price):
            return (
                remote(
                    n,
                    price_book="1",
                    product=str(n),
                    currency=self.euro.name,
                    price=price,
                    is_active=True,
                )
                for n in numbers
            )

        self.queries_of("prices", *page(range(10, 12), "1"))
        few = self.queries_of("prices", *page(range(12, 17), "1"))
        many = self.queries_of("prices", *page(range(17, 57), "1"))
        self.assertLessEqual(many - few, 5)
