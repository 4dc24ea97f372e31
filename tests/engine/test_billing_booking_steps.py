"""Taxes of currencies whose smallest charge is more than their smallest unit."""

from decimal import Decimal

import pytest

from odoo.addons.connector_billing.engine import booking


class Part:
    def __init__(self, billed):
        self.taxes = {"vat": Decimal(billed)}


def differences(billed, exact, places):
    def expected(_tax, _part):
        return Decimal(exact), booking.HALF

    return booking.tax_differences([Part(billed)], expected, places)


@pytest.mark.parametrize(
    ("billed", "exact", "places", "differs"),
    [
        ("1.90", "1.904", 2, False),
        ("1.90", "1.906", 2, True),
        ("190", "190.4", 0, False),
        ("190", "190.6", 0, True),
        # Whole hundredths of a currency that has thousandths.
        ("0.900", "0.899", 3, False),
        ("0.900", "0.906", 3, True),
    ],
)
def test_a_vendor_s_rounding_is_no_difference(billed, exact, places, differs):
    assert bool(differences(billed, exact, places)) is differs
