"""A year of a billed company: the books say what was billed, whichever way it comes.

The short form; the long one is ``./dev year``.
"""

from year.run import year

#: As few as live through all that can happen.
CUSTOMERS = 20
SEED = 1
#: Longest seconds for either way.
SECONDS = 180


def test_a_year_of_billing_is_in_the_books_to_the_cent(tmp_path):
    path = tmp_path / "workers.log"
    with path.open("wb") as log:
        numbers, differences = year(CUSTOMERS, seed=SEED, log=log, seconds=SECONDS)
    print(numbers)
    assert not differences, "\n".join(differences)
    assert numbers["customers"] == CUSTOMERS
    assert numbers["invoices"] > 8 * CUSTOMERS
