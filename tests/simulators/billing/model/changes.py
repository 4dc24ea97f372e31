"""The change log's entries."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Change:
    """An entry of the change log.

    :param version: the object's after the change, the entry's number too
    :param kind: one of :data:`KINDS`
    :param previous: fields that changed, with the values they had; empty when created
    """

    version: int
    moment: int
    kind: str
    type: str
    id: str
    previous: dict


#: What can happen to an object beside ``created``, ``updated`` and ``deleted``. One
#: operation may write several entries: an invoice is ``created``, then ``finalized``.
KINDS = {
    "subscription": (
        "activated",  # begins: its first period, or after a trial
        "trial_ending",  # three days before its trial ends
        "renewed",
        "changed",  # items, quantity, price, discounts or plan
        "cancellation_scheduled",
        "cancelled",
        "paused",
        "resumed",
        "past_due",  # its invoice could not be paid
        "recovered",  # and then it could
    ),
    "invoice": (
        "finalized",
        "payment_failed",
        "paid",
        "overdue",
        "voided",
        "uncollectible",
        "credited",
    ),
    "credit_note": ("voided", "applied"),
    "intent": ("succeeded", "failed", "cancelled"),
    "payment": ("pending", "succeeded", "failed", "refunded"),
    "invoice_payment": ("paid", "cancelled"),
    "refund": ("succeeded", "failed"),
    "dispute": ("funds_withdrawn", "funds_reinstated", "closed"),
    "payout": ("paid", "failed"),
    "pending_item": ("invoiced", "voided"),
}
