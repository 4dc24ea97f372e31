"""What a provider makes of a vendor's billing records, whatever the vendor.

A record's payload is the vendor's own object, with one key more: ``billing``. Beneath
it stand the parts that vendors nest in ways of their own, in the shapes of this page.
Field maps point to them (``billing.lines``) and to the vendor's own keys
(``metadata.po_number``) alike.

All of it is JSON:

- Amounts are decimal texts in major units (``"12.50"``, ``"1000"`` of JPY, ``"1.250"``
  of KWD), never minor units and never floats.
- Currencies are ISO 4217 codes in capitals; moments are ISO 8601 with their zone, UTC.
- A key that a vendor tells nothing about is ``None``; lists may be empty, never
  ``None``.
- An amount of an invoice or credit note is positive where it makes the document bigger.
"""

from typing import Literal, TypedDict


class Discount(TypedDict):
    """What a coupon takes off a line, or off a subscription.

    :param amount: taken off, positive; of a subscription ``None`` where it is a percent
    :param percent: decimal text, ``"20"`` for 20 %
    :param starts_at, ends_at: of a subscription
    """

    coupon: str | None
    label: str | None
    amount: str | None
    percent: str | None
    starts_at: str | None
    ends_at: str | None


class Tax(TypedDict):
    """One tax of one line, as it was billed.

    :param tax: the vendor's id of the tax rate, or name and rate where it has none: the
        value that the value map ``billing.tax`` knows
    :param amount: signed as the line
    :param base: the taxable amount, without the tax
    :param rate: percent, decimal text
    :param inclusive: the line's amount contains it
    """

    tax: str
    label: str
    rate: str | None
    amount: str
    base: str | None
    inclusive: bool


class Line(TypedDict):
    """A line of an invoice or credit note.

    :param product: the vendor's id of the product, price of the price or item price
    :param quantity: decimal text
    :param unit_amount: of one, without discounts; ``None`` where it isn't one price, as
        with tiers
    :param amount: of the line before its discounts; taxes are in it where they are
        inclusive
    :param subscription, subscription_item: the vendor's ids
    :param period_start, period_end: what the line is for; the end is exclusive
    :param invoice_line: of a credit note: the vendor's id of the line that it credits
    """

    id: str
    description: str | None
    kind: Literal["subscription", "usage", "proration", "one_off", "shipping"]
    product: str | None
    price: str | None
    subscription: str | None
    subscription_item: str | None
    quantity: str
    unit_amount: str | None
    amount: str
    discounts: list[Discount]
    taxes: list[Tax]
    period_start: str | None
    period_end: str | None
    invoice_line: str | None


class Application(TypedDict):
    """How much of a payment, or of a credit note, goes to one invoice.

    :param invoice: the vendor's id of it
    :param amount: in the currency of the invoice
    :param applied_at: when
    """

    invoice: str
    amount: str
    applied_at: str | None


class Fee(TypedDict):
    """A part of what a vendor keeps for itself.

    :param kind: the vendor's word, as ``stripe_fee`` or ``tax``
    """

    kind: str
    description: str | None
    amount: str
    currency: str


class Item(TypedDict):
    """An item of a subscription.

    :param id: the vendor's id, the same as long as the item lives
    :param unit_amount: of one in one interval; ``None`` where tiers or usage make it
    :param amount: of the item in one interval without usage, before discounts
    :param interval: with ``interval_count``: how often it is billed
    :param metered: billed by what was used
    :param charge: billed once and not again
    """

    id: str
    product: str | None
    price: str | None
    description: str | None
    quantity: str
    unit_amount: str | None
    amount: str
    interval: Literal["day", "week", "month", "year"]
    interval_count: int
    metered: bool
    charge: bool


class Phase(TypedDict):
    """A part of a subscription's plan that lies before us, or behind.

    :param ends_at: exclusive; ``None`` where it goes on
    """

    starts_at: str
    ends_at: str | None
    items: list[Item]
    discounts: list[Discount]
    trial_ends_at: str | None


class TaxId(TypedDict):
    """A number under which a customer pays taxes somewhere.

    :param kind: the vendor's word, as ``eu_vat``
    :param country: ISO 3166-1 alpha-2 code, where it is told
    :param verified: whether an authority has confirmed it; ``None`` where nobody asked
    """

    kind: str | None
    number: str
    country: str | None
    verified: bool | None


class Tier(TypedDict):
    """A step of a price whose amount depends on the quantity.

    :param up_to: the last quantity that it is for, decimal text; ``None`` for no end
    :param unit_amount: of one within it
    :param flat_amount: charged once as soon as it is reached
    """

    up_to: str | None
    unit_amount: str | None
    flat_amount: str | None


class Change(TypedDict):
    """What is to become of a subscription, on its way to the vendor (push only).

    :param key: our key of the change, the same at every try
    :param kind: ``quantity``, ``cancel`` or ``keep`` (a cancellation is taken back)
    :param proration: what is billed for the time that has begun
    :param items: for ``quantity``: ``{"item": the vendor's id, "quantity": …}``
    :param cancel_at: for ``cancel``: moment; ``None`` for the end of the period
    :param now: for ``cancel``: at once
    """

    key: str
    kind: Literal["quantity", "cancel", "keep"]
    proration: Literal["create_prorations", "none", "always_invoice"]
    items: list[dict]
    cancel_at: str | None
    now: bool
