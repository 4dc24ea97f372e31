"""What differs between billing systems, as data."""

from dataclasses import dataclass, field
from decimal import Decimal

DAY = 86_400


class Refused(ValueError):
    """The operation is not possible in this state; ``code`` says why in one word."""

    def __init__(self, code, text):
        super().__init__(text)
        self.code = code


@dataclass(frozen=True)
class Fee:
    """What processing a charge costs.

    :param percent: of the charge; ``fixed``: minor units of the settlement currency
    :param conversion: percent more where it is converted
    :param tax: percent of the fee, added as a part of its own
    :param dispute: fixed, for each dispute; not given back when it is won
    """

    percent: Decimal
    fixed: int
    conversion: Decimal = Decimal("1")
    tax: Decimal = Decimal(0)
    dispute: int = 0


@dataclass(frozen=True)
class Rules:
    """How an account bills.

    :param proration_credits: ``lines``: what is given back is a negative line of the
        next invoice; ``credit_notes``: a credit note to the invoice that billed it
    :param trial_invoices: a trial begins with an invoice of zero
    :param draft_seconds: how long renewal invoices stay drafts
    :param retry_days: days between attempts to collect
    :param after_retries: cancel | uncollectible | leave
    :param tracks_credits: the customer's balance is made of credit notes, and each use
        of it is kept with the credit note (Chargebee's allocations), oldest first
    :param offline: payments from outside the vendor are recorded, and one may pay
        several invoices
    :param settlement: settlement currency by currency; others settle in ``home``
    :param payouts: daily | weekly by settlement currency
    :param hold_days: until the money of a charge can be paid out
    :param arrival_days: from payout to bank
    """

    home: str = "USD"
    proration_credits: str = "lines"
    trial_invoices: bool = True
    draft_seconds: int = 3_600
    retry_days: tuple[int, ...] = (3, 5, 7)
    after_retries: str = "uncollectible"
    tracks_credits: bool = False
    offline: bool = False
    settlement: dict = field(default_factory=lambda: {"USD": "USD", "JPY": "JPY"})
    payouts: dict = field(default_factory=lambda: {"USD": "daily", "JPY": "weekly"})
    hold_days: int = 2
    arrival_days: int = 2
    fees: dict = field(
        default_factory=lambda: {
            "USD": Fee(Decimal("2.9"), 30, dispute=1500),
            "JPY": Fee(Decimal("3.6"), 0, tax=Decimal("10"), dispute=1300),
        }
    )


STRIPE = Rules()
CHARGEBEE = Rules(
    proration_credits="credit_notes",
    trial_invoices=False,
    draft_seconds=0,
    after_retries="cancel",
    tracks_credits=True,
    offline=True,
)
