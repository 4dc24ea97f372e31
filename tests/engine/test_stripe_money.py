import pytest

from odoo.addons.connector_billing.providers.stripe import money


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        (1250, "EUR", "12.50"),
        (5, "USD", "0.05"),
        (-1999, "USD", "-19.99"),
        (0, "EUR", "0.00"),
        (1000, "JPY", "1000"),
        (1250, "KWD", "1.250"),
        # No smaller unit of their own, and counted in hundredths all the same.
        (500, "UGX", "5.00"),
        (500, "ISK", "5.00"),
        # Parts of a cent, as prices by usage have them.
        ("0.05", "USD", "0.0005"),
        ("2000", "USD", "20.00"),
        (None, "USD", None),
    ],
)
def test_minor_units_are_read_by_their_currency(amount, currency, expected):
    assert money.major(amount, currency) == expected


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        ("12.50", "EUR", "1250"),
        ("1000", "JPY", "1000"),
        ("1.250", "KWD", "1250"),
        ("0.0005", "USD", "0.05"),
        ("100000", "EUR", "10000000"),
    ],
)
def test_amounts_go_out_in_minor_units(amount, currency, expected):
    assert money.minor(amount, currency) == expected


@pytest.mark.parametrize("currency", sorted(money.ZERO_DECIMAL | money.THREE_DECIMAL))
def test_what_goes_out_comes_back_as_it_was(currency):
    text = money.major(123450, currency)

    assert money.minor(text, currency) == "123450"


def test_times_have_their_zone_and_come_back():
    text = money.moment(1_700_000_000)

    assert text == "2023-11-14T22:13:20+00:00"
    assert money.seconds(text) == 1_700_000_000
    assert money.moment(None) is None
