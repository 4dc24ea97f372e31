"""Months of a billed company: the books say what was billed, whichever way it comes.

The short form of the year; the long one is ``./dev year``.
"""

import pytest
from year.run import year

#: As few as live through all that can happen, and as long as most of it takes.
CUSTOMERS = 20
MONTHS = 3
SEED = 1
#: Longest seconds for either way.
SECONDS = 180


@pytest.mark.parametrize("provider", ["stripe", "chargebee"])
def test_what_was_billed_is_in_the_books_to_the_cent(provider, tmp_path):
    path = tmp_path / "workers.log"
    with path.open("wb") as log:
        numbers, differences = year(
            CUSTOMERS,
            provider=provider,
            months=MONTHS,
            seed=SEED,
            log=log,
            seconds=SECONDS,
        )
    print(numbers)
    assert not differences, "\n".join(differences)
    assert numbers["customers"] == CUSTOMERS
    assert numbers["amounts"] > 10 * MONTHS
    assert numbers["invoices"] > 2 * CUSTOMERS
