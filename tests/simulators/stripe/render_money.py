"""Charges, payment intents, refunds, disputes, balance and payouts.

[S OpenAPI; fixtures; SDK]
"""

from collections import defaultdict

from ..billing import model
from . import facts
from .render_parties import address, payment_method_id
from .values import number

#: The engine's methods in Stripe's words. [S OpenAPI payment_method_details]
METHODS = {
    "card": "card",
    "direct_debit": "sepa_debit",
    "transfer": "customer_balance",
}
#: Failures that are a charge's code themselves; others are reasons why a card was
#: declined. [S error-codes, declines/codes]
OWN_CODES = ("expired_card", "incorrect_cvc", "processing_error", "card_declined")
INTENT_STATUS = {
    "open": "requires_payment_method",
    "processing": "processing",
    "succeeded": "succeeded",
    "cancelled": "canceled",
}
REFUND_REASONS = ("duplicate", "fraudulent", "requested_by_customer")
DISPUTE_STATUS = {"warning": "warning_needs_response"}
#: kind: (type, reporting category). [S reports/balance-transaction-types]
TRANSACTION_TYPES = {
    "charge": ("charge", "charge"),
    "refund": ("refund", "refund"),
    "refund_failure": ("refund_failure", "refund_failure"),
    "dispute": ("adjustment", "dispute"),
    "dispute_reversal": ("adjustment", "dispute_reversal"),
    "fee": ("stripe_fee", "fee"),
    "payout": ("payout", "payout"),
    "payout_failure": ("payout_failure", "payout_reversal"),
    "adjustment": ("adjustment", "other_adjustment"),
}
#: Methods but cards have types of their own. [the same]
OTHER_TYPES = {"charge": "payment", "refund": "payment_refund"}
EVIDENCE = (
    "access_activity_log billing_address cancellation_policy "
    "cancellation_policy_disclosure cancellation_rebuttal customer_communication "
    "customer_email_address customer_name customer_purchase_ip customer_signature "
    "duplicate_charge_documentation duplicate_charge_explanation duplicate_charge_id "
    "product_description receipt refund_policy refund_policy_disclosure "
    "refund_refusal_explanation service_date service_documentation shipping_address "
    "shipping_carrier shipping_date shipping_documentation shipping_tracking_number "
    "uncategorized_file uncategorized_text"
).split()


def charge(view, obj):
    """A charge; before basil it names its invoice."""
    customer = view.get(model.Customer, obj.customer)
    failed = obj.status in ("failed", "cancelled")
    code, decline = _codes(obj)
    body = {
        "id": obj.id,
        "object": "charge",
        "amount": obj.amount,
        "amount_captured": obj.amount if obj.status == "succeeded" else 0,
        "amount_refunded": obj.refunded,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": obj.balance_transaction,
        "billing_details": {
            "address": address(customer) or _no_address(),
            "email": customer.email,
            "name": customer.name,
            "phone": customer.phone,
        },
        "calculated_statement_descriptor": view.account.facts["name"].upper(),
        "captured": obj.status == "succeeded",
        "created": obj.created,
        "currency": obj.currency.lower(),
        "customer": obj.customer,
        "description": obj.extra.get("description"),
        "disputed": obj.disputed,
        "failure_balance_transaction": None,
        "failure_code": code,
        "failure_message": obj.failure_message if failed else None,
        "fraud_details": {},
        "livemode": view.livemode,
        "metadata": dict(obj.metadata),
        "on_behalf_of": None,
        "outcome": _outcome(obj, decline),
        "paid": obj.status == "succeeded",
        "payment_intent": obj.intent,
        "payment_method": payment_method_id(obj.customer),
        "payment_method_details": _method(obj),
        "receipt_email": customer.email,
        "receipt_number": None,
        "receipt_url": f"https://pay.stripe.com/receipts/{obj.id}",
        "refunded": 0 < obj.amount <= obj.refunded,
        "review": None,
        "shipping": None,
        "source_transfer": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": "failed" if failed else obj.status,
        "transfer_data": None,
        "transfer_group": None,
    }
    if not view.new:
        body["invoice"] = obj.invoice
    return body


def _no_address():
    names = ("city", "country", "line1", "line2", "postal_code", "state")
    return dict.fromkeys(names)


def _codes(obj):
    """``(failure code, why the card was declined)``."""
    if obj.status != "failed":
        return None, None
    code = obj.failure_code or "card_declined"
    if code in OWN_CODES or obj.method != "card":
        return code, None
    return "card_declined", code


def _outcome(obj, decline):
    if obj.status == "pending":
        return None
    is_good = obj.status == "succeeded"
    return {
        "network_status": "approved_by_network" if is_good else "declined_by_network",
        "reason": decline,
        "risk_level": "normal",
        "seller_message": "Payment complete." if is_good else obj.failure_message,
        "type": "authorized" if is_good else "issuer_declined",
    }


def _method(obj):
    kind = METHODS.get(obj.method, "customer_balance")
    if kind == "card":
        details = {
            "brand": obj.card_brand or "visa",
            "checks": None,
            "country": "US",
            "exp_month": 8,
            "exp_year": 2030,
            "fingerprint": None,
            "funding": "credit",
            "installments": None,
            "last4": obj.card_last4 or "4242",
            "mandate": None,
            "network": obj.card_brand or "visa",
            "network_token": None,
            "three_d_secure": None,
            "wallet": None,
        }
    elif kind == "sepa_debit":
        details = {
            "bank_code": None,
            "branch_code": None,
            "country": "DE",
            "fingerprint": None,
            "last4": obj.card_last4 or "3000",
            "mandate": None,
        }
    else:
        details = {}
    return {kind: details, "type": kind}


def payment_intent(view, obj):
    """A payment intent; before basil it names its invoice."""
    last = view.get(model.Payment, obj.payments[-1]) if obj.payments else None
    cancelled = obj.status == "cancelled"
    body = {
        "id": obj.id,
        "object": "payment_intent",
        "amount": obj.amount,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": obj.received,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": None,
        "canceled_at": obj.updated if cancelled else None,
        "cancellation_reason": "void_invoice" if cancelled else None,
        "capture_method": "automatic",
        "client_secret": f"{obj.id}_secret_simulated",
        "confirmation_method": "automatic",
        "created": obj.created,
        "currency": obj.currency.lower(),
        "customer": obj.customer,
        "description": None,
        "last_payment_error": _payment_error(obj, last),
        "latest_charge": last.id if last else None,
        "livemode": view.livemode,
        "metadata": dict(obj.metadata),
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": payment_method_id(obj.customer) if last else None,
        "payment_method_options": {},
        "payment_method_types": [METHODS.get(obj.method, "card")],
        "processing": None,
        "receipt_email": None,
        "review": None,
        "setup_future_usage": None,
        "shipping": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": INTENT_STATUS[obj.status],
        "transfer_data": None,
        "transfer_group": None,
    }
    if not view.new:
        body["invoice"] = obj.invoice
    return body


def _payment_error(obj, last):
    if last is None or last.status != "failed" or obj.status == "succeeded":
        return None
    code, decline = _codes(last)
    error = {
        "charge": last.id,
        "code": code,
        "message": last.failure_message,
        "type": facts.CARD_ERROR,
    }
    return {**error, "decline_code": decline} if decline else error


def refund(view, obj):
    """A refund of a charge."""
    payment = view.store.get(model.Payment, obj.payment)
    body = {
        "id": obj.id,
        "object": "refund",
        "amount": obj.amount,
        "balance_transaction": obj.balance_transaction,
        "charge": obj.payment,
        "created": obj.created,
        "currency": obj.currency.lower(),
        "metadata": dict(obj.metadata),
        "payment_intent": payment.intent,
        "reason": obj.reason if obj.reason in REFUND_REASONS else None,
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "canceled" if obj.status == "cancelled" else obj.status,
        "transfer_reversal": None,
    }
    if obj.status == "failed":
        body["failure_reason"] = obj.failure_reason or "unknown"
        body["failure_balance_transaction"] = obj.failure_transaction
    if view.new:
        card = {"type": "refund", "reference": obj.reference}
        body["destination_details"] = {"card": card, "type": "card"}
    return body


def dispute(view, obj):
    """A dispute with its balance transactions."""
    payment = view.store.get(model.Payment, obj.payment)
    moved = [view.get(model.BalanceTransaction, each) for each in obj.transactions]
    return {
        "id": obj.id,
        "object": "dispute",
        "amount": obj.amount,
        "balance_transactions": [balance_transaction(view, each) for each in moved],
        "charge": obj.payment,
        "created": obj.created,
        "currency": obj.currency.lower(),
        "evidence": dict.fromkeys(EVIDENCE),
        "evidence_details": {
            "due_by": obj.due_by,
            "has_evidence": obj.status not in ("needs_response", "warning"),
            "past_due": bool(obj.due_by and obj.due_by < view.now()),
            "submission_count": 0,
        },
        "is_charge_refundable": obj.status == "warning",
        "livemode": view.livemode,
        "metadata": dict(obj.metadata),
        "payment_intent": payment.intent,
        "reason": obj.reason,
        "status": DISPUTE_STATUS.get(obj.status, obj.status),
    }


def balance_transaction(view, obj):
    """A movement of the balance."""
    kind, category = TRANSACTION_TYPES[obj.kind]
    payment = view.get(model.Payment, obj.payment)
    if payment and payment.method != "card":
        kind = OTHER_TYPES.get(obj.kind, kind)
    source = {
        "refund": obj.refund,
        "refund_failure": obj.refund,
        "dispute": obj.dispute,
        "dispute_reversal": obj.dispute,
        "payout": obj.payout,
        "payout_failure": obj.payout,
    }.get(obj.kind, obj.payment)
    body = {
        "id": obj.id,
        "object": "balance_transaction",
        "amount": obj.amount,
        "available_on": obj.available or obj.created,
        "created": obj.created,
        "currency": obj.currency.lower(),
        "description": obj.description,
        "exchange_rate": None if obj.rate is None else number(obj.rate),
        "fee": obj.fee,
        "fee_details": [_fee(each) for each in obj.fees],
        "net": obj.net,
        "reporting_category": category,
        "source": source,
        "status": "available" if obj.available <= view.now() else "pending",
        "type": kind,
    }
    if view.new:
        body["balance_type"] = "payments"
    return body


def _fee(part):
    return {
        "amount": part.amount,
        "application": None,
        "currency": part.currency.lower(),
        "description": part.description,
        "type": "tax" if part.kind == "tax" else "stripe_fee",
    }


def payout(view, obj):
    """A payout; since 2024 with the id by which the bank traces it."""
    body = {
        "id": obj.id,
        "object": "payout",
        "amount": obj.amount,
        "arrival_date": obj.arrival or obj.created,
        "automatic": obj.automatic,
        "balance_transaction": obj.transaction,
        "created": obj.created,
        "currency": obj.currency.lower(),
        "description": obj.description or "STRIPE PAYOUT",
        "destination": f"ba_{obj.id.rpartition('_')[2]}",
        "failure_balance_transaction": obj.failure,
        "failure_code": obj.failure_code,
        "failure_message": None,
        "livemode": view.livemode,
        "metadata": dict(obj.metadata),
        "method": "standard",
        "original_payout": None,
        "reconciliation_status": "completed" if obj.automatic else "not_applicable",
        "reversed_by": None,
        "source_type": "card",
        "statement_descriptor": None,
        "status": "canceled" if obj.status == "cancelled" else obj.status,
        "type": "bank_account",
    }
    if view.new:
        known = obj.reference is not None
        status = "supported" if known else "pending"
        body |= {"application_fee": None, "application_fee_amount": None}
        body["trace_id"] = {"status": status, "value": obj.reference}
        body["payout_method"] = None
    return body


def balance(view):
    """What the account has, and what is on its way, by currency."""
    sums = {"available": defaultdict(int), "pending": defaultdict(int)}
    now = view.now()
    for each in view.store.rows(model.BalanceTransaction):
        state = "available" if each.available <= now else "pending"
        sums[state][each.currency.lower()] += each.net
    currencies = sorted({*sums["available"], *sums["pending"]})
    currencies = currencies or [view.account.facts["currency"]]
    parts = {
        state: [
            {
                "amount": by_currency[each],
                "currency": each,
                "source_types": {"card": by_currency[each]},
            }
            for each in currencies
        ]
        for state, by_currency in sums.items()
    }
    return {"object": "balance", "livemode": view.livemode, **parts}
