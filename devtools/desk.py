"""./dev desk [vendor] [organizations] [users] [tickets]: a desk, within its limits."""

from . import long_forms
from .errors import DevError

VENDORS = ("zendesk", "freshdesk")
MOST_NUMBERS = 3


def main(arguments):
    """Run ``tests/desk``. Returns 1 where Odoo and the desk differ afterwards."""
    vendor, numbers = arguments[:1] or ["zendesk"], arguments[1:]
    are_numbers = all(each.isdecimal() for each in numbers)
    if vendor[0] not in VENDORS or not are_numbers or len(numbers) > MOST_NUMBERS:
        raise DevError(
            "Which desk, with how many organizations, users and tickets?",
            todo="./dev desk [zendesk|freshdesk] [ORGANIZATIONS] [USERS] [TICKETS]",
        )
    return long_forms.run("desk", [*vendor, *numbers])
