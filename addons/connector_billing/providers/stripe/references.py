"""Stripe's lists that are matched with Odoo's: tax rates and methods of payment."""

from odoo.addons.connector_base.engine.records import ReferenceValue

from . import ask
from .taxes import plain, rate_label

#: ``payment_method_details.type`` -> what people call it. The account may have any of
#: them switched on; what isn't named here is named by its type when it first comes.
#: [S] OpenAPI ``payment_method.type``
METHODS = {
    "card": "Card",
    "card_present": "Card at a Terminal",
    "link": "Link",
    "sepa_debit": "SEPA Direct Debit",
    "bacs_debit": "Bacs Direct Debit",
    "acss_debit": "Pre-authorized Debit (Canada)",
    "au_becs_debit": "BECS Direct Debit",
    "us_bank_account": "ACH Direct Debit",
    "ach_credit_transfer": "ACH Credit Transfer",
    "customer_balance": "Bank Transfer",
    "bancontact": "Bancontact",
    "ideal": "iDEAL",
    "eps": "EPS",
    "p24": "Przelewy24",
    "blik": "BLIK",
    "giropay": "giropay",
    "sofort": "Sofort",
    "klarna": "Klarna",
    "affirm": "Affirm",
    "afterpay_clearpay": "Afterpay / Clearpay",
    "paypal": "PayPal",
    "cashapp": "Cash App Pay",
    "alipay": "Alipay",
    "wechat_pay": "WeChat Pay",
    "grabpay": "GrabPay",
    "konbini": "Konbini",
    "boleto": "Boleto",
    "oxxo": "OXXO",
    "pix": "Pix",
    "fpx": "FPX",
    "paynow": "PayNow",
    "promptpay": "PromptPay",
    "zip": "Zip",
}


def tax_rates(client):
    """:return: iterator of ``ReferenceValue`` of kind ``billing.tax``, archived ones
    too: invoices of old name them"""
    for rate in ask.everything(client, "v1/tax_rates"):
        percent = rate.get("percentage")
        hints = {
            "rate": None if percent is None else plain(percent),
            "inclusive": bool(rate.get("inclusive")),
            "country": rate.get("country"),
            "state": rate.get("state"),
            "tax_type": rate.get("tax_type"),
        }
        if not rate.get("active", True):
            hints["archived"] = True
        yield ReferenceValue("billing.tax", rate["id"], rate_label(rate), hints)


def payment_methods():
    """:return: iterator of ``ReferenceValue`` of kind ``billing.payment_method``"""
    for value, label in METHODS.items():
        yield ReferenceValue("billing.payment_method", value, label)
