"""The company of the year: what it sells, where its customers are, who taxes them."""

from dataclasses import dataclass
from decimal import Decimal

from .model import Coupon, Feature, Meter, Price, Product, TaxRate, Tier

#: What a dollar's worth of price is, in minor units, by currency.
UNITS = {"USD": 100, "JPY": 150, "KWD": 300}
#: Each place: country, state, tax rates (names of :data:`TAXES`), tax exempt.
PLACES = {
    "USD": (
        ("US", "CA", ("ca_sales",), "none"),
        ("GB", None, ("gb_vat",), "none"),
        ("AU", None, ("au_gst",), "none"),
        ("CA", "QC", ("ca_gst", "qc_qst"), "none"),
        ("US", "NY", ("ny_sales",), "none"),
        ("DE", None, (), "reverse"),
        ("FR", None, ("fr_vat",), "none"),
    ),
    "JPY": (("JP", None, ("jp_vat",), "none"),),
    "KWD": (
        ("KW", None, (), "none"),
        ("BH", None, ("bh_vat",), "none"),
        ("SA", None, ("sa_vat",), "none"),
    ),
}
#: Name, kind, percent, inclusive, country, state.
TAXES = {
    "ca_sales": ("Sales tax California", "sales_tax", "8.25", False, "US", "CA"),
    "ny_sales": ("Sales tax New York", "sales_tax", "8.875", False, "US", "NY"),
    "gb_vat": ("VAT 20%", "vat", "20", False, "GB", None),
    "fr_vat": ("TVA 20%", "vat", "20", True, "FR", None),
    "au_gst": ("GST 10%", "gst", "10", True, "AU", None),
    "ca_gst": ("GST 5%", "gst", "5", False, "CA", None),
    "qc_qst": ("QST 9.975%", "gst", "9.975", False, "CA", "QC"),
    "jp_vat": ("Consumption tax 10%", "vat", "10", True, "JP", None),
    "bh_vat": ("VAT 10% Bahrain", "vat", "10", False, "BH", None),
    "sa_vat": ("VAT 15% Saudi Arabia", "vat", "15", False, "SA", None),
}


@dataclass
class Company:
    """The catalogue, made in an engine: ``prices`` by (name, currency), ``taxes`` and
    ``coupons`` by name (amounts by (name, currency)), ``meter``, ``products`` by name.
    """

    prices: dict
    taxes: dict
    coupons: dict
    products: dict
    meter: Meter


def open_company(engine):
    """Make the catalogue."""
    taxes = {
        key: engine.create(
            TaxRate,
            name=name,
            kind=kind,
            percent=Decimal(percent),
            inclusive=inclusive,
            country=country,
            state=state,
            jurisdiction=state or country,
        )
        for key, (name, kind, percent, inclusive, country, state) in TAXES.items()
    }
    features = {
        name: engine.create(Feature, name=name)
        for name in ("Reports", "Single sign-on")
    }
    meter = engine.create(Meter, name="API calls", event_name="api_calls")
    products = {
        name: engine.create(
            Product,
            name=name,
            family="Platform",
            item=item,
            unit_label=unit,
            features=tuple(features[each].id for each in includes),
        )
        for name, item, unit, includes in (
            ("Team", "plan", "seat", ("Reports",)),
            ("Business", "plan", "seat", ("Reports", "Single sign-on")),
            ("Metered", "plan", None, ()),
            ("API calls", "addon", "call", ()),
            ("Storage", "addon", "GB", ()),
            ("Onboarding", "charge", None, ()),
        )
    }
    prices = {}
    for currency, unit in UNITS.items():
        for name, values in _prices(unit, meter).items():
            product = products[name.split("/")[0]]
            prices[name, currency] = engine.create(
                Price, product=product.id, currency=currency, name=name, **values
            )
    return Company(prices, taxes, _coupons(engine), products, meter)


def _prices(unit, meter):
    return {
        "Team/monthly": {"amount": 19 * unit},
        "Team/annual": {"amount": 190 * unit, "interval": "year"},
        "Business/monthly": {"amount": 49 * unit},
        "Business/annual": {"amount": 490 * unit, "interval": "year"},
        "Metered/monthly": {"amount": 29 * unit, "scheme": "flat"},
        "API calls/monthly": {
            "scheme": "tiered",
            "tiers": (
                Tier(1_000, 0),
                Tier(3_000, unit // 5),
                Tier(None, unit // 10, 5 * unit),
            ),
            "metered": True,
            "meter": meter.id,
        },
        "Storage/monthly": {"amount": 5 * unit, "scheme": "package", "package": 100},
        "Onboarding/once": {"amount": 500 * unit, "interval": None},
    }


def _coupons(engine):
    found = {
        "forever": engine.create(Coupon, name="Partner 15 %", percent=Decimal("15"),
                                 duration="forever"),
        "once": engine.create(Coupon, name="Welcome 33.3 %", percent=Decimal("33.3"),
                              duration="once"),
    }  # fmt: skip
    for currency, unit in UNITS.items():
        found["repeating", currency] = engine.create(
            Coupon,
            name=f"Three months less ({currency})",
            amount=7 * unit,
            currency=currency,
            duration="repeating",
            months=3,
        )
    return found
