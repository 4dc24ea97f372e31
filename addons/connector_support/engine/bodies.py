"""What of a ticket's text may be kept. Plain functions."""

import re

from odoo.addons.connector_base.engine.masking import MASK, mask_text

#: Characters of a description that are kept: what is longer is a whole mailbox.
LONGEST = 20_000
#: International bank account numbers, as people group them (ISO 13616).
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
#: Numbers of phones, cards and accounts: seven digits and more, however grouped.
_NUMBER = re.compile(r"(?<!\w)\+?\(?\d(?:[ \t().\-/]{0,2}\d){6,}")
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


def hide_texts(value, paths):
    """A payload without the texts at some paths and without any e-mail address.

    :param paths: lists of steps, see ``engine.paths.parse_path``
    """
    for steps in paths:
        value = _hide(value, steps)
    return _without_addresses(value)


def _hide(value, steps):
    if not steps:
        return MASK if value else value
    step, *rest = steps
    if isinstance(value, dict) and isinstance(step, str):
        return {k: _hide(v, rest) if k == step else v for k, v in value.items()}
    if isinstance(value, list) and not isinstance(step, str):
        return [_hide(item, rest) for item in value]
    return value


def _without_addresses(value):
    if isinstance(value, dict):
        return {key: _without_addresses(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_addresses(item) for item in value]
    return mask_text(value) if isinstance(value, str) else value
