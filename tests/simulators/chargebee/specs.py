"""What each write takes. [SDK chargebee-python 3, Params of each operations.py]

Parameters of features that the simulator doesn't have (cards, payment intents, taxes by
third parties, gifts) are left out: they are refused.
"""

from .forms import Spec, fields

ADDRESS = fields(
    {
        "text": "first_name last_name email company phone line1 line2 line3 city"
        " state_code state zip country",
    },
    "billing_address",
)
VALIDATED = {"billing_address[validation_status]": "text"}
SWITCH = ("on", "off")

CUSTOMER = {
    **fields(
        {
            "text": "id first_name last_name email preferred_currency_code phone"
            " company vat_number vat_number_prefix locale invoice_notes",
            "int": "net_term_days",
            "bool": "allow_direct_debit registered_for_gst consolidated_invoicing"
            " business_customer_without_vat_number auto_close_invoices",
            "json": "meta_data",
        }
    ),
    "auto_collection": SWITCH,
    "taxability": ("taxable", "exempt"),
    "customer_type": ("residential", "business", "senior_citizen", "industrial"),
    "offline_payment_method": (
        "no_preference",
        "cash",
        "check",
        "bank_transfer",
        "ach_credit",
        "sepa_credit",
    ),
}
CUSTOMER_CREATE = Spec({**CUSTOMER, **ADDRESS, **VALIDATED})
#: The id can't be changed, and VAT number and address have an operation of their own.
CUSTOMER_UPDATE = Spec(
    {
        name: kind
        for name, kind in CUSTOMER.items()
        if name not in ("id", "vat_number", "vat_number_prefix", "registered_for_gst")
    }
)
BILLING_INFO = Spec(
    {
        **fields(
            {
                "text": "vat_number vat_number_prefix",
                "bool": "registered_for_gst business_customer_without_vat_number",
            }
        ),
        **ADDRESS,
        **VALIDATED,
    }
)
DELETE = Spec({"delete_payment_method": "bool"})

ITEM_FAMILY = Spec({"id": "text", "name": "text", "description": "text"}, ("id",))

ITEM = {
    **fields(
        {
            "text": "name description item_family_id external_name redirect_url unit",
            "bool": "is_giftable is_shippable enabled_in_portal enabled_for_checkout"
            " included_in_mrr",
            "json": "metadata",
        }
    ),
    "item_applicability": ("all", "restricted"),
}
ITEM_CREATE = Spec(
    {
        **ITEM,
        "id": "text",
        "type": ("plan", "addon", "charge"),
        "metered": "bool",
        "usage_calculation": ("sum_of_usages", "last_usage", "max_usage"),
    },
    ("id", "name", "type", "item_family_id"),
)
ITEM_UPDATE = Spec({**ITEM, "status": ("active", "archived")})

PRICING_MODELS = ("flat_fee", "per_unit", "tiered", "volume", "stairstep")
PERIODS = ("day", "week", "month", "year")
ITEM_PRICE = {
    **fields(
        {
            "text": "name description external_name currency_code invoice_notes",
            "cents": "price free_quantity",
            "int": "period trial_period billing_cycles",
            "bool": "is_taxable show_description_in_invoices"
            " show_description_in_quotes",
            "json": "metadata",
        }
    ),
    "pricing_model": PRICING_MODELS,
    "period_unit": PERIODS,
    "trial_period_unit": ("day", "month"),
    "trial_end_action": (
        "site_default",
        "activate_subscription",
        "cancel_subscription",
    ),
    "proration_type": ("site_default", "partial_term", "full_term"),
    **fields({"int": "starting_unit ending_unit", "cents": "price"}, "tiers", "[]"),
    "tiers[pricing_type][]": ("per_unit", "flat_fee", "package"),
    "tiers[package_size][]": "int",
}
ITEM_PRICE_CREATE = Spec(
    {**ITEM_PRICE, "id": "text", "item_id": "text"}, ("id", "name", "item_id")
)
ITEM_PRICE_UPDATE = Spec({**ITEM_PRICE, "status": ("active", "archived")})

ITEMS = {
    **fields(
        {
            "text": "item_price_id quantity_in_decimal",
            "int": "quantity billing_cycles service_period_days",
            "cents": "unit_price",
            "moment": "trial_end",
        },
        "subscription_items",
        "[]",
    ),
    "subscription_items[item_type][]": ("plan", "addon", "charge"),
}
SUBSCRIPTION = {
    **fields(
        {
            "text": "id po_number coupon invoice_notes coupon_ids[]",
            "int": "net_term_days billing_cycles",
            "moment": "trial_end start_date invoice_date",
            "bool": "invoice_immediately",
            "json": "meta_data",
        }
    ),
    "auto_collection": SWITCH,
    **ITEMS,
}
ITEM_PRICE_NEEDED = ("subscription_items[item_price_id][]",)
SUBSCRIPTION_CREATE = Spec(SUBSCRIPTION, ITEM_PRICE_NEEDED)
SUBSCRIPTION_UPDATE = Spec(
    {
        **{name: kind for name, kind in SUBSCRIPTION.items() if name != "id"},
        **fields(
            {
                "bool": "replace_items_list replace_coupon_list prorate end_of_term"
                " force_term_reset",
                "moment": "changes_scheduled_at",
            }
        ),
        "change_option": ("immediately", "end_of_term", "specific_date"),
    }
)
CANCEL = Spec(
    {
        "cancel_option": ("immediately", "end_of_term", "specific_date"),
        "end_of_term": "bool",
        "cancel_at": "moment",
        "credit_option_for_current_term_charges": ("none", "prorate", "full"),
        "unbilled_charges_option": ("invoice", "delete"),
        "cancel_reason_code": "text",
    }
)
PAUSE = Spec(
    {
        "pause_option": ("immediately", "end_of_term"),
        "resume_date": "moment",
        "unbilled_charges_handling": ("no_action", "invoice"),
        "invoice_dunning_handling": ("continue", "stop"),
    }
)
RESUME = Spec(
    {
        "resume_option": ("immediately",),
        "charges_handling": ("invoice_immediately", "add_to_unbilled_charges"),
        "unpaid_invoices_handling": ("no_action", "schedule_payment_collection"),
    }
)
NOTHING = Spec({})
USAGE = Spec(
    {
        "id": "text",
        "item_price_id": "text",
        "quantity": "text",
        "usage_date": "moment",
        "dedupe_option": ("skip", "update_existing"),
        "note": "text",
    },
    ("item_price_id", "quantity", "usage_date"),
)
USAGE_DELETE = Spec({"id": "text"}, ("id",))

VOID = Spec({"comment": "text", "void_reason_code": "text"})
COMMENT = Spec({"comment": "text"})
REFUND = Spec(
    {
        "refund_amount": "cents",
        "comment": "text",
        "customer_notes": "text",
        "credit_note[reason_code]": "text",
        "credit_note[create_reason_code]": "text",
    }
)
CREDIT_REFUND = Spec(
    {"refund_amount": "cents", "customer_notes": "text", "refund_reason_code": "text"}
)
RECORD_PAYMENT = Spec(
    {
        "comment": "text",
        "transaction[amount]": "cents",
        "transaction[payment_method]": (
            "cash",
            "check",
            "bank_transfer",
            "other",
            "custom",
        ),
        "transaction[reference_number]": "text",
        "transaction[date]": "moment",
        "transaction[status]": ("success", "failure"),
    },
    ("transaction[payment_method]",),
)
COLLECT = Spec({"amount": "cents", "comment": "text"})
