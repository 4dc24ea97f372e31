"""./dev year [customers] [seed] [vendor]: a year of billing, and its books."""

from . import long_forms
from .errors import DevError

#: What may stand behind the numbers.
VENDORS = ([], ["stripe"], ["chargebee"])


def main(arguments):
    """Run ``tests/year``. Returns 1 where the books differ from what was billed."""
    numbers, vendor = arguments[:2], arguments[2:]
    if not all(each.isdecimal() for each in numbers) or vendor not in VENDORS:
        raise DevError(
            "How many customers, with which seed, and of whom?",
            todo="./dev year [CUSTOMERS] [SEED] [stripe|chargebee]",
        )
    return long_forms.run("year", arguments)
