"""Which parameters each endpoint takes, before basil and since.

Names and what is required: [S OpenAPI 2023-08-16] for the old shape, [SDK
stripe-python stripe/params of 2026-06-24.dahlia, CHANGELOG 12.0.0 for what basil took
away] for the new one. Hashes whose content the simulator does nothing with are taken
as they come.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Shape:
    """What a hash may hold: ``names`` in any version, ``old`` and ``new`` before and
    since basil, ``required`` among them, and the shapes of nested hashes and lists."""

    names: frozenset
    required: tuple = ()
    old: frozenset = frozenset()
    new: frozenset = frozenset()
    nested: dict = field(default_factory=dict)

    def known(self, is_new):
        """The names that a version knows."""
        return self.names | (self.new if is_new else self.old)


def shape(names, old="", new="", **nested):
    """A :class:`Shape` of names in one text; ``!`` marks a required one.

    What is nested is known in any version, unless ``old`` or ``new`` name it.
    """
    listed = names.split()
    only_old, only_new = frozenset(old.split()), frozenset(new.split())
    return Shape(
        frozenset(name.rstrip("!") for name in listed)
        | (nested.keys() - only_old - only_new),
        tuple(name[:-1] for name in listed if name.endswith("!")),
        only_old,
        only_new,
        nested,
    )


def listed(names="", old="", new="", **nested):
    """What a list endpoint takes."""
    paging = "ending_before expand limit starting_after "
    return shape(paging + names, old, new, **nested)


RANGE = shape("gt gte lt lte")
EXPAND = shape("expand")
DISCOUNT = shape("coupon discount promotion_code")
PERIOD = shape("end! start!")
RECURRING = shape(
    "interval! interval_count trial_period_days usage_type",
    old="aggregate_usage",
    new="meter",
)
PRICE_DATA = shape(
    "currency! product! recurring tax_behavior unit_amount unit_amount_decimal"
)
TIER = shape("flat_amount flat_amount_decimal unit_amount unit_amount_decimal up_to!")
ADDRESS = shape("city country line1 line2 postal_code state")
TAX_ID = shape("type! value!")

_ITEM = "billing_thresholds metadata plan price quantity tax_rates"
NEW_ITEM = shape(_ITEM, new="discounts", price_data=PRICE_DATA)
ITEM = shape(f"{_ITEM} clear_usage deleted id", new="discounts", price_data=PRICE_DATA)
ADDED = shape("price quantity tax_rates", new="discountable discounts metadata period")
PHASE = shape(
    "add_invoice_items application_fee_percent automatic_tax billing_cycle_anchor "
    "billing_thresholds collection_method currency default_payment_method "
    "default_tax_rates description end_date invoice_settings metadata on_behalf_of "
    "proration_behavior transfer_data trial trial_end start_date",
    old="coupon iterations",
    new="duration",
    items=NEW_ITEM,
    discounts=DISCOUNT,
)
CREDIT_LINE = shape(
    "amount description invoice_line_item quantity tax_rates type! unit_amount "
    "unit_amount_decimal tax_amounts"
)

_CUSTOMER = (
    "balance cash_balance description email expand invoice_prefix invoice_settings "
    "metadata name next_invoice_sequence phone preferred_locales shipping source tax "
    "tax_exempt"
)
_CUSTOMER_NEW = "business_name individual_name"
_SUBSCRIPTION = (
    "application_fee_percent automatic_tax billing_cycle_anchor billing_thresholds "
    "cancel_at cancel_at_period_end collection_method days_until_due "
    "default_payment_method default_source default_tax_rates description expand "
    "metadata off_session on_behalf_of payment_behavior payment_settings "
    "pending_invoice_item_interval proration_behavior transfer_data trial_end "
    "trial_from_plan trial_settings"
)
_INVOICE = (
    "account_tax_ids application_fee_amount auto_advance automatic_tax "
    "collection_method custom_fields days_until_due default_payment_method "
    "default_source default_tax_rates description due_date effective_at "
    "expand footer metadata on_behalf_of payment_settings shipping_cost "
    "shipping_details statement_descriptor transfer_data"
)
_INVOICE_NEW = "automatically_finalizes_at issuer number rendering"
_INVOICE_ITEM = (
    "amount description discountable expand metadata quantity tax_behavior "
    "tax_code tax_rates unit_amount_decimal"
)

#: ``METHOD path`` to what it takes.
PARAMETERS = {
    "GET /v1/account": EXPAND,
    "GET /v1/balance": EXPAND,
    "GET /v1/balance_transactions": listed(
        "currency payout source type", created=RANGE
    ),
    "GET /v1/charges": listed("customer payment_intent transfer_group", created=RANGE),
    "GET /v1/coupons": listed(created=RANGE),
    "POST /v1/coupons": shape(
        "amount_off applies_to currency currency_options duration duration_in_months "
        "expand id max_redemptions metadata name percent_off redeem_by"
    ),
    "POST /v1/coupons/{id}": shape("currency_options expand metadata name"),
    "DELETE /v1/coupons/{id}": shape(""),
    "GET /v1/credit_notes": listed("customer invoice", new="created", created=RANGE),
    "POST /v1/credit_notes": shape(
        "amount credit_amount effective_at expand invoice! memo metadata "
        "out_of_band_amount reason refund_amount shipping_cost",
        old="refund",
        new="email_type refunds",
        lines=CREDIT_LINE,
    ),
    "POST /v1/credit_notes/{id}": shape("expand memo metadata"),
    "POST /v1/credit_notes/{id}/void": EXPAND,
    "GET /v1/credit_notes/{id}/lines": listed(),
    "GET /v1/customers": listed("email test_clock", created=RANGE),
    "POST /v1/customers": shape(
        f"{_CUSTOMER} payment_method test_clock",
        old="coupon promotion_code",
        new=_CUSTOMER_NEW,
        address=ADDRESS,
        tax_id_data=TAX_ID,
    ),
    "POST /v1/customers/{id}": shape(
        f"{_CUSTOMER} default_source",
        old="coupon promotion_code",
        new=_CUSTOMER_NEW,
        address=ADDRESS,
    ),
    "DELETE /v1/customers/{id}": shape(""),
    "GET /v1/customers/{id}/tax_ids": listed(),
    "POST /v1/customers/{id}/tax_ids": shape("type! value! expand"),
    "DELETE /v1/customers/{id}/tax_ids/{tax_id}": shape(""),
    "GET /v1/disputes": listed("charge payment_intent", created=RANGE),
    "GET /v1/events": listed("delivery_success type types", created=RANGE),
    "GET /v1/invoice_payments": listed(
        "invoice status",
        created=RANGE,
        payment=shape("type! payment_intent payment_record"),
    ),
    "GET /v1/invoiceitems": listed("customer invoice pending", created=RANGE),
    "POST /v1/invoiceitems": shape(
        f"{_INVOICE_ITEM} currency customer! invoice subscription",
        old="price unit_amount",
        new="quantity_decimal",
        price_data=PRICE_DATA,
        period=PERIOD,
        pricing=shape("price"),
        discounts=DISCOUNT,
    ),
    "POST /v1/invoiceitems/{id}": shape(
        _INVOICE_ITEM,
        old="price unit_amount",
        new="quantity_decimal",
        price_data=PRICE_DATA,
        period=PERIOD,
        pricing=shape("price"),
        discounts=DISCOUNT,
    ),
    "DELETE /v1/invoiceitems/{id}": shape(""),
    "GET /v1/invoices": listed(
        "collection_method customer status subscription", created=RANGE, due_date=RANGE
    ),
    "POST /v1/invoices": shape(
        f"{_INVOICE} currency customer from_invoice pending_invoice_items_behavior "
        "subscription",
        old="rendering_options",
        new=_INVOICE_NEW,
        discounts=DISCOUNT,
    ),
    "POST /v1/invoices/{id}": shape(
        _INVOICE, old="rendering_options", new=_INVOICE_NEW, discounts=DISCOUNT
    ),
    "DELETE /v1/invoices/{id}": shape(""),
    "GET /v1/invoices/{id}/lines": listed(),
    "POST /v1/invoices/{id}/finalize": shape("auto_advance expand"),
    "POST /v1/invoices/{id}/mark_uncollectible": EXPAND,
    "POST /v1/invoices/{id}/pay": shape(
        "expand forgive mandate off_session paid_out_of_band payment_method source"
    ),
    "POST /v1/invoices/{id}/send": EXPAND,
    "POST /v1/invoices/{id}/void": EXPAND,
    "GET /v1/payment_intents": listed("customer", created=RANGE),
    "GET /v1/payouts": listed("destination status", arrival_date=RANGE, created=RANGE),
    "GET /v1/prices": listed(
        "active currency lookup_keys product type",
        created=RANGE,
        recurring=shape("interval usage_type", new="meter"),
    ),
    "POST /v1/prices": shape(
        "active billing_scheme currency! currency_options custom_unit_amount expand "
        "lookup_key metadata nickname product tax_behavior tiers_mode "
        "transfer_lookup_key transform_quantity unit_amount unit_amount_decimal",
        product_data=shape(
            "active id metadata name! statement_descriptor tax_code unit_label"
        ),
        recurring=RECURRING,
        tiers=TIER,
    ),
    "POST /v1/prices/{id}": shape(
        "active currency_options expand lookup_key metadata nickname tax_behavior "
        "transfer_lookup_key"
    ),
    "GET /v1/products": listed("active ids shippable url", created=RANGE),
    "POST /v1/products": shape(
        "active default_price_data description expand id images metadata name! "
        "package_dimensions shippable statement_descriptor tax_code unit_label url",
        old="features",
        new="marketing_features type",
    ),
    "POST /v1/products/{id}": shape(
        "active default_price description expand images metadata name "
        "package_dimensions shippable statement_descriptor tax_code unit_label url",
        old="features",
        new="marketing_features",
    ),
    "DELETE /v1/products/{id}": shape(""),
    "GET /v1/refunds": listed("charge payment_intent", created=RANGE),
    "POST /v1/refunds": shape(
        "amount charge currency customer expand instructions_email metadata origin "
        "payment_intent reason refund_application_fee reverse_transfer"
    ),
    "POST /v1/refunds/{id}": shape("expand metadata"),
    "GET /v1/subscription_items": listed("subscription!"),
    "POST /v1/subscription_items": shape(
        f"{_ITEM} expand payment_behavior proration_behavior proration_date "
        "subscription!",
        new="discounts",
        price_data=PRICE_DATA,
    ),
    "POST /v1/subscription_items/{id}": shape(
        f"{_ITEM} expand off_session payment_behavior proration_behavior "
        "proration_date",
        new="discounts",
        price_data=PRICE_DATA,
    ),
    "DELETE /v1/subscription_items/{id}": shape(
        "clear_usage proration_behavior proration_date", new="payment_behavior"
    ),
    "POST /v1/subscription_items/{id}/usage_records": shape(
        "action expand quantity! timestamp"
    ),
    "GET /v1/subscription_items/{id}/usage_record_summaries": listed(),
    "GET /v1/subscription_schedules": listed(
        "customer scheduled",
        canceled_at=RANGE,
        completed_at=RANGE,
        created=RANGE,
        released_at=RANGE,
    ),
    "POST /v1/subscription_schedules": shape(
        "customer default_settings end_behavior expand from_subscription metadata "
        "start_date",
        new="billing_mode",
        phases=PHASE,
    ),
    "POST /v1/subscription_schedules/{id}": shape(
        "default_settings end_behavior expand metadata proration_behavior",
        phases=PHASE,
    ),
    "POST /v1/subscription_schedules/{id}/cancel": shape("expand invoice_now prorate"),
    "POST /v1/subscription_schedules/{id}/release": shape(
        "expand preserve_cancel_date"
    ),
    "GET /v1/subscriptions": listed(
        "automatic_tax collection_method customer plan price status test_clock",
        created=RANGE,
        current_period_end=RANGE,
        current_period_start=RANGE,
    ),
    "POST /v1/subscriptions": shape(
        f"{_SUBSCRIPTION} backdate_start_date currency customer! trial_period_days",
        old="coupon promotion_code",
        new="billing_cycle_anchor_config billing_mode invoice_settings",
        items=NEW_ITEM,
        add_invoice_items=ADDED,
        discounts=DISCOUNT,
    ),
    "POST /v1/subscriptions/{id}": shape(
        f"{_SUBSCRIPTION} pause_collection proration_date",
        old="coupon promotion_code",
        new="invoice_settings",
        items=ITEM,
        add_invoice_items=ADDED,
        cancellation_details=shape("comment feedback"),
        discounts=DISCOUNT,
    ),
    "DELETE /v1/subscriptions/{id}": shape(
        "expand invoice_now prorate",
        cancellation_details=shape("comment feedback"),
    ),
    "GET /v1/tax_rates": listed("active inclusive", created=RANGE),
    **{
        f"GET /v1/{path}/search": shape("expand limit page query!")
        for path in (
            "charges customers invoices payment_intents prices products subscriptions"
        ).split()
    },
    "GET /v1/webhook_endpoints": listed(),
    "POST /v1/webhook_endpoints": shape(
        "api_version connect description enabled_events! expand metadata url!"
    ),
    "POST /v1/webhook_endpoints/{id}": shape(
        "description disabled enabled_events expand metadata url"
    ),
    "DELETE /v1/webhook_endpoints/{id}": shape(""),
    "GET /v1/billing/meters": listed("status"),
    "POST /v1/billing/meter_events": shape(
        "event_name! expand identifier payload! timestamp"
    ),
}
