import psycopg2

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.connector_base.models.connector_concurrency import (
    is_concurrency_error,
)

from .common_billing import line
from .common_money import MoneyCase


@tagged("post_install", "-at_install")
class TestRace(MoneyCase):
    """What two flows make at once is made by the next try of the one that was later.

    A pull of credit notes fetches the invoices that they name, while invoices are
    pulled, too: neither made a mistake.
    """

    def assertRace(self, write):
        with (
            self.assertRaises(psycopg2.Error) as caught,
            mute_logger("odoo.sql_db"),
            self.cr.savepoint(),
        ):
            write()
        self.assertTrue(is_concurrency_error(caught.exception))

    def test_a_payout(self):
        payout = self.payout("po_1", 97)
        values = {"connection_id": payout.connection_id.id, "remote_id": "po_1"}
        self.assertRace(lambda: payout.copy(values))

    def test_an_invoice_with_the_vendors_number(self):
        invoice = self.invoice("in_1", line(100))
        copy = invoice.copy()
        self.env.flush_all()
        query = "UPDATE account_move SET name = %s, state = 'posted' WHERE id = %s"
        self.assertRace(lambda: self.env.cr.execute(query, [invoice.name, copy.id]))
