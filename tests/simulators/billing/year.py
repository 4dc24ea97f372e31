"""A year of a SaaS company, with everything that happens in one.

    engine = run_year(customers=500, seed=1)

Each customer lives one of :data:`.stories.STORIES`, in turn, so that twenty customers
have all of them; more customers have more of the same in other currencies and places.
"""

import random

from ..clock import Clock
from .company import PLACES, open_company
from .engine import BillingEngine
from .model import Customer
from .periods import after
from .rules import DAY, STRIPE
from .stories import STORIES, Story

START = "2025-01-01T00:00:00Z"
CURRENCIES = ("USD", "JPY", "USD", "KWD", "USD")
WORDS = ("Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Ginkgo", "Hazel")
KINDS = ("Labs", "Works", "Trading", "Studio", "Logistics", "Foods", "Clinic")


def run_year(
    customers=500, seed=0, *, engine=None, rules=STRIPE, start=START, months=12
):
    """Run it and return the engine, at the end of the year.

    ``engine``: one that stands at the start of the year, instead of a new one with
    ``rules``; its ``decline`` is replaced.
    """
    if engine is None:
        engine = BillingEngine(Clock(start), rules, seed=seed)
    year = Year(engine, customers, seed, months)
    year.open()
    year.run()
    return engine


class Year:
    """The run itself, in two steps: :meth:`open` makes the catalogue and plans what
    happens, :meth:`run` lets the time pass."""

    def __init__(self, engine, customers, seed, months):
        self.engine = engine
        self.random = random.Random(seed)
        self.count = customers
        self.start = engine.now()
        self.end = after(self.start, "month", 1, months)
        self.declines = {}
        engine.decline = self._decline

    def open(self):
        """The company has something to sell, and no customer yet."""
        self.engine.on("story", lambda do, *arguments: do(*arguments))
        self.company = open_company(self.engine)
        for number in range(self.count):
            self._begin(number)
        self.engine.at(self.start + 100 * DAY, "story", self._payout_fails)

    def run(self):
        """The clock of the engine is at the end of the year afterwards."""
        self.engine.advance(self.end)

    def _begin(self, number):
        currency = CURRENCIES[(number + number // len(STORIES)) % len(CURRENCIES)]
        tell = STORIES[number % len(STORIES)]
        opened = self.start + self.random.randrange(45 * DAY)
        self.engine.at(opened, "story", self._open, number, currency, tell)

    def _open(self, number, currency, tell):
        places = PLACES[currency]
        country, state, taxes, exempt = places[number // 3 % len(places)]
        company = number % 4 != 3
        word = WORDS[number % len(WORDS)]
        name = f"{word} {KINDS[number % len(KINDS)]} {number}"
        first, last = (None, None) if company else (word, f"Miller-{number}")
        customer = self.engine.create(
            Customer,
            name=name if company else f"{first} {last}",
            first_name=first,
            last_name=last,
            email=f"billing-{number}@{word.lower()}-{number}.example",
            is_company=company,
            street=f"{number + 1} Main Street",
            city="Springfield",
            zip=f"{10_000 + number}",
            country=country,
            state=state,
            tax_id=f"{country}{100_000_000 + number}" if company else None,
            tax_id_kind=_TAX_ID_KINDS.get(country) if company else None,
            tax_exempt=exempt,
            tax_rates=tuple(self.company.taxes[each].id for each in taxes),
            currency=currency,
        )
        tell(Story(self, customer))

    def _decline(self, payment):
        codes = self.declines.get(payment.customer)
        return codes.pop(0) if codes else None

    def _payout_fails(self):
        self.engine.payouts.fail_next(self.engine.rules.home)


_TAX_ID_KINDS = {
    "GB": "gb_vat",
    "AU": "au_abn",
    "DE": "eu_vat",
    "FR": "eu_vat",
    "CA": "ca_bn",
    "US": "us_ein",
    "JP": "jp_cn",
    "BH": "bh_vat",
    "SA": "sa_vat",
}
