"""Chargebee's lists that are matched with Odoo's: taxes and methods of payment."""

from odoo.addons.connector_base.engine.records import ReferenceValue

from . import ask
from .endpoints import LISTINGS
from .lines import INCLUSIVE, tax_name
from .money import plain

#: Pages of the newest invoices that are looked through for taxes.
TAX_PAGES = 5
#: ``payment_method`` of a transaction -> what people call it. [SDK] enums PaymentMethod
METHODS = {
    "card": "Card",
    "direct_debit": "Direct Debit",
    "bank_transfer": "Bank Transfer",
    "cash": "Cash",
    "check": "Check",
    "chargeback": "Chargeback",
    "paypal_express_checkout": "PayPal",
    "amazon_payments": "Amazon Payments",
    "apple_pay": "Apple Pay",
    "google_pay": "Google Pay",
    "ach_credit": "ACH Credit",
    "sepa_credit": "SEPA Credit",
    "sepa_instant_transfer": "SEPA Instant Transfer",
    "automated_bank_transfer": "Automated Bank Transfer",
    "faster_payments": "Faster Payments",
    "pay_to": "PayTo",
    "ideal": "iDEAL",
    "sofort": "Sofort",
    "bancontact": "Bancontact",
    "giropay": "giropay",
    "dotpay": "Dotpay",
    "alipay": "Alipay",
    "wechat_pay": "WeChat Pay",
    "unionpay": "UnionPay",
    "upi": "UPI",
    "netbanking_emandates": "Netbanking",
    "boleto": "Boleto",
    "venmo": "Venmo",
    "custom": "Custom",
    "other": "Other",
}


def taxes(client):
    """The taxes that were billed lately: Chargebee has no list of its taxes.

    One that comes up first on another invoice is found there: it is held until
    somebody says what it is.

    :return: iterator of ``ReferenceValue`` of kind ``billing.tax``
    """
    listing, offset, seen = LISTINGS["invoices"], None, set()
    for _page in range(TAX_PAGES):
        reply = ask.page(client, listing, (("sort_by[desc]", "date"),), offset)
        for invoice in ask.items(listing, reply):
            inclusive = invoice.get("price_type") == INCLUSIVE
            for tax in invoice.get("line_item_taxes") or []:
                name = tax_name(tax, inclusive)
                if name not in seen:
                    seen.add(name)
                    yield _tax(name, tax, inclusive)
        offset = reply.data.get("next_offset")
        if not offset:
            return


def _tax(name, tax, inclusive):
    place, kind = tax.get("tax_juris_code"), tax.get("tax_juris_type")
    rate = tax.get("tax_rate")
    hints = {
        "rate": None if rate is None else plain(rate),
        "inclusive": inclusive,
        "country": place if kind == "country" else None,
        "state": place if kind == "state" else None,
    }
    return ReferenceValue("billing.tax", name, name, hints)


def payment_methods():
    """:return: iterator of ``ReferenceValue`` of kind ``billing.payment_method``"""
    for value, label in METHODS.items():
        yield ReferenceValue("billing.payment_method", value, label)
