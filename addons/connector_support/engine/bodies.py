"""What of a ticket's text may be kept. Plain functions."""

import re

from odoo.addons.connector_base.engine.masking import MASK, mask_text

#: Characters of a description that are kept: what is longer is a whole mailbox.
LONGEST = 20_000
#: International bank account numbers, as people group them (ISO 13616).
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
#: Numbers of phones, cards and accounts: seven digits and more, however grouped.
_NUMBER = re.compile(r"(?<![\w.])\+?\(?\d(?:[ \t().\-/]{0,2}\d){6,}(?!\w)")
#: Days and moments are no numbers of anybody.
_DATE = re.compile(
    r"\d{4}-\d\d-\d\d(?:[ \t]\d\d)?|\d{1,2}[./]\d{1,2}[./]\d{4}(?:[ \t]\d\d)?"
)


def mask_body(text):
    """A text without e-mail addresses, phone, card and account numbers, and secrets.

    Names stay: without them the text can't be understood. Order numbers with letters
    before them stay, too.
    """
    masked = _IBAN.sub(MASK, mask_text(text, LONGEST))
    return _NUMBER.sub(_mask_number, masked)


def _mask_number(match):
    return match[0] if _DATE.fullmatch(match[0]) else MASK
